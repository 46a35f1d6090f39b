"""New files: every blank is reported at its place, and a filled one passes `check`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpi_site.authoring.new_file import KINDS, FormKind, modeline, new_file, quoted
from kpi_site.authoring.refusal import Refusal
from kpi_site.content.folders import SITE_FILE, content_files
from kpi_site.content.yaml_source import Mapping, Scalar, parse_yaml
from kpi_site.files import File
from tests.authoring.conftest import TODAY, draft_of, problems_of

NAMES = {"report": "2026-11"}
ANSWERS: dict[FormKind, dict[str, list[str]]] = {
    "indicator": {
        "from": ["orders", "orders"],
        "value": ["COUNT(*)", "COUNT(*)"],
        "baseline": ["0.8"],
        "target": ["0.9"],
        "challenge": ["0.95"],
        "part": ["9"],
        "whole": ["10"],
        "expect": ["0.9"],
        "perspective": ["customer"],
    },
    "dataset": {
        "path": ["data/new.csv"],
        "time": ["day"],
        "primaryKey": ["no"],
        "name": ["no", "day", "amount"],
    },
    "scorecard": {"indicator": ["sales_attainment", "nps"], "weight": ["60", "40"]},
    "report": {},
    "action": {"indicators": ["nps"], "due": ["2026-12-31", "2026-12-01"]},
}


def make(site: Path, kind: FormKind, name: str = "fresh", **more: str) -> File | Refusal:
    department = "sales" if kind in {"indicator", "dataset"} else None
    words = {"department": department, "language": "en", **more}
    return new_file(draft_of(site), kind, NAMES.get(kind, name), today=TODAY, **words)  # type: ignore[arg-type]


def written(site: Path, made: File | Refusal) -> Path:
    assert isinstance(made, File)
    path = site / made.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.data)
    return path


def test_a_scorecard_has_its_department_as_owner(site: Path) -> None:
    made = make(site, "scorecard", department="sales")
    assert isinstance(made, File)
    assert "\nowner: sales  # " in made.data.decode()
    alone = make(site, "scorecard")
    assert isinstance(alone, File)
    assert "\nowner:" not in alone.data.decode()


def fill(text: str, answers: dict[str, list[str]]) -> str:
    """Write the answers into the blanks in order, by the key before each; else a word."""
    left = {key: list(values) for key, values in answers.items()}

    def answer(match: re.Match[str]) -> str:
        before = re.findall(r"(\w+): ?\[?$", match.string[: match.start()])
        queue = left.get(before[0] if before else "")
        return queue.pop(0) if queue else "words"

    lines = [
        line if line.lstrip().startswith("#") else re.sub(r"\b___\b", answer, line)
        for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_every_blank_is_reported_at_its_place_and_nothing_else(site: Path, kind: FormKind) -> None:
    path = written(site, make(site, kind))
    text = path.read_text(encoding="utf-8")
    code = [re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines()]
    blanks = {
        (number, match.start() + 1)
        for number, line in enumerate(code, start=1)
        for match in re.finditer("___", line)
    }
    found = problems_of(site)
    assert {p.code for p in found} == {"unfilled-blank"}
    assert {(p.where.line, p.where.column) for p in found} == blanks
    assert {p.where.file for p in found} == {path.relative_to(site).as_posix()}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_filled_file_has_no_problem_at_all(site: Path, kind: FormKind, language: str) -> None:
    (site / "data/new.csv").write_text("no,day,amount\n1,2026-10-01,2\n", encoding="utf-8")
    path = written(site, make(site, kind, language=language))
    path.write_text(fill(path.read_text(encoding="utf-8"), ANSWERS[kind]), encoding="utf-8")
    assert problems_of(site) == ()


def test_the_first_line_leads_editors_to_the_schema(site: Path) -> None:
    for kind in KINDS:
        path = written(site, make(site, kind))
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        address = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / address).resolve() == (site / f"schemas/{kind}.json").resolve()


def test_every_file_of_the_sample_company_leads_there_too() -> None:
    root = Path(__file__).parents[2]
    files = [(file.path, file.file, file.kind) for file in content_files(root)[0]]
    for path, file, kind in (*files, (root / SITE_FILE, SITE_FILE, "site")):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first == modeline(kind, file), file


def test_a_site_with_one_language_asks_for_plain_texts(site: Path) -> None:
    settings = site / "content/site.yml"
    text = settings.read_text(encoding="utf-8").replace("[zh, en]", "[zh]")
    settings.write_text(text, encoding="utf-8")
    card = written(site, make(site, "indicator")).read_text(encoding="utf-8")
    assert "name: ___\n" in card
    assert "definition: ___\n" in card
    assert "zh: ___" not in card


def test_a_report_takes_over_what_the_last_one_showed(site: Path) -> None:
    text = written(site, make(site, "report")).read_text(encoding="utf-8")
    assert "scorecards: [company]" in text
    assert "highlights: [revenue, sales_attainment, nps]" in text


def test_nothing_is_overwritten_and_no_id_is_given_twice(site: Path) -> None:
    for kind, name in (("dataset", "orders"), ("scorecard", "company"), ("indicator", "csat")):
        refusal = make(site, kind, name)  # type: ignore[arg-type]
        assert isinstance(refusal, Refusal), kind
        assert not refusal.usage
    taken = new_file(draft_of(site), "report", "2026-10", today=TODAY, language="en")
    assert isinstance(taken, Refusal)
    assert taken.message.en == "content/reports/2026-10/report.yml exists already and is left alone"


def test_a_former_id_is_not_given_to_another_card(site: Path) -> None:
    card = site / "content/indicators/service/csat.yml"
    card.write_text(
        card.read_text(encoding="utf-8").rstrip() + "\nformerly: [csi]\n", encoding="utf-8"
    )
    refusal = make(site, "indicator", "csi")
    assert isinstance(refusal, Refusal)
    assert refusal.message.en == "'csi' was the id of content/indicators/service/csat.yml"


@pytest.mark.parametrize(
    "name", ["Sales", "1st", "a-b", "index", "con", "lpt1", "a" * 101, "销售", "../x"]
)
def test_an_id_that_is_none_is_wrong_usage(site: Path, name: str) -> None:
    refusal = make(site, "indicator", name)
    assert isinstance(refusal, Refusal)
    assert refusal.usage


def test_an_unknown_department_has_a_did_you_mean(site: Path) -> None:
    refusal = make(site, "indicator", department="sale")
    assert isinstance(refusal, Refusal)
    assert refusal.message.en == "no department 'sale'. Did you mean 'sales'?"


@pytest.mark.parametrize(
    "text",
    [
        "Sales",
        "销售部",
        "a/b.csv",
        "a.",
        "x ",
        "a: b",
        "- x",
        "yes",
        "null",
        "1.5",
        "a #b",
        'say "hi"',
        "a\nb",
        " x ",
    ],
)
def test_any_text_can_be_written_as_yaml(text: str) -> None:
    for line in (f"k: {quoted(text)}\n", f"k: {{a: {quoted(text)}, b: 1}}\n"):
        tree, problems = parse_yaml(line.encode(), "x.yml")
        assert problems == ()
        assert isinstance(tree, Mapping)
        value = tree.get("k")
        value = value.get("a") if isinstance(value, Mapping) else value
        assert isinstance(value, Scalar)
        assert (value.text, value.kind) == (text, "string")
