"""The sums behind means, by which cards come apart by members.

Rules: specification.md#contributions. Means over rows about people always have them: by these
sums small cells are kept secret (specification.md#small-cells).
"""

from __future__ import annotations

from collections.abc import Mapping

from kpi_site.apart import base_names, base_of, how_apart, persons_name, persons_of
from kpi_site.catalog import Catalog, Indicator
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
        people, key = dataset.people, dataset.people_key
        if base is not None and (people or needed & {*names}):
            for name, own in zip(names, base, strict=True):
                plans[name] = plan_term(catalog, tables, card, own, schemas)
        if key is not None and not is_average(term):
            own = persons_of(term, key)
            plans[persons_name(term.name)] = plan_term(catalog, tables, card, own, schemas)
    return plans
