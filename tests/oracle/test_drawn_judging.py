"""Thresholds and points drawn at random, judged by the product and by the oracle."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracle.compare import differences, listing
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import built

SITE = {
    "organisation": {"zh": "甲", "en": "A"},
    "data_through": "2025-03-17",
    "fiscal_year_start": 1,
    "departments": [{"id": "main", "name": {"zh": "本部", "en": "Main"}}],
}
FACTS: dict[str, Any] = {
    "id": "facts", "path": "data/facts.csv", "time": "day",
    "schema": {"fields": [
        {"name": "day", "type": "date", "constraints": {"required": True}},
        {"name": "place", "type": "string"},
        {"name": "amount", "type": "number", "decimals": 2},
    ]},
}  # fmt: skip
TERMS: dict[str, Any] = {
    "total": {"from": "facts", "value": "SUM(amount)"},
    "rows": {"from": "facts", "value": "COUNT(*)"},
    "mean": {"from": "facts", "value": "AVG(amount)"},
    "sofar": {"from": "facts", "value": "SUM(amount)", "to_date": "year"},
    "year": {"from": "facts", "value": "COUNT(*)", "window": "3mo"},
    "before": {"term": "total", "lag": "1mo"},
    "all": {"term": "total", "overall": True},
}
FORMULAS = [
    "total", "rows", "total / rows", "total - before", "2 * total + rows", "mean", "sofar",
    "year", "total / all", "rows * rows", "ROUND(total / 10, 1)", "COALESCE(before, total)",
    "CASE WHEN rows > 2 THEN total ELSE rows END", "ABS(total) + 0 * mean", "sofar - total / 4",
]  # fmt: skip
LIMITS = ["total / 2", "rows + 1", "before", "0.9 * mean", "CASE WHEN rows > 1 THEN all ELSE 3 END"]
RULES = [
    "LEAST(120, 100 * value / target)", "10 * value", "100 - rows", "value / rows * 5",
    "CASE WHEN value >= target THEN 100 WHEN value >= baseline OR rows = 0 THEN 60 ELSE 0 END",
]  # fmt: skip


def draw(seed: int) -> dict[str, Any]:
    """Return a card whose keys are drawn by ``seed``."""
    chance = random.Random(seed)
    direction = chance.choice(["higher", "higher", "lower", "within"])
    card: dict[str, Any] = {
        "id": "drawn", "name": {"zh": "抽", "en": "Drawn"},
        "definition": {"zh": "抽。", "en": "Drawn."}, "formula": chance.choice(FORMULAS),
        "terms": TERMS, "unit": "count", "cycle": chance.choice(["month", "quarter", "day"]),
        "dimensions": ["place"], "direction": direction,
    }  # fmt: skip
    thresholds = [_set(chance, direction, card["cycle"]) for _ in range(chance.randint(0, 4))]
    if thresholds:
        card["thresholds"] = _distinct(thresholds)
    given = {key for one in thresholds for key in one}
    if chance.random() < 0.3:
        rules = [r for r in RULES if all(n in given for n in ("target", "baseline") if n in r)]
        card["points"] = chance.choice(rules)
    elif chance.random() < 0.3:
        key = "from" if direction == "higher" else "upto"
        bounds = sorted(chance.sample([0, 1, 2, 3.5, 5, 8, 20], 3), reverse=key == "from")
        points = [100, "10 * value", chance.choice([60, "rows"])]
        card["steps"] = [{key: b, "points": p} for b, p in zip(bounds, points, strict=True)]
    return card


def _set(chance: random.Random, direction: str, cycle: str) -> dict[str, Any]:
    numbers = sorted(chance.sample([0, 1, 2, 3, 4.5, 6, 9, 12], 3), reverse=direction != "higher")
    names = chance.choice(
        [("baseline", "target", "challenge"), ("target",), ("baseline", "target")]
    )
    found: dict[str, Any] = dict(zip(names, numbers, strict=False))
    for name in names:
        if chance.random() < 0.2:
            found[name] = chance.choice(LIMITS)
    if chance.random() < 0.4:
        found["from"] = chance.choice(["2024-12", "2025-01", "2025-02"])
    if chance.random() < 0.35:
        found["of"] = {"place": chance.choice(["a", "b"])}
    kind = chance.random()
    if kind < 0.4:
        found["per_cycle"] = True
    elif kind < 0.6:
        longer = ["day", "month", "quarter", "half_year", "year"]
        found["grain"] = chance.choice(longer[longer.index(cycle) :])
    return found


def _distinct(sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep one set of each kind and start, the earlier first."""
    known = {(str(s.get("of")), s.get("grain"), s.get("from", "")): s for s in sets}
    return [known[key] for key in sorted(known, key=lambda k: k[2])]


@pytest.mark.parametrize("seed", range(24))
def test_drawn_standards(seed: int) -> None:
    chance = random.Random(1000 + seed)
    rows = [
        f"{chance.choice(['2024-11', '2024-12', '2025-01', '2025-02', '2025-03'])}"
        f"-{chance.randint(1, 28):02},{chance.choice(['a', 'b', ''])},{chance.randint(-2, 9)}.50"
        for _ in range(16)
    ]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, content in (
            ("site.yml", SITE),
            ("datasets/facts.yml", FACTS),
            ("indicators/main/drawn.yml", draw(seed)),
        ):
            (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "content" / path).write_text(yaml.safe_dump(content, allow_unicode=True))
        (root / "data").mkdir()
        (root / "data" / "facts.csv").write_text("\n".join(["day,place,amount", *rows]) + "\n")
        files = built(root, root / "build")
        found = differences(Oracle(read(root)), files["data/values.csv"], files["data/terms.csv"])
        assert not found, listing(found) + "\n" + yaml.safe_dump(draw(seed))
