"""How far the figures can be trusted: what is missing, what the data cover, who signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpi_site.catalog import Signoff
from kpi_site.exports.board import Board, figure, row, table
from kpi_site.exports.code import Code, call, cell, string
from kpi_site.exports.sections import heading
from kpi_site.periods import Grain
from kpi_site.results import State
from kpi_site.tables.model import Table
from kpi_site.wording.numbers import format_count


def quality_section(board: Board) -> Iterator[Code]:
    """Yield incomplete figures, the coverage of the datasets, and the sign-offs."""
    yield heading(board.w("quality"))
    yield from _incomplete(board)
    yield from _coverage(board)
    yield heading(board.w("signoffs"), 2)
    if board.report.signoffs:
        head = [board.w(k) for k in ("role", "by_whom", "on_day")]
        rows = [_signoff(board, s) for s in board.report.signoffs]
        yield table(("90pt", "1fr", "100pt"), (), head, rows)
    else:
        yield call("par", board.w("unsigned"))


def _incomplete(board: Board) -> Iterator[Code]:
    found = [*board.stands.values()]
    lacking = [n for n in found if n.result.state is not State.OK]
    yield call("par", board.w("figures_ok", len(found), len(found) - len(lacking)))
    if lacking:
        yield heading(board.w("not_complete"), 2)
        head = [board.w(k) for k in ("indicator", "value", "period", "remarks")]
        rows = [
            row(cell(n.name), figure(n.reading), string(n.reading.period),
                cell(n.reading.state_words))
            for n in lacking
        ]  # fmt: skip
        yield table(("1fr", "90pt", "80pt", "1fr"), (1,), head, rows)


def _coverage(board: Board) -> Iterator[Code]:
    tables = [t for t in board.ctx.tables.values() if t.first is not None]
    if not tables:
        return
    yield heading(board.w("coverage"), 2)
    head = [board.w(k) for k in ("dataset", "collected_by", "system", "from", "through", "remarks")]
    rows = [_dataset(board, t) for t in tables]
    yield table(("1fr", "92pt", "100pt", "74pt", "74pt", "58pt"), (), head, rows)


def _dataset(board: Board, found: Table) -> Code:
    """Return what a dataset covers by the report's last day."""
    own = found.dataset
    last = min(board.report.period.last, board.ctx.data_through or board.report.period.last)
    end = min(found.last, last) if found.last else None
    broken = sum(count.rows for count in found.broken_rules)
    remarks = [board.t("rules_broken", format_count(broken, board.language))] if broken else []
    if end and own.expect and _period_before(board, own.expect.every, last) > end:
        remarks.append(board.t("stale_short", (last - end).days))
    return row(
        board.name(own.title),
        cell(board.ctx.department(own.owner) if own.owner else ""),
        board.name(own.source),
        _day(board, found.first),
        _day(board, end),
        cell(board.t("comma").join(remarks)),
    )


def _period_before(board: Board, grain: Grain, last: date) -> date:
    """Return the first day of the newest period of ``grain`` that is over on ``last``."""
    calendar = board.ctx.catalog.site.calendar
    period = calendar.containing(last, grain)
    return (period if period.last <= last else calendar.previous(period)).first


def _day(board: Board, day: date | None) -> Code:
    return board.date(day) if day else '""'


def _signoff(board: Board, signoff: Signoff) -> Code:
    return row(string(role_words(board, signoff.role)), board.name(signoff.by),
               board.date(signoff.on))  # fmt: skip


def role_words(board: Board, role: str) -> str:
    """Return a role in words; one that the program does not know, as it was written."""
    try:
        return board.t(f"role.{role}")
    except KeyError:
        return role
