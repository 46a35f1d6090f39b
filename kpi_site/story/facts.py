"""The facts of a report one by one, and which of them a writer leaves out on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kpi_site.story.actions import ActionStory
from kpi_site.story.off_target import OffTarget
from kpi_site.story.quality import DatasetStory
from kpi_site.story.reading import Now, Reading
from kpi_site.story.report import SECTIONS, ReportScorecard, ReportStory, Section
from kpi_site.story.scorecard import LineStory
from kpi_site.story.teller import Said

Writer = Literal["pages", "print", "workbook", "terminal"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a section tells: which kind of thing, and how it reads."""

    section: Section
    kind: str
    text: str


LEFT_OUT: Final[Mapping[Writer, Mapping[tuple[Section, str], str]]] = {
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
    "workbook": {},
    "terminal": {},
}
"""What each writer leaves out, and why.

The workbook holds the figures of the annex and of the scorecards as numbers, and none of the
other sections; the terminal tells of cards, and of no report.
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
        yield "total", card.story.total.text
        yield "change of total", card.change.text if card.change else ""
        yield "grade", _text(card.story.total.grade)


def _off(miss: OffTarget) -> _Found:
    yield "name", miss.ref.name
    yield _value(miss.reading)
    yield "to target", miss.reading.to_target.short if miss.reading.to_target else ""
    yield "wanted", miss.wanted
    yield "standard", miss.standard_of.name if miss.standard_of else ""
    yield from (("action", _text(action.title)) for action in miss.actions)
    yield "comment", _text(miss.comment)


def _moved(told: ReportStory) -> _Found:
    for _, moves in told.moved.groups:
        for move in moves:
            yield "name", move.now.name
            yield _value(move.now.reading)
            yield "times", move.times


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
    yield "consequence", _text(told.total.consequence)
    for row in told.rows:
        yield from (
            _line(row, scored=told.scored)
            if isinstance(row, LineStory)
            else iter([("group", _text(row.title))])
        )
    yield "sum", told.arithmetic


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


def _annex(told: ReportStory) -> _Found:
    for department in told.departments:
        yield from (f for now in department.figures for f in _figure(now))
    yield from (f for now in told.other_cycles for f in _figure(now))


def _figure(now: Now) -> _Found:
    yield "name", now.name
    yield _value(now.reading)
    yield from (("limits", limit) for limit in now.limits)
    yield "points", now.points
