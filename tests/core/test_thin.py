"""What a site holds twice lies once on the disk, under all of its addresses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpi_site.thin import thin

LARGE = b"a,b\n" + b"1,2\n" * 2000


def site(folder: Path) -> Path:
    for language, page in (("zh", b"<p>zh" + LARGE), ("en", b"<p>en" + LARGE)):
        for name, data in {
            "data/values.csv": LARGE,
            "index.html": page,
            "small.csv": b"a\n",
            "assets/theme.js": LARGE,
            "assets/theme.js.map": LARGE,
            "data/a.map": LARGE,
        }.items():
            path = folder / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_the_same_bytes_lie_once(tmp_path: Path) -> None:
    before = contents(site(tmp_path))
    thin(tmp_path, ("zh", "en"))
    after = contents(tmp_path)
    maps = {"zh/assets/theme.js.map", "en/assets/theme.js.map"}
    assert after == {name: data for name, data in before.items() if name not in maps}
    assert (tmp_path / "zh/data/values.csv").samefile(tmp_path / "en/data/values.csv")
    assert not (tmp_path / "zh/index.html").samefile(tmp_path / "en/index.html")
    assert not (tmp_path / "zh/small.csv").samefile(tmp_path / "en/small.csv")


def test_a_disk_without_links_keeps_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    site(tmp_path)
    thin(tmp_path, ("zh", "en"))
    assert (tmp_path / "en/data/values.csv").read_bytes() == LARGE
    assert not list(tmp_path.rglob("*.part"))


def test_one_language(tmp_path: Path) -> None:
    site(tmp_path)
    thin(tmp_path, ("en",))
    assert (tmp_path / "zh/data/values.csv").exists()
