"""The totals of a scorecard's members over time, as a table in shades."""

from __future__ import annotations

from typing import Final

from kpi_site.pages.context import Context
from kpi_site.pages.heat import HeatCell, HeatMap, HeatRow, period_heads, shade
from kpi_site.pages.tables import marks
from kpi_site.results import State
from kpi_site.story.member_totals import TotalCell, TotalsStory
from kpi_site.wording.words import state_mark, state_words

_UNKNOWN: Final = State.NO_DATA


def totals_map(ctx: Context, told: TotalsStory, caption: str) -> HeatMap | None:
    """Return the table: members down, periods across; None where nobody has a total."""
    known = [cell for _, cells in told.rows for cell in cells if cell.total is not None]
    if not known:
        return None
    low = min(known, key=lambda cell: cell.total or 0)
    high = max(known, key=lambda cell: cell.total or 0)
    years, heads = period_heads(told.periods, ctx.language)
    return HeatMap(
        caption=caption,
        years=years,
        periods=heads,
        rows=tuple(
            HeatRow(name, tuple(_cell(ctx, cell, low, high) for cell in cells))
            for name, cells in told.rows
        ),
        low=low.text,
        high=high.text,
        marks=marks(ctx, (cell.state for _, cells in told.rows for cell in cells)),
    )


def _cell(ctx: Context, cell: TotalCell, low: TotalCell, high: TotalCell) -> HeatCell:
    if cell.total is None or low.total is None or high.total is None:
        return HeatCell(0, state_mark(_UNKNOWN), state_words(_UNKNOWN, ctx.language))
    mark = state_mark(cell.state) if cell.state is State.PROVISIONAL else ""
    return HeatCell(shade(cell.total, low.total, high.total), cell.text + mark, "")
