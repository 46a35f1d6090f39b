"""The sample company is full: both languages everywhere, provenance, datasets of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest

from kpi_site.catalog import Catalog, Dataset, IndicatorTerm, Text
from kpi_site.content import read_catalog

ROOT = Path(__file__).parents[2]
_OWN = {"zh": re.compile("本手册"), "en": re.compile("this handbook|of its own choice")}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    catalog, problems = read_catalog(ROOT, today=date(2026, 11, 6))
    assert catalog is not None, [p.text() for p in problems]
    return catalog


def texts(value: object, where: str) -> Iterator[tuple[str, Text]]:
    """Yield every text below ``value`` with the way to it."""
    if isinstance(value, Text):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{where}.{key}")
    elif isinstance(value, tuple | list):
        for i, item in enumerate(value):
            yield from texts(item, f"{where}.{getattr(item, 'id', i)}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{where}.{field.name}")


def test_no_text_falls_back_to_the_other_language(catalog: Catalog) -> None:
    found = dict(texts(catalog, "content"))
    assert len(found) > 2500
    plain = {way: text.plain for way, text in found.items() if text.plain is not None}
    assert {way for way, text in found.items() if text.falls_back("zh")} == set()
    assert {way for way, text in found.items() if text.falls_back("en")} == set()
    # One text for both languages is a symbol or a name, never a sentence.
    assert {way: text for way, text in plain.items() if len(text) > 12} == {}


def test_every_card_says_what_is_our_own_choice(catalog: Catalog) -> None:
    for card, texts in catalog.texts.items():
        for language, words in _OWN.items():
            assert words.search(texts.notes.get(language) if texts.notes else ""), (card, language)


def test_a_definition_is_long_enough_to_settle_an_argument(catalog: Catalog) -> None:
    for card, texts in catalog.texts.items():
        assert len(texts.definition.get("zh")) >= 100, card
        assert len(texts.definition.get("en").split()) >= 60, card
        # A rule of its own for at least two cases: what counts, which day decides, …
        assert texts.definition.get("zh").count("\n- ") >= 2, card
        assert texts.definition.get("en").count("\n- ") >= 2, card


def test_what_can_be_missing_has_an_example_of_it(catalog: Catalog) -> None:
    """A mean of no rows, another card's result and a stock a year before can be missing."""
    for card in catalog.indicators.values():
        can_lack = any(
            isinstance(term, IndicatorTerm) or re.search(r"AVG|MEDIAN|QUANTILE", _value(term))
            for term in card.terms
        )
        if can_lack:
            lacking = [e for e in card.examples if None in e.given.values()]
            zero = [e for e in card.examples if e.expect == "zero_denominator"]
            assert lacking or zero, card.id


def _value(term: object) -> str:
    value = getattr(term, "value", None)
    return value.code.text if value is not None else ""


def test_every_dataset_says_who_collects_it_and_what_its_columns_mean(catalog: Catalog) -> None:
    assert len(catalog.datasets) >= 25
    departments = {unit.id for unit in catalog.site.departments}
    for dataset in catalog.datasets.values():
        assert dataset.owner in departments, dataset.id
        for text in (dataset.title, dataset.description, dataset.source):
            assert text is not None, dataset.id
            assert text.zh, dataset.id
            assert text.en, dataset.id
        for field in dataset.fields:
            assert field.title is not None, (dataset.id, field.name)
            assert field.title.zh, (dataset.id, field.name)
            assert field.title.en, (dataset.id, field.name)
            if field.enum and field.type == "string":
                assert set(field.categories) == set(field.enum), (dataset.id, field.name)


def test_datasets_come_in_every_form(catalog: Catalog) -> None:
    datasets = list(catalog.datasets.values())

    def some(ending: str) -> list[Dataset]:
        return [d for d in datasets if any(path.endswith(ending) for path in d.paths)]

    assert some(".parquet")
    assert some(".xlsx")
    assert some(".csv.gz")
    assert [d.id for d in datasets if d.encoding == "gb18030"]
    assert [d.id for d in datasets if len(d.paths) > 1 or "*" in d.paths[0]]
    keyed = {str(key.dataset) for d in datasets for key in d.foreign_keys}
    assert {"customers", "products", "employees", "rnd_projects"} <= keyed


def test_every_dataset_is_used(catalog: Catalog) -> None:
    read = {getattr(term, "dataset", None) for c in catalog.indicators.values() for term in c.terms}
    parents = {str(key.dataset) for d in catalog.datasets.values() for key in d.foreign_keys}
    assert {str(d) for d in catalog.datasets} <= {str(d) for d in read} | parents


def test_composite_distribution_and_two_assessors(catalog: Catalog) -> None:
    parts = catalog.indicators["composite_performance"].terms
    assert all(isinstance(term, IndicatorTerm) and term.measure == "score" for term in parts)
    assert len(parts) >= 4
    shares = catalog.indicators["sales_distribution"]
    assert shares.direction == "none"
    assert {"product_line", "region", "customers.tier"} <= set(shares.dimensions)
    quality = catalog.indicators["service_quality"]
    assert "aspect" in quality.dimensions
    assert len(quality.terms) == 2


def test_a_retired_card_has_a_successor(catalog: Catalog) -> None:
    retired = [card for card in catalog.indicators.values() if card.status == "retired"]
    assert [card.id for card in retired if card.successor not in catalog.indicators] == []
    assert retired
