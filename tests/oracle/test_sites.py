"""Every row that the product publishes, computed again: by DuckDB, signals and scores in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle import signals
from tests.oracle.compare import differences, listing
from tests.oracle.compare_scores import score_differences
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import TODAY, built

SITES = Path(__file__).parents[1] / "sites"
COMPANY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name", sorted(p.name for p in SITES.iterdir() if (p / "content").is_dir())
)
def test_site(name: str, tmp_path: Path) -> None:
    root = SITES / name
    files = built(root, tmp_path)
    content = read(root)
    oracle = Oracle(content, TODAY)
    found = differences(oracle, files["data/values.csv"], files["data/terms.csv"])
    found += signals.differences(content, files["data/values.csv"], files["data/signals.csv"])
    found += score_differences(root, oracle, files.get("data/scores.csv", b""))
    assert not found, listing(found)


def test_sample_company(tmp_path: Path) -> None:
    files = built(COMPANY, tmp_path)
    content = read(COMPANY)
    oracle = Oracle(content, TODAY)
    found = differences(oracle, files["data/values.csv"], files["data/terms.csv"])
    found += signals.differences(content, files["data/values.csv"], files["data/signals.csv"])
    found += score_differences(COMPANY, oracle, files["data/scores.csv"])
    assert not found, listing(found)
