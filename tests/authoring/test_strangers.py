"""Files of shops, bookkeepers and offices that were not made for us: what is proposed is right."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.authoring.test_exports import frame_of, read
from tests.authoring.test_odd_layouts import book
from tests.authoring.test_survey import checked, propose, put


def test_orders_that_are_called_by_a_hash(site: Path) -> None:
    """They are rows; only a line that holds less than rows do is a remark."""
    rows = [f"#{1000 + i},2026-01-{i:02d},A,{i}" for i in range(1, 10)]
    assert read(site, "\n".join(["Name,Day,Shop,n", *rows, ""]).encode())["n"].sum() == 45


def test_titles_that_begin_with_a_hash_among_others(site: Path) -> None:
    rows = [f"{'# Fix' if i % 4 else 'Bug'},2026-01-{i:02d},A,{i}" for i in range(1, 10)]
    assert read(site, "\n".join(["Title,Day,Shop,n", *rows, ""]).encode())["n"].sum() == 45


def test_a_remark_with_a_comma(site: Path) -> None:
    rows = [f"A,2026-01-{i:02d},x,{i}" for i in range(1, 10)]
    rows.insert(4, "# checked, see the mail")
    assert read(site, "\n".join(["Shop,Day,Kind,n", *rows, ""]).encode())["n"].sum() == 45


def test_quoted_cells_that_hold_nothing(site: Path) -> None:
    rows = [f'"2026-01-{i:02d}","","{i}"' for i in range(1, 28)]
    frame = read(site, "\n".join(['"Day","Note","n"', *rows, ""]).encode())
    assert (frame["n"].sum(), frame["Note"].null_count()) == (378, 27)


@pytest.mark.parametrize(
    "word",
    ["Итого", "Razem", "Genel Toplam", "Summa", "합계", "Tổng cộng", "المجموع", "Total for Shops"],
)
def test_totals_in_other_languages(site: Path, word: str) -> None:
    rows = [f"{i:02d}.01.2026;A{i};{i}" for i in range(1, 10)]
    data = "\n".join(["Day;Shop;n", *rows, f"{word};;45", ""]).encode()
    assert read(site, data)["n"].sum() == 45


def test_another_table_below_the_rows(site: Path) -> None:
    """Its sums of members would count twice."""
    rows: list[list[Any]] = [["日期", "部门", "金额"]]
    rows += [[date(2026, 1, i), "甲" if i % 2 else "乙", i] for i in range(1, 10)]
    rows += [[], ["部门", "笔数", "金额"], ["甲", 5, 25], ["乙", 4, 20]]
    frame = frame_of(site, propose(site, book(site, "x.xlsx", rows)))
    assert frame["金额"].to_list() == [*range(1, 10)]


def test_rows_without_digits_are_no_other_table(site: Path) -> None:
    rows = [f"2026-01-{i:02d},N{i},{i}" for i in range(1, 9)]
    data = "\n".join(["Day,No,n", *rows, "open,none,", "2026-01-09,N9,9", ""]).encode()
    assert "until" not in propose(site, put(site, "x.csv", data)).file.data.decode()


def test_signatures_below_the_rows(site: Path) -> None:
    rows: list[list[Any]] = [["日期", "班组", "工时", "备注"]]
    rows += [[date(2026, 1, i), "甲", i, None] for i in range(1, 10)]
    rows += [["制表人：张三", None, "审核人：李四", "日期：2026.2.1"]]
    assert frame_of(site, propose(site, book(site, "x.xlsx", rows)))["工时"].sum() == 45


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ('"EXTF";700;21;"Buchungsstapel";13;20260501', 2),
        ("Sales list;;;Page 1 of 3", 2),
        ("Sales list;;;;;", 2),
    ],
)
def test_what_a_program_says_above_the_names(site: Path, above: str, line: int) -> None:
    rows = [f"{i},50;S;EUR;A{i};2026-01-{i:02d};x" for i in range(1, 10)]
    data = "\n".join([above, "Umsatz;Kz;WKZ;Konto;Datum;Text", *rows, ""]).encode()
    proposed = propose(site, put(site, "x.csv", data))
    assert proposed.found.layout.rows.header_rows == (line,)
    assert float(frame_of(site, proposed)["Umsatz"].sum()) == 45 + 9 * 0.5


def test_units_below_merged_names(site: Path) -> None:
    rows: list[list[Any]] = [["2026年日报"], ["日期", "车间", "产量", "电耗"]]
    rows += [
        [None, None, "(吨)", "(kWh)"],
        *([date(2026, 1, i), "甲", i, 1.5] for i in range(1, 9)),
    ]
    proposed = propose(site, book(site, "x.xlsx", rows, "A1:D1", "A2:A3", "B2:B3"))
    assert proposed.found.layout.columns == ("日期", "车间", "产量 (吨)", "电耗 (kWh)")
    assert checked(site, proposed) == ()


def test_a_heading_below_the_names_is_no_part_of_them(site: Path) -> None:
    rows = [f",2026-01-{i:02d},A,{i}" for i in range(1, 10)]
    data = "\n".join([",Day,Shop,n", "Sales,,,", *rows, ""]).encode()
    assert propose(site, put(site, "x.csv", data)).found.layout.columns[1:] == ("Day", "Shop", "n")
