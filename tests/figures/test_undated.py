"""Rows without a date belong to no period: told, or ignored by declaration and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.site import generate
from tests.figures.small import card, dataset, figures, problems, write
from tests.oracle.product import TODAY

ROWS = "day,name,done\n2026-03-01,a,2026-03-05\n,b,\n2026-03-02,c,\n,d,2026-03-06\n"
CARD = card("rows", "a: {from: facts, value: COUNT(*)}")
NAME = "content/datasets/facts.yml"


def facts(more: str = "", time: str = "day") -> dict[str, str]:
    fields = ("name: name, type: string", "name: done, type: date")
    return {**dataset("facts", *fields, time=time, more=more), "data/facts.csv": ROWS, **CARD}


def test_all_are_told_at_once(tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, facts()))
    assert (found.code, found.severity) == ("undated-rows", "error")
    assert (found.where.file, found.where.line, found.where.column) == ("data/facts.csv", 3, 1)
    assert found.message.en == "2 rows have no 'day' and belong to no period (lines 3, 5)"


def test_many_are_counted_over_files(tmp_path: Path) -> None:
    two = {NAME: facts()[NAME].replace("data/facts.csv", "[data/a.csv, data/b.csv]")}
    head, empty = "day,name,done\n", ",x,\n"
    files = {**facts(), **two, "data/a.csv": head + empty * 3, "data/b.csv": head + empty * 9}
    (found,) = problems(write(tmp_path, files))
    assert "12 rows have no 'day'" in found.message.en
    assert "(lines 2, 3, 4, data/b.csv:2, data/b.csv:3, …)" in found.message.en


def test_ignored_ones_do_not_count(tmp_path: Path) -> None:
    root = write(tmp_path, facts("undated: ignore\n"))
    assert problems(root) == ()
    assert figures(root)["rows 2026-03"] == "2"


def test_a_terms_own_time_may_be_empty(tmp_path: Path) -> None:
    """Two of the rows are not done yet: they belong to no period of that term, and rightly."""
    rows = {"data/facts.csv": ROWS.replace("\n,", "\n2026-03-09,")}
    done = card("rows", "a: {from: facts, value: COUNT(*), time: done}")
    root = write(tmp_path, {**facts(), **rows, **done})
    assert problems(root) == ()
    assert figures(root)["rows 2026-03"] == "2"


def test_a_derived_time_is_told_where_it_comes_from(tmp_path: Path) -> None:
    files = facts("derived:\n  at: COALESCE(done, day)\n", time="at")
    (found,) = problems(write(tmp_path, files))
    assert (found.code, found.where.line, found.where.column) == ("undated-rows", 3, 4)


def test_a_required_cell_is_told_once(tmp_path: Path) -> None:
    required = facts()[NAME].replace(
        "type: date}\n", "type: date, constraints: {required: true}}\n", 1
    )
    found = problems(write(tmp_path, {**facts(), NAME: required}))
    assert [p.code for p in found] == ["missing-value", "missing-value"]


def test_undated_needs_a_time(tmp_path: Path) -> None:
    files = facts("undated: ignore\n", time="") | card(
        "rows", "a: {from: facts, value: COUNT(*), time: done}"
    )
    assert [p.code for p in problems(write(tmp_path, files))] == ["no-time-column"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Rows without a date, not counted"), ("zh", "没有日期、不计入的行")],
)
def test_the_datasets_page_tells_how_many(tmp_path: Path, language: str, words: str) -> None:
    root = write(tmp_path, facts("undated: ignore\n"))
    options = Options(root=root, today=TODAY)
    generated, _ = generate(options)
    assert generated is not None
    page = (root / f"build/docs/{language}/datasets/facts.md").read_text("utf-8")
    assert f"<dt>{words}</dt><dd>2</dd>" in page
