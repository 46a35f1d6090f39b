"""Whole datasets: keys, rules, derived columns, other kinds of files, the cache, and scans."""

from __future__ import annotations

import json
import os
import time
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from kpi_site.tables.model import Table
from kpi_site.tables.scan import scan

CUSTOMERS = "customer_id,tier\nC1,gold\nC2,silver\n"
TICKETS = (
    "id,customer_id,opened,closed\n"
    "1,C1,2024-01-01,2024-01-03\n"
    "2,C2,2024-01-02,\n"
    "3,,2024-02-01,2024-02-01\n"
)


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 — facts are local times


def company(facts: Any, tickets: str = TICKETS, **more: Any) -> None:
    facts.add("customers", "customer_id", "tier", key=("customer_id",))
    facts.write("data/customers.csv", CUSTOMERS)
    facts.add(
        "tickets",
        "id:integer",
        "customer_id",
        "opened:date",
        "closed:date",
        key=("id",),
        foreign={("customer_id",): ("customers", ("customer_id",))},
        **more,
    )
    facts.write("data/tickets.csv", tickets)


def test_a_sound_table_says_what_it_holds(facts: Any) -> None:
    company(facts, time=TIME)
    tables, problems = facts.read()
    assert problems == ()
    table = tables["tickets"]
    assert (table.rows, table.first, table.last) == (3, date(2024, 1, 1), date(2024, 2, 1))
    assert table.null_counts == {"id": 0, "customer_id": 1, "opened": 0, "closed": 1}
    assert sum(table.days.values()) == 3
    assert table.days["2024-02-01"] == 1
    (file,) = table.files
    assert (file.path, file.rows, file.bytes) == ("data/tickets.csv", 3, len(TICKETS))


TIME = "opened"


def test_duplicate_keys_name_the_first_line(facts: Any) -> None:
    facts.add("x", "a", "b:integer", key=("a", "b"), paths=("data/*.csv",))
    facts.write("data/1.csv", 'a,b\n"x\ny",1\nx,1\nx,2\n')
    facts.write("data/2.csv", "b,a\n1,x\n3,x\n3,x\n")
    _, problems = facts.read()
    assert [p.text() for p in problems] == [
        (
            "data/2.csv:2:3: primary key a, b repeated: 'x', '1'."
            " It stands first on line 4 of data/1.csv."
        ),
        "data/2.csv:4:3: primary key a, b repeated: 'x', '3'. It stands first on line 3.",
    ]


def test_ascending_and_scattered_keys_are_both_checked(facts: Any) -> None:
    facts.add("x", "a:integer", key=("a",))
    facts.write("data/x.csv", "a\n" + "\n".join(map(str, range(1000))))
    assert facts.faults() == []
    facts.write("data/x.csv", "a\n" + "\n".join(map(str, [*range(1000), 500])))
    assert facts.faults() == ["1002:1 duplicate-key"]


def test_unique_columns_may_be_empty_but_keys_may_not(facts: Any) -> None:
    from kpi_site.catalog import Field
    from kpi_site.problems import Location, Name

    email = Field(Name("email", Location("x")), "string", unique=True)
    facts.add("x", "a", email, key=("a",))
    facts.write("data/x.csv", "a,email\n1,\n2,\n3,e\n,e\n")
    assert facts.faults() == ["5:1 missing-value", "5:2 duplicate-value"]


def test_dangling_keys(facts: Any) -> None:
    company(facts, TICKETS + "4,C9,2024-02-01,\n")
    tables, problems = facts.read()
    assert set(tables) == {"customers"}
    assert [p.text() for p in problems] == [
        (
            "data/tickets.csv:5:3: foreign key customer_id: 'C9' is in no row of 'customers'"
            " (customer_id). Mend it, or add the missing row there."
        )
    ]


def test_dangling_keys_are_found_when_only_the_parent_changed(facts: Any) -> None:
    company(facts)
    assert facts.faults() == []
    facts.write("data/customers.csv", CUSTOMERS.replace("C2", "C3"))
    assert facts.faults() == ["3:3 dangling-key"]


def test_a_key_to_itself(facts: Any) -> None:
    facts.add("staff", "id", "boss", key=("id",), foreign={("boss",): ("staff", ("id",))})
    facts.write("data/staff.csv", "id,boss\na,b\nb,\n")
    tables, problems = facts.read()
    assert problems == ()
    rows = scan(tables, "staff", ["id", "staff.boss"]).sort("id").collect().rows()
    assert rows == [("a", None), ("b", None)]
    facts.write("data/staff.csv", "id,boss\na,c\nb,\n")
    assert facts.faults() == ["2:3 dangling-key"]


def test_a_referenced_column_must_be_unique(facts: Any) -> None:
    facts.add("customers", "customer_id", "tier")
    facts.write("data/customers.csv", CUSTOMERS + "C1,none\n")
    facts.add("t", "c", foreign={("c",): ("customers", ("customer_id",))})
    facts.write("data/t.csv", "c\nC1\n")
    assert facts.faults() == ["4:1 duplicate-value"]


def test_broken_rules(facts: Any) -> None:
    company(facts, TICKETS + "4,C1,2024-03-05,2024-03-01\n", rules={"closed >= opened": "error"})
    _, problems = facts.read()
    assert [p.text() for p in problems] == [
        (
            "data/tickets.csv:5:17: the row breaks the rule closed >= opened:"
            " closed = '2024-03-01', opened = '2024-03-05'"
        )
    ]


def test_warnings_are_counted_and_remembered(facts: Any) -> None:
    company(facts, rules={"closed IS NOT NULL": "warning", "id < 2": "warning"})
    for _ in range(2):
        tables, problems = facts.read()
        assert [(r.rule, r.rows) for r in tables["tickets"].broken_rules] == [
            ("closed IS NOT NULL", 1),
            ("id < 2", 2),
        ]
        assert [(str(p.where), p.severity) for p in problems] == [
            ("data/tickets.csv:3:1", "warning"),
            ("data/tickets.csv:3:17", "warning"),
        ]
        assert "2 rows in all" in problems[0].text()


def test_rules_skip_rows_whose_cells_are_bad(facts: Any) -> None:
    facts.add("x", "a:integer", "b:integer", rules={"COALESCE(a, 0) >= b": "error"})
    facts.write("data/x.csv", "a,b\nx,1\n1,2\n")
    assert facts.faults() == ["2:1 bad-value", "3:1 broken-rule"]


def test_derived_columns(facts: Any) -> None:
    facts.add(
        "x", "a:integer", "b:date", "c:date", derived={"d": "c - b", "e": "a * 2", "f": "e + 1"}
    )
    facts.write("data/x.csv", "a,b,c\n1,2024-01-01,2024-01-03\n2,2024-01-01,\n")
    frame = facts.frame("x")
    assert frame.columns == ["a", "b", "c", "d", "e", "f"]
    assert frame.select("e", "f").rows() == [(2, 3), (4, 5)]
    assert frame["d"].to_list() in ([2, None], [timedelta(2), None])


def test_windows_see_all_files(facts: Any) -> None:
    facts.add(
        "x",
        "a",
        "t:integer",
        paths=("data/*.csv",),
        derived={"first": "MIN(t) OVER (PARTITION BY a)"},
        rules={"t < first + 5": "error"},
    )
    facts.write("data/1.csv", "a,t\nx,3\ny,1\n")
    facts.write("data/2.csv", "a,t\nx,2\ny,4\n")
    assert facts.frame("x")["first"].to_list() == [2, 1, 2, 1]
    facts.write("data/2.csv", "a,t\nx,2\ny,6\n")
    _, problems = facts.read()
    assert [str(p.where) for p in problems] == ["data/2.csv:3:3"]


def test_scans_join_parents_without_multiplying(facts: Any) -> None:
    company(facts)
    tables, _ = facts.read()
    lazy = scan(tables, "tickets", ["id", "customers.tier"])
    assert lazy.sort("id").collect().rows() == [(1, "gold"), (2, "silver"), (3, None)]
    assert scan(tables, "tickets", []).select(pl.len()).collect().item() == 3
    plan = scan(tables, "tickets", ["id"]).explain()
    assert "PROJECT 1/4" in plan
    with pytest.raises(KeyError):
        scan(tables, "tickets", ["customers.nothing"])


def test_lists_and_globs_in_order(facts: Any) -> None:
    facts.add("x", "a", paths=("data/z.csv", "data/part-*.csv"))
    for path in ("data/z.csv", "data/part-2.csv", "data/part-10.csv", "data/part-1.csv"):
        facts.write(path, f"a\n{path}\n")
    assert facts.frame("x")["a"].to_list() == [
        "data/z.csv", "data/part-1.csv", "data/part-10.csv", "data/part-2.csv",
    ]  # fmt: skip
    facts.add("x", "a", paths=("data/z.csv", "data/*.csv"))
    assert facts.faults() == ["1:1 file-listed-twice"]
    facts.add("x", "a", paths=("data/no*.csv", "../x.csv"))
    assert facts.faults() == ["1:1 no-such-file", "1:1 no-such-file"]


# Parquet and XLSX


def test_parquet(facts: Any) -> None:
    moment = at(2024, 1, 5, 10, 0, 0, 250)
    frame = pl.DataFrame(
        {
            "名": ["a", None],
            "i": pl.Series([1, 2], dtype=pl.UInt8),
            "f": [1.5, None],
            "n": pl.Series([Decimal("1.500"), Decimal(-2)], dtype=pl.Decimal(20, 3)),
            "d": [at(2024, 1, 5), None],
            "t": pl.Series([moment, None], dtype=pl.Datetime("ns")),
            "u": pl.Series([moment, None], dtype=pl.Datetime("us", "UTC")),
            "b": [True, False],
            "w": [3.0, None],
        }
    )
    (facts.root / "data").mkdir()
    frame.write_parquet(facts.root / "data/x.parquet")
    columns = "名 i:integer f:number n:number d:date t:datetime u:datetime b:boolean w:integer"
    facts.add("x", *columns.split(), paths=("data/x.parquet",))
    ahead = moment + timedelta(hours=8)
    assert facts.frame("x").rows() == [
        ("a", 1, Decimal("1.5"), Decimal("1.5"), date(2024, 1, 5), moment, ahead, True, 3),
        (None, 2, None, Decimal(-2), None, None, None, False, None),
    ]


def test_parquet_faults(facts: Any) -> None:
    (facts.root / "data").mkdir()
    frame = pl.DataFrame(
        {"a": [1.0, float("nan"), 0.1 + 0.2], "t": [at(2024, 1, 1, h) for h in (0, 0, 5)]}
    )
    frame.write_parquet(facts.root / "data/x.parquet")
    facts.add("x", "a:number", "t:date", paths=("data/x.parquet",))
    assert facts.faults() == ["2:1 bad-value", "3:1 too-many-decimals", "3:2 bad-value"]
    facts.add("x", "a:number", "b", paths=("data/x.parquet",))
    assert facts.faults() == ["0:1 missing-column", "0:2 undeclared-column"]
    facts.write("data/x.parquet", b"nonsense")
    assert facts.faults() == ["0:0 unreadable-file"]


def sheet(facts: Any, rows: list[list[object]]) -> None:
    path = facts.root / "data/x.xlsx"
    path.parent.mkdir(exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet("一")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, tuple):
                    page.write_formula(r, c, value[0], None, value[1])
                else:
                    page.write(r, c, value)


def test_xlsx(facts: Any) -> None:
    sheet(
        facts,
        [
            ["编号", "数", "日", "时", "真"],
            ["甲", 0.1 + 0.2, date(2024, 1, 5), at(2024, 1, 5, 9, 30), True],
            [12, ("=1+1", 2), "2024/1/6", at(2024, 1, 5), None],
        ],
    )
    from kpi_site.catalog import Field
    from kpi_site.problems import Location, Name

    day = Field(Name("日", Location("x")), "date", format="%Y/%m/%d")
    facts.add("x", "编号", "数:number", day, "时:datetime", "真:boolean", paths=("data/x.xlsx",))
    assert facts.frame("x").rows() == [
        ("甲", Decimal("0.3"), date(2024, 1, 5), at(2024, 1, 5, 9, 30), True),
        ("12", Decimal(2), date(2024, 1, 6), at(2024, 1, 5), None),
    ]


def test_xlsx_faults_name_the_cell(facts: Any) -> None:
    sheet(
        facts,
        [
            ["a", "b", "c"],
            [1, "x", date(2024, 1, 5)],
            [1, ("=1/0", "#DIV/0!"), None],
            [1, 2, at(2024, 1, 5, 9)],
            [1e17, 2, None],
            [1, 2, None, "stray"],
        ],
    )
    facts.add("x", "a:integer", "b:integer", "c:date", paths=("data/x.xlsx",))
    _, problems = facts.read()
    assert [f"{p.where.line}:{p.where.column} {p.code}" for p in problems] == [
        "2:2 bad-value",
        "3:2 error-value",
        "4:3 bad-value",
        "5:1 number-too-long",
        "6:4 too-many-cells",
    ]
    assert "B2 column 'b': 'x' is not a whole number" in problems[0].text()


# The cache


def test_a_warm_read_opens_no_source(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    company(facts)
    old = 1_700_000_000
    for path in (facts.root / "data").iterdir():
        os.utime(path, (old, old))
    later = time.time_ns() + 10**10  # a file that has just changed is looked at again
    monkeypatch.setattr("kpi_site.tables.cache.time.time_ns", lambda: later)
    first, _ = facts.read()

    def refuse(*_: object) -> None:
        raise AssertionError

    for target in ("sources.sha256", "cache.sha256", "csv_files._batches", "keys.dangling"):
        monkeypatch.setattr(f"kpi_site.tables.{target}", refuse)
    monkeypatch.setattr("kpi_site.tables.read.dangling", refuse)
    second, problems = facts.read()
    assert problems == ()
    assert second == first


def test_a_copy_of_another_shape_is_none(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a description says is named in its shape, and another shape is read anew."""
    company(facts)
    first, _ = facts.read()
    (kept,) = (facts.root / "cache").rglob("tickets.*.json")
    said = set(json.loads(kept.read_text("utf-8").partition("\n")[2]))
    assert said - {field.name for field in fields(Table)} == {"rows_sha256", "warnings"}
    with monkeypatch.context() as other:
        other.setattr("kpi_site.tables.cache._SHAPE", [["Table", "months"]])
        second, problems = facts.read()
    assert problems == ()
    assert {n: t.digest for n, t in second.items()} == {n: t.digest for n, t in first.items()}
    assert second["tickets"].parquet != first["tickets"].parquet


def test_touched_files_are_hashed_but_not_read(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    company(facts)
    first, _ = facts.read()
    os.utime(facts.root / "data/tickets.csv", (1, 1))
    monkeypatch.setattr("kpi_site.tables.csv_files._batches", lambda _: 1 / 0)
    assert facts.read()[0] == first


def test_an_edit_within_the_clocks_grain_is_seen(facts: Any) -> None:
    facts.add("x", "a:integer")
    path = facts.write("data/x.csv", "a\n1\n")
    before = path.stat()
    assert facts.frame("x")["a"].to_list() == [1]
    path.write_text("a\n2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert facts.frame("x")["a"].to_list() == [2]


def _copies(facts: Any, dataset: str) -> set[str]:
    folder = facts.root / "cache/tables"
    return {p.name for p in folder.iterdir() if p.name.startswith(f"{dataset}.")}


def _files(table: Table) -> set[str]:
    return {table.parquet.name, table.parquet.with_suffix(".json").name}


def _used(table: Table, seconds_ago: int) -> None:
    """Make the copy one that was last used so long ago."""
    then = time.time() - seconds_ago
    for name in _files(table):
        os.utime(table.parquet.with_name(name), (then, then))


def test_a_copy_that_was_not_used_for_an_hour_goes(facts: Any) -> None:
    company(facts)
    old = facts.read()[0]["tickets"]
    facts.write("data/tickets.csv", TICKETS + "9,,2024-05-05,\n")
    _used(old, 3700)
    new = facts.read()[0]["tickets"]
    assert _copies(facts, "tickets") == _files(new)
    facts.datasets.pop("tickets")
    facts.read()
    assert _copies(facts, "tickets") == _files(new)
    _used(new, 3700)
    facts.read()
    assert not _copies(facts, "tickets")


def test_who_sees_other_facts_keeps_its_copy(facts: Any) -> None:
    """One program found an old copy; another makes one of other facts before the first scans."""
    company(facts)
    _used(facts.read()[0]["tickets"], 100_000)
    mine = facts.read()[0]["tickets"]
    facts.write("data/tickets.csv", TICKETS + "9,,2024-05-05,\n")
    theirs = facts.read()[0]["tickets"]
    assert pl.read_parquet(mine.parquet, glob=False).height == 3
    assert pl.read_parquet(theirs.parquet, glob=False).height == 4
    _used(mine, 3700)
    facts.read()  # nothing is made, and what is no longer used goes all the same
    assert _copies(facts, "tickets") == _files(theirs)


def test_a_copy_without_its_description_is_made_again(facts: Any) -> None:
    company(facts)
    tables, _ = facts.read()
    tables["tickets"].parquet.with_suffix(".json").unlink()
    tables["tickets"].parquet.write_bytes(b"half")
    assert facts.frame("tickets").height == 3


def test_the_digest_follows_rows_and_types_alone(facts: Any) -> None:
    def digest() -> str:
        return str(facts.read()[0]["x"].digest)

    facts.add("x", "a:integer")
    facts.write("data/x.csv", "a\n1\n")
    first = digest()
    facts.add("x", "a:integer", rules={"a > 0": "error"}, key=("a",))
    assert digest() == first
    facts.add("x", "a:number")
    assert digest() != first
    facts.add("x", "a:integer", derived={"b": "a + 1"})
    assert digest() != first
    facts.add("x", "a:integer")
    facts.write("data/x.csv", "a\n2\n")
    assert digest() != first


def test_a_new_rule_is_checked_on_old_rows(facts: Any) -> None:
    facts.add("x", "a:integer")
    facts.write("data/x.csv", "a\n1\n")
    assert facts.faults() == []
    facts.add("x", "a:integer", rules={"a > 1": "error"})
    assert facts.faults() == ["2:1 broken-rule"]
