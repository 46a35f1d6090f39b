"""Results: what compute returns, and pages, charts and downloads show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from itertools import repeat
from typing import Literal, TypeVar

from kpi_site.catalog import Threshold
from kpi_site.periods import Grain, Period
from kpi_site.sql.nodes import Node

Made = TypeVar("Made")


def of_columns(kind: type[Made], **columns: Iterable[object]) -> tuple[Made, ...]:
    """Return values of the dataclass ``kind`` from columns with all of its fields, as many each.

    It asks nothing of what the columns hold, and takes a fifth of the time that making one value
    after the other does.
    """
    held = [tuple(column) for column in columns.values()]
    if len({*map(len, held)}) > 1 or {*columns} != {*getattr(kind, "__match_args__", ())}:
        raise ValueError(f"not the columns of {kind.__name__}: {', '.join(columns)}")
    made = tuple(map(object.__new__, repeat(kind, len(held[0]))))
    for name, column in zip(columns, held, strict=True):
        deque(map(kind.__dict__[name].__set__, made, column), maxlen=0)
    return made


class State(StrEnum):
    """Why a result has its value, or has none (specification.md#states)."""

    OK = "ok"
    PROVISIONAL = "provisional"
    NO_DATA = "no_data"
    NO_BASE = "no_base"
    ZERO_DENOMINATOR = "zero_denominator"
    NOT_DUE = "not_due"
    SUPPRESSED = "suppressed"

    @property
    def has_value(self) -> bool:
        """Tell whether a result of this state carries a value."""
        return self in {State.OK, State.PROVISIONAL}


Told = State | Literal["excluded"]
"""What readers are told of a result: its state, or that the formula's own condition excludes it."""


class Unjudged(StrEnum):
    """Why a figure is not judged although its card, or its line, has standards.

    ``not_here``: they are declared for another grain or for the whole, and the figure is an
    amount; ``no_limit``: a computed threshold has no value; ``disorder``: computed thresholds
    are in the wrong order.
    """

    NOT_HERE = "not_here"
    NO_LIMIT = "no_limit"
    DISORDER = "disorder"


@dataclass(frozen=True, slots=True)
class Cell:
    """A term's value in one period: exact, or None with the state that says why.

    ``n`` is the number of rows that fell into the cell; None where no rows are counted
    (another card's result).
    """

    value: Decimal | None
    state: State
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An indicator's value in one period, for the whole or one member.

    ``value`` is unscaled (a percentage is a fraction), exact where the decimal expansion
    ends, else rounded to 17 significant digits. ``n`` is the largest ``n`` of its terms.
    ``unjudged`` says why it has no thresholds and points where its card has standards,
    ``excluded`` that a condition of the formula leaves it without a value: facts are there.
    """

    period: Period
    value: Decimal | None
    state: State
    n: int | None = None
    points: Decimal | None = None
    threshold: Threshold | None = None
    unjudged: Unjudged | None = None
    excluded: bool = False

    @property
    def told(self) -> Told:
        """What readers are told of it."""
        return "excluded" if self.excluded else self.state


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Which series: a grain, and a dimension with one of its members.

    The whole has ``dimension`` and ``member`` empty; a named dimension with an empty
    member holds the rows whose value is missing.
    """

    grain: Grain
    dimension: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class SameDay:
    """What the period ``running`` is compared with: earlier ones, each up to the same day.

    That is the same number of days since its start, at most all of it.
    """

    running: Period
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator's results over time, oldest first, without holes.

    ``terms[name][i]`` is the term's cell that went into ``results[i]``; ``bases`` are the two sums
    behind each term that is a mean (`kpi_site.apart.base_names`), where the card comes apart by
    them. ``same_day`` is what a running period is compared with; None where none runs.
    """

    key: SeriesKey
    results: tuple[Result, ...]
    terms: Mapping[str, tuple[Cell, ...]]
    same_day: SameDay | None = None
    bases: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)

    def at(self, period: Period) -> Result | None:
        """Return the result of ``period``, if the series reaches it."""
        index = self.index(period)
        return None if index is None else self.results[index]

    def to_same_day(self, period: Period) -> bool:
        """Tell whether ``period`` is running, so that others are cut off to be compared."""
        return self.same_day is not None and self.same_day.running.first == period.first

    def compared(self, period: Period, earlier: Period) -> Result | None:
        """Return the result of ``earlier`` with which that of ``period`` is compared.

        Like for like: whole with whole, and a running period with the same part.
        """
        if self.same_day is None or not self.to_same_day(period):
            return self.at(earlier)
        known = self.same_day.results
        return next((r for r in known if r.period.first == earlier.first), None)

    def index(self, period: Period) -> int | None:
        """Return the position of ``period``, if the series reaches it."""
        for i, result in enumerate(self.results):
            if result.period.first == period.first:
                return i
        return None

    @property
    def latest(self) -> Result | None:
        """The newest result."""
        return self.results[-1] if self.results else None

    @property
    def latest_closed(self) -> Result | None:
        """The newest result of a period that is over and has a value, else the newest."""
        for result in reversed(self.results):
            if result.state is State.OK:
                return result
        return self.latest


@dataclass(frozen=True, slots=True)
class Apart:
    """How a figure comes apart by members: ``top / bottom``, each a sum over members.

    Both are formulas of terms and of their `Series.bases`. Without ``bottom`` the figure itself
    is such a sum.
    """

    top: Node
    bottom: Node | None = None


@dataclass(frozen=True, slots=True)
class IndicatorResults:
    """All series of one card. ``running`` holds running totals within the month (cycle day).

    ``digest`` stands for everything that the figures depend on; "" where it is not known.
    ``apart`` is how the card comes apart by members; None if it does not.
    """

    indicator: str
    series: Mapping[SeriesKey, Series]
    running: Series | None = None
    digest: str = ""
    apart: Apart | None = None

    def whole(self, grain: Grain) -> Series | None:
        """Return the series of the whole at ``grain``."""
        return self.series.get(SeriesKey(grain))

    def wholes(self) -> Iterator[Series]:
        """Yield the series of the whole, the shortest grain first."""
        for key in self.series:
            if not key.dimension:
                yield self.series[key]

    def members(self, grain: Grain, dimension: str) -> Iterator[Series]:
        """Yield the series of each member of ``dimension``, in the order of the members."""
        for key in self.series:
            if key.grain is grain and key.dimension == dimension:
                yield self.series[key]


Results = Mapping[str, IndicatorResults]


def to_same_day(results: Results) -> Results:
    """Return ``results`` with what running periods are compared with cut off at the same day.

    At each grain that runs, the earlier periods in ``Series.same_day`` stand for the whole ones:
    what a scorecard's total of a running period is compared with is made of these.
    """
    return {name: replace(found, series=_SameDay(found.series)) for name, found in results.items()}


@dataclass(frozen=True, slots=True)
class _SameDay(Mapping[SeriesKey, Series]):
    """Series by key, each cut off when it is asked for: few of them are."""

    whole: Mapping[SeriesKey, Series]

    def __getitem__(self, key: SeriesKey) -> Series:
        series = self.whole[key]
        cut = {r.period.first: r for r in series.same_day.results} if series.same_day else {}
        return replace(series, results=tuple(cut.get(r.period.first, r) for r in series.results))

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)
