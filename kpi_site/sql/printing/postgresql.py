"""Where PostgreSQL's SQL differs from DuckDB's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kpi_site.sql.kinds import SqlType
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.operand import Printed

_HALF = 2**60  # a double's whole part is taken apart here: each part is a BIGINT, exactly


class PostgreSQL(Dialect):
    """PostgreSQL 14 and later.

    Texts have the collation "C" throughout, so that they are compared by code point; exact
    numbers come back as texts of whole numbers, since no driver carries NUMERIC.
    """

    name: ClassVar[str] = "postgresql"
    types: ClassVar[Mapping[str, str]] = {
        **Dialect.types,
        "double": "DOUBLE PRECISION",
        "string": "TEXT",
    }
    huge: ClassVar[str] = "NUMERIC(38, 0)"
    decimal: ClassVar[str] = "NUMERIC({digits}, {scale})"

    def convert(self, part: Printed, to: SqlType) -> str:
        match part.type.kind, to.kind:
            case "integer", "boolean":
                return f"({part.text} <> 0)"
            case "boolean", "integer":
                return f"CAST(({part.text})::INTEGER AS BIGINT)"
        return super().convert(part, to)

    # --- texts -----------------------------------------------------------------------

    def text(self, value: str) -> str:
        return f'({super().text(value)}::TEXT COLLATE "C")'

    def to_text(self, part: Printed) -> str:
        return f'(CAST({part.text} AS TEXT) COLLATE "C")'

    def lower(self, text: str) -> str:
        return f'(LOWER({text} COLLATE "und-x-icu") COLLATE "C")'

    def upper(self, text: str) -> str:
        return f'(UPPER({text} COLLATE "und-x-icu") COLLATE "C")'

    def trim(self, text: str) -> str:
        return f"TRIM(BOTH ' ' FROM {text})"

    def contains(self, text: str, part: str) -> str:
        return f"(STRPOS({text}, {part}) > 0)"

    def like(self, text: str, pattern: str, *, ignore_case: bool) -> str:
        if ignore_case:
            return f"({self.lower(text)} LIKE {self.text(pattern.lower())} ESCAPE '')"
        return f"({text} LIKE {self.text(pattern)} ESCAPE '')"

    def read(self, part: Printed, result: SqlType) -> str:
        zh = "文本转换成值，各数据库的规则不同"
        self.refuse(part, zh, "databases differ in what a text means as a value")

    # --- numbers ---------------------------------------------------------------------

    def to_double(self, text: str, kind: SqlType) -> str:
        if kind.kind != "number":
            return super().to_double(text, kind)
        # From all of its digits as a whole number, as the other engines do it.
        return f"(CAST({text} * 1e{kind.scale} AS DOUBLE PRECISION) / 1e{kind.scale}::FLOAT8)"

    def whole(self, text: str) -> str:
        fits = f"{text} >= -9223372036854775808::FLOAT8 AND {text} < 9223372036854775808::FLOAT8"
        return f"(CASE WHEN {fits} THEN CAST({text} AS BIGINT) END)"

    def steps(self, text: str, places: int) -> str:
        return (
            f"(SELECT CAST(TRUNC(y / {_HALF}::FLOAT8) AS BIGINT)::NUMERIC * {_HALF}"
            f" + CAST(y - TRUNC(y / {_HALF}::FLOAT8) * {_HALF}::FLOAT8 AS BIGINT)"
            f" FROM (SELECT ROUND({text} * 1e{places}::FLOAT8) AS y OFFSET 0) AS whole)"
        )

    def divide_whole(self, left: str, right: str, *, wide: bool = False) -> str:
        return f"DIV(({left})::NUMERIC, ({right})::NUMERIC)"

    def round_double(self, text: str, places: int) -> str:
        step = f"1e{places}::FLOAT8"
        return (
            "(SELECT (TRUNC(y) + CASE WHEN ABS(y - TRUNC(y)) >= 0.5 THEN SIGN(y) ELSE 0 END)"
            f" / {step} FROM (SELECT ({text}) * {step} AS y OFFSET 0) AS scaled)"
        )

    def from_double(self, text: str, result: SqlType) -> str:
        if result.kind == "integer":
            return self.whole(text)
        rounded = self.steps(self.round_double(text, result.scale), result.scale)
        return f"CAST({rounded} / 1e{result.scale} AS {self.type_name(result)})"

    # --- the calendar ----------------------------------------------------------------

    def micros(self, moment: str) -> str:
        return f"CAST(EXTRACT(EPOCH FROM {moment}) * 1000000 AS BIGINT)"

    def moment(self, micros: str) -> str:
        day = "86400000000"
        return (
            f"(SELECT DATE '1970-01-01' + CAST(FLOOR(u / {day}) AS INTEGER)"
            f" + MOD(MOD(u, {day}) + {day}, {day})::FLOAT8 * INTERVAL '1 microsecond'"
            f" FROM (SELECT ({micros})::NUMERIC AS u OFFSET 0) AS clock)"
        )

    def part(self, part: str, moment: str) -> str:
        return f"CAST(FLOOR(EXTRACT({part.upper()} FROM {moment})) AS BIGINT)"

    def plus_months(self, moment: str, months: int) -> str:
        return f"({moment} + INTERVAL '{months} months')"

    def last_day(self, day: str) -> str:
        first = f"DATE_TRUNC('month', {day}::TIMESTAMP)"
        return f"CAST({first} + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)"

    def day_of_parts(self, year: str, month: str, day: str) -> str:
        return f"MAKE_DATE(({year})::INTEGER, ({month})::INTEGER, ({day})::INTEGER)"

    # --- aggregates ------------------------------------------------------------------

    def exact(self, text: str, kind: SqlType) -> str:
        places = kind.scale if kind.kind == "number" else 0
        return f"CAST(TRUNC({text} * 1e{places}) AS TEXT)"

    def key(self, text: str, kind: SqlType) -> str:
        return f"CAST({text} AS TEXT)" if kind.kind == "number" else text
