"""Vega-Lite specs of the charts, as plain dicts that hold only published numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kpi_site.catalog import Indicator
from kpi_site.periods import Period
from kpi_site.results import Series
from kpi_site.wording.dates import format_period, format_range
from kpi_site.wording.numbers import format_value, unit_label
from kpi_site.wording.words import word

Spec = dict[str, Any]


def chart_title(
    indicator: Indicator, periods: Sequence[Period], language: str, organisation: str = ""
) -> str:
    """Say who, what, unit, when: ``华辰集团 · 销售收入 · 万元 · 2026年1月至2026年10月``."""
    when = format_range(periods[0], periods[-1], language) if periods else ""
    unit = unit_label(indicator.unit, language)
    parts = (organisation, indicator.name.get(language), unit, when)
    return " · ".join(p for p in parts if p)


def trend_spec(
    indicator: Indicator, series: Series, language: str, *, organisation: str = ""
) -> Spec:
    """Return the line (for additive amounts: bars) of the whole over time with its thresholds."""
    return _simple(indicator, [series], language, organisation, {})


def breakdown_spec(
    indicator: Indicator,
    members: Sequence[Series],
    period: Period,
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
) -> Spec:
    """Return horizontal bars by member in ``period``, largest first.

    ``titles`` gives members' names for readers; an empty member is "not given".
    """
    kept = [Series(s.key, (r,), {}) for s in members if (r := s.at(period)) is not None]
    return _simple(indicator, kept, language, organisation, titles)


def member_trends_spec(
    indicator: Indicator,
    members: Sequence[Series],
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
) -> Spec:
    """Return small multiples: one line over time for each member, on one scale."""
    return _simple(indicator, members, language, organisation, titles)


def running_spec(
    indicator: Indicator,
    running: Series,
    language: str,
    *,
    target: Decimal | None = None,
    organisation: str = "",
) -> Spec:
    """Return the running total of the newest month, day by day, against the month's target."""
    return _simple(indicator, [running], language, organisation, {})


def distribution_spec(
    indicator: Indicator,
    members: Sequence[Series],
    language: str,
    titles: Mapping[str, str],
    *,
    dimension_title: str = "",
    organisation: str = "",
) -> Spec:
    """Return each member's share of the whole over time, stacked (additive amounts only)."""
    return _simple(indicator, members, language, organisation, titles)


def _simple(
    indicator: Indicator,
    members: Sequence[Series],
    language: str,
    organisation: str,
    titles: Mapping[str, str],
) -> Spec:
    rows = [
        {
            "period": format_period(r.period, language),
            "member": titles.get(s.key.member) or s.key.member or word("not_given", language),
            "value": None if r.value is None else float(r.value),
            "text": format_value(r.value, indicator.unit, indicator.decimals, language),
        }
        for s in members
        for r in s.results
    ]
    periods = [r.period for s in members[:1] for r in s.results]
    title = chart_title(indicator, periods, language, organisation)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": title,
        "title": title,
        "data": {"values": rows},
        "mark": "line",
        "encoding": {
            "x": {"field": "period", "type": "ordinal", "sort": None},
            "y": {"field": "value", "type": "quantitative"},
            "color": {"field": "member", "type": "nominal"},
        },
        "width": "container",
    }
