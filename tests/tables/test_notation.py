"""Numbers as people write them: declared, exact, never guessed. Values worked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kpi_site.catalog import Field, Notation
from kpi_site.problems import Location, Name

WHERE = Location("content/datasets/x.yml", 1, 1)
COMMA = Notation(group=",")
GERMAN = Notation(decimal=",", group=".")
FRENCH = Notation(decimal=",", group=" ")
MONEY = Notation(group=",", bare=False)
PERCENT = Notation(percent=True)
BRACKETS = Notation(group=",", negative="parentheses")
TRAILING = Notation(group=",", negative="trailing")
WAN = Notation(multiplier=Decimal(10_000))
MINUTES, SECONDS = Notation(clock="minutes"), Notation(clock="seconds")
WAN_MONEY = Notation(multiplier=Decimal(10_000), bare=False)


def field(kind: str, notation: Notation | None, **more: Any) -> Field:
    return Field(Name("值", WHERE), kind, notation=notation, **more)  # type: ignore[arg-type]


def column(*cells: str) -> str:
    return "值\n" + "".join('"' + cell.replace('"', '""') + '"\n' for cell in cells)


GOOD = [
    (COMMA, "1,234.50", "1234.50"),
    (COMMA, "-1,234,567", "-1234567"),
    (COMMA, "12,34,567.5", "1234567.5"),
    (COMMA, "999", "999"),
    (COMMA, "１，２３４．５", "1234.5"),
    (GERMAN, "1.234,50", "1234.50"),
    (GERMAN, "-0,5", "-0.5"),
    (FRENCH, "1 234 567,89", "1234567.89"),
    (FRENCH, "1\u202f234,5", "1234.5"),
    (FRENCH, "1\u00a0234", "1234"),
    (Notation(group="'"), "12’345.05", "12345.05"),
    (MONEY, "¥1,200", "1200"),
    (MONEY, "￥1,200.5元", "1200.5"),
    (MONEY, "12 EUR", "12"),
    (MONEY, "-US$ 3.5", "-3.5"),
    (MONEY, "€ -3.5", "-3.5"),
    (MONEY, "Fr. 12.05", "12.05"),
    (MONEY, "12千克", "12"),
    (MONEY, "7", "7"),
    (PERCENT, "95.3%", "0.953"),
    (PERCENT, "95.30 ％", "0.953"),
    (PERCENT, "-0.01%", "-0.0001"),
    (Notation(percent=True, decimal=","), "12,5 %", "0.125"),
    (BRACKETS, "(1,234)", "-1234"),
    (BRACKETS, "（123.5）", "-123.5"),
    (BRACKETS, "-4", "-4"),
    (Notation(bare=False, negative="parentheses"), "¥(12.5)", "-12.5"),
    (Notation(bare=False, negative="parentheses"), "(12.5元)", "-12.5"),
    (TRAILING, "1,234.5-", "-1234.5"),
    (TRAILING, "1,234.5 −", "-1234.5"),
    (TRAILING, "12", "12"),
    (TRAILING, "-4", "-4"),
    (Notation(decimal=",", group=".", negative="trailing"), "1.234,5-", "-1234.5"),
    (Notation(bare=False, negative="trailing"), "¥12.5-", "-12.5"),
    (WAN, "12万", "120000"),
    (WAN, "12.3456", "123456"),
    (WAN, "0.1万", "1000"),
    (WAN_MONEY, "12 万元", "120000"),
    (Notation(multiplier=Decimal(1000)), "1.5k", "1500"),
    (Notation(multiplier=Decimal("0.01")), "95.3", "0.953"),
    (Notation(exponent=True), "1e3", "1000"),
    (Notation(exponent=True), "-1.25E-02", "-0.0125"),
    (Notation(full_width=True), "－１２．５", "-12.5"),
    (MINUTES, "1:30", "90"),
    (MINUTES, "36:15:00", "2175"),
    (MINUTES, "-0:05", "-5"),
    (MINUTES, "０：４５", "45"),
    (SECONDS, "1:30", "5400"),
    (SECONDS, "1:30:05", "5405"),
    (SECONDS, "0:00:00.250", "0.25"),
]  # fmt: skip


@pytest.mark.parametrize(("notation", "cell", "value"), GOOD)
def test_good_cells(facts: Any, notation: Notation, cell: str, value: str) -> None:
    facts.add("x", field("number", notation))
    facts.write("data/x.csv", column(cell))
    assert facts.frame("x")["值"].to_list() == [Decimal(value)]


BAD = [
    (None, "1,234", "declare groupChar"),
    (COMMA, "1,23", "decimalChar"),
    (COMMA, "1,2345", "is not a number"),
    (COMMA, "1,234,56", "is not a number"),
    (COMMA, ",123", "is not a number"),
    (COMMA, " 1,234", "Remove the blanks"),
    (COMMA, "¥1,234", "bareNumber"),
    (GERMAN, "1,234.50", "Check decimalChar"),
    (GERMAN, "1.5", "is not a number"),
    (MONEY, "12万", "multiplier"),
    (MONEY, "12万元", "is not a number"),
    (MONEY, "12k", "is not a number"),
    (MONEY, "12%", "is not a number"),
    (MONEY, "12-13", "is not a number"),
    (MONEY, "¥", "is not a number"),
    (MONEY, "$12 EUR", "is not a number"),
    (MONEY, "(12)", "negative"),
    (PERCENT, "95.3", "multiplier: 0.01"),
    (PERCENT, "95.3%%", "is not a number"),
    (BRACKETS, "(-5)", "is not a number"),
    (BRACKETS, "(5", "is not a number"),
    (TRAILING, "-5-", "is not a number"),
    (TRAILING, "5--", "is not a number"),
    (TRAILING, "-", "is not a number"),
    (COMMA, "1,234.5-", "negative: trailing"),
    (WAN, "3亿", "is not a number"),
    (WAN, "12万元", "bareNumber"),
    (COMMA, "1e3", "exponent"),
    (Notation(exponent=True), "1e", "is not a number"),
    (PERCENT, "0.00123%", "at most 4 are declared"),
    (WAN, "1.000000001", "at most 4 are declared"),
    (None, "1:30", "Declare clock"),
    (COMMA, "1:30:05", "Declare clock"),
    (MINUTES, "1:30:05", "seconds"),
    (MINUTES, "1:60", "h:mm"),
    (MINUTES, "90", "h:mm"),
    (MINUTES, "1:30 PM", "h:mm"),
    (SECONDS, "1:30:60", "h:mm:ss"),
    (SECONDS, "0:00:00.00001", "at most 4 are declared"),
]  # fmt: skip


@pytest.mark.parametrize(("notation", "cell", "said"), BAD)
def test_bad_cells(facts: Any, notation: Notation | None, cell: str, said: str) -> None:
    facts.add("x", field("number", notation))
    facts.write("data/x.csv", column("", cell))
    _, problems = facts.read()
    assert [p.where.line for p in problems if p.code != "blank-line"] == [3]
    told = next(p for p in problems if p.code != "blank-line")
    assert said in told.text() or (told.hint is not None and said in told.hint.en)


def test_whole_numbers(facts: Any) -> None:
    facts.add("x", field("integer", WAN))
    facts.write("data/x.csv", column("1.2万", "3万"))
    assert facts.frame("x")["值"].to_list() == [12_000, 30_000]


def test_bounds_hold_for_the_number_that_comes_of_it(facts: Any) -> None:
    facts.add("x", field("number", PERCENT, minimum="0", maximum="1"))
    facts.write("data/x.csv", column("100%", "100.1%", "-1%"))
    assert facts.faults() == ["3:1 out-of-bounds", "4:1 out-of-bounds"]


def test_one_unit_in_a_column(facts: Any) -> None:
    facts.add("x", field("number", MONEY))
    facts.write("data/x.csv", column("¥12", "13元", "14", "15 USD", "16 CNY"))
    assert facts.faults() == ["5:1 mixed-notation"]


def test_the_word_for_the_scale_stands_everywhere_or_nowhere(facts: Any) -> None:
    facts.add("x", field("number", WAN))
    facts.write("data/x.csv", column("12万", "0", "8000", "1万"))
    assert facts.faults() == ["4:1 mixed-notation"]


def test_units_are_compared_over_batches(facts: Any) -> None:
    facts.add("x", field("number", MONEY), paths=("data/a.csv", "data/b.csv"))
    facts.write("data/a.csv", column("¥12"))
    facts.write("data/b.csv", column("13 USD"))
    assert facts.faults() == ["2:1 mixed-notation"]


def test_missing_values_are_texts(facts: Any) -> None:
    facts.add("x", field("number", MONEY), missing_values=("", "¥ -"))
    facts.write("data/x.csv", column("¥ -", "¥1"))
    assert facts.frame("x")["值"].to_list() == [None, Decimal(1)]


def test_numbers_of_workbooks_are_numbers(facts: Any) -> None:
    """A spreadsheet keeps 95.3 % as 0.953; a text in the same column is read as declared."""
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    for row in (["值", "wan", "de"], [0.953, 12.5, 1234.5], ["95.3%", 3, "1.234,5"]):
        book.active.append(row)
    (facts.root / "data").mkdir()
    book.save(facts.root / "data/x.xlsx")
    wan = Field(Name("wan", WHERE), "number", notation=WAN)
    german = Field(Name("de", WHERE), "number", notation=GERMAN)
    facts.add("x", field("number", PERCENT), wan, german, paths=("data/x.xlsx",))
    assert facts.frame("x").rows() == [
        (Decimal("0.953"), Decimal(125_000), Decimal("1234.5")),
        (Decimal("0.953"), Decimal(30_000), Decimal("1234.5")),
    ]


def test_numbers_of_parquet_are_numbers(facts: Any) -> None:
    (facts.root / "data").mkdir()
    pl.DataFrame({"值": [0.953], "wan": ["12万"]}).write_parquet(facts.root / "data/x.parquet")
    wan = Field(Name("wan", WHERE), "number", notation=WAN)
    facts.add("x", field("number", PERCENT), wan, paths=("data/x.parquet",))
    assert facts.frame("x").rows() == [(Decimal("0.953"), Decimal(120_000))]


def test_a_new_notation_reads_the_file_again(facts: Any) -> None:
    facts.add("x", field("number", COMMA))
    facts.write("data/x.csv", column("1,234"))
    assert facts.frame("x")["值"].to_list() == [Decimal(1234)]
    facts.add("x", field("number", Notation(group=",", multiplier=Decimal(1000))))
    assert facts.frame("x")["值"].to_list() == [Decimal(1_234_000)]


def test_durations_of_workbooks(facts: Any) -> None:
    """What a spreadsheet shows as 1:30 and 36:15:00 it keeps as 0.0625 and 1.510416666666667."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(["值", "s"])
    for row, (minutes, seconds) in enumerate([(0.0625, 0.0625), (36.25 / 24, 5405 / 86_400)], 2):
        page.cell(row, 1, minutes).number_format = "[h]:mm" if row == 3 else "h:mm"
        page.cell(row, 2, seconds).number_format = "h:mm:ss"
    page.append(["0:20", None])
    (facts.root / "data").mkdir()
    book.save(facts.root / "data/x.xlsx")
    odd = Field(Name("s", WHERE), "integer", notation=SECONDS)
    facts.add("x", field("integer", MINUTES), odd, paths=("data/x.xlsx",))
    assert facts.frame("x").rows() == [(90, 5400), (2175, 5405), (20, None)]


def test_durations_of_workbooks_without_clock_are_told(facts: Any) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(["值"])
    page.cell(2, 1, 1.5).number_format = "[h]:mm"
    (facts.root / "data").mkdir()
    book.save(facts.root / "data/x.xlsx")
    facts.add("x", field("number", None), paths=("data/x.xlsx",))
    _, problems = facts.read()
    assert "'36:00:00' is not a number" in problems[0].text()
    assert problems[0].hint is not None
    assert "clock" in problems[0].hint.en
