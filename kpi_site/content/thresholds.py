"""Thresholds of cards and scorecard lines: one set, or several with the period they start in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from kpi_site.catalog import Threshold
from kpi_site.content.record import key, record
from kpi_site.content.scalars import NUMBER, PERIOD
from kpi_site.content.shapes import Invalid, Reading, Shape, checked, one_or_many
from kpi_site.content.yaml_source import Node
from kpi_site.problems import Message

Thresholds = tuple[Threshold, ...]


def _not_empty(threshold: Threshold, node: Node, reading: Reading) -> Threshold | Invalid:
    if (threshold.baseline, threshold.target, threshold.challenge) != (None, None, None):
        return threshold
    return reading.report(
        node.where,
        "empty-thresholds",
        Message(
            "至少要有 baseline、target、challenge 之一",
            "at least one of baseline, target and challenge is needed",
        ),
    )


def _in_time(thresholds: Thresholds, _node: Node, reading: Reading) -> Thresholds:
    """Report sets that do not follow each other in time, and return them oldest first."""
    for earlier, later in pairwise(thresholds):
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
    return tuple(sorted(thresholds, key=_start))


def _start(threshold: Threshold) -> date:
    return threshold.start.first if threshold.start else date.min


_THRESHOLD = record(
    Threshold,
    key("from", PERIOD, to="start"),
    key("baseline", NUMBER),
    key("target", NUMBER),
    key("challenge", NUMBER),
    name="threshold",
    placed=True,
)
THRESHOLDS: Shape[Thresholds] = checked(one_or_many(checked(_THRESHOLD, _not_empty)), _in_time)
