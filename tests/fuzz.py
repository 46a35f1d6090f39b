"""Every law of the tests over ever new draws, for as long as is asked: ``make fuzz``.

The laws are those of the readers (YAML, CSV, SQL, formulas), of what is written (Markdown, Typst,
MathML, CSV), and of what is computed; each round draws anew. A finding is printed with the seed
that makes it again: ``pytest --hypothesis-seed=SEED -m hypothesis FILE``. Where Atheris is
installed (``pip install atheris``), half of the time is its own: it seeks inputs of the readers
and writers that reach new code (``tests.guided``), and prints the input of a finding.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from pathlib import Path

from tests import guided

ROOT = Path(__file__).parents[1]
FOLDERS = (
    "content", "tables", "sql", "formula", "wording", "exports", "downloads", "signals",
    "contributions", "disclosure", "databases",
)  # fmt: skip


def main() -> int:
    """Run rounds until the time is over or one finds something; 1 if it did."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Try the laws of the tests.")
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    if guided.available():
        minutes /= 2
        for name in guided.LAWS:
            seconds = max(1, int(60 * minutes / len(guided.LAWS)))
            command = [sys.executable, "-m", "tests.guided", name, str(seconds)]
            tried = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
            if tried.returncode:
                print(f"{tried.stderr}{tried.stdout}\n{name}: a finding")  # noqa: T201
                return 1
            print(f"{name}: {seconds} s, no finding", flush=True)  # noqa: T201
    else:
        print("without Atheris, which is not installed", flush=True)  # noqa: T201
    end = time.monotonic() + 60 * minutes
    folders = [f"tests/{name}" for name in FOLDERS if (ROOT / "tests" / name).is_dir()]
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        seed = random.randrange(2**32)
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "hypothesis"]
        done = subprocess.run(
            [*command, f"--hypothesis-seed={seed}", *folders], cwd=ROOT, check=False
        )
        rounds += 1
        if done.returncode:
            print(f"seed {seed}: a finding in round {rounds}")  # noqa: T201
            return 1
    print(f"{rounds} rounds, no finding")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
