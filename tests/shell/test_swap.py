"""Building aside and swapping in: whatever fails, the last good site stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.swap import aside, html_path, may_replace, swap_in, verify
from kpi_site.theme.entrance import MARK


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
