from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpi_site.catalog import BalanceTerm, IndicatorTerm, OtherTerm, RowTerm, StockTerm, Term, Text
from kpi_site.periods import Grain, Span
from kpi_site.problems import Location, Name
from kpi_site.results import State
from kpi_site.sql.nodes import Aggregate, Code, Expression
from kpi_site.wording.words import (
    WORDS,
    cycle_word,
    direction_words,
    grain_word,
    span_words,
    state_mark,
    state_words,
    status_word,
    term_kind_words,
    word,
)

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
        assert re.search(r"[\u4e00-\u9fff]", zh), key
        assert not re.search(r"[\u4e00-\u9fff]", en), key


def test_every_word_is_used() -> None:
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in SOURCES.rglob("*")
        if path.suffix in {".py", ".html", ".jinja", ".md", ".j2"}
    )
    prefixes = set(re.findall(r"f\"((?:[a-z_]+\.)+)\{", text))
    table = text.index("WORDS: Final[dict[str, tuple[str, str]]] = {\n    # states")
    rest = text[:table] + text[text.index("_MARKS: Final[dict[State", table) :]
    unused = [
        key
        for key in WORDS
        if not re.search(rf"[\"']{re.escape(key)}[\"']", rest)
        and not any(key.startswith(prefix) for prefix in prefixes)
    ]
    named_by_variables = {k for k in WORDS if k.startswith("span.")}
    assert set(unused) - named_by_variables == set()


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
            BalanceTerm(name("t"), Text("T"), name("d"), COUNT, "end"),
            "as last recorded by the period's last day",
        ),
        (OtherTerm(name("t"), Text("T"), name("a"), Span(1)), "“a”, 1 month earlier"),
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
