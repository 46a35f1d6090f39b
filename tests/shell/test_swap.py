"""Building aside and swapping in: whatever fails, the last good site stays."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

import kpi_site.swap
from kpi_site.swap import aside, exchange, html_path, may_replace, swap_in, sweep, verify
from kpi_site.theme.entrance import MARK
from tests.kills import every_step

FILES = 12


def _site(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(MARK + text, encoding="utf-8")
    return folder


def test_a_new_site_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    out = _site(tmp_path / "site", "old")
    (out / "gone.html").write_text("gone")
    with aside(out) as folder:
        _site(folder, "new")
        swap_in(folder, out)
    assert [p.name for p in out.iterdir()] == ["index.html"]
    assert (out / "index.html").read_text() == MARK + "new"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]
    assert out.stat().st_mode & 0o777 == 0o755


def test_a_failure_before_the_swap_leaves_the_old_site_alone(tmp_path: Path) -> None:
    out = _site(tmp_path / "site", "old")

    def fail() -> None:
        with aside(out) as folder:
            _site(folder, "half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (out / "index.html").read_text() == MARK + "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_failure_in_the_swap_brings_the_old_site_back(tmp_path: Path) -> None:
    out = _site(tmp_path / "site", "old")
    with pytest.raises(FileNotFoundError):
        swap_in(tmp_path / "never-built", out)
    assert (out / "index.html").read_text() == MARK + "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


@pytest.fixture(params=["at once", "by two renames"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How folders are swapped: as this system can, and as every system can."""
    if request.param == "by two renames":
        monkeypatch.setattr(kpi_site.swap, "exchange", lambda *_: False)
    return str(request.param)


@pytest.mark.usefixtures("by")
def test_both_ways_of_swapping_give_the_new_site(tmp_path: Path) -> None:
    out = _site(tmp_path / "site", "old")
    with aside(out) as folder:
        swap_in(_site(folder, "new"), out)
    assert (out / "index.html").read_text() == MARK + "new"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_this_system_swaps_at_once(tmp_path: Path) -> None:
    one, other = _site(tmp_path / "one", "1"), _site(tmp_path / "other", "2")
    assert exchange(one, other)
    assert (one / "index.html").read_text() == MARK + "2"
    assert (other / "index.html").read_text() == MARK + "1"
    assert not exchange(one, tmp_path / "nothing")
    assert (one / "index.html").is_file()


def _publish(out: Path, number: int) -> None:
    """Swap in a site of some files that all say ``number``."""
    with aside(out) as folder:
        for k in range(FILES):
            (folder / f"{k}.html").write_text(str(number))
        swap_in(folder, out)


@contextmanager
def _publishing(out: Path) -> Iterator[None]:
    """Have another process publish one site after the other until it is killed."""
    child = os.fork()
    if child == 0:
        try:
            for number in count(1):
                _publish(out, number)
        finally:
            os._exit(1)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _is_whole(out: Path) -> bool:
    said = [(out / f"{k}.html").read_text() for k in range(FILES)]
    return len(set(said)) == 1


def _sweep_later(out: Path) -> None:
    """Sweep in an hour: a folder killed before it had its lock, or after, is known by its age."""
    for path in out.parent.glob(".site.*"):
        os.utime(path, (1, 1))
    sweep(out)


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_kill_at_any_moment_leaves_a_whole_site(tmp_path: Path, by: str) -> None:
    out = tmp_path / "site"
    _publish(out, 0)
    chance = random.Random(by)
    for _ in range(30):
        with _publishing(out):
            time.sleep(chance.uniform(0.001, 0.02))
        if by == "at once":
            assert _is_whole(out), "there is never a moment without a site"
        if chance.random() < 0.5:
            _sweep_later(out)
            assert _is_whole(out)
            assert [p.name for p in tmp_path.iterdir()] == ["site"]
    _sweep_later(out)
    assert _is_whole(out)
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_kill_before_any_step_leaves_a_whole_site(tmp_path: Path, by: str) -> None:
    out = tmp_path / "site"
    _publish(out, 0)
    steps = 0
    for step in every_step(lambda: _publish(out, 1)):
        if by == "at once":
            assert _is_whole(out)
        _sweep_later(out)
        assert _is_whole(out), step
        assert [p.name for p in tmp_path.iterdir()] == ["site"]
        _publish(out, 0)
        steps = step
    assert steps > FILES


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_readers_never_meet_nothing(tmp_path: Path) -> None:
    out = tmp_path / "site"
    _publish(out, 0)
    with _publishing(out):
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            assert (out / "0.html").is_file()


def test_what_a_build_killed_between_two_renames_has_moved_comes_back(tmp_path: Path) -> None:
    _site(tmp_path / ".site.abcd1234" / "old", "old")  # as every version before left it
    sweep(tmp_path / "site")
    assert (tmp_path / "site" / "index.html").read_text() == MARK + "old"


def test_a_build_under_way_is_left_alone(tmp_path: Path) -> None:
    out = _site(tmp_path / "site", "old")
    with aside(out) as folder:
        sweep(out)
        assert folder.is_dir()
        swap_in(_site(folder, "new"), out)
    assert (out / "index.html").read_text() == MARK + "new"


def test_folders_without_a_lock_go_when_they_are_old_and_others_never(tmp_path: Path) -> None:
    out = _site(tmp_path / "site", "old")
    for name in (".site.abcd1234", ".site.efgh5678", ".site.backup", ".site.d", "other"):
        _site(tmp_path / name, "x")
    for name in (".site.abcd1234", ".site.backup", ".site.d", "other"):
        os.utime(tmp_path / name, (1, 1))
    sweep(out)
    left = sorted(p.name for p in tmp_path.iterdir())
    assert left == [".site.backup", ".site.d", ".site.efgh5678", "other", "site"]


def test_the_first_site_makes_its_folders(tmp_path: Path) -> None:
    out = tmp_path / "public" / "kpi"
    with aside(out) as folder:
        _site(folder, "new")
        swap_in(folder, out)
    assert (out / "index.html").is_file()


def test_only_our_own_sites_are_replaced(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    assert may_replace(tmp_path / "nothing")
    assert may_replace(work)
    (work / "thesis.txt").write_text("years of work")
    assert not may_replace(work)
    assert not may_replace(work / "thesis.txt")
    (work / "index.html").write_text("<html>a site of somebody else</html>")
    assert not may_replace(work)
    assert may_replace(_site(tmp_path / "ours", ""))


@pytest.mark.parametrize(
    ("page", "html"),
    [
        ("index.md", "index.html"),
        ("a.md", "a/index.html"),
        ("a/index.md", "a/index.html"),
        ("a/2026-10.md", "a/2026-10/index.html"),
        ("a/README.md", "a/index.html"),
        ("a/b.c.md", "a/b.c/index.html"),
    ],
)
def test_addresses_are_folders(page: str, html: str) -> None:
    assert html_path(page) == html


def test_every_page_must_be_there_and_hold_something(tmp_path: Path) -> None:
    docs, built = tmp_path / "docs", tmp_path / "built"
    for page in ("index.md", "a.md", "b.md"):
        (docs / "zh" / page).parent.mkdir(parents=True, exist_ok=True)
        (docs / "zh" / page).write_text("# x")
    _site(built / "zh", "x")
    (built / "zh" / "a").mkdir()
    (built / "zh" / "a" / "index.html").write_text("")
    problems = verify(built, ["zh"], docs)
    assert [str(p.where) for p in problems] == ["build/docs/zh/a.md", "build/docs/zh/b.md"]
