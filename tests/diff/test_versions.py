"""Asked for a version: where a definition is new from a period on, and yet for all periods."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kpi_site.diff.git import GitError
from kpi_site.diff.versions import versions_missing
from kpi_site.options import Options
from tests.diff.conftest import REVENUE_FILE, TODAY, Shop

CHANGES = "changes:\n  - {from: 2026-02, what: {zh: 减半, en: Halved.}}\n"


def told(shop: Shop, base: str | None = None, ids: tuple[str, ...] = ()) -> list[str]:
    return [p.text() for p in versions_missing(shop.options, base, ids)]


def add(shop: Shop, text: str) -> None:
    shop.write(REVENUE_FILE, (shop.root / REVENUE_FILE).read_text("utf-8") + text)


def test_a_formula_changed_for_all_periods(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    assert told(shop) == []  # nobody says from when on
    add(shop, CHANGES)
    (only,) = told(shop)
    assert only.startswith(
        f"{REVENUE_FILE}:5:10: 'changes' tell of a new definition from 2026-02, but the formula"
    )
    assert told(shop, ids=("done_rate",)) == []
    assert told(shop, ids=("revenue",)) == [only]
    shop.commit()
    assert told(shop, "HEAD~1") == [only]
    assert told(shop) == []  # main itself: it is settled


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("value: SUM(amount)", "value: SUM(amount), where: done = 1", True),
        ("formula: sold", "formula: 'sold '", False),  # the same, written otherwise
        ("en: amounts}", "en: money}", False),
        ("target: 200", "target: 250", False),  # thresholds have their own `from`
        ("  sold:", "  more: {from: orders, value: COUNT(*)}\n  sold:", False),  # unused
    ],
)
def test_what_is_another_definition(old: str, new: str, asked: bool, shop: Shop) -> None:
    shop.edit(REVENUE_FILE, old, new)
    add(shop, CHANGES)
    assert len(told(shop)) == asked


def test_a_version_is_the_answer(shop: Shop) -> None:
    add(shop, CHANGES + "versions: [{from: 2026-02, formula: sold / 2}]\n")
    assert told(shop) == []


def test_a_version_of_another_period_is_not(shop: Shop) -> None:
    add(shop, CHANGES + "versions: [{from: 2026-01, formula: sold / 2}]\n")
    assert len(told(shop)) == 1


def test_a_change_that_was_told_before(shop: Shop) -> None:
    add(shop, CHANGES)
    shop.commit()
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    assert told(shop) == []


def test_a_renamed_card(shop: Shop) -> None:
    text = (shop.root / REVENUE_FILE).read_text("utf-8")
    (shop.root / REVENUE_FILE).unlink()
    text = text.replace("id: revenue", "id: sales").replace("formula: sold", "formula: 2 * sold")
    shop.write("content/indicators/sales/sales.yml", f"{text}formerly: [revenue]\n{CHANGES}")
    (only,) = told(shop)
    assert "sales/sales.yml:5:10" in only


def test_a_new_card_is_not_asked(shop: Shop) -> None:
    text = (shop.root / REVENUE_FILE).read_text("utf-8").replace("id: revenue", "id: sales")
    shop.write("content/indicators/sales/sales.yml", text + CHANGES)
    assert told(shop) == []


def test_without_a_repository_nothing_is_asked(tmp_path: Path) -> None:
    options = Options(tmp_path, TODAY)
    assert versions_missing(options, None) == ()
    with pytest.raises(GitError):
        versions_missing(options, "main")


def test_check_tells_it(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    add(shop, CHANGES)

    words = [sys.executable, "-m", "kpi_site", "check", "--lang", "en", "--root", str(shop.root)]
    done = subprocess.run(words, capture_output=True, check=False, text=True)
    assert "'changes' tell of a new definition from 2026-02" in done.stdout
    assert done.stdout.endswith("0 errors, 1 warning\n")
    wrong = subprocess.run([*words, "--base", "nowhere"], capture_output=True, check=False)
    assert wrong.returncode == 2
