"""Small tables drawn at random, computed by the product and by the oracle."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.compare import differences, listing
from tests.oracle.content import read
from tests.oracle.engine import Oracle
from tests.oracle.product import built

CONTENT = Path(__file__).parent / "drawn" / "content"

HEAD = ("day", "until", "place", "amount", "flag", "big", "fine")
DAYS = st.dates(date(2024, 10, 25), date(2025, 4, 20)).map(str) | st.just("")
ROW = st.tuples(
    DAYS,
    DAYS,
    st.sampled_from(["", "a", "b", "<c>"]),
    st.sampled_from(["", "0", "0.10", "0.20", "-0.30", "99999999.99"]),
    st.sampled_from(["true", "false", ""]),
    st.sampled_from(["", "1", "-7", "4611686018427387904", "9223372036854775807", "-9e18"]).map(
        lambda text: text.replace("-9e18", "-9223372036854775807")
    ),
    st.sampled_from(["", "0.000000000001", "123456789012.123456789012", "-99999999999.5"]),
).filter(any)  # a line of nothing but commas is a mistake, told elsewhere


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(ROW, max_size=14),
    closing=st.just(31) | st.integers(1, 31),
    cycle=st.sampled_from(["month", "week", "ten_days"]),
)
def test_drawn_facts(rows: list[tuple[str, ...]], closing: int, cycle: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        shutil.copytree(CONTENT, root / "content")
        for card in (root / "content" / "indicators").glob("*/*.yml"):
            card.write_text(card.read_text().replace("cycle: month", f"cycle: {cycle}"))
        with (root / "content" / "site.yml").open("a") as site:
            site.write(f"calendar: {{closing_day: {closing}}}\n")
        (root / "data").mkdir()
        lines = [",".join(row) for row in (HEAD, *rows)]
        (root / "data" / "facts.csv").write_text("\n".join(lines) + "\n")
        files = built(root, root / "build")
        found = differences(Oracle(read(root)), files["data/values.csv"], files["data/terms.csv"])
        assert not found, listing(found)
