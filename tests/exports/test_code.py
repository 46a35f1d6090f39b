"""Data in Typst code: whatever it holds, it comes out as text, to the letter."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_site.exports.code import array, call, cell, day, joined, lines, number, string
from kpi_site.exports.rich import blocks

ACTIVE = "\"\\#$*_`<>@[]{}()=-+/~'.;:,&|^!?%0aé中文，。“”"
EVIL = [
    '"); read("/etc/passwd") #("',
    "\\", '\\"', '"', "#eval(\"1\")", "$x$", "= Heading", "@ref <label>", "https://example.com",
    "- item", "/* comment */ // rest", "*bold* _it_ `raw`", "\\u{41}", "[x] {y}", "~ -- ---",
    "'quotes' \"double\"", "中文\\#中文", "...", "a\u00adb",
]  # fmt: skip


def compiled(codes: list[str]) -> list[str]:
    """Return what Typst makes of string literals, read back from the document."""
    source = f"#let of(..found) = metadata(found.pos())\n#of({', '.join(codes)})<found>\n"
    source += "".join(f"#par({code})\n" for code in codes)
    (found,) = json.loads(
        typst.query(source.encode(), "<found>", field="value", ignore_system_fonts=True)
    )
    return list(found)


def test_evil_texts_come_out_as_they_are() -> None:
    assert compiled([string(text) for text in EVIL]) == EVIL


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.sampled_from(ACTIVE) | st.characters(
    exclude_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp", "Cn", "Co")), min_size=1),
    min_size=1, max_size=25))  # fmt: skip
def test_any_text_without_white_space_comes_out_as_it_is(texts: list[str]) -> None:
    assert compiled([string(text) for text in texts]) == texts


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(), min_size=1, max_size=25))
def test_nothing_breaks_out_of_a_text(texts: list[str]) -> None:
    kept = compiled([call("upper", string(text)) for text in texts])
    assert len(kept) == len(texts)
    assert not any("\n" in text or "\0" in text for text in kept)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\n lines\t", "two lines"),
        ("bell\x07, null\x00", "bell, null"),
        ("turned \u202eback", "turned back"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("a\u3000b\u2028c", "a b c"),
    ],
)
def test_what_readers_cannot_see_is_dropped(text: str, shown: str) -> None:
    assert compiled([string(text)]) == [shown]


def test_code_keeps_its_lines() -> None:
    assert compiled([lines('SELECT "a",\n\tb \\ c\r\nFROM t')]) == [
        'SELECT "a",\n    b \\ c\nFROM t'
    ]


def test_overlong_words_may_break_and_others_may_not() -> None:
    assert cell("customer_satisfaction") == '"customer_satisfaction"'
    assert cell("x" * 30) == '"' + "\u200b".join(["x" * 12, "x" * 12, "x" * 6]) + '"'


def test_codes_are_put_together() -> None:
    from datetime import date

    assert call("f", "1", stroke_width="2pt") == "f(1, stroke-width: 2pt)"
    assert array(["1"]) == "(1,)"
    assert array([]) == "()"
    assert joined(['"a"', "none", 'strong("b")']) == '{"a"; strong("b")}'
    assert joined(["none"]) == "none"
    assert [number(x) for x in (1.0, 0.126, -0.001, 240.5)] == ["1", "0.13", "0", "240.5"]
    assert day(date(2026, 11, 6)) == "datetime(year: 2026, month: 11, day: 6)"


def test_markdown_becomes_blocks() -> None:
    text = "One **two** `a*b`.\n\n1. *three*\n2. four\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert blocks(text) == (
        '{par({"One"; " "; strong("two"); " "; raw("a*b"); "."}); '
        'enum(par(emph("three")), par("four")); text-table(2, ("a", "b", "1", "2",))}'
    )


def test_links_lead_to_the_web_alone() -> None:
    assert 'link("https://x.y/", "l")' in blocks("[l](https://x.y/)")
    assert blocks("[l](javascript:alert)") == 'par("l")'
    assert blocks("[l](../a.md)") == 'par("l")'


def test_html_and_typst_in_markdown_are_text() -> None:
    assert blocks('<b>x</b> #read("a")') == 'par("<b>x</b> #read(\\"a\\")")'


MARKDOWN = st.lists(
    st.sampled_from(
        ["# ", "- ", "1. ", "> ", "| a | b |\n|---|---|\n", "```\n", "    ", "**", "*", "`",
         "[x](", ")",
         "![i](", "http://e.org/", "<b>", "</b>", "&lt;", "{: .c }", "\n", "\n\n", "\\", '"', "#",
         "$", "中文", "a", " ", "(", "]", "\t", "~~~", "---", "&#34;", "\x00", "\u2028"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MARKDOWN, min_size=1, max_size=12))
def test_any_markdown_compiles_and_stays_inert(texts: list[str]) -> None:
    look = (files("kpi_site.exports") / "board.typ").read_text(encoding="utf-8")
    body = "\n".join(f"  [#metadata({n}) <mark>]\n  {blocks(t)}" for n, t in enumerate(texts))
    found = typst.query(
        f"{look}\n#{{\n{body}\n}}".encode(), "<mark>", field="value", ignore_system_fonts=True
    )
    assert json.loads(found) == list(range(len(texts)))
