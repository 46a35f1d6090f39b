"""What is printed holds nothing that a terminal or a runner obeys."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.findings import FORMATS
from kpi_site.problems import Location, problem
from kpi_site.visible import document, json_text, line, visible

HARMFUL = ("\x1b[2J", "\n::warning::x", "\r", "\u202e", "\u200b", "\x9b31m", "\ud800", "\u2028")
NEVER_SEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("利润 naïve 12.5％　…🧮", "利润 naïve 12.5％　…🧮"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\n\tb\0", "a\\r\\n\\tb\\0"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff", "\\udcff"),
        ("\x7f\x9b", "\\x7f\\x9b"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("a.yml:1:2: x::y", "a.yml:1:2: x::y"),
        ("x ##[error]y", "x \\x23#[error]y"),
        ("##vso[task.setvariable]y", "\\x23#vso[task.setvariable]y"),
        ("## a heading", "## a heading"),
    ],
)
def test_nothing_is_a_command_to_a_runner(text: str, shown: str) -> None:
    assert line(text) == shown
    assert document(f"a\n{text}") == f"a\n{shown}"


PIECES = st.lists(st.sampled_from((*HARMFUL, "::", "##[", "数", " ")) | st.text(max_size=3))


@given(PIECES.map("".join))
def test_no_line_holds_what_cannot_be_seen(text: str) -> None:
    shown = line(text)
    assert {unicodedata.category(c) for c in shown}.isdisjoint(NEVER_SEEN)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown


@given(PIECES.map("".join))
def test_json_means_the_same_when_all_of_it_is_seen(text: str) -> None:
    written = json.dumps({"text": text}, ensure_ascii=False, indent=1)
    shown = json_text(written)
    assert json.loads(shown) == {"text": text}
    assert all(c == "\n" or unicodedata.category(c) not in NEVER_SEEN for c in shown)
    shown.encode()


@pytest.mark.parametrize("name", FORMATS)
def test_formats_for_programs_hold_nothing_that_acts(name: str) -> None:
    bad = "".join(HARMFUL).replace("\ud800", "\udcff")  # a byte of a name that is no UTF-8
    found = problem(Location(f"a{bad}.yml", 1, 1), f"x{bad}", zh=bad, en=bad)
    text = "\n".join(FORMATS[name]([found], "", "en"))
    assert all(c == "\n" or unicodedata.category(c) not in NEVER_SEEN for c in text)
    if name == "github":
        assert text.startswith("::error ")
        assert "\n" not in text
    else:
        json.loads(text)
