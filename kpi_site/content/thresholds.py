"""Thresholds of cards and scorecard lines: one set, or several with what they hold for."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kpi_site.catalog import Limit, Standard
from kpi_site.content.expressions import FORMULA
from kpi_site.content.parts import PART
from kpi_site.content.record import key, record
from kpi_site.content.scalars import BOOLEAN, NUMBER, PERIOD, grain
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, one_or_many
from kpi_site.content.yaml_source import Node, Scalar
from kpi_site.formula.evaluate import evaluate
from kpi_site.problems import Message
from kpi_site.results import State
from kpi_site.sql.nodes import columns

Standards = tuple[Standard, ...]
_ARITHMETIC = re.compile(r"[+*/(]|\s-\s|^[A-Za-z_]\w*$|\bCASE\b", re.IGNORECASE)


def _read_limit(node: Node, reading: FileReading) -> Limit | Invalid:
    """Read a number, or arithmetic over terms; arithmetic without terms is a number, too."""
    if not (isinstance(node, Scalar) and node.kind == "string" and _ARITHMETIC.search(node.text)):
        return NUMBER.read(node, reading)
    found = FORMULA.read(node, reading)
    if isinstance(found, Invalid) or columns(found.node):
        return found
    value = evaluate(found.node, {})
    if isinstance(value, State):
        message = Message("这个算式没有结果", "this arithmetic has no result")
        return reading.report(node.where, "limit-without-value", message)
    return Decimal(value)


_WRITTEN = r"^(?![\s\S]*%)(?:[\s\S]*(?:[+*/(]|\s-\s|\b[Cc][Aa][Ss][Ee]\b)|[A-Za-z_]\w*$)"
"""For editors: a text that is arithmetic, and no percentage or number in quotes."""
LIMIT: Shape[Limit] = Shape(
    _read_limit, {**FORMULA.schema, "type": ["number", "string"], "pattern": _WRITTEN}
)


def _sensible(standard: Standard, node: Node, reading: FileReading) -> Standard | Invalid:
    if standard.limits == (None, None, None):
        return reading.report(
            node.where,
            "empty-thresholds",
            Message(
                "至少要有 baseline、target、challenge 之一",
                "at least one of baseline, target and challenge is needed",
            ),
        )
    if standard.per_cycle and standard.grain is not None:
        message = Message(
            "grain 与 per_cycle 只能用一个", "'grain' and 'per_cycle' exclude each other"
        )
        return reading.report(node.where, "keys-exclude-each-other", message)
    return standard


def _in_time(standards: Standards, _node: Node, reading: FileReading) -> Standards:
    """Report sets for the same thing that do not follow each other in time.

    They are returned thing by thing, the oldest first.
    """
    alike: dict[object, list[Standard]] = {}
    for standard in standards:
        alike.setdefault((standard.grain, standard.of), []).append(standard)
    for group in alike.values():
        for earlier, later in pairwise(group):
            if _start(later) > _start(earlier):
                continue
            reading.report(
                later.where,
                "thresholds-out-of-order",
                Message(
                    "多组阈值要按 from 由早到晚排列，且各不相同",
                    "several sets of thresholds must rise by 'from', each with its own",
                ),
            )
    return tuple(one for group in alike.values() for one in sorted(group, key=_start))


def _start(standard: Standard) -> date:
    return standard.start.first if standard.start else date.min


_STANDARD = record(
    Standard,
    key("from", PERIOD, to="start"),
    key("grain", grain()),
    key("of", PART),
    key("per_cycle", BOOLEAN),
    key("baseline", LIMIT),
    key("target", LIMIT),
    key("challenge", LIMIT),
    name="threshold",
    placed=True,
)
THRESHOLDS: Shape[Standards] = checked(one_or_many(checked(_STANDARD, _sensible)), _in_time)
