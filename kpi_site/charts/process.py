"""What a trend draws of signal and noise: the band of the limits, its mean, the marked points.

Rules: specification.md#pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.charts.points import Point
from kpi_site.exact import EXACT
from kpi_site.results import Series, State
from kpi_site.scoring import Tone
from kpi_site.signals import Behaviour, Observed, Variation, variation_of

TONES: Final[dict[Variation, Tone]] = {"improvement": "good", "concern": "bad", "change": "even"}
VARIATIONS: Final[dict[Tone, Variation]] = {tone: variation for variation, tone in TONES.items()}


@dataclass(frozen=True, slots=True)
class Band:
    """Where chance alone leaves the value of the period at ``i``, on the value's own scale.

    ``signal`` is what its value says by the card's direction where it is a signal.
    """

    i: int
    low: Decimal
    mean: Decimal
    high: Decimal
    signal: Tone | None


def bands(
    points: Sequence[Point], series: Series, indicator: Indicator, behaviour: Behaviour | None
) -> tuple[Band, ...]:
    """Return the band of each of ``points`` since the definition last changed.

    Of a change, or a difference, it lies around what the value is compared with. It does not
    reach below 0, or above 100 %, where all values lie within.
    """
    if behaviour is None or behaviour.flat:
        return ()
    own = [r for r in series.results if r.period.first >= behaviour.since.first]
    values = [r.value if r.state is State.OK else None for r in own]
    periods = [r.period for r in own]
    place = {r.period.first: i for i, r in enumerate(own)}
    seen = {o.period.first: o for o in behaviour.observed}
    limits, (least, most) = behaviour.limits, _ends(indicator, values)
    found = []
    for point in points:
        at = place.get(point.period.first)
        base = None if at is None else behaviour.basis.compared_with(periods, values, at)
        if base is not None:
            low, high = EXACT.add(base, limits.lower), EXACT.add(base, limits.upper)
            found.append(
                Band(
                    i=point.i,
                    low=max(low, least) if least is not None else low,
                    mean=EXACT.add(base, limits.mean),
                    high=min(high, most) if most is not None else high,
                    signal=_tone(indicator, seen.get(point.period.first)),
                )
            )
    return tuple(found)


def _tone(indicator: Indicator, observed: Observed | None) -> Tone | None:
    if observed is None or observed.signal is None:
        return None
    return TONES[variation_of(indicator, observed.signal)]


def _ends(
    indicator: Indicator, values: Sequence[Decimal | None]
) -> tuple[Decimal | None, Decimal | None]:
    """Return the ends of the scale beyond which no value lies, where there are such."""
    known = [value for value in values if value is not None]
    least = Decimal(0) if min(known) >= 0 else None
    share = indicator.unit.kind == "percent" and least is not None and max(known) <= 1
    return least, Decimal(1) if share else None
