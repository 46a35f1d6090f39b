"""The newest month of a daily card, day by day: its running total against the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi_site.catalog import CalendarTerm, Indicator, IndicatorTerm, Measure, OtherTerm, Term, Text
from kpi_site.charts.captions import short_text
from kpi_site.charts.specs import Spec, running_spec
from kpi_site.content.units import CURRENCIES
from kpi_site.nature import actual_and_target, names_target
from kpi_site.pages.context import Context
from kpi_site.periods import Grain
from kpi_site.results import IndicatorResults, Result, Series
from kpi_site.sql.nodes import Aggregate, Column
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_value
from kpi_site.words import word

_NUMBER = Measure("count", "count")


@dataclass(frozen=True, slots=True)
class Running:
    """The chart, and a table: ``heads`` of its columns, and (day, numbers), the newest first."""

    spec: Spec
    heads: tuple[str, ...]
    days: tuple[tuple[str, tuple[str, ...]], ...]


def running(ctx: Context, indicator: Indicator) -> Running | None:
    """Return the running month; None where the card is not daily or has no figures.

    Of an actual and a target, the amounts themselves run, so that the line shows how the
    month fills up; their quotient stands beside the newest day and in the table.
    """
    found = ctx.results_of(indicator)
    series = found.running if found else None
    if found is None or series is None or not series.results:
        return None
    terms = actual_and_target(indicator) if names_target(indicator) else None
    if terms is not None and all(t.name in series.terms for t in terms):
        return _amounts(ctx, indicator, series, terms)
    language = ctx.language
    spec = running_spec(
        indicator,
        series,
        language,
        target=_month_target(found),
        organisation=ctx.organisation,
        calendar=ctx.catalog.site.calendar,
    )
    days = tuple(
        (format_period(r.period, language), (_number(indicator, r.value, language),))
        for _, r in reversed(_newest_month(ctx, series))
    )
    return Running(spec, (word("running_total", language),), days)


def _amounts(
    ctx: Context, indicator: Indicator, series: Series, terms: tuple[Term, Term]
) -> Running:
    language = ctx.language
    month = _newest_month(ctx, series)
    measure = measure_of(ctx, indicator, terms)
    amount = replace(indicator, unit=measure, decimals=0)
    actual, target = (series.terms[t.name] for t in terms)
    results = tuple(
        Result(r.period, cell.value, cell.state)
        for r, cell in zip(series.results, actual, strict=True)
    )
    plan = {r.period.first: v for i, r in month if (v := target[i].value) is not None}
    newest = month[-1][1].value
    names = tuple(ctx.name(t.label) for t in terms)
    spec = running_spec(
        amount,
        Series(series.key, results, {}),
        language,
        plan=plan,
        what=word("running_against", language, *names),
        reached="" if newest is None else short_text(newest, indicator, language),
        organisation=ctx.organisation,
        calendar=ctx.catalog.site.calendar,
    )
    days = tuple(
        (
            format_period(r.period, language),
            (
                _number(amount, actual[i].value, language),
                _number(amount, target[i].value, language),
                format_value(r.value, indicator.unit, indicator.decimals, language),
            ),
        )
        for i, r in reversed(month)
    )
    return Running(spec, (*names, ctx.name(indicator.name)), days)


def _number(indicator: Indicator, value: Decimal | None, language: str) -> str:
    return format_value(value, indicator.unit, indicator.decimals, language, with_unit=False)


def _month_target(found: IndicatorResults) -> Decimal | None:
    whole = found.whole(Grain.MONTH)
    last = whole.latest if whole else None
    return last.threshold.target if last and last.threshold else None


def _newest_month(ctx: Context, series: Series) -> Sequence[tuple[int, Result]]:
    """Return the days of the newest month, each with its position in the series."""
    last = series.results[-1].period.first
    month = ctx.catalog.site.calendar.containing(last, Grain.MONTH)
    days = enumerate(series.results)
    return [(i, r) for i, r in days if month is not None and month.holds(r.period.first)]


def measure_of(ctx: Context, indicator: Indicator, terms: tuple[Term, Term]) -> Measure:
    """Return the unit that two terms share: that of the columns they sum, else a bare number."""
    units = [_measure(ctx, indicator, t) for t in terms]
    return units[0] if units[0] == units[1] else _NUMBER


def _measure(ctx: Context, indicator: Indicator, term: Term) -> Measure:
    """Return the unit of a term's amounts: that of the column it sums, else a bare number."""
    while isinstance(term, OtherTerm):
        term = indicator.term(term.term) or term
    if isinstance(term, IndicatorTerm):
        card = ctx.catalog.indicators.get(term.indicator)
        return card.unit if card else _NUMBER
    if isinstance(term, CalendarTerm):
        return _NUMBER
    match term.value.node:
        case Aggregate(kind="sum", arg=Column(name=name)):
            field = ctx.catalog.datasets[term.dataset].field(name)
        case _:
            field = None
    unit = field.unit if field else None
    if unit is None:
        return _NUMBER
    if unit in CURRENCIES:
        return Measure("currency", unit)
    return Measure("symbol", unit, Text(plain=unit))
