"""A report printed: the small company's, whose figures are known."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from kpi_site.editions.frozen import frozen_figures
from kpi_site.exports.board import Imprint
from kpi_site.exports.pdf import chinese_font, printed, to_pdf
from kpi_site.exports.report import report_typ
from kpi_site.exports.sheets import to_xlsx
from kpi_site.exports.workbook import sheet_name, workbook_json
from kpi_site.pages.context import Context, make_context
from tests.pages.conftest import build_sample

FIRST = Imprint(1, date(2026, 11, 9))


def context(language: str) -> Context:
    sample = build_sample()
    return make_context(sample.catalog, sample.tables, sample.results, sample.scores, language)


def frozen() -> Mapping[str, bytes]:
    sample = build_sample()
    report = sample.catalog.reports["2026-10"]
    files = frozen_figures(sample.catalog, sample.results, sample.scores, report)
    return {file.path: file.data for file in files}


def source(language: str, imprint: Imprint | None = FIRST) -> str:
    ctx = context(language)
    return report_typ(ctx, ctx.catalog.reports["2026-10"], imprint)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_is_printed_and_the_same_source_gives_the_same_bytes(language: str) -> None:
    text = source(language)
    assert text == source(language)
    made = to_pdf(text)
    assert made.startswith(b"%PDF-1.7")
    assert made == to_pdf(text)
    assert len(text.encode()) < 150_000


def test_a_draft_says_so_and_an_edition_names_itself() -> None:
    assert '"DRAFT"' in source("en", None)
    assert "DRAFT" not in source("en")
    assert '"Edition 1, published 9 Nov 2026"' in source("en")
    assert '"第1版，发布于2026年11月9日"' in source("zh")


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


def cells(language: str, sheet: str) -> list[dict[str, object]]:
    ctx = context(language)
    plan = workbook_json(ctx, ctx.catalog.reports["2026-10"], FIRST)
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(plan, frozen())))
    rows = list(book[sheet].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def test_every_figure_of_the_frozen_values_is_a_typed_cell() -> None:
    import csv

    lines = list(csv.DictReader(io.StringIO(frozen()["values.csv"].decode(), newline="")))
    found = cells("en", "All figures")
    assert len(found) == len(lines)
    for cell, line in zip(found, lines, strict=True):
        assert cell["Indicator id"] == line["indicator"]
        assert cell["Period"] == line["period"]
        assert (cell["Member code"] or "") == line["member"]
        for head, key in (("Value", "value"), ("Points", "points"), ("Target", "target")):
            number = cell[head]
            assert number is None if not line[key] else number == float(line[key]), line
            assert not isinstance(number, str)


def test_a_workbook_has_the_same_bytes_each_time() -> None:
    ctx = context("zh")
    plan = workbook_json(ctx, ctx.catalog.reports["2026-10"], FIRST)
    assert to_xlsx(plan, frozen()) == to_xlsx(plan, frozen())


def test_names_of_sheets_are_legal_and_unique() -> None:
    assert sheet_name("a/b: [c]?") == "a b   c"
    assert sheet_name("x" * 40) == "x" * 30 + "…"
    assert sheet_name("Total", {"total"}) == "Total (2)"
    assert sheet_name("'History'") == "-"
    assert sheet_name("") == "-"
    assert Decimal(len(sheet_name("😀" * 40).encode("utf-16-le")) / 2) <= 31
