"""The release, as far as a machine without a forge can make one."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from kpi_site.authoring.packing import own_wheel
from release.agreed import disagreements
from tests.authoring.test_forges import git

ROOT = Path(__file__).parents[2]
HEAD = "## 0.1.0 (2026-12-01)\n\n- First.\n\n"
EPOCH = 1_795_000_000  # 18 November 2026


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a release is made of, committed, with a changelog that names the version."""
    folder = tmp_path / "tree"
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "kpi_site", "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, encoding="utf-8",
    )  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n{HEAD}## 0.0.1 (2026-01-01)\n\n- Old.\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "-c", "user.useConfigOnly=false", "commit", "-qm", "x", f"--date=@{EPOCH}")
    return folder


def release(tree: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "release", "--root", str(tree), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def test_a_release_has_wheel_source_bill_notes_and_sums(tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    done = release(tree, out)  # it builds twice, and compares
    assert done.returncode == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    wheel, bill = "kpi_site-0.1.0-py3-none-any.whl", "kpi_site-0.1.0.cdx.json"
    assert names == {wheel, "kpi_site-0.1.0.tar.gz", bill, "NOTES.md", "SHA256SUMS"}
    for line in (out / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert (out / "NOTES.md").read_text("utf-8") == "- First.\n"
    with zipfile.ZipFile(out / wheel) as built, tarfile.open(out / "kpi_site-0.1.0.tar.gz") as tar:
        program = {n for n in built.namelist() if n.startswith("kpi_site/")}
        sources = {n.partition("/")[2] for n in tar.getnames()}
        committed = {p.relative_to(tree).as_posix() for p in (tree / "kpi_site").rglob("*.*")
                     if p.is_file() and p.suffix != ".pyc"}  # fmt: skip
    assert program >= committed
    assert sources >= committed | {"pyproject.toml", "LICENSE", "README.md"}
    _is_the_program(out / wheel, tmp_path)
    _is_a_bill(out / bill)


def _is_the_program(wheel: Path, tmp_path: Path) -> None:
    """Installed alone, the wheel starts a handbook and builds it."""
    place, handbook = tmp_path / "installed", tmp_path / "handbook"
    for command in (
        [
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            str(place),
            str(wheel),
        ],
        ["kpi_site", "init", str(handbook), "--name", "云山", "--language", "zh"],
        ["kpi_site", "build", "--root", str(handbook)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, env={"PYTHONPATH": str(place)},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert (handbook / "site/index.html").is_file()
    with zipfile.ZipFile(wheel) as built, zipfile.ZipFile(handbook / own_wheel().path) as packed:
        names = [{n for n in z.namelist() if n.startswith("kpi_site/")} for z in (built, packed)]
    assert names[0] == names[1]  # what a handbook carries is what was released


def _is_a_bill(path: Path) -> None:
    """It fits CycloneDX's schema, and names every pinned file of the lock."""
    text = path.read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = json.loads(text)
    lock = (ROOT / "kpi_site/dependencies.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock, re.MULTILINE))
    assert {c["name"]: c["version"] for c in found["components"]} == pinned
    hashes = [h["content"] for c in found["components"] for h in c["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    direct = found["dependencies"][0]["dependsOn"]
    assert f"pkg:pypi/polars@{pinned['polars']}" in direct
    assert f"pkg:pypi/pyyaml@{pinned['pyyaml']}" in direct


def test_all_reasons_against_a_release_are_told(tree: Path, tmp_path: Path) -> None:
    assert disagreements(tree) == ()
    git(tree, "tag", "v0.1.0")
    assert disagreements(tree) == ()
    (tree / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n", encoding="utf-8")
    package = tree / "kpi_site/__init__.py"
    package.write_text(package.read_text("utf-8").replace("0.1.0", "0.2.0"), encoding="utf-8")
    git(tree, "commit", "-qam", "y")
    (tree / "left").write_text("x", encoding="utf-8")
    git(tree, "tag", "v9.9.9")
    done = release(tree, tmp_path / "dist")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "kpi_site/__init__.py does not say 0.1.0, as pyproject.toml does",
        "CHANGELOG.md begins with 'Unreleased' and not with '0.1.0 (YYYY-MM-DD)'",
        "1 files are not as they are committed: left …",
        "HEAD is tagged v9.9.9, and the version is 0.1.0",
        "v0.1.0 is another commit: the version has been released",
    ]
    assert not (tmp_path / "dist").exists()
