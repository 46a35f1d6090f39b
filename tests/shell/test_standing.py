"""A site stands while nothing that it is made of differs; a damaged one is built again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi_site import checking, standing
from kpi_site.building import build
from kpi_site.options import Options
from kpi_site.problems import Location, Problem, problem
from kpi_site.standing import Outcome, Standing

MINI = Path(__file__).parents[1] / "sites" / "mini"
TODAY = date(2026, 11, 24)
WATCHED = ("content", "docs", "data")
CARD = "content/indicators/service/csat.yml"
WARNING = problem(
    Location(CARD, 3, 4), "x", zh="一", en="one", hint_zh="二", hint_en="two", severity="warning"
)


@pytest.fixture
def site(tmp_path: Path) -> Options:
    """A site with a folder that stands for what was built of it, and its outcome kept."""
    root = Path(shutil.copytree(MINI, tmp_path / "mini"))
    for name, text in {"docs/zh/a.md": "# A\n", "site/index.html": "a", "site/zh/b": "b"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "mkdocs.yml").write_text("extra: {key: !ENV [KEY_OF_MINE, none]}\n", "utf-8")
    time.sleep(0.05)  # else these files would be as young as the run
    options = Options(root, TODAY)
    _standing(options).keep(Outcome(WATCHED, (WARNING,), ("zh", "en")))
    return options


def _standing(options: Options) -> Standing:
    return Standing(options, "build", site=options.target)


def _stands(options: Options) -> bool:
    return _standing(options).outcome() is not None


def test_an_outcome_is_told_again_as_it_was(site: Options) -> None:
    found = _standing(site).outcome()
    assert found == Outcome(WATCHED, (WARNING,), ("zh", "en"))
    assert found is not None
    assert found.problems[0].text("zh") == WARNING.text("zh")


def _touched(path: Path) -> None:
    os.utime(path, (1, 1))


def _rewritten(path: Path) -> None:
    """Change the file, and neither its size nor its time."""
    before = path.stat()
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced_by_a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _added(path: Path) -> None:
    path.with_name("more.yml").write_text("", "utf-8")


@pytest.mark.parametrize("name", [CARD, "docs/zh/a.md", "data/orders.csv", "site/zh/b"])
@pytest.mark.parametrize("change", [_rewritten, _added, Path.unlink, _replaced_by_a_link])
def test_any_file_that_differs_ends_it(
    site: Options, name: str, change: Callable[[Path], None]
) -> None:
    assert _stands(site)
    change(site.root / name)
    assert not _stands(site)


def test_times_of_files_do_not_count(site: Options) -> None:
    for path in site.root.rglob("*"):
        _touched(path)
    assert _stands(site)


def test_an_empty_folder_counts(site: Options) -> None:
    (site.root / "content/reports/2026-11").mkdir()
    assert not _stands(site)


@pytest.mark.parametrize(
    "other",
    [
        {"today": TODAY + timedelta(days=1)},
        {"audience": "staff"},
        {"languages": ("zh",)},
        {"out": Path("elsewhere")},
        {"config": Path("other.yml")},
    ],
)
def test_what_is_asked_for_counts(site: Options, other: dict[str, object]) -> None:
    assert not _stands(replace(site, **other))  # type: ignore[arg-type]
    assert _stands(site)


def test_another_program_counts(site: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "code_digest": lambda: "other",
        "_installed": lambda: ["mkdocs-99.dist-info"],
        "chinese_font": lambda: None,
    }.items():
        with monkeypatch.context() as patch:
            patch.setattr(standing, name, value)
            assert not _stands(site)
    for variable in ("KEY_OF_MINE", "SOURCE_DATE_EPOCH"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, "1")
            assert not _stands(site)
    assert _stands(site)


@pytest.mark.parametrize(
    "own",
    [
        "hooks: [hook.py]\n",
        "plugins: [macros]\n",
        "plugins: [{git-dates: {}}]\n",
        "plugins: {search: {}, macros: {}}\n",
        "markdown_extensions: [{pymdownx.snippets: {base_path: ..}}]\n",
        "markdown_extensions: [mine]\n",
        "markdown_extensions: [{toc: {slugify: !!python/name:mine.slug }}]\n",
    ],
)
def test_what_may_read_any_file_never_stands(site: Options, own: str) -> None:
    (site.root / "mkdocs.yml").write_text(own, "utf-8")
    time.sleep(0.05)
    _standing(site).keep(Outcome(WATCHED))
    assert not _stands(site)


@pytest.mark.parametrize(
    "own",
    [
        "plugins: [search, {kpi-site: {root: .}}]\n",
        "markdown_extensions: [admonition, {pymdownx.tabbed: {alternate_style: true}}]\n",
        (
            "markdown_extensions:\n- pymdownx.emoji:\n"
            "    emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
        ),
    ],
)
def test_what_reads_the_page_alone_may_stand(site: Options, own: str) -> None:
    (site.root / "mkdocs.yml").write_text(own, "utf-8")
    assert not _stands(site)
    time.sleep(0.05)
    _standing(site).keep(Outcome(WATCHED))
    assert _stands(site)


def test_templates_of_the_site_count(site: Options) -> None:
    (site.root / "looks").mkdir()
    (site.root / "looks/main.html").write_text("a", "utf-8")
    (site.root / "mkdocs.yml").write_text("theme: {name: material, custom_dir: looks}\n", "utf-8")
    time.sleep(0.05)
    _standing(site).keep(Outcome(WATCHED))
    assert _stands(site)
    (site.root / "looks/main.html").write_text("b", "utf-8")
    assert not _stands(site)


def test_a_file_that_changes_during_the_run_leaves_nothing_kept(site: Options) -> None:
    run = _standing(site)
    (site.root / CARD).write_text((site.root / CARD).read_text("utf-8") + "\n", "utf-8")
    run.keep(Outcome(WATCHED))
    assert not _stands(site)


@pytest.mark.parametrize("watched", [(), ("content", "*.csv")])
def test_nothing_is_kept_of_what_cannot_be_watched(site: Options, watched: tuple[str, ...]) -> None:
    _standing(site).keep(Outcome(watched))
    assert not _stands(site)


def test_errors_are_looked_for_again(site: Options) -> None:
    _standing(site).keep(Outcome(WATCHED, (replace(WARNING, severity="error"),)))
    assert not _stands(site)


def test_damage_to_what_is_kept_ends_it(site: Options) -> None:
    (path,) = (site.cache / "standing").iterdir()
    whole = path.read_bytes()
    for at in (0, 70, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert not _stands(site)
    path.write_bytes(whole)
    assert _stands(site)


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_unchanged_site_is_not_built_again_and_a_damaged_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(Path(shutil.copytree(MINI, tmp_path / "mini")), TODAY, languages=("zh",))
    time.sleep(0.05)
    first, problems = build(options)
    assert first is not None, problems
    whole = _tree(options.target)
    with monkeypatch.context() as patch:
        patch.setattr("kpi_site.site.generate", lambda *_, **__: pytest.fail("generated again"))
        assert build(options) == (first, problems)
    page = options.target / "zh/index.html"
    _rewritten(page)
    again, _ = build(options)
    assert again == first
    assert _tree(options.target).keys() == whole.keys()
    assert page.read_bytes() == whole["zh/index.html"]


def test_check_looks_again_only_where_something_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(MINI, tmp_path / "mini"))
    options = Options(root, TODAY)
    time.sleep(0.05)
    looked: list[bool] = []
    look = checking._looked_at

    def noting(*args: object, facts: bool, **more: object) -> Outcome:
        looked.append(facts)
        return look(*args, facts=facts, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "_looked_at", noting)

    def check(*, facts: bool) -> tuple[Problem, ...]:
        looked.clear()
        return checking.check(options, facts=facts)

    for facts in (False, True):
        before = check(facts=facts)
        assert looked == [facts]
        assert check(facts=facts) == before
        assert looked == []
    _rewritten(root / "data/orders.csv")
    check(facts=False)
    assert looked == []  # the facts are left unread
    check(facts=True)
    assert looked == [True]
    (root / "data/orders.csv").unlink()
    assert "no-such-file" in {p.code for p in check(facts=False)}
