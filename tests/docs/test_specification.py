"""The specification lists what the program has, neither more nor less, under the same anchors."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import typer

from kpi_site import tidy
from kpi_site.catalog import ENGINES, KINDS, MAIN_CHARTS, MEMBER_CHARTS, ROLES, FieldType
from kpi_site.cli.shared import app
from kpi_site.codes import known_codes
from kpi_site.content import units
from kpi_site.downloads.package import Resource, datapackage_json
from kpi_site.editions import ledger, scores
from kpi_site.editions.model import (
    CARDS,
    CONTRIBUTIONS,
    MANIFEST,
    SCORECARDS,
    SCORES,
    SIGNALS,
    SIGNERS,
    TERMS,
    VALUES,
)
from kpi_site.editions.signing import line_file
from kpi_site.exports.edition_files import look_name, report_name, workbook_name
from kpi_site.formula.evaluate import _PRIORITY
from kpi_site.formula.parse import FUNCTIONS as IN_FORMULAS
from kpi_site.options import Options
from kpi_site.periods import Grain, MonthCalendar, Span, back
from kpi_site.results import State
from kpi_site.scoring.judging import LEVELS
from kpi_site.signals import RULES, VARIATIONS, Assurance
from kpi_site.sql import fixed_signatures, folding, grammar, literals
from kpi_site.sql.functions import SPELLINGS
from kpi_site.stages import figures
from kpi_site.tables.calendar import LONGER, REQUIRED
from kpi_site.wording.words import state_mark
from tests.docs.fenced import DOCS, page
from tests.docs.recipes import recipes, write_site

ROOT = DOCS.parent
LANGUAGES = ("zh", "en")
TEXTS = {
    language: (DOCS / language / "specification.md").read_text(encoding="utf-8")
    for language in LANGUAGES
}
_HEAD = re.compile(r"^(#{2,6}) .*\{#([a-z0-9-]+)\}\s*$", re.MULTILINE)
_PARTS = (  # kinds of file, and the records within them, each with a table of keys
    "site", "dataset", "indicator", "row-term", "stock-term", "balance-term", "other-term",
    "indicator-term", "scorecard", "line", "group", "report", "action",
    "glossary",
)  # fmt: skip


@cache
def parts(text: str) -> Mapping[str, str]:
    """Return the text below each heading, up to the next one of any level, by anchor."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {head[2]: text[head.end() : end] for head, end in zip(heads, ends, strict=True)}


def rows(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row of a table whose first cell is code; code may hold a bar."""
    for line in re.findall(r"^\| (`.*) \|$", text, re.MULTILINE):
        masked = re.sub(r"`[^`]*`", lambda m: m[0].replace("|", "\0"), line)
        yield tuple(cell.strip().replace("\0", "|") for cell in masked.split(" | "))


def words(cell: str) -> list[str]:
    """Return the code words of a cell in order."""
    return re.findall(r"`([^`]+)`", cell)


def listed(anchor: str, language: str) -> list[str]:
    """Return the code words in the first column of the tables under ``anchor``."""
    return [word for row in rows(parts(TEXTS[language])[anchor]) for word in words(row[0])]


def command_options() -> dict[str, set[str]]:
    """Return the options of every command, but for those that all commands have."""
    group = typer.main.get_command(app)
    shared = {"--root", "--lang", "--help"}
    return {
        name: {o for p in command.params for o in p.opts if o.startswith("--")} - shared
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def edition_files() -> set[str]:
    """Return the names of an edition's files, with words in brackets for what differs."""
    pages = {f"{name}.<language>.md" for name in ("article", "annex")}
    prints = {report_name("<language>"), workbook_name("<language>")}
    prints |= {re.sub(r"[0-9a-f]{12}", "<digest>", look_name(""))}
    line = line_file("<role>")
    return {
        MANIFEST, VALUES, TERMS, SIGNALS, CONTRIBUTIONS, SCORES, SCORECARDS, SIGNERS, line,
        f"{line}.sig", f"{CARDS}/<id>.<digest>.json", *pages, *prints,
    }  # fmt: skip


TABLES: Mapping[str, Iterable[str]] = {
    "units": units.KINDS,
    "charts": (*MAIN_CHARTS, *MEMBER_CHARTS, "none"),
    "column-types": get_args(FieldType),
    "operators": grammar._BINDING,
    "functions": {*SPELLINGS, "CAST", "TRY_CAST", "EXTRACT"},
    "aggregates": folding.AGGREGATES,
    "windows": {*folding.WINDOWS, "COUNT", "SUM", "AVG", "MEAN", "MIN", "MAX"},
    "grains": Grain,
    "states": State,
    "formula": IN_FORMULAS,
    "levels": LEVELS,
    "sign-offs": ROLES,
    "publish": KINDS,
    "edition-files": edition_files(),
    "own-calendar": (*REQUIRED, *LONGER),
    "ledger": ledger.COLUMNS,
    "values-csv": tidy.VALUES,
    "terms-csv": tidy.TERMS,
    "running-csv": tidy.RUNNING,
    "signals-csv": tidy.SIGNALS,
    "signal-rules": RULES,
    "variation": (*VARIATIONS, *get_args(Assurance)),
    "contributions-csv": tidy.CONTRIBUTIONS,
    "revisions-csv": tidy.REVISIONS,
    "scores-csv": scores.COLUMNS,
    "data-scores-csv": tidy.SCORES,
    "scorecards-csv": tidy.SCORECARDS,
    "periods-csv": tidy.PERIODS,
    "names-csv": tidy.NAMES,
    "marks": {state_mark(state) for state in State if state_mark(state)},
    "commands": command_options(),
    "engines": ENGINES,
}


def test_both_languages_have_the_same_parts() -> None:
    shapes = [
        [(level, anchor) for level, anchor in _HEAD.findall(TEXTS[language])]
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]
    anchors = [anchor for _, anchor in shapes[0]]
    assert len(anchors) == len(set(anchors))
    headings = re.findall(r"^#{2,6} ", TEXTS["en"], re.MULTILINE)
    assert len(headings) == len(anchors), "every heading has an anchor of its own"


@pytest.mark.parametrize("anchor", [m[1] for m in _HEAD.findall(TEXTS["en"])])
def test_both_languages_tell_the_same(anchor: str) -> None:
    """The code words of a part (keys, states, names, examples) are the same in both."""
    zh, en = (set(filter(_is_name, words(parts(TEXTS[lang])[anchor]))) for lang in LANGUAGES)
    assert zh == en


def _is_name(word: str) -> bool:
    """Tell whether a code word is the same in every language: no sentence, no example."""
    return not re.search(r"[\u4e00-\u9fff…:]|article\.\w\w\.|parent\.|\[|^CASE|^function|^'", word)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", _PARTS)
def test_keys(part: str, language: str) -> None:
    """The keys of every kind of file are those of the reference, which is made from the shapes."""
    reference = parts(page(language, "reference"))[part]
    known = [words(row[0])[0] for row in rows(reference)]
    told = listed(part, language)
    assert sorted(told) == sorted(known)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("anchor", TABLES)
def test_tables(anchor: str, language: str) -> None:
    told = listed(anchor, language)
    assert sorted(told) == sorted(map(str, TABLES[anchor]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_of_json(language: str, tmp_path: Path) -> None:
    """Of ``indicators.json`` by the handbook's page, which has its own test; of the package."""
    outputs = parts(page(language, "outputs"))
    for anchor, there in (("indicators-json", "indicators"), ("card-json", "card")):
        known = {word for row in rows(outputs[there]) for word in words(row[0])}
        assert set(listed(anchor, language)) == known
    write_site(recipes(language)["composite"], tmp_path)
    found, _ = figures(Options(tmp_path, date(2026, 12, 1)))
    assert found is not None
    package = datapackage_json(found.catalog, found.tables, [Resource("values", "csv", b"")], b"")
    assert set(listed("datapackage", language)) == set(json.loads(package))


def test_order_of_states_and_grains() -> None:
    assert listed("states", "en") == [state.value for state in State]
    assert listed("grains", "en") == [grain.value for grain in Grain]


def test_every_downloaded_table_is_told() -> None:
    headings = set(re.findall(r"^### `data/(\w+)\.csv`", TEXTS["en"], re.MULTILINE))
    assert headings == {
        *tidy.COLUMNS, "scores", "scorecards", "periods", "names", "revisions"
    }  # fmt: skip


def test_labels_of_grains() -> None:
    calendar = MonthCalendar()
    for row in rows(parts(TEXTS["en"])["grains"]):
        (label,) = words(row[1])
        period = calendar.parse(label)
        assert period is not None
        assert period.grain.value == words(row[0])[0]


def test_states_with_a_value_and_their_marks() -> None:
    for row in rows(parts(TEXTS["en"])["states"]):
        assert (row[2] == "yes") == State(words(row[0])[0]).has_value
    for row in rows(parts(TEXTS["en"])["marks"]):
        (mark,), (state,) = words(row[0]), words(row[1])
        assert state_mark(State(state)) == mark


@pytest.mark.parametrize("language", LANGUAGES)
def test_order_of_missing_operands(language: str) -> None:
    told = re.findall(r"(?:`\w+`[、,] ?)+`\w+`", parts(TEXTS[language])["missing"])
    assert words(max(told, key=len)) == [state.value for state in _PRIORITY]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_sql(language: str) -> None:
    by_kind = [words(row[1]) for row in _second_table(parts(TEXTS[language])["functions"])]
    known, more, letters, spans, types = by_kind
    assert known == list(fixed_signatures.UNITS)
    assert [*known, *more] == list(fixed_signatures.PARTS)
    assert {letter[1] for letter in letters} == fixed_signatures.STRFTIME
    assert set(spans) == {*literals._STEPS, *literals._MONTHS}
    assert {literals.type_name(t.replace("p,s", "18,2")) for t in types} == {
        "integer", "number(2)", "double", "string", "boolean", "date", "datetime"
    }  # fmt: skip


def _second_table(text: str) -> list[list[str]]:
    """Return the cells of the second table of a part, without its head."""
    _, second = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [line.strip("| ").split(" | ") for line in second.splitlines()[2:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_options_of_commands(language: str) -> None:
    known = command_options()
    for row in rows(parts(TEXTS[language])["commands"]):
        (name,) = words(row[0])
        assert set(words(row[1])) == known[name], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_of_problems(language: str) -> None:
    told = re.findall(r"\[`([a-z-]+)`\]\(handbook/problems\.md#([a-z-]+)\)", TEXTS[language])
    assert told
    for code, anchor in told:
        assert code == anchor
        assert code in known_codes()
    assert told == re.findall(r"\[`([a-z-]+)`\]\(handbook/problems\.md#([a-z-]+)\)", TEXTS["en"])


# --- what it says, done by hand -------------------------------------------------------

REPORTS = ROOT / "content" / "reports"


def test_lengths_of_time_as_told() -> None:
    assert back(date(2026, 3, 31), Span(months=1)) == date(2026, 2, 28)
    assert back(date(2026, 11, 1), Span(months=12)) == date(2025, 11, 1)
    april = MonthCalendar(4)
    first = april.parse("2026-Q1")
    assert first is not None
    assert (first.first, first.last) == (date(2026, 4, 1), date(2026, 6, 30))
    assert april.containing(date(2027, 3, 15), Grain.YEAR).label == "2026"


def test_the_ledger_chain_as_told() -> None:
    """The published ledger of the sample company, by nothing but the words of the page."""
    lines = (REPORTS / "ledger.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",") == listed("ledger", "en")
    before = ""
    for line in lines[1:]:
        *columns, chain = line.split(",")
        before = hashlib.sha256(" ".join([before, *columns]).encode()).hexdigest()
        assert before == chain
    assert len(lines) > 10


def test_an_edition_as_told() -> None:
    """Its files are those of the table; the digest that is signed is that of two of them."""
    line = (REPORTS / "ledger.csv").read_text(encoding="utf-8").splitlines()[-1].split(",")
    folder = REPORTS / line[1] / f"edition-{line[2]}"
    manifest = (folder / "edition.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == line[4]
    told = json.loads(manifest)
    signed = (folder / "values.csv").read_bytes() + (folder / "scores.csv").read_bytes()
    assert told["figures"] == f"sha256:{hashlib.sha256(signed).hexdigest()}"
    shapes = set()
    for name, digest in told["files"].items():
        shared = name.startswith(("cards/", "looks/"))
        path = REPORTS / name if shared else folder / name
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        if shared:
            assert name.split(".")[-2] == digest[:12]
        plain = re.sub(r"^cards/\w+\.[0-9a-f]{12}\.", "cards/<id>.<digest>.", name)
        plain = re.sub(r"\.[0-9a-f]{12}\.typ$", ".<digest>.typ", plain)
        shapes.add(re.sub(r"\.(zh|en)(\.staff)?\.", ".<language>.", plain))
    looks = {name for name in edition_files() if name.startswith("looks/")}
    proof = line_file("<role>")
    proofs = {SIGNERS, proof, f"{proof}.sig"}  # of those that were signed with keys
    newer = {*looks, CONTRIBUTIONS, SIGNALS, *proofs}  # older ones hold their look, tell neither
    assert shapes | newer == edition_files() - {"edition.json"}


# --- who cites it --------------------------------------------------------------------

_CITED = re.compile(r"specification\.md#([\w-]+)")
_SOURCES = ("kpi_site", "tests", "docs", "data", "benchmarks", "content")
_ENDINGS = {".py", ".md", ".yml", ".j2", ".js", ".css", ".toml", ".typ"}


def _files() -> Iterator[Path]:
    yield from (
        path for path in ROOT.iterdir() if path.suffix in _ENDINGS or path.name == "Makefile"
    )
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _ENDINGS and "reports" not in path.parts and path.is_file():
                yield path


def test_citations_lead_to_anchors() -> None:
    known = [set(parts(TEXTS[language])) for language in LANGUAGES]
    dead, cited = [], set()
    for path in _files():
        for anchor in _CITED.findall(path.read_text(encoding="utf-8")):
            cited.add(anchor)
            if not all(anchor in anchors for anchors in known):
                dead.append(f"{path.relative_to(ROOT)}: {anchor}")
    assert dead == []
    assert len(cited) > 20, "the code cites the specification rule by rule"


@pytest.mark.parametrize("language", LANGUAGES)
def test_anchors_within_the_page(language: str) -> None:
    known = set(parts(TEXTS[language]))
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXTS[language])) <= known


def test_nothing_cites_what_the_repository_lacks() -> None:
    """Rules are cited where they stand: no other document has a say."""
    outside = re.compile(r"\bDES" + r"IGN\b|§ ?\d")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _files()
        for match in outside.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
