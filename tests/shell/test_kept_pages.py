"""Built pages that are kept never show: a site after any edit is as one built from nothing kept."""

from __future__ import annotations

import errno
import os
import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from kpi_site.building import build
from kpi_site.options import Options
from kpi_site.site import generate
from kpi_site.theme import kept_pages

TODAY = date(2026, 11, 24)
_HEAD = kept_pages._head
CARD = "content/indicators/service/csat.yml"
SITE = "content/site.yml"
PAGES = {
    "docs/en/first.md": "# First\n\nSee [the other](second.md#a-part) and [a card]"
    "(indicators/csat.md).\n",
    "docs/en/second.md": "# Second\n\n## A part\n\nOf it.\n",
    "docs/zh/first.md": "# 第一页\n\n正文。\n",
}
DEFINITION = (CARD, "en: ", "en: Now ")
EDITS = {
    "texts of a card, and a page's twin": (
        (CARD, "en: Customer satisfaction", "en: Contentment"),
        DEFINITION,
        ("docs/zh/second.md", "", "# 第二页\n"),
    ),
    "a title in every page's navigation": ((SITE, "en: Service}", "en: Care}"),),
    "a heading in it": (("docs/en/second.md", "# Second", "# The second"),),
    "the organisation, the look, and where pages are edited": (
        (SITE, "en: Mini company", "en: Small company"),
        ("mkdocs.yml", "navigation.footer", "navigation.path"),
        ("mkdocs.yml", "example.org/one", "example.org/two"),
    ),
    "a page that goes": (("docs/zh/first.md", "# 第一页\n\n正文。\n", ""),),
}
OWN = """\
repo_url: https://example.org/one
theme:
  name: material
  features: [navigation.footer]
"""


def _options(root: Path) -> Options:
    return Options(root, TODAY)


def _built(root: Path) -> dict[str, bytes]:
    done, problems = build(_options(root))
    assert done is not None, [p.text() for p in problems]
    return {
        path.relative_to(done.out).as_posix(): path.read_bytes()
        for path in done.out.rglob("*")
        if path.is_file()
    }


def _forget(root: Path) -> None:
    for name in ("built", "standing"):
        shutil.rmtree(_options(root).cache / name, ignore_errors=True)


def _kept(root: Path) -> dict[str, int]:
    return {
        p.relative_to(root).as_posix(): p.stat().st_ino
        for p in (_options(root).cache / "built").rglob("*")
        if p.is_file()
    }


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8") if path.is_file() else ""
    assert old in text, path
    changed = text.replace(old, new, 1) if old else new
    if changed:
        path.write_text(changed, "utf-8")
    else:
        path.unlink()


@pytest.fixture
def site(mini: Path) -> Path:
    for name, text in PAGES.items():
        (mini / name).parent.mkdir(parents=True, exist_ok=True)
        (mini / name).write_text(text, "utf-8")
    (mini / "mkdocs.yml").write_text(OWN, "utf-8")
    return mini


def test_a_site_after_every_edit_is_as_one_of_which_nothing_was_kept(site: Path) -> None:
    before = _built(site)
    for what, edits in EDITS.items():
        for name, old, new in edits:
            _edit(site / name, old, new)
        after = _built(site)
        _forget(site)
        fresh = _built(site)
        assert sorted(after) == sorted(fresh), what
        assert [name for name in after if after[name] != fresh[name]] == [], what
        assert after != before, f"{what}: an edit that nothing shows tests nothing"
        before = after


def test_of_a_changed_text_its_pages_are_made_and_no_others(site: Path) -> None:
    before = _built(site)
    kept = _kept(site)
    assert len(kept) == sum(name.endswith("index.html") for name in before) - 1  # the front door
    _edit(site / CARD, *DEFINITION[1:])
    after = _built(site)
    changed = {n for n, data in after.items() if n.endswith(".html") and data != before[n]}
    made = {name for name, inode in _kept(site).items() if kept.get(name) != inode}
    assert "en/indicators/csat/index.html" in changed
    assert len(made) == len(changed) < len(kept) / 2


def test_a_link_that_breaks_is_told_of_though_its_page_is_kept(site: Path) -> None:
    _built(site)
    _edit(site / "docs/en/second.md", "## A part", "## Apart")
    done, problems = build(_options(site))
    assert done is None
    assert "second.md#a-part" in problems[0].text("en")
    again, problems = build(_options(site))
    assert again is None, "a page that was warned of is not kept"


def test_a_link_is_told_of_when_the_page_behind_it_goes(site: Path) -> None:
    # a card's page, which no navigation names: else all pages would be made
    extra = site / "content/indicators/service/extra.yml"
    text = (site / CARD).read_text("utf-8").replace("id: csat", "id: extra")
    extra.write_text(text.replace("en: Customer satisfaction", "en: Another"), "utf-8")
    _edit(site / "docs/en/first.md", "indicators/csat.md", "indicators/extra.md")
    _built(site)
    extra.unlink()
    done, problems = build(_options(site))
    assert done is None
    assert [p.where.file for p in problems] == ["docs/en/first.md"]


def test_a_damaged_page_is_made_anew(site: Path) -> None:
    before = _built(site)
    for path in (_options(site).cache / "built").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"Customer", b"Customary"))
    shutil.rmtree(_options(site).cache / "standing", ignore_errors=True)
    assert _built(site) == before


@pytest.mark.parametrize(
    "foreign",
    ["hooks: [hook.py]\n", "theme: {name: material, custom_dir: mine}\n"],
    ids=["a hook", "templates"],
)
def test_nothing_is_kept_where_others_make_the_pages(site: Path, foreign: str) -> None:
    (site / "hook.py").write_text("", "utf-8")
    (site / "mine").mkdir()
    (site / "mkdocs.yml").write_text(foreign, "utf-8")
    _built(site)
    assert not (_options(site).cache / "built").exists()


def test_a_built_chart_is_no_copy_and_stays_when_the_next_one_is_made(site: Path) -> None:
    _built(site)
    made, built = (site / name / "en/charts/csat-trend.json" for name in ("build/docs", "site"))
    assert made.stat().st_ino == built.stat().st_ino
    before = built.read_bytes()
    _edit(site / CARD, "formula: ", "formula: 2 * ")
    generated, problems = generate(_options(site))
    assert generated is not None, [p.text() for p in problems]
    assert made.read_bytes() != before
    assert built.read_bytes() == before


def test_where_the_disk_has_no_second_names_files_are_copied(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = _options(site)
    generated, problems = generate(options)
    assert generated is not None, [p.text() for p in problems]

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    config = load_config(str(options.language_config("en")), site_dir=str(site / "elsewhere"))
    mkdocs_build(config)
    made = options.docs / "en" / "charts" / "csat-trend.json"
    copied = site / "elsewhere" / "charts" / "csat-trend.json"
    assert copied.read_bytes() == made.read_bytes()
    assert copied.stat().st_ino != made.stat().st_ino


def _served(site: Path, out: Path) -> dict[str, bytes]:
    """Build the generated English pages in this process, as a server does."""
    config = load_config(str(_options(site).language_config("en")), site_dir=str(out))
    mkdocs_build(config)
    pages = (path for path in out.rglob("*.html"))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in pages}


def test_a_server_shows_what_changed_and_looks_at_kept_pages_once(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3_000_000_000)  # nothing is young
    heads: list[Path] = []

    def noted(path: Path) -> dict[str, object] | None:
        heads.append(path)
        return _HEAD(path)

    monkeypatch.setattr(kept_pages, "_head", noted)
    generated, problems = generate(_options(site))
    assert generated is not None, [p.text() for p in problems]
    first = _served(site, tmp_path / "out")
    heads.clear()
    assert _served(site, tmp_path / "out") == first  # whole pages stand
    assert len(heads) == len(set(heads)) > len(first) // 2
    _edit(_options(site).docs / "en" / "second.md", "# Second", "# The second")
    shown = _served(site, tmp_path / "out")  # every article stands but one
    assert len(heads) == len(set(heads)), "what is known is read again"
    assert [name for name, page in shown.items() if b"The second" not in page] == []
    _forget(site)
    assert _served(site, tmp_path / "afresh") == shown
