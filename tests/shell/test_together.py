"""Builds at once: every site is whole, and nothing stays behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
