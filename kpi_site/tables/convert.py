"""Rows of text to rows of declared types, and which cells break the declaration.

Whole columns at a time: this module tells *that* a cell is bad; ``bad_cells`` says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kpi_site.catalog import Dataset, Field
from kpi_site.sql.kinds import field_type, offset_name
from kpi_site.tables.formats import is_counted
from kpi_site.tables.numerals import Habits, plain_numbers
from kpi_site.tables.times import MOMENT, local_offsets, read_moments, read_times

TRUE, FALSE = ("true", "1", "TRUE", "True"), ("false", "0", "FALSE", "False")
INTEGER = r"^[+-]?[0-9]+$"
_SMALL = re.compile(r"[+-]?[0-9]{1,18}\Z")


def number_pattern(decimals: int) -> str:
    """Return the pattern of a decimal number with at most ``decimals`` places."""
    if not decimals:
        return INTEGER
    return rf"^[+-]?(?:\d+(?:\.\d{{0,{decimals}}})?|\.\d{{1,{decimals}}})$"


def column_type(field: Field) -> pl.DataType:
    """Return the Polars type of a declared column."""
    match field.type:
        case "integer":
            return pl.Int64()
        case "number":
            return pl.Decimal(38, field.decimals)
        case "boolean":
            return pl.Boolean()
        case "date":
            return pl.Date()
        case "datetime":
            return MOMENT
        case "string":
            return pl.String()


@dataclass(frozen=True, slots=True)
class Converted:
    """Typed rows, null where a cell is missing or bad, and the bad cells as (row, column) pairs.

    ``texts`` are the cells as they were, null where missing.
    """

    typed: pl.DataFrame
    texts: pl.DataFrame
    bad: Sequence[tuple[int, str]] = ()


def convert(
    texts: pl.DataFrame,
    dataset: Dataset,
    fields: Sequence[Field],
    zone: str,
    habits: Habits | None = None,
    *,
    nulls: bool = False,
    blank: bool = True,
) -> Converted:
    """Convert columns of text (null = empty cell) to the types of ``fields``.

    ``zone`` is the site's time zone. ``habits`` are those of the rows before, if there were
    any, and are noted. ``nulls`` and ``blank`` are the batch's (`kpi_site.tables.batch.Batch`).
    The bad cells come row by row.
    """
    missing = dataset.missing_values
    empty = "" in missing or nulls
    absent = [text for text in missing if text or blank]
    present = texts.select(_present(field, absent, empty=empty) for field in fields)
    plain = present.with_columns(_numbers(present, fields, habits or Habits()))
    typed = plain.select(_typed(field) for field in fields)
    typed = typed.with_columns(_times(present, fields, zone))
    keys = {str(name) for name in dataset.primary_key}
    bad = _bad(present, plain, typed, fields, keys, zone)
    return Converted(typed, present, bad)


def _numbers(present: pl.DataFrame, fields: Sequence[Field], habits: Habits) -> list[pl.Series]:
    """Return the columns of a notation of their own as plain numbers."""
    declared = (field for field in fields if field.notation is not None)
    return [plain_numbers(present[field.name], field, habits) for field in declared]


def _times(present: pl.DataFrame, fields: Sequence[Field], zone: str) -> list[pl.Series]:
    """Return the columns of days and moments, and the offsets of those that may have some.

    Where any moment of these rows has an offset, one without is local, and gets the zone's.
    """
    columns: list[pl.Series] = []
    offsets: dict[str, tuple[pl.Series, pl.Series | None]] = {}
    for field in fields:
        if field.type in {"date", "datetime"}:
            found, told = read_moments(present[field.name], field, zone)
            columns.append(found)
            if field_type(field).zoned:
                offsets[offset_name(field.name)] = found, told
    some = any(told is not None for _, told in offsets.values())
    for name, (found, told) in offsets.items():
        if not some:
            own = pl.repeat(None, found.len(), dtype=pl.Int32, eager=True)
        elif told is None:
            own = local_offsets(found, zone)
        else:
            own = told.alias("told").zip_with(told.is_not_null(), local_offsets(found, zone))
        columns.append(own.alias(name))
    return columns


def _present(field: Field, missing: Sequence[str], *, empty: bool) -> pl.Expr:
    """Return the cells, null where one of the texts ``missing`` stands.

    Without ``empty`` a cell in which nothing stands is an empty text.
    """
    cell = pl.col(field.name)
    if not empty:
        cell = cell.fill_null("")
    absent = cell == missing[0] if len(missing) == 1 else cell.is_in(missing)
    return (pl.when(~absent).then(cell) if missing else cell).alias(field.name)


def _typed(field: Field) -> pl.Expr:
    cell = pl.col(field.name)
    match field.type:
        case "integer" | "number":
            return cell.cast(column_type(field), strict=False)
        case "boolean":
            return (
                pl.when(cell.is_in(TRUE))
                .then(True)
                .when(cell.is_in(FALSE))
                .then(False)
                .alias(field.name)
            )
        case _:
            return cell


def _bad(
    texts: pl.DataFrame,
    plain: pl.DataFrame,
    typed: pl.DataFrame,
    fields: Sequence[Field],
    keys: set[str],
    zone: str,
) -> Sequence[tuple[int, str]]:
    own = plain.select(field.name for field in fields if field.notation).rename(_as_plain)
    both = pl.concat([texts.rename(_as_text), typed, own], how="horizontal")
    checks = [
        check.fill_null(False).alias(field.name)
        for field in fields
        if (check := _check(field, zone, required=field.required or field.name in keys)) is not None
    ]
    # Masks of columns in which nothing is bad would cost as much again.
    some = both.select(check.any() for check in checks).row(0) if checks else ()
    masks = both.select(check for check, bad in zip(checks, some, strict=True) if bad)
    order = {str(field.name): position for position, field in enumerate(fields)}
    found = [(row, name) for name in masks.columns for row in masks[name].arg_true().to_list()]
    return sorted(found, key=lambda cell: (cell[0], order[cell[1]]))


def _as_text(name: str) -> str:
    return f"\0{name}"  # no header can hold such a name


def _as_plain(name: str) -> str:
    return f"\0\0{name}"


def _check(field: Field, zone: str, *, required: bool) -> pl.Expr | None:
    """Return an expression that is true where a cell of ``field`` is bad; None if none can be."""
    text, value = pl.col(_as_text(field.name)), pl.col(field.name)
    faults: list[pl.Expr] = []
    if required:
        faults.append(text.is_null())
    if field.type != "string":
        faults.append(text.is_not_null() & value.is_null())
    if field.type == "number":  # the cast cuts surplus places; that of integers is strict
        plain = pl.col(_as_plain(field.name)) if field.notation else text
        faults.append(~plain.str.contains(number_pattern(field.decimals)))
    if field.enum:
        faults.append(~text.is_in(field.enum))
    if field.pattern is not None and field.type == "string":
        faults.append(~text.str.contains(f"^(?:{field.pattern})$"))
    low, high = (_limit(field, limit, zone) for limit in (field.minimum, field.maximum))
    if low is not None:
        faults.append(value < low)
    if high is not None:
        faults.append(value > high)
    return pl.any_horizontal(fault.fill_null(False) for fault in faults) if faults else None


def _limit(field: Field, written: str | None, zone: str) -> pl.Expr | None:
    """Return `bound`, of integers as an integer where it is one: else each cell were a decimal."""
    if field.type == "integer" and written is not None and _SMALL.match(written):
        return pl.lit(int(written), pl.Int64)
    return bound(field, written, zone)


def bound(field: Field, written: str | None, zone: str) -> pl.Expr | None:
    """Return a minimum or maximum as a literal of the column's type."""
    if written is None or field.type in {"string", "boolean"}:
        return None
    text = pl.Series(field.name, [written], dtype=pl.String)
    if field.type in {"date", "datetime"}:
        declared = replace(field, format=None) if is_counted(field.format) else field
        values = read_times(text, declared, zone)
    else:  # a bound may have more places than the column
        scale = 18 if field.type == "number" else 0
        values = text.cast(pl.Decimal(38, scale), strict=False)
    return None if values.null_count() else pl.lit(values[0], dtype=values.dtype)
