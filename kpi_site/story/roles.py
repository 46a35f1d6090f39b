"""What a line does to a total beside its points, in words: deduction, bonus, veto."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpi_site.catalog import Indicator, Line, Scorecard, Text, Veto
from kpi_site.scoring import grades_of
from kpi_site.story.standards import weight_text
from kpi_site.story.teller import Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import threshold_text


def roles(teller: Teller, card: Scorecard, line: Line, indicator: Indicator) -> str:
    """Return what ``line`` takes off or adds, when it strikes, and whether all share it."""
    parts = [*_counted(teller, line), *_veto(teller, card, line, indicator)]
    if line.shared:
        parts.append(teller.word("shared_line"))
    for key, period in (("line_from", line.start), ("line_until", line.until)):
        if period is not None:
            parts.append(teller.word(key, format_period(period, teller.language)))
    return "; ".join(parts) if teller.language == "en" else "；".join(parts)


def _counted(teller: Teller, line: Line) -> Iterator[str]:
    if line.deduct is not None:
        each = weight_text(line.deduct.each)
        key = "role_deduct" if line.weight is None else "role_of_weight"
        yield _limited(teller, teller.word(key, each), line.deduct.at_most)
    if line.bonus is not None:
        each = weight_text(line.bonus.each)
        text = teller.word("role_bonus_each", each) if each else teller.word("role_bonus")
        yield _limited(teller, text, line.bonus.at_most)


def _limited(teller: Teller, text: str, at_most: Decimal | None) -> str:
    return text if at_most is None else teller.word("role_limit", text, weight_text(at_most))


def _veto(teller: Teller, card: Scorecard, line: Line, indicator: Indicator) -> Iterator[str]:
    if line.veto is None:
        return
    then = verdict(teller, card, line.veto)
    for key, bound in (("veto_above", line.veto.above), ("veto_below", line.veto.below)):
        if bound is not None:
            limit = threshold_text(bound, indicator.unit, indicator.decimals, teller.language)
            yield teller.word(key, limit, then)


def verdict(teller: Teller, card: Scorecard, veto: Veto) -> str:
    """Return what a veto makes of the total of ``card``."""
    if veto.grade is not None:
        names = (grade.name for grade in grades_of(teller.catalog, card))
        meant = (name for name in names if veto.grade in {name.plain, name.zh, name.en})
        name = next(meant, Text(plain=str(veto.grade)))
        return teller.word("veto_grade", teller.name(name))
    if veto.at_most is not None:
        return teller.word("veto_at_most", weight_text(veto.at_most))
    return teller.word("veto_total", weight_text(veto.total or Decimal(0)))
