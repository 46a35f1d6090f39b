"""Upgrades: the program's own files are renewed, and nothing that people wrote is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.authoring.start import DEPARTMENTS, Start, write_site
from kpi_site.authoring.upgrading import RECORD, recorded
from tests.authoring.conftest import TODAY
from tests.shell.conftest import Run


@pytest.fixture
def handbook(tmp_path: Path) -> Path:
    write_site(tmp_path / "site", Start("云山", "Yunshan", ("zh", "en"), DEPARTMENTS, TODAY))
    return tmp_path / "site"


def earlier(site: Path, path: str, text: str) -> None:
    """Let ``path`` be as an earlier program wrote it: it has the hash that is on record."""
    import hashlib

    (site / path).write_text(text, encoding="utf-8")
    lines = [line for line in (site / RECORD).read_text("utf-8").splitlines(keepends=True)
             if not line.endswith(f"  {path}\n")]  # fmt: skip
    digest = hashlib.sha256(text.encode()).hexdigest()
    (site / RECORD).write_text("".join([*lines, f"{digest}  {path}\n"]), encoding="utf-8")


def test_a_new_site_is_current(handbook: Path, run: Run) -> None:
    done = run("kpi_site", "upgrade", cwd=handbook)
    assert (done.returncode, done.stdout) == (0, "Everything is current.\n"), done
    assert not any(p.startswith(("content/", "docs/", "data/")) for p in recorded(handbook))


def test_only_what_nobody_edited_is_renewed(handbook: Path, run: Run) -> None:
    fresh = {p.relative_to(handbook): p.read_bytes() for p in handbook.rglob("*") if p.is_file()}
    earlier(handbook, "Makefile", "old:\n")
    earlier(handbook, ".github/workflows/old.yml", "on: push\n")
    earlier(handbook, ".github/workflows/older.yml", "on: push\n")
    (handbook / ".github/workflows/older.yml").write_text("on: edited\n", encoding="utf-8")
    (handbook / "schemas/report.json").unlink()
    (handbook / ".gitlab-ci.yml").write_text("mine: {}\n", encoding="utf-8")
    (handbook / "mkdocs.yml").write_text("site_name: mine\n", encoding="utf-8")
    told = {
        "Makefile: renewed", "schemas/report.json: new",
        ".gitlab-ci.yml: edited by hand, left alone",
        ".github/workflows/old.yml: needed no more, removed",
    }  # fmt: skip
    done = run("kpi_site", "upgrade", "--dry-run", cwd=handbook)
    assert set(done.stdout.splitlines()) == {*told, "This was a dry run: nothing is changed."}
    assert (handbook / "Makefile").read_text("utf-8") == "old:\n"
    done = run("kpi_site", "upgrade", cwd=handbook)
    assert set(done.stdout.splitlines()) == told
    assert (handbook / "Makefile").read_bytes() == fresh[Path("Makefile")]
    assert (handbook / "schemas/report.json").is_file()
    assert (handbook / ".gitlab-ci.yml").read_text("utf-8") == "mine: {}\n"
    assert (handbook / "mkdocs.yml").read_text("utf-8") == "site_name: mine\n"
    assert not (handbook / ".github/workflows/old.yml").exists()
    assert (handbook / ".github/workflows/older.yml").is_file()
    done = run("kpi_site", "upgrade", cwd=handbook)
    assert done.stdout == ".gitlab-ci.yml: edited by hand, left alone\n"
    done = run("kpi_site", "upgrade", "--replace", cwd=handbook)
    assert done.stdout == ".gitlab-ci.yml: renewed\n"
    assert (handbook / ".gitlab-ci.yml").read_bytes() == fresh[Path(".gitlab-ci.yml")]
    assert run("kpi_site", "upgrade", cwd=handbook).stdout == "Everything is current.\n"
