"""The cover block, and the page that a director reads in a minute (specification.md#page-order)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import ceil
from typing import Final

from kpi_site.catalog import Indicator, Text
from kpi_site.charts.captions import text_width
from kpi_site.exports.board import (
    NOTHING,
    Board,
    delta,
    figure,
    imprint_words,
    row,
    stands,
    table,
)
from kpi_site.exports.code import NONE, Code, array, call, cell, spread, string
from kpi_site.exports.drawings import bullet
from kpi_site.exports.rich import blocks
from kpi_site.members import part_text, with_part
from kpi_site.pages.report_off import Miss, misses
from kpi_site.pages.report_scope import last_day
from kpi_site.scoring import LEVELS, Level, ScoredCard, line_level
from kpi_site.story.reading import Difference, Now, read
from kpi_site.story.standards import target_text, total_text
from kpi_site.story.standing import none_off
from kpi_site.wording.dates import format_date, format_period
from kpi_site.words import word

_TILE: Final = 102.0  # points between a tile's margins
_TEXT: Final = 8.8  # points, the size of running text
_LINE: Final = 480.0  # points of a line
_MOST: Final = 8  # rows of misses, where the summary and the scorecards take few lines
_SPARE: Final = 13
_SENTENCE: Final = re.compile(r".+?(?:[。！？]|[.!?](?=\s))", re.DOTALL)


def first_page(board: Board) -> Iterator[Code]:
    """Yield the cover block, the message, the key figures, and what is off target."""
    yield _cover(board)
    if board.report.summary is not None:
        yield board.rich(board.report.summary)
    stands_of = board.scope.stands
    shown = [stands_of[h] for h in board.report.highlights if h in stands_of]
    if shown:
        yield call("lead", board.w("key_figures"))
        yield counts(board, board.own)
        yield spread("tiles", *(_tile(board, n) for n in shown))
    yield from _scorecards(board)
    yield from _off_target(board)


def _cover(board: Board) -> Code:
    last = last_day(board.ctx, board.report)
    return call(
        "cover",
        string(board.ctx.organisation),
        string(board.title),
        string(imprint_words(board.imprint, board.language)),
        board.w("data_through", format_date(last, board.language)),
        string(board.t("draft").upper()) if board.imprint.is_draft else NONE,
    )


def counts(board: Board, own: Iterable[Now]) -> Code:
    """Return how many of the figures that have a value stand where."""
    found = [n.reading.level for n in own if n.result.state.has_value]
    return call("counts", *(_count(board, k, found.count(k)) for k in LEVELS if k in found))


def _scorecards(board: Board) -> Iterator[Code]:
    """Yield the totals and grades of the report's scorecards, and how their lines stand."""
    cards = board.scope.cards
    if not cards:
        return
    yield call("lead", board.w("scorecards"))
    head = [board.w(k) for k in ("Scorecard", "Period", "Total", "grade", "lines_unscored")]
    yield table(("1fr", "86pt", "42pt", "60pt", "150pt"), (2,), head,
                (_scorecard(board, card) for card in cards))  # fmt: skip


def _scorecard(board: Board, card: ScoredCard) -> Code:
    levels = [line_level(line) for line in card.lines]
    found = (f'("{k}", "{levels.count(k)}")' for k in LEVELS if k in levels)
    return row(
        board.name(card.scorecard.title),
        string(format_period(card.period, board.language)),
        string(total_text(board.ctx, card) + (" ≈" if card.provisional else "")),
        board.name(card.grade.name) if card.grade else NOTHING,
        call("few", *found),
    )


def _count(board: Board, level: Level, count: int) -> Code:
    words = board.t("no_standard") if level == "none" else word(f"level.{level}", board.language)
    return f'("{level}", {string(words)}, "{count}")'


def _tile(board: Board, now: Now) -> Code:
    reading = now.reading
    aside = reading.period if now.result.period != board.report.period else ""
    target = target_text(board.ctx, now.indicator, now.result.threshold)
    changes = (
        (board.t("to_target_of", target), reading.to_target),
        (board.t("vs_previous"), reading.previous),
        (board.t("vs_year"), reading.year),
    )
    return call(
        "tile",
        string(now.name),
        board.w("of_period", aside) if aside else NONE,
        figure(reading),
        stands(reading),
        bullet(now.indicator, now.result, _TILE, 9),
        board.spark(now, width=_TILE, height=15),
        array(_change(words, found) for words, found in changes if found is not None),
    )


def _change(words: str, found: Difference) -> Code:
    words = " ".join(filter(None, (words, found.basis)))
    return f'({string(words)}, "{found.tone}", {string(f"{found.arrow} {found.short}")})'


def _off_target(board: Board) -> Iterator[Code]:
    found = misses(board.scope)
    if not found:
        if any(n.reading.level != "none" for n in board.own):
            yield call("note", board.w(*none_off(board.own)))
        return
    yield call("lead", board.w("needs_attention"))
    told = board.report.comments
    shown = [m for m in found if m.below or m.indicator.id in told] or list(found)
    shown.sort(key=lambda m: m.indicator.id not in told)  # what is told of comes first
    head = [board.w(k) for k in ("Indicator", "Value", "Target", "vs_target", "comment")]
    rows = [_row(board, miss) for miss in shown[: _room(board)]]
    yield table(("112pt", "62pt", "62pt", "70pt", "1fr"), (1, 2, 3), head, rows)
    if len(found) > len(rows):
        yield call("note", board.w("more_off", len(found), 1))


def _room(board: Board) -> int:
    """Return how many rows the list of misses may have, so that all stays on one page."""
    summary = board.plain(board.report.summary).split("\n")
    lines = sum(ceil(text_width(line, _TEXT) / _LINE) for line in summary)
    return min(max(_MOST - (lines + len(board.scope.cards) - _SPARE) // 2, 3), _MOST)


def _row(board: Board, miss: Miss) -> Code:
    reading = read(board.ctx, miss.indicator, miss.result, None)
    return row(
        call("level", f'"{reading.level}"', board.name(miss_name(board, miss))),
        figure(reading),
        cell(target_text(board.ctx, miss.indicator, miss.result.threshold)),
        delta(reading.to_target, short=True),
        first_sentence(board, miss.indicator),
    )


def miss_name(board: Board, miss: Miss) -> Text:
    """Return the name of what is off target: the card's, and the member it is about."""
    part = part_text(board.ctx.catalog, miss.line) if miss.line else None
    return with_part(miss.indicator.name, part)


def first_sentence(board: Board, indicator: Indicator) -> Code:
    """Return the first sentence of the report's comment on an indicator."""
    comment = board.report.comments.get(indicator.id)
    text = comment.get(board.language).strip().split("\n\n")[0] if comment else ""
    match = _SENTENCE.match(text)
    return blocks(match[0] if match else text) if text else NOTHING
