"""The workbook: its cells are the frozen figures, typed, exact and inert."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from kpi_site.catalog import CardTexts, Measure, Scale, Text
from kpi_site.editions.revisions import Revision
from kpi_site.exports.sheets import to_xlsx
from kpi_site.exports.workbook import sheet_name, workbook_json
from kpi_site.exports.workbook_sheets import number_format
from kpi_site.periods import Grain
from kpi_site.results import IndicatorResults, SeriesKey, State
from tests.exports.company import FIRST, LABEL, changed, context, frozen
from tests.pages.conftest import Sample, build_sample, indicators, series, with_history

SHEETS = {"en": ["About", "Company scorecard", "All figures", "Signal or noise", "Why it moved",
           "Cards"],
          "zh": ["说明", "公司记分卡", "全部数值", "信号与噪声", "为何变动", "指标卡"]}  # fmt: skip


def printed(language: str, sample: Sample | None = None, **how: Any) -> bytes:
    ctx = context(language, sample)
    plan = workbook_json(ctx, ctx.catalog.reports[LABEL], FIRST)
    return to_xlsx(plan, frozen(sample), **how)


def book(language: str, sample: Sample | None = None, **how: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(printed(language, sample, **how)))


def values(sample: Sample | None = None) -> list[dict[str, str]]:
    text = frozen(sample)["values.csv"].decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def columns(sheet: Any, head: int = 1) -> dict[str, list[Any]]:
    """Return the cells below each head."""
    rows = list(sheet.iter_rows(min_row=head))
    return {str(c.value): [row[i] for row in rows[1:]] for i, c in enumerate(rows[0])}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sheets_in_the_language_of_the_reader(language: str) -> None:
    assert book(language).sheetnames == SHEETS[language]


def test_every_frozen_figure_is_a_typed_cell_in_its_order() -> None:
    found = columns(book("en")["All figures"])
    lines = values()
    assert [c.value for c in found["Indicator id"]] == [line["indicator"] for line in lines]
    assert [c.value for c in found["Period"]] == [line["period"] for line in lines]
    assert [c.value or "" for c in found["Dimension"]] == [line["dimension"] for line in lines]
    assert [c.value or "" for c in found["Member code"]] == [line["member"] for line in lines]
    for head in ("Value", "Points", "Baseline", "Target", "Challenge", "Rows"):
        key = {"Rows": "n"}.get(head, head.lower())
        for cell, line in zip(found[head], lines, strict=True):
            assert cell.value == (float(line[key]) if line[key] else None)
            assert not line[key] or cell.data_type == "n"


def test_numbers_stand_in_the_file_with_every_digit() -> None:
    sample = build_sample()
    card = sample.catalog.indicators["attainment"]
    long = "0.97353805546639721"  # seventeen digits: more than a spreadsheet calculates with
    key = SeriesKey(Grain.MONTH)
    own = series(card, key, [long], LABEL)
    results = {**sample.results, "attainment": IndicatorResults("attainment", {key: own})}
    data = printed("en", replace(sample, results=results))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet3.xml").decode()
    assert f"<v>{long}</v>" in sheet
    found = columns(openpyxl.load_workbook(io.BytesIO(data))["All figures"])
    exact = dict(zip([c.value for c in found["Value"]], found["All digits (text)"], strict=True))
    assert exact[float(long)].value == long
    assert exact[float(long)].data_type == "s"
    assert exact[1651000].value is None  # seven digits need no text


def test_formats_are_those_of_the_cards() -> None:
    found = columns(book("zh")["全部数值"])
    pairs = zip(found["指标编号"], found["数值"], strict=True)
    formats = {i.value: c.number_format for i, c in pairs if c.value is not None}
    assert formats == {"attainment": "0.0%", "handling_days": "#,##0.0", "revenue": "#,##0"}
    units = {i.value: c.value for i, c in zip(found["指标编号"], found["单位"], strict=True)}
    assert units == {"attainment": "%", "handling_days": "天", "revenue": "元"}


@pytest.mark.parametrize(
    ("unit", "decimals", "shown"),
    [
        (Measure("percent", "percent"), 2, "0.00%"),
        (Measure("count", "count"), 0, "#,##0"),
        (Measure("currency", "CNY"), 2, "#,##0.00"),
        (Measure("currency", "CNY", scale={"zh": Scale("万元", Decimal(10_000))}), 2, "#,##0"),
        (Measure("currency", "CNY", scale={"en": Scale("CNY k", Decimal(1000))}), 4, "#,##0.0"),
    ],
)
def test_amounts_are_unscaled_and_lose_no_more_than_readers_see(
    unit: Measure, decimals: int, shown: str
) -> None:
    card = replace(indicators()["attainment"], unit=unit, decimals=decimals)
    assert number_format(card) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("0.95", "0.0%"),
        ("0.9555", "0.00%"),
        ("0.955500", "0.00%"),
        ("1", "0.0%"),
        ("0.33333333333333", "0.000%"),  # computed, not written: two places more are enough
    ],
)
def test_a_threshold_shows_every_place_that_it_is_written_with(written: str, shown: str) -> None:
    rows = [{**row, "target": row["target"] and written} for row in values()]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    ctx = context("en")
    plan = workbook_json(ctx, ctx.catalog.reports[LABEL], FIRST)
    data = to_xlsx(plan, {**frozen(), "values.csv": text.getvalue().encode()})
    found = columns(openpyxl.load_workbook(io.BytesIO(data))["All figures"])
    pairs = zip(found["Indicator id"], found["Target"], strict=True)
    formats = {c.number_format for i, c in pairs if i.value == "attainment"}
    assert formats == {shown}


def test_members_have_code_and_name_and_missing_ones_are_named() -> None:
    found = columns(book("zh")["全部数值"])
    pairs = {(c.value, n.value) for c, n in zip(found["成员编号"], found["成员"], strict=True)}
    assert ("north", "北区") in pairs
    assert (None, "未填") in pairs  # a dimension whose member is missing
    assert (None, None) in pairs  # the whole


def test_a_missing_number_is_an_empty_cell_with_its_state() -> None:
    found = columns(book("en")["All figures"])
    states = list(zip(found["Value"], found["State"], strict=True))
    assert any(v.value is None and "divisor is zero" in str(s.value) for v, s in states)
    assert all(v.value is not None for v, s in states if s.value == "complete")


def test_a_scorecard_has_total_grade_and_lines() -> None:
    sheet = book("en")["Company scorecard"]
    top = {row[0].value: row[1].value for row in sheet.iter_rows(max_row=9, max_col=2)}
    assert top["Period"] == "Q4 2026"
    assert top["Total"] == pytest.approx((60 * 0 + 25 * 120) / 85, abs=1e-12)
    assert top["Weight counted"] == 85  # revenue has no thresholds
    assert top["Grade"] == "To improve"
    head = next(r[0].row for r in sheet.iter_rows(max_col=1) if r[0].value == "No.")
    found = columns(sheet, head)
    assert [c.value for c in found["Line"]] == [
        "Sales target attainment", "平均处理天数", "Sales revenue"]  # fmt: skip
    assert [c.value for c in found["Groups"]] == ["Market", "Service", "Service"]
    assert [c.value for c in found["Weight"]] == [60, 25, 15]
    assert [c.value for c in found["Counted"]] == ["yes", "yes", "no"]
    assert sheet.freeze_panes == f"A{head + 1}"


def test_versions_of_definitions_are_those_of_the_frozen_cards() -> None:
    (digest,) = (n.split(".")[1] for n in frozen() if n.startswith("cards/attainment."))
    found = columns(book("en")["Cards"])
    pairs = zip(found["Indicator id"], found["Version of definition"], strict=True)
    assert {i.value: v.value for i, v in pairs}["attainment"] == digest


EVIL = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://x.y", "mailto:a@b.c",
    "internal:Sheet1!A1", "_x0041_", "<v>&amp;", "1e5", "007", "{=A1}",
)  # fmt: skip


def test_nothing_from_data_is_a_formula_a_link_or_a_number() -> None:
    sample = build_sample()
    card = sample.catalog.indicators["revenue"]
    own = dict(sample.results["revenue"].series)
    for at, member in enumerate(EVIL):
        key = SeriesKey(Grain.MONTH, "region", member)
        own[key] = series(card, key, [str(at)], LABEL)
    results = {**sample.results, "revenue": IndicatorResults("revenue", own)}
    marked = changed(attainment={"name": Text(plain="=cmd|' /C calc'!A0")})
    texts = {**marked.catalog.texts, "attainment": CardTexts(Text(plain="=1+1"))}
    marked = replace(marked, catalog=replace(marked.catalog, texts=texts))
    data = printed("en", replace(marked, results=results))
    for name in zipfile.ZipFile(io.BytesIO(data)).namelist():
        text = zipfile.ZipFile(io.BytesIO(data)).read(name).decode()
        assert not re.search(r"<f[ >]|hyperlink|vbaProject|externalLink", text), name
    found = columns(openpyxl.load_workbook(io.BytesIO(data))["All figures"])
    codes = {c.value: c.data_type for c in found["Member code"] if c.value is not None}
    assert {m: codes[m] for m in EVIL} == dict.fromkeys(EVIL, "s")


def test_the_same_values_give_the_same_bytes_dated_by_the_publication() -> None:
    data = printed("zh")
    assert data == printed("zh")
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "2026-11-09T00:00:00Z" in archive.read("docProps/core.xml").decode()


def middle(sheet: Any) -> str:
    """Return what stands in the middle of the printed page's head."""
    return sheet.oddHeader.center.text or ""


def test_a_draft_says_so_on_every_printed_page() -> None:
    ctx = context("en")
    plan = workbook_json(ctx, ctx.catalog.reports[LABEL])
    found = openpyxl.load_workbook(io.BytesIO(to_xlsx(plan, frozen())))
    assert all("DRAFT" in middle(sheet) for sheet in found)
    assert not any(middle(sheet) for sheet in book("en"))
    assert any("Draft" in str(row[0].value) for row in found["About"].iter_rows(max_col=1))


def test_hidden_cards_are_left_out_and_scorecards_with_them() -> None:
    found = book("en", without=frozenset({"attainment"}))
    shown = ["All figures", "Signal or noise", "Why it moved", "Cards"]
    assert found.sheetnames == ["About", *shown]
    for name in shown:
        assert "attainment" not in {c.value for c in columns(found[name])["Indicator id"]}


def test_revisions_have_a_sheet_of_their_own() -> None:
    ctx = context("en")
    revision = Revision(
        LABEL, 1, "attainment", "value", LABEL, "", "", Decimal("0.9"), State.OK, Decimal("0.8875"),
        State.OK, kind="correction", reason=Text(plain="=late orders"),
    )  # fmt: skip
    plan = workbook_json(ctx, ctx.catalog.reports[LABEL], FIRST, (revision,))
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(plan, frozen())))["Revisions"]
    found = {head: cells[0].value for head, cells in columns(sheet).items()}
    assert (found["Old"], found["New"], found["Difference"]) == (0.9, 0.8875, -0.0125)
    assert (found["Type"], found["Reason"]) == ("correction", "=late orders")
    gone = to_xlsx(plan, frozen(), without=frozenset({"attainment"}))
    rows = list(openpyxl.load_workbook(io.BytesIO(gone))["Revisions"].iter_rows())
    assert len(rows) == 1


def test_names_of_sheets_are_legal_and_unique() -> None:
    assert sheet_name("a/b: [c]?") == "a b c"
    assert sheet_name("x" * 40) == "x" * 30 + "…"
    assert sheet_name("Total", {"total"}) == "Total (2)"
    assert sheet_name("'History'") == "-"
    assert sheet_name("") == "-"
    assert len(sheet_name("😀" * 40).encode("utf-16-le")) / 2 <= 31


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown plan"):
        to_xlsx('{"format": "kpi-site workbook 9"}', {})


def test_the_first_sheet_tells_which_edition_it_is_and_who_signed() -> None:
    texts = [[c.value for c in row if c.value] for row in book("en")["About"].iter_rows()]
    assert ["Edition 1, published 9 Nov 2026"] in texts
    at = texts.index(["Sign-offs"])
    assert texts[at + 1 :] == [
        ["collected", "not signed yet"],
        ["verified", "Finance", "6 Nov 2026", "noted"],
        ["approved", "not signed yet"],
    ]
    ctx = context("en")
    draft = to_xlsx(workbook_json(ctx, ctx.catalog.reports[LABEL]), frozen())
    sheet = openpyxl.load_workbook(io.BytesIO(draft))["About"]
    assert "Finance" not in {c.value for row in sheet.iter_rows() for c in row}


def test_signals_are_those_of_the_frozen_file_in_words() -> None:
    """Attainment in October lies below its limits, which are worked out in ``with_history``."""
    sample = with_history(build_sample())
    data = printed("zh", sample)
    found = columns(openpyxl.load_workbook(io.BytesIO(data))["信号与噪声"])
    lines = list(csv.DictReader(io.StringIO(frozen(sample)["signals.csv"].decode())))
    assert [c.value for c in found["期间"]] == [line["period"] for line in lines]
    assert lines[-1]["period"] == "2026-10"
    last = {head: cells[-1].value for head, cells in found.items()}
    assert last["与界限相比的值"] == 0.8875
    assert round(last["下限"], 4) == 0.8937
    assert (last["信号"], last["规则"]) == ("偏低", "超出界限")
    assert (last["最新的值"], last["目标与界限"]) == ("信号：变差", "达不达到凭偶然")
