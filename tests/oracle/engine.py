"""Every expected row of ``data/values.csv`` and ``data/terms.csv``.

Rules: specification.md#computation, specification.md#judging. Plain and slow: the rows come
from DuckDB, then cell by cell in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tests.oracle import arith, sqltext
from tests.oracle.cal import GRAINS, P, earlier, grain_of, run, start_of
from tests.oracle.content import Content, Json
from tests.oracle.judge import Judge
from tests.oracle.rows import Counted, Rows


class Cell(NamedTuple):
    """A term in a period: its number or missing state, and the rows behind it."""

    outcome: arith.Outcome
    provisional: bool = False
    n: int | None = None


class Row(NamedTuple):
    """What a row of ``values.csv`` must say after its key."""

    value: Fraction | None
    state: str
    n: int | None
    points: Fraction | None
    baseline: Fraction | None
    target: Fraction | None
    challenge: Fraction | None
    unit: str


class Key(NamedTuple):
    """The key of a row of ``values.csv``; in ``terms.csv`` the term stands in ``term``."""

    indicator: str
    term: str
    grain: str
    period: str
    dimension: str
    member: str


@dataclass
class Oracle:
    """The expected results of one site; ``today`` matters only without ``data_through``."""

    content: Content
    today: date = date(2100, 1, 1)

    def __post_init__(self) -> None:
        self.rows = Rows(self.content, self.today)
        self.fiscal, self.through = self.rows.fiscal, self.rows.through
        self.judge = Judge(self)
        for name in ("first", "members", "counts", "result", "cell"):
            setattr(self, name, cache(getattr(self, name)))
        self._made: dict[str, list[tuple[date, Oracle]]] = {}

    def versions(self, indicator: str) -> list[tuple[date, Oracle]]:
        """Return the versions of a card, made when they are asked for."""
        card = self.card(indicator)
        if indicator not in self._made:
            self._made[indicator] = list(self._versions(card)) if card.get("versions") else []
        return self._made[indicator]

    def _versions(self, card: Json) -> Iterator[tuple[date, Oracle]]:
        """Yield since when, and an oracle of a site in which the card is as that version has it.

        Members and the first day stay those of all versions (specification.md#versions).
        """
        start, terms, formula = date.min, dict(card["terms"]), card["formula"]
        for version in ({}, *card["versions"]):
            if version:
                start = start_of(str(version["from"]), self.fiscal)
            terms |= version.get("terms", {})
            formula = version.get("formula", formula)
            own = {**card, "terms": dict(terms), "formula": formula, "versions": []}
            others = {**self.content.indicators, card["id"]: own}
            made = Oracle(replace(self.content, indicators=others), self.today)
            made.first, made.members = self.first, self.members  # type: ignore[method-assign]
            yield start, made

    def held(self, indicator: str, period: P) -> Oracle:
        """Return the oracle of the version that holds on the last day that counts."""
        day = min(period.last, self.through)
        begun = [made for start, made in self.versions(indicator) if start <= day]
        return begun[-1] if begun else self

    def all_terms(self, indicator: str) -> list[Json]:
        """Return the terms of a card, and those of its versions."""
        card = self.card(indicator)
        later = (t for v in card.get("versions", ()) for t in v.get("terms", {}).values())
        return [*card["terms"].values(), *later]

    # What there is

    def card(self, indicator: str) -> Json:
        return self.content.indicators[indicator]

    def term(self, indicator: str, name: str) -> Json:
        found: Json = self.card(indicator)["terms"][name]
        return found

    def first(self, indicator: str) -> date | None:
        """Return the day on which the card begins."""
        found = []
        for term in self.all_terms(indicator):
            if "from" in term:
                found.append(self.rows.first_of_term(term))
            elif "indicator" in term:
                found.append(self.first(term["indicator"]))
        return min((day for day in found if day), default=None)

    def dimensions(self, indicator: str) -> list[str]:
        return list(self.card(indicator).get("dimensions", []))

    def grains(self, indicator: str) -> list[str]:
        card = self.card(indicator)
        longer = GRAINS[max(GRAINS.index(card["cycle"]) + 1, GRAINS.index("month")) :]
        found = [card["cycle"], *longer]
        return found if card.get("longer", True) else found[:1]

    def periods(self, indicator: str, grain: str) -> list[P]:
        first = self.first(indicator)
        if first is None or first > self.through:
            return []
        return run(first, self.through, grain, self.fiscal)

    def members(self, indicator: str, dimension: str) -> frozenset[str]:
        """Return the members that rows of the card's terms have up to ``data_through``."""
        found: set[str] = set()
        for term in self.all_terms(indicator):
            if "from" in term and self.rows.has_column(term, dimension):
                found |= self.rows.members(term, dimension)
            elif "indicator" in term and dimension in self.dimensions(term["indicator"]):
                found |= self.members(term["indicator"], dimension)
        return frozenset(found)

    def counts(
        self, indicator: str, name: str, grain: str, dimension: str, part: P | None = None
    ) -> Counted:
        """Return the rows and aggregates of a term that reads a dataset, or of one ``part``."""
        unit = self.card(indicator)["unit"]
        periods = [part] if part else self.periods(indicator, grain)
        return self.rows.counts(self.term(indicator, name), str(unit), periods, dimension)

    # Cells

    def covered(self, indicator: str, name: str, period: P) -> bool:
        """Tell whether the term has rows behind it from ``period``'s start on.

        Rules: specification.md#coverage.
        """
        term = self.term(indicator, name)
        if "term" in term:
            return self.covered(indicator, term["term"], period)
        if "indicator" in term:
            return self.reaches(term["indicator"], period)
        if "calendar" in term:
            return self.reaches(indicator, period)
        first = self.rows.first_of_term(term)
        return first is not None and period.last >= first

    def cell(self, indicator: str, name: str, period: P, dimension: str, member: str) -> Cell:
        term = self.term(indicator, name)
        if "term" in term:
            return self.other(indicator, term, period, dimension, member)
        if "indicator" in term:
            return self.referenced(indicator, term, period, dimension, member)
        if "calendar" in term:
            days = self.days(term, period)
            return Cell("no_data" if days is None else Fraction(days))
        expected = self.rows.expected(term, period)
        if expected == "no_data" or not self.covered(indicator, name, period):
            return Cell("no_data", False, 0)
        arithmetic, aggregates = sqltext.split(term["value"])
        part = period if period.elapsed is not None else None
        counts = self.counts(indicator, name, period.grain, dimension, part)
        found = counts.get((period.first, member))
        if found is None and self.rows.is_balance(term):
            return Cell("no_data", expected == "provisional", 0)  # no time on or before the day
        empty: list[arith.Outcome] = [
            Fraction(0) if a.kind in {"COUNT", "SUM"} else "no_data" for a in aggregates
        ]
        n, outcomes = found or (0, empty)
        if found and term.get("at") == "average":
            arithmetic = "a0"  # the mean of what the value was on each day
        given = {f"a{i}": outcome for i, outcome in enumerate(outcomes)}
        return Cell(arith.evaluate(arithmetic, given), expected == "provisional", n)

    def days(self, term: Json, period: P) -> int | None:
        """Count the days one by one (specification.md#calendar-terms)."""
        end = min(period.last, self.through)
        whole = next(iter(run(end, end, term.get("to_date", period.grain), self.fiscal)), None)
        if whole is None:
            return None
        last = end if "elapsed" in term["calendar"] else whole.last
        span = [whole.first + timedelta(days=n) for n in range((last - whole.first).days + 1)]
        told = self.rows.holidays()
        if "working" in term["calendar"] and told is not None:
            if {day.year for day in span} - {day.year for day in told}:
                return None
            usual = {day: "workday" if day.isoweekday() <= 5 else "holiday" for day in span}
            return sum((usual | told)[day] == "workday" for day in span)
        working = [day for day in span if day.isoweekday() <= 5]
        return len(working if "working" in term["calendar"] else span)

    def other(self, indicator: str, term: Json, period: P, dimension: str, member: str) -> Cell:
        """Return another term's cell: earlier, or of the whole."""
        if term.get("overall"):
            dimension, member = "", ""
        if "period" in term:
            return self.fixed(indicator, term, dimension, member)
        if "lag" in term:
            base = earlier(period, term["lag"], self.through, self.fiscal)
            if base is None or not self.reaches(indicator, base):
                return Cell("no_base")
            if not self.covered(indicator, term["term"], base):
                return Cell("no_base")
            period = base
        return self.cell(indicator, term["term"], period, dimension, member)

    def fixed(self, indicator: str, term: Json, dimension: str, member: str) -> Cell:
        """Return another term's cell in the one period that is named."""
        day = start_of(str(term["period"]), self.fiscal)
        grain = grain_of(str(term["period"]))
        (base,) = (p for p in run(day, day, grain, self.fiscal))
        if base not in self.periods(indicator, grain):
            return Cell("no_data")
        found = self.cell(indicator, term["term"], base, dimension, member)
        return found._replace(provisional=found.provisional or base.last > self.through)

    def referenced(
        self, indicator: str, term: Json, period: P, dimension: str, member: str
    ) -> Cell:
        """Return another card's value or score as a cell."""
        name = term["indicator"]
        if "lag" in term:
            base = earlier(period, term["lag"], self.through, self.fiscal)
            if base is None or not self.reaches(indicator, base) or not self.reaches(name, base):
                return Cell("no_base")
            period = base
        known = not dimension or (
            dimension in self.dimensions(name) and member in self.members(name, dimension)
        )
        if not known or not self.reaches(name, period) or period.grain not in self.grains(name):
            return Cell("no_data")
        row = self.result(name, period, dimension, member)
        provisional = row.state == "provisional"
        if row.value is None:
            return Cell(row.state)
        if term.get("measure") == "score":
            return Cell("no_data" if row.points is None else row.points, provisional)
        return Cell(row.value, provisional)

    def reaches(self, indicator: str, period: P) -> bool:
        """Tell whether the card's results go back to ``period``."""
        first = self.first(indicator)
        return first is not None and period.last >= first

    # Results

    def result(self, indicator: str, period: P, dimension: str, member: str) -> Row:
        held = self.held(indicator, period)
        if held is not self:
            return held.result(indicator, period, dimension, member)
        card = self.card(indicator)
        cells = {
            name: self.cell(indicator, name, period, dimension, member)
            for name in card["terms"]
            if not dimension or self.has_members(indicator, name, dimension)
        }
        outcome = arith.evaluate(card["formula"], {n: c.outcome for n, c in cells.items()})
        used = arith.names(card["formula"])
        running = period.last > self.through or any(cells[name].provisional for name in used)
        value = outcome if isinstance(outcome, Fraction) else None
        state = outcome if isinstance(outcome, str) else "provisional" if running else "ok"
        counts = [cells[name].n for name in used if "from" in card["terms"][name]]
        limits, earned = self.judge.verdict(indicator, period, dimension, member, value)
        standards = {k: limits.get(k) for k in ("baseline", "target", "challenge")}
        n, unit = max((n for n in counts if n is not None), default=None), _unit(card["unit"])
        return Row(value, state, n, earned, **standards, unit=unit)

    def keys(self) -> Iterator[tuple[str, P, str, str]]:
        """Yield (indicator, period, dimension, member) of every row that must be there."""
        for indicator in self.content.indicators:
            groups = [("", "")]
            for dimension in self.dimensions(indicator):
                groups += [(dimension, m) for m in sorted(self.members(indicator, dimension))]
            for grain in self.grains(indicator):
                for period in self.periods(indicator, grain):
                    yield from ((indicator, period, d, m) for d, m in groups)

    def values(self) -> dict[Key, Row]:
        """Return every row of ``values.csv`` by key."""
        return {
            Key(i, "", p.grain, p.label, d, m): self.result(i, p, d, m)
            for i, p, d, m in self.keys()
        }

    def terms(self) -> dict[Key, Cell]:
        """Return every row of ``terms.csv`` by key."""
        found = {}
        for i, p, d, m in self.keys():
            newest = self.versions(i)[-1][1] if self.versions(i) else self
            for name in newest.card(i)["terms"]:
                if not d or newest.has_members(i, name, d):
                    found[Key(i, name, p.grain, p.label, d, m)] = newest.cell(i, name, p, d, m)
        return found

    def has_members(self, indicator: str, name: str, dimension: str) -> bool:
        """Tell whether the term can be told apart by the members of ``dimension``."""
        term = self.term(indicator, name)
        if "term" in term:
            return bool(term.get("overall")) or self.has_members(indicator, term["term"], dimension)
        if "indicator" in term:
            return dimension in self.dimensions(term["indicator"])
        if "calendar" in term:
            return True
        return self.rows.has_column(term, dimension)


def _unit(unit: str | Json) -> str:
    if isinstance(unit, str):
        return unit
    symbol = unit["symbol"]
    return str(symbol if isinstance(symbol, str) else symbol.get("en") or symbol["zh"])
