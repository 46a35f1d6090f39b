"""The cover block, and the page that a director reads in a minute (DESIGN §10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kpi_site.charts.status import Level
from kpi_site.exports.board import Board, delta, figure, imprint_words, row, stands, table
from kpi_site.exports.code import NONE, Code, array, call, cell, string
from kpi_site.exports.drawings import bullet
from kpi_site.exports.rich import blocks
from kpi_site.pages.card_standards import centre_text, threshold_texts
from kpi_site.pages.reading import LEVELS, Difference, Now
from kpi_site.pages.standing import off_target
from kpi_site.wording.dates import format_date
from kpi_site.wording.words import word

_TILE: Final = 102.0  # points between a tile's margins
_MOST: Final = 8
_SENTENCE: Final = re.compile(r".+?(?:[。！？；]|[.!?;](?=\s))", re.DOTALL)


def first_page(board: Board) -> Iterator[Code]:
    """Yield the cover block, the message, the key figures, and what is off target."""
    yield _cover(board)
    if board.report.summary is not None:
        yield board.rich(board.report.summary)
    shown = [board.stands[h] for h in board.report.highlights if h in board.stands]
    if shown:
        yield call("lead", board.w("key_figures"))
        yield _counts(board)
        yield call("tiles", *(_tile(board, n) for n in shown))
    yield from _off_target(board)


def _cover(board: Board) -> Code:
    last = min(board.report.period.last, board.ctx.data_through or board.report.period.last)
    return call(
        "cover",
        string(board.ctx.organisation),
        string(board.title),
        string(imprint_words(board.imprint, board.language)),
        board.w("data_through", format_date(last, board.language)),
        board.w("draft") if board.imprint.is_draft else NONE,
    )


def _counts(board: Board) -> Code:
    found = [n.reading.level for n in board.own]
    return call("counts", *(_count(board, k, found.count(k)) for k in LEVELS if k in found))


def _count(board: Board, level: Level, count: int) -> Code:
    words = string(word(f"level.{level}", board.language))
    return f'("{level}", {words}, "{count}")'


def _tile(board: Board, now: Now) -> Code:
    reading = now.reading
    aside = reading.period if now.result.period != board.report.period else ""
    target = target_text(board, now)
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
        board.spark(now.indicator, now.result, width=_TILE, height=15),
        array(_change(words, found) for words, found in changes if found is not None),
    )


def _change(words: str, found: Difference) -> Code:
    return f'({string(words)}, "{found.tone}", {string(f"{found.arrow} {found.short}")})'


def target_text(board: Board, now: Now) -> str:
    """Return the target in force, ``±2.0%`` or ``88.0% ±2.0%`` around a centre, or ""."""
    threshold = now.result.threshold
    if threshold is None or now.indicator.direction == "none":
        return ""
    text = threshold_texts(board.ctx, now.indicator, threshold)[1]
    return centre_text(board.ctx, now.indicator) + text if text else ""


def _off_target(board: Board) -> Iterator[Code]:
    found = off_target(board.own)
    if not found:
        if any(n.reading.level != "none" for n in board.own):
            yield call("note", board.w("all_on_target"))
        return
    yield call("lead", board.w("needs_attention"))
    told = [
        n for n in found if n.reading.level == "below" or n.indicator.id in board.report.comments
    ]
    shown = (told or list(found))[:_MOST]
    head = [board.w(k) for k in ("indicator", "value", "Target", "vs_target", "comment")]
    rows = [
        row(
            call("level", f'"{n.reading.level}"', cell(n.name)),
            figure(n.reading),
            cell(target_text(board, n)),
            delta(n.reading.to_target, short=True),
            first_sentence(board, n),
        )
        for n in shown
    ]
    yield table(("112pt", "58pt", "50pt", "68pt", "1fr"), (1, 2, 3), head, rows)
    if len(found) > len(shown):
        yield call("note", board.w("more_off", len(found), 1))


def first_sentence(board: Board, now: Now) -> Code:
    """Return the first sentence of the report's comment on an indicator."""
    comment = board.report.comments.get(now.indicator.id)
    text = comment.get(board.language).strip().split("\n\n")[0] if comment else ""
    match = _SENTENCE.match(text)
    return blocks(match[0] if match else text) if text else '""'
