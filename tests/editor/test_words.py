"""The schemas say what is the name of what: renaming knows the same places of cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from kpi_site.authoring.references import _PATHS
from kpi_site.content import json_schemas
from kpi_site.content.scalars import Named
from kpi_site.content.yaml_source import parse_yaml
from kpi_site.editor.known import _MAKERS
from kpi_site.editor.words import words

DATASET = """
id: d
schema:
  fields: [{name: a, type: date}]
  primaryKey: a
  foreignKeys:
    - fields: a
      reference: {resource: p, fields: [k]}
derived: {m: MONTH(a)}
"""


def named(schema: Any, what: str, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths at which ``schema`` has the name of a ``what``; lines are at any depth."""
    if schema.get("x-names") == what:
        yield path
    if schema.get("propertyNames", {}).get("x-names") == what:
        yield (*path, "key")
    for option in schema.get("anyOf", ()):
        yield from named(option, what, path)
    for key, inner in schema.get("properties", {}).items():
        yield from named(inner, what, (*path, key))
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from named(schema[key], what, (*path, "*"))


def test_renaming_knows_every_place_that_names_a_card() -> None:
    found = {
        (kind, path)
        for kind, schema in json_schemas().items()
        for path in named(schema, "indicator")
    }
    line = json_schemas()["scorecard"]["definitions"]["line"]  # type: ignore[index]
    found |= {("scorecard", ("lines", "**", *path)) for path in named(line, "indicator")}
    # a note of what was published keeps the name under which it was published
    found -= {("report", ("revisions", "*", "indicator"))}
    assert found == {(kind, path) for kind, paths in _PATHS.items() for path in paths}


def test_all_that_can_be_named_is_known() -> None:
    assert set(get_args(Named)) == set(_MAKERS)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "indicator",
            'id: a\nformula: "x / (y + 1)"\nterms:\n  x: {from: d, value: \'SUM("b c" * p.q)\'}\n',
            [("indicator", "a"), ("term", "x"), ("term", "y"), ("term", "x"), ("dataset", "d"),
             ("column", "b c"), ("column", "p.q")],
        ),
        (
            "indicator",
            "versions:\n  - from: 2025\n    terms: {z: {indicator: other}}\n",
            [("term", "z"), ("indicator", "other")],
        ),
        (
            "dataset",
            DATASET,
            [("dataset", "d"), ("column", "a"), ("column", "a"), ("column", "a"), ("dataset", "p"),
             ("column", "k"), ("column", "m"), ("column", "a")],
        ),
        (
            "scorecard",
            "lines:\n  - title: g\n    lines:\n      - {indicator: a, of: {region: north}}\n",
            [("indicator", "a"), ("dimension", "region"), ("member", "north")],
        ),
        ("report", "comments: {a: text}\n", [("indicator", "a")]),
        ("site", "departments: [{id: s, name: S}]\naudiences: [staff]\n",
         [("department", "s"), ("audience", "staff")]),
    ],
)  # fmt: skip
def test_names_in_values_keys_and_code(
    kind: str, text: str, expected: list[tuple[str, str]]
) -> None:
    tree, _ = parse_yaml(text.encode(), "file")
    assert tree is not None
    found = [word for word in words(kind, tree) if word.what != "key"]
    assert [(word.what, word.name) for word in found] == expected
    assert [text[word.start : word.end].replace('"', "") for word in found] == [
        name for _, name in expected
    ]
