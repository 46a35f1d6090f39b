"""The four rules that tell a signal from noise (specification.md#signal-rules)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

from kpi_site.signals.limits import Scale

Rule = Literal["point", "two_of_three", "shift", "trend"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)
"""The rules; where several hold for a value, the first of them is named."""
Side = Literal["high", "low"]
IN_A_ROW: Final = 7
"""So many values on one side of the mean, or each beyond the one before, are no chance."""
_THREE: Final = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """Why a value is no noise, and on which side.

    ``count`` is how many values in a row make it one, up to and including this one: those on
    its side of the mean, or that rise or fall. Of ``two_of_three`` it is how many of the three
    lie beyond two thirds of the limits; 1 for a point.
    """

    rule: Rule
    side: Side
    count: int = 1


def signals(scale: Scale) -> tuple[Signal | None, ...]:
    """Return for each value of ``scale`` whether it is a signal; None for noise and gaps."""
    found: list[Signal | None] = [None] * len(scale.from_mean)
    by_rule = (_points(scale), _two_of_three(scale), _shifts(scale), _trends(scale))
    for marked in by_rule:
        for i, signal in marked:
            if found[i] is None:
                found[i] = signal
    return tuple(found)


_Marked = Iterator[tuple[int, Signal]]


def _points(scale: Scale) -> _Marked:
    for i, at in enumerate(scale.from_mean):
        if at is not None and abs(at) > scale.reach:
            yield i, Signal("point", _side(at))


def _two_of_three(scale: Scale) -> _Marked:
    """Yield the values beyond two thirds of the limits, of three in a row with two such ones.

    All three lie on that side of the mean.
    """
    values, far = scale.from_mean, 2 * scale.reach // 3
    for start in range(len(values) - 2):
        three = [at for at in values[start : start + 3] if at is not None]
        beyond = [abs(at) > far for at in three]
        same_side = len(three) == _THREE and len({_sign(at) for at in three}) == 1
        if same_side and sum(beyond) >= _THREE - 1:
            for i, at in enumerate(three):
                if beyond[i]:
                    yield start + i, Signal("two_of_three", _side(at), sum(beyond))


def _shifts(scale: Scale) -> _Marked:
    """Yield the values of seven or more in a row on one side of the mean."""
    for start, end in _runs([0 if at is None else _sign(at) for at in scale.from_mean]):
        if end - start >= IN_A_ROW:
            for i in range(start, end):
                at = scale.from_mean[i]
                assert at is not None
                yield i, Signal("shift", _side(at), i + 1 - start)


def _trends(scale: Scale) -> _Marked:
    """Yield the values of seven or more in a row that rise, or that fall.

    Where a rise ends in a fall, the value between belongs to the first of them.
    """
    steps = [0 if a is None or b is None else _sign(b - a) for a, b in pairwise(scale.from_mean)]
    for start, end in _runs(steps):
        if end - start >= IN_A_ROW - 1:
            side: Side = "high" if steps[start] > 0 else "low"
            for i in range(start, end + 1):
                yield i, Signal("trend", side, i + 1 - start)


def _runs(signs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each run of equal signs; 0 belongs to none."""
    start = 0
    for i in range(1, len(signs) + 1):
        if i == len(signs) or signs[i] != signs[start]:
            if signs[start]:
                yield start, i
            start = i


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _side(from_mean: int) -> Side:
    return "high" if from_mean > 0 else "low"
