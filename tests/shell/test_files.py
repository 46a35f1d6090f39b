"""``kpi_site.files``: a folder is brought in line with values, and only changes are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpi_site.files import File, beside, write_changed, write_file, write_out

OLD = 1_000_000_000


def _age(root: Path) -> None:
    for path in root.rglob("*"):
        os.utime(path, (OLD, OLD))


def test_writes_text_as_utf8_with_bare_line_ends_and_bytes_as_they_are(tmp_path: Path) -> None:
    written = write_changed(tmp_path, [File("a/页.md", "# 达成率\n"), File("b.bin", b"\x00\r\n")])
    assert written.changed == ("a/页.md", "b.bin")
    assert (tmp_path / "a/页.md").read_bytes() == b"# \xe8\xbe\xbe\xe6\x88\x90\xe7\x8e\x87\n"
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\r\n"


def test_an_unchanged_file_keeps_its_time(tmp_path: Path) -> None:
    write_changed(tmp_path, [File("same.md", "one"), File("other.md", "two")])
    _age(tmp_path)
    written = write_changed(tmp_path, [File("same.md", "one"), File("other.md", "TWO")])
    assert (written.changed, written.unchanged, written.removed) == (("other.md",), 1, ())
    assert (tmp_path / "same.md").stat().st_mtime == OLD
    assert (tmp_path / "other.md").stat().st_mtime > OLD


def test_stale_files_and_empty_folders_go(tmp_path: Path) -> None:
    write_changed(tmp_path, [File("a/b/old.md", "x"), File("keep.md", "y")])
    written = write_changed(tmp_path, [File("keep.md", "y")])
    assert written.removed == ("a/b/old.md",)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["keep.md"]


def test_a_folder_becomes_a_file_and_the_reverse(tmp_path: Path) -> None:
    write_changed(tmp_path, [File("x/index.md", "1"), File("y", "2")])
    write_changed(tmp_path, [File("x", "1"), File("y/index.md", "2")])
    assert (tmp_path / "x").read_text() == "1"
    assert (tmp_path / "y/index.md").read_text() == "2"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a\\b"])
def test_a_path_that_leaves_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside"):
        File(path, "x")


def test_two_files_of_one_path_are_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"two files have the path 'a\.md'"):
        write_changed(tmp_path, [File("a.md", "1"), File("./a.md", "2")])


@pytest.mark.parametrize("name", ["folder", "folder/kept/below"])
def test_a_file_takes_the_place_of_no_folder_and_of_no_file(tmp_path: Path, name: str) -> None:
    """Only a folder of generated files is ever cleared."""
    kept = tmp_path / "folder/kept"
    kept.parent.mkdir()
    kept.write_bytes(b"mine")
    with pytest.raises(OSError, match=r"Is a directory|Not a directory|File exists") as told:
        write_file(tmp_path / name, b"new")
    assert Path(told.value.filename) in {tmp_path / name, kept}
    assert kept.read_bytes() == b"mine"
    assert [*tmp_path.rglob("*")] == [kept.parent, kept]


def test_what_a_killed_command_left_beside_a_file_goes_with_the_next(tmp_path: Path) -> None:
    left, new, own = beside(tmp_path / "a"), beside(tmp_path / "a"), tmp_path / ".my.part"
    for path in (left, new, own):
        path.touch()
    for path in (left, own):
        os.utime(path, (1, 1))
    assert write_out(tmp_path / "a", b"x")
    assert sorted(tmp_path.iterdir()) == sorted([new, own, tmp_path / "a"])
