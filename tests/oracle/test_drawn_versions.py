"""Cards whose formula and terms change from a period on, drawn: figures, terms and scores."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracle.compare import differences, listing
from tests.oracle.compare_scores import score_differences
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import TODAY, built
from tests.oracle.test_drawn_scores import draw

Json = dict[str, Any]
FORMULAS = ["total", "rows", "total / rows", "mean", "total - before", "2 * rows", "sofar"]
REWORDED: Json = {
    "total": {"from": "facts", "value": "SUM(amount)", "where": "amount > 1"},
    "rows": {"from": "facts", "value": "COUNT(DISTINCT place)"},
    "rest": {"from": "facts", "value": "COUNT(*)", "where": "amount < 2"},
}
STARTS = ["2025-01", "2025-02", "2025-Q2", "2025-05", "2025-06", "2025-09", "2026"]


def site(seed: int) -> dict[str, Json]:
    """Return a drawn site in which cards have one to three versions more."""
    chance = random.Random(9000 + seed)
    files = draw(seed)
    for path, card in files.items():
        if not path.startswith("indicators/") or chance.random() < 0.2:
            continue
        card["versions"] = []
        for start in sorted(chance.sample(STARTS, chance.randint(1, 3)), key=_first_month):
            version: Json = {"from": start}
            names = chance.sample(list(REWORDED), chance.choice([0, 1, 1, 2]))
            if names:
                version["terms"] = {name: REWORDED[name] for name in names}
            if not names or chance.random() < 0.6:
                version["formula"] = chance.choice(
                    [*FORMULAS, *(["rest + rows"] if "rest" in names else [])]
                )
            card["versions"].append(version)
        for key in ("points", "steps"):  # arithmetic over terms is about the newest alone
            card.pop(key, None)
        _numbers_alone(card)
    for name in ("one", "two"):
        for line in files[f"scorecards/{name}.yml"]["lines"]:
            _in_time(chance, line)
    return files


def _in_time(chance: random.Random, line: Json) -> None:
    """Leave a line numbers alone, and let one without a weight stand there for a time."""
    for key in ("points", "steps"):
        line.pop(key, None)
    _numbers_alone(line)
    if "weight" not in line and chance.random() < 0.7:
        bounds: list[Json] = [{"from": "2025-03"}, {"until": "2025-Q1"}]
        line.update(chance.choice([*bounds, {"from": "2025-02", "until": "2025-05"}]))


def _first_month(label: str) -> str:
    return {"2025-Q2": "2025-04", "2026": "2026-01"}.get(label, label)


def _numbers_alone(holder: Json) -> None:
    sets = holder.get("thresholds", [])
    for one in [sets] if isinstance(sets, dict) else sets:
        one.pop("per_cycle", None)  # of an amount alone, and some version is none
        for name in [n for n, limit in one.items() if n != "from" and isinstance(limit, str)]:
            if name != "grain":
                del one[name]
        if not {"baseline", "target", "challenge"} & set(one):
            one["target"] = 3


def _rows(chance: random.Random) -> list[str]:
    months = [f"2025-{m:02}" for m in range(1, 7)] + ["2024-12"]
    return ["day,place,amount", *(
        f"{chance.choice(months)}-{chance.randint(1, 28):02},{chance.choice('abc')},"
        f"{chance.randint(-2, 9)}.50"
        for _ in range(30)
    )]  # fmt: skip


def found_differences(seed: int) -> list[str]:
    """Build the site of ``seed``; return every figure, term and score that is wrong."""
    chance = random.Random(9500 + seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, content in site(seed).items():
            (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(json.loads(json.dumps(content)), allow_unicode=True)  # no aliases
            (root / "content" / path).write_text(text)
        (root / "data").mkdir()
        (root / "data" / "facts.csv").write_text("\n".join([*_rows(chance), ""]))
        made = built(root, root / "build")
        oracle = Oracle(read(root), TODAY)
        found = differences(oracle, made["data/values.csv"], made["data/terms.csv"])
        return found + score_differences(root, oracle, made["data/scores.csv"])


@pytest.mark.parametrize("seed", range(4))
def test_drawn_versions(seed: int) -> None:
    found = found_differences(seed)
    assert not found, listing(found) + "\n" + yaml.safe_dump_all(site(seed).values())
