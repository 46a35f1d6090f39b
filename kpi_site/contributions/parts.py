"""What a change is taken apart into, and how its parts are made to add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final, Literal

from kpi_site.exact import EXACT
from kpi_site.results import Result

Kind = Literal["term", "rate", "mix", "member"]
"""What contributes: a term of the formula; a member's own rate, its share, or its own change."""

_CLOSE: Final = Decimal("1e-9")
_DIGITS: Final = 17  # as many as results have


@dataclass(frozen=True, slots=True)
class Contribution:
    """What ``name`` (a term, or a member) adds to the change, in the unit of the card.

    Of a mix effect ``shares`` are the member's share of what is below the line, before and now.
    """

    kind: Kind
    name: str
    value: Decimal
    shares: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Contributions that add up to the change, the largest first.

    ``dimension`` is empty where they are the terms'.
    """

    dimension: str
    parts: tuple[Contribution, ...]


def add_up(dimension: str, old: Result, new: Result, raw: Iterable[Contribution]) -> Group | None:
    """Return the group of ``raw``, if it adds up to the change from ``old`` to ``new``.

    It does within 1e-9 of the largest of both values and the change. The parts are rounded to
    the 17th digit of that; what rounding leaves goes to the largest, so that they add up exactly.
    """
    found = tuple(raw)
    if not found or old.value is None or new.value is None:
        return None
    with localcontext(EXACT):
        change = new.value - old.value
        values = [part.value for part in found]
        largest = max(abs(old.value), abs(new.value), abs(change))
        scale = largest or max(map(abs, values))
        if abs(change - sum(values)) > _CLOSE * scale:
            return None
        last = Decimal((0, (1,), scale.adjusted() - _DIGITS + 1))
        values = [value.quantize(last) for value in values]
        sizes = [abs(value) for value in values]
        at = sizes.index(max(sizes))
        values[at] += change - sum(values)
        parts = [
            Contribution(part.kind, part.name, value, part.shares)
            for part, value in zip(found, values, strict=True)
        ]
    return Group(dimension, tuple(sorted(parts, key=_by_size)))


def _by_size(part: Contribution) -> Decimal:
    return -abs(part.value)
