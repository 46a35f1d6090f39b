"""Where a reader asks about a card at the forge, and sees who changed it."""

from __future__ import annotations

import pytest

from kpi_site.theme.forge import forge, form_page

PATH = "content/indicators/sales/口径.yml"
QUOTED = "content/indicators/sales/%E5%8F%A3%E5%BE%84.yml"


@pytest.mark.parametrize(
    ("repo", "edit", "ask", "history"),
    [
        (
            "https://github.com/a/b", "edit/main/",
            "https://github.com/a/b/issues/new?title=A%26B%20%3C1%3E",
            f"https://github.com/a/b/commits/main/{QUOTED}",
        ),
        (
            "https://gitlab.example.com/a/b/", "-/edit/main/",
            "https://gitlab.example.com/a/b/-/issues/new?issue[title]=A%26B%20%3C1%3E",
            f"https://gitlab.example.com/a/b/-/commits/main/{QUOTED}",
        ),
        (
            "https://git.example.com/a/b", "_edit/main/",
            "https://git.example.com/a/b/issues/new?title=A%26B%20%3C1%3E",
            f"https://git.example.com/a/b/commits/branch/main/{QUOTED}",
        ),
        (
            "https://git.example.com/a/b", "?query=",
            "https://git.example.com/a/b/issues/new?title=A%26B%20%3C1%3E",
            "",
        ),
    ],
)  # fmt: skip
def test_the_usual_forges(repo: str, edit: str, ask: str, history: str) -> None:
    found = forge(repo, edit, PATH, "A&B <1>")
    assert (found.ask, found.history) == (ask, history)


def test_a_site_may_say_where_questions_go() -> None:
    own = forge("https://git.example.com/a/b", "edit/main/", PATH, "A", "discuss?about={path}")
    assert own.ask == (
        "https://git.example.com/a/b/discuss?about="
        "content%2Findicators%2Fsales%2F%E5%8F%A3%E5%BE%84.yml"
    )
    mail = forge("https://g/a", "edit/main/", PATH, "A", "https://ask.example.com/?t={title}")
    assert mail.ask == "https://ask.example.com/?t=A"


def test_a_card_leads_to_its_form() -> None:
    forms = "https://kpi.example.com/forms/"
    card = "content/indicators/sales/revenue.yml"
    assert form_page(forms, card) == f"{forms}#/collections/sales/entries/revenue"
    assert form_page("", card) == ""
    assert form_page(forms, "content/scorecards/company.yml") == ""
