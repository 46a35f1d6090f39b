"""What a breakdown is called: the column's title, or its name without its dataset's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kpi_site.problems import Location, Name
from kpi_site.story.breakdown import dimension_title
from tests.content.company import FILES, SHORT, read

CUSTOMERS = SHORT["customers"]


def _name(word: str) -> Name:
    return Name(word, Location("x"))


@pytest.mark.parametrize(
    ("dimension", "others", "title"),
    [
        ("channel", (), "Channel"),  # as declared
        ("customers.tier", (), "tier"),
        ("customers.tier", ("sellers.tier",), "customers.tier"),  # to be told apart
        ("won_on", (), "Won on"),  # by its bare name, in the parent
        ("customers.won_on", (), "Won on"),
    ],
)
def test_title(tmp_path: Path, dimension: str, others: tuple[str, ...], title: str) -> None:
    text = FILES[CUSTOMERS].replace("{name: won_on,", "{name: won_on, title: Won on,")
    catalog = read(tmp_path, {CUSTOMERS: text}).catalog
    assert catalog is not None
    names = tuple(map(_name, (dimension, *others)))
    card = replace(catalog.indicators["attainment"], dimensions=names)
    context: Any = SimpleNamespace(
        catalog=catalog, name=lambda text: text.en or text.plain if text else ""
    )
    assert dimension_title(context, card, dimension) == title
