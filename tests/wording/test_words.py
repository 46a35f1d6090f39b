from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kpi_site.catalog import BalanceTerm, IndicatorTerm, OtherTerm, RowTerm, StockTerm, Term, Text
from kpi_site.pages.words import page_word
from kpi_site.periods import Grain, MonthCalendar, Span
from kpi_site.problems import Location, Name
from kpi_site.results import State
from kpi_site.sql.nodes import Aggregate, Code, Expression
from kpi_site.wording.words import (
    cycle_word,
    direction_words,
    grain_word,
    span_words,
    state_mark,
    state_words,
    status_word,
    term_kind_words,
)
from kpi_site.words import SUBJECTS, WORDS, counted, word

HERE = Location("card.yml")
COUNT = Expression(Code("COUNT(*)", "card.yml", ()), Aggregate("count", None))
SOURCES = Path(__file__).parents[2] / "kpi_site"


def name(text: str) -> Name:
    return Name(text, HERE)


def test_every_word_is_there_in_both_languages_with_the_same_places() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh.strip(), key
        assert en.strip(), key
        assert set(re.findall(r"\{\d\}", zh)) == set(re.findall(r"\{\d\}", en)), key
        assert re.search(r"[\u4e00-\u9fff]", zh) or not re.search(r"[a-zA-Z]", zh), key
        assert not re.search(r"[\u4e00-\u9fff]", en), key


def test_no_text_stands_twice_and_no_key() -> None:
    """Not even with another first letter: that is what a key with a capital is for."""
    seen: dict[tuple[str, str], str] = {}
    for key, (zh, en) in WORDS.items():
        assert seen.setdefault((zh, en.casefold()), key) == key
    files = [(SOURCES / "words" / f"{subject}.yml").read_text("utf-8") for subject in SUBJECTS]
    assert sum(len(re.findall(r"^\S+:", text, re.MULTILINE)) for text in files) == len(WORDS)
    assert {p.stem for p in (SOURCES / "words").glob("*.yml")} == set(SUBJECTS)


def test_a_capital_in_the_key_is_a_capital_in_the_text() -> None:
    assert word("period", "en") == "period"
    assert word("Period", "en") == "Period"
    assert word("Level.below", "en") == "Below baseline"
    assert word("Period", "zh") == word("period", "zh") == "期间"
    assert counted("members_change", 1, "en") == "1 member"
    assert counted("members_change", 2, "en") == "2 members"


TAKE_WORDS = {"word", "counted", "page_word", "t", "w"}
BY_NAME = re.compile(r"\bt\(((?:[\w.]+ ~ )?'[^']+'(?: ~ [\w.]+)?)")


@cache
def asked_for() -> tuple[tuple[str, str], ...]:
    return tuple(_asked_for())


def _asked_for() -> Iterator[tuple[str, str]]:
    """Yield (where, key as a pattern) of every text that the program asks for by its key."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in TAKE_WORDS:
                yield from ((f"{path.name}:{node.lineno}", key) for key in _keys(node.args[0]))
    for path in SOURCES.rglob("*.j2"):
        for key in BY_NAME.findall(path.read_text("utf-8")):
            parts = (re.escape(p[1:-1]) if p[0] == "'" else ".+" for p in key.split(" ~ "))
            yield path.name, "".join(parts)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _keys(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(key)) if key:
            yield re.escape(key)
        case ast.JoinedStr(values=parts):
            fixed = (
                re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts
            )
            yield "".join(fixed)
        case ast.IfExp(body=one, orelse=other):
            yield from _keys(one)
            yield from _keys(other)


def test_every_word_that_is_asked_for_exists() -> None:
    asked = asked_for()
    assert len(asked) > 300
    for where, key in asked:
        pattern = key[:1].lower() + key[1:]
        assert any(re.fullmatch(pattern, known) for known in WORDS), f"{where}: {key}"


def test_every_word_is_used() -> None:
    """By a literal, or by a pattern that calls with parts of keys make."""
    said: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        tree = ast.walk(ast.parse(path.read_text("utf-8")))
        said |= {n.value for n in tree if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    for path in SOURCES.rglob("*.j2"):
        # overlapping: an apostrophe in a comment opens nothing
        said |= set(re.findall(r"(?='([^']+)')", path.read_text("utf-8")))
    patterns = {key for _, key in asked_for() if ".+" in key and key != ".+"}
    said |= {each[:1].lower() + each[1:] for each in said}
    said |= {f"{key}_one" for key in said}
    unused = {k for k in WORDS.keys() - said if not any(re.fullmatch(p, k) for p in patterns)}
    assert unused == set()


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 indicators with a value:"),
        (1, "1 indicator with a value:"),
        ("1", "1 indicator with a value:"),
        (2, "2 indicators with a value:"),
        (11, "11 indicators with a value:"),
    ],
)
def test_one_thing_is_in_the_singular(count: object, text: str) -> None:
    assert word("standing", "en", count) == page_word("standing", "en", count) == text
    assert word("Standing", "en", count) == text
    assert word("standing", "zh", count) == f"有数值的{count}项指标："


def test_words_in_the_singular_differ_from_the_others_in_english() -> None:
    for key in (k for k in WORDS if k.endswith("_one") and k != "found_one"):
        many = WORDS[key.removesuffix("_one")]
        assert WORDS[key][1] != many[1], key
        assert "{0}" in many[1], key


def test_an_unknown_word_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        word("no such word", "zh")


def test_every_state_has_its_own_mark_and_words() -> None:
    marks = [state_mark(s) for s in State]
    assert len(set(marks)) == len(marks)
    assert state_mark(State.OK) == ""
    for language in ("zh", "en"):
        words = [state_words(s, language) for s in State]
        assert len(set(words)) == len(words)


def test_every_grain_and_direction_has_words() -> None:
    for language in ("zh", "en"):
        assert len({grain_word(g, language) for g in Grain}) == len(Grain)
        assert len({cycle_word(g, language) for g in Grain}) == len(Grain)
        assert len({status_word(s, language) for s in ("active", "draft", "retired")}) == 3
        directions = ("higher", "lower", "within", "none")
        assert len({direction_words(d, language) for d in directions}) == 4  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        ("1mo", "1个月", "1 month"),
        ("12mo", "12个月", "12 months"),
        ("1q", "3个月", "3 months"),
        ("2y", "2年", "2 years"),
        ("1d", "1天", "1 day"),
        ("2w", "14天", "14 days"),
    ],
)
def test_spans(span: str, zh: str, en: str) -> None:
    parsed = Span.parse(span)
    assert parsed is not None
    assert span_words(parsed, "zh") == zh
    assert span_words(parsed, "en") == en


def row(window: Span | None = None, to_date: Grain | None = None) -> RowTerm:
    return RowTerm(name("t"), Text("T"), name("d"), COUNT, window=window, to_date=to_date)


@pytest.mark.parametrize(
    ("term", "en"),
    [
        (row(), "in the period"),
        (row(window=Span(12)), "trailing 12 months, up to the period's end"),
        (row(to_date=Grain.YEAR), "from the start of the year to the period's end"),
        (row(to_date=Grain.MONTH), "from the start of the month to the period's end"),
        (
            StockTerm(name("t"), Text("T"), name("d"), COUNT, name("s"), None, "start"),
            "in being on the day before the period begins",
        ),
        (
            StockTerm(name("t"), Text("T"), name("d"), COUNT, name("s"), None, "average"),
            "mean over the days of what was in being",
        ),
        (
            BalanceTerm(
                name("t"),
                Text("T"),
                name("d"),
                COUNT,
                "average",
                None,
                None,
                "month_ends",
                name("account"),
            ),
            "mean of what was last recorded at the ends of the months, for each “account”",
        ),
        (
            BalanceTerm(name("t"), Text("T"), name("d"), COUNT, "end"),
            "as last recorded by the period's last day",
        ),
        (OtherTerm(name("t"), Text("T"), name("a"), Span(1)), "“a”, 1 month earlier"),
        (
            OtherTerm(name("t"), Text("T"), name("a"), period=MonthCalendar().parse("2024-12")),
            "“a” in the base period Dec 2024",
        ),
        (
            OtherTerm(name("t"), Text("T"), name("a"), None, True, MonthCalendar().parse("2024")),
            "“a” of the whole, without the breakdown, in the base period 2024",
        ),
        (
            OtherTerm(name("t"), Text("T"), name("a"), overall=True),
            "“a” of the whole, without the breakdown",
        ),
        (
            IndicatorTerm(name("t"), Text("T"), name("profit"), Span(12)),
            "value of the indicator “profit”, 12 months earlier",
        ),
        (
            IndicatorTerm(name("t"), Text("T"), name("profit"), None, "score"),
            "points of the indicator “profit”",
        ),
    ],
)
def test_kinds_of_term_in_words(term: Term, en: str) -> None:
    assert term_kind_words(term, "en") == en
    assert re.search(r"[\u4e00-\u9fff]", term_kind_words(term, "zh"))
