"""Datasets and cards as a semantic model of Apache Ossie (draft 0.2), for other programs.

A card becomes a metric where standard SQL says what it computes; all that it says besides stands
in the metric's ``custom_extensions``, and the other cards in those of the model, as in
``indicators.json``. Rules: specification.md#semantics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpi_site.as_data.ansi import quoted, standard_sql, with_condition
from kpi_site.as_data.cards import card_json
from kpi_site.as_data.values import kept, to_json
from kpi_site.catalog import CardTexts, Catalog, Dataset, ForeignKey, Indicator, RowTerm, Term, Text

VERSION: Final = "0.2.0.dev0"
VENDOR: Final = "KPI_SITE"
_TYPES: Final = {
    "string": "String",
    "integer": "Integer",
    "number": "Decimal",
    "boolean": "Boolean",
    "date": "Date",
    "datetime": "DateTime",
}


def semantic_model(catalog: Catalog, language: str) -> dict[str, Any]:
    """Return the model of ``catalog``, its texts in ``language``, in the order of the files."""
    site = catalog.site
    own = {d.id: d for d in catalog.datasets.values() if d.id not in {site.periods, site.holidays}}
    said = {c.id: metric_sql(catalog, c) for c in catalog.indicators.values()}
    rest = [
        card_json(card, catalog.texts[key])
        for key, card in catalog.indicators.items()
        if said[card.id] is None
    ]
    return kept(
        {
            "version": VERSION,
            "name": "kpi",
            "description": site.organisation.get(language),
            "datasets": [_dataset(catalog, d, language) for d in own.values()],
            "relationships": [r for d in own.values() for r in _relationships(d, own)],
            "metrics": [
                _metric(catalog.indicators[name], catalog.texts[name], sql, language)
                for name, sql in said.items()
                if sql is not None
            ],
            "custom_extensions": [_extension({"currency": site.currency, "indicators": rest})],
        }
    )


def metric_sql(catalog: Catalog, card: Indicator) -> str | None:
    """Return what ``card`` computes now as standard SQL; None where that cannot say it."""
    if card.versions:
        last = card.versions[-1].start
        card = card if last is None else card.on(last.last)
    given: dict[str, str] = {}
    for term in card.terms:
        sql = _term_sql(catalog, term)
        if sql is not None:
            given[str(term.name)] = sql
    return standard_sql(card.formula.node, given.get)


def _term_sql(catalog: Catalog, term: Term) -> str | None:
    """Return the aggregate of the rows of a period; other kinds of terms are not said."""
    if not isinstance(term, RowTerm) or term.window is not None or term.to_date is not None:
        return None
    dataset = catalog.datasets.get(term.dataset)
    if dataset is None or dataset.time is None or term.time not in {None, dataset.time}:
        return None
    names, times = columns_of(catalog, dataset)
    where = None if term.where is None else term.where.node
    return standard_sql(with_condition(term.value.node, where), names.get, times)


def columns_of(catalog: Catalog, dataset: Dataset) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return how the columns of ``dataset`` are written, and which of them are days or moments.

    Derived ones are written where standard SQL says them, those of parents with the parent's
    name; not of parents whose rows hold for a time, which a relationship cannot say.
    """
    names = {str(f.name): f"{dataset.id}.{quoted(f.name)}" for f in dataset.fields}
    times = {str(f.name) for f in dataset.fields if f.type in {"date", "datetime"}}
    for key in dataset.foreign_keys:
        parent = catalog.datasets.get(key.dataset)
        if parent is None or key.valid is not None:
            continue
        for field in parent.fields:
            name = f"{parent.id}.{field.name}"
            names[name] = f"{parent.id}.{quoted(field.name)}"
            times |= {name} if field.type in {"date", "datetime"} else set()
    known = frozenset(times)
    for column in dataset.derived:
        if standard_sql(column.value.node, names.get, known) is not None:
            names[str(column.name)] = f"{dataset.id}.{quoted(column.name)}"
    return names, known


def _dataset(catalog: Catalog, dataset: Dataset, language: str) -> dict[str, Any]:
    names, times = columns_of(catalog, dataset)
    fields = [
        kept(
            {
                "name": str(field.name),
                "expression": _expression(quoted(field.name)),
                "dimension": {"is_time": True} if field.name == dataset.time else None,
                "label": _said(field.title, language),
                "description": _said(field.description, language),
                "datatype": _TYPES[field.type],
            }
        )
        for field in dataset.fields
    ]
    for column in dataset.derived:
        sql = standard_sql(column.value.node, names.get, times)
        if sql is not None and str(column.name) in names:
            fields.append({"name": str(column.name), "expression": _expression(sql)})
    source = dataset.database_name or ", ".join(map(str, dataset.paths))
    return kept(
        {
            "name": str(dataset.id),
            "source": source,
            "primary_key": [str(name) for name in dataset.primary_key],
            "description": _said(dataset.description or dataset.title, language),
            "fields": fields,
        }
    )


def _relationships(dataset: Dataset, known: Mapping[Any, Dataset]) -> Iterator[dict[str, Any]]:
    for number, key in enumerate(k for k in dataset.foreign_keys if _is_plain(k, known)):
        yield {
            "name": f"{dataset.id}_{key.dataset}" + (f"_{number + 1}" if number else ""),
            "from": str(dataset.id),
            "to": str(key.dataset),
            "from_columns": [str(name) for name in key.fields],
            "to_columns": [str(name) for name in key.reference],
        }


def _is_plain(key: ForeignKey, known: Mapping[Any, Dataset]) -> bool:
    return key.valid is None and key.dataset in known


def _metric(card: Indicator, texts: CardTexts, sql: str, language: str) -> dict[str, Any]:
    other = "en" if language == "zh" else "zh"
    names = (card.name.get(language), card.name.get(other), *texts.aliases)
    return kept(
        {
            "name": str(card.id),
            "expression": _expression(sql),
            "description": texts.definition.get(language),
            "datatype": "Decimal",
            "ai_context": {"synonyms": list(dict.fromkeys(names))},
            "custom_extensions": [_extension(card_json(card, texts))],
        }
    )


def _expression(sql: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": sql}]}


def _extension(data: Mapping[str, Any]) -> dict[str, str]:
    return {"vendor_name": VENDOR, "data": to_json(data)}


def _said(text: Text | None, language: str) -> str | None:
    return None if text is None else text.get(language)
