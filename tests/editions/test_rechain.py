"""Two branches that both published come together by a command, in real repositories."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from kpi_site.checking import check
from kpi_site.cli.shared import app
from kpi_site.editions.proof import proved
from kpi_site.options import Options
from kpi_site.publishing import publish
from tests.editions.conftest import PUBLISHED, sign_all

LEDGER = "content/reports/ledger.csv"
NPS = "comments:\n  nps: {zh: 略低。, en: A little low.}\n"
SEPTEMBER = "content/reports/2026-09"


def git(root: Path, *words: str, good: tuple[int, ...] = (0,)) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *who, *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in good, done.stderr
    return done.stdout


def branches(options: Options, *, same: bool = False) -> None:
    """October published on main, September (or October too) on the branch ``mine``."""
    root = options.root
    (root / ".gitignore").write_text("build/\n")
    (root / SEPTEMBER).mkdir(exist_ok=True)
    text = (root / "content/reports/2026-10/report.yml").read_text()
    (root / SEPTEMBER / "report.yml").write_text(text.replace("2026-10", "2026-09") + NPS)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "start")
    git(root, "switch", "-qc", "mine")
    published(options, "2026-10" if same else "2026-09", day=date(2026, 11, 7))
    git(root, "switch", "-q", "main")
    published(options, "2026-10", day=PUBLISHED)
    git(root, "switch", "-q", "mine")


def published(options: Options, label: str, day: date) -> None:
    sign_all(options, label)
    edition, problems = publish(options, label, on=day)
    assert edition is not None, [p.text() for p in problems]
    git(options.root, "add", ".")
    git(options.root, "commit", "-qm", label)


def run(root: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["rechain", *words, "--root", str(root), "--lang", "en"])
    return done.exit_code, done.output


def test_the_merge_that_stops_at_the_ledger(options: Options) -> None:
    branches(options)
    root = options.root
    own = {p: p.read_bytes() for p in (root / SEPTEMBER).rglob("*") if p.is_file()}
    code, said = run(root)
    assert code == 1
    assert "content/reports/2026-10/edition-1: this edition, which the other branch" in said
    git(root, "merge", "main", good=(1,))
    assert any(p.code == "ledger-broken" for p in check(options))
    code, said = run(root)
    assert code == 0, said
    assert said.startswith("2  2026-09 #1")
    assert all(p.read_bytes() == data for p, data in own.items())
    main = git(root, "show", f"main:{LEDGER}")
    lines = (root / LEDGER).read_text()
    assert lines.startswith(main)
    assert lines.count("\n") == 3
    assert not [p for p in check(options) if p.severity == "error"]
    assert all(found.holds for found in proved(root))
    assert run(root) == (0, said)  # and again


def test_both_published_the_same_report(options: Options) -> None:
    branches(options, same=True)
    root = options.root
    git(root, "merge", "-s", "ours", "main")
    before = (root / LEDGER).read_bytes()
    code, said = run(root)
    assert code == 1
    assert "both sides published edition 1 of 2026-10" in said
    assert (root / LEDGER).read_bytes() == before


def test_what_is_no_branch(options: Options) -> None:
    branches(options)
    assert run(options.root, "nowhere")[0] == 2
