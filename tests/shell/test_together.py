"""Builds at once, and builds that are killed: every site is whole, and nothing stays behind."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kpi_site.swap import sweep
from tests.editions.conftest import MINI, edit, snapshot

CSAT = "content/indicators/service/csat.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A mini site that was never built, with a card for leadership."""
    root = tmp_path / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    edit(root, CSAT, "audience: staff", "audience: leadership")
    return root


def start(root: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kpi_site", "build", "--root", str(root), "--lang", "en"]
    return subprocess.Popen(
        [*command, "--language", "en", *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> None:
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said


def test_three_first_builds_at_once_give_each_audience_its_own(root: Path, tmp_path: Path) -> None:
    outs = [tmp_path / name for name in ("staff", "all", "more")]
    audiences: tuple[list[str], ...] = (["--audience", "staff"], [], [])
    runs = [start(root, "--out", str(o), *a) for o, a in zip(outs, audiences, strict=True)]
    for run in runs:
        ended(run)
    shown = [(out / "en/indicators/csat/index.html").is_file() for out in outs]
    assert shown == [False, True, True]
    assert not [name for name, data in snapshot(outs[0]).items() if b"Customer satis" in data]
    assert sorted(snapshot(outs[1])) == sorted(snapshot(outs[2]))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all", "mini", "more", "staff"]


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_killed_builds_leave_a_whole_site_and_nothing_after_the_next(root: Path) -> None:
    began = time.monotonic()
    ended(start(root))
    took = time.monotonic() - began
    pages = sorted(snapshot(root / "site"))
    chance = random.Random(9)
    for _ in range(2):
        run = start(root)
        time.sleep(chance.uniform(0.5, 0.9) * took)
        run.kill()  # MkDocs, its child, may live on for a while
        run.communicate(timeout=60)
        assert sorted(snapshot(root / "site")) == pages
    until = time.monotonic() + 60
    ended(start(root))
    while list(root.glob(".site.*")) and time.monotonic() < until:
        sweep(root / "site")
        time.sleep(0.1)
    assert not list(root.glob(".site.*"))
    assert sorted(snapshot(root / "site")) == pages
