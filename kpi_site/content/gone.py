"""Ids that content had once: renamed since, or deleted, as published reports and git know.

Asked only where a name leads nowhere, so that a hint does not propose some other card.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final, Literal

Kind = Literal["dataset", "indicator", "scorecard"]
_FOLDERS: Final = {
    "dataset": "content/datasets",
    "indicator": "content/indicators",
    "scorecard": "content/scorecards",
}
_FROZEN: Final = "content/reports/cards"
_PATIENCE: Final = 2.0  # s, for a history of any length: a hint is worth no more
_OF_HOOKS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


def deleted(root: Path, kind: Kind, names: Iterable[str]) -> frozenset[str]:
    """Return those of ``names``, none of which is there, that were there once.

    Nothing where neither an edition nor git knows; git is not needed.
    """
    wanted = frozenset(map(str, names))
    known = frozen(root, wanted) if kind == "indicator" else frozenset()
    if wanted - known:
        known |= wanted & _deleted_files(root, _FOLDERS[kind])
    return known


def frozen(root: Path, names: Iterable[str]) -> frozenset[str]:
    """Return those of ``names`` that are cards of some edition."""
    return frozenset(str(n) for n in names if any((root / _FROZEN).glob(f"{n}.*.json")))


def _deleted_files(root: Path, folder: str) -> frozenset[str]:
    """Return the names of YAML files that were deleted below ``folder``, by commits or since."""
    only = ["--diff-filter=D", "--no-renames", "--name-only", "--relative"]
    paths = [
        *_git(root, "diff", *only, "HEAD", "--", folder),
        *_git(root, "log", *only, "--format=", "--", folder),
    ]
    return frozenset(PurePosixPath(p).stem for p in paths if p.endswith(".yml"))


def _git(root: Path, *words: str) -> list[str]:
    """Return the lines that git prints; none where it cannot tell in time."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and a folder of ours
            ["git", *words],  # noqa: S607 - the git of whoever runs this
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={k: v for k, v in os.environ.items() if k not in _OF_HOOKS},
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode("utf-8", "replace").splitlines() if done.returncode == 0 else []
