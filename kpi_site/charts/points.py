"""What a chart shows of a series: its newest periods, each with the year before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from kpi_site.catalog import Indicator
from kpi_site.periods import Grain, Period
from kpi_site.results import Result, Series, State

Standard = Literal["baseline", "target", "challenge"]
STANDARDS: Final[tuple[Standard, ...]] = ("baseline", "target", "challenge")
SMALL: Final = 13
"""Periods of a small chart: a year, and the same period of the year before."""
_WITH_PREVIOUS: Final = 24  # bars that leave room for the year before behind them
_SHOWN: Final = {
    Grain.DAY: 92, Grain.WEEK: 106, Grain.TEN_DAYS: 72, Grain.MONTH: 60, Grain.QUARTER: 40,
    Grain.HALF_YEAR: 40, Grain.YEAR: 40,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a chart: its position, its result, and the value of a year before."""

    i: int
    result: Result
    previous: Decimal | None
    same_day: bool = False  # ``previous`` is cut off at the day to which a running period has come

    @property
    def period(self) -> Period:
        """The period."""
        return self.result.period

    @property
    def value(self) -> Decimal | None:
        """The value, final or provisional."""
        return self.result.value

    @property
    def provisional(self) -> bool:
        """Tell whether the value may still change."""
        return self.result.state is State.PROVISIONAL


def points_of(series: Series) -> tuple[Point, ...]:
    """Return the newest periods of ``series`` that fit a chart, oldest first."""
    by_label = {r.period.label: r.value for r in series.results}
    known = series.same_day.results if series.same_day else ()
    cut_off = {r.period.label: r.value for r in known}
    newest = series.results[-_SHOWN[series.key.grain] :]
    points = []
    for i, result in enumerate(newest):
        cut = series.to_same_day(result.period)
        year_before = (cut_off if cut else by_label).get(result.period.year_before)
        points.append(Point(i, result, year_before, cut))
    return tuple(points)


def shows_previous(point: Point, count: int) -> bool:
    """Tell whether a bar among ``count`` has the year before behind it.

    Many have no room for it, and one that may still grow is not held against a whole period.
    """
    return point.previous is not None and not point.provisional and count <= _WITH_PREVIOUS


def course_of(series: Series) -> tuple[Point, ...]:
    """Return the points of a course over time: from the first that has a value, if any has."""
    points = points_of(series)
    start = next((n for n, p in enumerate(points) if p.value is not None), 0)
    return tuple(replace(p, i=p.i - start) for p in points[start:])


def standard_values(
    result: Result, indicator: Indicator, standard: Standard
) -> tuple[Decimal, ...]:
    """Return where a threshold of ``result`` lies on the value's own scale.

    For ``within`` that is twice: as far below the centre as above it.
    """
    found = getattr(result.threshold, standard, None)
    if not isinstance(found, Decimal):
        return ()
    if indicator.direction == "within":
        return (indicator.centre + found, indicator.centre - found)
    return (found,)


def all_values(
    points: Iterable[Point], indicator: Indicator, *, previous: bool = True
) -> list[Decimal | None]:
    """Return every number that the y-axis must hold."""
    found: list[Decimal | None] = []
    for point in points:
        found += (point.value, point.previous if previous else None)
        for standard in STANDARDS:
            found += standard_values(point.result, indicator, standard)
    return found


def step_runs(
    points: Sequence[Point], indicator: Indicator, standard: Standard
) -> list[tuple[int, int, int, Decimal]]:
    """Return a threshold as runs of equal values: (line, first i, last i, value).

    Runs of the same ``line`` that touch are joined by a step.
    """
    runs: list[tuple[int, int, int, Decimal]] = []
    gaps = 0
    for side in (0, 1):
        last: tuple[int, int, int, Decimal] | None = None
        for point in points:
            values = standard_values(point.result, indicator, standard)
            if side >= len(values):
                gaps += last is not None
                last = None
                continue
            if last is not None and last[3] == values[side]:
                runs.pop()
                last = (last[0], last[1], point.i, values[side])
            else:
                last = (side + 2 * gaps, point.i, point.i, values[side])
            runs.append(last)
    return runs


def last_points(series: Series) -> tuple[Point, ...]:
    """Return the last ``SMALL`` periods of ``series``, each with the value of the year before.

    Among years, that is the one beside it, and not repeated.
    """
    yearly = series.key.grain is Grain.YEAR
    kept = points_of(series)[-SMALL:]
    return tuple(
        replace(p, i=i, previous=None if yearly else p.previous) for i, p in enumerate(kept)
    )
