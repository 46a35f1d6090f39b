"""The page that tells how to read a card names its parts as the card does, in its order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpi_site.words import word

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "kpi_site/pages/templates/card.md.j2").read_text(encoding="utf-8")
LEFT_OUT = {"actions", "related"}  # they say themselves what they are


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_headings_of_a_card_are_told_in_its_order(language: str) -> None:
    keys = re.findall(r"^## \{\{ t\('(\w+)'\)", CARD, re.MULTILINE)
    heads = [word(key, language) for key in keys if key not in LEFT_OUT]
    assert len(heads) >= 9
    page = (ROOT / f"docs/{language}/handbook/how-to-read-a-card.md").read_text(encoding="utf-8")
    told = re.findall(r"^\d+\. \*\*(.+?)\*\*", page, re.MULTILINE)
    assert told[2:] == heads  # after its name and its current value, which have no heading
