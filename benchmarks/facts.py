"""Facts for the benchmarks: tickets of a service desk, and the customers they belong to.

    python benchmarks/facts.py FOLDER ROWS

The values are drawn by hashing the row's number, so the same call makes the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

CUSTOMERS = 20_000
DAYS = 1_200  # from 1 July 2023 to 12 October 2026
_PART = 500_000  # rows made at once
_CHANNELS = ["phone", "phone", "phone", "wechat", "wechat", "email", "web"]
_REGIONS = ["华东", "华北", "华南", "西南", "西北"]


def write_tickets(path: Path, rows: int) -> None:
    """Write ``rows`` tickets as CSV: about 104 bytes a row, with blanks, decimals and times."""
    with path.open("wb") as file:
        for start in range(0, max(rows, 1), _PART):
            part = tickets(start, min(rows, start + _PART))
            part.write_csv(file, include_header=start == 0, datetime_format="%Y-%m-%d %H:%M:%S")


def write_customers(path: Path, rows: int = CUSTOMERS) -> None:
    """Write the customers that tickets name, as CSV."""
    number = pl.int_range(rows, eager=True).alias("number")
    number.to_frame().select(
        _code("C", pl.col("number"), 6).alias("customer_id"),
        _pick(["gold", "silver", "none"], 1).alias("tier"),
    ).write_csv(path)


def tickets(start: int, stop: int) -> pl.DataFrame:
    """Return the tickets from number ``start`` to the one before ``stop``."""
    created = pl.datetime(2023, 7, 1) + pl.duration(seconds=_draw(2) % (DAYS * 86_400))
    taken = pl.duration(seconds=_draw(11) % (20 * 86_400))
    status = _pick(["open", "closed", "closed", "closed"], 5)
    number = pl.int_range(start, stop, eager=True).alias("number")
    return (
        number.to_frame()
        .select(
            _code("T", pl.col("number"), 9).alias("ticket_id"),
            _code("C", _draw(1) % CUSTOMERS, 6).alias("customer_id"),
            created.alias("created_at"),
            _pick(_CHANNELS, 3).alias("channel"),
            _pick(_REGIONS, 4).alias("region"),
            status.alias("status"),
            ((_draw(6) % 1_000_000).cast(pl.Decimal(38, 2)) / 100).alias("amount"),
            pl.when(_draw(7) % 10 > 2).then(_draw(7) % 5 + 1).alias("score"),
            (_draw(8) % 86_400).alias("minutes"),
            pl.format("agent_{}", _draw(9) % 200).alias("agent"),
            (_draw(10) % 2 == 0).alias("first_time"),
            pl.when(status == "closed").then(created + taken).alias("resolved_at"),
        )
        .with_columns(pl.col("amount").cast(pl.Decimal(38, 2)))
    )


def _draw(seed: int) -> pl.Expr:
    return pl.col("number").hash(seed)


def _pick(words: list[str], seed: int) -> pl.Expr:
    position = _draw(seed) % len(words)
    return position.replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _code(letter: str, number: pl.Expr, width: int) -> pl.Expr:
    return pl.lit(letter) + number.cast(pl.String).str.zfill(width)


if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    write_tickets(folder / "tickets.csv", count)
    write_customers(folder / "customers.csv")
