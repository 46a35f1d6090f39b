"""Building whole sites: by ``kpi-site build`` and by a bare ``mkdocs build``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpi_site.building import build
from kpi_site.options import Options
from kpi_site.site import generate
from kpi_site.theme.entrance import MARK

Run = Callable[..., subprocess.CompletedProcess[str]]

MINI = Path(__file__).parents[1] / "sites" / "mini"
TODAY = date(2026, 11, 24)
OLD = 1_000_000_000
NPS = "content/indicators/service/nps.yml"
PAGES = (
    "index.html",
    "zh/index.html",
    "en/index.html",
    "zh/indicators/nps/index.html",
    "en/indicators/nps/index.html",
    "zh/departments/sales/index.html",
    "zh/scorecards/company/index.html",
    "zh/reports/2026-10/index.html",
    "zh/datasets/orders/index.html",
    "zh/data/values.csv",
    "en/data/datapackage.json",
    "zh/assets/search/index.js",
    "zh/404.html",
    "404.html",
)


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built mini site: its root."""
    root = Path(shutil.copytree(MINI, tmp_path_factory.mktemp("built") / "mini"))
    done, problems = build(Options(root, TODAY))
    assert done is not None, problems
    return root


def test_content_and_data_alone_make_a_site(built: Path) -> None:
    for page in PAGES:
        assert (built / "site" / page).stat().st_size > 0, page
    assert sorted(p.name for p in built.iterdir()) == ["build", "content", "data", "site"]


def test_a_bare_mkdocs_build_makes_the_same_site(run: Run, built: Path, tmp_path: Path) -> None:
    config = tmp_path / "mkdocs.yml"
    plugin = f"kpi-site: {{root: {built}, config: {built}/mkdocs.yml}}"
    config.write_text(f"site_name: x\ndocs_dir: {built}\nplugins: [{{{plugin}}}]\n", "utf-8")
    done = run("mkdocs", "build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ours, theirs = _tree(built / "site"), _tree(tmp_path / "site")
    moving = {name for name in ours if "sitemap" in name}
    assert set(ours) == set(theirs)
    assert [n for n in ours if n not in moving and ours[n] != theirs[n]] == []


@pytest.mark.parametrize("command", [("kpi_site", "build"), ("mkdocs", "build")])
def test_a_mistake_leaves_the_last_good_site_as_it_was(
    run: Run, mini: Path, command: tuple[str, ...]
) -> None:
    (mini / "mkdocs.yml").write_text("site_name: x\ndocs_dir: content\nplugins: [kpi-site]\n")
    before = {"index.html": MARK.encode(), "zh/index.html": b"the last good page"}
    for name, data in before.items():
        (mini / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (mini / "site" / name).write_bytes(data)
    _edit(mini / NPS, "formula: (promoters", "formula: (promotres")
    done = run(*command, cwd=mini)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert f"{NPS}:6:11: unknown term 'promotres'. Did you mean 'promoters'?" in said
    assert "1 error, 0 warnings" in said
    assert "Traceback" not in said
    assert _tree(mini / "site") == before
    assert not list(mini.glob(".site.*"))


def test_a_warning_of_mkdocs_stops_the_build_and_names_the_hand_written_page(mini: Path) -> None:
    guide = mini / "docs" / "en" / "guide.md"
    guide.parent.mkdir(parents=True)
    guide.write_text("# Guide\n\n[The rules](rules.pdf)\n", encoding="utf-8")
    (mini / "site").mkdir()
    (mini / "site" / "index.html").write_text(MARK)
    built, problems = build(Options(mini, TODAY, languages=("en",)))
    assert built is None
    assert [(str(p.where), p.code) for p in problems] == [("docs/en/guide.md:3:13", "mkdocs-page")]
    assert "rules.pdf" in problems[0].text("en")
    assert _tree(mini / "site") == {"index.html": MARK.encode()}


def test_hand_written_pages_stand_beside_the_generated_ones(mini: Path) -> None:
    for language, title in (("zh", "怎么读卡片"), ("en", "How to read a card")):
        folder = mini / "docs" / language
        (folder / "pictures").mkdir(parents=True)
        (folder / "guide.md").write_text(
            f"---\norder: 1\n---\n# {title}\n\n[NPS](indicators/nps.md) ![](pictures/a.svg)\n",
            "utf-8",
        )
        (folder / "about.md").write_text(f"# {title} 2\n", "utf-8")
        (folder / "pictures" / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (mini / "mkdocs.yml").write_text("site_name: x\nrepo_url: https://git.example.com/kpi\n")
    built, problems = build(Options(mini, TODAY, languages=("en",)))
    assert (built is not None, problems) == (True, ())
    page = (mini / "site/en/guide/index.html").read_text("utf-8")
    assert 'href="../indicators/nps/"' in page
    assert 'href="https://git.example.com/kpi/edit/main/docs/en/guide.md"' in page
    assert page.index("How to read a card") < page.index("How to read a card 2")  # order: 1
    card = (mini / "site/en/indicators/nps/index.html").read_text("utf-8")
    assert f'href="https://git.example.com/kpi/edit/main/{NPS}"' in card


def test_a_hand_written_page_may_not_take_a_generated_ones_place(mini: Path) -> None:
    page = mini / "docs" / "zh" / "indicators" / "nps.md"
    page.parent.mkdir(parents=True)
    page.write_text("# mine\n")
    generated, problems = generate(Options(mini, TODAY))
    assert generated is None
    assert [(str(p.where), p.code) for p in problems] == [
        ("docs/zh/indicators/nps.md", "page-collision")
    ]


def test_generating_again_writes_only_what_changed(mini: Path) -> None:
    generate(Options(mini, TODAY))
    docs = mini / "build" / "docs"
    for path in docs.rglob("*"):
        os.utime(path, (OLD, OLD))
    again, _ = generate(Options(mini, TODAY))
    assert again is not None
    assert again.changed == 0
    _edit(mini / NPS, "口碑值", "口碑分")
    changed, _ = generate(Options(mini, TODAY))
    fresh = {p.name for p in docs.rglob("*") if p.is_file() and p.stat().st_mtime > OLD}
    assert changed is not None
    assert "nps.md" in fresh
    assert not fresh & {"revenue.md", "csat.md", "values.csv", "orders.md"}


def test_languages_and_audiences_can_be_chosen(mini: Path) -> None:
    _edit(mini / NPS, "audience: staff", "audience: leadership")
    built, problems = build(Options(mini, TODAY, languages=("en",), audience="staff"))
    assert (built is not None, problems) == (True, ())
    site = mini / "site"
    assert sorted(p.name for p in site.iterdir()) == ["404.html", "en", "index.html"]
    assert not (site / "en/indicators/nps").exists()
    assert not (site / "en/scorecards/company").exists()  # its total would tell the hidden line
    assert "nps," not in (site / "en/data/values.csv").read_text()
    assert "Net promoter" not in (site / "en/assets/search/index.js").read_text()


@pytest.mark.parametrize(
    ("options", "code"),
    [({"languages": ("fr",)}, "unknown-language"), ({"audience": "stuff"}, "unknown-audience")],
)
def test_an_unknown_language_or_audience_is_a_problem(
    mini: Path, options: dict[str, object], code: str
) -> None:
    built, problems = build(Options(mini, TODAY, **options))  # type: ignore[arg-type]
    assert built is None
    assert [p.code for p in problems] == [code]


def test_a_folder_of_somebody_elses_is_never_replaced(run: Run, mini: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "thesis.txt").write_text("years of work")
    done = run("kpi_site", "build", "--root", mini, "--out", work)
    assert done.returncode == 1
    assert "left alone" in done.stdout
    assert _tree(work) == {"thesis.txt": b"years of work"}


def test_the_site_works_in_any_folder(built: Path) -> None:
    page = (built / "site/zh/indicators/nps/index.html").read_text("utf-8")
    assert 'href="../../../en/indicators/nps/" hreflang="en"' in page
    assert 'href="/' not in page
    assert 'src="/' not in page


def test_no_page_names_another_host(built: Path) -> None:
    names = {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}
    for path in (built / "site").rglob("*.html"):
        for part in path.read_text("utf-8").split('"'):
            assert not part.startswith(("http:", "https:", "//")) or part in names, (path, part)


SUMMARY = "summary: {zh: 十月达成计划。, en: October met its plan.}"


def test_the_home_page_leads_where_the_summary_of_a_report_leads(mini: Path) -> None:
    links = "[a](../indicators/csat.md) [b](2026-10/annex.md) [c](https://example.org)"
    report = mini / "content/reports/2026-10/report.yml"
    text = report.read_text("utf-8")
    assert SUMMARY in text
    report.write_text(text.replace(SUMMARY, f'summary: "{links}"'), "utf-8")
    built, problems = build(Options(mini, TODAY, languages=("en",)))
    assert built is not None, [p.text() for p in problems]
    home = (built.out / "en/index.html").read_text("utf-8")
    assert re.search(
        r'href="indicators/csat/">a</a>.*href="reports/2026-10/annex/">b</a>.*href="https://example.org"',
        home,
    )


def test_a_dead_anchor_is_told_where_it_is_written(mini: Path) -> None:
    card = mini / "content/indicators/service/csat.yml"
    before = card.read_text("utf-8")
    card.write_text(before + 'notes: "See [the end](#nowhere)."\n', "utf-8")
    built, problems = build(Options(mini, TODAY, languages=("en",)))
    assert built is None
    (found,) = [p for p in problems if p.severity == "error"]
    assert str(found.where) == (
        f"content/indicators/service/csat.yml:{before.count(chr(10)) + 1}:23"
    )
    assert "no such anchor" in found.message.en
