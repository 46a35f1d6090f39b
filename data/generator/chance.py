"""Chance that gives the same facts on every machine.

Only ``+ - * /`` and the square root are used on random numbers: the results of ``exp`` or
``sin`` may differ in the last bit from one C library to the next.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Wheel(Generic[T]):
    """Items that are drawn in proportion to their weights."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self.items = list(items)
        self.bounds = list(accumulate(weights))


class Chance:
    """A stream of random values for one dataset, so that datasets do not disturb each other."""

    def __init__(self, name: str, seed: int = 2026) -> None:
        self._random = random.Random(f"{name}/{seed}")

    def u(self) -> float:
        """Return a number from 0 to 1."""
        return self._random.random()

    def flag(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.u() < probability

    def whole(self, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``, both included."""
        return low + int(self.u() * (high - low + 1))

    def bell(self, mean: float, deviation: float) -> float:
        """Return a number near ``mean``: nearly normal, never further than 3.5 deviations."""
        return mean + deviation * (self.u() + self.u() + self.u() + self.u() - 2) * 1.7320508

    def skewed(self, median: float) -> float:
        """Return a positive duration with this median and a long tail (at most 12 medians)."""
        u = min(self.u(), 0.993)
        return median * math.sqrt(u / (1 - u))

    def spin(self, wheel: Wheel[T]) -> T:
        """Draw an item of the wheel."""
        return wheel.items[bisect(wheel.bounds, self.u() * wheel.bounds[-1])]

    def pick(self, items: Sequence[T]) -> T:
        """Draw an item, all alike."""
        return items[int(self.u() * len(items))]

    def day(self, first: date, last: date) -> date:
        """Return a day from ``first`` to ``last``, both included."""
        return first + timedelta(days=self.whole(0, (last - first).days))


def clamp(value: float, low: int, high: int) -> int:
    """Round to an integer within the bounds of a scale."""
    return max(low, min(high, math.floor(value + 0.5)))
