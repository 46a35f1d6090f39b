"""The facts of a report and of a card one by one, and which of them a writer leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kpi_site.results import Result
from kpi_site.story.actions import ActionStory
from kpi_site.story.arithmetic import bare
from kpi_site.story.card import CardStory
from kpi_site.story.off_target import OffTarget
from kpi_site.story.quality import DatasetStory
from kpi_site.story.reading import Now, Reading
from kpi_site.story.report import SECTIONS, ReportScorecard, ReportStory, Section
from kpi_site.story.scorecard import LineStory
from kpi_site.story.teller import Said
from kpi_site.story.total_change import TotalWhy
from kpi_site.wording.judged import figure_text
from kpi_site.wording.words import state_mark

Writer = Literal["pages", "print", "workbook", "terminal"]


CardSection = Literal[
    "name", "definition", "period", "standing", "formula", "terms", "numbers", "lineage", "who",
    "values", "why", "breakdowns", "thresholds", "examples", "uses", "card actions", "changes",
    "related",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a section tells: which kind of thing, and how it reads."""

    section: Section | CardSection
    kind: str
    text: str


EVERY_KIND: Final = "*"
"""In place of a kind: a writer leaves out a whole section."""
LEFT_OUT: Final[Mapping[Writer, Mapping[tuple[Section | CardSection, str], str]]] = {
    "pages": {
        ("key_figures", "to target"): "the bullet graph draws it",
        ("other_comments", "value"): "the name leads to the card",
        ("scorecards", "consequence"): "the page of the scorecard has it",
        ("scorecards", "sum"): "the page of the scorecard has it",
        ("actions", "older progress"): "the list of actions has more than the newest two",
        ("data_quality", "source"): "the page of the dataset has it",
        ("annex", "limits"): "the page of the card has them",
        ("annex", "points"): "the page of the card has them",
    },
    "print": {
        ("off_target", "wanted"): "the first page names the target of what is foremost",
        ("key_figures", "change of total"): "told with the scorecard's lines",
        ("data_quality", "state"): "counted as complete or not; the others in a table, one by one",
    },
    "workbook": {
        ("summary", EVERY_KIND): "it holds figures to calculate with; the report comments on them",
        ("key_figures", EVERY_KIND): "they stand among all figures, and totals on their own sheets",
        ("off_target", EVERY_KIND): "all figures have their thresholds and points beside them",
        ("moved", EVERY_KIND): "the sheet of signals has them all, without sentences",
        ("other_comments", EVERY_KIND): "it holds figures; the report comments on them",
        ("scorecards", "consequence"): "the page of the scorecard has it",
        ("scorecards", "contribution"): "weight and points, which it comes from, are in its row",
        ("scorecards", "spread"): "the sheet of the ranking has every total",
        ("scorecards", "sum"): "its terms are cells, which a reader adds up",
        ("scorecards", "why"): "it holds figures; the report says what moved them",
        ("scorecards", "before"): "the workbook of the period before has it",
        ("scorecards", "part"): "the workbook of the period before has what its lines added",
        ("departments", EVERY_KIND): "all figures are by indicator, and have no charts",
        ("actions", EVERY_KIND): "it holds figures; the report tells what is done about them",
        ("data_quality", EVERY_KIND): "each figure has its state and rows beside it",
        ("annex", "scaled value"): "cells hold amounts in their currency, to calculate with",
    },
    "terminal": {
        ("name", "alias"): "the page has them",
        ("standing", "previous"): "the values of the last periods stand below",
        ("standing", "year"): "the values of the last periods stand below",
        ("standing", "to target"): "the target stands below",
        ("numbers", "in its unit"): "another card's value goes in as the bare number it is",
        ("lineage", "dataset"): "the SQL of the terms names it by its id",
        ("who", "unit"): "it stands with each figure",
        ("who", "contact"): "the page has who answers for it",
        ("why", "part"): "the sentence names the largest",
        ("values", "older"): "a year and the same period of the year before",
        ("breakdowns", "member"): "the page has them",
        ("thresholds", "in force"): "those of the period alone",
        ("examples", "because"): "kpi-site test runs them",
        ("uses", "scorecard"): "the page has them",
        ("card actions", "action"): "the page has them",
        ("changes", "change"): "the page has them",
        ("related", "card"): "the page has them",
    },
}
"""What each writer leaves out, and why.

The workbook has sheets for three sections, sign-offs first: they stand on the one that says what
it is. The terminal tells of cards, and of no report.
"""


def report_facts(told: ReportStory) -> Iterator[Fact]:
    """Yield every fact of a report, section by section, in the order in which it is told."""
    parts = {
        "summary": _summary(told),
        "key_figures": _key_figures(told),
        "off_target": (f for miss in told.off.shown for f in _off(miss)),
        "moved": _moved(told),
        "other_comments": _comments(told),
        "scorecards": (f for card in told.scorecards for f in _scorecard(card)),
        "departments": _departments(told),
        "actions": (f for action in told.actions for f in _action(action)),
        "data_quality": _quality(told),
        "signoffs": _signoffs(told),
        "annex": _annex(told),
    }
    for section in SECTIONS:
        yield from (Fact(section, kind, text) for kind, text in parts[section] if text)


_Found = Iterator[tuple[str, str]]


def _text(said: Said | None) -> str:
    return said.text if said else ""


def _summary(told: ReportStory) -> _Found:
    yield "text", _text(told.summary)


def _value(reading: Reading) -> tuple[str, str]:
    return "value", reading.text if reading.has_value else ""


def _key_figures(told: ReportStory) -> _Found:
    for tile in told.tiles:
        reading = tile.now.reading
        yield "name", tile.now.name
        yield _value(reading)
        for kind, found in (("to target", reading.to_target), ("previous", reading.previous),
                            ("year before", reading.year)):  # fmt: skip
            yield kind, found.short if found else ""
    for card in told.scorecards:
        yield "scorecard", _text(card.story.title)
        spread = card.story.spread
        yield "total", spread.range if spread else card.story.total.text
        yield "change of total", card.change.text if card.change else ""
        yield "grade", spread.grades if spread else _text(card.story.total.grade)
        yield "spread", spread.words if spread else ""


def _off(miss: OffTarget) -> _Found:
    yield "name", miss.ref.name
    yield _value(miss.reading)
    yield "to target", miss.reading.to_target.short if miss.reading.to_target else ""
    yield "wanted", miss.wanted
    yield "standard", miss.standard_of.name if miss.standard_of else ""
    yield "why", miss.why
    yield from (("action", _text(action.title)) for action in miss.actions)
    yield "comment", _text(miss.comment)


def _moved(told: ReportStory) -> _Found:
    for _, moves in told.moved.groups:
        for move in moves:
            yield "name", move.now.name
            yield _value(move.now.reading)
            yield "signal", move.signal.sentence
            yield "why", move.why
    yield "calm", told.moved.calm


def _comments(told: ReportStory) -> _Found:
    for comment in told.comments:
        yield "name", _text(comment.name)
        if comment.now:
            yield _value(comment.now.reading)
        yield "comment", _text(comment.text)


def _scorecard(card: ReportScorecard) -> _Found:
    told = card.story
    yield "title", _text(told.title)
    yield "total", told.total.text
    yield "grade", _text(told.total.grade)
    yield "consequence", _text(told.total.consequence)
    yield "spread", told.spread.words if told.spread else ""
    for member in told.first:
        yield "member", _text(member.name)
        yield "total", member.total.text
        yield "grade", _text(member.total.grade)
    for row in told.rows:
        yield from (
            _line(row, scored=told.scored)
            if isinstance(row, LineStory)
            else iter([("group", _text(row.title))])
        )
    yield "sum", told.arithmetic
    yield from _total_why(told.why)


def _total_why(told: TotalWhy | None) -> _Found:
    if told is not None:
        yield "why", told.sentence
        yield "before", told.old[1]
        yield from (("part", step.text) for step in told.steps)


def _line(line: LineStory, *, scored: bool) -> _Found:
    yield "line", line.ref.name
    yield _value(line.reading)
    yield from (("limit", limit) for limit in line.bare_limits.split(" / "))
    if scored and line.counted:
        yield "points", line.points
        yield "contribution", line.contribution


def _departments(told: ReportStory) -> _Found:
    for department in told.departments:
        if department.figures:
            yield "department", _text(department.name)
            for now, _ in department.charts:
                yield "chart", now.name
                yield _value(now.reading)


def _action(told: ActionStory) -> _Found:
    yield "action", _text(told.title)
    yield "owner", _text(told.owner)
    yield "due", told.due
    yield from (("step", _text(step.what)) for step in told.steps)
    for at, (_, note) in enumerate(told.updates):
        yield "progress" if at < 2 else "older progress", _text(note)


def _quality(told: ReportStory) -> _Found:
    yield from (("state", state.words) for state in told.quality.states)
    for now in told.quality.lacking:
        yield "lacking", now.name
    for dataset in told.quality.datasets:
        yield from _dataset(dataset)


def _dataset(told: DatasetStory) -> _Found:
    yield "dataset", _text(told.title)
    yield "source", _text(told.source)
    yield "rows", told.rows
    yield "coverage", told.coverage
    yield "broken", told.broken


def _signoffs(told: ReportStory) -> _Found:
    for signoff in told.signoffs:
        yield "role", signoff.role
        yield "by", _text(signoff.by)
        yield "on", signoff.on
        yield "how", signoff.how


def _annex(told: ReportStory) -> _Found:
    for department in told.departments:
        yield from (f for now in department.figures for f in _figure(now))
    yield from (f for now in told.other_cycles for f in _figure(now))


def _figure(now: Now) -> _Found:
    kind, text = _value(now.reading)
    yield "name", now.name
    yield f"scaled {kind}" if now.indicator.unit.scale else kind, text
    yield from (("limits", limit) for limit in now.limits)
    yield "points", now.points


def card_facts(told: CardStory) -> Iterator[Fact]:
    """Yield every fact of a card, section by section, in the order in which it is told.

    Of values the newest are first; the terminal has the newest last.
    """
    parts: Mapping[CardSection, Iterable[tuple[str, str]]] = {
        "name": (("name", _text(told.name)), *(("alias", alias) for alias in told.aliases)),
        "definition": (("line", line) for line in _text(told.definition).splitlines()),
        "period": _period(told.now),
        "standing": _standing(told),
        "formula": iter([("code", told.formula.rule.code.text)]),
        "terms": _terms(told),
        "numbers": _numbers(told),
        "lineage": (("dataset", source.ref.name) for source in told.sources),
        "who": _who(told),
        "values": _values(told),
        "why": _why(told),
        "breakdowns": (("member", row.name) for b in told.breakdowns for row in b.rows),
        "thresholds": (("in force", text) for t in told.thresholds
                       for text in (t.baseline, t.target, t.challenge)),
        "examples": (("because", _text(example.because)) for example in told.examples),
        "uses": (("scorecard", use.ref.name) for use in told.uses),
        "card actions": (("action", _text(action.title)) for action in told.actions),
        "changes": (("change", _text(change.what) or change.start) for change in told.changes),
        "related": (("card", ref.name) for ref in told.related),
    }  # fmt: skip
    for section, found in parts.items():
        yield from (Fact(section, kind, text) for kind, text in found if text)


def _period(now: Now | None) -> _Found:
    if now is not None:
        yield "period", now.reading.period
        yield "days", now.reading.days
        yield "data end", now.ended


def _standing(told: CardStory) -> _Found:
    if told.now is None:
        return
    reading = told.now.reading
    yield _value(reading)
    for kind, found in (("previous", reading.previous), ("year", reading.year),
                        ("to target", reading.to_target)):  # fmt: skip
        yield kind, found.text if found else ""
    if told.signal is not None:
        yield "signal", told.signal.sentence
        yield "assurance", told.signal.assurance
    yield from (("why", why.first.sentence) for why in told.why[:1])


def _why(told: CardStory) -> _Found:
    for why in told.why:
        yield "sentence", why.first.sentence
        for split in why.splits:
            yield from (("part", f"{step.name} {step.text}") for step in split.steps)


def _terms(told: CardStory) -> _Found:
    for term in told.terms:
        yield "label", _text(term.label)
        yield "kind", term.kind
        yield "sql", term.sql


def _numbers(told: CardStory) -> _Found:
    for term in told.numbers:
        if term.cell.value is not None:
            yield "number" if term.text == bare(term.cell.value) else "in its unit", term.text


def _who(told: CardStory) -> _Found:
    ours = {"unit", "cycle", "direction"}
    for fact in told.facts:
        text = fact.text or _text(fact.said) or (fact.ref.name if fact.ref else "")
        yield fact.key if fact.key in ours else "contact", text


def _values(told: CardStory) -> _Found:
    recent = {result.period.label for result in told.recent}
    for values in told.values:
        for row in values.rows:
            kind = "recent" if row.result.period.label in recent else "older"
            yield kind, _shown(told, row.result)


def _shown(told: CardStory, result: Result) -> str:
    """Return the number that every writer shows in a row, with its unit or without."""
    if result.value is None:
        return state_mark(result.told)
    card = told.indicator
    return figure_text(result.value, card, result.threshold, told.language, with_unit=False)
