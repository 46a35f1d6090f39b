"""``points`` and ``steps``: how a value earns points, where straight lines are not the rule."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Protocol, TypeVar

from kpi_site.catalog import PointStep
from kpi_site.content.expressions import FORMULA
from kpi_site.content.record import key, record
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, list_of
from kpi_site.content.thresholds import LIMIT
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.problems import Message
from kpi_site.sql.nodes import Expression

POINTS = FORMULA
Steps = tuple[PointStep, ...]


class _Ruled(Protocol):
    """A card or a line: what may say how values earn points."""

    @property
    def points(self) -> Expression | None:
        """The arithmetic."""

    @property
    def steps(self) -> Steps:
        """The ranges."""


T = TypeVar("T", bound=_Ruled)


def one_rule(holder: T, node: Node, reading: FileReading) -> T | Invalid:
    """Report a card or a line that has both ``points`` and ``steps``."""
    if holder.points is None or not holder.steps or not isinstance(node, Mapping):
        return holder
    both = [name.where for name, _ in node.entries if name.text in {"points", "steps"}]
    message = Message("points 与 steps 只能用一个", "'points' and 'steps' exclude each other")
    return reading.report(both[-1], "keys-exclude-each-other", message)


def _one_bound(step: PointStep, node: Node, reading: FileReading) -> PointStep | Invalid:
    if (step.start is None) != (step.upto is None):
        return step
    message = Message("每一档要写 from 或 upto 之一", "a step has either 'from' or 'upto'")
    hint = Message(
        "越高越好写 from，越低越好写 upto。",
        "Where higher is better write 'from', where lower is better 'upto'.",
    )
    return reading.report(node.where, "step-without-range", message, hint)


def _can_be_reached(steps: Steps, _node: Node, reading: FileReading) -> Steps:
    """Report steps that the ones before them leave nothing to: the first that fits counts."""
    for before, step in pairwise(steps):
        falls = _is_less(step.start, before.start)
        rises = _is_less(before.upto, step.upto)
        if falls is False or rises is False or (before.start is None) != (step.start is None):
            reading.report(
                step.where,
                "steps-order",
                Message("这一档永远轮不到", "this step is never reached"),
                Message(
                    "取第一个符合的档：from 由高到低排，upto 由低到高排，不混用。",
                    "The first that fits counts: let 'from' fall or 'upto' rise, unmixed.",
                ),
            )
    return steps


def _is_less(one: object, other: object) -> bool | None:
    """Compare two numbers; None where one is computed."""
    both = isinstance(one, Decimal) and isinstance(other, Decimal)
    return one < other if both else None  # type: ignore[operator]


_STEP = record(
    PointStep,
    key("from", LIMIT, to="start"),
    key("upto", LIMIT),
    key("points", LIMIT, required=True),
    name="step_of_points",
    placed=True,
)
STEPS: Shape[Steps] = checked(list_of(checked(_STEP, _one_bound), least=1), _can_be_reached)
