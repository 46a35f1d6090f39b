"""Several files changed as one: whatever is killed or refused, all is as before or all is new."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kpi_site.changes import PENDING, Change, alone, carry_out, settle
from kpi_site.problems import Message
from tests.editions.conftest import snapshot
from tests.kills import dies, every_step

WHAT = Message("改一处", "change a thing")
BEFORE = {"content/a.yml": b"a", "content/b/old.yml": b"b", "content/same.yml": b"same"}
AFTER = {"content/a.yml": b"A", "content/c/d/new.yml": b"c", "content/same.yml": b"same"}
CHANGES = [
    Change("content/a.yml", b"A"),
    Change("content/c/d/new.yml", b"c"),
    Change("content/b/old.yml", None),
    Change("content/same.yml", b"same"),
]

posix = pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the files as they are before."""
    return begun(tmp_path / "site")


def begun(root: Path) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    for name, data in BEFORE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def content(root: Path) -> dict[str, bytes]:
    return {f"content/{name}": data for name, data in snapshot(root / "content").items()}


def change(root: Path) -> None:
    with alone(root):
        carry_out(root, WHAT, CHANGES)


def test_all_is_changed_and_nothing_stays_behind(root: Path) -> None:
    change(root)
    assert content(root) == AFTER
    assert settle(root) == ()


@posix
def test_a_kill_before_any_step_is_made_good(root: Path) -> None:
    told, states = [], []
    for step in every_step(lambda: change(root)):
        told += [p.text() for p in settle(root)]
        with alone(root) as more:
            assert more == ()
        assert content(root) in (BEFORE, AFTER), step
        states.append(content(root) == AFTER)
        begun(root)
    assert states == sorted(states), "from the plan on it is made"
    assert True in states
    assert False in states
    finished = "content: a change that was stopped half-way is now finished: change a thing"
    assert set(told) == {finished}


@posix
def test_a_kill_while_going_on_is_made_good_as_well(root: Path) -> None:
    step = 1
    while not (root / PENDING / "plan.json").is_file():
        begun(root)
        assert dies(lambda: change(root), step)
        step += 1
    kept = root.with_name("kept")
    shutil.copytree(root, kept)
    for _ in every_step(lambda: settle(root)):
        settle(root)
        with alone(root):
            assert content(root) == AFTER
        shutil.rmtree(root)
        shutil.copytree(kept, root)


@posix
def test_a_file_edited_since_is_left_alone_and_named(root: Path) -> None:
    step = 1
    while not (root / PENDING / "plan.json").is_file():
        begun(root)
        assert dies(lambda: change(root), step)
        step += 1
    (root / "content/a.yml").write_bytes(b"mine")
    (found,) = settle(root)
    assert (found.code, found.where.file) == ("change-cannot-finish", "content/a.yml")
    assert found.hint
    assert PENDING in found.hint.en
    assert (root / "content/a.yml").read_bytes() == b"mine"
    assert (root / "content/b/old.yml").is_file()
    shutil.rmtree(root / PENDING)  # as the hint says
    assert settle(root) == ()


def test_another_that_writes_is_waited_for_and_told(root: Path) -> None:
    with alone(root) as first, alone(root, wait=0) as second:
        assert first == ()
        assert [p.code for p in second] == ["content-being-written"]


def test_what_killed_writers_left_is_swept_and_nothing_else(root: Path) -> None:
    (root / "content/.0123456789abcdef.part").write_bytes(b"x")
    (root / "content/.mine.part").write_bytes(b"x")
    with alone(root):
        assert content(root) == BEFORE | {"content/.mine.part": b"x"}
