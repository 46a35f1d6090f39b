"""A full disk: the file that found no room is named, the advice fits, the last site stays."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi_site import ssh
from kpi_site.catalog import Field
from kpi_site.changes import PENDING, Change, alone, carry_out
from kpi_site.databases import stored
from kpi_site.files import write_file
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.disk import disk_named
from tests.editions.conftest import MINI, snapshot

Run = Callable[..., subprocess.CompletedProcess[str]]


def _mounted(folder: Path, size: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=["200k", "1m", "2500k", "4m", "7m"])
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk that is too small for a site: for its cache, its Markdown, or its pages."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounts = os.name == "posix" and os.geteuid() == 0 and shutil.which("mount")
    if not mounts or not _mounted(folder, request.param):
        pytest.skip("only an administrator of Linux can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_build_names_the_file_and_leaves_the_last_site(disk: Path, run: Run) -> None:
    root = disk / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    (root / "site").mkdir()
    (root / "site/index.html").write_text("<!-- kpi-site -->the last site")
    before = snapshot(root / "site")
    ended = run("kpi_site", "build", "--root", root, "--out", root / "new")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "Mend the page" not in ended.stdout
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"a file could not be read or written: {disk}/"), ended
    assert "No space left on device" in line
    assert line.endswith(
        "make room and run the command again. The last site, and what was published, are as "
        "they were."
    )
    assert snapshot(root / "site") == before
    assert not (root / "new").exists()
    assert not list(root.glob(".new.*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_rows_that_find_no_room_are_named() -> None:
    full = Path("/dev/full")
    frame = pl.DataFrame({"a": range(100_000)})
    with pytest.raises(OSError, match="No space left") as told, disk_named(full):
        frame.lazy().sink_parquet(full)
    assert told.value.filename == str(full)
    with pytest.raises(pl.exceptions.ColumnNotFoundError), disk_named(full):
        frame.select("b")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_fetched_rows_that_find_no_room_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside, folder = tmp_path / "aside", tmp_path / "snapshots"
    aside.symlink_to("/dev/full")
    monkeypatch.setattr(stored, "beside", lambda _: aside)
    where = Location("staff.yml")
    fields = [Field(Name("id", where), "integer")]
    with pytest.raises(OSError, match="No space left") as told:
        stored.store(pl.DataFrame({"id": range(100_000)}), fields, folder, None, "")
    assert told.value.filename == str(folder)
    assert not [*folder.iterdir()]
    assert not aside.is_symlink()


def test_what_ssh_is_to_look_at_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as told:
        ssh.verify(b"", "approved@sales", b"", b"", date(2026, 11, 1))
    assert Path(told.value.filename).name == "signers"


def test_a_file_that_finds_no_room_is_named_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    write_file(tmp_path / "a", b"before")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as told:
        write_file(tmp_path / "a", b"after")
    assert told.value.filename == str(tmp_path / "a")
    assert snapshot(tmp_path) == {"a": b"before"}
    changes = [Change("content/a.yml", b"1"), Change("content/b.yml", b"2")]
    with alone(tmp_path), pytest.raises(OSError, match="No space left") as told:
        carry_out(tmp_path, Message("改", "change"), changes)
    assert told.value.filename == str(tmp_path / "content/a.yml")
    assert not (tmp_path / PENDING).exists()
    assert snapshot(tmp_path) == {"a": b"before"}
