"""Members of a dimension: which rows are one member, and columns of any name."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.figures.small import card, dataset, write
from tests.oracle.product import built

# Aggregates of every way of counting: from cubes, and from the rows again.
VALUES = {
    "total": "SUM(amount)",
    "middle": "MEDIAN(amount)",
    "different": "COUNT(DISTINCT buyer)",
    "users": "COUNT(DISTINCT buyer), window: 2mo",
    "stock": "COUNT(DISTINCT buyer), since: day",
    "balance": "MEDIAN(amount), at: end",
}


def members(root: Path, dimension: str, period: str) -> dict[tuple[str, str], str]:
    """Return the values of a period by indicator and member."""
    data = built(root, root / "build" / "cache")["data/values.csv"]
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    return {
        (r["indicator"], r["member"]): r["value"]
        for r in rows
        if r["dimension"] == dimension and r["period"] == period
    }


def cards(*dimensions: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in VALUES.items():
        aggregate, _, more = value.partition(", ")
        keys = f"value: {aggregate.replace(',', ';')}" + (f", {more}" if more else "")
        found |= card(
            name, f"x: {{from: sales, {keys}}}", more=f"dimensions: [{', '.join(dimensions)}]\n"
        )
    return found


def test_a_missing_and_an_empty_member_are_one(tmp_path: Path) -> None:
    """specification.md#dimensions. 5 and 6 without a region, 40 with an empty one."""
    files = dataset("sales", "name: region, type: string", "name: buyer, type: string",
                    "name: amount, type: integer")  # fmt: skip
    (name,) = files
    files[name] = files[name].replace("schema:\n", 'schema:\n  missingValues: ["-"]\n')
    lines = ["day,region,buyer,amount", "2026-03-05,-,ann,5", "2026-03-05,-,bob,6",
             "2026-03-05,,cid,40", "2026-03-05,north,dan,7"]  # fmt: skip
    files |= {"data/sales.csv": "\n".join(lines) + "\n", **cards("region")}
    found = members(write(tmp_path, files), "region", "2026-03")
    assert {name: found[name, ""] for name in VALUES} == {
        "total": "51", "middle": "6", "different": "3", "users": "3", "stock": "3",
        "balance": "6",
    }  # fmt: skip
    assert {name: found[name, "north"] for name in VALUES} == {
        "total": "7", "middle": "7", "different": "1", "users": "1", "stock": "1",
        "balance": "7",
    }  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [("value", "bucket"), ("day_", "reach"), ("member", "p0"), ("since", "until"), ("time", "row")],
)
def test_columns_may_have_any_name(tmp_path: Path, names: tuple[str, str]) -> None:
    one, other = names
    files = dataset("sales", f"name: {one}, type: string", f"name: {other}, type: string",
                    "name: buyer, type: string", "name: amount, type: integer")  # fmt: skip
    lines = [f"day,{one},{other},buyer,amount", "2026-03-05,a,x,ann,5", "2026-03-05,a,y,bob,9",
             "2026-03-05,b,y,bob,7"]  # fmt: skip
    files |= {"data/sales.csv": "\n".join(lines) + "\n", **cards(one, other)}
    root = write(tmp_path, files)
    found = members(root, one, "2026-03")
    assert {name: found[name, "a"] for name in VALUES} == {
        "total": "14", "middle": "7", "different": "2", "users": "2", "stock": "2",
        "balance": "7",
    }  # fmt: skip
    assert found["middle", "b"] == "7"
    assert members(root, other, "2026-03")["total", "y"] == "16"
