"""The page of a card, ``indicators/<id>/``, in the order of specification.md#page-order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from kpi_site import links
from kpi_site.downloads import spreadsheet_path
from kpi_site.files import File
from kpi_site.pages.arithmetic import ExampleView, RuleView, example_view, rule_view
from kpi_site.pages.card_charts import MainView, main_views
from kpi_site.pages.context import Context
from kpi_site.pages.member_charts import Split, splits
from kpi_site.pages.parts import ActionView, Fact, Link, action_view, link_to
from kpi_site.pages.tables import Mark, ValueTable, marks, over_time
from kpi_site.pages.template import leaf, page
from kpi_site.pages.why import WhyView, why_views
from kpi_site.story.arithmetic import VersionStory
from kpi_site.story.card import CardFact, CardStory, tell_card
from kpi_site.story.card_standards import ThresholdStory, UseStory
from kpi_site.story.lineage import SourceStory, TermStory
from kpi_site.story.published import PublishedStory
from kpi_site.story.reading import Now, Reading
from kpi_site.story.signals import SignalStory


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of the formula: ``told``, its label, and where it is taken from."""

    told: TermStory
    label: Markup
    source: Link | None


@dataclass(frozen=True, slots=True)
class SourceView:
    """A dataset that the card reads."""

    told: SourceStory
    link: Link
    source: Markup


@dataclass(frozen=True, slots=True)
class UseView:
    """A line of a scorecard that the card stands on."""

    told: UseStory
    link: Link


@dataclass(frozen=True, slots=True)
class PublishedView:
    """A published figure that has been revised since."""

    told: PublishedStory
    report: Link
    reason: Markup


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An entry of the card's history."""

    start: str
    what: Markup
    breaks_series: bool
    formulas: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """Everything that the template of a card prints; an empty part is not shown."""

    name: Markup
    crumbs: tuple[Link, ...]
    status: str
    standing: str
    successor: Link | None
    lead: Markup
    definition: Markup
    now: Now | None
    signal: SignalStory | None
    so_far: Reading | None
    now_marks: tuple[Mark, ...]
    formula: RuleView
    terms: tuple[TermView, ...]
    sources: tuple[SourceView, ...]
    facts: tuple[Fact, ...]
    purpose: Markup
    notes: Markup
    charts: tuple[MainView, ...]
    history: tuple[ValueTable, ...]
    why: tuple[WhyView, ...]
    breakdowns: tuple[Split, ...]
    thresholds: tuple[ThresholdStory, ...]
    worth: tuple[str, str, str] | None
    rules: tuple[RuleView, ...]
    examples: tuple[ExampleView, ...]
    versions: tuple[VersionStory, ...]
    uses: tuple[UseView, ...]
    related: tuple[Link, ...]
    changes: tuple[ChangeView, ...]
    actions: tuple[ActionView, ...]
    published: tuple[PublishedView, ...]
    aliases: tuple[str, ...]
    download: Markup
    card_file: str


def pages(ctx: Context, name: str) -> Iterator[File]:
    """Yield the page of the card called ``name`` and the specs of its charts."""
    indicator = ctx.catalog.indicators[name]
    path = links.indicator(indicator.id)
    view = _view(ctx, tell_card(ctx, indicator), path)
    about = ctx.name(ctx.opening(ctx.catalog.texts[name].definition))
    front = leaf(ctx.name(indicator.name), indicator.where.file, description=about)
    yield page(path, "card.md.j2", ctx.language, view, front)
    yield from (c.chart.file for c in view.charts)
    yield from (w.chart.file for w in view.why if w.chart)
    yield from (v.chart.file for s in view.breakdowns for v in s.views if v.chart)


def _view(ctx: Context, told: CardStory, path: str) -> CardView:
    indicator = told.indicator
    texts = ctx.catalog.texts[indicator.id]
    states = [r.told for r in (told.now and told.now.reading, told.so_far) if r]
    return CardView(
        name=ctx.inline(told.name),
        crumbs=(
            Link(str(ctx.t("indicators")), links.url(path, "indicators/index.md")),
            link_to(path, told.department),
        ),
        status=told.status,
        standing=told.standing,
        successor=link_to(path, told.successor) if told.successor else None,
        lead=ctx.block(ctx.opening(texts.definition)),
        definition=ctx.rest(texts.definition),
        now=told.now,
        versions=told.versions,
        signal=told.signal,
        so_far=told.so_far,
        now_marks=marks(ctx, states),
        formula=rule_view(ctx, told.formula),
        terms=tuple(_term(ctx, t, path) for t in told.terms),
        sources=tuple(_source(ctx, s, path) for s in told.sources),
        facts=tuple(_fact(ctx, f, path) for f in told.facts),
        purpose=ctx.block(told.purpose),
        notes=ctx.block(told.notes),
        charts=tuple(main_views(ctx, indicator, path)),
        history=tuple(over_time(ctx, indicator, values) for values in told.values),
        why=tuple(why_views(ctx, indicator, told.why, path)),
        breakdowns=tuple(splits(ctx, indicator, told.breakdowns, path)),
        thresholds=told.thresholds,
        worth=told.worth,
        rules=tuple(rule_view(ctx, rule) for rule in told.rules),
        examples=tuple(example_view(ctx, e) for e in told.examples),
        uses=tuple(UseView(use, link_to(path, use.ref)) for use in told.uses),
        related=tuple(link_to(path, ref) for ref in told.related),
        changes=tuple(
            ChangeView(c.start, ctx.rich(c.what), c.breaks_series, c.formulas, c.rules)
            for c in told.changes
        ),
        actions=tuple(action_view(ctx, path, action) for action in told.actions),
        published=tuple(_published(ctx, p, path) for p in told.published),
        aliases=told.aliases,
        download=links.url(path, spreadsheet_path(f"indicators/{indicator.id}")),
        card_file=indicator.where.file,
    )


def _term(ctx: Context, told: TermStory, path: str) -> TermView:
    source = link_to(path, told.source) if told.source else None
    return TermView(told, ctx.inline(told.label), source)


def _source(ctx: Context, told: SourceStory, path: str) -> SourceView:
    return SourceView(told, link_to(path, told.ref), ctx.inline(told.source))


def _fact(ctx: Context, told: CardFact, path: str) -> Fact:
    link = link_to(path, told.ref) if told.ref else None
    return Fact(ctx.t(told.key), ctx.inline(told.said) or Markup.escape(told.text), link)


def _published(ctx: Context, told: PublishedStory, path: str) -> PublishedView:
    address = links.url(path, f"{links.report(told.report.id)}#revisions")
    return PublishedView(told, Link(told.report.name, address), ctx.inline(told.reason))
