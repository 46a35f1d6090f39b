"""The page of a card, ``indicators/<id>/``, in the order of specification.md#page-order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Indicator, Unit
from kpi_site.downloads import spreadsheet_path
from kpi_site.files import File
from kpi_site.pages.arithmetic import ExampleView, FormulaView, examples, formula
from kpi_site.pages.card_charts import MainView, main_views
from kpi_site.pages.card_rules import RuleView, rules
from kpi_site.pages.card_standards import ThresholdView, UseView, thresholds, uses
from kpi_site.pages.context import Context
from kpi_site.pages.lineage import SourceView, TermView, sources, terms
from kpi_site.pages.member_charts import Split, splits
from kpi_site.pages.parts import ActionView, Fact, Link, action_views, indicator_link
from kpi_site.pages.revision_rows import PublishedFigure, published_figures
from kpi_site.pages.tables import Mark, ValueTable, marks, over_time
from kpi_site.pages.template import leaf, page
from kpi_site.results import Result, State
from kpi_site.story.reading import Now, Reading, main_grain, now, read
from kpi_site.story.standards import threshold_points
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_value, unit_label
from kpi_site.wording.words import cycle_word, direction_words


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An entry of the card's history."""

    start: str
    what: Markup
    breaks_series: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything that the template of a card prints; an empty part is not shown."""

    name: Markup
    crumbs: tuple[Link, ...]
    status: str
    successor: Link | None
    lead: Markup
    definition: Markup
    now: Now | None
    so_far: Reading | None
    now_marks: tuple[Mark, ...]
    formula: FormulaView
    terms: tuple[TermView, ...]
    sources: tuple[SourceView, ...]
    facts: tuple[Fact, ...]
    purpose: Markup
    notes: Markup
    charts: tuple[MainView, ...]
    history: tuple[ValueTable, ...]
    breakdowns: tuple[Split, ...]
    thresholds: tuple[ThresholdView, ...]
    worth: tuple[str, str, str] | None  # points of the thresholds, by the straight lines
    rules: tuple[RuleView, ...]
    examples: tuple[ExampleView, ...]
    uses: tuple[UseView, ...]
    related: tuple[Link, ...]
    changes: tuple[ChangeView, ...]
    actions: tuple[ActionView, ...]
    published: tuple[PublishedFigure, ...]
    aliases: tuple[str, ...]
    download: Markup
    card_file: str


def pages(ctx: Context, indicator: Indicator) -> Iterator[File]:
    """Yield the card's page and the specs of its charts."""
    path = links.indicator(indicator.id)
    view = _view(ctx, indicator, path)
    name, about = ctx.name(indicator.name), ctx.name(ctx.opening(indicator.definition))
    front = leaf(name, indicator.where.file, description=about)
    yield page(path, "card.md.j2", ctx.language, view, front)
    yield from (c.chart.file for c in view.charts)
    yield from (v.chart.file for s in view.breakdowns for v in s.views if v.chart)


def _view(ctx: Context, indicator: Indicator, path: str) -> CardView:
    current = now(ctx, indicator)
    so_far = _so_far(ctx, indicator, current)
    return CardView(
        name=ctx.inline(indicator.name),
        crumbs=_crumbs(ctx, indicator, path),
        status=indicator.status,
        successor=indicator_link(ctx, path, indicator.successor) if indicator.successor else None,
        lead=ctx.block(ctx.opening(indicator.definition)),
        definition=ctx.rest(indicator.definition),
        now=current,
        so_far=so_far,
        now_marks=marks(ctx, _states(current, so_far)),
        formula=formula(ctx, indicator, current.result if current else None),
        terms=terms(ctx, indicator, path),
        sources=sources(ctx, indicator, path),
        facts=_facts(ctx, indicator, path),
        purpose=ctx.block(indicator.purpose),
        notes=ctx.block(indicator.notes),
        charts=tuple(main_views(ctx, indicator, path)),
        history=_history(ctx, indicator),
        breakdowns=tuple(splits(ctx, indicator, path)),
        thresholds=thresholds(ctx, indicator),
        worth=None if indicator.points or indicator.steps else threshold_points(ctx),
        rules=rules(ctx, indicator, current.result if current else None),
        examples=examples(ctx, indicator),
        uses=uses(ctx, indicator, path),
        related=tuple(indicator_link(ctx, path, r) for r in indicator.related),
        changes=tuple(
            ChangeView(format_period(c.start, ctx.language), ctx.rich(c.what), c.breaks_series)
            for c in sorted(indicator.changes, key=lambda c: c.start, reverse=True)
        ),
        actions=action_views(ctx, path, ctx.actions_of.get(indicator.id, ())),
        published=published_figures(ctx, path, indicator.id),
        aliases=indicator.aliases,
        download=links.url(path, spreadsheet_path(f"indicators/{indicator.id}")),
        card_file=indicator.where.file,
    )


def _states(current: Now | None, so_far: Reading | None) -> Iterator[State]:
    if current:
        yield current.reading.state
    if so_far:
        yield so_far.state


def _so_far(ctx: Context, indicator: Indicator, current: Now | None) -> Reading | None:
    """Return the running period where it is newer than the closed one that is shown."""
    found = ctx.results_of(indicator)
    series = found.whole(main_grain(indicator)) if found else None
    if series is None or current is None or series.latest is None:
        return None
    latest: Result = series.latest
    if latest.period == current.result.period or not latest.state.has_value:
        return None
    return read(ctx, indicator, latest, series)


def _crumbs(ctx: Context, indicator: Indicator, path: str) -> tuple[Link, ...]:
    return (
        Link(str(ctx.t("indicators")), links.url(path, "indicators/index.md")),
        Link(
            ctx.department(indicator.department),
            links.url(path, links.department(indicator.department)),
        ),
    )


def _facts(ctx: Context, indicator: Indicator, path: str) -> tuple[Fact, ...]:
    """Return who answers for the figure, and how it is meant."""
    language = ctx.language
    department = Link(
        ctx.department(indicator.department),
        links.url(path, links.department(indicator.department)),
    )
    perspective = None
    if indicator.perspective and _known(ctx.catalog.site.perspectives, indicator.perspective):
        perspective = Link(
            ctx.perspective(indicator.perspective),
            links.url(path, links.perspective(indicator.perspective)),
        )
    unit = unit_label(indicator.unit, language)
    entries = (
        ("department", Markup(), department),
        ("collector", ctx.inline(indicator.collector), None),
        ("source", ctx.inline(indicator.source), None),
        ("verifier", ctx.inline(indicator.verifier), None),
        ("presentation", ctx.inline(indicator.presentation), None),
        ("cycle", Markup.escape(cycle_word(indicator.cycle, language)), None),
        ("direction", Markup.escape(_direction(ctx, indicator)), None),
        ("unit", Markup.escape(unit), None),
        ("perspective", Markup(), perspective),
        (
            "audience",
            ctx.t(f"audience.{indicator.audience}")
            if indicator.audience in {"staff", "leadership"}
            else Markup.escape(indicator.audience or ""),
            None,
        ),
    )
    return tuple(Fact(ctx.t(k), v, link) for k, v, link in entries if v or link)


def _known(units: tuple[Unit, ...], name: str) -> bool:
    return any(u.id == name for u in units)


def _direction(ctx: Context, indicator: Indicator) -> str:
    words = direction_words(indicator.direction, ctx.language)
    if indicator.direction != "within":
        return words
    centre = format_value(indicator.centre, indicator.unit, indicator.decimals, ctx.language)
    return f"{words} ({centre})" if ctx.language == "en" else f"{words}（{centre}）"


def _history(ctx: Context, indicator: Indicator) -> tuple[ValueTable, ...]:
    """Return a table for each grain of the card, the main one first, a daily one last."""
    found = ctx.results_of(indicator)
    if found is None:
        return ()
    main = main_grain(indicator)
    grains = dict.fromkeys((*(g for g in indicator.grains if g.rank >= main.rank), indicator.cycle))
    series = (found.whole(grain) for grain in grains)
    return tuple(over_time(ctx, indicator, s) for s in series if s is not None and s.results)
