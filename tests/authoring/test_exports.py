"""Files as banks, programs and branches export them: what is proposed reads them whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from kpi_site.authoring.survey.encoding import Decoded, decode
from kpi_site.authoring.survey.new_dataset import Proposed
from kpi_site.content import read_catalog
from kpi_site.tables.read import read_tables
from tests.authoring.conftest import TODAY
from tests.authoring.test_odd_layouts import book
from tests.authoring.test_survey import checked, propose, put


def frame_of(site: Path, proposed: Proposed) -> pl.DataFrame:
    """Return the rows that the proposal reads, without a problem."""
    assert checked(site, proposed) == ()
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    tables, _ = read_tables(catalog, site / "build/cache")
    return pl.read_parquet(tables["fresh"].parquet)


def read(site: Path, data: bytes, name: str = "x.csv") -> pl.DataFrame:
    return frame_of(site, propose(site, put(site, name, data)))


def test_a_bank_statement(site: Path) -> None:
    """Pairs of names and values above the head; commas within amounts, semicolons between."""
    rows = [f"{day:02d}.01.2026;Rechnung;1.23{day % 10},50;EUR" for day in range(1, 31)]
    head = ["Inhaber;Muster GmbH", "IBAN;DE00 1234", "", "Tag;Zweck;Betrag;Währung"]
    frame = read(site, "\r\n".join([*head, *rows, ""]).encode("cp1252"))
    assert frame["Tag"].to_list() == [date(2026, 1, day) for day in range(1, 31)]
    assert frame["Betrag"].sum() == sum(1230 + day % 10 for day in range(1, 31)) + 15
    assert frame.columns[:4] == ["Tag", "Zweck", "Betrag", "Währung"]


def test_an_index_without_a_name_and_equal_names(site: Path) -> None:
    data = b",day,amount,amount\n0,2026-01-02,1,5\n1,2026-01-03,2,6\n"
    frame = read(site, data)
    assert frame.rows() == [(0, date(2026, 1, 2), 1, 5), (1, date(2026, 1, 3), 2, 6)]
    assert frame.columns == ["field1", "day", "amount", "amount2"]


def test_years_above_months_saved_as_csv(site: Path) -> None:
    data = b"Region,2025,,,2026,,\n,Jan,Feb,Mar,Jan,Feb,Mar\nN,1,2,3,4,5,6\nS,7,8,9,10,11,12\n"
    frame = read(site, data)
    expected = {date(y, m, 1): 0 for y in (2025, 2026) for m in (1, 2, 3)}
    for numbers in ((1, 2, 3, 4, 5, 6), (7, 8, 9, 10, 11, 12)):
        for day, number in zip(expected, numbers, strict=True):
            expected[day] += number
    assert dict(frame.group_by("month").agg(pl.col("value").sum()).rows()) == expected


def test_single_quotes(site: Path) -> None:
    data = b"day,shop,n\n2026-01-02,'A, north',1\n2026-01-03,'O''Hara',2\n"
    assert read(site, data)["shop"].to_list() == ["A, north", "O'Hara"]


def test_apostrophes_are_no_quotes(site: Path) -> None:
    data = b"day,shop,n\n2026-01-02,'t Hof,1\n2026-01-03,O'Hara,2\n"
    assert read(site, data)["shop"].to_list() == ["'t Hof", "O'Hara"]


EIGHT = datetime(2026, 1, 2, 8)  # noqa: DTZ001 - files have local times


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        (("1767312000", "1767312001"), "unix"),
        (("1767312000000", "1767312000001"), "unix_ms"),
        (("2026-01-02 00:00:00 UTC", "2026-01-02 00:00:01 UTC"), "%Y-%m-%d %H:%M:%S %Z"),
        (("Fri, 02 Jan 2026 00:00:00 GMT",) * 2, "%a, %d %b %Y %H:%M:%S %Z"),
        (("Fri, 02 Jan 2026 01:00:00 +0100",) * 2, "%a, %d %b %Y %H:%M:%S %z"),
        (("02/Jan/2026:02:00:00 +0200",) * 2, "%d/%b/%Y:%H:%M:%S %z"),
    ],
)
def test_moments_of_programs(site: Path, cells: tuple[str, str], read_as: str) -> None:
    """All of them are midnight in Greenwich, which is eight in Shanghai."""
    proposed = propose(site, put(site, "x.csv", f'at,n\n"{cells[0]}",1\n"{cells[1]}",2\n'.encode()))
    (at, _) = proposed.found.columns
    assert (at.type, at.format) == ("datetime", read_as)
    assert frame_of(site, proposed)["at"][0] == EIGHT


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        (("2026.01.02.", "2026.01.03."), "%Y.%m.%d."),
        (("2026. 1. 2", "2026. 1. 3"), "%Y. %m. %d"),
        (("２０２６／０１／０２", "２０２６／０１／０３"), "%Y/%m/%d"),
    ],
)
def test_days_of_other_places(site: Path, cells: tuple[str, str], read_as: str) -> None:
    proposed = propose(site, put(site, "x.csv", f"日期,n\n{cells[0]},1\n{cells[1]},2\n".encode()))
    assert proposed.found.columns[0].format == read_as
    days = [date(2026, 1, 2), date(2026, 1, 3)]
    assert frame_of(site, proposed)["日期"].to_list() == days


def test_days_whose_year_stands_in_the_title(site: Path) -> None:
    rows: list[list[Any]] = [["2024年收入明细表"], ["日期", "项目", "收入"]]
    rows += [["1月5日", "甲", 1], ["12月31日", "乙", 2], ["2月29日", "甲", 3]]
    frame = frame_of(site, propose(site, book(site, "x.xlsx", rows)))
    days = [date(2024, 1, 5), date(2024, 12, 31), date(2024, 2, 29)]
    assert frame["period_start"].to_list() == days


def branches(site: Path, sheets: Mapping[str, list[list[Any]]]) -> Proposed:
    workbook = openpyxl.Workbook()
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in [["Datum", "Betrag"], *rows]:
            sheet.append(row)
    workbook.save(site / "data/x.xlsx")
    return propose(site, site / "data/x.xlsx")


def test_a_sheet_for_each_branch(site: Path) -> None:
    """The summary is none of them, nor is a copy."""
    north, south = [[date(2026, 1, 2), 1]], [[date(2026, 1, 2), 2], [date(2026, 1, 3), 3]]
    sheets = {"Nord": north, "Süd": south, "Gesamt": [[date(2026, 1, 2), 3]], "Süd (2)": south}
    proposed = branches(site, sheets)
    frame = frame_of(site, proposed)
    assert frame.select("sheet", "Betrag").rows() == [("Nord", 1), ("Süd", 2), ("Süd", 3)]
    assert "file_to: sheet" in proposed.file.data.decode()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Dátum;Részleg\n1;Győr\n2;Fűzfő\n", "cp1250"),
        ("Date;Mois\n1;Février\n2;Août\n3;Décembre\n", "cp1252"),
        ("Data;Reuniões\n1;Sá\n2;Pé\n", "cp1252"),
    ],
)
def test_letters_of_hungarian(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert isinstance(found, Decoded)
    assert (found.encoding, found.text) == (encoding, text)


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        (("2026/1/2 上午 8:00:00", "2026/1/2 下午 1:05:09"), "%Y/%m/%d %p %I:%M:%S"),
        (("2026-01-02 오전 8:00", "2026-01-02 오후 1:05"), "%Y-%m-%d %p %I:%M"),
        (("02/Jan/26 8:00 AM", "02/Jan/26 1:05 PM"), "%d/%b/%y %I:%M %p"),
    ],
)
def test_halves_of_days(site: Path, cells: tuple[str, str], read_as: str) -> None:
    proposed = propose(site, put(site, "x.csv", f"at,n\n{cells[0]},1\n{cells[1]},2\n".encode()))
    assert proposed.found.columns[0].format == read_as
    found = frame_of(site, proposed)["at"]
    assert (found[0], found[1].hour, found[1].minute) == (EIGHT, 13, 5)


@pytest.mark.parametrize(
    "cells",
    [("2026年1月2日 星期五", "2026年1月4日 星期日"), ("2026/1/2 周五", "2026/1/4 周日")],
)
def test_days_with_their_name(site: Path, cells: tuple[str, str]) -> None:
    proposed = propose(site, put(site, "x.csv", f"日期,n\n{cells[0]},1\n{cells[1]},2\n".encode()))
    days = [date(2026, 1, 2), date(2026, 1, 4)]
    assert frame_of(site, proposed)["日期"].to_list() == days


@pytest.mark.parametrize("cells", [("2026-M01", "2026-M02"), ("2026M01", "2026M02")])
def test_months_of_statistics_offices(site: Path, cells: tuple[str, str]) -> None:
    frame = read(site, f"TIME_PERIOD,n\n{cells[0]},1\n{cells[1]},2\n".encode())
    assert frame["TIME_PERIOD"].to_list() == [date(2026, 1, 1), date(2026, 2, 1)]


def test_days_and_words_without_a_year(site: Path) -> None:
    rows: list[list[Any]] = [["Petty cash 2026"], ["Day", "Item", "Amount"]]
    rows += [["5 Jan", "x", 1], ["31 Dec", "y", 2]]
    frame = frame_of(site, propose(site, book(site, "x.xlsx", rows)))
    assert frame["period_start"].to_list() == [date(2026, 1, 5), date(2026, 12, 31)]


def test_notes_that_count(site: Path) -> None:
    """The number of rows is another one in the next file."""
    lines = ["no,day,shop,by,n", *(f"{i},2026-01-{i:02d},A,x,{i}" for i in range(1, 10))]
    lines += ["-------------------------", "共9笔记录", "已收入:9笔,45.00元"]
    data = "\n".join([*lines, ""]).encode("gbk")
    proposed = propose(site, put(site, "x.csv", data))
    assert frame_of(site, proposed)["n"].to_list() == [*range(1, 10)]
    assert "'^共[0-9]+笔'" in proposed.file.data.decode()


def test_a_measure_that_is_called_total(site: Path) -> None:
    """As the World Bank has it: each row is of Population, total."""
    data = b'country,series,year,n\nA,"Population, total",2024,1\nB,"Population, total",2024,2\n'
    assert "totals" not in propose(site, put(site, "x.csv", data)).file.data.decode()
    frame = read(site, data)
    assert frame["n"].sum() == 3


@pytest.mark.parametrize(
    ("title", "told"),
    [("单位：万元", True), ("in Mio. EUR", True), ("USD in thousands", True), ("单位：元", False),
     ("Stores 2026", False)],
)  # fmt: skip
def test_titles_that_tell_a_size(site: Path, title: str, told: bool) -> None:
    rows: list[list[Any]] = [[title], ["月份", "金额"], ["2026年1月", 1.5], ["2026年2月", 2.5]]
    proposed = propose(site, book(site, "x.xlsx", rows))
    assert ("may need a `multiplier`" in proposed.file.data.decode()) == told
    assert checked(site, proposed) == ()
