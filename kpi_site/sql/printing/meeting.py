"""How operands meet when they are printed: in one type, as instants, in microseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi_site.sql.kinds import DATETIME, DURATION, SqlType, common
from kpi_site.sql.printing.operand import Parts, Printed

if TYPE_CHECKING:
    from kpi_site.sql.printing.dialect import Dialect


def together(dialect: Dialect, parts: Parts) -> list[str]:
    """Return the operands in the one type in which they meet."""
    meeting = common(part.type for part in parts)
    assert meeting is not None
    return [dialect.convert(part, meeting) for part in parts]


def ahead(one: Printed, other: Printed) -> str | None:
    """Return by how many microseconds more the clock of ``one`` is ahead of UTC, if known."""
    if one.offset is None or other.offset is None:
        return None
    return f"COALESCE({one.offset} - {other.offset}, 0) * 1000000"


def instants(dialect: Dialect, left: Printed, right: Printed) -> tuple[str, str]:
    """Return two values as they are compared: moments with offsets as instants."""
    one, other = together(dialect, (left, right))
    apart = ahead(left, right)
    if apart is None:
        return one, other
    return f"({dialect.micros(one)} - {apart})", dialect.micros(other)


def taken_as(dialect: Dialect, part: Printed, kind: SqlType) -> Printed:
    """Return an operand converted to ``kind``; its offset stays."""
    return Printed(dialect.convert(part, kind), kind, offset=part.offset)


def clocked(dialect: Dialect, part: Printed) -> str:
    """Return a moment or a duration in microseconds; a day as its start."""
    if part.type.kind in {"duration", "null"}:
        return dialect.convert(part, DURATION)
    return dialect.micros(dialect.convert(part, DATETIME))
