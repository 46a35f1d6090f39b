"""Layouts as offices make them: what is proposed reads every row, and nothing but rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from kpi_site.authoring.survey.column import see
from kpi_site.authoring.survey.encoding import Decoded, decode
from kpi_site.authoring.survey.survey import Survey, survey
from kpi_site.catalog import Notation
from kpi_site.content import read_catalog
from kpi_site.tables.read import read_tables
from tests.authoring.conftest import TODAY
from tests.authoring.test_survey import checked, notes, propose, put, seen, surveyed

Rows = Sequence[Sequence[Any]]


def book(site: Path, name: str, rows: Rows, *merged: str) -> Path:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(list(row))
    for area in merged:
        workbook.active.merge_cells(area)
    workbook.save(site / "data" / name)
    return site / "data" / name


@pytest.mark.parametrize(
    ("title", "months", "total"),
    [
        ("Umsatz 2024", "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez", "Summe"),
        ("Ventes 2024", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.", "Total"),
        ("Ventas 2024", "enero febrero marzo abril mayo junio julio agosto", "Total general"),
        ("Sales 2024", "January February March April May June July August", "Total"),
        ("2024年", "一月 二月 三月 四月 五月 六月 七月 八月", "合计"),
    ],
)
def test_months_across_in_words(site: Path, title: str, months: str, total: str) -> None:
    names = months.split()
    rows: list[list[Any]] = [[title], ["Region", *names, total]]
    rows += [[region, *range(len(names)), sum(range(len(names)))] for region in ("Nord", "Süd")]
    rows += [[total, *range(0, 2 * len(names), 2), 2 * sum(range(len(names)))]]
    proposed = propose(site, book(site, "x.xlsx", rows))
    assert proposed.found.time is not None
    assert proposed.found.rows == 3 * len(names)
    assert checked(site, proposed) == ()


def test_months_across_with_a_column_of_years(site: Path) -> None:
    data = "Jahr;Mrz;Okt;Dez\n2024;1,5;2,5;3,5\n2025;4,5;5,5;6,5\n"
    found = surveyed(site, "umsatz 2023.csv", data.encode())
    assert found.time is not None
    assert found.derived[0][1].startswith("MAKE_DATE(Jahr, CASE")
    assert found.layout.rows.unpivot is not None
    assert found.layout.rows.unpivot.names_format == ()


def test_a_year_that_is_nowhere_is_asked_for(site: Path) -> None:
    found = surveyed(site, "x.csv", b"region,Jan,Feb,Mar\nA,1,2,3\nB,4,5,6\n")
    assert found.time is None
    assert "no year is told" in found.layout.why[0].en


def test_quarters_below_merged_years(site: Path) -> None:
    rows = [
        ["Bereich", "2024年", None, None, None, "2025年"],
        [None, *["Q1", "Q2", "Q3", "Q4"] * 2],
        ["Nord", *range(8)],
        ["Süd", *range(8)],
    ]
    proposed = propose(site, book(site, "x.xlsx", rows, "A1:A2", "B1:E1", "F1:I1"))
    assert proposed.found.layout.columns[1] == "2024年 Q1"
    assert proposed.found.rows == 16
    assert checked(site, proposed) == ()


@pytest.mark.parametrize("note", ["Stand: 31.12.2025", "* preliminary", "Quelle: SAP"])
@pytest.mark.parametrize(("kind", "rows"), [("csv", 4), ("csv", 1200), ("xlsx", 4), ("xlsx", 250)])
def test_notes_below_the_rows(site: Path, kind: str, rows: int, note: str) -> None:
    lines: list[list[Any]] = [["Monat", "Abteilung", "Wert"]]
    lines += [["2025-01-01", f"A{i}", i] for i in range(rows)]
    lines += [[], [note], ["second"]]
    if kind == "xlsx":
        path = book(site, "x.xlsx", lines)
    else:
        path = put(site, "x.csv", "\n".join(",".join(map(str, line)) for line in lines).encode())
    found = survey(path, f"data/{path.name}", "Europe/Berlin")
    assert isinstance(found, Survey)
    assert (found.rows, found.faults) == (rows, ())
    assert found.layout.rows.until is not None


def test_a_note_that_begins_like_a_row_ends_nothing(site: Path) -> None:
    data = b"Ort,Tag,n\nStandort A,2026-01-01,1\nStandort B,2026-01-02,2\n\nStandort C fehlt,,\n"
    assert surveyed(site, "x.csv", data).layout.rows.until is not None
    data = data.replace(b"Standort C fehlt", b"Standort A")
    assert surveyed(site, "x.csv", data).layout.rows.until is None


def test_hidden_sheets_are_not_chosen(site: Path) -> None:
    workbook = openpyxl.Workbook()
    lists = workbook.active
    assert lists is not None
    lists.sheet_state = "hidden"
    for i in range(30):
        lists.append([f"code{i}", i])
    shown = workbook.create_sheet("Data")
    shown.append(["Date", "n"])
    shown.append([date(2026, 1, 1), 1])
    workbook.active = 1
    workbook.save(site / "data/x.xlsx")
    found = survey(site / "data/x.xlsx", "data/x.xlsx", "UTC")
    assert isinstance(found, Survey)
    assert found.layout.sheets[0] == "Data"


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_the_line_that_names_the_delimiter_for_excel(site: Path, sign: str) -> None:
    data = f"sep={sign}\r\nDatum{sign}Betrag\r\n2026-01-02{sign}1,5\r\n2026-01-03{sign}2,5\r\n"
    proposed = propose(site, put(site, "x.csv", data.encode()))
    assert proposed.found.layout.delimiter == sign
    assert [c.name for c in proposed.found.columns] == ["Datum", "Betrag"]
    assert checked(site, proposed) == ()


@pytest.mark.parametrize("text", ["N° facture\n1 234,50 €\n", "Prix\n1\u00a0234 €\n", "°C;½\n"])
def test_signs_of_western_europe(text: str) -> None:
    found = decode(text.encode("cp1252"))
    assert isinstance(found, Decoded)
    assert (found.encoding, found.text) == ("cp1252", text)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("日期,門市,銷售人員,金額\n2026/1/2,臺北店,陳小姐,5\n", "big5"),
        ("年月,店舗,売上\n2026年1月,東京,5\n2026年1月,カフェ,5\n", "cp932"),
        ("日期,门店,销售人员,金额\n2026/1/2,深圳龙岗店,王小姐,5\n", "gb18030"),
        ("日期,門市,銷售,金額\n2026/1/2,臺北店,陳小姐,5\n", "gb18030"),
        ("姓名,工号\n龚曌,1\n闫旻昊,2\n", "gb18030"),
        ("월,지점,매출액\n2025년 3월,서울,5\n2025년 3월,부산,2\n", "cp949"),
        ("Дата;Магазин;Сумма\n01.02.2025;Москва;5\n", "cp1251"),
        ("Data;Sklep;Kwota\n1;Łódź;1\n2;Kraków;3\n", "cp1250"),
        ("Středisko;Částka;Měsíc\nPříbram;1;2\n", "cp1250"),
        ("Måned;Ålesund;Tromsø;Ærø\n", "cp1252"),
    ],
)
def test_encodings_by_their_letters(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert isinstance(found, Decoded)
    assert (found.encoding, found.text) == (encoding, text)


def test_currencies_and_empty_amounts() -> None:
    assert seen("R$ 1.234,50", "R$ 3,00").notation == Notation(decimal=",", group=".", bare=False)
    accounting = seen("$1,234", "($50)", "$-")
    assert (accounting.type, accounting.absent) == ("integer", ("$-",))


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["KW 05/2024", "KW 51/2024"], "KW %V/%G"),
        (["2024-KW05", "2024-KW51"], "%G-KW%V"),
        (["001.2024", "012.2024"], "0%m.%Y"),
        (["2024/001", "2024/012"], "%Y/0%m"),
        (["FY2024", "FY2025"], "FY%Y"),
        (["January 2024", "May 2024"], "%B %Y"),
        (["2025년 3월", "2025년 12월"], "%Y년 %m월"),
        (["民國114年3月", "民國114年12月"], "%EY年%m月"),
        (["令和7年3月5日", "令和7年12月1日"], "%EY年%m月%d日"),
        (["114/03/05", "114/12/01"], "%EY/%m/%d"),
        (["15/03/2568", "16/12/2568"], "%d/%m/%EY"),
    ],
)
def test_weeks_and_periods(cells: list[str], written: str) -> None:
    assert seen(*cells).format == written


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("CPI", ["101.3", "102.7", "114.1"]),
        ("Shelf", ["S3-1", "S3-2", "H12-5"]),
        ("amount", ["2568", "2600"]),
        ("amount", ["2550.5", "2600.1"]),
    ],
)
def test_numbers_and_codes_that_are_no_years_of_eras(name: str, cells: list[str]) -> None:
    assert see(pl.Series(name, cells), typed=False).type != "date"


def test_months_with_a_point() -> None:
    for cells in (["2025.01", "2025.10"], ["2025.1", "2025.2", "2025.10"]):
        assert see(pl.Series("会计期间", cells), typed=False).format == "%Y.%m"
    assert see(pl.Series("会计期间", ["2025.01", "2025.1"]), typed=False).type == "number"
    assert see(pl.Series("单价", ["2025.01", "2025.10"]), typed=False).type == "number"


def test_numbers_of_a_sheet_that_are_days(site: Path) -> None:
    rows: Rows = [["账期", "电量"], [202503, 5], [202504, 6], [202504, 7]]
    proposed = propose(site, book(site, "x.xlsx", rows))
    assert proposed.found.time is not None
    assert checked(site, proposed) == ()


def test_a_number_that_lost_its_closing_nought_is_no_month(site: Path) -> None:
    rows: Rows = [["会计期间", "金额"], ["2025.01", 5], ["2025.02", 6]]
    assert checked(site, propose(site, book(site, "x.xlsx", rows))) == ()
    book(site, "x.xlsx", [*rows, [2025.1, 7]])
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    (problem,) = read_tables(catalog, site / "build/cache")[1]
    assert (problem.code, problem.where.line) == ("bad-value", 4)
    assert problem.hint is not None
    assert "%Y.%m" in problem.hint.en


def test_weeks_across(site: Path) -> None:
    data = "Linie;KW01;KW02;KW03\nA;1;2;3\nB;4;5;6\n"
    proposed = propose(site, put(site, "Ausschuss 2025.csv", data.encode()))
    assert proposed.found.time is not None
    assert checked(site, proposed) == ()


@pytest.mark.parametrize("below", [("计划", "实际"), ("华东", "华南")])
def test_words_below_merged_months(site: Path, below: tuple[str, str]) -> None:
    rows: Rows = [
        ["部门", "1月", None, None, "2月", None, None, "3月", None, None],
        [None, *(*below, "合计") * 3],
        ["甲", 1, 2, 3, 4, 5, 9, 6, None, 6],
        ["乙", 1, 1, 2, 2, 2, 4, 3, 3, 6],
    ]
    path = book(site, "预算2025.xlsx", rows, "A1:A2", "B1:D1", "E1:G1", "H1:J1")
    proposed = propose(site, path)
    assert checked(site, proposed) == ()
    facts = read(site, "fresh")
    assert [name for name in facts.columns if " " in name] == ["1月 合计", "2月 合计", "3月 合计"]
    february = facts.filter(month=date(2025, 2, 1), kind=below[1])
    assert february["value"].to_list() == [5, 2]
    assert facts.height == 11  # one of 12 cells is empty


def test_months_below_merged_words(site: Path) -> None:
    months = ["2025-01", "2025-02", "2025-03"]
    rows: Rows = [["Ward", "Beds", None, None, "Staff", None, None], [None, *months * 2],
                  ["A", 1, 2, 3, 4, 5, 6], ["B", 7, 8, 9, 1, 1, 1]]  # fmt: skip
    path = book(site, "x.xlsx", rows, "A1:A2", "B1:D1", "E1:G1")
    assert checked(site, propose(site, path)) == ()
    facts = read(site, "fresh")
    assert facts.filter(month=date(2025, 3, 1), kind="Beds")["value"].to_list() == [3, 9]


def read(site: Path, name: str) -> pl.DataFrame:
    """Return the facts of a dataset as they are read."""
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    return pl.read_parquet(read_tables(catalog, site / "build/cache")[0][name].parquet)


def test_error_values_that_stand_for_nothing(site: Path) -> None:
    rows: Rows = [["day", "rate"], [date(2025, 3, 1), 0.5], [date(2025, 3, 2), "#DIV/0!"]]
    proposed = propose(site, book(site, "x.xlsx", rows))
    assert 'missingValues: ["", "#DIV/0!"]' in proposed.file.data.decode()
    assert checked(site, proposed) == ()
    assert read(site, "fresh")["rate"].null_count() == 1
    book(site, "x.xlsx", [*rows, [date(2025, 3, 3), "#REF!"]])
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    (wrong,) = read_tables(catalog, site / "build/cache")[1]
    assert (wrong.code, wrong.where.line) == ("error-value", 4)


LIST = """\
Belegjournal            Seite 1

-----------------------------------------
|Belegnr|Kunde    |Buch.dat. | Betrag HW|
-----------------------------------------
|4711   |Müller   |05.01.2025|  1.234,56|
|4712   |Bär      |17.01.2025|   250,00-|
-----------------------------------------
"""


def test_lists_with_lines_across_the_page(site: Path) -> None:
    path = put(site, "x.txt", LIST.encode("cp1252"))
    assert checked(site, propose(site, path)) == ()
    assert read(site, "fresh")["Betrag HW"].to_list() == [Decimal("1234.56"), Decimal("-250.00")]
    page = LIST.replace("Seite 1", "Seite 2").split("|4711")[0]
    put(
        site,
        "x.txt",
        (LIST + page + "|4713   |Otto     |01.02.2025|      5,00|\n").encode("cp1252"),
    )
    told = propose(site, path, "again").found.faults
    assert [(p.code, p.where.line) for p in told] == [("too-few-cells", 9), ("joined-files", 12)]


def test_lines_that_end_with_a_delimiter(site: Path) -> None:
    data = b"day,gate,trucks,\n2025-03-01,N,10,\n2025-03-05,S,20,\n"
    assert checked(site, propose(site, put(site, "x.csv", data))) == ()


def test_percentages_of_a_sheet_as_numbers_and_as_texts(site: Path) -> None:
    rows: Rows = [["day", "rate"], [date(2025, 3, 1), 0.955], [date(2025, 3, 2), "90%"]]
    proposed = propose(site, book(site, "x.xlsx", rows))
    rate = proposed.found.columns[1]
    assert (rate.type, rate.decimals, rate.notation) == ("number", 3, Notation(percent=True))
    assert checked(site, proposed) == ()


@pytest.mark.parametrize(
    ("cells", "notation"),
    [
        (["Rp1.234.567", "Rp500.000"], Notation(decimal=",", group=".", bare=False)),
        (["１，０００", "２５０"], Notation(group=",", full_width=True)),
        (["₹12.5 Cr", "₹3 Cr"], Notation(multiplier=Decimal(10_000_000), bare=False)),
        (["1.5 lakh", "3 lakh"], Notation(multiplier=Decimal(100_000))),
        (["500 Cr", "250 Cr"], None),  # credit?
        (["L1", "L2"], None),
    ],
)
def test_amounts_of_other_countries(cells: list[str], notation: Notation | None) -> None:
    assert seen(*cells).notation == notation


def test_a_code_with_a_letter_is_no_number() -> None:
    assert see(pl.Series("code", ["12M", "14M"]), typed=False).type == "string"


def test_words_for_nothing_among_numbers() -> None:
    column = seen("£10.50", "nil", "£20")
    assert (column.type, column.absent) == ("number", ("nil",))
    assert seen("A", "nil", "B").absent == ()


def test_a_row_of_units_below_names_below_groups(site: Path) -> None:
    data = ",,Output,,Energy\nDate,Line,Good,Scrap,Gas\n,,t,t,m3\n"
    data += "2025-03-01,L1,10.5,0.1,100\n2025-03-02,L1,20,0.2,110\n"
    proposed = propose(site, put(site, "x.csv", data.encode()))
    assert proposed.found.layout.columns == ("Date", "Line", "Good t", "Scrap t", "Gas m3")
    assert checked(site, proposed) == ()


def test_a_key_has_the_year_beside_the_week(site: Path) -> None:
    lines = "".join(f"2025,第{week}周,{shop},5\n" for week in (9, 10) for shop in "AB")
    proposed = propose(site, put(site, "x.csv", f"年份,周次,门店,数量\n{lines}".encode()))
    assert proposed.found.key is not None
    assert proposed.found.key.columns == ("年份", "周次", "门店")
    assert checked(site, proposed) == ()
    days = read(site, "fresh")["period_start"].unique().sort().to_list()
    assert [day.date() for day in days] == [date(2025, 2, 24), date(2025, 3, 3)]


def test_births_and_running_numbers_come_last(site: Path) -> None:
    head = "序号,工号,出生日期,入职日期\n"
    data = head + "".join(f"{i},A{i:03d},19{60 + i}-01-01,2020-01-{i:02d}\n" for i in range(1, 31))
    found = surveyed(site, "x.csv", data.encode())
    assert found.time is not None
    assert found.key is not None
    assert (found.time.columns, found.key.columns) == (("入职日期",), ("工号",))


def test_parts_of_a_day_are_parts_of_a_key(site: Path) -> None:
    data = "Jahr,Quartal,Region,Umsatz\n" + "".join(
        f"{year},{q},{region},{Decimal(year * q) / 100}\n"
        for year in (2023, 2024)
        for q in (1, 2, 3, 4)
        for region in ("Nord", "Süd")
    )
    found = surveyed(site, "x.csv", data.encode())
    assert found.key is not None
    assert found.key.columns == ("Jahr", "Quartal", "Region")


def test_points_between_thousands_and_days_before_months(site: Path) -> None:
    """A file with semicolons, or decimal commas elsewhere, comes from where both are so."""
    head = "Datum;Stück;Preis\n"
    data = head + "01/02/2026;1.234;2,5\n05/03/2026;987;3,5\n12/03/2026;1.234.567;4,5\n"
    proposed = propose(site, put(site, "x.csv", data.encode()))
    day, pieces, _ = proposed.found.columns
    assert (day.format, pieces.type) == ("%d/%m/%Y", "integer")
    assert "may be %m/%d/%Y as well" in notes(day)
    assert checked(site, proposed) == ()
    assert 'name: Stück, type: integer, groupChar: "."}' in proposed.file.data.decode()
    few = surveyed(site, "y.csv", b"t;n\n2026-01-01;1.234\n2026-01-02;0.987\n2026-01-03;12.5\n")
    assert few.columns[1].notation is None
    assert surveyed(site, "z.csv", b"t,n\n2026-01-01,1.234\n").columns[1].notation is None


def test_names_over_two_lines(site: Path) -> None:
    """Alt+Enter in a head is there for width: the name has a blank."""
    rows: list[list[Any]] = [
        ["Posting\ndate", "Amount\r\n(EUR)"],
        [date(2026, 1, 2), 1.5],
        [date(2026, 1, 3), 2.5],
    ]
    proposed = propose(site, book(site, "x.xlsx", rows))
    assert [c.name for c in proposed.found.columns] == ["Posting date", "Amount (EUR)"]
    assert checked(site, proposed) == ()
    above = propose(site, book(site, "y.xlsx", [["Title"], [], *rows]), "above")
    assert [c.name for c in above.found.columns] == ["Posting date", "Amount (EUR)"]
    data = b'"Posting\ndate","Amount\n(EUR)"\n2026-01-02,1.5\n'
    csv = propose(site, put(site, "z.csv", data), "text")
    for made in (above, csv):
        assert checked(site, made) == ()


def test_sheets_of_months_are_one_dataset(site: Path) -> None:
    workbook = openpyxl.Workbook()
    for month, title in enumerate(("Januar", "Februar", "März"), start=1):
        sheet = workbook.create_sheet(title)
        sheet.append(["Datum", "Betrag"])
        sheet.append([date(2026, month, 2), month])
    workbook.create_sheet("Plan").append(["Datum", "Betrag"])
    workbook.save(site / "data/x.xlsx")
    proposed = propose(site, site / "data/x.xlsx")
    assert proposed.found.rows == 3
    assert '"data/x.xlsx#März"' in proposed.file.data.decode()
    assert "Plan" not in proposed.file.data.decode()
    assert checked(site, proposed) == ()


@pytest.mark.parametrize(
    ("called", "whole"),
    [("{} Total", "Grand Total"), ("Total {}", "Total général"), ("{} Ergebnis", "Gesamtergebnis"),
     ("{} 汇总", "总计"), ("{}小计", "合计")],
)  # fmt: skip
def test_totals_of_members(site: Path, called: str, whole: str) -> None:
    """As Excel's subtotals write them: each adds up the rows of its member, and is checked so."""
    rows: list[list[Any]] = [["Region", "Datum", "Betrag"]]
    for region, amounts in (("Nord", (1, 2)), ("Süd", (3, 4))):
        rows += [[region, date(2026, 1, day), n] for day, n in enumerate(amounts, start=1)]
        rows += [[called.format(region), None, sum(amounts)]]
    proposed = propose(site, book(site, "x.xlsx", [*rows, [whole, None, 10]]))
    assert checked(site, proposed) == ()
    rows[3][2] = 4
    book(site, "x.xlsx", [*rows, [whole, None, 10]])
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    _, (wrong,) = read_tables(catalog, site / "build/cache")
    assert (wrong.code, wrong.where.line) == ("total-differs", 4)
    assert "is 4, but the rows" in wrong.message.en
    assert "add up to 3" in wrong.message.en


def test_words_that_hold_for_the_rows_below_are_told() -> None:
    assert "means the one above" in notes(seen("Nord", None, None, "Süd", None, None))
    assert "means the one above" in notes(seen("2026-01-01", None, None, "2026-02-01", None, None))
    for cells in (
        ["Nord", None, "Nord", None],
        [None, "a", None, "b"],
        ["a", "b", None],
        ["1", None],
    ):
        assert "means the one above" not in notes(seen(*cells))


def test_a_row_of_units_belongs_to_the_head(site: Path) -> None:
    data = b"Monat;Werk;Umsatz;Menge\n;;[TEUR];Stk.\n2026-01-01;A;1,5;2\n2026-02-01;A;2,5;3\n"
    proposed = propose(site, put(site, "x.csv", data))
    assert [c.name for c in proposed.found.columns][2:] == ["Umsatz [TEUR]", "Menge Stk."]
    assert [c.type for c in proposed.found.columns] == ["date", "string", "number", "integer"]
    assert checked(site, proposed) == ()
    words = surveyed(site, "y.csv", b"a,b\nx,t\ny,z\n")
    assert words.rows == 2
