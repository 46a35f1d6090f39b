"""Where a card's numbers come from: term → dataset → file → columns.

Rules: specification.md#page-order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Dataset,
    DataTerm,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)
from kpi_site.formula.mathml import aggregate_words
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Link, indicator_link
from kpi_site.problems import Name
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import columns
from kpi_site.story.teller import datasets_of
from kpi_site.tables.model import Table
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import term_kind_words


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of the formula: what it is in words, and the SQL that runs."""

    name: str
    label: Markup
    words: str
    kind: str
    source: Link | None
    sql: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """A dataset that the card reads: files, the columns used, and how fresh it is."""

    link: Link
    owner: str
    source: Markup
    files: tuple[str, ...]
    columns: tuple[str, ...]
    rows: str
    last: str


def terms(ctx: Context, indicator: Indicator, page: str) -> tuple[TermView, ...]:
    """Return the card's terms in the order in which they are written."""
    return tuple(_term(ctx, indicator, term, page) for term in indicator.terms)


def _term(ctx: Context, indicator: Indicator, term: Term, page: str) -> TermView:
    words = sql = ""
    source: Link | None = None
    match term:
        case RowTerm() | StockTerm() | BalanceTerm():
            source = _dataset_link(ctx, term.dataset, page)
            words = aggregate_words(
                term.value, column_titles(ctx, term.dataset), ctx.language, where=term.where
            )
            sql = term.value.code.text
            if term.where is not None:
                sql += f" WHERE {term.where.code.text}"
        case IndicatorTerm():
            source = indicator_link(ctx, page, term.indicator)
        case OtherTerm() | CalendarTerm():
            pass
    return TermView(
        name=term.name,
        label=ctx.inline(term.label),
        words=words,
        kind=_kind(ctx, indicator, term),
        source=source,
        sql=sql,
    )


def _kind(ctx: Context, indicator: Indicator, term: Term) -> str:
    """Return the kind in words, with names for readers in place of ids."""
    if isinstance(term, OtherTerm):
        other = indicator.term(term.term)
        if other is not None:
            term = replace(term, term=Name(ctx.name(other.label), term.term.where))
    elif isinstance(term, IndicatorTerm):
        card = ctx.catalog.indicators.get(term.indicator)
        if card is not None:
            term = replace(term, indicator=Name(ctx.name(card.name), term.indicator.where))
    elif isinstance(term, BalanceTerm) and term.last_per is not None:
        title = column_titles(ctx, term.dataset).get(term.last_per, term.last_per)
        term = replace(term, last_per=Name(title, term.last_per.where))
    return term_kind_words(term, ctx.language)


def column_titles(ctx: Context, name: str) -> dict[str, str]:
    """Return titles of a dataset's columns and (as ``column=value``) of their categories.

    A parent's columns stand as ``customers.tier``.
    """
    dataset = ctx.catalog.datasets.get(name)
    if dataset is None:
        return {}
    titles = dict(_titles(ctx, dataset, ""))
    for key in dataset.foreign_keys:
        parent = ctx.catalog.datasets.get(key.dataset)
        if parent is not None:
            titles |= _titles(ctx, parent, f"{key.dataset}.")
    return titles


def _titles(ctx: Context, dataset: Dataset, prefix: str) -> Iterator[tuple[str, str]]:
    for field in dataset.fields:
        if field.title is not None:
            yield f"{prefix}{field.name}", ctx.name(field.title)
        for value, text in field.categories.items():
            yield f"{prefix}{field.name}={value}", ctx.name(text)


def _dataset_link(ctx: Context, name: str, page: str) -> Link:
    dataset = ctx.catalog.datasets.get(name)
    title = ctx.name(dataset.title) if dataset else name
    if dataset is not None and not dataset.listed:
        return Link(title, Markup())
    return Link(title, links.url(page, links.dataset(name)))


def sources(ctx: Context, indicator: Indicator, page: str) -> tuple[SourceView, ...]:
    """Return the datasets behind the card, with the columns that it uses of each."""
    return tuple(
        _source(ctx, indicator, name, page)
        for name in datasets_of(indicator)
        if name in ctx.catalog.datasets
    )


def _source(ctx: Context, indicator: Indicator, name: str, page: str) -> SourceView:
    dataset = ctx.catalog.datasets[name]
    table = ctx.tables.get(name)
    used = (c for t in data_terms(indicator) if t.dataset == name for c in _columns(ctx, t))
    return SourceView(
        link=_dataset_link(ctx, name, page),
        owner=ctx.department(dataset.owner) if dataset.owner and dataset.listed else "",
        source=ctx.inline(dataset.source) if dataset.listed else Markup(),
        files=_files(dataset, table),
        columns=tuple(dict.fromkeys((*used, *indicator.dimensions))),
        rows=format_count(table.rows, ctx.language) if table else "",
        last=format_date(table.last, ctx.language) if table and table.last else "",
    )


def _files(dataset: Dataset, table: Table | None) -> tuple[str, ...]:
    if not dataset.listed:
        return ()
    return tuple(f.path for f in table.files) if table else tuple(map(str, dataset.paths))


def _columns(ctx: Context, term: DataTerm) -> Iterator[str]:
    """Yield the columns a term reads: in its value, its filter, and for its time."""
    for expression in (term.value, term.where):
        if expression is not None:
            yield from (c.name for c in columns(expression.node))
    match term:
        case StockTerm(since=since, until=until):
            yield from (name for name in (since, until) if name)
        case RowTerm(time=time) | BalanceTerm(time=time):
            own = ctx.catalog.datasets[term.dataset].time
            yield from (name for name in (time or own,) if name)
            if isinstance(term, BalanceTerm) and term.last_per:
                yield term.last_per
