"""Where a card's numbers come from: term → dataset → file → columns.

Rules: specification.md#page-order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

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
from kpi_site.problems import Name
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import columns
from kpi_site.story.teller import Ref, Said, Teller, datasets_of
from kpi_site.tables.model import Table
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import term_kind_words


@dataclass(frozen=True, slots=True)
class TermStory:
    """A term of the formula: what it is in words, and the SQL that runs, as it is written."""

    name: str
    label: Said | None
    words: str
    kind: str
    source: Ref | None
    sql: str
    where: str


@dataclass(frozen=True, slots=True)
class SourceStory:
    """A dataset that the card reads: files, the columns used, and how fresh it is."""

    ref: Ref
    source: Said | None
    files: tuple[str, ...]
    columns: tuple[str, ...]
    rows: str
    last: str


def tell_terms(teller: Teller, indicator: Indicator) -> tuple[TermStory, ...]:
    """Return the card's terms in the order in which they are written."""
    return tuple(_term(teller, indicator, term) for term in indicator.terms)


def _term(teller: Teller, indicator: Indicator, term: Term) -> TermStory:
    words = sql = where = ""
    source: Ref | None = None
    match term:
        case RowTerm() | StockTerm() | BalanceTerm():
            source = _dataset_ref(teller, term.dataset)
            words = aggregate_words(
                term.value, column_titles(teller, term.dataset), teller.language, where=term.where
            )
            sql = term.value.code.text
            where = term.where.code.text if term.where is not None else ""
        case IndicatorTerm():
            source = teller.card_ref(term.indicator)
        case OtherTerm() | CalendarTerm():
            pass
    return TermStory(
        name=term.name,
        label=teller.said(term.label),
        words=words,
        kind=_kind(teller, indicator, term),
        source=source,
        sql=sql,
        where=where,
    )


def _kind(teller: Teller, indicator: Indicator, term: Term) -> str:
    """Return the kind in words, with names for readers in place of ids."""
    if isinstance(term, OtherTerm):
        other = indicator.term(term.term)
        if other is not None:
            term = replace(term, term=Name(teller.name(other.label), term.term.where))
    elif isinstance(term, IndicatorTerm):
        card = teller.catalog.indicators.get(term.indicator)
        if card is not None:
            term = replace(term, indicator=Name(teller.name(card.name), term.indicator.where))
    elif isinstance(term, BalanceTerm) and term.last_per is not None:
        title = column_titles(teller, term.dataset).get(term.last_per, term.last_per)
        term = replace(term, last_per=Name(title, term.last_per.where))
    return term_kind_words(term, teller.language)


def column_titles(teller: Teller, name: str) -> dict[str, str]:
    """Return titles of a dataset's columns and (as ``column=value``) of their categories.

    A parent's columns stand as ``customers.tier``.
    """
    dataset = teller.catalog.datasets.get(name)
    if dataset is None:
        return {}
    titles = dict(_titles(teller, dataset, ""))
    for key in dataset.foreign_keys:
        parent = teller.catalog.datasets.get(key.dataset)
        if parent is not None:
            titles |= _titles(teller, parent, f"{key.dataset}.")
    return titles


def _titles(teller: Teller, dataset: Dataset, prefix: str) -> Iterator[tuple[str, str]]:
    for field in dataset.fields:
        if field.title is not None:
            yield f"{prefix}{field.name}", teller.name(field.title)
        for value, text in field.categories.items():
            yield f"{prefix}{field.name}={value}", teller.name(text)


def _dataset_ref(teller: Teller, name: str) -> Ref:
    dataset = teller.catalog.datasets.get(name)
    title = teller.name(dataset.title) if dataset else name
    return Ref("dataset", str(name), title, dataset is None or dataset.listed)


def tell_sources(teller: Teller, indicator: Indicator) -> tuple[SourceStory, ...]:
    """Return the datasets behind the card, with the columns that it uses of each."""
    return tuple(
        _source(teller, indicator, name)
        for name in datasets_of(indicator)
        if name in teller.catalog.datasets
    )


def _source(teller: Teller, indicator: Indicator, name: str) -> SourceStory:
    dataset = teller.catalog.datasets[name]
    table = teller.tables.get(name)
    used = (c for t in data_terms(indicator) if t.dataset == name for c in _columns(teller, t))
    return SourceStory(
        ref=_dataset_ref(teller, name),
        source=teller.said(dataset.source) if dataset.listed else None,
        files=_files(dataset, table),
        columns=tuple(dict.fromkeys((*used, *indicator.dimensions))),
        rows=format_count(table.rows, teller.language) if table and table.told else "",
        last=format_date(table.last, teller.language) if table and table.last else "",
    )


def _files(dataset: Dataset, table: Table | None) -> tuple[str, ...]:
    if not dataset.listed:
        return ()
    if dataset.database_name is not None:
        return (dataset.database_name,)
    return tuple(f.path for f in table.files) if table else tuple(map(str, dataset.paths))


def _columns(teller: Teller, term: DataTerm) -> Iterator[str]:
    """Yield the columns a term reads: in its value, its filter, and for its time."""
    for expression in (term.value, term.where):
        if expression is not None:
            yield from (c.name for c in columns(expression.node))
    match term:
        case StockTerm(since=since, until=until):
            yield from (name for name in (since, until) if name)
        case RowTerm(time=time) | BalanceTerm(time=time):
            own = teller.catalog.datasets[term.dataset].time
            yield from (name for name in (time or own,) if name)
            if isinstance(term, BalanceTerm) and term.last_per:
                yield term.last_per
