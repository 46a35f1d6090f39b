"""``dimension: member``: the one part of an indicator that a line or a threshold is about."""

from __future__ import annotations

from collections.abc import Mapping as PyMapping

from kpi_site.catalog import Part
from kpi_site.content.scalars import name_of
from kpi_site.content.shapes import INVALID, FileReading, Invalid, Shape, checked, map_of
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.problems import Message, Name


def _one_part(found: PyMapping[Name, Name], node: Node, reading: FileReading) -> Part | Invalid:
    """Return the one ``dimension: member``; another number of pairs is reported."""
    if len(found) == 1 and isinstance(node, Mapping) and len(node.entries) == 1:
        return Part(*next(iter(found.items())))
    if isinstance(node, Mapping) and len(node.entries) == 1:
        return INVALID  # its member was reported
    return reading.report(
        node.where,
        "not-one-member",
        Message("应恰好写一对“维度: 成员”", "exactly one 'dimension: member' is expected"),
        Message("各成员各写一行。", "Write a line for each member."),
    )


_READ = checked(map_of(name_of("member"), names="dimension"), _one_part)
PART: Shape[Part] = Shape(_READ.read, {**_READ.schema, "minProperties": 1, "maxProperties": 1})
