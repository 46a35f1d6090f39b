"""Scorecards drawn at random over all of their keys, scored by the product and by the oracle."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracle.compare import listing
from tests.oracle.compare_scores import score_differences
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import TODAY, built
from tests.oracle.test_drawn_judging import FACTS, TERMS

Json = dict[str, Any]
SITE: Json = {
    "organisation": {"zh": "甲", "en": "A"},
    "departments": [{"id": "main", "name": {"zh": "本部", "en": "Main"}}],
    "scoring": {"points": {"baseline": 50, "target": 90, "challenge": 130}, "below_baseline": 10,
                "grades": [{"from": 80, "name": "good"}, {"from": 0, "name": "poor"}]},
}  # fmt: skip
PLACES = ("a", "b", "c", "d", "e", "")
FORMULAS = {
    "total": "higher", "rows": "lower", "ratio": "higher", "mean": "within", "growth": "higher",
    "sofar": "lower",
}  # fmt: skip
TEXTS = {"ratio": "total / rows", "growth": "(total - before) / before"}
LIMITS = ["total / 2", "rows + 1", "before"]


SHORT = ("month", "month", "quarter")
LONG = ("month", "quarter", "quarter", "half_year")
ALL = ("week", "ten_days", "month", "quarter", "half_year", "year")


def grains(cycle: str) -> list[str]:
    """Return the lengths of period of which a card of this cycle has results."""
    return [cycle, *(g for g in ALL[2:] if ALL.index(g) > ALL.index(cycle))]


def draw(
    seed: int, cycles: Sequence[str] = SHORT, of_scorecards: Sequence[str] = LONG
) -> dict[str, Json]:
    """Return the files of a site: a card for each formula, and two scorecards."""
    chance = random.Random(seed)
    site = SITE | {"data_through": f"2025-06-{chance.choice([30, 30, 11])}",
                   "fiscal_year_start": chance.choice([1, 4])}  # fmt: skip
    files = {"site.yml": site, "datasets/facts.yml": FACTS}
    cards = {name: _card(chance, name, cycles) for name in FORMULAS}
    files |= {f"indicators/main/{name}.yml": card for name, card in cards.items()}
    for name in ("one", "two"):
        files[f"scorecards/{name}.yml"] = _scorecard(chance, name, cards, of_scorecards)
    return files


def _card(chance: random.Random, name: str, cycles: Sequence[str]) -> Json:
    card: Json = {
        "id": name, "name": name, "definition": {"zh": "抽。", "en": "Drawn."},
        "formula": TEXTS.get(name, name), "terms": TERMS, "unit": "count",
        "cycle": chance.choice(cycles), "dimensions": ["place"],
        "direction": FORMULAS[name],
    }  # fmt: skip
    if chance.random() < 0.85:
        card["thresholds"] = [_limits(chance, FORMULAS[name], card["cycle"])]
    card |= _rule(chance, FORMULAS[name]) if chance.random() < 0.25 else {}
    if chance.random() < 0.07:
        card["status"] = "retired"
    return card


def _limits(chance: random.Random, direction: str, cycle: str) -> Json:
    numbers = sorted(chance.sample([0, 1, 2, 3, 4.5, 6, 9], 3), reverse=direction != "higher")
    names = chance.choice(
        [("baseline", "target", "challenge"), ("target",), ("baseline", "target")]
    )
    found: Json = dict(zip(names, numbers, strict=False))
    if chance.random() < 0.2:
        found[names[0]] = chance.choice(LIMITS)
    if chance.random() < 0.3:
        found["per_cycle"] = True
    elif chance.random() < 0.2:
        found["grain"] = chance.choice(grains(cycle))
    if chance.random() < 0.2:
        found["from"] = chance.choice(["2025-02", "2025-04"])
    if chance.random() < 0.15:
        found["of"] = {"place": chance.choice("ab")}
    return found


def _rule(chance: random.Random, direction: str) -> Json:
    if chance.random() < 0.5:
        return {
            "points": chance.choice(["10 * value", "100 - rows", "LEAST(110, value / rows * 9)"])
        }
    key = "from" if direction == "higher" else "upto"
    bounds = sorted(chance.sample([0, 1, 2, 3.5, 5, 8], 3), reverse=key == "from")
    points = [100, "10 * value", chance.choice([60, "rows"])]
    return {"steps": [{key: b, "points": p} for b, p in zip(bounds, points, strict=True)]}


def _scorecard(
    chance: random.Random, name: str, cards: dict[str, Json], cycles: Sequence[str]
) -> Json:
    cycle = chance.choice(cycles)
    each = chance.random() < 0.6
    found: Json = {
        "id": name, "title": name, "cycle": cycle, "scored": True,
        "missing": chance.choice(["exclude", "zero"]),
    }  # fmt: skip
    if each:
        found["for_each"] = {"dimension": "place"}
        if chance.random() < 0.6:
            shares = [*sorted(chance.sample([0.1, 0.2, 0.25, 0.4, 0.5, 0.75, 0.9], 2)), 1]
            found["grades"] = [{"best": s, "name": n} for s, n in zip(shares, "ABC", strict=True)]
    if "grades" not in found and chance.random() < 0.5:
        found["grades"] = [{"from": s, "name": n} for s, n in ((90, "A"), (60, "B"), (0, "C"))]
    grades = [g["name"] for g in found.get("grades", SITE["scoring"]["grades"])]
    names = chance.sample(list(cards), 5)
    usable = [n for n in names if cycle in grains(cards[n]["cycle"])]
    lines = [_line(chance, n, cards[n], grades) for n in usable]
    lines = lines or [{"indicator": _of_cycle(cards, cycle), "deduct": {"each": 1}}]
    return found | _weighed(chance, lines) | {"lines": _about(chance, lines, each=each)}


def _of_cycle(cards: dict[str, Json], cycle: str) -> str:
    """Give the first card this cycle."""
    name = next(iter(cards))
    cards[name]["cycle"] = cycle
    return name


def _weighed(chance: random.Random, lines: list[Json]) -> Json:
    """Let the weights come to 100; without any return what the scorecard starts from."""
    weighed = [line for line in lines if "weight" in line]
    for line in weighed:
        line["weight"] = chance.choice([0, 5, 10, 20])
    if weighed:
        weighed[0]["weight"] += 100 - sum(line["weight"] for line in weighed)
    elif chance.random() < 0.5 or not any("deduct" in line for line in lines):
        return {"start": chance.choice([100, 20, 0])}
    return {}


def _about(chance: random.Random, lines: list[Json], *, each: bool) -> list[Json]:
    """Let some lines be about all, or about one member."""
    for line in lines:
        if each and chance.random() < 0.2:
            line["shared"] = True
        elif not each and chance.random() < 0.2:
            line["of"] = {"place": chance.choice("abz")}
    if each and all(line.get("shared") for line in lines):
        del lines[0]["shared"]
    return lines


def _line(chance: random.Random, name: str, card: Json, grades: list[str]) -> Json:
    line: Json = {"no": name, "indicator": name}
    kind = chance.choice(["line", "line", "line", "deduct", "bonus", "veto", "part"])
    earns = kind == "line"
    if kind in {"line", "part"}:
        line["weight"] = 0
    if kind in {"deduct", "part"}:
        line["deduct"] = {"each": chance.choice([0.5, 2])}
        line["deduct"] |= {"at_most": chance.choice([3, 6])} if chance.random() < 0.6 else {}
    if kind == "bonus":
        earns = chance.random() < 0.5
        line["bonus"] = {} if earns else {"each": chance.choice([0.5, 2])}
        if earns or chance.random() < 0.6:
            line["bonus"]["at_most"] = chance.choice([3, 6])
    if kind == "veto" or chance.random() < 0.2:
        line["veto"] = {chance.choice(["above", "below"]): chance.choice([-2, 0, 3, 8])}
        settled = {"total": 12.5, "at_most": 60, "grade": chance.choice(grades)}
        key = chance.choice([*settled, ""])
        line["veto"] |= {key: settled[key]} if key else {}
    line |= _earned(chance, name, card) if earns else {}
    if chance.random() < 0.2:
        line["cycle"] = chance.choice(grains(card["cycle"]))
    return line


def _earned(chance: random.Random, name: str, card: Json) -> Json:
    """Draw how points are earned."""
    found: Json = {}
    if chance.random() < 0.35:
        found["thresholds"] = _limits(chance, FORMULAS[name], card["cycle"])
        found["thresholds"].pop("of", None)
        found["thresholds"].pop("from", None)
    found |= _rule(chance, FORMULAS[name]) if chance.random() < 0.25 else {}
    if chance.random() < 0.4:
        found["take"] = chance.choice(["points_mean", "points_last"])
    if chance.random() < 0.3:
        found["cap"] = chance.choice([70, 100])
    if chance.random() < 0.3:
        found["floor"] = chance.choice([-5, 0, 40])
    return found


def _rows(chance: random.Random) -> list[str]:
    months = [f"2025-{m:02}" for m in range(1, 7)] + ["2024-12"]
    return [
        f"{chance.choice(months)}-{chance.randint(1, 28):02},{chance.choice(PLACES)},"
        f"{chance.randint(-2, 9)}.50"
        for _ in range(chance.choice([12, 40]))
    ]


def found_differences(seed: int) -> list[str]:
    """Build the site of ``seed`` and return what its scores have wrong."""
    chance = random.Random(5000 + seed)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, content in draw(seed).items():
            (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "content" / path).write_text(yaml.safe_dump(content, allow_unicode=True))
        (root / "data").mkdir()
        (root / "data" / "facts.csv").write_text("\n".join(["day,place,amount", *_rows(chance)]))
        data = built(root, root / "build")["data/scores.csv"]
        return score_differences(root, Oracle(read(root), TODAY), data)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 9, 10, 13, 26])
def test_drawn_scorecards(seed: int) -> None:
    found = found_differences(seed)
    assert not found, listing(found) + "\n" + yaml.safe_dump_all(draw(seed).values())
