"""What thresholds and points say by themselves: order, names, and steps as arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kpi_site.catalog import Indicator, Limit, Part, PointStep, Standard, Threshold
from kpi_site.formula.evaluate import Operand
from kpi_site.periods import Grain
from kpi_site.results import State, Unjudged
from kpi_site.sql.nodes import Call, Case, Column, Expression, Literal_, Node

Given = Mapping[str, Operand]
"""The card's terms in one cell: a number, or the state that says why there is none."""
VALUE: Final = "value"
LEVEL_NAMES: Final = ("baseline", "target", "challenge")
"""What ``points`` may name besides the card's terms: the value, and the thresholds in force."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a figure is judged by, the points that it earns, or why it is not judged."""

    threshold: Threshold | None = None
    points: Decimal | None = None
    unjudged: Unjudged | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What thresholds hold for where they do not say so: a grain, and the whole or a member."""

    grain: Grain
    part: Part | None = None


def in_order(limits: Sequence[Decimal | None], indicator: Indicator) -> bool:
    """Tell whether thresholds, as far as given, get strictly harder; distances are not negative."""
    known = [limit for limit in limits if limit is not None]
    if indicator.direction == "within" and any(limit < 0 for limit in known):
        return False
    rising = indicator.direction == "higher"
    return all(low < high if rising else low > high for low, high in pairwise(known))


def operands(given: Given, value: Decimal, threshold: Threshold | None) -> dict[str, Operand]:
    """Return what ``points`` may name; thresholds go before terms of the same name."""
    levels = {name: getattr(threshold, name, None) for name in LEVEL_NAMES}
    known: dict[str, Operand] = dict.fromkeys(LEVEL_NAMES, State.NO_DATA)
    known.update(given)
    known.update({name: limit for name, limit in levels.items() if limit is not None})
    return known | {VALUE: value}


def threshold_names(indicator: Indicator, standards: Sequence[Standard]) -> frozenset[str]:
    """Return the names that mean thresholds in ``points``: no term of the card stands for them."""
    declared = {
        name
        for standard in standards
        for name, limit in zip(LEVEL_NAMES, standard.limits, strict=True)
        if limit is not None
    }
    return frozenset(n for n in LEVEL_NAMES if n in declared or indicator.term(n) is None)


def points_node(
    points_: Expression | None,
    steps: Sequence[PointStep],
    indicator: Indicator,
    otherwise: Decimal = Decimal(0),
) -> Node | None:
    """Return the rule by which points are earned: the arithmetic, or the steps as a CASE.

    Steps of a ``within`` card go by the distance from its centre. Where no step fits it is
    ``otherwise``.
    """
    if points_ is not None:
        return points_.node
    if not steps:
        return None
    at: Node = Column(VALUE)
    if indicator.direction == "within":
        centred = Call("-", (at, Literal_(indicator.centre))) if indicator.centre else at
        at = Call("abs", (centred,))
    whens = []
    for step in steps:
        bound, sign = (step.start, ">=") if step.start is not None else (step.upto, "<=")
        if bound is not None:
            whens.append((Call(sign, (at, _node(bound))), _node(step.points)))
    return Case(tuple(whens), Literal_(otherwise)) if whens else None


def _node(limit: Limit) -> Node:
    return limit.node if isinstance(limit, Expression) else Literal_(limit)
