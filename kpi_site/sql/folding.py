"""The grammar of aggregates and windows: what folds many rows into one value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kpi_site.sql.cursor import Cursor
from kpi_site.sql.nodes import Aggregate, AggregateKind, Call, Literal_, Node, Window
from kpi_site.sql.tokens import Token, refuse

AGGREGATES: dict[str, AggregateKind] = {
    "COUNT": "count",
    "COUNT_IF": "count",
    "COUNTIF": "count",
    "SUM": "sum",
    "AVG": "avg",
    "MEAN": "avg",
    "MIN": "min",
    "MAX": "max",
    "MEDIAN": "median",
    "QUANTILE_CONT": "quantile",
    "PERCENTILE_CONT": "quantile",
}
WINDOWS = {
    "ROW_NUMBER": (0, 0),
    "RANK": (0, 0),
    "LAG": (1, 2),
    "LEAD": (1, 2),
    "FIRST_VALUE": (1, 1),
    "LAST_VALUE": (1, 1),
}


def aggregate(cursor: Cursor, name: Token) -> Aggregate:
    """Read the arguments of an aggregate, its opening parenthesis being read."""
    kind, at = AGGREGATES[name.word], name.start
    if name.word == "COUNT" and cursor.take("*"):
        cursor.expect(")")
        return Aggregate("count", None, at=at)
    distinct = cursor.take("DISTINCT")
    if distinct is not None and name.word != "COUNT":
        zh, en = "DISTINCT 只能写在 COUNT 里", "DISTINCT stands only in COUNT"
        raise refuse(cursor.code, distinct.start, "sql-aggregate", zh, en)
    args = cursor.arguments(least=1 if distinct is not None else 0)
    if name.word == "PERCENTILE_CONT":
        cursor.check_count(name, args, 1, 1)
        return _within_group(cursor, name, args[0])
    if kind == "quantile":
        cursor.check_count(name, args, 2, 2)
        return Aggregate(kind, args[0], quantile=_share(cursor, args[1]), at=at)
    if not args and name.word == "COUNT" and distinct is None:
        return Aggregate("count", None, at=at)
    cursor.check_count(name, args, 1, 1)
    if name.word in {"COUNT_IF", "COUNTIF"}:
        return Aggregate("count", None, where=args[0], at=at)
    return Aggregate(kind, args[0], distinct=distinct is not None, at=at)


def _within_group(cursor: Cursor, name: Token, share: Node) -> Aggregate:
    cursor.expect("WITHIN")
    cursor.expect("GROUP")
    cursor.expect("(")
    cursor.expect("ORDER BY")
    arg = cursor.expression()
    quantile = _share(cursor, share)
    if cursor.take("DESC"):
        quantile = 1 - quantile
    else:
        cursor.take("ASC")
    cursor.expect(")")
    return Aggregate("quantile", arg, quantile=quantile, at=name.start)


def _share(cursor: Cursor, node: Node) -> Decimal:
    match node:
        case Literal_(int() | Decimal() as value) if not isinstance(value, bool):
            if 0 <= value <= 1:
                return Decimal(value)
    zh, en = "分位数应为 0 到 1 之间的数", "a quantile is a number from 0 to 1"
    raise refuse(cursor.code, node.at, "sql-arguments", zh, en)


def after_aggregate(cursor: Cursor, name: Token, aggregate: Aggregate) -> Node:
    """Read the FILTER and OVER that may follow an aggregate."""
    if cursor.take("FILTER"):
        cursor.expect("(")
        cursor.expect("WHERE")
        where = cursor.expression()
        cursor.expect(")")
        if aggregate.where is not None:
            where = Call("and", (aggregate.where, where), aggregate.at)
        aggregate = replace(aggregate, where=where)
    if cursor.token.word != "OVER":
        return aggregate
    plain = aggregate.where is None and not aggregate.distinct
    if not plain or aggregate.kind in {"median", "quantile"}:
        cursor.fail()
    args = () if aggregate.arg is None else (aggregate.arg,)
    return over(cursor, name, args)


def over(cursor: Cursor, name: Token, args: tuple[Node, ...]) -> Node:
    """Read ``OVER (PARTITION BY … ORDER BY …)``; there are no frames."""
    cursor.expect("OVER")
    cursor.expect("(")
    partition: list[Node] = []
    order: list[tuple[Node, bool]] = []
    if cursor.take("PARTITION BY"):
        partition.append(cursor.expression())
        while cursor.take(","):
            partition.append(cursor.expression())
    if cursor.take("ORDER BY"):
        order.append(_order_key(cursor))
        while cursor.take(","):
            order.append(_order_key(cursor))
    if not order and name.word in WINDOWS:
        cursor.fail("ORDER BY")
    cursor.expect(")")
    function = AGGREGATES.get(name.word, name.word.lower())
    return Window(function, args, tuple(partition), tuple(order), name.start)


def _order_key(cursor: Cursor) -> tuple[Node, bool]:
    key = cursor.expression()
    descending = cursor.take("DESC") is not None
    if not descending:
        cursor.take("ASC")
    return key, descending
