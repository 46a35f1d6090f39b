"""Where the rows of a dataset would tell how many persons stand behind a hidden figure.

Rules: specification.md#small-cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kpi_site.catalog import Catalog
from kpi_site.disclosure.protection import rule_of
from kpi_site.results import Results, State
from kpi_site.schema import data_terms
from kpi_site.tables.model import Table


def told_of(catalog: Catalog, tables: Mapping[str, Table], results: Results) -> Mapping[str, Table]:
    """Return ``tables``, of which those are not ``told`` whose rows would tell a hidden figure.

    Rows of people are not where a figure of the whole is hidden: the rows of all periods, without
    those that are published, are its own. ``results`` are the widest audience's, as it may see
    them.
    """
    if rule_of(catalog) is None:
        return tables
    secret = {
        str(term.dataset)
        for name, card in catalog.indicators.items()
        if name in results and _hides_a_whole(results, name)
        for term in data_terms(card)
        if catalog.datasets[term.dataset].people
    }
    return {n: replace(t, told=False) if n in secret else t for n, t in tables.items()}


def _hides_a_whole(results: Results, name: str) -> bool:
    wholes = results[name].wholes()
    return any(r.state is State.SUPPRESSED for series in wholes for r in series.results)


def tells_files(catalog: Catalog, table: Table) -> bool:
    """Tell whether readers may see how large each file is: of people not, if there are several.

    A file often holds a month.
    """
    secret = table.dataset.people and rule_of(catalog) is not None
    return table.told and not (secret and len(table.files) > 1)
