"""``content/scorecards/<id>.yml``: a tree of lines over indicators (specification.md#scorecard)."""

from __future__ import annotations

from collections.abc import Mapping as PyMapping

from kpi_site.catalog import Group, Line, Part, Scorecard, Text
from kpi_site.content.record import key, record
from kpi_site.content.scalars import BOOLEAN, IDENTIFIER, NAME, STRING, WEIGHT, choice, grain
from kpi_site.content.shapes import INVALID, Invalid, Reading, Shape, checked, list_of, map_of
from kpi_site.content.texts import TEXT
from kpi_site.content.thresholds import THRESHOLDS
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.periods import Grain
from kpi_site.problems import Message, Name

Lines = tuple[Line | Group, ...]


def _one_part(found: PyMapping[Name, Name], node: Node, reading: Reading) -> Part | Invalid:
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


_OF = checked(map_of(NAME), _one_part)
_OF = Shape(_OF.read, {**_OF.schema, "minProperties": 1, "maxProperties": 1})

_LINE = record(
    Line,
    key("no", STRING),
    key("title", TEXT),
    key("indicator", NAME, required=True),
    key("of", _OF),
    key("weight", WEIGHT),
    key("cycle", grain()),
    key("assessed", TEXT),
    key("source", TEXT),
    key("notes", TEXT),
    key("thresholds", THRESHOLDS),
    name="line",
    placed=True,
)


def _read_item(node: Node, reading: Reading) -> Line | Group | Invalid:
    """Read a line, or the group that it is when it holds lines itself."""
    if isinstance(node, Mapping) and node.get("lines") is not None:
        return _GROUP.read(node, reading)
    return _LINE.read(node, reading)


LINES: Shape[Lines] = list_of(
    Shape(_read_item, {"anyOf": [{"$ref": "#/definitions/line"}, {"$ref": "#/definitions/group"}]}),
    least=1,
)
_GROUP = record(
    Group,
    key("no", STRING),
    key("title", TEXT, required=True, stand_in=Text("")),
    key("notes", TEXT),
    key("lines", LINES, required=True, stand_in=()),
    name="group",
    placed=True,
    lenient=True,
)
DEFINITIONS = {"line": _LINE.schema, "group": _GROUP.schema}

SCORECARD: Shape[Scorecard] = record(
    Scorecard,
    key("id", IDENTIFIER, required=True, stand_in=""),
    key("title", TEXT, required=True, stand_in=Text("")),
    key("about", TEXT),
    key("assessed", TEXT),
    key("cycle", grain(), required=True, stand_in=Grain.YEAR),
    key("scored", BOOLEAN),
    key("missing", choice("exclude", "zero")),
    key("lines", LINES, required=True, stand_in=()),
    name="scorecard",
    placed=True,
    top=True,
)
