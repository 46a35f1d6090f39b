"""A clock that goes back: what was kept, built or published in its future is in nobody's way."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from kpi_site.catalog import KINDS, Text
from kpi_site.checking import check
from kpi_site.editions.ledger import LEDGER
from kpi_site.editions.proof import checkpoint, proved
from kpi_site.files import PART, File, sweep_parts, write_changed
from kpi_site.options import Options
from kpi_site.publishing import publish
from kpi_site.site import generate
from kpi_site.swap import sweep
from tests.editions.conftest import MINI, edit, sign_all, snapshot

WRONG, RIGHT = date(2027, 6, 1), date(2026, 11, 24)
AHEAD = 1_850_000_000  # of a clock in 2028


def generated(root: Path, today: date) -> dict[str, bytes]:
    """Generate, and return what was written but for what is kept."""
    done, problems = generate(Options(root, today))
    assert done is not None, [p.text() for p in problems]
    found = snapshot(root / "build")
    return {name: data for name, data in found.items() if not name.startswith("cache/")}


def test_what_was_published_and_kept_in_the_future_stands(tmp_path: Path) -> None:
    root = tmp_path / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    ahead, now = Options(root, WRONG), Options(root, RIGHT)
    sign_all(ahead, "2026-10", on=date(2027, 5, 30))
    assert publish(ahead, "2026-10", on=WRONG)[0] is not None
    kept_elsewhere = checkpoint(root)
    generated(root, WRONG)
    for path in root.rglob("*"):
        os.utime(path, (AHEAD, AHEAD))

    fresh = tmp_path / "fresh"
    shutil.copytree(root, fresh, ignore=shutil.ignore_patterns("build"))
    assert generated(root, RIGHT) == generated(fresh, RIGHT)
    assert check(now) == ()

    edit(root, "data/answers.csv", "A0001,2025-07-02,9", "A0001,2025-07-02,3")
    with (root / "data/answers.csv").open("a", encoding="utf-8") as file:
        file.write("A9999,2026-10-30,10\n")
    for path in (root / "data").iterdir():
        os.utime(path, (AHEAD, AHEAD))  # size and contents differ, and no time tells
    sign_all(now, "2026-10", on=date(2026, 11, 6))
    made, problems = publish(
        now, "2026-10", on=date(2026, 11, 8), kind=KINDS[0], reason=Text(plain="late")
    )
    assert made is not None, [p.text() for p in problems]
    days = [line.split(",")[3] for line in (root / LEDGER).read_text().splitlines()[1:]]
    assert days == ["2027-06-01", "2026-11-08"], "the order is that of publishing"
    told = [f.text.en for f in proved(root, since=kept_elsewhere) if not f.holds]
    assert told == []
    assert check(now) == ()
    page = generated(root, RIGHT)["docs/en/reports/2026-10.md"].decode()
    assert "edition-2" in page


@pytest.mark.parametrize("when", [1, AHEAD])
def test_what_was_killed_under_another_clock_is_swept(tmp_path: Path, when: int) -> None:
    parts = [tmp_path / name / f".0123456789abcdef{PART}" for name in ("out", "cache/results")]
    parts.append(tmp_path / f"cache/tables/orders.0123456789abcdef0123.4711{PART}")
    beside = tmp_path / ".site.abcd1234"
    for path in (*parts, beside / "new" / "index.html"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    under_way = tmp_path / f"cache/.fedcba9876543210{PART}"
    under_way.write_text("x")
    for path in (*parts, beside):
        os.utime(path, (when, when))
    write_changed(tmp_path / "out", [File("a", "a")])
    sweep_parts(tmp_path / "cache")
    sweep(tmp_path / "site")
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert left == ["cache/.fedcba9876543210.part", "out/a"]
