"""Words are explained where they first stand on a page (specification.md#explained)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.theme.explained import Explained, explain

BASELINE = Explained("baseline", "Baseline", ("Baseline",), "The lowest one.")
LIMITS = Explained("limits", "Natural limits", ("Natural limits", "limit"), "How far it swings.")
NPS = Explained("nps", "NPS", ("NPS", "净推荐值"), "推荐者之差。", "zh")
WORDS = (BASELINE, LIMITS, NPS)
BUTTON = re.compile(r'<button [^>]*popovertarget="explained-(\w+)"[^>]*>([^<]*)</button>')
TAG = re.compile(r"<[^>]*>")


def found(html: str) -> list[tuple[str, str]]:
    return BUTTON.findall(explain(html, WORDS, "../glossary/", "Glossary"))


def test_the_first_place_of_each_word_is_a_button_that_opens_its_explanation() -> None:
    page = explain("<p>A baseline, a baseline.</p>", WORDS, "../glossary/", "Glossary")
    text, _, opened = page.partition("</p>")
    assert text == (
        '<p>A <button type="button" class="kpi-word" popovertarget="explained-baseline"'
        ' aria-describedby="explained-baseline-text">baseline</button>, a baseline.'
    )
    assert 'id="explained-baseline" popover' in opened
    assert ">The lowest one.</span>" in opened
    assert 'href="../glossary/#baseline">Glossary</a>' in opened


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Baselines and limits</p>", ["Baselines", "limits"]),
        ("<p>its natural limits</p>", ["natural limits"]),  # the longer one
        ("<p>limit, then natural limits</p>", ["limit"]),
        ("<p>the nps, 本月净推荐值高</p>", ["净推荐值"]),  # an abbreviation as it is written
        ("<p>baselined off-limit limitless sub_limit</p>", []),
        ("<h2>Baseline</h2><p><a href='x'>NPS</a> <code>limit</code></p>", []),
        ('<p title="limit"><svg><text>NPS</text></svg><button>baseline</button></p>', []),
        ('<th scope="col" data-sort>limit</th><div class="kpi-formula"><b>NPS</b></div>', []),
        ("<!-- limit --><figure><figcaption>NPS</figcaption></figure>", []),
        ("<h2>Limits</h2><p>Limits</p>", ["Limits"]),
        ("<p>no such word</p>", []),
    ],
)
def test_which_places_count(html: str, words: list[str]) -> None:
    assert [text for _, text in found(html)] == words


def test_an_explanation_in_the_other_language_says_so() -> None:
    page = explain("<p>NPS</p>", WORDS, "", "Glossary")
    assert '<span id="explained-nps-text" lang="zh">推荐者之差。</span>' in page


def test_an_explanation_is_text() -> None:
    word = Explained("x", "x<y", ("xx",), "<b>&")
    page = explain("<p>xx</p>", (word,), "", "Glossary")
    assert "<b>x&lt;y</b>" in page
    assert "&lt;b&gt;&amp;" in page


PIECES = st.sampled_from(
    [
        *["baseline", "NPS", "limit", "x", "s", "净推荐值", "<p>", "</p>", "<td>", "&#46;", "İ"],
        "natural limits",
        " ",
        "<a href='#'>NPS</a>",
        "<h2>limit</h2>",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_that_is_read_changes(html: str) -> None:
    page = explain(html, WORDS, "", "Glossary")
    shown, opened, _ = page.partition('<div class="kpi-explained"')
    assert TAG.sub("", shown) == TAG.sub("", html)
    names = [name for name, _ in BUTTON.findall(page)]
    assert len(names) == len(set(names)) == page.count(" popover>")
    assert bool(opened) == bool(names)
