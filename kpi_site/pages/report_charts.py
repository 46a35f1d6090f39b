"""The charts of a report at work: what a reader gets who opens one of its small charts.

Rules: specification.md#report-charts.

An article is frozen with small pictures. Beside the pages stands one file for each edition, and
one for a draft, with the chart of each picture: made from the edition's own numbers, words and
units, so that facts and cards of today alter nothing of them. ``charts.js`` opens them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kpi_site import links
from kpi_site.catalog import Indicator
from kpi_site.charts.figure import figure
from kpi_site.charts.specs import trend_spec
from kpi_site.charts.templates import Spec, template
from kpi_site.editions.course import courses
from kpi_site.editions.model import Edition
from kpi_site.files import File
from kpi_site.nature import is_amount
from kpi_site.pages.context import Context
from kpi_site.pages.report_article import drawn_as
from kpi_site.results import Series
from kpi_site.story.report import ReportStory

_SMALL: Final = re.compile(
    r'<figure[^>]*><figcaption><a href="(?:\.\./)+indicators/([^/"]+)/"'
    r'(?:(?!</figure>).)*?class="kpi-svg kpi-mini"'
)


def charts_path(label: str, number: int | None) -> str:
    """Return where the charts of an edition stand, or with None those of a draft."""
    return f"charts/reports/{label}/{'draft' if number is None else f'edition-{number}'}.json"


def edition_charts(ctx: Context, edition: Edition, article: str) -> File:
    """Return the charts of the pictures in ``article``, the frozen text that a reader sees."""
    frozen = courses(edition, ctx.catalog.site.calendar.parse)
    organisation = ctx.name(edition.manifest.organisation)
    specs = {
        name: trend_spec(
            frozen[name].card,
            frozen[name].series,
            ctx.language,
            organisation=organisation,
            bars=frozen[name].bars,
        )
        for name in _small(article)
        if name in frozen
    }
    return _file(ctx, charts_path(edition.manifest.period, edition.number), specs)


def draft_charts(ctx: Context, told: ReportStory, label: str) -> File:
    """Return the charts of a draft's pictures, from the figures as they are now."""
    drawn = (chart for department in told.departments for chart in department.charts)
    specs = {
        str(now.indicator.id): _spec(ctx, now.indicator, series) for now, series in drawn if series
    }
    return _file(ctx, charts_path(label, None), specs)


def _spec(ctx: Context, indicator: Indicator, series: Series) -> Spec:
    bars = is_amount(indicator)
    organisation = ctx.organisation
    return trend_spec(indicator, series, ctx.language, organisation=organisation, bars=bars)


def _file(ctx: Context, path: str, specs: Mapping[str, Spec]) -> File:
    """Return what the charts share, by the kind of chart, and what each has of its own."""
    kinds: dict[str, Spec] = {}
    charts: dict[str, Any] = {}
    for name, spec in specs.items():
        kind = _kind(spec)
        own = {k: v for k, v in spec.items() if template(kind).get(k) != v}
        kinds.setdefault(kind, {k: v for k, v in spec.items() if k not in own})
        place = links.chart(drawn_as(name))
        html = figure(place, f"{path}#{name}", str(spec["title"]))
        charts[name] = {"kind": kind, "own": own, "figure": html}
    data = {"close": str(ctx.t("close")), "kinds": kinds, "charts": charts}
    return File(path, json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _kind(spec: Spec) -> str:
    return next(kind for kind in ("trend", "bars") if template(kind)["layer"] is spec["layer"])


def _small(text: str) -> Iterable[str]:
    """Return the ids of the cards of which ``text`` has a small picture, in its order."""
    return dict.fromkeys(_SMALL.findall(text))
