"""The reference of keys is what the shapes say today."""

from __future__ import annotations

import re

import jsonschema  # type: ignore[import-untyped]
import pytest

from kpi_site import yaml_core
from kpi_site.content import json_schemas
from kpi_site.content.meanings import MEANINGS
from kpi_site.reference import reference_page
from tests.docs.fenced import blocks, page, sections


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_is_current(language: str) -> None:
    assert page(language, "reference") == reference_page(language), "run: make docs"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_meaning_is_printed(language: str) -> None:
    text = page(language, "reference")
    for record, meanings in MEANINGS.items():
        if record == "text":
            continue  # {zh: …, en: …} is one type
        for key, meaning in meanings.items():
            cell = meaning.text.get(language).replace("|", "&#124;")
            assert re.search(rf"`[^` ]*\b{key}` \|.*\| {re.escape(cell)}<br>`", text), (record, key)


@pytest.mark.parametrize("kind", json_schemas())
def test_shortest_files_are_sound(kind: str) -> None:
    (block,) = blocks(sections(page("en", "reference"))[kind])
    read = yaml_core.load(block.text)
    validator = jsonschema.Draft202012Validator(json_schemas()[kind])
    assert list(validator.iter_errors(read)) == []
