"""Signal or noise: how the values of a series behave (specification.md#signals)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from kpi_site.catalog import Indicator, Threshold
from kpi_site.exact import WHOLE
from kpi_site.periods import Period
from kpi_site.results import IndicatorResults, Result, Series, SeriesKey, State
from kpi_site.scoring import target_of
from kpi_site.signals.basis import Basis, basis_of
from kpi_site.signals.limits import Limits, measure
from kpi_site.signals.rules import Signal, signals

Variation = Literal["improvement", "concern", "change", "common"]
VARIATIONS: Final[tuple[Variation, ...]] = get_args(Variation)
Assurance = Literal["met", "missed", "varies"]


@dataclass(frozen=True, slots=True)
class Observed:
    """A final value, as it is held against the limits, and the signal that it is, if any."""

    period: Period
    value: Decimal
    signal: Signal | None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a series behaves since its definition last changed, with the period ``since``.

    ``observed`` are its final values, oldest first, as ``basis`` has them: themselves, or
    changes. ``variation`` says what the newest of them is, ``assurance`` whether the target
    is met or missed whatever chance does; None where no target can be held against the limits.
    """

    indicator: str
    key: SeriesKey
    basis: Basis
    since: Period
    limits: Limits
    observed: tuple[Observed, ...]
    variation: Variation
    assurance: Assurance | None

    @property
    def flat(self) -> bool:
        """Tell whether the limits lie on the mean, so that every other value is beyond them."""
        return self.limits.lower == self.limits.upper

    @property
    def newest(self) -> Observed:
        """The newest final value."""
        return self.observed[-1]

    def assurance_of(self, indicator: Indicator, result: Result | None) -> Assurance | None:
        """Return whether chance alone meets the target that ``result`` is judged by."""
        return _assurance(indicator, result, self.limits, self.basis)

    def at(self, period: Period) -> Observed | None:
        """Return what was observed in ``period``, if anything."""
        return next((o for o in reversed(self.observed) if o.period.first == period.first), None)


def behaviours(
    indicator: Indicator, others: Mapping[str, Indicator], found: IndicatorResults
) -> Iterator[Behaviour]:
    """Yield how the card's series at its cycle behave, the whole first; none without limits.

    ``others`` are all cards, for terms that name one.
    """
    basis = basis_of(indicator, others)
    if basis is None:
        return
    for key, series in found.series.items():
        if key.grain is indicator.cycle:
            behaviour = behaviour_of(indicator, series, basis)
            if behaviour is not None:
                yield behaviour


def behaviour_of(indicator: Indicator, series: Series, basis: Basis) -> Behaviour | None:
    """Return how ``series`` behaves; None where it has no limits.

    Only final values count, and of them those since the definition last changed.
    """
    results = series.results[_segment(indicator, series.results) :]
    final = [r.value if r.state is State.OK else None for r in results]
    values = basis.of([r.period for r in results], final)
    scale = measure(values)
    if scale is None:
        return None
    observed = tuple(
        Observed(result.period, value, signal)
        for result, value, signal in zip(results, values, signals(scale), strict=True)
        if value is not None
    )
    newest = observed[-1]
    return Behaviour(
        indicator=str(indicator.id),
        key=series.key,
        basis=basis,
        since=results[0].period,
        limits=scale.limits,
        observed=observed,
        variation=variation_of(indicator, newest.signal),
        assurance=_assurance(indicator, series.at(newest.period), scale.limits, basis),
    )


def _segment(indicator: Indicator, results: tuple[Result, ...]) -> int:
    """Return the position of the period with which the newest definition begins."""
    starts = indicator.breaks
    if not starts:
        return 0
    found = (i for i, r in enumerate(results) if any(r.period.holds(day) for day in starts))
    return max(found, default=0)


def variation_of(indicator: Indicator, signal: Signal | None) -> Variation:
    """Return what a value that is ``signal`` (None: noise) says of the card, by its direction."""
    if signal is None:
        return "common"
    if indicator.direction not in {"higher", "lower"}:
        return "change"
    better = "high" if indicator.direction == "higher" else "low"
    return "improvement" if signal.side == better else "concern"


def _assurance(
    indicator: Indicator, result: Result | None, limits: Limits, basis: Basis
) -> Assurance | None:
    """Return whether the target in force lies beyond the limits, on the good side or the bad."""
    threshold: Threshold | None = result.threshold if result else None
    target = target_of(indicator, threshold)
    if target is None or not basis.plain:
        return None
    if indicator.direction == "within":
        return _within(indicator.centre, target, limits)
    if limits.lower <= target <= limits.upper:
        return "varies"
    return "met" if (target < limits.lower) == (indicator.direction == "higher") else "missed"


def _within(centre: Decimal, target: Decimal, limits: Limits) -> Assurance:
    """Tell how the limits lie to what is allowed, so far from ``centre`` to either side."""
    low, high = WHOLE.subtract(centre, target), WHOLE.add(centre, target)
    if low < limits.lower and limits.upper < high:
        return "met"
    return "missed" if high < limits.lower or limits.upper < low else "varies"
