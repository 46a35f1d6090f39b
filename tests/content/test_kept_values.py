"""What is kept of content files: the same catalog and problems as a reading of all of them."""

from __future__ import annotations

import os
import pickle
import shutil
from datetime import date
from pathlib import Path

import pytest

from kpi_site.content import reading, yaml_source
from kpi_site.content.draft import Draft
from kpi_site.content.kept_values import kept_values
from kpi_site.content.reading import read_draft
from kpi_site.kept import Prints, write_sealed
from kpi_site.problems import Problem

MINI = Path(__file__).parents[1] / "sites" / "mini"
TODAY = date(2026, 11, 24)
CARD = "content/indicators/service/csat.yml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    shutil.copytree(MINI, root)
    return root


def _read(site: Path) -> tuple[Draft, tuple[Problem, ...]]:
    return read_draft(site, today=TODAY, cache=site / "kept")


def _is_as_read_anew(site: Path) -> tuple[Problem, ...]:
    """Hold what is kept to a reading without it, places included; return the problems."""
    kept, problems = _read(site)
    fresh, expected = read_draft(site, today=TODAY)
    assert problems == expected
    assert repr(kept.catalog) == repr(fresh.catalog)
    assert Prints().of(kept.catalog) == Prints().of(fresh.catalog)
    assert _heads(kept) == _heads(fresh)
    return problems


def _heads(draft: Draft) -> list[object]:
    return [
        (entry.file, entry.keys, entry.written, [key.where for key in entry.keys])
        for entries in (draft.datasets, draft.indicators, draft.scorecards)
        for entry in entries
    ]


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_an_unchanged_file_is_not_parsed_again(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _read(site)
    parsed: list[str] = []
    parse = yaml_source.parse_yaml

    def noting(data: bytes, file: str) -> object:
        parsed.append(file)
        return parse(data, file)

    monkeypatch.setattr(reading, "parse_yaml", noting)
    _read(site)
    assert parsed == ["content/site.yml"]
    parsed.clear()
    _change(site / CARD, "id: csat", "id: csat ")
    _read(site)
    assert parsed == ["content/site.yml", CARD]


def test_all_of_a_large_site_is_kept(tmp_path: Path) -> None:
    """So the values of every kind are known; another would be read anew without a word."""
    root = Path(__file__).parents[2]
    read_draft(root, today=TODAY, cache=tmp_path)
    kept = kept_values(tmp_path)
    assert kept is not None
    assert all(kept.get(key) is not None for key in kept.before)
    assert len(kept.before) > 150


def test_what_is_kept_says_the_same(site: Path) -> None:
    _read(site)
    before = _is_as_read_anew(site)
    (site / CARD).write_text("\n\n" + (site / CARD).read_text("utf-8"), "utf-8")
    assert _is_as_read_anew(site) == before  # two lines lower: places have moved
    _change(site / "content" / "site.yml", "languages: [zh, en]", "languages: [zh]")
    _is_as_read_anew(site)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("id: csat", "id: csad", "name-mismatch"),
        ("id: csat", "id: csat\ncentre: 1", "key-does-not-fit"),
        ("id: csat", "id: csat\npurpose: see [that](gone.md)", "dead-link"),
        ("id: csat", "id: csat\nrelated: [gone]", "unknown-indicator"),
    ],
)
def test_problems_across_files_are_told_each_time(
    site: Path, old: str, new: str, code: str
) -> None:
    """Such a file is sound by itself, and so it is kept."""
    _change(site / CARD, old, new)
    for _ in range(2):
        found = [p for p in _is_as_read_anew(site) if p.code == code]
        assert [p.where.file for p in found] == [CARD]


def test_problems_of_a_file_are_told_each_time(site: Path) -> None:
    _change(site / CARD, "id: csat", "id: csat\ncentre: many")
    for _ in range(2):
        assert "wrong-type" in {p.code for p in _is_as_read_anew(site) if p.where.file == CARD}


def test_files_that_a_dataset_names_are_looked_for_each_time(site: Path) -> None:
    kept, _ = _read(site)
    paths = next(entry.value.paths for entry in kept.datasets if entry.value is not None)
    (site / str(paths[0])).unlink()
    assert "no-such-file" in {p.code for p in _is_as_read_anew(site)}


def test_damage_is_read_anew(site: Path) -> None:
    _read(site)
    path = site / "kept" / "content"
    whole = path.read_bytes()
    for at in (0, 70, len(whole) // 2, len(whole) - 1):
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        path.write_bytes(spoilt)
        _is_as_read_anew(site)
        assert path.read_bytes() == whole
    path.write_bytes(whole[:-1])
    _is_as_read_anew(site)


class _Call:
    """A pickle that would run a program."""

    def __init__(self, told: Path) -> None:
        self.told = told

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.told),)


def test_what_others_put_there_runs_nothing(site: Path, tmp_path: Path) -> None:
    _read(site)
    path, told = site / "kept" / "content", tmp_path / "ran"
    hostile = pickle.dumps(_Call(told))
    kept = kept_values(site / "kept")
    assert kept is not None
    for content in (hostile, pickle.dumps(dict.fromkeys(kept.before, hostile))):
        write_sealed(path, content)
        _is_as_read_anew(site)
    assert not told.exists()
