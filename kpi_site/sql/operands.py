"""What an operation gets: an expression with its type, constant, bound and offset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from kpi_site.sql.bounds import wide
from kpi_site.sql.kinds import Bound, SqlType, common, polars_type


@dataclass(frozen=True, slots=True)
class Operand:
    """An argument as it is handed over; ``constant`` is the value of a literal.

    ``offset`` tells how far a moment's local time is from UTC, in seconds; None: it is not
    known. ``bound`` says how large it can be. A whole number that may need more than 64 bits
    has 128.
    """

    expr: pl.Expr
    type: SqlType
    constant: object = None
    literal: bool = False
    bound: Bound | None = None
    offset: pl.Expr | None = None

    @property
    def whole(self) -> pl.Expr:
        """The whole number in as many bits as it may need."""
        return self.expr.cast(INT128 if wide(self.bound) else pl.Int64)


Operands = Sequence[Operand]
Operation = Callable[[Operands, SqlType], pl.Expr]

INT128 = pl.Int128()


def convert(operand: Operand, to: SqlType) -> pl.Expr:
    """Return the operand as type ``to``: without loss, or as a double.

    That it has room is shown before (`kpi_site.sql.bounds`).
    """
    if operand.type == to:
        return operand.expr
    return operand.expr.cast(polars_type(to), strict=False)


def together(operands: Operands) -> list[pl.Expr]:
    """Return the operands in the one type in which they meet."""
    meeting = common(operand.type for operand in operands)
    assert meeting is not None
    return [convert(operand, meeting) for operand in operands]


def ahead(one: Operand, other: Operand) -> pl.Expr | None:
    """Return by how much more the clock of ``one`` is ahead of UTC; None if it is not known."""
    if one.offset is None or other.offset is None:
        return None
    return pl.duration(seconds=(one.offset - other.offset).fill_null(0), time_unit="us")


def instant(operand: Operand) -> pl.Expr:
    """Return moments by which instants are told apart and ordered."""
    if operand.offset is None:
        return operand.expr
    return operand.expr - pl.duration(seconds=operand.offset.fill_null(0), time_unit="us")
