"""Every row that the product publishes, computed again by DuckDB; signals in plain Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle import signals
from tests.oracle.compare import differences, listing
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
    found = differences(Oracle(content, TODAY), files["data/values.csv"], files["data/terms.csv"])
    found += signals.differences(content, files["data/values.csv"], files["data/signals.csv"])
    assert not found, listing(found)


def test_sample_company(tmp_path: Path) -> None:
    files = built(COMPANY, tmp_path)
    content = read(COMPANY)
    found = differences(Oracle(content, TODAY), files["data/values.csv"], files["data/terms.csv"])
    found += signals.differences(content, files["data/values.csv"], files["data/signals.csv"])
    assert not found, listing(found)
