"""Every key of every kind of file says in both languages what it means, with a sound example."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from kpi_site import catalog
from kpi_site.content import json_schemas
from kpi_site.content.meanings import MEANINGS
from kpi_site.periods import MonthCalendar

SCHEMAS: dict[str, Any] = json.loads(json.dumps(json_schemas()))
Key = tuple[str, str, dict[str, Any], dict[str, Any]]


def keys(schema: Any, root: dict[str, Any]) -> Iterator[Key]:
    """Yield (record, key, the key's schema, the file's schema) of all records within."""
    if isinstance(schema, list):
        for each in schema:
            yield from keys(each, root)
    if not isinstance(schema, dict):
        return
    if "properties" in schema:
        for name, inner in schema["properties"].items():
            yield schema["title"], name, inner, root
            yield from keys(inner, root)
    for word, inner in schema.items():
        if word not in {"properties", "examples", "default"}:
            yield from keys(inner, root)
        if word == "definitions":
            for each in inner.values():
                yield from keys(each, root)


ALL: dict[tuple[str, str], Key] = {
    (found[0], found[1]): found for root in SCHEMAS.values() for found in keys(root, root)
}


def test_every_key_is_told_of_and_nothing_else() -> None:
    told = {(record, key) for record, meanings in MEANINGS.items() for key in meanings}
    assert set(ALL) == told
    assert {"indicator", "row_term", "field", "line", "signoff", "step"} <= {r for r, _ in told}


@pytest.mark.parametrize("found", ALL.values(), ids=[".".join(name) for name in ALL])
def test_both_languages_and_an_example_that_fits(found: Key) -> None:
    record, key, schema, root = found
    zh, en = schema["x-zh"], schema["x-en"]
    assert schema["description"] == f"{zh}\n\n{en}"
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u3000-\uffef]", en)
    for text in (zh, en):
        assert text[-1] in ".。", (record, key)
    validator = jsonschema.Draft7Validator({**schema, "definitions": root.get("definitions", {})})
    for value in (*schema["examples"], *([schema["default"]] if "default" in schema else [])):
        assert list(validator.iter_errors(value)) == [], (record, key)


# Where the values that are read keep the defaults, and under which name.
MODELS: dict[str, Any] = {
    "site": catalog.Site,
    "calendar": MonthCalendar,
    "scoring": catalog.Scoring,
    "suppression": catalog.Suppression,
    "points": catalog.Scoring,
    "dataset": catalog.Dataset,
    "field": catalog.Field,
    "constraints": catalog.Field,
    "rule": catalog.RowRule,
    "expect": catalog.Expect,
    "indicator": catalog.Indicator,
    "threshold": catalog.Standard,
    "line": catalog.Line,
    "change": catalog.Change,
    "stock_term": catalog.StockTerm,
    "balance_term": catalog.BalanceTerm,
    "other_term": catalog.OtherTerm,
    "calendar_term": catalog.CalendarTerm,
    "indicator_term": catalog.IndicatorTerm,
    "scorecard": catalog.Scorecard,
    "action": catalog.Action,
    "glossary_term": catalog.GlossaryTerm,
}
SAME = {
    "encoding": "utf-8",
    "missingValues": [""],
    "fiscal_year_start": MonthCalendar().fiscal_year_start,
    "delimiter": ",",
    "quoteChar": '"',
    "at": "end",
    "headerJoin": " ",
    "skipBlankRows": False,
    "trim": False,
    "fillMerged": False,
    "names_format": "{}",
    "decimalChar": ".",
    "bareNumber": True,
    "percent": False,
    "multiplier": 1,
    "exponent": False,
    "fullWidth": False,
}


@pytest.mark.parametrize("found", [f for f in ALL.values() if "default" in f[2]])
def test_defaults_are_those_of_the_models(found: Key) -> None:
    record, key, schema, _ = found
    if key in SAME:
        assert schema["default"] == SAME[key]
        return
    model = catalog.Source if key in {"refetch", "push"} else MODELS[record]
    own = {field.name: field.default for field in dataclasses.fields(model)}
    default = own[key]
    plain = int(default) if isinstance(default, Decimal) else default
    assert schema["default"] == (list(plain) if isinstance(plain, tuple) else plain)
