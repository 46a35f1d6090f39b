"""Codes that no piece of text shows: workbooks, Parquet, MkDocs' file, the target folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kpi_site.building import refused_target
from kpi_site.checking import check
from kpi_site.codes.registry import PLACES
from kpi_site.options import Options
from tests.codes.company import TODAY, company, problems_of

HEADER = ["customer_id", "tier", "won_on", "lost_on"]
SOUND: list[object] = ["C1", "large", "2025-01-10", None]


def from_workbook(site: Path, row: Sequence[object], more: str = "") -> list[tuple[str, str]]:
    """Take the customers from a workbook with one row; return place and code of each problem."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for each in (HEADER, row, ["C2", "small", "2026-03-02", None]):
        book.active.append(list(each))
    book.save(site / "data/customers.xlsx")
    dataset = site / PLACES["customers"]
    text = dataset.read_text("utf-8").replace("data/customers.csv", "data/customers.xlsx" + more)
    dataset.write_text(text, "utf-8")
    return [(f"{p.where}".rpartition("/")[2], p.code) for p in problems_of(site)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (SOUND, None),
        (["C1", "=UPPER(A1)", "2025-01-10", None], "no-stored-value"),
        (["C1", "#N/A", "2025-01-10", None], "error-value"),
        ([1234567890123456789, "large", "2025-01-10", None], "number-too-long"),
    ],
)
def test_cells_of_workbooks(tmp_path: Path, row: list[object], code: str | None) -> None:
    found = from_workbook(company(tmp_path / "site"), row)
    if code is None:
        assert found == []
    else:
        place, first = found[0]
        assert first == code
        assert place.startswith("customers.xlsx:2:")


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    found = from_workbook(company(tmp_path / "site"), SOUND, "\ndialect: {sheetName: Kunden}")
    assert [code for _, code in found] == ["no-such-sheet"]


def test_a_parquet_column_of_lists(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    columns = {"customer_id": ["C1", "C2"], "tier": [["a"], ["b"]]}
    frame = pl.DataFrame({**columns, "won_on": ["2025-01-10"] * 2, "lost_on": ["2026-01-10"] * 2})
    frame.write_parquet(site / "data/customers.parquet")
    dataset = site / PLACES["customers"]
    dataset.write_text(dataset.read_text("utf-8").replace(".csv", ".parquet"), "utf-8")
    assert [p.code for p in problems_of(site)] == ["unsupported-column"]


def test_the_file_of_mkdocs(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    (site / "mkdocs.yml").write_text("site_name: x\nnav: []\n", "utf-8")
    assert [p.code for p in problems_of(site)] == ["mkdocs-config-unused"]
    (site / "mkdocs.yml").write_text("site_name: [x\n", "utf-8")
    assert [p.code for p in problems_of(site)] == ["mkdocs-config"]
    assert check(Options(root=site, today=TODAY), ("attainment",)) == ()


def test_a_target_that_is_no_site(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    refused = refused_target(Options(root=site, today=TODAY, out=site / "content"))
    assert [p.code for p in refused] == ["out-not-a-site"]
