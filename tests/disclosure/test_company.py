"""The sample company's service quality: what few reviews say stands in no file of its site.

The card and its dataset stand in a site of their own, with all that is generated of them; what
is secret is worked out from the rows anew.
"""

from __future__ import annotations

import csv
import zipfile
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.site import generate

ROOT = Path(__file__).parents[2]
CARD = "content/indicators/customer_service/service_quality.yml"
COPIED = ("content/datasets/service_reviews.yml", "data/service_reviews.csv", "content/site.yml")
SMALL = ("2024-05", "2024-07", "2025-08", "2026-01")
Cell = tuple[str, str]
"""A month and a channel."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("company")
    for name in (*COPIED, CARD):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    lines = (root / CARD).read_text("utf-8").splitlines()
    own = (line for line in lines if not line.startswith("related:"))
    (root / CARD).write_text("\n".join(own) + "\n", "utf-8")
    found, problems = generate(Options(root=root, today=date(2026, 11, 10)))
    assert found is not None, [p.text() for p in problems]
    return root


@pytest.fixture(scope="module")
def scores() -> dict[Cell, dict[str, list[int]]]:
    """Return the scores that were given, by month and channel, then by assessor."""
    found: defaultdict[Cell, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    with (ROOT / "data" / "service_reviews.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            own = found[row["reviewed_on"][:7], row["channel"]][row["assessor"]]
            own += [int(row["score"])] if row["score"] else []
    return {cell: dict(own) for cell, own in found.items()}


def figures(own: dict[str, list[int]]) -> list[Fraction]:
    """Return the means of both assessors and the figure that the card makes of them."""
    means = {name: Fraction(sum(x), len(x)) for name, x in own.items() if x}
    found = [*means.values()]
    if len(means) == 2:
        found.append(Fraction(6, 10) * means["customer"] + Fraction(4, 10) * means["internal"])
    return found


def text(number: Fraction) -> str:
    """Return ten digits: no two figures share them by chance."""
    return str(float(number))[:10]


def values(site: Path, name: str = "values") -> list[dict[str, str]]:
    path = site / "build" / "docs" / "en" / "data" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def hidden(site: Path) -> set[Cell]:
    rows = [r for r in values(site) if r["state"] == "suppressed"]
    assert {(r["grain"], r["dimension"]) for r in rows} == {("month", "channel")}
    return {(r["period"], r["member"]) for r in rows}


def test_few_reviews_are_hidden_and_never_alone(
    site: Path, scores: dict[Cell, dict[str, list[int]]]
) -> None:
    """E-mail has 3 reviews of either kind in four months; the quarters are told.

    So another month of the quarter hides it too, and in each of these months other channels.
    """
    found = hidden(site)
    for month in SMALL:
        assert max(len(own) for own in scores[month, "email"].values()) == 3
        assert (month, "email") in found
    for month, channel in found:
        assert len({c for m, c in found if m == month}) >= 2
        assert len({m for m, c in found if c == channel}) >= 2


def test_hidden_figures_stand_in_no_file(
    site: Path, scores: dict[Cell, dict[str, list[int]]]
) -> None:
    secret = {text(f) for cell in hidden(site) for f in figures(scores[cell])}
    told = {text(f) for cell in scores.keys() - hidden(site) for f in figures(scores[cell])}
    rows = [*values(site), *values(site, "terms")]  # that hidden ones are empty is seen below
    told |= {
        row["value"][:10] for row in rows if (row["period"], row["member"]) not in hidden(site)
    }
    secret = {number for number in secret - told if len(number) == 10}
    assert len(secret) > 20
    files = [path for path in (site / "build" / "docs").rglob("*") if path.is_file()]
    names = {path.relative_to(site / "build" / "docs").as_posix() for path in files}
    assert {"en/data/indicators.json", "zh/data/terms.csv", "en/data/signals.csv"} <= names
    assert {"en/data/values.parquet", "zh/indicators/service_quality.md"} <= names
    for path in files:
        assert not [number for number in secret if number in _told_by(path)], path


def _told_by(path: Path) -> str:
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    if path.suffix == ".parquet":
        import polars as pl

        return pl.read_parquet(path).write_csv()
    return path.read_text("utf-8", "ignore")


def test_rows_of_hidden_cells_are_empty_everywhere(site: Path) -> None:
    found = hidden(site)
    data = site / "build" / "docs" / "zh" / "data"
    for name in ("values", "terms", "signals", "contributions", "indicators/service_quality"):
        with (data / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if (row["period"], row.get("member", row.get("member_or_term"))) in found:
                    numbers = ("value", "n", "points", "contribution", "upper", "signal")
                    assert not any(row.get(number) for number in numbers), (name, row)
