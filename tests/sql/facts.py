"""A small table with every trouble in it, for Polars and for DuckDB, and comparison of both."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import polars as pl

from kpi_site.sql.kinds import SqlType, polars_type
from kpi_site.sql.measured import measured, ranges_of
from kpi_site.sql.nodes import Code

SCHEMA = {
    "n": SqlType("integer"),
    "i": SqlType("integer"),
    "j": SqlType("integer"),
    "a": SqlType("number", 2),
    "b": SqlType("number", 4),
    "x": SqlType("double"),
    "d": SqlType("date"),
    "e": SqlType("date"),
    "t": SqlType("datetime"),
    "u": SqlType("datetime"),
    "s": SqlType("string"),
    "g": SqlType("string"),
    "f": SqlType("boolean"),
    "h": SqlType("boolean"),
    "实际 金额": SqlType("number", 2),
    "渠道": SqlType("string"),
    "customers.tier": SqlType("string"),
}
_DUCKDB = {
    "integer": "BIGINT", "double": "DOUBLE", "string": "VARCHAR", "boolean": "BOOLEAN",
    "date": "DATE", "datetime": "TIMESTAMP",
}  # fmt: skip
_D = Decimal


def _t(text: str) -> datetime:
    return datetime.fromisoformat(text)


_COLUMNS: dict[str, list[object]] = {
    "n": list(range(1, 11)),
    "i": [1, -7, None, 0, 12, -3, 125, 7, None, -125],
    "j": [2, 2, 5, 0, -5, None, -1, 7, None, 50],
    "a": [*map(_D, ("0.25", "-0.25", "1234567.89", "0.00", "-19.99", "2.50")), None, _D("2.5"),
          _D("0.35"), _D("9999999.99")],
    "b": [*map(_D, ("0.3333", "1.0000", "-2.5000", "0")), None, _D("2.5"), _D("0.00005") * 2,
          _D("2.5"), None, _D("1234.5678")],
    "x": [0.1, -2.5, 3.5, 0.0, None, 1e6, 2.25, -0.75, None, 1234.5],
    "d": [date(2026, 1, 31), date(2026, 1, 1), None, date(2024, 2, 29), date(2025, 12, 28),
          date(2026, 10, 5), date(1969, 7, 20), date(2026, 3, 31), None, date(2026, 1, 4)],
    "e": [date(2026, 2, 1), None, date(2026, 5, 5), date(2025, 2, 28), date(2026, 1, 4),
          date(2026, 10, 4), date(2026, 7, 20), date(2026, 3, 31), None, date(2026, 1, 5)],
    "t": [_t("2026-01-31 23:59:59"), None, _t("2026-05-05 00:00:00"), _t("2025-02-28 12:30:15"),
          _t("2026-01-04 08:00:00"), _t("2026-10-04 23:00:00.123456"), _t("1969-07-20 20:17:40"),
          _t("2026-03-31 10:10:10"), None, _t("2026-01-05 00:00:00")],
    "u": [_t("2026-02-01 00:00:00"), _t("2026-01-01 00:00:00"), None, _t("2026-02-28 12:30:14"),
          _t("2026-01-05 08:00:00"), _t("2026-10-05 01:59:00"), _t("1969-07-21 02:56:15"),
          _t("2026-03-31 10:10:10"), None, _t("2026-01-04 23:30:00")],
    "s": ["shipped", "open", None, "", "Shipped", " open ", "已发货", "50%_off", None, "a.b*c"],
    "g": ["p", "p", "q", "q", "q", "p", None, "中文", None, "p"],
    "f": [True, False, None, True, False, True, False, None, None, True],
    "h": [True, True, True, False, False, None, False, False, None, None],
    "实际 金额": [*map(_D, ("100.10", "-5.05", "0.01")), None, *map(_D, ("7", "8", "9.99", "-1")),
              None, _D("0.1")],
    "渠道": ["电话", "微信", "微信", None, "邮件", "电话", "电话", "微信", None, "邮件"],
    "customers.tier": ["gold", "silver", None, "gold", "gold", "silver", "none", None, None, "g"],
}  # fmt: skip

FRAME = pl.DataFrame(_COLUMNS, schema={name: polars_type(found) for name, found in SCHEMA.items()})
SCHEMA = measured(SCHEMA, ranges_of(FRAME))


def connect() -> duckdb.DuckDBPyConnection:
    """Return a connection with the same rows as ``FRAME`` in table ``facts``."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET ieee_floating_point_ops = false")
    # The optimizer of 2.0.0 finds DATE '2024-02-29' = DATE_TRUNC('hour', d) false for that day.
    connection.execute("PRAGMA disable_optimizer")
    connection.execute("SET error_on_division_by_zero = false")
    columns = ", ".join(
        f'"{name}" {_DUCKDB.get(found.kind) or f"DECIMAL(11,{found.scale})"}'
        for name, found in SCHEMA.items()
    )
    connection.execute(f"CREATE TABLE facts ({columns})")
    marks = ", ".join("?" * len(SCHEMA))
    connection.executemany(f"INSERT INTO facts VALUES ({marks})", FRAME.rows())
    return connection


def code(text: str) -> Code:
    """Return ``text`` as it would stand at the start of a file."""
    return Code(text, "card.yml", tuple((1, i + 1) for i in range(len(text) + 1)))


def same(ours: object, theirs: object) -> bool:
    """Tell whether two engines mean the same value: exact, but for doubles' last digits."""
    if isinstance(ours, float) or isinstance(theirs, float):
        if ours is None or theirs is None:
            return ours is theirs
        assert isinstance(ours, int | float | Decimal)
        assert isinstance(theirs, int | float | Decimal)
        return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(ours, timedelta) and isinstance(theirs, timedelta):
        return abs(ours - theirs) <= timedelta(microseconds=1)
    if isinstance(ours, datetime) is not isinstance(theirs, datetime):
        return False
    if isinstance(ours, bool) is not isinstance(theirs, bool):
        return False
    return ours == theirs
