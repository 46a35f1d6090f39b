"""The schemas that editors read: up to date, true to the sample company, strict with mistakes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from kpi_site import yaml_core
from kpi_site.content import schema_files
from kpi_site.content.folders import content_files

Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
KINDS = ("site", "dataset", "indicator", "scorecard", "report", "action", "glossary")
VALIDATORS = {
    kind: jsonschema.Draft7Validator(json.loads((ROOT / f"schemas/{kind}.json").read_text("utf-8")))
    for kind in KINDS
}
SAMPLES = [(file.kind, file.path.relative_to(ROOT).as_posix()) for file in content_files(ROOT)[0]]


def tree(text: str) -> Any:
    """Read YAML 1.2 core, as editors do."""
    return yaml_core.load(text)


def faults(kind: str, text: str) -> list[str]:
    return [error.message for error in VALIDATORS[kind].iter_errors(tree(text))]


def test_the_committed_schemas_are_up_to_date() -> None:
    made = {file.path: file.content for file in schema_files()}
    have = {path.name: path.read_text("utf-8") for path in (ROOT / "schemas").iterdir()}
    assert have == made, "run: kpi-site schema"
    assert set(made) == {f"{kind}.json" for kind in KINDS}
    for validator in VALIDATORS.values():
        validator.check_schema(validator.schema)


@pytest.mark.parametrize(("kind", "file"), [("site", "content/site.yml"), *SAMPLES])
def test_the_sample_company_is_valid(kind: str, file: str) -> None:
    assert faults(kind, (ROOT / file).read_text("utf-8")) == []


ACTION = min(file for kind, file in SAMPLES if kind == "action")
CARD = "content/indicators/customer_service/csat.yml"
BROKEN = [
    ("indicator", CARD, r"^cycle: \w+", "cycle: monthly"),
    ("indicator", CARD, r"^cycle: \w+\n", ""),
    ("indicator", CARD, r"^unit: .*", "unit: percentage"),
    ("indicator", CARD, r"^decimals: \d", "decimals: two"),
    ("indicator", CARD, r"^id: csat", "id: CSAT"),
    ("indicator", CARD, r"^name: .*", "name: {zh: 满意度, de: Zufriedenheit}"),
    ("indicator", CARD, r"^formula:", "formular:"),
    ("indicator", CARD, r"from: surveys", "from: surveys, form: x"),
    ("indicator", CARD, r"baseline: [\d.]+", 'baseline: "90%"'),
    ("indicator", CARD, r"baseline: [\d.]+", 'baseline: "90"'),
    ("indicator", CARD, r"^related: .*", "related: nps"),
    ("dataset", "content/datasets/tickets.yml", r"type: datetime", "type: timestamp"),
    ("dataset", "content/datasets/tickets.yml", r"^time: .*", "time: [created_at]"),
    ("dataset", "content/datasets/tickets.yml", r"primaryKey", "primarykey"),
    ("scorecard", "content/scorecards/s07.yml", r"^scored: true", "scored: yes"),
    ("scorecard", "content/scorecards/s07.yml", r"weight: [\d.]+", "weight: ten"),
    ("report", "content/reports/2026-10/report.yml", r"^highlights: .*", "highlights: csat"),
    ("report", "content/reports/2026-10/report.yml", r"^period: .*\n", ""),
    ("action", ACTION, r"^due: .*", "due: 2026"),
    ("action", ACTION, r"^owner: .*\n", ""),
    ("site", "content/site.yml", r"^fiscal_year_start: \d+", "fiscal_year_start: 13"),
    ("site", "content/site.yml", r"^languages: .*", "languages: [zh, fr]"),
]


@pytest.mark.parametrize(("kind", "file", "old", "new"), BROKEN, ids=[b[3] or b[2] for b in BROKEN])
def test_a_broken_file_is_not(kind: str, file: str, old: str, new: str) -> None:
    text, count = re.subn(old, new, (ROOT / file).read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    assert faults(kind, text) != []


def test_schema_writes_the_files_where_it_is_told(run: Run, mini: Path, tmp_path: Path) -> None:
    first = run("kpi_site", "schema", cwd=mini)
    assert first.returncode == 0
    assert first.stdout.endswith("schemas: 7 files changed\n")
    again = run("kpi_site", "schema", "--root", mini, "--lang", "zh")
    assert again.stdout.endswith("schemas：改动 0 个文件\n")
    made = {path.name: path.read_text("utf-8") for path in (mini / "schemas").iterdir()}
    assert made == {file.path: file.content for file in schema_files()}
    elsewhere = run("kpi_site", "schema", "--out", tmp_path / "a" / "b", cwd=tmp_path)
    assert elsewhere.returncode == 0  # needs no site
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == set(made)


def test_schema_leaves_a_file_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    done = run("kpi_site", "schema", "--out", "notes.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"
    assert run("kpi_site", "schema", cwd=tmp_path).returncode == 2  # no site, and no folder named


def test_editors_are_told_of_the_schemas() -> None:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))
    told = {Path(schema).stem: pattern for schema, pattern in settings["yaml.schemas"].items()}
    assert set(told) == set(KINDS)
    for kind, file in [("site", "content/site.yml"), *SAMPLES]:
        assert Path(file).match(told[kind])
    extensions = json.loads((ROOT / ".vscode/extensions.json").read_text("utf-8"))
    assert "redhat.vscode-yaml" in extensions["recommendations"]


@pytest.mark.parametrize(("kind", "file"), [("site", "content/site.yml"), *SAMPLES])
def test_every_content_file_leads_editors_to_its_schema(kind: str, file: str) -> None:
    path = ROOT / file
    first = path.read_text("utf-8").partition("\n")[0]
    address = first.removeprefix("# yaml-language-server: $schema=")
    assert address != first
    assert (path.parent / address).resolve() == ROOT / f"schemas/{kind}.json"
