"""A name that leads nowhere: deleted, renamed, or misspelt; each has a hint of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.codes.company import company, problems_of

CARD = "content/indicators/sales/growth.yml"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="asks git")


def git(root: Path, *words: str) -> None:
    who = {"NAME": "t", "EMAIL": "t@example.org"}
    own = {f"GIT_{a}_{k}": v for a in ("AUTHOR", "COMMITTER") for k, v in who.items()}
    subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, env={**os.environ, **own}
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The company with an action and a related card that name `growth`."""
    root = company(tmp_path / "site")
    other = root / "content/indicators/sales/attainment.yml"
    other.write_text(other.read_text("utf-8") + "related: [growth]\n", "utf-8")
    return root


def hints(root: Path, name: str = "growth") -> set[str]:
    """Return what is advised wherever the card ``name`` is named."""
    found = [p for p in problems_of(root) if p.code == "unknown-indicator"]
    found = [p for p in found if f"'{name}'" in p.message.en]
    assert found
    return {p.hint.en if p.hint else "" for p in found}


GONE = {
    (
        "It was deleted. Take it out here; to keep its history, restore it from version control "
        "and retire it with kpi-site retire."
    )
}


@needs_git
@pytest.mark.parametrize("committed", [False, True])
def test_git_knows_a_deleted_card(site: Path, *, committed: bool) -> None:
    git(site.parent, "init", "-q")  # the site lies below the repository's top
    git(site.parent, "add", "-A")
    git(site.parent, "commit", "-qm", "first")
    (site / CARD).unlink()
    if committed:
        git(site.parent, "commit", "-qam", "second")
    assert hints(site) == GONE


def test_editions_know_a_deleted_card(site: Path) -> None:
    (site / CARD).unlink()
    before = hints(site)
    assert "It was deleted" not in str(before)
    frozen = site / "content/reports/cards/growth.0123456789ab.json"
    frozen.parent.mkdir(parents=True, exist_ok=True)
    frozen.write_text("{}", "utf-8")
    assert hints(site) == GONE


def test_a_renamed_card(site: Path) -> None:
    text = (site / CARD).read_text("utf-8").replace("id: growth", "id: rise")
    (site / CARD).unlink()
    (site / CARD).with_name("rise.yml").write_text(text + "formerly: [growth]\n", "utf-8")
    assert hints(site) == {"It was renamed: write 'rise'."}


def test_a_misspelt_card(site: Path) -> None:
    other = site / "content/indicators/sales/attainment.yml"
    other.write_text(other.read_text("utf-8").replace("[growth]", "[growt]"), "utf-8")
    assert hints(site, "growt") == {"Did you mean 'growth'?"}
