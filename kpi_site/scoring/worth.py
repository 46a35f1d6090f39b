"""What one line does to a total: points, deductions, bonuses, and whether its veto strikes.

Rules: specification.md#roles.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kpi_site.catalog import FULL, Line, Scorecard
from kpi_site.exact import EXACT, tidy
from kpi_site.results import State
from kpi_site.scoring.scored import ScoredLine


def weighed(card: Scorecard, found: ScoredLine, earned: Decimal | None) -> ScoredLine:
    """Return the line with what it does to the total: points, deduction, bonus or veto.

    ``earned`` are its points by standards.
    """
    line, value = found.line, found.value
    effect, worth = None, earned
    if line.deduct is not None:
        off = None if value is None else _times(value, line.deduct.each, line.deduct.at_most)
        worth = _left(card, line, off, due=found.state is not State.NOT_DUE)
        effect = None if off is None or line.weight is not None else -off
    elif line.bonus is not None:
        if line.bonus.each is not None:
            worth = None
            basis, each = value, line.bonus.each
        else:
            judged = line.judges or found.indicator.judges
            basis, each = worth if judged and value is not None else None, Decimal(1)
            basis = basis if judged else value
        effect = None if basis is None else _times(basis, each, line.bonus.at_most)
    strikes = line.veto is not None and value is not None and line.veto.strikes(value)
    if line.kind == "line":
        counts = worth is not None
    else:
        counts = effect is not None or (line.kind == "veto" and value is not None)
    return replace(
        found,
        points=None if worth is None else tidy(worth),
        worth=worth,
        effect=effect,
        struck=card.scored and strikes,
        counted=card.scored and counts,
    )


def _times(value: Decimal, each: Decimal, at_most: Decimal | None) -> Decimal:
    """Return ``value`` × ``each``, at least 0 and at most ``at_most``."""
    found = max(Decimal(0), EXACT.multiply(value, each))
    return found if at_most is None else min(found, at_most)


def _left(card: Scorecard, line: Line, off: Decimal | None, *, due: bool) -> Decimal | None:
    """Return the points of a weighed line that loses ``off`` of its weight; None without one."""
    if line.weight is None:
        return None
    if off is None:
        return Decimal(0) if card.missing == "zero" and due else None
    if not line.weight:
        return Decimal(0)
    kept = EXACT.subtract(line.weight, min(off, line.weight))
    return EXACT.divide(EXACT.multiply(FULL, kept), line.weight)


def bounded(line: Line, points: Decimal | None) -> Decimal | None:
    """Return the points of a line within its bounds."""
    if points is None:
        return None
    low = points if line.floor is None else max(points, line.floor)
    return low if line.cap is None else min(low, line.cap)
