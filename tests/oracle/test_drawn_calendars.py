"""Cards and scorecards of all cycles, drawn under other calendars: figures, scores, signals."""

from __future__ import annotations

import csv
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracle import signals
from tests.oracle.compare import differences, listing
from tests.oracle.compare_scores import score_differences
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import TODAY, built
from tests.oracle.test_drawn_scores import ALL, draw

Json = dict[str, Any]
CYCLES = ("week", "ten_days", "month", "quarter")
PERIODS: Json = {
    "id": "periods", "path": "data/periods.csv",
    "schema": {"fields": [
        {"name": "period", "type": "string"}, {"name": "first", "type": "date"},
        {"name": "last", "type": "date"}, {"name": "quarter", "type": "string"},
        {"name": "half_year", "type": "string"}, {"name": "year", "type": "string"},
    ]},
}  # fmt: skip
OF_TOTAL = ("start", "grades")
OF_LINES = ("deduct", "bonus", "veto", "take", "cap", "floor")


def listed(chance: random.Random) -> list[list[str]]:
    """List two years of periods of random lengths, with a thirteenth somewhere or nowhere."""
    day, rows = date(2024, 1, 1) - timedelta(days=chance.randint(0, 9)), []
    whole = chance.random() < 0.5  # else a thirteenth belongs to no quarter
    for year in (2024, 2025):
        labels = [f"{year}-{month:02}" for month in range(1, 13)]
        at = chance.choice([3, 12, None])
        if at is not None:
            labels.insert(at, f"{year}-P13")
        month = 1
        for label in labels:
            odd = label.endswith("P13")
            last = day + timedelta(days=6 if odd else chance.choice([27, 27, 34]))
            month = month if odd else int(label[5:])
            alone = odd and not whole
            quarter = "" if alone else f"{year}-Q{(month - 1) // 3 + 1}"
            half = "" if alone and month == 12 else f"{year}-H{(month - 1) // 6 + 1}"
            rows.append([label, str(day), str(last), quarter, half, str(year)])
            day = last + timedelta(days=1)
    return rows


def site(seed: int) -> tuple[dict[str, Json], list[list[str]]]:
    """Return the files of a drawn site, and the lines of its own calendar if it has one."""
    chance = random.Random(7000 + seed)
    files = draw(seed, CYCLES, ALL)
    own = files["site.yml"]
    lines: list[list[str]] = []
    kind = ("closing", "listed", "plain")[seed % 3]
    if kind == "closing":
        own["calendar"] = {"closing_day": chance.choice([20, 25, 30])}
    elif kind == "listed":
        own |= {"calendar": {"dataset": "periods"}, "fiscal_year_start": 1}
        files["datasets/periods.yml"] = PERIODS
        lines = listed(chance)
    for name in ("one", "two"):
        if chance.random() < 0.5:
            _unscored(files[f"scorecards/{name}.yml"])
    return files, lines


def _unscored(card: Json) -> None:
    """Take away what speaks of a total."""
    card["scored"] = False
    for key in OF_TOTAL:
        card.pop(key, None)
    for line in card["lines"]:
        for key in OF_LINES:
            line.pop(key, None)
    card.pop("for_each", None)
    for line in card["lines"]:
        line.pop("shared", None)


def _facts(chance: random.Random) -> list[str]:
    first = date(2025, 2, 20)
    return ["day,place,amount", *(
        f"{first + timedelta(days=chance.randint(0, 120))},{chance.choice('abc')},"
        f"{chance.randint(-2, 9)}.50"
        for _ in range(chance.choice([12, 30]))
    )]  # fmt: skip


def found_differences(seed: int) -> list[str]:
    """Build the site of ``seed``; return every figure, score and signal that is wrong."""
    chance = random.Random(8000 + seed)
    files, lines = site(seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, content in files.items():
            (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "content" / path).write_text(yaml.safe_dump(content, allow_unicode=True))
        (root / "data").mkdir()
        (root / "data" / "facts.csv").write_text("\n".join([*_facts(chance), ""]))
        with (root / "data" / "periods.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [["period", "first", "last", "quarter", "half_year", "year"], *lines]
            )
        made, known = built(root, root / "build"), read(root)
        oracle = Oracle(known, TODAY)
        values = made["data/values.csv"]
        found = differences(oracle, values, made["data/terms.csv"])
        found += signals.differences(known, values, made["data/signals.csv"])
        return found + score_differences(root, oracle, made["data/scores.csv"])


@pytest.mark.parametrize("seed", range(6))
def test_drawn_calendars(seed: int) -> None:
    found = found_differences(seed)
    assert not found, listing(found) + "\n" + yaml.safe_dump_all(site(seed)[0].values())
