"""How large the values of an expression can be: what proves that its arithmetic has room.

Whole numbers are computed in 64 bits where that is enough, else in 128; decimals have 38
digits. Neither tells when it runs over, so nothing is computed before the smallest and the
largest value of every column (they are known of each table) show that each step of the
arithmetic fits. A step that may not fit is refused at its own word.

Bounds are whole numbers of the type's smallest step: hundredths of a ``number(2)``,
microseconds of a duration, days of a date.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from kpi_site.sql.kinds import DOUBLE, DURATION, Bound, SqlType
from kpi_site.sql.nodes import Call, Case, Column, Literal_, Node, Window
from kpi_site.sql.signatures import Typed, start
from kpi_site.sql.too_wide import TooWide

INT64: Bound = (-(2**63), 2**63 - 1)
_DIGITS = 10**38 - 1
_DAYS: Bound = (-719_162, 2_932_896)  # 0001-01-01 to 9999-12-31
_DAY = 86_400_000_000
_MOMENTS: Bound = (_DAYS[0] * _DAY, (_DAYS[1] + 1) * _DAY - 1)
_LIMITS: Mapping[str, Bound] = {
    "integer": (-(2**127), 2**127 - 1),
    "number": (-_DIGITS, _DIGITS),
    "duration": INT64,
    "date": _DAYS,
    "datetime": INT64,
}
_UNKNOWN: Mapping[str, Bound] = {
    "integer": INT64,
    "number": (-_DIGITS, _DIGITS),
    "duration": (-(10**18), 10**18),  # 31,000 years
    "date": _DAYS,
    "datetime": _MOMENTS,
    "boolean": (0, 1),
    "null": (0, 0),
}
_MOST_ROWS = 2**32
_SMALL: Mapping[str, int] = {  # the largest that a function of texts or times returns
    "length": 2**31,
    "date_diff": 10**12,
    "date_part": 10**4,
}


def wide(bound: Bound | None) -> bool:
    """Tell whether a whole number of this size needs more than 64 bits."""
    return bound is not None and not (INT64[0] <= bound[0] and bound[1] <= INT64[1])


def bound_of(found: Typed, parts: Sequence[Bound | None]) -> Bound | None:
    """Return how small and large the value of ``found`` can be, given those of its parts.

    None for texts and doubles. Raises `TooWide` where the value, or an operand in the type
    in which it is taken, may have no room.
    """
    if found.type.kind not in _UNKNOWN:
        _check_operands(found, parts)
        return None
    node = found.node
    match node:
        case Column():
            return found.type.bound or _UNKNOWN[found.type.kind]
        case Literal_(value):
            bound = _constant(value, found.type)
        case Case(whens):
            count = len(whens)
            results = [*parts[1 : 2 * count : 2], *parts[2 * count :]]
            types = [p.type for p in (*found.parts[1 : 2 * count : 2], *found.parts[2 * count :])]
            bound = hull(_as(b, t, found.type) for b, t in zip(results, types, strict=True))
        case Window():
            bound = _window(node, found, parts)
        case Call(op):
            _check_operands(found, parts)
            bound = _RULES.get(op, _any)(found, parts)
        case _:
            return _UNKNOWN[found.type.kind]
    return _checked(bound, found.type, node)


def tree_bound(found: Typed) -> Bound | None:
    """Return the bound of ``found``, worked out from its parts."""
    return bound_of(found, [tree_bound(part) for part in found.parts])


def size(found: Typed) -> float:
    """Return how far from zero a number can be, doubles too; infinity where it cannot be told.

    A divisor that is no double is at least one of its smallest steps, or the quotient NULL.
    """
    if found.type.kind not in {"double", "null"}:
        low, high = tree_bound(found) or (0, 0)
        return float(max(-low, high)) / float(10**found.type.scale)
    sizes = [size(part) for part in found.parts if part.type.numeric or part.type == DURATION]
    match found.node:
        case Call(op="/"):
            divisor = found.parts[1].type
            return math.inf if divisor == DOUBLE else sizes[0] * float(10**divisor.scale)
        case Call(op="*"):
            return sizes[0] * sizes[1]
        case Call(op="+" | "-"):
            return sum(sizes)
        case Call(op="neg" | "abs" | "coalesce" | "least" | "greatest" | "nullif") | Case():
            return max(sizes, default=0.0)
        case Call(op="round" | "floor" | "ceil"):
            return sizes[0] * 2 + 10**18
        case Call(op="epoch"):
            return 1e15
        case Literal_():
            return 0.0
    return math.inf


def sum_fits(bound: Bound, rows: int) -> bool:
    """Tell whether ``rows`` values of this size add up to 38 digits at most."""
    return max(abs(bound[0]), abs(bound[1])) * max(rows, 1) <= _DIGITS


def digits(bound: Bound) -> int:
    """Return how many digits the largest value has."""
    return len(str(max(abs(bound[0]), abs(bound[1]))))


def hull(bounds: Iterable[Bound | None]) -> Bound:
    """Return the smallest bound that holds all of ``bounds``."""
    known = [b for b in bounds if b is not None]
    return (min(b[0] for b in known), max(b[1] for b in known)) if known else (0, 0)


def _checked(bound: Bound, kind: SqlType, node: Node) -> Bound:
    limit = _LIMITS.get(kind.kind)
    if limit is not None and not (limit[0] <= bound[0] and bound[1] <= limit[1]):
        at = start(node) if isinstance(node, Case) else node.at
        raise TooWide(at, kind.kind, digits(bound))
    return bound


def _constant(value: object, kind: SqlType) -> Bound:
    match value:
        case bool() | int():
            return int(value), int(value)
        case Decimal():
            sign, figures, exponent = value.as_tuple()
            assert isinstance(exponent, int)
            whole = int("".join(map(str, figures))) * 10 ** (exponent + kind.scale)
            return (-whole, -whole) if sign else (whole, whole)
        case timedelta():
            micros = value // timedelta(microseconds=1)
            return micros, micros
    return _UNKNOWN[kind.kind]


def _as(bound: Bound | None, kind: SqlType, to: SqlType) -> Bound | None:
    """Return the bound of a value that is taken as type ``to``."""
    if bound is None or to.kind not in _UNKNOWN:
        return None
    if to.kind == "number":
        step = 10 ** (to.scale - kind.scale) if to.scale >= kind.scale else 1
        return bound[0] * step, bound[1] * step
    if to.kind == "datetime" and kind.kind == "date":
        return bound[0] * _DAY, bound[1] * _DAY
    return bound


def _check_operands(found: Typed, parts: Sequence[Bound | None]) -> None:
    """Raise `TooWide` where operands that meet in one type have no room in it."""
    if not isinstance(found.node, Call) or found.node.op not in _ALIGNED:
        return
    scale = max((p.type.scale for p in found.parts if p.type.kind == "number"), default=None)
    if scale is None or any(p.type.kind == "double" for p in found.parts):
        return
    meeting = SqlType("number", scale)
    for part, bound in zip(found.parts, parts, strict=True):
        widened = _as(bound, part.type, meeting)
        if widened is not None:
            _checked(widened, meeting, found.node)


Rule = Callable[[Typed, Sequence[Bound | None]], Bound]


def _any(found: Typed, _: Sequence[Bound | None]) -> Bound:
    assert isinstance(found.node, Call)
    limit = _SMALL.get(found.node.op)
    return (-limit, limit) if limit is not None else _UNKNOWN[found.type.kind]


def _known(found: Typed, parts: Sequence[Bound | None]) -> list[Bound]:
    """Return the operands' bounds in the result's type."""
    if found.type.kind in {"integer", "number"}:
        taken = [_as(b, p.type, found.type) for b, p in zip(parts, found.parts, strict=True)]
    else:
        taken = [_clocked(b, p.type, found.type) for b, p in zip(parts, found.parts, strict=True)]
    return [b if b is not None else _UNKNOWN[found.type.kind] for b in taken]


def _clocked(bound: Bound | None, kind: SqlType, to: SqlType) -> Bound | None:
    """Return the bound of a day, moment or duration in the unit of the result."""
    if to.kind == "date" or bound is None or kind.kind != "date":
        return bound
    return bound[0] * _DAY, bound[1] * _DAY


def _plus(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    left, right = _known(found, parts)
    return left[0] + right[0], left[1] + right[1]


def _minus(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    left, right = _known(found, parts)
    return left[0] - right[1], left[1] - right[0]


def _times(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    if any(p.type.kind == "double" for p in found.parts):
        return _UNKNOWN[found.type.kind]
    left, right = (b or (0, 0) for b in parts)
    corners = [one * other for one in left for other in right]
    return min(corners), max(corners)


def _symmetric(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    """Return the bound of a result that is never larger than the first operand."""
    size = max(abs(edge) for edge in _known(found, parts)[0])
    return -size, size


def _remainder(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    """Return the bound of a remainder: never larger than either operand."""
    size = min(max(abs(edge) for edge in bound) for bound in _known(found, parts))
    return -size, size


def _absolute(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    return 0, _symmetric(found, parts)[1]


def _same(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    return hull(_known(found, parts))


def _first(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    return _known(found, parts)[0]


def _fewer_places(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    """Return the bound of a number rounded, up or down, to the places of the result."""
    value, bound = found.parts[0], parts[0]
    places = found.parts[1].constant if len(found.parts) > 1 else 0
    if bound is None:
        return _UNKNOWN[found.type.kind]
    step = 10 ** max(value.type.scale - found.type.scale, 0)
    grain = 10**-places if isinstance(places, int) and places < 0 else 1
    return bound[0] // step - grain, -(-bound[1] // step) + grain


def _cast(found: Typed, parts: Sequence[Bound | None]) -> Bound:
    value, bound = found.parts[0], parts[0]
    if bound is None or value.type.kind not in {"integer", "number", "boolean"}:
        return _UNKNOWN[found.type.kind]
    if value.type.scale > found.type.scale:
        return _fewer_places(Typed(found.node, found.type, found.parts[:1]), parts[:1])
    taken = _as(bound, value.type, found.type)
    return taken if taken is not None else _UNKNOWN[found.type.kind]


def _window(node: Window, found: Typed, parts: Sequence[Bound | None]) -> Bound:
    if node.function in {"count", "row_number", "rank"}:
        return 0, _MOST_ROWS
    bound = parts[0] if node.args else None
    if bound is None:
        return _UNKNOWN[found.type.kind]
    if node.function != "sum":
        return bound
    return min(bound[0] * _MOST_ROWS, 0), max(bound[1] * _MOST_ROWS, 0)


_ALIGNED = frozenset({
    "=", "<>", "<", "<=", ">", ">=", "is_distinct", "is_not_distinct", "in", "between",
    "coalesce", "nullif", "least", "greatest", "+", "-", "%",
})  # fmt: skip
_RULES: Mapping[str, Rule] = {
    "+": _plus,
    "date_add": _plus,
    "-": _minus,
    "*": _times,
    "//": _symmetric,
    "%": _remainder,
    "neg": _symmetric,
    "abs": _absolute,
    "round": _fewer_places,
    "floor": _fewer_places,
    "ceil": _fewer_places,
    "coalesce": _same,
    "least": _same,
    "greatest": _same,
    "nullif": _first,
    "cast": _cast,
    "try_cast": _cast,
}
