"""The sums behind means, by which cards come apart by members.

Rules: specification.md#contributions. Means over rows about people always have them: by these
sums small cells are kept secret, and by what else a term tells (specification.md#small-cells).
"""

from __future__ import annotations

from collections.abc import Mapping

from kpi_site.apart import (
    answers_of,
    base_names,
    base_of,
    how_apart,
    inside,
    near,
    persons_name,
    persons_of,
)
from kpi_site.catalog import Catalog, DataTerm, Indicator
from kpi_site.compute.averages import is_average
from kpi_site.compute.plan import TermPlan, plan_term
from kpi_site.engine.cube import Schema
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import columns
from kpi_site.tables.model import Table


def plan_bases(
    catalog: Catalog,
    tables: Mapping[str, Table],
    card: Indicator,
    schemas: Mapping[str, Schema],
) -> dict[str, TermPlan]:
    """Plan the two sums of each mean that is needed in parts, and the persons, by name.

    Those are the means through which ``card`` comes apart by members, and all of people. Persons
    are counted where a person may have several rows.
    """
    apart = how_apart(card, catalog.indicators) if card.dimensions else None
    nodes = () if apart is None or apart.bottom is None else (apart.top, apart.bottom)
    needed = {column.name for node in nodes for column in columns(node)}
    plans: dict[str, TermPlan] = {}
    for term in data_terms(card):
        names, base = base_names(term.name), base_of(term)
        dataset = catalog.datasets[term.dataset]
        wanted: dict[str, DataTerm] = {}
        if base is not None and (dataset.people or needed & {*names}):
            wanted |= zip(names, base, strict=True)
        if dataset.people:
            wanted |= _of_people(term, schemas[dataset.id], dataset.people_key)
        for name, own in wanted.items():
            plans[name] = plan_term(catalog, tables, card, own, schemas)
    return plans


def _of_people(term: DataTerm, schema: Schema, key: str | None) -> dict[str, DataTerm]:
    """Return by name what keeps the persons in the rows of ``term`` secret."""
    answers = answers_of(term)
    found = dict([answers]) if answers is not None else {}
    if key is not None and not is_average(term):
        found[persons_name(term.name)] = persons_of(term, key)
    return found | inside(term) | near(term, schema)
