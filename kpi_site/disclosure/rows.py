"""Where the rows of a dataset would tell how many persons stand behind a hidden figure.

Rules: specification.md#small-cells.
"""

from __future__ import annotations

from kpi_site.catalog import Catalog, Dataset
from kpi_site.disclosure.protection import rule_of
from kpi_site.results import Results, State
from kpi_site.schema import data_terms
from kpi_site.tables.model import Table


def tells_files(catalog: Catalog, table: Table) -> bool:
    """Tell whether readers may see the rows of each file: of people not, where there are several.

    A file often holds a month.
    """
    return not table.dataset.people or rule_of(catalog) is None or len(table.files) < 2


def tells_periods(catalog: Catalog, results: Results, dataset: Dataset) -> bool:
    """Tell whether readers may see the rows of a period: no figure of the whole is hidden."""
    if not dataset.people or rule_of(catalog) is None:
        return True
    wholes = (
        series
        for name, card in catalog.indicators.items()
        if name in results and any(t.dataset == dataset.id for t in data_terms(card))
        for series in results[name].wholes()
    )
    return not any(r.state is State.SUPPRESSED for series in wholes for r in series.results)
