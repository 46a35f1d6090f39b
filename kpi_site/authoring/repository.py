"""A git repository for a new site, where there is none and git is at hand."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def in_repository(folder: Path) -> bool:
    """Tell whether ``folder`` lies in a git repository."""
    start = folder.resolve()
    return any((each / ".git").exists() for each in (start, *start.parents))


def make_repository(folder: Path) -> bool:
    """Make ``folder`` a git repository with the branch main; False where git cannot."""
    git = shutil.which("git")
    if git is None:
        return False
    done = subprocess.run(  # noqa: S603 - git's own words and a folder
        [git, "init", "--quiet", "--initial-branch", "main", "."],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0
