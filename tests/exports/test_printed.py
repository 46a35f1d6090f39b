"""The printed report: what it says, on every page, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from kpi_site.catalog import Text
from kpi_site.exports.board import Imprint
from kpi_site.exports.pdf import CHINESE_FONTS, chinese_font, printed, to_pdf
from kpi_site.exports.report import report_typ
from kpi_site.periods import Grain
from kpi_site.problems import Location, Name
from kpi_site.results import SeriesKey, State
from tests.exports.company import FIRST, LABEL, changed, context, needs_fonts
from tests.exports.pdftext import page_texts
from tests.pages.conftest import Sample, build_sample

pytestmark = needs_fonts
EVIL = 'a#b[c]*d*_e_`f`$g$<h>@i "j" \\k {l} (m) // n /* o */ = p'


def source(language: str, imprint: Imprint | None = FIRST, sample: Sample | None = None) -> str:
    ctx = context(language, sample)
    return report_typ(ctx, ctx.catalog.reports[LABEL], imprint)


def pages(
    language: str, imprint: Imprint | None = FIRST, sample: Sample | None = None
) -> list[str]:
    return page_texts(to_pdf(source(language, imprint, sample)))


def packed(text: str) -> str:
    """Return ``text`` without white space: lines of a page have none between them."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_source_gives_the_same_bytes(language: str) -> None:
    text = source(language)
    assert text == source(language)
    assert to_pdf(text) == to_pdf(text)
    assert len(text.encode()) < 150_000


def test_a_director_finds_the_essentials_on_the_first_page() -> None:
    text = pages("en")
    assert "Contents" in text[1]
    first = packed(text[0])
    for words in (
        "Mini company", "Report for Oct 2026", "Edition 1, published 9 Nov 2026",
        "data through 31 Oct 2026", "Attainment fell in October.",
        "Sales target attainment", "88.8%",  # 0.8875, half away from zero
        "on target 95.0%", "↓ −6.3 pp", "vs previous period", "↓ −7.3 pp",  # 0.8875 − 0.96
        "vs a year before", "↓ −8.3 pp",  # 0.8875 − 0.97
        "Sales revenue", "CNY 1,651.0 k", "Company scorecard", "Two large orders moved.",
    ):  # fmt: skip
        assert packed(words) in first, words


def test_chinese_is_text_that_can_be_selected() -> None:
    first = packed(pages("zh")[0])
    for words in ("小样公司", "2026年10月报告", "第1版，2026年11月9日发布", "销售目标达成率",
                  "165.1万元", "十月达成率回落。", "两个大单推迟。"):  # fmt: skip
        assert packed(words) in first, words


def test_every_page_has_its_number_and_a_draft_says_so_on_each() -> None:
    found = pages("en", None)
    assert len(found) > 2
    for number, text in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in text
        assert "DRAFT" in text
    assert not any("DRAFT" in text for text in pages("en"))
    assert all("草稿" in text for text in pages("zh", None))


def test_overdue_actions_are_marked_in_words() -> None:
    text = packed(" ".join(pages("en")))
    assert packed("More visits open · 25 days overdue") in text
    assert packed("as they stood on 9 Nov 2026").lower() in text.lower()


def test_missing_numbers_are_words_and_texts_without_translation_are_marked() -> None:
    sample = build_sample()
    results = dict(sample.results)
    months = results["attainment"].series[SeriesKey(Grain.MONTH)]
    last = replace(months.results[-1], value=None, state=State.NO_DATA, points=None)
    series = replace(months, results=(*months.results[:-1], last))
    results["attainment"] = replace(
        results["attainment"], series={**results["attainment"].series, series.key: series}
    )
    text = " ".join(pages("en", sample=replace(sample, results=results)))
    assert "no data" in text
    assert "(not yet in English)" in text  # the name of handling_days


def test_whatever_the_data_hold_is_printed_as_text() -> None:
    sample = changed(attainment={"name": Text(plain=EVIL)})
    report = replace(
        sample.catalog.reports[LABEL],
        comments={Name("attainment", Location("x")): Text(plain="Plain " + EVIL)},
    )
    sample = replace(sample, catalog=replace(sample.catalog, reports={LABEL: report}))
    text = packed(" ".join(pages("en", sample=sample)))
    assert text.count(packed(EVIL)) >= 4  # tile, list, section, annex


def test_a_long_annex_repeats_its_head_and_keeps_rows_whole() -> None:
    sample = build_sample()
    card, found = sample.catalog.indicators["attainment"], sample.results["attainment"]
    cards, results = dict(sample.catalog.indicators), dict(sample.results)
    for n in range(300):
        name = Name(f"copy_{n:03}", Location("x.yml"))
        words = Text(
            plain=f"Row{n:03} {'of a rather long name that needs many lines ' * 6}End{n:03}"
        )
        cards[name] = replace(card, id=name, name=words)
        results[name] = replace(found, indicator=name)
    wide = replace(sample, catalog=replace(sample.catalog, indicators=cards), results=results)
    text = pages("en", sample=wide)
    starts = [at for at, page in enumerate(text) if "The whole of each indicator" in page]
    annex = text[starts[0] :]
    assert len(annex) > 8
    assert all("BaselineTargetChallenge" in page for page in annex)
    for n in range(300):
        (page,) = [page for page in annex if f"Row{n:03} " in page]
        assert f"End{n:03}" in page, n


def test_nothing_is_printed_that_would_reach_out() -> None:
    for code in ('#read("/etc/passwd")', '#import "@preview/a:0.1.0"', '#image("a.png")'):
        with pytest.raises(ValueError, match="does not use"):
            to_pdf(code)
    assert to_pdf('#"import read @preview // image"')  # as a text it is only words


def test_without_a_chinese_font_nothing_is_printed_but_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kpi_site.exports.pdf.chinese_font", lambda: None)
    data, problem = printed('#"中文"', "content/reports/2026-10/report.yml")
    assert data is None
    assert problem is not None
    assert "apt-get install fonts-noto-cjk" in problem.text("zh")
    assert printed('#"English"', "x")[1] is None
    assert chinese_font() is not None  # this machine can print what the other tests print


def test_the_fonts_that_are_looked_for_are_those_that_are_asked_for() -> None:
    look = (files("kpi_site.exports") / "board.typ").read_text(encoding="utf-8")
    families = re.search(r"#let families = \((.*?)\)", look, re.DOTALL)
    assert families
    asked = tuple(re.findall(r'"([^"]+)"', families[1]))
    assert asked[: len(CHINESE_FONTS)] == CHINESE_FONTS


def test_a_source_that_typst_refuses_is_a_problem() -> None:
    data, problem = printed(
        "#unknown-function()", "content/reports/2026-10/edition-1/report.en.typ"
    )
    assert data is None
    assert problem is not None
    assert problem.code == "not-printable"


def test_the_document_names_itself() -> None:
    made = to_pdf(source("en"))
    assert b"/Lang(en-GB)" in made or b"/Lang (en-GB)" in made
    assert b"/Author(Mini company)" in made or b"Mini company" in made
    assert b"D:20261109" in made
    assert source("en", Imprint(2, date(2026, 12, 1))) != source("en")
