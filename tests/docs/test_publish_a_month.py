"""*How to publish a month*, followed on a small site; both pages tell the same steps."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.console import apply, commands, run
from tests.docs.fenced import DOCS, blocks, page, sections
from tests.exports.company import needs_fonts

NAME = "publish-a-month"
EXPORTS = [".pdf", ".pdf", ".xlsx", ".xlsx"]  # two languages
MINI = DOCS.parent / "tests" / "sites" / "mini"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the small site."""
    ignored = shutil.ignore_patterns("build", "site")
    root = Path(shutil.copytree(MINI, tmp_path / "mini", ignore=ignored))
    settings = root / "content/site.yml"
    title = re.search(r"titles: \[.*?\]", page("en", NAME))
    assert title is not None
    settings.write_text(f"{settings.read_text('utf-8')}{title[0]}\n", encoding="utf-8")
    return root


@needs_fonts
def test_every_step(site: Path) -> None:
    for anchor, text in sections(page("en", NAME)).items():
        if anchor == "revise":
            a_late_invoice(site)
        for block in blocks(text):
            if block.title:
                apply(block, site)
            for command in commands(block):
                done = run(command.words, site, "en")
                assert done.exit_code == 0, (command, done.output)
        if anchor == "export":
            assert sorted(path.suffix for path in site.glob("*.*")) == EXPORTS
        if anchor == "publish":
            assert told_files(text) == edition_files(site)
    report = (site / "content/reports/2026-10/report.yml").read_text(encoding="utf-8")
    assert re.search(r"\{edition: 1, indicator: revenue, first_seen: .*, type: better-data", report)
    assert (site / "content/reports/2026-10/edition-2/edition.json").is_file()


def a_late_invoice(site: Path) -> None:
    facts = site / "data" / "orders.csv"
    text = facts.read_text(encoding="utf-8")
    changed = text.replace("O0061,2026-10-05,north,1104.00", "O0061,2026-10-05,north,1204.00")
    assert changed != text
    facts.write_text(changed, encoding="utf-8")


def edition_files(site: Path) -> set[str]:
    """Return the names of the files of the first edition, one for all languages."""
    names = {path.name for path in (site / "content/reports/2026-10/edition-1").iterdir()}
    return {re.sub(r"\.(zh|en)\.", ".*.", name) for name in names}


def told_files(text: str) -> set[str]:
    """Return the names of the files in an edition's folder that the page's table tells of."""
    rows = re.findall(r"^\| (`edition-1/.*?) \|", text, re.MULTILINE)
    return {name.removeprefix("edition-1/") for row in rows for name in re.findall(r"`(.*?)`", row)}


def test_both_pages_have_the_same_steps() -> None:
    zh, en = (sections(page(language, NAME)) for language in ("zh", "en"))
    assert list(zh) == list(en)
    for one, other in zip(zh.values(), en.values(), strict=True):
        assert blocks(one) == blocks(other)
