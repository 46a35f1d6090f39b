"""What must agree before a release: version, changelog, tag, and a tree as it is committed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path


def version_of(root: Path) -> str:
    """Return the version that pyproject.toml declares."""
    found = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return str(found["project"]["version"])


def notes(root: Path) -> str:
    """Return what the changelog says of its newest version."""
    text = (root / "CHANGELOG.md").read_text("utf-8")
    return text.split("\n## ", 2)[1].partition("\n")[2].strip() + "\n"


def disagreements(root: Path) -> tuple[str, ...]:
    """Return every reason against a release of what lies in ``root``, all at once."""
    return tuple(_disagreements(root, version_of(root)))


def _disagreements(root: Path, version: str) -> Iterator[str]:
    package = (root / "kpi_site/__init__.py").read_text("utf-8")
    if f'__version__ = "{version}"' not in package:
        yield f"kpi_site/__init__.py does not say {version}, as pyproject.toml does"
    heads = re.findall(r"^## (.*)$", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    if not heads or not re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", heads[0]):
        first = heads[0] if heads else "nothing"
        yield f"CHANGELOG.md begins with '{first}' and not with '{version} (YYYY-MM-DD)'"
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        yield f"{len(changed)} files are not as they are committed: {changed[0][3:]} …"
    tag = f"v{version}"
    here = set(_git(root, "tag", "--points-at", "HEAD").split())
    if strange := sorted(each for each in here if each.startswith("v") and each != tag):
        yield f"HEAD is tagged {strange[0]}, and the version is {version}"
    if tag not in here and _git(root, "tag", "--list", tag):
        yield f"{tag} is another commit: the version has been released"


def _git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()
