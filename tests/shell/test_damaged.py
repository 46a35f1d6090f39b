"""A disk that fails, a hand that slips: whatever kept file is damaged, the site is as it was.

What is damaged is not there: it is made anew, and the pages are byte for byte the same.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.publishing import publish
from kpi_site.site import generate
from tests.editions.conftest import MINI, PUBLISHED, sign_all, snapshot

TODAY = date(2026, 11, 24)
KINDS = (
    "compared/*.json", "content", "digests/*", "downloads/*", "downloads/*.parquet",
    "exports/*", "pages/*", "reports/*.json", "results/*.json", "tables/*.json",
    "tables/*.parquet", "tables/files.json", "tables/keys.json", "vega*.js",
)  # fmt: skip
CUSTOMERS = """\
id: regions
title: {zh: 大区, en: Regions}
path: data/regions.csv
schema:
  primaryKey: [region]
  fields:
    - {name: region, type: string, constraints: {required: true}}
"""
KEY = "  foreignKeys:\n    - {fields: [region], reference: {resource: regions, fields: [region]}}\n"


def a_bit(data: bytes, chance: random.Random) -> bytes:
    """Turn one bit."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def a_digit(data: bytes, chance: random.Random) -> bytes:
    """Make one digit another: what was kept can still be read, and says something else."""
    digits = [match.start() for match in re.finditer(rb"[0-9]", data)]
    if not digits:
        return a_bit(data, chance)
    at = chance.choice(digits)
    other = chance.choice([d for d in b"0123456789" if d != data[at]])
    return data[:at] + bytes([other]) + data[at + 1 :]


def the_end(data: bytes, chance: random.Random) -> bytes:
    """Lose what comes after some byte."""
    return data[: chance.randrange(len(data))]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with all that is ever kept: a parent, a published report, a draft; its root."""
    root = tmp_path_factory.mktemp("damaged") / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    (root / "content/datasets/regions.yml").write_text(CUSTOMERS, "utf-8")
    (root / "data/regions.csv").write_text("region\nnorth\nsouth\n", "utf-8")
    orders = root / "content/datasets/orders.yml"
    text = orders.read_text("utf-8").replace("  fields:\n", f"{KEY}  fields:\n", 1)
    orders.write_text(text, "utf-8")
    options = Options(root, TODAY)
    sign_all(options, "2026-10")
    edition, problems = publish(options, "2026-10", on=PUBLISHED)
    assert edition is not None, problems
    draft = root / "content/reports/2026-09/report.yml"
    draft.parent.mkdir()
    draft.write_text("period: 2026-09\nscorecards: [company]\n", "utf-8")
    generated(root)
    time.sleep(2)  # files as young as their digests are looked at once more
    generated(root)
    return root


def generated(root: Path) -> dict[str, bytes]:
    """Generate, and return all that was written but for what is kept."""
    done, problems = generate(Options(root, TODAY))
    assert done is not None, [p.text() for p in problems]
    found = snapshot(root / "build")
    return {name: data for name, data in found.items() if not name.startswith("cache/")}


def by_kind(cache: Path) -> dict[str, list[Path]]:
    """Return every kept file by the kind of what it keeps."""
    found = defaultdict(list)
    for path in sorted(p for p in cache.rglob("*") if p.is_file()):
        where = path.relative_to(cache).parts[0]
        if len(path.relative_to(cache).parts) == 1:
            chart = path.name.startswith("vega")
            found[f"vega*{path.suffix}" if chart else path.name].append(path)
        elif path.name in {"files.json", "keys.json"}:
            found[f"{where}/{path.name}"].append(path)
        else:
            suffix = path.suffix if path.suffix in {".json", ".parquet"} else ""
            found[f"{where}/*{suffix}"].append(path)
    return found


def test_no_kind_of_kept_file_is_forgotten(company: Path) -> None:
    assert tuple(sorted(by_kind(company / "build/cache"))) == KINDS


@pytest.mark.parametrize("harm", [a_bit, a_digit, the_end])
@pytest.mark.parametrize("kind", KINDS)
def test_damage_never_shows(
    company: Path, kind: str, harm: Callable[[bytes, random.Random], bytes]
) -> None:
    expected = generated(company)
    chance = random.Random(f"{kind} {harm.__name__}")
    for path in chance.sample(files := by_kind(company / "build/cache")[kind], min(3, len(files))):
        whole = path.read_bytes()
        if path.parent.name == "compared" and path.name != "unchanged.json":
            (path.parent / "unchanged.json").unlink()  # where it is sound nobody asks for others
        if path.parent.name == "digests" and not path.name.endswith("-sound"):
            path.with_name(f"{path.name}-sound").unlink()  # nor where editions are known to be
        path.write_bytes(harmed := harm(whole, chance))
        assert harmed != whole
        assert generated(company) == expected, path
        if path.name == "files.json":  # it holds the time of hashing
            continue
        if path.parent.name == "digests":  # they tell of what was looked at this time
            assert path.read_bytes() != harmed, "what was damaged is kept anew"
        else:
            assert path.read_bytes() == whole, "what was damaged is kept anew"


def test_one_kept_file_in_the_place_of_another_is_no_good(company: Path) -> None:
    expected = generated(company)
    for files in by_kind(company / "build/cache").values():
        if len(files) > 1:
            shutil.copyfile(files[1], files[0])
    assert generated(company) == expected


def test_facts_edited_with_size_time_and_inode_kept_are_seen(company: Path) -> None:
    facts = company / "data/answers.csv"
    before, stat = facts.read_bytes(), facts.stat()
    os.utime(facts, ns=(stat.st_atime_ns, stat.st_mtime_ns - 10**13))  # long settled
    expected, stat = generated(company), facts.stat()
    edited = before.replace(b"A0001,2025-07-02,9", b"A0001,2025-07-02,3")
    assert edited != before
    with facts.open("r+b") as file:
        file.write(edited)
    os.utime(facts, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    now = facts.stat()
    assert (now.st_size, now.st_mtime_ns, now.st_ino) == (
        stat.st_size, stat.st_mtime_ns, stat.st_ino,
    )  # fmt: skip
    assert generated(company) != expected
    facts.write_bytes(before)
    assert generated(company) == expected
