"""`unit: currency` is the currency of site.yml."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.content import read_catalog
from tests.codes.company import TODAY, company

CARD = "content/indicators/sales/buyers.yml"


@pytest.mark.parametrize(("told", "code"), [("currency: EUR\n", "EUR"), ("", "CNY")])
def test_a_card_in_the_currency_of_the_site(tmp_path: Path, told: str, code: str) -> None:
    site = company(tmp_path / "site")
    path = site / "content/site.yml"
    lines = [x for x in path.read_text("utf-8").splitlines() if not x.startswith("currency:")]
    path.write_text("\n".join(lines) + "\n" + told, "utf-8")
    card = site / CARD
    kept = [x for x in card.read_text("utf-8").splitlines() if not x.startswith("unit:")]
    card.write_text("\n".join(kept) + "\nunit: currency\n", "utf-8")
    catalog, problems = read_catalog(site, today=TODAY)
    assert not [p for p in problems if p.severity == "error"]
    assert catalog is not None
    unit = catalog.indicators["buyers"].unit
    assert (unit.kind, unit.code) == ("currency", code)
    assert catalog.indicators["buyers"].decimals == 2
