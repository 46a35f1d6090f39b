"""What the keys of the other tables stand for: the days of periods, names, lines of scorecards.

Rules: specification.md#periods-csv, specification.md#names-csv, specification.md#scorecards-csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpi_site.catalog import Catalog, Group, Indicator, Line, Scorecard, Text
from kpi_site.computed import Computed
from kpi_site.periods import Grain, Period
from kpi_site.results import IndicatorResults
from kpi_site.schema import dimension_field
from kpi_site.tidy import NAMES, PERIODS, SCORECARDS, plain, rows_csv
from kpi_site.wording.dates import format_period

_Row = Sequence[object]


def periods_csv(computed: Computed, of_cards: Iterable[bytes]) -> bytes:
    """Return every period that has a result, a total or a report: the shortest first.

    ``of_cards`` are the rows of the periods in which cards have results, by `periods_of`.
    """
    rows = {row for own in of_cards for row in own.splitlines()}
    rows.update(rows_csv(map(_period, set(_reported(computed)))).splitlines())
    return rows_csv((PERIODS,)) + b"".join(row + b"\n" for row in sorted(rows, key=_in_order))


def periods_of(results: IndicatorResults) -> bytes:
    """Return a row for each period in which a card has a result."""
    return rows_csv(_period(r.period) for own in results.wholes() for r in own.results)


def _in_order(row: bytes) -> tuple[int, bytes]:
    grain, _, first, _ = row.split(b",", 3)
    return Grain(grain.decode()).rank, first


def _reported(computed: Computed) -> Iterator[Period]:
    for name in computed.catalog.scorecards:
        scored = computed.scores.get(name)
        yield from scored.periods if scored is not None else ()
    yield from (report.period for report in computed.catalog.reports.values())


def _period(period: Period) -> _Row:
    names = (format_period(period, language) for language in ("zh", "en"))
    return period.grain.value, period.label, period.first, period.last, *names


def names_csv(catalog: Catalog) -> bytes:
    """Return what ids, terms, dimensions and members are called for readers."""
    return rows_csv((NAMES, *_names(catalog)))


def _names(catalog: Catalog) -> Iterator[_Row]:
    site = catalog.site
    for kind, units in (("department", site.departments), ("perspective", site.perspectives)):
        for unit in units:
            yield _name(kind, unit.id, unit.name)
    for name, dataset in sorted(catalog.datasets.items()):
        if dataset.listed:
            yield _name("dataset", name, dataset.title)
    for name, scorecard in sorted(catalog.scorecards.items()):
        yield _name("scorecard", name, scorecard.title)
    for name, indicator in sorted(catalog.indicators.items()):
        yield _name("indicator", name, indicator.name)
        yield from _parts(catalog, name, indicator)


def _parts(catalog: Catalog, name: str, indicator: Indicator) -> Iterator[_Row]:
    for term in indicator.terms:
        yield _name("term", term.name, term.label, name)
    for dimension in map(str, indicator.dimensions):
        field = dimension_field(catalog, indicator, dimension)
        title = field.title if field and field.title else Text(plain=dimension)
        yield _name("dimension", dimension, title, name, dimension)
        for member, text in (field.categories if field else {}).items():
            yield _name("member", member, text, name, dimension)


def _name(kind: str, key: str, name: Text, indicator: str = "", dimension: str = "") -> _Row:
    return kind, indicator, dimension, key, name.get("zh"), name.get("en")


def scorecards_csv(catalog: Catalog) -> bytes:
    """Return every line of every scorecard as it is declared, in the order of the scorecard."""
    return rows_csv((SCORECARDS, *_all_lines(catalog)))


def _all_lines(catalog: Catalog) -> Iterator[_Row]:
    for name, card in sorted(catalog.scorecards.items()):
        for at, (line, above) in enumerate(_lines(card.lines, ()), start=1):
            if line.indicator in catalog.indicators:
                yield _line(catalog, name, card, at, line, above)


def _lines(
    items: Sequence[Line | Group], above: tuple[Text, ...]
) -> Iterator[tuple[Line, tuple[Text, ...]]]:
    for item in items:
        if isinstance(item, Line):
            yield item, above
        else:
            yield from _lines(item.lines, (*above, item.title))


def _line(
    catalog: Catalog, name: str, card: Scorecard, at: int, line: Line, above: tuple[Text, ...]
) -> _Row:
    title = line.title or catalog.indicators[line.indicator].name
    groups = (" / ".join(text.get(language) for text in above) for language in ("zh", "en"))
    of = (line.of.dimension, line.of.member) if line.of else ("", "")
    return (
        name, card.cycle.value, at, line.no or "", *groups, line.indicator,
        title.get("zh"), title.get("en"), *of, line.kind, plain(line.weight),
        (line.cycle or card.cycle).value, line.start or "", line.until or "",
    )  # fmt: skip
