"""Downloads: every published result as tidy tables, every card as data (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from kpi_site.catalog import Catalog
from kpi_site.downloads import tidy
from kpi_site.downloads.cards import indicators_json
from kpi_site.downloads.package import Resource, datapackage_json
from kpi_site.files import File
from kpi_site.results import Results
from kpi_site.scoring import ScoredCard
from kpi_site.tables.model import Table


def files(
    catalog: Catalog,
    tables: Mapping[str, Table],
    results: Results,
    scores: Mapping[str, tuple[ScoredCard, ...]],
) -> Iterator[File]:
    """Yield everything below ``data/``; the same bytes for every language.

    Results of cards that are not in ``catalog`` (another audience's) are left out. CSV is
    UTF-8 with line feeds and RFC 4180 quoting. A member's text stays exactly as it is in the
    data, also where a spreadsheet might take it for a formula (``=``, ``+``, ``-``, ``@``):
    these files are data, and prefixes would make them wrong.
    """
    shown = {i: results[i] for i in sorted(catalog.indicators) if i in results}
    values = tidy.values(catalog, shown)
    written = [
        Resource("values", "csv", tidy.to_csv(values)),
        Resource("values", "parquet", tidy.to_parquet(values)),
        Resource("terms", "csv", tidy.to_csv(tidy.terms(catalog, shown))),
    ]
    if any(r.running for r in shown.values()):
        written.append(Resource("running", "csv", tidy.to_csv(tidy.running(catalog, shown))))
    for resource in written:
        yield File(f"data/{resource.name}.{resource.format}", resource.content)
    yield from _one_each(values)
    yield File("data/indicators.json", indicators_json(catalog, tables, results, scores))
    yield File("data/datapackage.json", datapackage_json(catalog, tables, written))


def _one_each(values: pl.DataFrame) -> Iterator[File]:
    """Yield each card's own rows of ``values.csv``."""
    for part in values.partition_by("indicator", maintain_order=True):
        yield File(f"data/indicators/{part['indicator'][0]}.csv", tidy.to_csv(part))


__all__ = ["files"]
