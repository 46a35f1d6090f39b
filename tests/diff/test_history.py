"""By which commit a card was changed last (specification.md#changed-definitions)."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from kpi_site import pages
from kpi_site.diff import history
from kpi_site.diff.git import run as git_run
from kpi_site.diff.history import last_commits
from kpi_site.story.commits import Commit
from kpi_site.theme.forge import commit_page
from tests.pages.conftest import build_sample

CARDS = "content/indicators"


def git(folder: Path, *words: str, day: str = "2026-03-01") -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "GIT_AUTHOR_DATE": f"{day}T12:00:00+0000",
            "GIT_COMMITTER_DATE": f"{day}T12:00:00+0000",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A site in a folder of a repository: card a of March, b of May, 丙 of April and gone."""
    site = tmp_path / "whole" / "site"
    (site / CARDS / "sales").mkdir(parents=True)
    git(tmp_path / "whole", "init", "-q", "-b", "main")
    for name, day in (("a", "2026-03-01"), ("b", "2026-03-02"), ("丙", "2026-04-01")):
        (site / CARDS / "sales" / f"{name}.yml").write_text(f"id: {name}\n", encoding="utf-8")
        git(site, "add", "-A")
        git(site, "commit", "-qm", f"Card {name}\x1b[1m", day=day)
    (site / CARDS / "sales" / "b.yml").write_text("id: b # better\n", encoding="utf-8")
    (site / "other.txt").write_text("x", encoding="utf-8")
    git(site, "add", "-A")
    git(site, "commit", "-qm", "A better b", day="2026-05-05")
    return site


def test_each_card_has_its_last_commit(repository: Path) -> None:
    found = last_commits(repository, CARDS, lambda name: f"https://g/{name}")
    head = git(repository, "rev-parse", "HEAD")
    assert found[f"{CARDS}/sales/b.yml"] == Commit(
        head[:10], date(2026, 5, 5), "A better b", f"https://g/{head}"
    )
    assert found[f"{CARDS}/sales/a.yml"].day == date(2026, 3, 1)
    assert found[f"{CARDS}/sales/丙.yml"].subject == "Card 丙 [1m"  # nothing that acts
    assert set(found) == {f"{CARDS}/sales/{name}.yml" for name in ("a", "b", "丙")}


def test_git_is_asked_twice_however_many_cards(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(folder: Path, *words: str) -> str:
        asked.append(words)
        return run(folder, *words)

    run = git_run
    monkeypatch.setattr(history, "run", counted)
    assert len(last_commits(repository, CARDS, str)) == 3
    assert len(asked) == 2


def test_a_shallow_clone_says_nothing(repository: Path, tmp_path: Path) -> None:
    whole = (tmp_path / "whole").as_uri()
    git(tmp_path, "clone", "-q", "--depth", "1", whole, "shallow")
    assert (tmp_path / "shallow" / "site" / CARDS / "sales" / "a.yml").is_file()
    assert last_commits(tmp_path / "shallow" / "site", CARDS, str) == {}


def test_without_a_repository_or_git_there_is_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").mkdir()
    assert last_commits(tmp_path / "plain", CARDS, str) == {}
    monkeypatch.setenv("PATH", str(tmp_path / "plain"))
    assert last_commits(repository, CARDS, str) == {}


@pytest.mark.parametrize(
    ("repo", "edit", "page"),
    [
        ("https://github.com/a/b", "edit/main/", "https://github.com/a/b/commit/abc"),
        ("https://gitlab.com/a/b/", "-/edit/main/", "https://gitlab.com/a/b/-/commit/abc"),
        ("https://git.example.com/a/b", "_edit/main/", "https://git.example.com/a/b/commit/abc"),
        ("https://git.example.com/a/b", "?query=", ""),
    ],
)
def test_where_a_commit_is_shown(repo: str, edit: str, page: str) -> None:
    assert commit_page(repo, edit, "abc") == page


def test_the_page_and_the_feed_of_changes_tell_of_commits() -> None:
    sample = build_sample()
    figures = sample
    card = sample.catalog.indicators["revenue"]
    commit = Commit("0123456789", date(2026, 11, 2), "<b>Say</b> [what](x)", "https://g/c/0123")
    made = {
        file.path: file.data.decode()
        for file in pages.render(figures, "en", commits={card.where.file: commit})
    }
    page = made["indicators/what-changed.md"]
    section = page.partition("{ #commits }")[2]
    assert re.search(r"2 Nov(?:ember)? 2026", section)
    assert '<a href="https://g/c/0123">0123456789</a>' in section
    assert "<b>Say" not in section
    assert "](x)" not in section
    assert "&#60;b&#62;Say" in section
    feed = made["indicators/what-changed.xml"]
    assert feed.index("2026-11-02T") < feed.index("&lt;b&gt;Say&lt;/b&gt;")
    without = {f.path: f.data.decode() for f in pages.render(figures, "en")}
    assert "commits" not in without["indicators/what-changed.md"]
    assert without["indicators/revenue.md"] == made["indicators/revenue.md"]  # kept pages stay
