"""What columns a term may use, and what a dimension's name means in a dataset.

Rules: specification.md#dimensions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpi_site.catalog import (
    BalanceTerm,
    CalendarTerm,
    Catalog,
    Dataset,
    DataTerm,
    Field,
    Indicator,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)
from kpi_site.problems import Name
from kpi_site.sql.nodes import columns
from kpi_site.sql.types import SqlType, field_type, infer


def own_columns(dataset: Dataset) -> dict[str, SqlType]:
    """Return the types of the declared columns and, after them, of the derived ones.

    A derived column may use those before it, and columns that parents declare; one whose type
    cannot be told is left out.
    """
    schema = {str(field.name): field_type(field) for field in dataset.fields}
    above = brought_columns(dataset)
    for column in dataset.derived:
        found, _ = infer(column.value, schema | above)
        if found is not None:
            schema.setdefault(str(column.name), found)
    return schema


def brought_columns(dataset: Dataset) -> dict[str, SqlType]:
    """Return the types of the parents' columns that derived columns use, by ``parent.column``."""
    return {str(field.name): field_type(field) for field in dataset.brought}


def parents_used(dataset: Dataset) -> tuple[str, ...]:
    """Return the ids of the parents whose columns derived columns use."""
    return tuple(dict.fromkeys(field.name.partition(".")[0] for field in dataset.brought))


def with_brought(datasets: Mapping[str, Dataset], dataset: Dataset) -> Dataset:
    """Return ``dataset`` with the parents' declared columns that its derived columns name."""
    named = dict.fromkeys(c.name for d in dataset.derived for c in columns(d.value.node))
    leading = Counter(str(key.dataset) for key in dataset.foreign_keys)
    found = []
    for name in named:
        parent, dot, column = name.partition(".")
        above = datasets.get(parent) if dot and leading[parent] == 1 else None
        field = above.field(column) if above is not None else None
        if field is not None:
            found.append(replace(field, name=Name(name, field.name.where)))
    return replace(dataset, brought=tuple(found)) if found else dataset


def columns_of(catalog: Catalog, dataset_id: str) -> Mapping[str, SqlType]:
    """Return all that a term over ``dataset_id`` may name: its own and its parents' columns.

    A parent's column is called ``parent.column``. Where two foreign keys lead to the same
    parent, that name would be ambiguous, and is not offered. Raises ``KeyError`` for an
    unknown dataset.
    """
    dataset = catalog.datasets[dataset_id]
    schema = own_columns(dataset)
    for parent in parents(catalog, dataset):
        for name, type_ in own_columns(parent).items():
            schema.setdefault(f"{parent.id}.{name}", type_)
    return schema


def parents(catalog: Catalog, dataset: Dataset) -> Iterator[Dataset]:
    """Yield the datasets to which exactly one foreign key of ``dataset`` leads."""
    counts = Counter(str(key.dataset) for key in dataset.foreign_keys)
    for name, count in counts.items():
        if count == 1 and name in catalog.datasets:
            yield catalog.datasets[name]


def resolve_dimension(catalog: Catalog, dataset: Dataset, name: str) -> str | None:
    """Return the column of ``dataset`` (see `columns_of`) that the dimension ``name`` means.

    That is, in this order: its own column of that name; for ``parent.column`` the parent's, or
    its own where ``dataset`` is that parent; the column of exactly one parent that has it.
    None where there is no such column, or more than one.
    """
    if name in dataset.column_names:
        return name
    head, dot, tail = name.rpartition(".")
    if dot and head == dataset.id and tail in dataset.column_names:
        return tail
    found = [
        f"{parent.id}.{column}"
        for parent in parents(catalog, dataset)
        for column in parent.column_names
        if name in {column, f"{parent.id}.{column}"}
    ]
    return found[0] if len(found) == 1 else None


def breaks_down(catalog: Catalog, indicator: Indicator, term: Term, dimension: str) -> bool:
    """Tell whether ``term`` of ``indicator`` has values for the members of ``dimension``.

    Its dataset has such a column, or its card such a dimension; an ``overall`` term has the
    whole's value for every member. What the formula needs must break down; what it does not
    need (an overall term's base, an unused term) may lack the dimension, and has no values
    there. The circles of ``term:`` are to be ruled out before.
    """
    match term:
        case OtherTerm():
            base = indicator.term(term.term)
            if term.overall or base is None:
                return term.overall
            return breaks_down(catalog, indicator, base, dimension)
        case CalendarTerm():
            return True  # every member has the same days
        case IndicatorTerm():
            return dimension in catalog.indicators[term.indicator].dimensions
        case _:
            dataset = catalog.datasets[term.dataset]
            return resolve_dimension(catalog, dataset, dimension) is not None


def data_terms(indicator: Indicator) -> tuple[DataTerm, ...]:
    """Return the terms that read a dataset."""
    return tuple(t for t in indicator.terms if isinstance(t, RowTerm | StockTerm | BalanceTerm))


def dimension_field(catalog: Catalog, indicator: Indicator, dimension: str) -> Field | None:
    """Return the declared column behind a dimension, also through a foreign key."""
    parent, _, column = dimension.rpartition(".")
    places = [(parent, column)] if parent else []
    for term in data_terms(indicator):
        dataset = catalog.datasets[term.dataset]
        found = resolve_dimension(catalog, dataset, dimension) or ""
        above, _, below = found.rpartition(".")
        places.append((dataset.id, found) if found in dataset.column_names else (above, below))
    for name, own in places:
        holder = catalog.datasets.get(name)
        field = holder.field(own) if holder else None
        if field is not None:
            return field
    return None
