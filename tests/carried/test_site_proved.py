"""A built site is checked far from its handbook; what was done to it is found and named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpi_site.building import build
from kpi_site.carried.said import page_says, said, text_says
from kpi_site.catalog import Text
from kpi_site.cli.shared import app
from kpi_site.options import Options
from kpi_site.publishing import publish, sign
from tests.editions.conftest import MINI, PUBLISHED, TODAY, edit, key, public, sign_all, snapshot

WITH_KEYS = shutil.which("ssh-keygen") is not None
PAGE = "zh/reports/2026-10/edition-1/index.html"
TEXT = "published/2026-10/edition-1/article.zh.md"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mini site, built, with October published; for a narrower audience beside it.

    One has signed with a key, where there is OpenSSH to do it with.
    """
    root = tmp_path_factory.mktemp("carried") / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    options = Options(root=root, today=TODAY)
    sign_all(options, "2026-10")
    if WITH_KEYS:
        path = key(root, "key")
        (root / "content/signers").write_text(f"approved@sales {public(path)}\n")
        done, problems = sign(options, "2026-10", "approved", Text("sales"), on=PUBLISHED, key=path)
        assert done is not None, [p.text() for p in problems]
    assert publish(options, "2026-10", on=PUBLISHED)[0] is not None
    for audience, name in ((None, "site"), ("staff", "staff")):
        made, problems = build(Options(root=root, out=root / name, audience=audience, today=TODAY))
        assert made is not None, [p.text() for p in problems]
    return root


@pytest.fixture
def stick(first: Path, tmp_path: Path) -> Path:
    """The site alone, on a stick."""
    return shutil.copytree(first / "site", tmp_path / "stick")


def run(*arguments: str | Path) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["verify", *map(str, arguments), "--lang", "en"])
    return found.exit_code, found.output


def test_a_site_on_a_stick_holds(stick: Path) -> None:
    code, told = run(stick)
    assert code == 0, told
    assert "2026-10 edition 1, its pages (zh, en) say what was published" in told
    assert "collected: noted by Sales, not signed" in told
    by_key = "approved: signed by approved@sales on 2026-11-08"
    assert (by_key if WITH_KEYS else "approved: noted by Sales, not signed") in told
    assert run(stick / "zh") == (code, told)


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda site: edit(site, file, old, new)


def _figure(site: Path) -> None:
    """Another digit in the first figure of the article."""
    path = site / PAGE
    text = path.read_text(encoding="utf-8")
    at = re.search(r'kpi-tile-value">\D*(\d)', text)
    assert at is not None
    digit = str((int(at[1]) + 1) % 10)
    path.write_text(text[: at.start(1)] + digit + text[at.end(1) :], encoding="utf-8")


def _curve(site: Path) -> None:
    """Another place of a point in a drawing."""
    path = site / PAGE
    text = path.read_text(encoding="utf-8")
    at = text.index(' d="M', text.index("kpi-tile-value"))
    path.write_text(f'{text[:at]} d="M1{text[at + 5 :]}', encoding="utf-8")


def _both(site: Path) -> None:
    """The page, and the frozen text that it is compared with."""
    edit(site, PAGE, "2026年10月报告", "2026年11月报告")
    edit(site, TEXT, "2026年10月报告", "2026年11月报告")


def _one_more(site: Path) -> None:
    """Pages of a second edition, which nobody published."""
    reports = site / "zh/reports/2026-10"
    shutil.copytree(reports / "edition-1", reports / "edition-2")


def _cut(site: Path) -> None:
    """Drop every line but the head: nothing of it breaks a chain."""
    path = site / "published/ledger.csv"
    path.write_bytes(path.read_bytes().partition(b"\n")[0] + b"\n")


HARM: dict[str, tuple[Callable[[Path], None], str]] = {
    "a digit": (_figure, PAGE),
    "a drawing": (_curve, PAGE),
    "the report's own page": (
        replaced("en/reports/2026-10/index.html", "Summary", "Sum"),
        "en/reports/2026-10/index.html",
    ),
    "the annex": (
        lambda site: (site / "en/reports/2026-10/edition-1/annex/index.html").unlink(),
        "en/reports/2026-10/edition-1/annex",
    ),
    "a page and its proof": (_both, "2026-10/edition-1/article.zh.md"),
    "a download": (
        replaced("zh/reports/2026-10/edition-1/report-2026-10-edition-1.csv", "2026", "2025"),
        "report-2026-10-edition-1.csv",
    ),
    "a proof that is gone": (
        lambda site: (site / "published/2026-10/edition-1/values.csv").unlink(),
        "2026-10/edition-1/values.csv",
    ),
    "an edition too many": (_one_more, "zh/reports/2026-10/edition-2"),
    "a ledger cut to its head": (_cut, "2026-10/edition-1"),
    "the ledger": (replaced("published/ledger.csv", "2026-11-08", "2026-11-09"), "ledger.csv"),
}


@pytest.mark.parametrize("name", HARM)
def test_harm_is_found_and_named(stick: Path, name: str) -> None:
    harm, named = HARM[name]
    harm(stick)
    code, told = run(stick)
    assert code == 1
    assert any("FAILED" in line and named in line for line in told.splitlines()), told


def test_a_site_for_fewer_is_checked_by_the_handbook(first: Path, tmp_path: Path) -> None:
    site = shutil.copytree(first / "staff", tmp_path / "staff")
    code, told = run(site)
    assert code == 2
    assert "--root" in told
    code, told = run(site, "--root", first)
    assert code == 0, told
    _figure(site)
    assert run(site, "--root", first)[0] == 1


def test_a_site_for_fewer_carries_nothing(first: Path) -> None:
    assert not [name for name in snapshot(first / "staff") if name.startswith("published")]


def test_what_a_page_says() -> None:
    text = '# A\n\n2 % of **3**<br>\n\n<svg viewBox="0"><path d="M1"/></svg>\n'
    page = (
        '<main>0<article class="x"><a class="md-content__button" href="e">Edit</a><h1 id="a">A'
        '<a class="headerlink" href="#a">¶</a></h1>\n<p>2 % of <strong>3</strong><br></p>'
        '<p><svg viewBox="0"><path d="M1"></path></svg></p></article></main>'
    )
    assert (
        page_says(page)
        == text_says(text)
        == "A2%of3<svg viewBox=0><path d=M1>".replace("<svg viewBox=0>", "<svg viewbox=0>")
    )
    assert page_says("<p>no article</p>") == ""
    assert said("<p>a</p></div>b") == "ab"
