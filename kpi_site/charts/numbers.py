"""The numbers of a chart as CSV, for readers who take it away.

Rules: specification.md#pictures.

Numbers stand with all digits that are published, and unscaled, as in the data files; heads
and names are in the page's language. No text can run as a formula in a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi_site.catalog import Indicator, Measure
from kpi_site.charts.points import STANDARDS
from kpi_site.downloads.spreadsheet import marked_as_text
from kpi_site.results import Result, State, Told
from kpi_site.tidy import plain, rows_csv
from kpi_site.wording.numbers import unit_label
from kpi_site.wording.words import aside, state_words
from kpi_site.words import word


@dataclass(frozen=True, slots=True)
class Column:
    """A head and its cells; one without any is left out, unless it is ``needed``."""

    head: str
    cells: Sequence[str | None]
    needed: bool = False


def csv_of(columns: Iterable[Column]) -> str:
    """Return ``columns`` as the text of a CSV file, without a byte order mark."""
    kept = [c for c in columns if c.needed or any(c.cells)]
    rows = zip(*(c.cells for c in kept), strict=True)
    return rows_csv([[marked_as_text(c.head) for c in kept], *rows]).decode()


def text_column(head: str, found: Iterable[str]) -> Column:
    """Return a column of texts that come from data."""
    return Column(head, [marked_as_text(name) for name in found], needed=True)


def decimals(head: str, values: Iterable[Decimal | None], *, needed: bool = False) -> Column:
    """Return a column of numbers with all of their digits."""
    return Column(head, [plain(v) for v in values], needed)


def value_head(name: str, measure: Measure, language: str) -> str:
    """Return a name with the unit in which its values are stored; a share has none."""
    unit = unit_label(replace(measure, scale={}), language)
    return name + aside(unit, language) if unit and measure.kind != "percent" else name


def period_column(results: Sequence[Result], language: str) -> Column:
    """Return the labels of the periods of ``results``."""
    return Column(word("Period", language), [r.period.label for r in results], needed=True)


def result_columns(
    results: Sequence[Result], indicator: Indicator, language: str
) -> Iterator[Column]:
    """Yield the values of ``results``, what state they are in, and the thresholds in force.

    Thresholds stand as the card has them: around a centre, as the distance from it.
    """
    head = value_head(indicator.name.get(language), indicator.unit, language)
    yield decimals(head, [r.value for r in results], needed=True)
    yield state_column([r.told for r in results], language)
    for standard in STANDARDS:
        found = [getattr(r.threshold, standard, None) for r in results]
        around = aside("±", language) if indicator.direction == "within" else ""
        yield decimals(word(standard.capitalize(), language) + around, found)


def state_column(states: Iterable[Told], language: str) -> Column:
    """Return the words of states; a value that is final has none."""
    told = [None if s is State.OK else state_words(s, language) for s in states]
    return Column(word("state", language), told)
