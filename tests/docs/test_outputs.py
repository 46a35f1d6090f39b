"""The columns and keys on *Outputs for programs* are those that the program writes."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from kpi_site import tidy
from kpi_site.as_data import cards as card_data
from kpi_site.catalog import Text
from kpi_site.content.json_schema import json_schemas
from kpi_site.diff.as_json import VERSION, as_json
from kpi_site.downloads import cards
from kpi_site.editions import ledger, manifest, scores
from kpi_site.editions.model import FORMAT, Manifest
from kpi_site.findings.json_list import json_list
from kpi_site.options import Options
from kpi_site.problems import Location, Message, Problem
from kpi_site.stages import figures
from kpi_site.tidy import REVISIONS
from tests.docs.fenced import DOCS, page
from tests.docs.recipes import recipes, write_site

_HEAD = re.compile(r"^#{2,3} .*\{#([a-z0-9-]+)\}\s*$", re.MULTILINE)
COLUMNS = {
    "values": tidy.VALUES,
    "terms": tidy.TERMS,
    "running": tidy.RUNNING,
    "signals": tidy.SIGNALS,
    "contributions": tidy.CONTRIBUTIONS,
    "revisions": REVISIONS,
    "scores": scores.COLUMNS,
    "scorecards": tidy.SCORES,
    "lines": tidy.SCORECARDS,
    "periods": tidy.PERIODS,
    "names": tidy.NAMES,
    "ledger": ledger.COLUMNS,
}


def told(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the names in the first column of the table below each heading, by anchor."""
    parts = _HEAD.split(page(language, "outputs"))[1:]
    found = {}
    for anchor, text in zip(parts[::2], parts[1::2], strict=True):
        cells = re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
        found[anchor] = tuple(name for cell in cells for name in re.findall(r"`(\w+)`", cell))
    return found


def test_both_pages_tell_the_same() -> None:
    assert told("zh") == told("en")


@pytest.mark.parametrize("name", COLUMNS)
def test_columns(name: str) -> None:
    assert told("en")[name] == COLUMNS[name]


def test_interface_version() -> None:
    for language, word in (("zh", "版本"), ("en", "version")):
        assert re.search(rf"\*\*.*{word} {tidy.INTERFACE}\*\*", page(language, "outputs"))
        assert FORMAT in page(language, "outputs")


def test_the_dialect_of_the_schemas() -> None:
    dialects = {schema["$schema"] for schema in json_schemas().values()}
    assert dialects == {"http://json-schema.org/draft-07/schema#"}
    for language in ("zh", "en"):
        named = re.search(r"JSON Schema ?[（(]([^)）]+)[)）]", page(language, "outputs"))
        assert named is not None
        assert named[1] == "draft-07"


def test_cards_as_data(tmp_path: Path) -> None:
    write_site(recipes("en")["composite"], tmp_path)
    found, _ = figures(Options(tmp_path, date(2026, 12, 1)))
    assert found is not None
    written = json.loads(cards.indicators_json(found))
    assert tuple(written) == told("en")["indicators"]
    # Every key that a card may have stands in the function that writes one.
    source = (DOCS.parent / "kpi_site" / "as_data" / "cards.py").read_text(encoding="utf-8")
    body = source[source.index('    data = {\n        "id"') : source.index("return kept(data)")]
    keys = (
        set(re.findall(r'^        "(\w+)":', body, re.MULTILINE))
        | set(card_data._PEOPLE)
        | {"links", "scorecards", "latest"}
    )
    assert set(told("en")["card"]) == keys | {"unit", "symbol", "scale"}
    assert set(written["indicators"][0]) <= keys | {"unit", "symbol", "scale"}
    card = page("en", "outputs").partition("{#card}")[2].partition("\n## ")[0]
    for name, function in (
        ("scorecards", "_scorecards"),
        ("latest", "_result"),
        ("links", "_links"),
    ):
        inner = set(
            re.findall(r'^ +"(\w+)":', inspect.getsource(vars(cards)[function]), re.MULTILINE)
        )
        (row,) = re.findall(rf"^\| `{name}` \| .*", card, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == inner | {name}


def test_manifest() -> None:
    full = Manifest(
        "2026-10", 2, date(2026, 11, 6), date(2026, 10, 31), "sha256:0",
        kind="correction", reason=Text("x"), summary=Text("x"), program="1", languages=("zh",),
        audiences=("staff",), organisation=Text("x"), cards={"a": "0"}, data={"a": "0"},
        files={"a": "0"}, previous="0", days=(date(2026, 9, 26), date(2026, 10, 25)),
        servers={"a": "x"},
    )  # fmt: skip
    written = set(json.loads(manifest.to_bytes(full)))
    assert set(told("en")["manifest"]) == written | {"signoffs"}


def test_problems() -> None:
    both = Message("问题", "problem")
    found = Problem(Location("content/site.yml", 1, 1), "bad-id", both, both)
    document = json.loads("\n".join(json_list([found], "", "en")))
    assert set(document) == set(told("en")["problems"])
    assert set(document["problems"][0]) == set(told("en")["problem"])


def test_diff() -> None:
    source = inspect.getsource(as_json)
    written = re.findall(r'^        "(\w+)":', source, re.MULTILINE)
    assert set(told("en")["diff"]) == set(written)
    for language in ("zh", "en"):
        assert f"| `version` | integer | {VERSION} |" in page(language, "outputs")
