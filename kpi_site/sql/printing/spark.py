"""Where Spark's SQL differs from DuckDB's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from kpi_site.sql.kinds import SqlType
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.operand import Printed

_HALF = 2**60  # a double's whole part is taken apart here: each part is a BIGINT, exactly
_WHOLE = "9007199254740992D"  # 2 ** 53: doubles from here on have no places


class Spark(Dialect):
    """Spark 4 with ANSI arithmetic, all times in UTC, decimals without loss (see the engine).

    Whole numbers beyond 64 bits are decimals without places.
    """

    name: ClassVar[str] = "spark"
    types: ClassVar[Mapping[str, str]] = {
        **Dialect.types,
        "string": "STRING",
        "datetime": "TIMESTAMP_NTZ",
    }
    huge: ClassVar[str] = "DECIMAL(38, 0)"

    def literal(self, value: object, kind: SqlType, *, wide: bool) -> str:
        match value:
            case datetime():
                return f"TIMESTAMP_NTZ '{value.isoformat(' ', 'microseconds')}'"
            case bool() | date() | Decimal() | str() | timedelta():
                return super().literal(value, kind, wide=wide)
        return self.cast(f"'{value}'", kind, wide=wide)  # the smallest is no number with a sign

    def text(self, value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    # --- numbers ---------------------------------------------------------------------

    def to_double(self, text: str, kind: SqlType) -> str:
        if kind.kind != "number":
            return super().to_double(text, kind)
        # From all of its digits as a whole number, as the other engines do it.
        whole = f"CAST({self._digits(text, kind)} AS DOUBLE)"
        return f"({whole} / CAST('1e{kind.scale}' AS DOUBLE))"

    def _digits(self, text: str, kind: SqlType) -> str:
        """Return the digits of a decimal as a whole number: by its text, which has them all."""
        if not kind.scale:
            return text
        return f"CAST(REPLACE(CAST({text} AS STRING), '.', '') AS {self.huge})"

    def whole(self, text: str) -> str:
        fits = "y >= -9223372036854775808D AND y < 9223372036854775808D"
        return _let(text, f"CASE WHEN {fits} THEN CAST(RINT(y) AS BIGINT) END")

    def steps(self, text: str, places: int) -> str:
        return _let(f"RINT({text} * 1e{places})", _decimal("y"))

    def divide_whole(self, left: str, right: str, *, wide: bool = False) -> str:
        del wide  # refused
        return f"({left} DIV {right})"

    def check_wide_quotient(self, part: Printed) -> None:
        zh = "商可能超过 64 位"
        self.refuse(part, zh, "its whole quotients have 64 bits, and here they may need more")

    def step(self, word: str, text: str, kind: SqlType) -> str:
        if kind.kind != "double":
            return super().step(word, text, kind)
        return _let(text, f"CASE WHEN ABS(y) < {_WHOLE} THEN CAST({word}(y) AS DOUBLE) ELSE y END")

    def round_double(self, text: str, places: int) -> str:
        size = "FLOOR(ABS(y))"
        up = f"{size} + (CASE WHEN ABS(y) - {size} >= 0.5D THEN 1 ELSE 0 END)"
        found = f"CASE WHEN ABS(y) < {_WHOLE} THEN SIGN(y) * ({up}) ELSE y END"
        return f"({_let(f'({text}) * 1e{places}', found)} / 1e{places})"

    def from_double(self, text: str, result: SqlType) -> str:
        if result.kind == "integer":
            return self.whole(text)
        step = self.literal(Decimal(1).scaleb(-result.scale), result, wide=False)
        y = f"RINT({self.round_double(text, result.scale)} * 1e{result.scale})"
        found = self.cast(f"{_decimal('y')} * {step}", result)
        return _let(y, f"CASE WHEN ABS(y) < 1e38 THEN {found} END")

    # --- aggregates ------------------------------------------------------------------

    def total(self, text: str, kind: SqlType) -> str:
        exact = kind.kind in {"number", "double"}
        return f"SUM({text if exact else f'CAST({text} AS {self.huge})'})"

    # --- the calendar ----------------------------------------------------------------

    def micros(self, moment: str) -> str:
        return f"UNIX_MICROS(CAST({moment} AS TIMESTAMP))"

    def moment(self, micros: str) -> str:
        return f"CAST(TIMESTAMP_MICROS({micros}) AS TIMESTAMP_NTZ)"

    def day_number(self, day: str) -> str:
        return f"CAST(UNIX_DATE({day}) AS BIGINT)"

    def plus_days(self, day: str, days: str) -> str:
        return f"DATE_ADD({day}, CAST({days} AS INT))"

    def part(self, part: str, moment: str) -> str:
        if part == "dow":
            return f"(CAST(EXTRACT(DOW FROM {moment}) AS BIGINT) - 1)"
        word = "DOW_ISO" if part == "isodow" else part.upper()
        return f"CAST(FLOOR(EXTRACT({word} FROM {moment})) AS BIGINT)"

    def plus_months(self, moment: str, months: int) -> str:
        return f"({moment} + MAKE_YM_INTERVAL(0, {months}))"

    def day_of_parts(self, year: str, month: str, day: str) -> str:
        return f"MAKE_DATE(CAST({year} AS INT), CAST({month} AS INT), CAST({day} AS INT))"

    # --- texts -----------------------------------------------------------------------

    def trim(self, text: str) -> str:
        return f"TRIM(BOTH ' ' FROM {text})"

    def concat(self, texts: Sequence[str]) -> str:
        kept = [f"COALESCE({text}, '')" for text in texts]
        return f"CONCAT({', '.join(kept)})"

    def starts_with(self, text: str, start: str) -> str:
        return f"STARTSWITH({text}, {start})"

    def like(self, text: str, pattern: str, *, ignore_case: bool) -> str:
        if ignore_case:
            text, pattern = self.lower(text), pattern.lower()
        escaped = pattern.replace("\\", "\\\\")
        return f"({text} LIKE {self.text(escaped)})"

    def read(self, part: Printed, result: SqlType) -> str:
        zh = "文本转换成值，各数据库的规则不同"
        self.refuse(part, zh, "databases differ in what a text means as a value")


def _decimal(double: str) -> str:
    """Return a whole double as a decimal, exactly: its own conversion is not."""
    high = f"CAST({double} / {_HALF}D AS BIGINT)"
    low = f"CAST({double} - CAST({high} AS DOUBLE) * {_HALF}D AS BIGINT)"
    one, other = (f"CAST({part} AS {Spark.huge})" for part in (high, low))
    return f"({one} * CAST('{_HALF}' AS DECIMAL(19, 0)) + {other})"


def _let(value: str, found: str) -> str:
    """Return ``found``, in which ``value`` is called ``y``: it is computed once."""
    return f"TRANSFORM(ARRAY({value}), y -> {found})[0]"
