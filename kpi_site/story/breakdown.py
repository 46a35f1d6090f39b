"""Breakdowns of a card by its dimensions in the newest period (specification.md#breakdowns)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.catalog import Indicator
from kpi_site.members import member_text
from kpi_site.nature import adds_up
from kpi_site.periods import Period
from kpi_site.results import Result, Series
from kpi_site.schema import dimension_field
from kpi_site.story.member_order import Ordered, in_order
from kpi_site.story.others import others_of
from kpi_site.story.reading import main_grain, previous, recent, year_before
from kpi_site.story.teller import Teller
from kpi_site.story.values import ValueRow
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import MINUS, format_number, format_value
from kpi_site.words import counted, word


@dataclass(frozen=True, slots=True)
class Others:
    """The members without a row of their own: how many, and what they come to together.

    ``series`` is None where their figures cannot be told from those of each.
    """

    name: str
    count: int
    series: Series | None


@dataclass(frozen=True, slots=True)
class BreakdownStory:
    """One dimension of a card in one period: members in their order, and what they come to.

    ``rows`` are those of ``members`` and, where they can be told, of the ``others`` last.
    """

    dimension: str
    title: str
    period: Period
    period_text: str
    whole: Result
    members: tuple[Series, ...]
    titles: Mapping[str, str]
    rows: tuple[ValueRow, ...]
    others: Others | None
    left_out: str
    note: str


def tell_breakdowns(teller: Teller, indicator: Indicator) -> tuple[BreakdownStory, ...]:
    """Return each dimension that has members in the current period, in the card's order."""
    found = (tell_breakdown(teller, indicator, d) for d in indicator.dimensions)
    return tuple(f for f in found if f is not None)


def tell_breakdown(teller: Teller, indicator: Indicator, dimension: str) -> BreakdownStory | None:
    """Return the members of ``dimension`` in the card's current period, in their order."""
    found = teller.results_of(indicator)
    whole = found.whole(main_grain(indicator)) if found else None
    current = whole.latest_closed if whole else None
    if found is None or current is None:
        return None
    period = current.period
    present = [
        (series, result)
        for series in found.members(period.grain, dimension)
        if (result := series.at(period)) is not None
    ]
    if not present:
        return None
    ordered = in_order(teller.catalog, indicator, dimension, present)
    titles = member_titles(teller, indicator, dimension, [s.key.member for s, _ in present])
    total = _total(result for _, result in present)
    others = _others(teller, indicator, ordered, whole)
    rows = [_row(teller, indicator, titles[s.key.member], s, r, total) for s, r in ordered.kept]
    if others and others.series and (result := others.series.at(period)):
        rows.append(_row(teller, indicator, others.name, others.series, result, total))
    title = dimension_title(teller, indicator, dimension)
    return BreakdownStory(
        dimension=dimension,
        title=title,
        period=period,
        whole=current,
        period_text=format_period(period, teller.language),
        members=tuple(s for s, _ in ordered.kept),
        titles=titles,
        rows=tuple(rows),
        others=others,
        left_out=_left_out(teller, len(ordered.kept), others),
        note=" ".join(
            filter(
                None,
                (
                    _parts_note(teller, indicator, total, current),
                    _shares_note(teller, rows, others),
                ),
            )
        ),
    )


def _others(
    teller: Teller, indicator: Indicator, ordered: Ordered, whole: Series | None
) -> Others | None:
    if not ordered.rest or whole is None:
        return None
    count = len(ordered.rest)
    series = others_of(teller.catalog, indicator, [s for s, _ in ordered.rest], whole)
    return Others(counted("others_count", count, teller.language), count, series)


def _left_out(teller: Teller, kept: int, others: Others | None) -> str:
    """Say that members are left out; and where to see them, if no row tells what they come to."""
    if others is None:
        return ""
    key = "first_of_rest" if others.series is None else "first_of_others"
    return counted(key, others.count, teller.language, kept, kept + others.count)


def _row(
    teller: Teller,
    indicator: Indicator,
    name: str,
    series: Series,
    result: Result,
    total: Decimal | None,
) -> ValueRow:
    share = ""
    if indicator.unit.additive and total and total > 0 and result.value is not None:
        share = format_number(result.value * 100 / total, 1)
    calendar = teller.catalog.site.calendar
    return ValueRow(
        name=name,
        result=result,
        previous=previous(calendar, result.period, series),
        year=year_before(calendar, result.period, series),
        same_day=series.to_same_day(result.period),
        share=share,
        recent=recent(series, result),
    )


def _total(results: Iterable[Result]) -> Decimal | None:
    values = [r.value for r in results if r.value is not None]
    return sum(values, Decimal(0)) if values else None


def _parts_note(teller: Teller, indicator: Indicator, total: Decimal | None, whole: Result) -> str:
    """Say that the parts do not come to the whole, and whether they should.

    Rules: specification.md#breakdowns.
    """
    if not indicator.unit.additive or total is None or whole.value in {None, total}:
        return ""
    key = "parts_differ" if adds_up(indicator) else "parts_overlap"
    amounts = (
        format_value(v, indicator.unit, indicator.decimals, teller.language)
        for v in (total, whole.value)
    )
    return teller.word(key, *amounts)


def _shares_note(teller: Teller, rows: Sequence[ValueRow], others: Others | None) -> str:
    """Say that the shares as they are shown do not come to 100 %, where all are shown."""
    shares = [Decimal(row.share.replace(MINUS, "-")) for row in rows if row.share]
    shown = sum(shares, Decimal(0))
    if not shares or shown == 100 or (others is not None and others.series is None):
        return ""
    return teller.word("shares_rounded", str(shown))


def dimension_title(teller: Teller, indicator: Indicator, dimension: str) -> str:
    """Return a dimension's title for readers: the column's, or its name.

    The parent's name is left out where the column's own tells the card's dimensions apart.
    """
    field = dimension_field(teller.catalog, indicator, dimension)
    short = dimension.rpartition(".")[2]
    alike = [other for other in indicator.dimensions if other.rpartition(".")[2] == short]
    named = short if len(alike) == 1 else dimension
    return (teller.name(field.title) if field else "") or named


def member_titles(
    teller: Teller, indicator: Indicator, dimension: str, members: Sequence[str]
) -> dict[str, str]:
    """Return members' names for readers: their category's, else the text as in the data."""
    titles = {m: teller.name(member_text(teller.catalog, indicator, dimension, m)) for m in members}
    return {m: title or word("not_given", teller.language) for m, title in titles.items()}
