"""Dead links in texts are found by `check`, with the card, line and column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.codes.company import company, problems_of

CARD = "content/indicators/sales/attainment.yml"


def _found(site: Path) -> list[tuple[str, int, int, str]]:
    return [
        (p.where.file, p.where.line, p.where.column, p.code)
        for p in problems_of(site)
        if p.code == "dead-link"
    ]


def _with(site: Path, file: str, text: str) -> int:
    """Add ``text`` to a file and return the number of the line on which it begins."""
    path = site / file
    before = path.read_text("utf-8")
    path.write_text(before + text, "utf-8")
    return before.count("\n") + 1


@pytest.mark.parametrize(
    "link",
    [
        "growth.md",
        "growth.md#how",
        "<growth.md>",
        "../scorecards/sales.md",
        "../departments/sales.md",
        "../datasets/orders.md",
        "../reports/2026-10.md",
        "../data/values.csv",
        "../handbook/method.md",
        "../handbook/a%20b.png",
        "https://example.org/x.md",
        "mailto:a@example.org",
        "#who",
        "/elsewhere/",
        "../growth/",
        "../../indicators/growth/#how",
        "../",
        "../../datasets/orders/",
        "../../handbook/method/",
        "../../",
        "../../../en/indicators/growth/",
    ],
)
def test_links_that_lead_somewhere(tmp_path: Path, link: str) -> None:
    site = company(tmp_path / "site")
    for language in ("zh", "en"):
        (site / "docs" / language / "handbook").mkdir(parents=True)
        (site / "docs" / language / "handbook/method.md").write_text("# M\n", "utf-8")
        (site / "docs" / language / "handbook/a b.png").write_bytes(b"x")
    _with(site, CARD, f"purpose: 见 [它]({link})，`[x](nowhere.md)` 是代码。\n")
    assert _found(site) == []


@pytest.mark.parametrize(
    "link",
    [
        "nowhere.md",
        "../indicators/nowhere.md#a",
        "growth",
        "../x.png",
        "../departments/hr.md",
        "../nowhere/",
        "growth/",
        "../datasets/orders/",
        "../../departments/hr/",
        "../../nothing/",
    ],
)
def test_links_that_lead_nowhere(tmp_path: Path, link: str) -> None:
    site = company(tmp_path / "site")
    line = _with(site, CARD, f"purpose:\n  zh: 没有\n  en: See ![it]({link})\n")
    assert _found(site) == [(CARD, line + 2, 17, "dead-link")]


def test_every_line_and_kind_of_text(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    line = _with(site, CARD, "notes: |\n  One\n\n  two [a](gone.md) and [b](lost.md)\n")
    data = _with(site, "content/datasets/orders.yml", "description: '[c](c.md)'\n")
    board = _with(site, "content/scorecards/sales.yml", 'about: "[d]: d.md"\n')
    assert _found(site) == [
        ("content/datasets/orders.yml", data, 19, "dead-link"),
        (CARD, line + 3, 11, "dead-link"),
        (CARD, line + 3, 28, "dead-link"),
        ("content/scorecards/sales.yml", board, 14, "dead-link"),
    ]


def test_a_page_in_one_language_alone(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    (site / "docs/zh").mkdir(parents=True)
    (site / "docs/zh/note.md").write_text("# 注\n", "utf-8")
    line = _with(site, CARD, "purpose:\n  zh: '[注](../note.md)'\n  en: '[it](../note.md)'\n")
    assert _found(site) == [(CARD, line + 2, 13, "dead-link")]


REPORT = "content/reports/2026-10/report.yml"


def test_reports_are_looked_at_until_they_are_published(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    path = site / REPORT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "period: 2026-10\n"
        "summary: '[a](../indicators/growth.md) [b](growth.md)'\n"
        "comments: {attainment: {zh: '[c](c.md)', en: '[d](../index.md)'}}\n",
        "utf-8",
    )
    assert _found(site) == [(REPORT, 2, 44, "dead-link"), (REPORT, 3, 34, "dead-link")]
    (path.parent / "edition-1").mkdir()
    assert _found(site) == []


def test_hand_written_pages(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    page = site / "docs/en/handbook/method.md"
    page.parent.mkdir(parents=True)
    page.write_text(
        "# Method\r\n\r\n[card](../indicators/growth.md#who) ![x](x.png)\r\n"
        "```md\n[code](code.md)\n```\n<!-- [no](no.md) -->\n"
        "~~~\n[code](code.md)\n~~~\n"
        "- see [it](gone.md) and `[x](y.md)`\n\n[ref]: ../lost.md\n",
        "utf-8",
    )
    name = "docs/en/handbook/method.md"
    assert _found(site) == [(name, 11, 12, "dead-link"), (name, 13, 8, "dead-link")]


def test_a_link_to_what_readers_of_the_page_may_not_see(tmp_path: Path) -> None:
    """Growth becomes a card for leadership: who may see the other card may not follow."""
    site = company(tmp_path / "site")
    growth = site / "content/indicators/sales/growth.yml"
    text = growth.read_text("utf-8")
    growth.write_text(
        re.sub(r"^audience: .*\n", "", text, flags=re.MULTILINE) + "audience: leadership\n", "utf-8"
    )
    line = _with(site, CARD, "purpose: '[g](growth.md)'\n")
    (found,) = [p for p in problems_of(site) if p.code == "dead-link"]
    assert (found.where.file, found.where.line, found.where.column) == (CARD, line, 15)
    assert found.message.en == "the link 'growth.md' leads to a page that staff may not see"
    card = site / CARD
    text = card.read_text("utf-8")
    card.write_text(
        re.sub(r"^audience: .*\n", "", text, flags=re.MULTILINE) + "audience: leadership\n", "utf-8"
    )
    assert _found(site) == []  # now both are for leadership alone
