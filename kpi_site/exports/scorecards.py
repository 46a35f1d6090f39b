"""Scorecards in a printed report: lines with points and weights, totals and grades."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Group
from kpi_site.exports.board import Board, row, table
from kpi_site.exports.code import NONE, Code, call, cell, joined, string
from kpi_site.exports.sections import heading
from kpi_site.members import part_text, with_part
from kpi_site.results import State
from kpi_site.scoring import ScoredCard, ScoredLine, contribution, line_level, weight_shown
from kpi_site.story.standards import (
    arithmetic,
    centre_text,
    threshold_texts,
    total_text,
    weight_text,
)
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import figure_text, points_bounds, points_text
from kpi_site.wording.numbers import format_points
from kpi_site.wording.words import state_words, status_word


def scorecards_section(board: Board) -> Iterator[Code]:
    """Yield each scorecard of the report as scored in its period."""
    if not board.scope.cards:
        return
    yield heading(board.w("scorecards"))
    for card in board.scope.cards:
        yield from _scorecard(board, card)


def _scorecard(board: Board, card: ScoredCard) -> Iterator[Code]:
    own = card.scorecard
    period = format_period(card.period, board.language)
    yield heading(cell(f"{board.plain(own.title)} · {period}"), 2)
    if own.scored:
        yield _total(board, card)
    else:
        yield call("intro", board.w("unscored"))
    rows = [*_rows(board, card)]
    columns = [
        ("30pt", "line_no"),
        ("1fr", "Indicator"),
        ("62pt", "Value"),
        ("106pt", "three_thresholds"),
    ]
    numeric: tuple[int, ...] = (2, 3)
    if own.scored:
        columns += [("36pt", "weight"), ("36pt", "Points"), ("54pt", "contribution")]
        numeric = (2, 3, 4, 5, 6)
        rows.append(_sum(board, card))
    head = [board.w(key) for _, key in columns]
    yield table((width for width, _ in columns), numeric, head, rows)
    if card.total is not None:
        yield call(
            "note",
            joined(
                [
                    board.w("sum_formula"),
                    '"  "',
                    cell(arithmetic(card, total_text(board.ctx, card))),
                ]
            ),
        )


def _total(board: Board, card: ScoredCard) -> Code:
    if card.total is None:
        return call("note", board.w("no_results"))
    rest = [board.t("state.provisional")] if card.provisional else []
    if card.grade and card.grade.consequence:
        rest.insert(0, board.plain(card.grade.consequence))
    if card.missing:
        key = "missing_as_zero" if card.scorecard.missing == "zero" else "missing_excluded"
        rest.append(board.t(key, len(card.missing)))
    return call(
        "total-line",
        board.w("Total"),
        string(total_text(board.ctx, card)),
        board.name(card.grade.name) if card.grade else NONE,
        cell(" · ".join(rest)),
    )


def _rows(board: Board, card: ScoredCard) -> Iterator[Code]:
    shown: tuple[Group, ...] = ()
    span = "7" if card.scorecard.scored else "4"
    for line in card.lines:
        for depth, group in enumerate(line.groups):
            if shown[: depth + 1] != line.groups[: depth + 1]:
                words = f"{group.no or ''} {board.plain(group.title)}"
                yield call("part", span, cell(words), depth=str(depth))
        shown = line.groups
        yield _line(board, card, line)


def _line(board: Board, card: ScoredCard, line: ScoredLine) -> Code:
    found = line_level(line)
    part = part_text(board.ctx.catalog, line.line)
    name = board.name(with_part(line.line.title or line.indicator.name, part))
    marked = name if found == "none" else call("level", f'"{found}"', name)
    cells = [
        cell(line.line.no or ""),
        call(
            "indented", str(len(line.groups)), call("name-cell", marked, _aside(board, card, line))
        ),
        _value(board, line),
        cell(_thresholds(board, line)),
    ]
    if card.scorecard.scored:
        earned = points_text(line.points, points_bounds(board.ctx.catalog.site.scoring))
        points = earned if line.counted else board.t("not_counted")
        cells += [string(weight_text(line.line.weight)), string(points), _contribution(card, line)]
    return row(*cells)


def _aside(board: Board, card: ScoredCard, line: ScoredLine) -> Code:
    """Return assessed party and period of a line, where they are its own, and "retired"."""
    period = "" if line.period == card.period else format_period(line.period, board.language)
    status = status_word("retired", board.language) if line.indicator.retired else ""
    found = [p for p in (board.plain(line.line.assessed), period, status) if p]
    return cell(" · ".join(found)) if found else NONE


def _value(board: Board, line: ScoredLine) -> Code:
    if line.result is None or not line.state.has_value:
        return call("missing", string(state_words(line.state, board.language)))
    text = figure_text(line.result.value, line.indicator, line.threshold, board.language)
    return string(f"{text} ≈" if line.state is State.PROVISIONAL else text)


def _thresholds(board: Board, line: ScoredLine) -> str:
    if line.threshold is None:
        return ""
    found = [
        t for t in threshold_texts(board.ctx, line.indicator, line.threshold, with_unit=False) if t
    ]
    return centre_text(board.ctx, line.indicator) + " / ".join(found) if found else ""


def _contribution(card: ScoredCard, line: ScoredLine) -> Code:
    return string(format_points(contribution(card, line)))


def _sum(board: Board, card: ScoredCard) -> Code:
    weights = weight_shown(card.lines)
    cells = ['""', board.w("line_total"), '""', '""', string(weight_text(weights)), '""',
             string(total_text(board.ctx, card))]  # fmt: skip
    return call("total", *cells)
