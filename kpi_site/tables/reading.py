"""One pass over a dataset's files: typed rows out, and what was found on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from kpi_site.catalog import Dataset, RowRule
from kpi_site.periods import Calendar
from kpi_site.problems import Location, Problem
from kpi_site.sql.kinds import Bound
from kpi_site.sql.measured import joined, ranges_of
from kpi_site.tables.bad_cells import bad_cell
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.collector import Collector
from kpi_site.tables.convert import convert
from kpi_site.tables.derive import broken_rows, broken_rule, broken_rule_count, with_derived
from kpi_site.tables.files import FactFile
from kpi_site.tables.model import RuleCount
from kpi_site.tables.numerals import Habits
from kpi_site.tables.totals import Taken, called_total, check, take, total_among_rows
from kpi_site.tables.undated import UNDATED_SHOWN, time_cell, undated

Progress = Callable[[str], None]
Rows = Callable[[Collection[int]], Mapping[int, Row]]


@dataclass(slots=True)
class FactsReading:
    """What a pass has found so far. Bad cells become nulls, bad records no rows."""

    dataset: Dataset
    zone: str
    problems: Collector
    rows: list[int] = field(default_factory=list)  # by file
    first: date | None = None
    last: date | None = None
    null_counts: dict[str, int] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)  # rows by day
    totals: list[Taken] = field(default_factory=list)
    _called_totals: dict[str, tuple[int, Cell, frozenset[str]]] = field(default_factory=dict)
    ranges: dict[str, Bound] = field(default_factory=dict)
    _told: set[Location] = field(default_factory=set)
    _undated: list[Location] = field(default_factory=list)
    _undated_rows: int = 0
    _habits: Habits = field(default_factory=Habits)
    _broken: dict[int, tuple[RowRule, int, Problem]] = field(default_factory=dict)

    def frames(
        self, files: Sequence[FactFile], progress: Progress, *, complete: bool
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows of all files with their declared types.

        With ``complete``, derived columns too, and the rules are checked batch by batch.
        """
        for file in files:
            self.rows.append(0)
            for batch in file.batches():
                self.problems.add(batch.problems)
                if batch.totals is not None:
                    self.totals.append(take(batch.totals, self.dataset, self.zone))
                if batch.texts.width:
                    self.rows[-1] += batch.texts.height
                    yield self._typed(batch, complete=complete)
                    progress(f"{self.dataset.id} {sum(self.rows):,}")

    def _typed(self, batch: Batch, *, complete: bool) -> pl.DataFrame:
        fields = batch.fields(self.dataset)
        converted = convert(
            batch.texts,
            self.dataset,
            fields,
            self.zone,
            self._habits,
            nulls=batch.nulls,
            blank=batch.blank,
        )
        described = self.problems.take(converted.bad)
        rows = batch.rows({row for row, _ in described}) if described else {}
        by_name = {str(one.name): one for one in fields}
        declared = {str(one.name): one for one in self.dataset.fields}
        missing = self.dataset.missing_values
        self.problems.add(
            bad_cell(by_name[name], rows[row][name], missing, self.zone, declared[name])
            for row, name in described
        )
        self._look_for_totals(converted.typed, batch.rows, sound=not converted.bad)
        if not complete:
            return converted.typed
        skip = {row for row, _ in converted.bad}
        return self.completed(converted.typed, batch.rows, skip)

    def completed(
        self, frame: pl.DataFrame, rows: Rows, skip: Collection[int] = ()
    ) -> pl.DataFrame:
        """Return ``frame`` with derived columns; check rules, but not in the rows ``skip``.

        ``rows`` finds the cells of rows by their number in ``frame``.
        """
        frame, refused = with_derived(frame, self.dataset)
        self._tell(refused)
        for position, (rule, mask) in enumerate(broken_rows(frame, self.dataset)):
            if isinstance(mask, Problem):
                self._tell([mask])
                continue
            numbers = [n for n in mask.arg_true().to_list() if n not in skip]
            if numbers:
                self._report(position, rule, numbers, rows)
        self._look_for_times(frame, rows, skip)
        self._note(frame)
        return frame

    def _look_for_totals(self, frame: pl.DataFrame, rows: Rows, *, sound: bool) -> None:
        """Count the rows that are called a total, and keep the first cell of each column."""
        for name, numbers in called_total(frame, self.dataset, sound=sound).items():
            count, cell, words = self._called_totals.get(name, (0, None, frozenset()))
            cell = cell or rows(numbers[:1])[numbers[0]][name]
            words |= frozenset(frame[name].gather(numbers))
            self._called_totals[name] = count + len(numbers), cell, words

    def tell_totals(self, parquet: Path, calendar: Calendar) -> None:
        """Put down the totals that do not add up, and rows that are called one.

        ``calendar`` has the years of totals to date. To be called once, when all rows have been
        seen and lie in ``parquet``.
        """
        if self.problems.sound:
            self.problems.add(check(self.totals, self.dataset, parquet, calendar))
        self.problems.add(
            total_among_rows(name, cell, rows, words)
            for name, (rows, cell, words) in self._called_totals.items()
        )

    def _look_for_times(self, frame: pl.DataFrame, rows: Rows, skip: Collection[int]) -> None:
        """Count the rows that have no time, and keep the places of the first ones."""
        time = self.dataset.time
        if time is None or self.dataset.undated == "ignore":
            return
        if not frame[time].null_count():
            return
        numbers = [n for n in frame[time].is_null().arg_true().to_list() if n not in skip]
        wanted = numbers[: UNDATED_SHOWN - len(self._undated)]
        if wanted:
            cells = rows(wanted)
            self._undated += [time_cell(cells[n], self.dataset).where for n in wanted]
        self._undated_rows += len(numbers)

    def tell_undated(self) -> None:
        """Put down the problem of all rows without a time; to be called once, at the end."""
        if self._undated:
            self.problems.add([undated(self.dataset, self._undated, self._undated_rows)])

    def _tell(self, problems: Iterable[Problem]) -> None:
        """Put down problems of the dataset's own expressions, each once, not batch by batch."""
        for found in problems:
            if found.where not in self._told:
                self._told.add(found.where)
                self.problems.add([found])

    def _report(self, position: int, rule: RowRule, numbers: list[int], rows: Rows) -> None:
        if rule.severity == "error":
            described = self.problems.take(numbers)
            cells = rows(described) if described else {}
            self.problems.add(broken_rule(rule, cells[n], self.dataset) for n in described)
        elif position in self._broken:
            _, count, first = self._broken[position]
            self._broken[position] = rule, count + len(numbers), first
        else:
            first = broken_rule(rule, rows(numbers[:1])[numbers[0]], self.dataset)
            self._broken[position] = rule, len(numbers), first

    def _note(self, frame: pl.DataFrame) -> None:
        for name, count in frame.null_count().row(0, named=True).items():
            self.null_counts[name] = self.null_counts.get(name, 0) + count
        if frame.height:
            self.ranges = joined(self.ranges, ranges_of(frame))
        if self.dataset.time is not None and frame.height:
            times = frame[self.dataset.time]
            self.first = _day(min, self.first, times.min())
            self.last = _day(max, self.last, times.max())
            for day, count in _by_day(times):
                self.days[day] = self.days.get(day, 0) + count

    def broken_rules(self) -> tuple[RuleCount, ...]:
        """Return how many rows broke each rule of severity ``warning``; puts its problem down.

        To be called once, when all rows have been seen.
        """
        found = [self._broken[position] for position in sorted(self._broken)]
        self.problems.add(broken_rule_count(first, count) for _, count, first in found)
        return tuple(RuleCount(rule.rule.code.text, count) for rule, count, _ in found)


def _by_day(times: pl.Series) -> Iterator[tuple[date, int]]:
    """Yield each day with its rows; rows without a time are in none."""
    days = times.drop_nulls().cast(pl.Date).rename("day").value_counts(name="rows")
    return zip(days["day"].to_list(), days["rows"].to_list(), strict=True)


def _day(choose: Callable[[date, date], date], known: date | None, found: object) -> date | None:
    if not isinstance(found, date):
        return known
    day = found.date() if isinstance(found, datetime) else found
    return day if known is None else choose(known, day)
