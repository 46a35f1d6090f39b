"""One report and every card through all writers: each tells each fact of the story, in order.

What a writer leaves out on purpose stands in ``LEFT_OUT``, and is really left out.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import pytest
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from kpi_site.catalog import Action, Indicator, Line, Report, Scorecard, Text
from kpi_site.editions.frozen import frozen_figures
from kpi_site.exports.board import Imprint
from kpi_site.exports.report import report_typ
from kpi_site.exports.sheets import to_xlsx
from kpi_site.exports.workbook import workbook_json
from kpi_site.pages.card import pages as card_pages
from kpi_site.pages.context import Context, make_context
from kpi_site.pages.report_article import annex, annex_path, article
from kpi_site.periods import Grain
from kpi_site.results import Apart, Cell, Result, SeriesKey, State
from kpi_site.scoring import score
from kpi_site.sql.nodes import Column
from kpi_site.story.card import tell_card
from kpi_site.story.facts import (
    EVERY_KIND,
    LEFT_OUT,
    CardSection,
    Fact,
    Writer,
    card_facts,
    report_facts,
)
from kpi_site.story.report import SECTIONS, Section, tell_report
from kpi_site.story.teller import make_teller
from kpi_site.terminal import card_lines
from kpi_site.words import word
from tests.pages.conftest import EVIL, Sample, build_sample, name, series, text, with_history

DAY = date(2026, 11, 9)
PATH = "reports/2026-10/edition-1.md"
ANCHORS: Mapping[Section, str] = {
    "summary": "summary",
    "key_figures": "key-figures",
    "off_target": "off-target",
    "moved": "moved",
    "other_comments": "comments",
    "scorecards": "scorecards",
    "departments": "departments",
    "actions": "actions",
    "data_quality": "data-quality",
    "signoffs": "signoffs",
}
HEADS: Mapping[Section, str] = {
    "off_target": "off_target",
    "moved": "moved",
    "other_comments": "other_comments",
    "scorecards": "scorecards",
    "departments": "department_sections",
    "actions": "actions",
    "data_quality": "data_quality",
    "signoffs": "signoffs",
    "annex": "annex",
}


def sample() -> tuple[Sample, Report]:
    """The small company, with a comment on what is not off target and more of an action.

    Its regions are appraised, too. A target has more places than its card, and a line's points
    are just below the target's. A value is a signal, and it is told what moved it.
    """
    found = taken_apart(closer(with_history(build_sample())))
    report = found.catalog.reports["2026-10"]
    comments = {**report.comments, name("revenue"): text("收入稳定。", "Revenue is steady.")}
    (action,) = found.catalog.actions.values()
    notes = [Text(zh=f"第{n}次。", en=f"Note {n}.") for n in range(4)]
    updates = tuple(
        replace(action.updates[0], on=date(2026, 10, 1 + n), note=note)
        for n, note in enumerate(notes)
    )
    actions: dict[str, Action] = {str(action.id): replace(action, updates=updates)}
    regions = Scorecard(
        name("regions"), report.where, text("区域考核", "Regions appraised"), Grain.MONTH,
        (Line(report.where, name("attainment"), weight=Decimal(100)),),
        scored=True, for_each=name("region"),
    )  # fmt: skip
    scorecards = {"regions": regions, **found.catalog.scorecards}
    report = replace(report, comments=comments, scorecards=tuple(map(name, scorecards)))
    scoring = found.catalog.site.scoring
    grades = tuple(replace(g, consequence=text("照章办理", "By the rules")) for g in scoring.grades)
    site = replace(found.catalog.site, scoring=replace(scoring, grades=grades))
    catalog = replace(
        found.catalog, site=site, reports={"2026-10": report}, actions=actions,
        scorecards=scorecards,
    )  # fmt: skip
    return replace(found, catalog=catalog, scores=score(catalog, found.results)), report


def closer(found: Sample) -> Sample:
    """Return the company with 95.55 % for a target, and 4.001 days (99.96 points) for a value."""

    def moved(result: Result) -> Result:
        limits = result.threshold
        if limits is not None and limits.target == Decimal("0.95"):
            return replace(result, threshold=replace(limits, target=Decimal("0.9555")))
        if result.value == Decimal("4.25"):
            return replace(result, value=Decimal("4.001"), points=Decimal("99.96"))
        return result

    results = {
        card: replace(
            own,
            series={
                key: replace(series, results=tuple(map(moved, series.results)))
                for key, series in own.series.items()
            },
        )
        for card, own in found.results.items()
    }
    return replace(found, results=results)


def taken_apart(found: Sample) -> Sample:
    """Return the company with changes that come apart.

    A plan rises by a hundred a month, so that both terms of attainment move; revenue is the sum
    of five regions, each with its share of it.
    """
    own, key = found.results["attainment"], SeriesKey(Grain.MONTH)
    planned, pairs = own.series[key], []
    for i, result in enumerate(planned.results):
        plan = Decimal(1000 + 100 * i)
        actual = None if result.value is None else result.value * plan
        pairs.append((Cell(actual, result.state, 1), Cell(plan, State.OK, 1)))
    terms = {name: tuple(pair[at] for pair in pairs) for at, name in enumerate(planned.terms)}
    attainment = replace(own, series={**own.series, key: replace(planned, terms=terms)})
    own, card = found.results["revenue"], found.catalog.indicators["revenue"]
    values = [result.value or Decimal(0) for result in own.series[key].results]
    regions = {
        (of := SeriesKey(Grain.MONTH, "region", region)): series(
            card, of, [str(value * share / 20) for value in values], "2025-01"
        )
        for region, share in (("north", 6), ("south", 5), (EVIL, 4), ("east", 3), ("west", 2))
    }
    apart = Apart(Column("actual"))
    revenue = replace(own, series={**own.series, **regions}, apart=apart)
    return replace(found, results={**found.results, "attainment": attainment, "revenue": revenue})


def packed(shown: str) -> str:
    """Return what a reader sees, without spaces, tags, escapes and marks of Markdown."""
    plain = html.unescape(re.sub(r"<[^>]*>", " ", html.unescape(shown)))
    return re.sub(r"[\s\u200b\\*`]", "", plain)


def pages(language: str) -> dict[Section, str]:
    found, report = sample()
    ctx = make_context(found, language)
    told = article(ctx, report, PATH, day=DAY)
    below = annex(ctx, report, annex_path(PATH))
    parts = {}
    for section, anchor in ANCHORS.items():
        start = re.search(rf"^## .*\{{ #{anchor} \}}$", told, re.MULTILINE)
        rest = told[start.end() :] if start else ""
        parts[section] = re.split(r"^## ", rest, flags=re.MULTILINE)[0]
    for section, anchor in (("scorecards", "scorecards"), ("data_quality", "datasets")):
        apart = re.search(rf"^## .*\{{ #{anchor} \}}$", below, re.MULTILINE)
        if apart:
            parts[section] += re.split(r"^## ", below[apart.end() :], flags=re.MULTILINE)[0]
    parts["annex"] = re.split(r"^## .*\{ #scorecards \}$", below, flags=re.MULTILINE)[0]
    starts = [told.index(f"#{ANCHORS[s]} }}") for s in SECTIONS if s in ANCHORS and parts[s]]
    assert starts == sorted(starts), "sections in another order than the story's"
    return parts


def printed(language: str) -> dict[Section, str]:
    found, report = sample()
    source = report_typ(make_teller(found, language), report, Imprint(1, DAY))
    body = source[source.index("\n#{\n") :]

    def said(code: str) -> str:
        """Return the literals of Typst: they are all that is shown."""
        return " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', code))

    first, _, rest = body.partition("pagebreak()")
    lead = f'lead("{word("key_figures", language)}")'
    summary, _, figures = first.partition(lead)
    parts: dict[Section, str] = {"summary": said(summary), "key_figures": said(figures)}
    split = re.split(r'^  heading\("([^"]*)", level: 1\)$', rest, flags=re.MULTILINE)
    by_head = dict(zip(split[1::2], split[2::2], strict=True))
    keys = {word(key, language): section for section, key in HEADS.items()}
    order = [SECTIONS.index(keys[head]) for head in by_head]
    assert order == sorted(order), "sections in another order than the story's"
    return parts | {keys[head]: said(code) for head, code in by_head.items()}


def book(language: str) -> dict[Section, str]:
    """Return what the cells of a published workbook show, as spreadsheets would show them.

    Its figures stand in the order of ``values.csv``, so that editions can be compared; of
    them the rows of the annex, in its order, are what is compared here.
    """
    found, report = sample()
    teller = make_teller(found, language)
    files = {file.path: file.data for file in frozen_figures(found, report)}
    data = to_xlsx(workbook_json(teller, report, Imprint(1, DAY)), files)
    about, *cards, figures, _, _, _ = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert len(cards) >= len(report.scorecards)
    told = tell_report(teller, report, day=DAY)
    annex_of = [now for unit in told.departments for now in unit.figures]
    rows = figure_rows(figures, language)
    return {
        "signoffs": cells(about),
        "scorecards": " ".join(cells(card) for card in cards),
        "annex": " ".join(
            rows[str(now.indicator.id), now.result.period.label]
            for now in (*annex_of, *told.other_cycles)
        ),
    }


def cells(sheet: Worksheet) -> str:
    return " ".join(shown_cell(cell) for row in sheet.iter_rows() for cell in row)


def figure_rows(sheet: Worksheet, language: str) -> dict[tuple[str, str], str]:
    """Return the rows of whole indicators by id and period."""
    head, *rows = sheet.iter_rows()
    words = [cell.value for cell in head]
    of, period, dimension = (words.index(word(k, language)) for k in ("id", "Period", "Dimension"))
    return {
        (str(row[of].value), str(row[period].value)): " ".join(shown_cell(cell) for cell in row)
        for row in rows
        if row[dimension].value is None
    }


def shown_cell(cell: SheetCell | MergedCell) -> str:
    """Return what a spreadsheet shows of a cell by its format."""
    if not isinstance(cell.value, int | float):
        return str(cell.value or "")
    how = re.fullmatch(r"(?:General|(#,##)?0(?:\.(0+))?(%)?)", cell.number_format)
    assert how, cell.number_format
    if cell.number_format == "General":
        return str(cell.value)
    number = Decimal(repr(cell.value)) * (100 if how[3] else 1)
    rounded = number.quantize(Decimal(1).scaleb(-len(how[2] or "")), ROUND_HALF_UP)
    return f"{rounded:{',' if how[1] else ''}f}{how[3] or ''}"


def facts(language: str) -> list[Fact]:
    found, report = sample()
    return list(report_facts(tell_report(make_teller(found, language), report, day=DAY)))


WRITERS = pytest.mark.parametrize(
    ("writer", "write"), [("pages", pages), ("print", printed), ("workbook", book)]
)


def exception(writer: Writer, fact: Fact) -> tuple[str, str] | None:
    """Return what says that ``writer`` leaves a fact out: its kind, or its whole section."""
    keys = ((fact.section, fact.kind), (fact.section, EVERY_KIND))
    return next((key for key in keys if key in LEFT_OUT[writer]), None)


@pytest.mark.parametrize("language", ["zh", "en"])
@WRITERS
def test_every_fact_is_told_in_order(writer: Writer, write: object, language: str) -> None:
    parts: dict[str, str] = {s: packed(shown) for s, shown in write(language).items()}  # type: ignore[operator]
    told = facts(language)
    assert {fact.section for fact in told} == set(SECTIONS)  # the sample says something of each
    at: dict[str, int] = {}
    for fact in told:
        if exception(writer, fact):
            continue
        wanted, start = packed(fact.text), at.get(fact.section, 0)
        found = parts[fact.section].find(wanted, start)
        assert found >= 0, f"{writer} does not tell, or not there: {fact}"
        at[fact.section] = found + len(wanted)


@WRITERS
def test_what_is_left_out_is_left_out(writer: Writer, write: object) -> None:
    """Each exception is needed: without it, some fact of its kind would not be found in order."""
    needed = set()
    for language in ("zh", "en"):
        parts: dict[str, str] = {s: packed(shown) for s, shown in write(language).items()}  # type: ignore[operator]
        at: dict[str, int] = {}
        for fact in facts(language):
            wanted = packed(fact.text)
            found = parts.get(fact.section, "").find(wanted, at.get(fact.section, 0))
            key = exception(writer, fact)
            if key is None:
                at[fact.section] = found + len(wanted)
            elif found < 0:
                needed.add(key)
            assert key is None or key[1] != EVERY_KIND or fact.section not in parts, key
    assert needed == set(LEFT_OUT[writer])


CARD_ANCHORS: Mapping[CardSection, str] = {
    "name": "",
    "definition": "",
    "period": "",
    "standing": "",
    "formula": "formula",
    "terms": "formula",
    "numbers": "formula",
    "lineage": "lineage",
    "who": "who",
    "values": "history",
    "why": "why",
    "breakdowns": "breakdowns",
    "thresholds": "thresholds",
    "examples": "examples",
    "uses": "uses",
    "card actions": "actions",
    "changes": "changes",
    "related": "related",
}


def card_page(teller: Context, card: Indicator) -> dict[str, str]:
    """Return the parts of a card's page; the rest of its definition stands with the formula."""
    (shown,) = (f for f in card_pages(teller, card.id) if f.path == f"indicators/{card.id}.md")
    split = re.split(r"^## .*\{ #([\w-]+) \}$", shown.data.decode("utf-8"), flags=re.MULTILINE)
    by_anchor = {"": split[0]} | dict(zip(split[1::2], split[2::2], strict=True))
    parts: dict[str, str] = {section: by_anchor.get(a, "") for section, a in CARD_ANCHORS.items()}
    parts["definition"] += parts["formula"]
    return parts


def card_terminal(teller: Context, card: Indicator) -> dict[str, str]:
    shown = "\n".join(card_lines(teller, tell_card(teller, card)))
    return dict.fromkeys(CARD_ANCHORS, shown)


def untold(writer: Writer, language: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the kinds of facts of cards that ``writer`` does not tell, and all there are."""
    teller = make_context(sample()[0], language)
    write = {"pages": card_page, "terminal": card_terminal}[writer]
    missing: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    for card in teller.catalog.indicators.values():
        parts = {s: packed(shown) for s, shown in write(teller, card).items()}
        at: dict[str, int] = {}
        told = list(card_facts(tell_card(teller, card)))
        if writer == "terminal":  # its rows of values go from the oldest to the newest
            rest = [fact for fact in told if fact.section != "values"]
            told = rest + [fact for fact in told if fact.section == "values"][::-1]
        for fact in told:
            seen.add((fact.section, fact.kind))
            found = parts[fact.section].find(packed(fact.text), at.get(fact.section, 0))
            if found < 0:
                missing.add((fact.section, fact.kind))
            elif (fact.section, fact.kind) not in LEFT_OUT[writer]:
                at[fact.section] = found
    return missing, seen


@pytest.mark.parametrize("writer", ["pages", "terminal"])
def test_every_fact_of_a_card_is_told_in_order_or_left_out(writer: Writer) -> None:
    missing: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    for language in ("zh", "en"):
        lacks, has = untold(writer, language)
        missing, seen = missing | lacks, seen | has
    assert {section for section, _ in seen} == set(CARD_ANCHORS)  # the sample has some of each
    assert missing == {key for key in LEFT_OUT[writer] if key[0] in CARD_ANCHORS}
