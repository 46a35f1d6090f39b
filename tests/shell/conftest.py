"""A copy of the mini site for each test, and our commands as programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MINI = Path(__file__).parents[1] / "sites" / "mini"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A mini site in a folder of its own: content and data, no docs, no mkdocs.yml."""
    return Path(
        shutil.copytree(MINI, tmp_path / "mini", ignore=shutil.ignore_patterns("build", "site"))
    )


@pytest.fixture
def run() -> Run:
    """Run a Python module as a program, in English: ``run("kpi_site", "check")``."""

    def program(*words: str | Path, cwd: Path | None = None, **environment: str) -> object:
        known = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
        return subprocess.run(
            [sys.executable, "-m", *map(str, words)],
            cwd=cwd,
            env={**known, "LANG": "en_US.UTF-8", "NO_MKDOCS_2_WARNING": "1", **environment},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return program  # type: ignore[return-value]
