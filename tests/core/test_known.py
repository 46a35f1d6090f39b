"""What is known of a file without reading it: only while all that the system tells is the same."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from kpi_site import known
from kpi_site.known import Digests, Unread, known_digests, walk

OLD = 3_000_000_000  # ns; older than what is read once more


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be some seconds later than when the files were written."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + OLD)


def digest(file: Path, kept: Path | None) -> str:
    digests = known_digests(kept)
    (entry,) = walk(str(file))
    found = digests.of("name", entry)
    digests.save()
    return found


def remembered(kept: Path) -> dict[str, object]:
    return dict(known_digests(kept)._before)


def forged(kept: Path, file: Path, data: bytes) -> None:
    """Let the kept digest of ``file`` be that of ``data``: who reads the file tells another."""
    digests = known_digests(kept)
    sign, _ = digests._before["name"]
    Digests(kept, {}, {"name": (sign, sha(data))}).save()
    assert file.is_file()


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    file, kept = tmp_path / "file", tmp_path / "kept"
    file.write_bytes(b"one")
    assert digest(file, kept) == sha(b"one")
    forged(kept, file, b"as it was kept")
    assert digest(file, kept) == sha(b"as it was kept")
    assert digest(file, None) == sha(b"one")


def test_a_file_changed_behind_its_time_is_read(tmp_path: Path) -> None:
    """Same size, and the time of its content set back: the time of any change is another."""
    file, kept = tmp_path / "file", tmp_path / "kept"
    file.write_bytes(b"one")
    before = file.stat()
    digest(file, kept)
    time.sleep(0.02)
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert digest(file, kept) == sha(b"two")


def test_another_file_moved_to_its_place_is_read(tmp_path: Path) -> None:
    file, other, kept = tmp_path / "file", tmp_path / "other", tmp_path / "kept"
    file.write_bytes(b"one")
    other.write_bytes(b"two")
    digest(file, kept)
    other.replace(file)
    assert digest(file, kept) == sha(b"two")


def test_a_file_as_young_as_its_reading_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    file, kept = tmp_path / "file", tmp_path / "kept"
    file.write_bytes(b"one")
    assert digest(file, kept) == sha(b"one")
    assert remembered(kept) == {}


def test_a_file_of_the_future_is_not_kept(tmp_path: Path) -> None:
    file, kept = tmp_path / "file", tmp_path / "kept"
    file.write_bytes(b"one")
    ahead = time.time_ns() + 10 * OLD
    os.utime(file, ns=(ahead, ahead))
    digest(file, kept)
    assert remembered(kept) == {}


def test_nothing_is_kept_where_the_system_does_not_tell_of_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, kept = tmp_path / "file", tmp_path / "kept"
    file.write_bytes(b"one")
    digest(file, kept)
    forged(kept, file, b"as it was kept")
    monkeypatch.setattr(known, "_TRUSTED", False)
    assert digest(file, kept) == sha(b"one")


def test_what_nobody_asks_for_is_dropped(tmp_path: Path) -> None:
    file, kept = tmp_path / "file", tmp_path / "kept"
    file.write_bytes(b"one")
    digest(file, kept)
    assert list(remembered(kept)) == ["name"]
    known_digests(kept).save()
    assert remembered(kept) == {}


def test_a_walk_goes_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "file").write_bytes(b"")
    (tmp_path / "a.yml").write_bytes(b"")
    (tmp_path / "c").symlink_to(tmp_path / "b")
    top = str(tmp_path)
    found = list(walk(top))
    assert [entry.path.removeprefix(top) for entry in found] == [
        "",
        "/a.yml",
        "/b",
        "/b/file",
        "/c",
    ]
    kinds = [(entry.is_file, entry.is_folder, entry.is_link) for entry in found]
    file, folder, link = (True, False, False), (False, True, False), (False, False, True)
    assert kinds == [folder, file, folder, file, link]
    assert list(walk(f"{top}/nowhere")) == []


def _read(unread: Unread[bytes], file: Path) -> tuple[bytes, bool]:
    """Return what is known of ``file``, and whether it was read for that."""
    reads: list[Path] = []

    def read() -> bytes:
        reads.append(file)
        return file.read_bytes()

    return unread.of(str(file), read), bool(reads)


def test_a_process_reads_a_file_once_until_it_changes(tmp_path: Path) -> None:
    file, unread = tmp_path / "file", Unread[bytes]()
    file.write_bytes(b"one")
    assert _read(unread, file) == (b"one", True)
    unread.again()
    assert _read(unread, file) == (b"one", False)
    file.write_bytes(b"two")
    assert _read(unread, file) == (b"two", True)
    unread.again()
    unread.again()  # nobody asked for it meanwhile
    assert _read(unread, file) == (b"two", True)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        _read(unread, file)


def test_a_file_as_young_as_its_reading_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, unread = tmp_path / "file", Unread[bytes]()
    file.write_bytes(b"one")
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() - OLD)
    assert _read(unread, file) == (b"one", True)
    assert _read(unread, file) == (b"one", True)
