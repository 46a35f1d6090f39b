"""``content/scorecards/<id>.yml``: a tree of lines over indicators (specification.md#scorecard)."""

from __future__ import annotations

from kpi_site.catalog import Group, Line, Scorecard, Text
from kpi_site.content.grades import SCORECARD_GRADES
from kpi_site.content.line_roles import BONUS, DEDUCT, VETO, ends_after_start, one_role
from kpi_site.content.parts import PART
from kpi_site.content.points import POINTS, STEPS, one_rule
from kpi_site.content.record import key, record
from kpi_site.content.scalars import (
    BOOLEAN,
    IDENTIFIER,
    NAME,
    NOT_NEGATIVE,
    NUMBER,
    PERIOD,
    STRING,
    WEIGHT,
    choice,
    grain,
    name_of,
)
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, list_of
from kpi_site.content.texts import TEXT
from kpi_site.content.thresholds import THRESHOLDS
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.periods import Grain
from kpi_site.problems import Name

Lines = tuple[Line | Group, ...]


_LINE_KEYS = record(
    Line,
    key("no", STRING),
    key("title", TEXT),
    key("indicator", name_of("indicator"), required=True),
    key("of", PART),
    key("weight", WEIGHT),
    key("cycle", grain()),
    key("assessed", TEXT),
    key("source", TEXT),
    key("notes", TEXT),
    key("thresholds", THRESHOLDS),
    key("points", POINTS),
    key("steps", STEPS),
    key("deduct", DEDUCT),
    key("bonus", BONUS),
    key("veto", VETO),
    key("take", choice("points_mean", "points_last")),
    key("cap", NUMBER),
    key("floor", NUMBER),
    key("shared", BOOLEAN),
    key("from", PERIOD, to="start"),
    key("until", PERIOD),
    name="line",
    placed=True,
)
_LINE = checked(checked(checked(_LINE_KEYS, one_rule), one_role), ends_after_start)
_FOR_EACH: Shape[Name] = record(
    lambda dimension: dimension,
    key("dimension", name_of("dimension"), required=True),
    name="for_each",
)


def _read_item(node: Node, reading: FileReading) -> Line | Group | Invalid:
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
    key("owner", NAME),
    key("cycle", grain(), required=True, stand_in=Grain.YEAR),
    key("scored", BOOLEAN),
    key("missing", choice("exclude", "zero")),
    key("start", NOT_NEGATIVE),
    key("for_each", _FOR_EACH),
    key("grades", SCORECARD_GRADES),
    key("lines", LINES, required=True, stand_in=()),
    name="scorecard",
    placed=True,
    top=True,
)
