"""Getting the program: a handbook's lock and wheel, and a bundle for a machine without an index."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from kpi_site.authoring.bundling import PYTHON, _download, _targets
from kpi_site.authoring.packing import dependencies, lock_text, own_wheel
from kpi_site.authoring.repository import in_repository, make_repository
from kpi_site.authoring.start import program_files
from tests.authoring.containers import carried_out, possible
from tests.shell.conftest import Run

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+) \\$", re.MULTILINE)


def test_the_lock_in_the_program_is_that_of_the_repository() -> None:
    ours = dict(PINNED.findall(dependencies()))
    whole = dict(PINNED.findall((ROOT / "requirements.lock").read_text("utf-8")))
    assert whole.pop("flit-core")  # what builds the program is not needed to run it
    assert ours == whole
    assert "http" not in dependencies()
    for block in re.split(r"\n(?=[a-z0-9-]+==)", dependencies())[1:]:
        assert "--hash=sha256:" in block, block


def test_the_wheel_is_the_program_and_always_the_same() -> None:
    wheel = own_wheel()
    assert own_wheel().data == wheel.data
    with zipfile.ZipFile(BytesIO(wheel.data)) as archive:
        names = set(archive.namelist())
        record = archive.read("kpi_site-0.1.0.dist-info/RECORD").decode()
    assert {line.split(",")[0] for line in record.splitlines()} == names
    assert {"kpi_site/cli/__init__.py", "kpi_site/dependencies.lock",
            "kpi_site-0.1.0.dist-info/METADATA"} <= names  # fmt: skip
    assert not any("__pycache__" in name for name in names)
    digest = hashlib.sha256(wheel.data).hexdigest()
    assert f"kpi-site==0.1.0 \\\n    --hash=sha256:{digest}\n" in lock_text(wheel)


def test_another_file_of_the_same_name_is_not_installed(tmp_path: Path) -> None:
    wheel = own_wheel()
    (tmp_path / "wheels").mkdir()
    with (
        zipfile.ZipFile(BytesIO(wheel.data)) as archive,
        zipfile.ZipFile(tmp_path / wheel.path, "w") as forged,
    ):
        for name in archive.namelist():
            forged.writestr(name, archive.read(name))
    own, _ = lock_text(wheel, offline=True).split("# This file", 1)
    (tmp_path / "requirements.lock").write_text(own, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", "out",
               "-r", "requirements.lock"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    (tmp_path / wheel.path).write_bytes(wheel.data)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_a_new_site_is_a_repository(tmp_path: Path, run: Run) -> None:
    done = run("kpi_site", "init", tmp_path / "a" / "site", "--name", "x")
    assert done.returncode == 0, done.stderr
    assert in_repository(tmp_path / "a" / "site")
    assert (tmp_path / "a/site/.git").is_dir()
    make_repository(tmp_path / "a")
    run("kpi_site", "init", tmp_path / "a" / "other", "--name", "x")
    assert not (tmp_path / "a/other/.git").exists()  # it is in one already
    (tmp_path / "b").mkdir()
    done = run("kpi_site", "init", tmp_path / "b" / "site", "--name", "x", PATH="")
    assert "run git init -b main in the folder" in done.stdout


def test_wheels_that_are_no_bundle_are_wrong_usage(tmp_path: Path, run: Run) -> None:
    done = run("kpi_site", "init", tmp_path / "site", "--wheels", tmp_path)
    assert (done.returncode, "is no folder of wheels" in done.stderr) == (2, True)
    done = run("kpi_site", "bundle", tmp_path / "x", "--python", "2.7")
    assert (done.returncode, "--python is as 3.12" in done.stderr) == (2, True)


def test_a_full_disk_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device: 'a'\n"
    full = subprocess.CompletedProcess([], 2, "", said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: full)
    with pytest.raises(OSError, match="No space left on device") as told:
        _download(tmp_path, ())
    assert told.value.filename == str(tmp_path)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of this program; ``KPI_BUNDLE`` may name a folder that has it already."""
    given = Path(os.environ.get("KPI_BUNDLE", ""))
    if (given / "wheels/SHA256SUMS").is_file():
        return given.resolve()
    if not os.environ.get("CI") and not os.environ.get("KPI_BUNDLE"):
        pytest.skip("it downloads 150 MB of wheels: CI runs it, or KPI_BUNDLE=1")
    folder = tmp_path_factory.mktemp("bundle")
    command = [sys.executable, "-m", "kpi_site", "bundle", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_containerfile_builds_a_site(bundle: Path, tmp_path: Path, run: Run) -> None:
    """It is carried out with the users and owners that it names, and without a network."""
    if not possible():
        pytest.skip("it needs root, mount namespaces with overlays, and Debian's python3-venv")
    handbook, place = tmp_path / "handbook", tmp_path / "place"
    place.mkdir()
    done = run("kpi_site", "init", handbook, "--name", "云山", "--wheels", bundle / "wheels")
    assert done.returncode == 0, done.stderr
    made = carried_out(handbook, place)
    assert made.returncode == 0, made.stderr.decode()
    with tarfile.open(fileobj=BytesIO(made.stdout)) as site:
        assert {"./index.html", "./zh/index.html"} <= set(site.getnames())


def test_an_empty_folder_and_the_bundle_make_a_site(bundle: Path, tmp_path: Path) -> None:
    """Nothing is asked of an index once the bundle is made."""
    work = tmp_path / "work"
    sums = (bundle / "wheels/SHA256SUMS").read_text("utf-8").splitlines()
    assert len(sums) == len(list((bundle / "wheels").glob("*.whl")))
    for line in sums:
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((bundle / "wheels" / name).read_bytes()).hexdigest() == digest
    work.mkdir()
    steps = (
        f"{sys.executable} -m venv .venv",
        f".venv/bin/python -m pip install --quiet --no-index -r {bundle}/requirements.lock",
        f".venv/bin/kpi-site init handbook --name 云山 --wheels {bundle}/wheels",
        f"make -C handbook site PYTHON={sys.executable}",
    )
    alone = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull,
             "PIP_INDEX_URL": "http://127.0.0.1:9/none", "LANG": "C.UTF-8"}  # fmt: skip
    for step in steps:
        told = subprocess.run(
            step.split(), cwd=work, env=alone, capture_output=True, encoding="utf-8", check=False
        )
        assert told.returncode == 0, f"{step}\n{told.stdout}{told.stderr}"
    assert (work / "handbook/site/index.html").is_file()
    assert "--no-index\n" in (work / "handbook/requirements.lock").read_text("utf-8")


def test_a_bundle_serves_the_python_of_the_forge_files() -> None:
    """Else a handbook without an index installs here, and not where it is checked."""
    files = program_files(("zh",), offline=True)
    texts = [f.data.decode() for f in files if f.path.startswith((".git", ".dev", "Container"))]
    pattern = r"python(?:-version)?:[ \"]*(3\.\d+)"
    found = {word for text in texts for word in re.findall(pattern, text)}
    assert found == {PYTHON}
    options = list(_targets(["3.13"]))
    assert [o[o.index("--python-version") + 1] for o in options if o][-2:] == [PYTHON, "3.13"]
