"""Downloads: every published result as tidy tables, every card as data.

Rules: specification.md#outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kpi_site import tidy
from kpi_site.catalog import Catalog
from kpi_site.computed import Computed
from kpi_site.downloads.cards import indicators_json, latest_json
from kpi_site.downloads.contributions import contributions_csv
from kpi_site.downloads.keys import names_csv, periods_csv, periods_of, scorecards_csv
from kpi_site.downloads.package import Resource, datapackage_json
from kpi_site.downloads.scores import kept_name, scores_csv
from kpi_site.downloads.signals import in_order, signals_csv
from kpi_site.downloads.spreadsheet import harmless
from kpi_site.files import File
from kpi_site.kept import Keeping
from kpi_site.results import IndicatorResults
from kpi_site.signals import basis_of, behaviours
from kpi_site.tidy import COLUMNS


def files(
    computed: Computed, keeping: Keeping | None = None, revisions: bytes | None = None
) -> Iterator[File]:
    """Yield everything below ``data/``; the same bytes for every language.

    ``revisions`` are the rows of ``data/revisions.csv``, where reports were published.

    Results of cards that are not in the catalog (another audience's) are left out. CSV is
    UTF-8 with line feeds and RFC 4180 quoting. A member's text stays exactly as it is in the
    data, also where a spreadsheet might take it for a formula (``=``, ``+``, ``-``, ``@``):
    these files are data, and prefixes would make them wrong. With ``keeping``, the rows of
    unchanged cards are taken from the last build. What people click on is another copy, below
    ``data/spreadsheet/``, in which no text can run as a formula.
    """
    catalog, results = computed.catalog, computed.results
    shown = [results[i] for i in sorted(catalog.indicators) if i in results]
    rows = {found.indicator: _rows(catalog, found, keeping) for found in shown}
    if keeping:
        of_all = (*map(kept_name, catalog.scorecards), *map(_parquet_name, _AS_PARQUET))
        keeping.keep_only((*rows, *of_all))
    written = [one for name in COLUMNS for one in _tables(catalog, name, rows, keeping)]
    if catalog.scorecards:
        scored = scores_csv(catalog, computed.scores, keeping)
        written.append(Resource("scores", "csv", scored))
        yield File(spreadsheet_path("scores"), harmless(scored))
        written.append(Resource("scorecards", "csv", scorecards_csv(catalog)))
    of_cards = (own["periods"] for own in rows.values())
    written.append(Resource("periods", "csv", periods_csv(computed, of_cards)))
    written.append(Resource("names", "csv", names_csv(catalog)))
    if revisions is not None:
        written.append(Resource("revisions", "csv", revisions))
    for resource in written:
        yield File(f"data/{resource.path}", resource.content)
    for indicator, own in rows.items():
        if _without_head(own["values"]):
            yield File(f"data/indicators/{indicator}.csv", own["values"])
            yield File(spreadsheet_path(f"indicators/{indicator}"), own["spreadsheet"])
    if revisions is not None:
        yield File(spreadsheet_path("revisions"), harmless(revisions))
    latest = {indicator: own["latest"] for indicator, own in rows.items()}
    cards = File("data/indicators.json", indicators_json(computed, latest))
    yield cards
    package = datapackage_json(catalog, computed.tables, written, cards.data)
    yield File("data/datapackage.json", package)


_MB: Final = 1_000_000
_AS_PARQUET: Final = ("values", "terms")


def spreadsheet_path(name: str) -> str:
    """Return where the copy of a table for spreadsheets stands."""
    return f"data/spreadsheet/{name}.csv"


def _rows(catalog: Catalog, found: IndicatorResults, keeping: Keeping | None) -> dict[str, bytes]:
    """Return one card's rows of each table that it has, as CSV with their head."""
    card = catalog.indicators[found.indicator]
    terms = tuple(str(term.name) for term in card.terms)

    def make() -> Iterator[File]:
        values = tidy.to_csv(tidy.values(found, card.unit.code))
        yield File("values", values)
        yield File("spreadsheet", harmless(values))
        yield File("periods", periods_of(found))
        yield File("latest", latest_json(card, found))
        yield File("terms", tidy.to_csv(tidy.terms(found, terms)))
        yield File("signals", signals_csv(in_order(behaviours(card, catalog.indicators, found))))
        yield File("contributions", contributions_csv(catalog.site.calendar, card, found))
        if found.running is not None:
            yield File("running", tidy.to_csv(tidy.running(found, card.unit.code)))

    told_by = (basis_of(card, catalog.indicators), card.direction, card.centre, card.changes)
    made_from = (found, card.unit.code, terms, told_by)
    made = keeping.files(found.indicator, make, *made_from) if keeping else make()
    return {file.path: file.data for file in made}


def _tables(
    catalog: Catalog,
    name: str,
    rows: Mapping[str, Mapping[str, bytes]],
    keeping: Keeping | None,
) -> Iterator[Resource]:
    """Yield a table of all cards: in one CSV, or in one a department where it is too large."""
    own = {card: tables for card, tables in rows.items() if name in tables}
    if name == "running" and not own:
        return
    whole = _together(name, own.values())
    if len(whole) <= catalog.site.csv_limit * _MB:
        yield Resource(name, "csv", whole)
    else:
        by_department: dict[str, list[Mapping[str, bytes]]] = {}
        for card, tables in own.items():
            by_department.setdefault(catalog.indicators[card].department, []).append(tables)
        for department, cards in sorted(by_department.items()):
            yield Resource(name, "csv", _together(name, cards), department)
    if name in _AS_PARQUET:
        yield Resource(name, "parquet", _parquet(name, whole, keeping))


def _parquet(name: str, table: bytes, keeping: Keeping | None) -> bytes:
    def make() -> Iterator[File]:
        yield File(name, tidy.to_parquet(table, COLUMNS[name]))

    made = keeping.files(_parquet_name(name), make, table) if keeping else make()
    return b"".join(file.data for file in made)


def _parquet_name(table: str) -> str:
    """Return the name under which a table of all cards is kept: no card has such an id."""
    return f"{table}.parquet"


def _together(name: str, cards: Iterable[Mapping[str, bytes]]) -> bytes:
    """Return the rows of all cards under one head."""
    head = ",".join(COLUMNS[name]).encode() + b"\n"
    return head + b"".join(_without_head(own[name]) for own in cards if name in own)


def _without_head(table: bytes) -> bytes:
    return table.partition(b"\n")[2]


__all__ = ["files", "harmless", "spreadsheet_path"]
