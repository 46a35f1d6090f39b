"""A dataset's rows from the database into the parts of a snapshot, which nobody reads yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from kpi_site.catalog import Dataset, Source
from kpi_site.databases.server import BinaryValueError, RefusedError, Server, ServerColumn
from kpi_site.databases.statements import Asked, offset_in_query, query_text, source_text
from kpi_site.databases.stored import store
from kpi_site.periods import Grain, MonthCalendar, Period
from kpi_site.problems import Location, Message, Problem, did_you_mean
from kpi_site.tables.model import Snapshot, SnapshotPart, asked_for
from kpi_site.tables.snapshots import folder_of

UNDATED: Final = "undated"
"""The name of the part with the rows that have no time."""
_MOST_PARTS: Final = 1200
_COUNTED: Final = 100  # periods of one statement
_CALENDAR: Final = MonthCalendar()  # parts do not move with the company's own


Answer = TypeVar("Answer")


class CannotTakeError(Exception):
    """What keeps a dataset from being fetched, as problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Taking:
    """How a dataset is fetched: into the site at ``root``, at the moment ``now`` in UTC.

    Parts of ``old`` are taken over where nothing speaks against it; None: all is fetched.
    """

    root: Path
    dataset: Dataset
    server: Server
    now: str
    old: Snapshot | None
    progress: Callable[[str], None]

    @property
    def source(self) -> Source:
        """The table or query."""
        assert self.dataset.database is not None
        return self.dataset.database

    def snapshot(self) -> Snapshot:
        """Fetch the rows and return the snapshot that they make. CannotTakeError."""
        source = source_text(self.server, self.source)
        columns = self._said(self.server.columns, source, f"SELECT * FROM {source}")
        asked = self._asked(source, columns)
        parts = tuple(self._parts(asked))
        return Snapshot(
            str(self.dataset.id),
            *asked_for(self.dataset),
            self.server.version,
            self.now,
            sum(part.rows for part in parts),
            parts,
        )

    def _asked(self, source: str, known: Sequence[ServerColumn]) -> Asked:
        """Return what is asked; a column that is not there, or of no use, is a problem."""
        by_name = {column.name: column for column in known}
        problems = []
        for field in self.dataset.fields:
            column = by_name.get(str(field.name))
            if column is None:
                problems.append(missing_column(field.name.where, field.name, by_name))
            elif not column.usable:
                problems.append(unusable_column(field.name.where, field.name, column.type))
        if problems:
            raise CannotTakeError(*problems)
        columns = tuple(by_name[str(field.name)] for field in self.dataset.fields)
        keys = tuple(by_name[str(name)] for name in self.dataset.primary_key)
        time = self.dataset.time
        return Asked(self.server, source, columns, keys or columns, time and str(time))

    def _parts(self, asked: Asked) -> Iterator[SnapshotPart]:
        grain = self.source.partition
        if grain is None:
            yield self._fetched(asked, None, None)
            return
        periods, undated = self._periods(asked, grain)
        kept = self._kept(periods)
        for period, rows in periods.items():
            if period.label in kept:
                yield kept[period.label]
            elif rows:
                yield self._fetched(asked, period.label, asked.within(period), rows)
        if undated:
            yield self._fetched(asked, UNDATED, asked.undated(), undated)

    def _kept(self, periods: dict[Period, int]) -> dict[str, SnapshotPart]:
        """Return the parts that need not be fetched again: old ones, of as many rows as then."""
        if self.old is None:
            return {}
        dated = {part.period: part for part in self.old.parts if part.period != UNDATED}
        newest = sorted(filter(None, dated), key=_first_day)[-self.source.refetch :]
        folder = folder_of(self.root, str(self.dataset.id))
        return {
            period.label: part
            for period, rows in periods.items()
            if (part := dated.get(period.label)) is not None
            and period.label not in newest
            and part.rows == rows
            and (folder / part.file).is_file()
        }

    def _periods(self, asked: Asked, grain: Grain) -> tuple[dict[Period, int], int]:
        """Return the periods from the first row to the last with their rows, and those without."""
        statement = asked.span()
        first, last, undated = self._said(self._row, statement)
        days = [self._day(text) for text in (first, last)]
        if not isinstance(days[0], date) or not isinstance(days[1], date):
            return {}, int(undated)
        if (days[1] - days[0]).days // 28 // grain.months > _MOST_PARTS:
            raise CannotTakeError(self._too_many(days[0], days[1]))
        periods = _CALENDAR.range(days[0], days[1], grain)
        counts: list[int] = []
        for start in range(0, len(periods), _COUNTED):
            counting = asked.counts(periods[start : start + _COUNTED])
            counts += self._said(self._row, counting)
        return dict(zip(periods, counts, strict=True)), int(undated)

    def _row(self, statement: str) -> tuple[Any, ...]:
        return self.server.rows(statement).row(0)

    def _day(self, text: str | None) -> date | None:
        if text is None:
            return None
        try:
            return date.fromisoformat(text.strip()[:10])
        except ValueError:
            message = Message(
                f"不能按 {self.dataset.time} 分份：“{text.strip()}”不是日期",
                f"no parts by '{self.dataset.time}': '{text.strip()}' is no day",
            )
            hint = Message(
                "请在 query 里转成日期，或去掉 partition。",
                "Turn it into a date in a 'query', or leave 'partition' out.",
            )
            raise CannotTakeError(
                Problem(self.source.where, "partition-failed", message, hint)
            ) from None

    def _too_many(self, first: date, last: date) -> Problem:
        message = Message(
            f"从 {first} 到 {last}，份数太多", f"too many parts, from {first} to {last}"
        )
        hint = Message(
            "请按更长的 partition 分，或用 query 去掉过远的日期。",
            "Choose a longer 'partition', or leave far-off days out by a 'query'.",
        )
        return Problem(self.source.where, "partition-failed", message, hint)

    def _fetched(
        self, asked: Asked, period: str | None, where: str | None, rows: int | None = None
    ) -> SnapshotPart:
        """Fetch the rows of a part; it must have as many as were counted at the same moment."""
        self.progress(" ".join(filter(None, (str(self.dataset.id), period))))
        statement = asked.rows(where)
        frame = self._said(self.server.rows, statement)
        if rows is not None and frame.height != rows:
            message = Message(
                f"数据库先数出 {rows} 行，给出的却是 {frame.height} 行",
                f"the database counted {rows} rows and gave {frame.height}",
            )
            raise CannotTakeError(Problem(self.source.where, "query-failed", message))
        folder = folder_of(self.root, str(self.dataset.id))
        return store(frame, self.dataset.fields, folder, period, self.now)

    def _said(self, ask: Callable[[str], Answer], text: str, statement: str = "") -> Answer:
        """Return the answer to ``text``, or tell what the server says, at its place.

        ``statement`` is what was asked, where ``text`` is a part of it.
        """
        try:
            return ask(text)
        except RefusedError as error:
            problem = refused_by(self.source, statement or text, error)
            raise CannotTakeError(problem) from None
        except BinaryValueError as error:
            field = self.dataset.field(error.column)
            where = self.source.where if field is None else field.name.where
            raise CannotTakeError(_binary(where, error)) from None


def _first_day(label: str) -> date:
    period = _CALENDAR.parse(label)
    return date.min if period is None else period.first


def refused_by(source: Source, statement: str, error: RefusedError) -> Problem:
    """Return what the server says to ``statement``, at its place in the query."""
    where = source.where
    at = None if error.at is None else offset_in_query(statement, source, error.at)
    if source.query is not None:
        lines = query_text(source).split("\n")
        if error.line is not None and 2 <= error.line <= len(lines) + 1:
            at = sum(len(line) + 1 for line in lines[: error.line - 2])
        where = where if at is None else source.query.locate(at)
    message = Message(
        f"{source.connection} 说：{error.says}", f"{source.connection} says: {error.says}"
    )
    return Problem(where, "query-failed", message)


def missing_column(where: Location, name: str, known: Mapping[str, ServerColumn]) -> Problem:
    """Return the problem of a column that the database does not have."""
    message = Message(f"数据库里没有列“{name}”", f"the database has no column '{name}'")
    return Problem(where, "missing-column", message, did_you_mean(name, known))


_CAST: Final = Message(
    "请在 query 里转成文本、数字或日期，或从 schema 删去。",
    "Turn it into text, a number or a day in a 'query', or leave it out of the schema.",
)


def unusable_column(where: Location, name: str, kind: str) -> Problem:
    """Return the problem of a column whose type is of no use."""
    message = Message(
        f"列“{name}”的类型 {kind} 不能使用",
        f"column '{name}' has the type {kind}, which cannot be used",
    )
    return Problem(where, "unsupported-column", message, _CAST)


def _binary(where: Location, error: BinaryValueError) -> Problem:
    message = Message(
        f"列“{error.column}”的值是二进制（按主键次序第 {error.row + 1} 行）",
        f"column '{error.column}' holds bytes (row {error.row + 1} in the order of the key)",
    )
    return Problem(where, "unsupported-column", message, _CAST)
