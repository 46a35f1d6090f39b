"""The files of a release: wheel, source, bill of materials, and their sums.

All are made twice and must be the same bytes: whoever has the commit can make them again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from release.agreed import notes, version_of
from release.materials import bill

SUMS: Final = "SHA256SUMS"
_BUILD: Final = (
    "import sys; from flit_core import buildapi as b; b.build_wheel(sys.argv[1]);"
    " b.build_sdist(sys.argv[1])"
)


def build(root: Path, out: Path) -> Mapping[str, str]:
    """Write the files into ``out``, anew; return their SHA-256 by name.

    RuntimeError where a second build differs from the first.
    """
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first, second = _made(root, Path(one)), _made(root, Path(other))
        if first != second:
            differing = sorted(name for name in first if first[name] != second.get(name))
            raise RuntimeError(f"not the same bytes when built again: {', '.join(differing)}")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(one, out)
    sums = "".join(f"{digest}  {name}\n" for name, digest in first.items())
    (out / SUMS).write_text(sums, encoding="utf-8")
    return first


def _made(root: Path, out: Path) -> dict[str, str]:
    """Make the files of the commit: neither the clock nor what else lies in ``root`` counts."""
    said = ("git", "log", "-1", "--format=%ct")
    epoch = subprocess.run(said, cwd=root, check=True, capture_output=True, text=True).stdout
    with tempfile.TemporaryDirectory() as clean:
        tree = ("git", "archive", "--format=tar", "HEAD")
        packed = subprocess.run(tree, cwd=root, check=True, capture_output=True).stdout
        subprocess.run(("tar", "-x", "-C", clean), input=packed, check=True)
        subprocess.run(
            [sys.executable, "-c", _BUILD, str(out)], cwd=clean, check=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": epoch.strip(), "PYTHONPATH": ""},
        )  # fmt: skip
        name = f"kpi_site-{version_of(Path(clean))}.cdx.json"
        (out / name).write_bytes(bill(Path(clean), int(epoch)))
        (out / "NOTES.md").write_text(notes(Path(clean)), encoding="utf-8")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.iterdir())}
