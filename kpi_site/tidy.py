"""Results as tidy tables: one row for one number (specification.md#values-csv).

Numbers stand as exact decimal text until they are written: CSV keeps every digit, Parquet
gets doubles. Rows are ordered by indicator, grain (shortest first), dimension, member (by
code point) and period.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal

import polars as pl

from kpi_site.results import Cell, IndicatorResults, Result, Series

INTERFACE = 1
"""Version of the files below ``data/``: raised when a column or key is renamed, dropped or
means something else; new ones at the end do not raise it (handbook, *Outputs for programs*)."""

NUMBERS = ("value", "points", "baseline", "target", "challenge")
VALUES = (
    "indicator", "grain", "period", "dimension", "member", "value", "state", "n",
    "points", "baseline", "target", "challenge", "unit",
)  # fmt: skip
TERMS = ("indicator", "term", "grain", "period", "dimension", "member", "value", "n")
REVISIONS = (
    "report", "edition", "revised_in", "indicator", "measure", "period", "dimension", "member",
    "old", "new", "difference", "old_state", "new_state", "unit",
    "first_seen", "type", "reason_zh", "reason_en",
)  # fmt: skip
RUNNING = ("indicator", "period", "value", "state", "n", "unit")
SCORES = (
    "scorecard", "period", "member", "no", "indicator", "kind", "weight", "value", "points",
    "counted", "contribution", "state", "grade",
)  # fmt: skip
SIGNALS = (
    "indicator", "period", "dimension", "member", "value", "mean", "lower", "upper",
    "signal", "rule", "variation", "assurance",
)  # fmt: skip
CONTRIBUTIONS = (
    "indicator", "period", "against", "kind", "dimension", "member_or_term", "contribution",
)  # fmt: skip
PERIODS = ("grain", "period", "first", "last", "name_zh", "name_en")
NAMES = ("kind", "indicator", "dimension", "id", "name_zh", "name_en")
SCORECARDS = (
    "scorecard", "cycle", "line", "no", "group_zh", "group_en", "indicator", "name_zh", "name_en",
    "dimension", "member", "kind", "weight", "line_cycle", "from", "until",
)  # fmt: skip
COLUMNS = {
    "values": VALUES,
    "terms": TERMS,
    "signals": SIGNALS,
    "contributions": CONTRIBUTIONS,
    "running": RUNNING,
}

_Columns = dict[str, list[str | int | None]]


def plain(number: Decimal | None) -> str | None:
    """Return all digits of ``number`` without exponent or needless zeros; never ``-0``."""
    if number is None:
        return None
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def values(found: IndicatorResults, unit: str) -> pl.DataFrame:
    """Return every result of a card in order, numbers as text (columns ``VALUES``)."""
    columns: _Columns = {name: [] for name in VALUES}
    for series in in_order(found):
        _repeat(columns, series, indicator=found.indicator, unit=unit)
        _results(columns, series.results)
        _thresholds(columns, series.results)
    return _frame(columns)


def terms(found: IndicatorResults, names: Sequence[str]) -> pl.DataFrame:
    """Return the values of the terms ``names`` behind a card's results (columns ``TERMS``).

    A term without the breakdown of a series has no rows there.
    """
    columns: _Columns = {name: [] for name in TERMS}
    for series in in_order(found):
        for name in names:
            cells = series.terms.get(name)
            if cells is None:
                continue
            _repeat(columns, series, indicator=found.indicator, term=name)
            _cells(columns, series.results, cells)
    return _frame(columns)


def running(found: IndicatorResults, unit: str) -> pl.DataFrame:
    """Return the running totals within the month of a daily card (columns ``RUNNING``)."""
    columns: _Columns = {name: [] for name in RUNNING}
    results = found.running.results if found.running else ()
    columns["indicator"] += [found.indicator] * len(results)
    columns["unit"] += [unit] * len(results)
    _results(columns, results)
    return _frame(columns)


def in_order(found: IndicatorResults) -> Iterator[Series]:
    """Yield the series of a card by grain, dimension and member; the whole comes first."""
    keys = sorted(found.series, key=lambda k: (k.grain.rank, k.dimension, k.member))
    return (found.series[key] for key in keys)


def to_csv(frame: pl.DataFrame) -> bytes:
    """Write ``frame`` by RFC 4180 with line feeds; nothing is written for null.

    A lone carriage return must be quoted too, which Polars does only when it quotes all.
    """
    odd = "member" in frame.columns and frame["member"].str.contains("\r", literal=True).any()
    out = io.BytesIO()
    frame.write_csv(out, quote_style="always" if odd else "necessary")
    return out.getvalue()


def rows_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Write ``rows`` by RFC 4180 with line feeds; nothing is written for None.

    A lone carriage return must be quoted too, which ``csv`` does only when it quotes all.
    """
    kept = [["" if cell is None else str(cell) for cell in row] for row in rows]
    odd = any("\r" in cell for row in kept for cell in row)
    out = io.StringIO()
    style: Literal[0, 1] = 1 if odd else 0  # csv.QUOTE_ALL, csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator="\n", quoting=style).writerows(kept)
    return out.getvalue().encode()


def to_parquet(table: bytes, columns: Sequence[str]) -> bytes:
    """Write the CSV ``table`` of ``columns`` as Parquet: numbers as Float64, ``n`` as Int64.

    Empty dimensions and members are ``""``.
    """
    types = {name: pl.Float64 if name in NUMBERS else pl.String for name in columns}
    frame = pl.read_csv(io.BytesIO(table), schema={**types, "n": pl.Int64})
    out = io.BytesIO()
    frame.with_columns(pl.col("dimension", "member").fill_null("")).write_parquet(out)
    return out.getvalue()


def _frame(columns: _Columns) -> pl.DataFrame:
    return pl.DataFrame(
        [pl.Series(n, c, pl.Int64 if n == "n" else pl.String) for n, c in columns.items()]
    )


def _repeat(columns: _Columns, series: Series, **more: str) -> None:
    """Add what is the same in every row of a series; an empty text is written as nothing."""
    key, count = series.key, len(series.results)
    same = {"grain": key.grain.value, "dimension": key.dimension, "member": key.member, **more}
    for name, text in same.items():
        columns[name] += [text or None] * count


def _results(columns: _Columns, results: Sequence[Result]) -> None:
    columns["period"] += [r.period.label for r in results]
    columns["value"] += [plain(r.value) if r.state.has_value else None for r in results]
    columns["state"] += [r.state.value for r in results]
    columns["n"] += [r.n for r in results]


def _thresholds(columns: _Columns, results: Sequence[Result]) -> None:
    columns["points"] += [plain(r.points) for r in results]
    found = [r.threshold for r in results]
    columns["baseline"] += [plain(t.baseline) if t else None for t in found]
    columns["target"] += [plain(t.target) if t else None for t in found]
    columns["challenge"] += [plain(t.challenge) if t else None for t in found]


def _cells(columns: _Columns, results: Sequence[Result], cells: Sequence[Cell]) -> None:
    columns["period"] += [r.period.label for r in results]
    columns["value"] += [plain(c.value) for c in cells]
    columns["n"] += [c.n for c in cells]
