"""A new site: sound as it is, in each language and month, and from the built wheel alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from kpi_site import yaml_core
from kpi_site.authoring.refusal import Refusal
from kpi_site.authoring.start import DEPARTMENTS, Named, Start, department, free_folder, write_site
from kpi_site.catalog import Language
from kpi_site.content import read_catalog
from kpi_site.options import Options
from kpi_site.results import State
from kpi_site.stages import figures
from kpi_site.theme.config import read_own

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
BOTH: tuple[Language, ...] = ("zh", "en")
TODAY = date(2026, 11, 5)
FOUR = (
    Named("a", "甲", "A: first"),
    Named("b", "乙", "B"),
    Named("c", "丙", "C"),
    Named("d", "丁", "D"),
)


@pytest.mark.parametrize(
    ("languages", "departments", "today"),
    [
        (BOTH, DEPARTMENTS, TODAY),
        (("en", "zh"), DEPARTMENTS[:1], date(2026, 1, 1)),
        (("zh",), FOUR, date(2024, 3, 31)),
        (("en",), FOUR[:2], date(2025, 12, 31)),
    ],
)
def test_it_has_no_problem_at_all(
    tmp_path: Path, languages: tuple[Language, ...], departments: tuple[Named, ...], today: date
) -> None:
    write_site(tmp_path, Start('云山 "科技"', "Yunshan: Tech", languages, departments, today))
    _, own = read_own(tmp_path / "mkdocs.yml", "mkdocs.yml")
    computed, problems = figures(Options(tmp_path, today))
    assert (own, problems) == ((), ())
    assert computed is not None
    assert computed.catalog.site.languages == languages
    assert computed.catalog.site.organisation.get(languages[0]) == (
        '云山 "科技"' if languages[0] == "zh" else "Yunshan: Tech"
    )
    assert len(computed.catalog.indicators) == 3
    assert len(computed.catalog.datasets) == len(computed.catalog.scorecards) == 1
    (report,) = computed.catalog.reports.values()
    assert report.period.last < today
    for card in computed.catalog.indicators.values():
        assert card.examples
        whole = computed.results[card.id].whole(card.cycle)
        assert whole is not None
        latest = whole.at(report.period)
        assert latest is not None
        assert latest.state is State.OK
        assert whole.results[-1].period == report.period


def test_every_file_fits_its_schema_and_says_where_it_lies(tmp_path: Path) -> None:
    write_site(tmp_path, Start("云山", "Yunshan", BOTH, DEPARTMENTS, TODAY))
    found = sorted((tmp_path / "content").rglob("*.yml"))
    assert len(found) == 7
    for path in found:
        text = path.read_text(encoding="utf-8")
        address = text.partition("\n")[0].removeprefix("# yaml-language-server: $schema=")
        schema = json.loads((path.parent / address).read_text(encoding="utf-8"))
        tree = json.loads(json.dumps(yaml_core.load(text), default=str))
        jsonschema.validate(tree, schema)


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path, run: Run) -> None:
    assert free_folder(tmp_path / "new") is None
    (tmp_path / ".git").mkdir()
    assert free_folder(tmp_path) is None  # a repository that was just made
    (tmp_path / ".hidden").touch()
    assert isinstance(free_folder(tmp_path), Refusal)
    done = run("kpi_site", "init", tmp_path)
    assert done.returncode == 1
    assert "is not empty, and is left alone" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == [".git", ".hidden"]
    assert isinstance(free_folder(tmp_path / ".hidden"), Refusal)


@pytest.mark.parametrize(
    ("written", "languages", "named"),
    [
        ("sales=销售部/Sales", BOTH, Named("sales", "销售部", "Sales")),
        ("sales=销售部", BOTH, Named("sales", "销售部", "销售部")),
        ("sales", BOTH, Named("sales", "sales", "sales")),
        ("sales=Sales", ("en",), Named("sales", "Sales", "Sales")),
        ("sales=销售部/Sales", ("en",), Named("sales", "销售部", "Sales")),
        ("sales=Sales/销售部", ("en", "zh"), Named("sales", "销售部", "Sales")),
        ("sales=销售部/Sales", ("en", "zh"), Named("sales", "销售部", "Sales")),
        ("it=IT/ICT", ("en", "zh"), Named("it", "ICT", "IT")),
        ("it=IT/ICT", BOTH, Named("it", "IT", "ICT")),
    ],
)
def test_departments_in_one_word(
    written: str, languages: tuple[Language, ...], named: Named
) -> None:
    assert department(written, languages) == named


def test_the_first_language_comes_first(tmp_path: Path, run: Run) -> None:
    words = ("--language", "en,zh", "--name", "Harbour 食品", "--name-en", "Harbour Foods")
    assert run("kpi_site", "init", tmp_path, *words).returncode == 0
    text = (tmp_path / "README.md").read_text("utf-8")
    assert text.startswith("# Harbour Foods: KPI handbook\n")
    assert "\n# Harbour 食品指标手册\n" in text
    assert "languages: [en, zh]" in (tmp_path / "content/site.yml").read_text("utf-8")


def test_flags_that_say_nothing_sensible_are_wrong_usage(tmp_path: Path, run: Run) -> None:
    for words in (["--language", "fr"], ["--department", "销售部"], ["--department", "A=b"]):
        done = run("kpi_site", "init", tmp_path / "new", *words)
        assert done.returncode == 2, done.stdout
    assert not (tmp_path / "new").exists()


def test_the_built_wheel_starts_checks_and_builds_a_site(tmp_path: Path) -> None:
    """No file of this repository is needed but the wheel's own."""
    if find_spec("flit_core") is None and not os.environ.get("CI"):
        pytest.skip("no flit-core here: it is in requirements-dev.lock")
    wheels, lib, work = tmp_path / "wheels", tmp_path / "lib", tmp_path / "work"
    work.mkdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", wheels, ROOT]
    subprocess.run([*pip, *map(str, build)], check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    install = ["install", "--no-deps", "--no-index", "--target", lib, wheel]
    subprocess.run([*pip, *map(str, install)], check=True, capture_output=True)
    known = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "GITHUB"))}
    environment = {**known, "LANG": "en_US.UTF-8", "PYTHONPATH": str(lib)}

    def program(*words: str, cwd: Path = work) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    where = program("inspect", "--details", "kpi_site")
    assert str(lib) in where
    program("kpi_site", "init", "handbook", "--name", "云山科技", "--name-en", "Yunshan",
            "--department", "sales=销售部/Sales", "--department", "plant=工厂/Plant")  # fmt: skip
    site = work / "handbook"
    assert program("kpi_site", "check", cwd=site) == "0 errors, 0 warnings\n"
    assert program("kpi_site", "test", cwd=site) == "3 cards, 4 examples: 4 hold, 0 fail\n"
    program("kpi_site", "owners", "--check", cwd=site)
    assert program("kpi_site", "build", cwd=site).startswith("The site is built: ")
    for page in ("zh/indicators/on_time_rate", "en/scorecards/company", "zh/departments/plant"):
        assert (site / "site" / page / "index.html").is_file()
    version = wheel.name.split("-")[1]
    assert f"\nkpi-site=={version} \\\n" in (site / "requirements.lock").read_text("utf-8")
    assert (site / "wheels" / wheel.name).is_file()
    assert read_catalog(site, today=date(2100, 1, 1))[1] == ()
