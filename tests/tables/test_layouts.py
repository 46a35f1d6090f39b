"""Files as finance people make them: title rows, two-row heads, notes, merged cells, months across.

Each file is made here, its dataset is written as YAML, and its rows are told by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from kpi_site.content.reading import read_catalog
from kpi_site.problems import Problem
from kpi_site.tables.read import read_tables

D = Decimal
Rows = list[tuple[Any, ...]]
FIELDS = """\
  fields:
    - {name: 部门, type: string}
    - {name: 月份, type: date, format: "%Y年%m月"}
    - {name: 金额, type: number, decimals: 2, groupChar: ","}
"""


class Site:
    """A root with one dataset, ``x``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def declare(self, path: str, keys: str, fields: str = FIELDS) -> None:
        folder = self.root / "content/datasets"
        folder.mkdir(parents=True, exist_ok=True)
        (self.root / "content/site.yml").write_text(
            "organisation: {zh: 某公司, en: X}\n", encoding="utf-8"
        )
        text = f"id: x\npath: {path}\n{keys}schema:\n{fields}"
        (folder / "x.yml").write_text(text, encoding="utf-8")

    def csv(self, text: str, name: str = "data/x.csv", encoding: str = "utf-8") -> None:
        (self.root / "data").mkdir(exist_ok=True)
        (self.root / name).write_bytes(text.encode(encoding))

    def sheet(
        self, rows: Sequence[Sequence[Any]], change: Callable[[Any], object] | None = None
    ) -> None:
        (self.root / "data").mkdir(exist_ok=True)
        book = openpyxl.Workbook()
        assert isinstance(book.active, Worksheet)
        for row in rows:
            book.active.append(list(row))
        if change is not None:
            change(book)
        book.save(self.root / "data/x.xlsx")

    def read(self) -> tuple[Rows, tuple[Problem, ...]]:
        catalog, problems = read_catalog(self.root, today=date(2026, 11, 1))
        if catalog is None or any(p.severity == "error" for p in problems):
            return [], problems
        tables, more = read_tables(catalog, self.root / "cache")
        rows = pl.read_parquet(tables["x"].parquet).rows() if "x" in tables else []
        return rows, (*problems, *more)

    def rows(self) -> Rows:
        rows, problems = self.read()
        assert not problems, [p.text() for p in problems]
        return rows

    def faults(self) -> list[str]:
        return [f"{p.where}: {p.code}" for p in self.read()[1]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
TITLED = """\
销售月报,,
编制：财务部,,2026-03-05
部门,月份,金额
# 单位：元,,
华东,2026年1月,"1,234.50"
,,
华南,2026年2月,99
合计,,"1,333.50"
注：未经审计,,
"""
KEYS = """\
dialect: {headerRows: [3], commentChar: "#", skipBlankRows: true}
rows: {until: {column: 部门, matches: "^(合计|总计)$"}}
"""


def test_titles_comments_blank_rows_and_notes(site: Site) -> None:
    site.declare("data/x.csv", KEYS)
    site.csv(TITLED)
    assert site.rows() == [("华东", JAN, D("1234.50")), ("华南", FEB, D(99))]


def test_places_are_the_files_own(site: Site) -> None:
    site.declare("data/x.csv", KEYS)
    site.csv(TITLED.replace("99", "9x9").replace("2026年1月", "2026年13月"))
    assert site.faults() == ["data/x.csv:5:4: bad-value", "data/x.csv:7:12: bad-value"]


def test_gb18030_and_semicolons(site: Site) -> None:
    keys = KEYS.replace("{header", '{delimiter: ";", header') + "encoding: gb18030\n"
    site.declare("data/x.csv", keys)
    site.csv(TITLED.replace("1,", "1\0").replace(",", ";").replace("\0", ","), encoding="gb18030")
    assert site.rows() == [("华东", JAN, D("1234.50")), ("华南", FEB, D(99))]


def test_an_end_that_does_not_come_is_told(site: Site) -> None:
    site.declare("data/x.csv", KEYS)
    site.csv(TITLED[: TITLED.index("合计")])
    rows, problems = site.read()
    assert len(rows) == 2
    assert [(p.code, p.severity, p.where.line) for p in problems] == [
        ("no-end-of-rows", "warning", 7)
    ]


def test_blank_rows_are_an_error_unless_told(site: Site) -> None:
    site.declare("data/x.csv", KEYS.replace(", skipBlankRows: true", ""))
    site.csv(TITLED)
    assert site.faults() == ["data/x.csv:6:1: blank-line"]


def test_notes_below_are_told_with_their_remedy(site: Site) -> None:
    site.declare("data/x.csv", "dialect: {trim: true}\n")
    site.csv("部门,月份,金额\n华东,2026年1月,1\n注,,,见附件\n")
    (found,) = site.read()[1]
    assert (str(found.where), found.code) == ("data/x.csv:3:5", "too-many-cells")
    assert found.hint is not None
    assert "until" in found.hint.en


def test_blanks_around_cells(site: Site) -> None:
    site.declare("data/x.csv", "dialect: {trim: true}\n")
    site.csv("部门 ,月份,　金额\n 华东　, 2026年1月, 5 \n")
    assert site.rows() == [("华东", JAN, D(5))]


def test_a_head_of_two_rows(site: Site) -> None:
    fields = (
        "  fields:\n    - {name: 部门, type: string}\n"
        "    - {name: 收入/预算, type: integer}\n    - {name: 收入/实际, type: integer}\n"
    )
    site.declare("data/x.csv", 'dialect: {headerRows: [2, 3], headerJoin: "/"}\n', fields)
    site.csv("表一,,\n,收入,收入\n部门,预算,实际\n华东,1,2\n")
    assert site.rows() == [("华东", 1, 2)]


def test_merged_heads_and_cells_of_a_sheet(site: Site) -> None:
    """部门 is merged over three rows, 收入 over two columns, as a report prints them."""
    fields = (
        "  fields:\n    - {name: 部门, type: string}\n    - {name: 组, type: string}\n"
        "    - {name: 收入 预算, type: integer}\n    - {name: 收入 实际, type: integer}\n"
    )
    merged = ["A1:D1", "A2:A3", "B2:B3", "C2:D2", "A4:A6"]
    rows: list[list[Any]] = [
        ["利润表"], ["部门", "组", "收入"], [None, None, "预算", "实际"],
        ["华东", "一", 1, 2], [None, "二", 3, 4], [None, "三", 5, 6], ["华南", "一", 7, 8],
    ]  # fmt: skip
    site.declare("data/x.xlsx", "dialect: {headerRows: [2, 3], fillMerged: true}\n", fields)
    site.sheet(rows, lambda book: [book.active.merge_cells(area) for area in merged])
    assert site.rows() == [
        ("华东", "一", 1, 2), ("华东", "二", 3, 4), ("华东", "三", 5, 6), ("华南", "一", 7, 8)
    ]  # fmt: skip
    site.declare("data/x.xlsx", "dialect: {headerRows: [2, 3]}\n", fields)
    assert [line.rpartition(" ")[2] for line in site.faults()] == [
        "missing-column", "undeclared-column"
    ]  # fmt: skip


def _covered(book: Any) -> None:
    """Put a cover before the sheet, which itself begins at B4."""
    table = book.active
    table.title = "2026年"
    table.insert_rows(1, 3)
    table.insert_cols(1)
    table["A1"], table["B2"], table["F6"] = "封面", "单位：元", "批注"
    book.create_sheet("封面", 0)["A1"] = "华辰集团"


def test_a_range_of_a_named_sheet(site: Site) -> None:
    rows: list[list[Any]] = [
        ["部门", "月份", "金额"],
        ["华东", "2026年1月", 5],
        ["华南", date(2026, 2, 1), "1,000"],
    ]
    keys = 'dialect: {sheetName: 2026年, range: "B4:D6"}\n'
    site.declare("data/x.xlsx", keys)
    site.sheet(rows, _covered)
    assert site.rows() == [("华东", JAN, D(5)), ("华南", FEB, D(1000))]
    rows[2][2] = "千元"
    site.sheet(rows, _covered)
    (found,) = site.read()[1]
    assert str(found.where) == "data/x.xlsx:6:4"
    assert found.message.en.startswith("2026年!D6 column '金额'")


def test_several_sheets_as_paths(site: Site) -> None:
    def two(book: Any) -> None:
        book.active.title = "1月"
        more = book.create_sheet("2月")
        more.append(["部门", "月份", "金额"])
        more.append(["华南", "2026年2月", 7])

    site.declare("[data/x.xlsx#1月, data/x.xlsx#2月]", "")
    site.sheet([["部门", "月份", "金额"], ["华东", "2026年1月", 5]], two)
    assert site.rows() == [("华东", JAN, D(5)), ("华南", FEB, D(7))]
    site.declare("[data/x.xlsx#1月, data/x.xlsx#3月]", "")
    assert site.faults() == ["content/datasets/x.yml:2:24: no-such-sheet"]
    site.declare("[data/x.xlsx#1月, data/x.xlsx#1月]", "")
    assert site.faults() == ["content/datasets/x.yml:2:24: listed-twice"]


ACROSS = "部门,1月,2月,3月\n华东,1,2,\n华南,3,-,5\n"
UNPIVOT = (
    'unpivot: {matches: "^[0-9]+月$", names_to: 月份, values_to: 金额, names_format: "2026年{}"}\n'
)
LONG = [("华东", JAN, D(1)), ("华东", FEB, D(2)), ("华南", JAN, D(3)), ("华南", MAR, D(5))]
DASH = FIELDS + '  missingValues: ["", "-"]\n'


def test_months_across(site: Site) -> None:
    site.declare("data/x.csv", UNPIVOT, DASH)
    site.csv(ACROSS)
    assert site.rows() == LONG
    listed = UNPIVOT.replace('matches: "^[0-9]+月$"', "columns: [1月, 2月, 3月]")
    site.declare("data/x.csv", listed, DASH)
    assert site.rows() == LONG


def test_months_across_a_sheet(site: Site) -> None:
    site.declare("data/x.xlsx", UNPIVOT, DASH)
    site.sheet([["部门", "1月", "2月", "3月"], ["华东", 1, 2, None], ["华南", 3, "-", 5]])
    assert site.rows() == LONG


def test_days_as_names_of_columns(site: Site) -> None:
    """Heads such as 1月 are often days that the sheet shows so."""
    fields = DASH.replace(', format: "%Y年%m月"', "")
    keys = 'unpivot: {matches: "^2026-", names_to: 月份, values_to: 金额}\n'
    site.declare("data/x.xlsx", keys, fields)
    site.sheet([["部门", JAN, FEB, MAR], ["华东", 1, 2, None], ["华南", 3, "-", 5]])
    assert site.rows() == LONG


def test_places_of_what_lay_across(site: Site) -> None:
    site.declare("data/x.csv", UNPIVOT, DASH)
    site.csv(ACROSS.replace("5", "x").replace("3月", "13月"))
    assert site.faults() == ["data/x.csv:1:10: bad-value"]
    site.csv(ACROSS.replace("5", "x"))
    assert site.faults() == ["data/x.csv:3:8: bad-value"]


def test_required_values_may_not_be_empty(site: Site) -> None:
    fields = FIELDS.replace('groupChar: ","', 'groupChar: ",", constraints: {required: true}')
    site.declare("data/x.csv", UNPIVOT, fields)
    site.csv(ACROSS.replace("-", "4"))
    assert site.faults() == ["data/x.csv:2:8: missing-value"]


WRONG = [
    ("dialect: {headerRows: [2, 1]}\n", "bad-layout"),
    ("dialect: {range: B4}\n", "bad-layout"),
    ('dialect: {range: "B4:D6"}\n', "key-does-not-fit"),
    ("unpivot: {names_to: 月份, values_to: 金额}\n", "bad-layout"),
    ("unpivot: {columns: [1月], names_to: 月, values_to: 金额}\n", "unknown-column"),
    ("unpivot: {columns: [部门], names_to: 月份, values_to: 金额}\n", "duplicate-column"),
    ("unpivot: {columns: [1月], names_to: 月份, values_to: 金额, names_format: x}\n", "bad-layout"),
    ("unpivot: {columns: [1月], names_to: [月份, 部门], values_to: 金额}\n", "key-does-not-fit"),
    (
        'unpivot: {columns: [1月], names_to: 月份, values_to: 金额, names_format: ["{}", "{}"]}\n',
        "key-does-not-fit",
    ),
    ("rows: {until: {column: 部, matches: x}}\n", "unknown-column"),
    ('rows: {until: {column: 部门, matches: "("}}\n', "bad-pattern"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "code"), WRONG)
def test_layouts_that_make_no_sense(site: Site, keys: str, code: str) -> None:
    site.declare("data/x.csv", keys)
    site.csv("部门,月份,金额\n")
    assert [p.code for p in site.read()[1]] == [code]


def test_rows_are_cut_into_batches_alike(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpi_site.tables.laid_out._ROWS", 1)
    site.declare("data/x.csv", UNPIVOT, DASH)
    site.csv(ACROSS)
    assert site.rows() == LONG


def test_a_new_layout_reads_the_file_again(site: Site) -> None:
    site.declare("data/x.csv", UNPIVOT, DASH)
    site.csv(ACROSS)
    assert site.rows()[0][1] == JAN
    site.declare("data/x.csv", UNPIVOT.replace("2026", "2025"), DASH)
    assert site.rows()[0][1] == date(2025, 1, 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_titles_that_are_not_declared_are_seen(site: Site, kind: str) -> None:
    site.declare(f"data/x.{kind}", "")
    site.csv("销售月报,,\n,,\n部门,月份,金额\n华东,2026年1月,5\n")
    site.sheet([["销售月报"], [], ["部门", "月份", "金额"], ["华东", "2026年1月", 5]])
    (found,) = site.read()[1]
    assert (found.code, found.where.line) == ("no-header", 1)
    assert found.hint is not None
    assert "headerRows: [3]" in found.hint.en


@pytest.mark.parametrize(("since_1904", "number"), [(False, 45931), (True, 45931 - 1462)])
def test_serial_days_of_a_sheet(site: Site, since_1904: bool, number: int) -> None:
    """Excel counts 1 October 2025 as 45931, old Macs 1462 less; typed days stay what they are."""
    fields = "  fields:\n    - {name: 日期, type: date, format: serial}\n"

    def count(book: Any) -> None:
        if since_1904:
            book.epoch = CALENDAR_MAC_1904

    for keys in ("", "dialect: {trim: true}\n"):
        site.declare("data/x.xlsx", keys, fields)
        site.sheet([["日期"], [number], [date(2025, 10, 2)]], count)
        assert site.rows() == [(date(2025, 10, 1),), (date(2025, 10, 2),)]


def test_a_foreign_key_of_a_derived_column(site: Site) -> None:
    """The region is the first two digits of a code, padded: 1203 belongs to region 12."""
    fields = (
        "  foreignKeys:\n    - {fields: [region], reference: {resource: regions, fields: [id]}}\n"
        "  fields:\n    - {name: code, type: string}\n"
        "derived:\n  whole: LPAD(code, 4, '0')\n  region: LEFT(whole, 2)\n"
    )
    site.declare("data/x.csv", "", fields)
    (site.root / "content/datasets/regions.yml").write_text(
        "id: regions\npath: data/regions.csv\nschema:\n  primaryKey: [id]\n"
        "  fields:\n    - {name: id, type: string}\n"
    )
    site.csv("id\n09\n12\n", "data/regions.csv")
    site.csv("code\n1203\n907\n")
    assert site.rows() == [("1203", "1203", "12"), ("907", "0907", "09")]
    site.csv('code\n1203\n"555"\n')
    (found,) = site.read()[1]
    assert (str(found.where), found.code) == ("data/x.csv:3:1", "dangling-key")
    assert "'555'" in found.message.en
    site.declare("data/x.csv", "", fields.replace("LEFT(whole, 2)", "LENGTH(whole)"))
    assert [p.code for p in site.read()[1]] == ["foreign-key-type"]


def test_titles_alone_leave_the_fast_reader_its_places(site: Site) -> None:
    site.declare("data/x.csv", "dialect: {headerRows: [3]}\n")
    titles = '销售月报,"a\nb",\n'  # a title over two lines
    site.csv(titles + "部门,月份,金额\n华东,2026年1月,5\n华南,2026年2月,x\n")
    assert site.faults() == ["data/x.csv:5:12: bad-value"]
    site.csv(titles + "部门,月份,金额\n华东,2026年1月,5\n华南,2026年2月,6\n")
    assert site.rows() == [("华东", JAN, D(5)), ("华南", FEB, D(6))]
    site.csv("a\nb\nc,,\nd,,\n部门,月份,金额\n华东,2026年1月,5\n")
    (found,) = site.read()[1]
    assert (found.where.line, found.code) == (3, "no-header")
    site.csv("a\n")
    assert site.faults() == ["data/x.csv:3:1: no-header"]
