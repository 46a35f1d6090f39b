"""Small tables drawn at random, for the cards of the oracle's drawn site and some harder ones."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from tests.figures.small import card
from tests.oracle.test_drawn import CONTENT, HEAD, ROW

ROWS = st.lists(ROW, max_size=14)
CYCLES = st.sampled_from(["month", "week", "ten_days"])

HARDER = {
    "beside": '{from: facts, value: "QUANTILE_CONT(fine, 0.9)", window: 70d}',
    "beside_days": '{from: facts, value: "MEDIAN(until - day)"}',
    "beside_ratios": '{from: facts, value: "SUM(amount / fine) FILTER (WHERE amount > 0)"}',
    "standing": '{from: facts, value: "MEDIAN(amount)", since: day, until: until, at: end}',
    "standing_kinds": '{from: facts, value: "COUNT(DISTINCT place)", since: day, at: start}',
    "left": '{from: facts, value: "QUANTILE_CONT(fine, 0.2) + COUNT(DISTINCT big)", at: end}',
    "last_kinds": '{from: facts, value: "COUNT(DISTINCT amount)", last_per: big}',
    "texts": "{from: facts, value: \"COUNT(*)\", where: \"place ILIKE '%C%' OR place = ''\"}",
    "halves": '{from: facts, value: "MAX(big // 3) + SUM(big % 7)", to_date: year}',
}


def write_drawn(root: Path, rows: Sequence[Sequence[str]], cycle: str) -> Path:
    """Write the site with ``rows`` as its facts, every card of ``cycle``."""
    shutil.copytree(CONTENT, root / "content", dirs_exist_ok=True)
    folder = next((root / "content" / "indicators").iterdir())
    for name, term in HARDER.items():
        unit = "hours" if name == "beside_days" else "count"
        ((_, text),) = card(name, f"t: {term}", more="dimensions: [place]\n").items()
        text = text.replace("unit: count", f"unit: {unit}")
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    for file in folder.glob("*.yml"):
        file.write_text(file.read_text("utf-8").replace("cycle: month", f"cycle: {cycle}"))
    (root / "data").mkdir(exist_ok=True)
    lines = [",".join(row) for row in (HEAD, *rows)]
    (root / "data" / "facts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root
