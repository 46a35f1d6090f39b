"""How far the figures can be trusted: what is missing, what the data cover, who signed."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Dataset
from kpi_site.editions.signing import Signature, signatures
from kpi_site.exports.board import NOTHING, Board, figure, row, table
from kpi_site.exports.code import Code, call, cell, joined, string
from kpi_site.exports.sections import heading
from kpi_site.pages.report_quality import coverage_words, covered, newest_day
from kpi_site.pages.report_scope import last_day
from kpi_site.results import State
from kpi_site.story.teller import datasets_of
from kpi_site.tables.model import Table
from kpi_site.wording.numbers import format_count


def quality_section(board: Board) -> Iterator[Code]:
    """Yield incomplete figures, the coverage of the datasets, and the sign-offs."""
    yield heading(board.w("quality"))
    yield from _incomplete(board)
    yield from _coverage(board)
    yield heading(board.w("signoffs"), 2)
    head = [board.w(k) for k in ("role", "by_whom", "on_day")]
    rows = [_signoff(board, s) for s in signatures(board.report.signoffs, board.digest)]
    yield table(("90pt", "1fr", "150pt"), (), head, rows)


def _incomplete(board: Board) -> Iterator[Code]:
    found = [*board.own]
    lacking = [n for n in found if n.result.state is not State.OK]
    yield call("par", board.w("figures_ok", len(found), len(found) - len(lacking)))
    if lacking:
        yield heading(board.w("not_complete"), 2)
        head = [board.w(k) for k in ("Indicator", "Value", "Period", "remarks")]
        rows = [
            row(cell(n.name), figure(n.reading), string(n.reading.period),
                cell(n.reading.state_words))
            for n in lacking
        ]  # fmt: skip
        yield table(("1fr", "90pt", "80pt", "1fr"), (1,), head, rows)


def _coverage(board: Board) -> Iterator[Code]:
    ctx = board.ctx
    used = {d for n in board.scope.stands.values() for d in datasets_of(n.indicator)}
    datasets = [d for name, d in ctx.catalog.datasets.items() if name in used & ctx.tables.keys()]
    if not datasets:
        return
    yield heading(board.w("coverage_of"), 2)
    keys = ("Dataset", "owner", "system", "rows_in_period", "coverage", "newest_day",
            "rule_breaks")  # fmt: skip
    rows = [_dataset(board, d, ctx.tables[d.id]) for d in datasets]
    widths = ("1fr", "92pt", "92pt", "46pt", "58pt", "66pt", "54pt")
    yield table(widths, (3, 6), (board.w(k) for k in keys), rows)


def _dataset(board: Board, own: Dataset, found: Table) -> Code:
    """Return how a dataset covers the report's period."""
    ctx, period = board.ctx, board.report.period
    calendar = ctx.catalog.site.calendar
    known = covered(found, period, last_day(ctx, board.report), calendar)
    broken = sum(count.rows for count in found.broken_rules)
    coverage = string(coverage_words(ctx, own, known).unescape())
    return row(
        board.name(own.title),
        cell(ctx.department(own.owner) if own.owner else ""),
        board.name(own.source),
        string(format_count(known.rows, board.language) if own.time else ""),
        call("flag", coverage) if known.kind in {"short", "none"} else coverage,
        string(newest_day(ctx, found, period, known.kind)),
        string(format_count(broken, board.language) if broken else ""),
    )


def _signoff(board: Board, signature: Signature) -> Code:
    signed, role = signature.signoff, board.w(f"role.{signature.role}")
    if signed is None:
        return row(role, call("muted", board.w("not_signed")), NOTHING)
    on = board.date(signed.on)
    if board.digest and signature.stale:
        on = joined([on, '" · "', call("flag", board.w("stale_signature"))])
    return row(role, board.name(signed.by), on)
