"""A problem in words: message and hint are sentences, each with one mark at its end."""

from __future__ import annotations

import pytest

from kpi_site.findings.texts import full_message
from kpi_site.problems import Location, Problem, problem


def told(says: str, *, hint: bool = True) -> Problem:
    where = Location("content/site.yml", 3, 5)
    hints = ("请核对。", "Check it.") if hint else (None, None)
    return problem(where, "any", zh=says, en=says, hint_zh=hints[0], hint_en=hints[1])


@pytest.mark.parametrize(
    ("says", "en", "zh"),
    [
        ("it is refused", "it is refused.", "it is refused。"),
        ("it is refused.", "it is refused.", "it is refused。"),
        ("is the server running?", "is the server running?", "is the server running?"),
        ("服务器开着吗？", "服务器开着吗？", "服务器开着吗？"),
    ],
)
def test_one_mark_ends_a_sentence(says: str, en: str, zh: str) -> None:
    found = told(says)
    assert found.text("en") == f"content/site.yml:3:5: {en} Check it."
    assert found.text("zh") == f"content/site.yml:3:5: {zh}请核对。"
    assert full_message(found, "en") == f"{en} Check it."
    assert full_message(found, "zh") == f"{zh}请核对。"


def test_without_a_hint_a_line_has_no_full_stop() -> None:
    assert told("it is refused.", hint=False).text("en") == "content/site.yml:3:5: it is refused"
