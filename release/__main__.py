"""``python -m release``: the files of a release in ``dist/``, or why there can be none."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from release.agreed import disagreements
from release.built import build

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Check that all agrees, build everything twice, and write it; return the exit code."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--root", type=Path, default=ROOT)
    given = parser.parse_args()
    wrong = disagreements(given.root)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    for name, digest in build(given.root, given.out).items():
        print(f"{digest}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
