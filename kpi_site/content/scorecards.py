"""``content/scorecards/<id>.yml``: a tree of lines over indicators (DESIGN §2.4)."""

from __future__ import annotations

from kpi_site.catalog import Group, Line, Scorecard, Text
from kpi_site.content.record import key, record
from kpi_site.content.scalars import BOOLEAN, IDENTIFIER, NAME, NUMBER, STRING, choice, grain
from kpi_site.content.shapes import Invalid, Reading, Shape, list_of
from kpi_site.content.texts import TEXT
from kpi_site.content.thresholds import THRESHOLDS
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.periods import Grain

Lines = tuple[Line | Group, ...]

_LINE = record(
    Line,
    key("no", STRING),
    key("title", TEXT),
    key("indicator", NAME, required=True),
    key("weight", NUMBER),
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
    Shape(_read_item, {"anyOf": [{"$ref": "#/$defs/line"}, {"$ref": "#/$defs/group"}]}), least=1
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
