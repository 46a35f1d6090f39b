"""``content/indicators/<department>/<id>.yml``: the card (specification.md#indicator)."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, Final

from kpi_site.catalog import Card, CardTexts, Change, Example, Indicator, Measure, Text
from kpi_site.content.charts import CHART
from kpi_site.content.expressions import FORMULA
from kpi_site.content.points import POINTS, STEPS, one_rule
from kpi_site.content.record import key, record
from kpi_site.content.scalars import (
    BOOLEAN,
    IDENTIFIER,
    NUMBER,
    PERIOD,
    STRING,
    between,
    choice,
    grain,
    name_of,
)
from kpi_site.content.shapes import (
    FileReading,
    Invalid,
    Shape,
    checked,
    distinct,
    list_of,
    map_of,
    nullable,
    wrong_type,
)
from kpi_site.content.terms import TERMS
from kpi_site.content.texts import TEXT
from kpi_site.content.thresholds import THRESHOLDS
from kpi_site.content.units import SCALE, UNIT, ScaleByLanguage, default_decimals
from kpi_site.content.versions import VERSIONS, with_versions
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence
from kpi_site.periods import Grain
from kpi_site.problems import Location, Message, Name
from kpi_site.results import State
from kpi_site.sql.nodes import Code, Expression, Literal_

_STATES = tuple(str(state) for state in State if not state.has_value)
_NO_FORMULA = Expression(Code("", "", ((1, 1),)), Literal_(None))


def _read_outcome(node: Node, reading: FileReading) -> Decimal | str | Invalid:
    """Read what an example expects: a number, or the state that says why there is none."""
    if isinstance(node, Scalar) and node.kind == "string" and node.text.islower():
        return choice(*_STATES).read(node, reading)
    if isinstance(node, Scalar):
        return NUMBER.read(node, reading)
    listed = ", ".join(_STATES)
    return wrong_type(
        node, reading, Message(f"数字、null 或 {listed}", f"a number, null or {listed}")
    )


_OUTCOME: Shape[Decimal | str] = Shape(
    _read_outcome, {"anyOf": [{"type": "number"}, {"enum": list(_STATES)}]}
)


_EXPECTED = ("expect", "expect_points")


def _example(**fields: Any) -> Example:
    return Example(**fields, expects=tuple(k for k in _EXPECTED if k in fields))


def _expects_something(example: Example, node: Node, reading: FileReading) -> Example | Invalid:
    if example.expects:
        return example
    message = Message("缺少键“expect”", "missing key 'expect'")
    hint = Message(
        "请写 expect（值）或 expect_points（得分）。",
        "Write expect (the value) or expect_points (the points).",
    )
    return reading.report(node.where, "missing-key", message, hint)


_EXAMPLE_KEYS = record(
    _example,
    key("given", map_of(nullable(NUMBER), names="term"), required=True),
    key("expect", nullable(_OUTCOME)),
    key("expect_points", nullable(NUMBER)),
    key("period", PERIOD),
    key("because", TEXT),
    name="example",
    placed=True,
)
_EXAMPLE = checked(_EXAMPLE_KEYS, _expects_something)
_CHANGE = record(
    Change,
    key("from", PERIOD, required=True, to="start"),
    key("what", TEXT, required=True),
    key("breaks_series", BOOLEAN),
    name="change",
)


def _sorted_changes(
    changes: tuple[Change, ...], _node: Node, _reading: FileReading
) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: change.start))


def _card(
    *,
    unit: Measure,
    scale: ScaleByLanguage | None = None,
    decimals: int | None = None,
    **fields: Any,
) -> dict[str, Any]:
    if scale:
        unit = replace(unit, scale=scale)
    places = default_decimals(unit) if decimals is None else decimals
    return {"unit": unit, "decimals": places, **fields}


CARD: Shape[dict[str, Any]] = record(
    _card,
    key("id", IDENTIFIER, required=True, stand_in=""),
    key("name", TEXT, required=True, stand_in=Text("")),
    key("definition", TEXT, required=True, stand_in=Text("")),
    key("purpose", TEXT),
    key("formula", FORMULA, required=True, stand_in=_NO_FORMULA),
    key("terms", TERMS, required=True, stand_in=()),
    key("unit", UNIT, required=True, stand_in=Measure("score", "score")),
    key("scale", SCALE),
    key("decimals", between(0, 12)),
    key("direction", choice("higher", "lower", "within", "none")),
    key("centre", NUMBER),
    key("cycle", grain(), required=True, stand_in=Grain.MONTH),
    key("longer", BOOLEAN),
    key("season", between(2, 60)),
    key("dimensions", distinct(list_of(name_of("dimension")))),
    key("thresholds", THRESHOLDS),
    key("points", POINTS),
    key("steps", STEPS),
    key("notes", TEXT),
    key("collector", TEXT),
    key("source", TEXT),
    key("verifier", TEXT),
    key("presentation", TEXT),
    key("chart", CHART),
    key("perspective", name_of("perspective")),
    key("audience", name_of("audience")),
    key("aliases", distinct(list_of(STRING))),
    key("related", distinct(list_of(name_of("indicator")))),
    key("examples", list_of(_EXAMPLE)),
    key("changes", checked(list_of(_CHANGE), _sorted_changes)),
    key("versions", VERSIONS),
    key("status", choice("active", "draft", "retired")),
    key("retired", PERIOD, to="ends"),
    key("successor", name_of("indicator")),
    key("formerly", distinct(list_of(IDENTIFIER))),
    name="indicator",
    top=True,
)


_TEXTS: Final = tuple(field.name for field in fields(CardTexts))


def read_card(node: Node, reading: FileReading, department: str) -> Card | Invalid:
    """Read a card that lies in the folder of ``department``."""
    read = CARD.read(node, reading)
    if isinstance(read, Invalid):
        return read
    folder = Name(department, Location(reading.file, 1, 1))
    written = read.pop("versions", ())
    texts = CardTexts(**{key: read.pop(key) for key in _TEXTS if key in read})
    card = Indicator(where=node.where, department=folder, **read)
    if isinstance(one_rule(card, node, reading), Invalid):
        reading.damaged.add("points")
    return Card(with_versions(card, written), texts)


def declared_terms(tree: Mapping) -> tuple[str, ...] | None:
    """Return the names of the terms of which the file speaks, sound or not; None for none."""
    versions = tree.get("versions")
    later = versions.items if isinstance(versions, Sequence) else ()
    found: dict[str, None] = {}
    for part in (tree, *later):
        terms = part.get("terms") if isinstance(part, Mapping) else None
        if isinstance(terms, Mapping):
            found |= dict.fromkeys(name.text for name, _ in terms.entries)
    return tuple(found) or None
