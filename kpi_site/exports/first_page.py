"""The cover block, and the page that a director reads in a minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Final

from kpi_site.charts.captions import text_width
from kpi_site.exports.board import (
    NOTHING,
    Board,
    delta,
    figure,
    imprint_words,
    row,
    spark,
    stands,
    table,
)
from kpi_site.exports.code import NONE, Code, array, call, cell, spread, string
from kpi_site.exports.drawings import bullet
from kpi_site.exports.rich import blocks
from kpi_site.scoring import Level
from kpi_site.story.off_target import OffTarget
from kpi_site.story.reading import Delta
from kpi_site.story.report import TileStory
from kpi_site.story.scorecard import ScorecardStory
from kpi_site.words import word

_TILE: Final = 102.0  # points between a tile's margins
_TEXT: Final = 8.8  # points, the size of running text
_LINE: Final = 480.0  # points of a line
_MOST: Final = 8  # rows of misses, where the summary and the scorecards take few lines
_SPARE: Final = 13


def first_page(board: Board) -> Iterator[Code]:
    """Yield the cover block, the message, the key figures, and what is off target."""
    told = board.story
    yield _cover(board)
    if told.summary is not None:
        yield board.rich(told.summary)
    if told.tiles:
        yield call("lead", board.w("key_figures"))
        yield counts(board, told.levels)
        yield spread("tiles", *(_tile(board, tile) for tile in told.tiles))
    yield from _scorecards(board)
    yield from _off_target(board)


def _cover(board: Board) -> Code:
    through = board.t("data_through", board.story.through)
    return call(
        "cover",
        string(board.story.organisation),
        string(board.story.title),
        string(imprint_words(board.imprint, board.language)),
        string(" · ".join(filter(None, (board.story.days, through)))),
        string(board.t("draft").upper()) if board.imprint.is_draft else NONE,
    )


def counts(board: Board, levels: Iterable[tuple[Level, int]]) -> Code:
    """Return how many figures stand where."""
    return call("counts", *(_count(board, level, count) for level, count in levels))


def _count(board: Board, level: Level, count: int) -> Code:
    words = board.t("no_standard") if level == "none" else word(f"level.{level}", board.language)
    return f'("{level}", {string(words)}, "{count}")'


def _scorecards(board: Board) -> Iterator[Code]:
    """Yield the totals and grades of the report's scorecards, and how their lines stand."""
    cards = board.story.scorecards
    if not cards:
        return
    yield call("lead", board.w("scorecards"))
    head = [board.w(k) for k in ("Scorecard", "Period", "Total", "grade", "lines_unscored")]
    yield table(("1fr", "86pt", "42pt", "60pt", "150pt"), (2,), head,
                (_scorecard(board, card.story) for card in cards))  # fmt: skip


def _scorecard(board: Board, card: ScorecardStory) -> Code:
    total, members = card.total, card.spread
    text = members.range if members else total.text
    return row(
        board.name(card.title),
        string(total.period),
        string(text + (" ≈" if total.provisional else "")),
        string(members.grades) if members else board.name(total.grade),
        cell(members.words)
        if members
        else call("few", *(f'("{level}", "{count}")' for level, count in card.levels)),
    )


def _tile(board: Board, tile: TileStory) -> Code:
    now = tile.now
    reading = now.reading
    changes = (
        (board.t("to_target_of", tile.target), reading.to_target),
        (board.t("vs_previous"), reading.previous),
        (board.t("vs_year"), reading.year),
    )
    return call(
        "tile",
        string(now.name),
        board.w("of_period", tile.period) if tile.period else NONE,
        figure(reading),
        stands(reading),
        bullet(now.indicator, now.result, _TILE, 9),
        spark(tile.trend, width=_TILE, height=15),
        array(_change(words, found) for words, found in changes if found is not None),
    )


def _change(words: str, found: Delta) -> Code:
    words = " ".join(filter(None, (words, found.basis, found.verdict)))
    return f'({string(words)}, "{found.tone}", {string(f"{found.arrow} {found.short}")})'


def _off_target(board: Board) -> Iterator[Code]:
    off = board.story.off
    if not off.names:
        if board.story.none_off:
            yield call("note", string(board.story.none_off))
        return
    yield call("lead", board.w("needs_attention"))
    head = [board.w(k) for k in ("Indicator", "Value", "Target", "vs_target", "comment")]
    rows = [_row(board, miss) for miss in off.foremost[: _room(board)]]
    yield table(("112pt", "62pt", "62pt", "70pt", "1fr"), (1, 2, 3), head, rows)
    if off.count > len(rows):
        yield call("note", board.w("more_off", off.count, 1))


def _room(board: Board) -> int:
    """Return how many rows the list of misses may have, so that all stays on one page."""
    summary = board.plain(board.story.summary).split("\n")
    lines = sum(ceil(text_width(line, _TEXT) / _LINE) for line in summary)
    return min(max(_MOST - (lines + len(board.story.scorecards) - _SPARE) // 2, 3), _MOST)


def _row(board: Board, miss: OffTarget) -> Code:
    reading = miss.reading
    return row(
        call("level", f'"{reading.level}"', board.name(miss.name)),
        figure(reading),
        cell(miss.wanted),
        delta(reading.to_target, short=True),
        blocks(miss.remark.text) if miss.remark else NOTHING,
    )
