"""Locks: one holder at a time, and none after its process."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpi_site.locks import give_back, locked, take


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path / "made" / "lock", 0) as first:
        assert first
        with locked(tmp_path / "made" / "lock", 0) as second:
            assert not second
    with locked(tmp_path / "made" / "lock", 0) as again:
        assert again


def test_waiting_ends(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", 0):
        began = time.monotonic()
        with locked(tmp_path / "lock", 0.3) as second:
            assert not second
        assert 0.3 <= time.monotonic() - began < 5


def test_a_lock_whose_file_was_removed_is_worth_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    opened = os.open(path, os.O_RDWR | os.O_CREAT)
    path.unlink()
    monkeypatch.setattr(os, "open", lambda *_: opened)
    assert take(path) is None


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    ready, say = os.pipe()
    child = os.fork()
    if child == 0:
        take(path)
        os.write(say, b".")
        time.sleep(60)
        os._exit(0)
    os.read(ready, 1)
    assert take(path) is None
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    held = take(path)
    assert held is not None
    give_back(held)


def test_windows_locks_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its documentation says: a byte that another has locked raises OSError."""
    calls: list[tuple[int, int]] = []
    others = False

    def locking(_: int, mode: int, count: int) -> None:
        calls.append((mode, count))
        if others:
            raise PermissionError

    monkeypatch.setattr(sys, "platform", "win32")
    fake = SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=locking)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    held = take(tmp_path / "lock")
    assert held is not None
    give_back(held)
    assert calls == [(2, 1), (0, 1)]
    others = True
    assert take(tmp_path / "lock") is None
