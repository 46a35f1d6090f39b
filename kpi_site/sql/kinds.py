"""The types of SQL values, and how they meet each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import polars as pl

from kpi_site.catalog import Field
from kpi_site.problems import Message
from kpi_site.sql.nodes import Value

Kind = Literal[
    "integer", "number", "double", "string", "boolean", "date", "datetime", "duration", "null"
]

MAX_SCALE = 18
"""Most decimal places of a column, a constant or a conversion."""

MOST_PLACES = 38
"""Most decimal places that a product may come to: a decimal has 38 digits in all."""

Bound = tuple[int, int]
"""The smallest and the largest value, as whole numbers of the type's smallest step."""


@dataclass(frozen=True, slots=True)
class SqlType:
    """The type of a column or expression; ``scale`` counts the places of a ``number``.

    ``number`` is an exact decimal, ``double`` a binary float, ``datetime`` has no time zone,
    ``duration`` has microseconds, ``null`` is the type of a bare NULL, which fits anywhere.
    ``bound`` says of a column of facts how large its values are (see ``sql.bounds``), and
    ``zoned`` of one of moments that `offset_name` tells their distance from UTC; they are no
    part of the type.
    """

    kind: Kind
    scale: int = 0
    bound: Bound | None = field(default=None, compare=False, repr=False)
    zoned: bool = field(default=False, compare=False, repr=False)

    @property
    def numeric(self) -> bool:
        """Tell whether values are numbers (a bare NULL may be one)."""
        return self.kind in {"integer", "number", "double", "null"}

    @property
    def temporal(self) -> bool:
        """Tell whether values are days or points in time (a bare NULL may be one)."""
        return self.kind in {"date", "datetime", "null"}

    def __str__(self) -> str:
        return f"number({self.scale})" if self.kind == "number" else self.kind


INTEGER, DOUBLE, STRING = SqlType("integer"), SqlType("double"), SqlType("string")
BOOLEAN, DATE, DATETIME = SqlType("boolean"), SqlType("date"), SqlType("datetime")
DURATION, NULL = SqlType("duration"), SqlType("null")

_POLARS: dict[Kind, pl.DataType] = {
    "integer": pl.Int64(),
    "double": pl.Float64(),
    "string": pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "duration": pl.Duration("us"),
    "null": pl.Null(),
}

_WORDS: dict[Kind, tuple[str, str]] = {
    "integer": ("整数", "a whole number"),
    "number": ("小数", "a decimal number"),
    "double": ("数", "a number"),
    "string": ("文本", "text"),
    "boolean": ("是非值", "true or false"),
    "date": ("日期", "a date"),
    "datetime": ("日期时间", "a date and time"),
    "duration": ("时长", "a duration"),
    "null": ("空值", "NULL"),
}


def number(scale: int) -> SqlType:
    """Return the type of exact decimals with ``scale`` places, at most `MOST_PLACES`."""
    return SqlType("number", min(scale, MOST_PLACES))


def field_type(field: Field) -> SqlType:
    """Return the type of a declared column (specification.md#column-types)."""
    if field.type == "datetime":
        return SqlType("datetime", zoned=field.tells_instants)
    return number(field.decimals) if field.type == "number" else SqlType(field.type)


def offset_name(column: str) -> str:
    """Return the column beside a ``zoned`` one: seconds that its local time is ahead of UTC.

    Null where the file gave a local time without an offset.
    """
    parent, dot, name = column.rpartition(".")
    return f"{parent}{dot}\0offset {name}"  # no header can hold such a name


def polars_type(found: SqlType) -> pl.DataType:
    """Return the Polars type that holds values of ``found``; decimals have 38 digits."""
    return pl.Decimal(38, found.scale) if found.kind == "number" else _POLARS[found.kind]


def words(found: SqlType) -> Message:
    """Return how the type is called in a sentence: 日期, a date."""
    return Message(*_WORDS[found.kind])


def value_type(value: Value) -> SqlType:
    """Return the type of a constant."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case Decimal():
            exponent = value.as_tuple().exponent
            return number(-exponent if isinstance(exponent, int) and exponent < 0 else 0)
        case str():
            return STRING
        case datetime():
            return DATETIME
        case date():
            return DATE
        case timedelta():
            return DURATION


def common(types: Iterable[SqlType]) -> SqlType | None:
    """Return the type in which values of all ``types`` can be compared, or None.

    Whole numbers and decimals meet as decimals, with a double as doubles; a date and a time
    meet as times. NULL fits every type.
    """
    found = {one for one in types if one != NULL}
    kinds = {one.kind for one in found}
    if len(found) <= 1:
        return next(iter(found), NULL)
    if kinds <= {"integer", "number", "double"}:
        return DOUBLE if "double" in kinds else number(max(one.scale for one in found))
    return DATETIME if kinds == {"date", "datetime"} else None
