"""Targets of links: found outside code alone, and led to the same page from another one."""

from __future__ import annotations

import pytest

from kpi_site.wording.targets import rebased, retargeted, targets


def test_code_and_comments_hold_no_links() -> None:
    text = (
        "[a](a.md) `[b](b.md)` ``[c](`c.md)`` <!-- [d](d.md) -->\n"
        "```\n[e](e.md)\n```\n[f]: f.md\n[^1]: no\n"
    )
    assert [target for _, target in targets(text)] == ["a.md", "f.md"]
    assert [text[at : at + 4] for at, _ in targets(text)] == ["a.md", "f.md"]


def test_only_targets_change() -> None:
    text = "See [a.md](a.md 'a.md'), `a.md` and <a.md>."
    assert retargeted(text, lambda target: f"../{target}") == text.replace("(a.md", "(../a.md")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("../indicators/csat.md#how", "indicators/csat.md#how"),
        ("2026-10/annex.md", "reports/2026-10/annex.md"),
        ("../index.md", "index.md"),
        ("2026-09.md?x=1#y", "reports/2026-09.md?x=1#y"),
        ("#top", "reports/2026-10.md#top"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("/elsewhere/", "/elsewhere/"),
    ],
)
def test_seen_from_the_home_page(written: str, seen: str) -> None:
    assert rebased(written, "reports/2026-10.md", "index.md") == seen
