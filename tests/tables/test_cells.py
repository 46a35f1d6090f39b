"""Cells to values: what each type takes, what it refuses, and what is said then."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from kpi_site.catalog import Field
from kpi_site.problems import Location, Name

WHERE = Location("content/datasets/x.yml", 1, 1)


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 — facts are local times


def field(kind: str, **more: Any) -> Field:
    return Field(Name("值", WHERE), kind, **more)  # type: ignore[arg-type]


def written(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


HALF = at(2024, 3, 1, 9, 5, 0, 500000)
LONG = "123456789012345678901234567890123456.78"

GOOD = [
    (field("integer"), "5", 5),
    (field("integer"), "-05", -5),
    (field("integer"), "9223372036854775807", 2**63 - 1),
    (field("number", decimals=2), LONG, Decimal(LONG)),
    (field("number", decimals=2), "-.5", Decimal("-0.50")),
    (field("number", decimals=2), "+3", Decimal("3.00")),
    (field("number", decimals=0), "3", Decimal(3)),
    (field("boolean"), "TRUE", True),
    (field("boolean"), "0", False),
    (field("date"), "2024-02-29", date(2024, 2, 29)),
    (field("date", format="%Y/%m/%d"), "2024/2/9", date(2024, 2, 9)),
    (field("date", format="%Y年%m月%d日"), "2024年12月9日", date(2024, 12, 9)),
    (field("date", format="%Y-%m"), "2024-02", date(2024, 2, 1)),
    (field("date", format="%Y%m%d"), "20240229", date(2024, 2, 29)),
    (field("date", format="%G-W%V"), "2025-W01", date(2024, 12, 30)),
    (field("date", format="%EY年%m月"), "令和7年3月", date(2025, 3, 1)),
    (field("date", format="%EY年%m月%d日"), "平成31年4月30日", date(2019, 4, 30)),
    (field("date", format="%EY年%m月"), "令和元年12月", date(2019, 12, 1)),
    (field("date", format="%EY年%m月"), "民國99年1月", date(2010, 1, 1)),
    (field("date", format="%EY/%m/%d"), "114/03/05", date(2025, 3, 5)),
    (field("date", format="%EY%m%d"), "1140305", date(2025, 3, 5)),
    (field("date", format="%EY%m%d"), "R070305", date(2025, 3, 5)),
    (field("date", format="%d/%m/%EY"), "15/03/2568", date(2025, 3, 15)),
    (field("date", format="%G-W%V"), "2026-W53", date(2026, 12, 28)),
    (field("date", format="%G年第%V周"), "2025年第9周", date(2025, 2, 24)),
    (field("date", format="%d.%m.%y"), "29.02.24", date(2024, 2, 29)),
    (field("date", format="%d %b %Y"), "29 Feb 2024", date(2024, 2, 29)),
    (field("datetime"), "2024-02-29 23:59:59", at(2024, 2, 29, 23, 59, 59)),
    (field("datetime"), "2024-02-29T23:59", at(2024, 2, 29, 23, 59)),
    (field("datetime"), "2024-02-29 23:59:59.5", at(2024, 2, 29, 23, 59, 59, 500000)),
    (field("datetime"), "2024-02-29 23:59:59.1234560", at(2024, 2, 29, 23, 59, 59, 123456)),
    (field("datetime"), "2024-02-29T20:00:00Z", at(2024, 3, 1, 4)),
    (field("datetime"), "2024-03-01T04:30:00+08:00", at(2024, 3, 1, 4, 30)),
    (field("datetime"), "2024-03-01T00:00:00-0930", at(2024, 3, 1, 17, 30)),
    (field("datetime", format="%Y/%m/%d %H:%M"), "2024/3/1 9:05", at(2024, 3, 1, 9, 5)),
    (field("datetime", format="%Y/%m/%d"), "2024/3/1", at(2024, 3, 1)),
    (field("datetime", format="%Y%m%d %H:%M:%S.%f"), "20240301 09:05:00.5", HALF),
    (field("datetime", format="%d/%m/%Y %I:%M %p"), "01/03/2024 12:05 AM", at(2024, 3, 1, 0, 5)),
    (field("datetime", format="%Y-%m-%dT%H:%M%z"), "2024-02-29T20:00+0000", at(2024, 3, 1, 4)),
    (field("date", format="serial"), "45931", date(2025, 10, 1)),
    (field("date", format="serial"), "61", date(1900, 3, 1)),
    (field("date", format="serial"), "2958465", date(9999, 12, 31)),
    (field("datetime", format="serial"), "45931.75", at(2025, 10, 1, 18)),
    (field("datetime", format="serial"), "45931.000011574074", at(2025, 10, 1, 0, 0, 1)),
    (field("date", format="serial", minimum="2025-10-01"), "45931", date(2025, 10, 1)),
    (field("string"), " as it is ", " as it is "),
    (field("string", pattern="[A-Z]+|x"), "ABC", "ABC"),
    (field("string", enum=("甲", "乙")), "乙", "乙"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "cell", "value"), GOOD)
def test_good_cells(facts: Any, declared: Field, cell: str, value: object) -> None:
    facts.add("x", declared)
    facts.write("data/x.csv", f"值\n{written(cell)}\n")
    assert facts.frame("x")["值"].to_list() == [value]


BAD = [
    (field("integer"), "1.0", "bad-value", "'1.0' is not a whole number"),
    (field("integer"), "1,000", "bad-value", "without thousands separators"),
    (field("integer"), "33x", "bad-value", "Write the digits alone"),
    (field("integer"), "many", "bad-value", "Put a number there"),
    (field("number"), "1,5", "bad-value", "A decimal comma? Write 1.5"),
    (field("date", format="serial"), "45931.5", "bad-value", "is not a date"),
    (field("date"), "45931", "bad-value", "Declare format: serial."),
    (field("date", format="serial"), "60", "bad-value", "is not a date"),
    (field("date", format="serial"), "2025-10-01", "bad-value", "is not a date"),
    (field("date", format="serial", minimum="2025-10-02"), "45931", "out-of-bounds", "less than"),
    (field("number"), "1.234,50", "bad-value", "A decimal comma? Write 1234.50."),
    (field("number"), "1,23,45", "bad-value", "Put a number there"),
    (field("datetime"), "2024-03-01T04:30:00+25:00", "bad-value", "written like"),
    (field("datetime"), "2024-03-01T04:30:00+08:60", "bad-value", "written like"),
    (field("datetime"), "2024-03-01T04:30:00-16:00", "bad-value", "written like"),
    (field("datetime", format="%Y-%m-%dT%H:%M%z"), "2024-02-29T20:00+2500", "bad-value", "format"),
    (field("datetime", format="%d %b %Y %H:%M %z"), "29 Feb 2024 20:00 +2300", "bad-value",
     "format"),
    (field("integer"), " 1", "bad-value", "Remove the blanks around it"),
    (field("integer"), "1e3", "bad-value", "without an exponent"),
    (field("integer"), "9223372036854775808", "out-of-range", "too large"),
    (field("integer"), "１", "bad-value", "not a whole number"),
    (field("integer", minimum="0"), "-1", "out-of-bounds", "'-1' is less than 0"),
    (field("number", decimals=2), "1.005", "too-many-decimals", "'1.005' has 3 decimal places"),
    (field("number", decimals=2), "1.500", "too-many-decimals", "3 decimal places"),
    (field("number", decimals=0), "1.5", "too-many-decimals", "1 decimal places, at most 0"),
    (field("number"), "NaN", "bad-value", "missingValues"),
    (field("number"), "inf", "bad-value", "missingValues"),
    (field("number"), "1e5", "bad-value", "without an exponent"),
    (field("number"), "12.5%", "bad-value", "without a percent sign"),
    (field("number"), "1,234.5", "bad-value", "thousands separators"),
    (field("number"), ".", "bad-value", "not a number"),
    (field("number"), "  ", "bad-value", "only blanks"),
    (field("number", decimals=2), "9" * 37, "out-of-range", "too many digits"),
    (field("number", minimum="0.5", maximum="1.005"), "1.01", "out-of-bounds", "0.5 … 1.005"),
    (field("boolean"), "yes", "bad-value", "true, false, 1, 0"),
    (field("date"), "2023-02-29", "bad-value", "'2023-02-29' is not a date"),
    (field("date"), "2024-1-5", "bad-value", "like 2026-10-31"),
    (field("date"), "2024-01-05 00:00:00", "bad-value", "not a date"),
    (field("date"), "0000-01-01", "bad-value", "not a date"),
    (field("date", format="%Y/%m/%d"), "2024-01-05", "bad-value", "format %Y/%m/%d"),
    (field("date", format="%Y/%m/%d"), "2024/ 1/5", "bad-value", "format %Y/%m/%d"),
    (field("date", format="%Y-%m"), "2024-13", "bad-value", "not a date"),
    (field("date", format="%G-W%V"), "2025-W53", "bad-value", "not a date"),
    (field("date", format="%EY年%m月"), "2025年3月", "bad-value", "not a date"),
    (field("date", format="%EY年%m月"), "令和2025年3月", "bad-value", "not a date"),
    (field("date", format="%d/%m/%EY"), "15/03/2025", "bad-value", "not a date"),
    (field("date", format="%G-W%V"), "2025-W00", "bad-value", "not a date"),
    (field("date", minimum="2024-01-01"), "2023-12-31", "out-of-bounds", "less than 2024-01-01"),
    (field("datetime"), "2024-01-05", "bad-value", "like 2026-10-31 09:30:00"),
    (field("datetime"), "2024-01-05 24:00:00", "bad-value", "not a date and time"),
    (field("datetime"), "2024-01-05 10:00:60", "bad-value", "not a date and time"),
    (field("datetime"), "2024-01-05  9:00:00", "bad-value", "not a date and time"),
    (field("datetime"), "2024-01-05 10:00:00.1234567", "bad-value", "not a date and time"),
    (field("string", required=True), "", "missing-value", "empty"),
    (field("string", pattern="[A-Z]+|x"), "xA", "pattern-mismatch", "pattern [A-Z]+|x"),
    (field("string", enum=("phone", "email")), "Phone", "not-listed", "Did you mean 'phone'?"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "cell", "code", "said"), BAD)
def test_bad_cells(facts: Any, declared: Field, cell: str, code: str, said: str) -> None:
    facts.add("x", Field(Name("名", WHERE), "string"), declared)
    facts.write("data/x.csv", f"名,值\r\n甲乙,{written(cell)}\r\n")
    tables, problems = facts.read()
    assert not tables
    (found,) = problems
    assert (found.where.line, found.where.column, found.code) == (2, 4, code)
    assert said in found.text("en")
    assert found.text("zh").startswith("data/x.csv:2:4: 列“值”：")


def test_one_bad_cell_among_many(facts: Any) -> None:
    facts.add("x", "a:integer", "t:datetime")
    rows = [f"{i},2024-01-05 10:00:{i % 60:02}" for i in range(1000)]
    rows[700] = "700,2024-01-05T10:00"
    rows[900] = "900,2024-01-05 10:61:00"
    facts.write("data/x.csv", "a,t\n" + "\n".join(rows))
    assert facts.faults() == ["902:5 bad-value"]


def test_missing_values(facts: Any) -> None:
    facts.add("x", "a:integer", "b", missing_values=("NA", "-"))
    facts.write("data/x.csv", 'a,b\n1,""\nNA,-\n')
    assert facts.frame("x").rows() == [(1, ""), (None, None)]
    facts.write("data/x.csv", "a,b\n,x\n")
    assert facts.faults() == ["2:1 bad-value"]


def test_an_empty_quoted_cell_is_missing_too(facts: Any) -> None:
    facts.add("x", "a", "b:number")
    facts.write("data/x.csv", 'a,b\n"",""\n"",\n')
    tables, _ = facts.read()
    assert tables["x"].null_counts == {"a": 2, "b": 2}


def test_types_of_the_copy(facts: Any) -> None:
    facts.add(
        "x", "s", "i:integer", field("number", decimals=3), "b:boolean", "d:date", "t:datetime"
    )
    facts.write("data/x.csv", "s,i,值,b,d,t\n")
    assert dict(facts.frame("x").schema) == {
        "s": pl.String(),
        "i": pl.Int64(),
        "值": pl.Decimal(38, 3),
        "b": pl.Boolean(),
        "d": pl.Date(),
        "t": pl.Datetime("us"),
    }
