"""How far the figures can be trusted: what is missing, what the data cover, who signed."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.exports.board import NOTHING, Board, figure, row, table
from kpi_site.exports.code import Code, call, cell, joined, string
from kpi_site.exports.sections import heading
from kpi_site.story.quality import DatasetStory
from kpi_site.story.report import SignoffStory


def quality_section(board: Board) -> Iterator[Code]:
    """Yield incomplete figures, and the coverage of the datasets."""
    yield heading(board.w("data_quality"))
    yield from _incomplete(board)
    yield from _coverage(board)


def signoffs_section(board: Board) -> Iterator[Code]:
    """Yield who has signed the figures."""
    yield heading(board.w("signoffs"))
    head = [board.w(k) for k in ("role", "by_whom", "on_day")]
    rows = [_signoff(board, told) for told in board.story.signoffs]
    yield table(("90pt", "1fr", "150pt"), (), head, rows)


def _incomplete(board: Board) -> Iterator[Code]:
    told = board.story.quality
    yield call("par", board.w("figures_ok", told.figures, told.figures - len(told.lacking)))
    if told.lacking:
        yield heading(board.w("not_complete"), 2)
        head = [board.w(k) for k in ("Indicator", "Value", "Period", "remarks")]
        rows = [
            row(cell(n.name), figure(n.reading), string(n.reading.period),
                cell(n.reading.state_words))
            for n in told.lacking
        ]  # fmt: skip
        yield table(("1fr", "90pt", "80pt", "1fr"), (1,), head, rows)


def _coverage(board: Board) -> Iterator[Code]:
    datasets = board.story.quality.datasets
    if not datasets:
        return
    yield heading(board.w("coverage_of"), 2)
    keys = ("Dataset", "owner", "system", "rows_in_period", "coverage", "newest_day",
            "rule_breaks")  # fmt: skip
    widths = ("1fr", "92pt", "92pt", "46pt", "58pt", "66pt", "54pt")
    head = (board.w(k) for k in keys)
    yield table(widths, (3, 6), head, (_dataset(board, told) for told in datasets))


def _dataset(board: Board, told: DatasetStory) -> Code:
    """Return how a dataset covers the report's period."""
    coverage = string(told.coverage)
    return row(
        board.name(told.title),
        cell(told.owner),
        board.name(told.source),
        string(told.rows),
        call("flag", coverage) if told.lacking else coverage,
        string(told.newest),
        string(told.broken),
    )


def _signoff(board: Board, told: SignoffStory) -> Code:
    role = string(told.role)
    if told.by is None:
        return row(role, call("muted", board.w("not_signed")), NOTHING)
    on = joined([string(told.on), '" · "', string(told.how)])
    if told.stale:
        on = joined([on, '" · "', call("flag", board.w("stale_signature"))])
    return row(role, board.name(told.by), on)
