"""SQL as DuckDB means it, word by word: what other engines' classes differ from.

Every operand comes in the type that the type rules give it, so that nothing is left to an
engine's own conversions. NULL stays NULL, logic has three values, a division by zero is NULL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, NoReturn

from kpi_site.sql.kinds import DATE, DATETIME, MAX_SCALE, NULL, SqlType
from kpi_site.sql.printing.calls import CALLS
from kpi_site.sql.printing.operand import Parts, Printed, Refused

_SLIM = 18  # digits of a decimal that has 64 bits
_MICRO = timedelta(microseconds=1)
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"
_DOUBLE = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_TIME = r"^\d{4}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,9})?)?)?$"


class Dialect:
    """DuckDB's SQL; a subclass overrides what another engine writes or means differently."""

    name: ClassVar[str] = "duckdb"
    types: ClassVar[Mapping[str, str]] = {
        "integer": "BIGINT",
        "double": "DOUBLE",
        "string": "VARCHAR",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "datetime": "TIMESTAMP",
        "duration": "BIGINT",
    }
    huge: ClassVar[str] = "HUGEINT"  # whole numbers beyond 64 bits
    decimal: ClassVar[str] = "DECIMAL({digits}, {scale})"

    def call(self, op: str, parts: Parts, result: SqlType, at: int) -> str:
        """Return an operator or function by its canonical name."""
        del at
        return CALLS[op](self, parts, result)

    def refuse(self, part: Printed, zh: str, en: str) -> NoReturn:
        """Raise that the meaning of ``part`` cannot be promised here."""
        raise Refused(part.at, zh, en)

    # --- types and constants ---------------------------------------------------------

    def type_name(self, kind: SqlType, *, wide: bool = False) -> str:
        """Return the name of a type; ``wide`` whole numbers need more than 64 bits."""
        if kind.kind == "number":
            return self.decimal.format(digits=38, scale=kind.scale)
        return self.huge if wide and kind.kind == "integer" else self.types[kind.kind]

    def cast(self, text: str, kind: SqlType, *, wide: bool = False) -> str:
        """Return a conversion that cannot fail."""
        return f"CAST({text} AS {self.type_name(kind, wide=wide)})"

    def slim(self, part: Printed) -> str:
        """Return a decimal in 64 bits where all of its values have room there."""
        kind, bound = part.type, part.bound
        if bound is None or max(map(abs, bound)) >= 10**_SLIM or kind.scale > _SLIM:
            return part.text
        return f"CAST({part.text} AS {self.decimal.format(digits=_SLIM, scale=kind.scale)})"

    def convert(self, part: Printed, to: SqlType) -> str:
        """Return an operand in type ``to``: without loss, or as a double."""
        if part.type == to:
            return part.text
        if part.type == NULL:
            return self.cast("NULL", to)
        if to.kind == "double":
            return self.to_double(part.text, part.type)
        if to.kind == "string":
            return self.to_text(part)
        if to.kind == "datetime":
            return self.start_of(part.text)
        return self.cast(part.text, to)

    def to_double(self, text: str, kind: SqlType) -> str:
        """Return a number as the nearest double."""
        del kind
        return f"CAST({text} AS {self.types['double']})"

    def to_text(self, part: Printed) -> str:
        """Return a value as text: decimals with all of their places."""
        return f"CAST({part.text} AS {self.types['string']})"

    def literal(self, value: object, kind: SqlType, *, wide: bool) -> str:
        """Return a constant of type ``kind``."""
        match value:
            case bool():
                return "TRUE" if value else "FALSE"
            case int():
                return self.cast(str(value), kind, wide=wide)
            case Decimal():
                return f"CAST('{value:f}' AS {self.type_name(kind)})"
            case str():
                return self.text(value)
            case timedelta():
                return self.cast(str(value // _MICRO), kind)
            case datetime():
                return f"TIMESTAMP '{value.isoformat(' ', 'microseconds')}'"
            case date():
                return f"DATE '{value.isoformat()}'"
        raise AssertionError(value)

    def text(self, value: str) -> str:
        """Return a text constant."""
        doubled = value.replace("'", "''")
        return f"'{doubled}'"

    def double(self, value: float) -> str:
        """Return a double."""
        return f"CAST('{value!r}' AS {self.types['double']})"

    # --- numbers ---------------------------------------------------------------------

    def whole(self, text: str) -> str:
        """Return a double as a whole number, halves to the even one; NULL if it is too large."""
        return f"TRY_CAST({text} AS BIGINT)"

    def steps(self, text: str, places: int) -> str:
        """Return a double as a whole number of its smallest steps, halves to the even one."""
        return f"CAST({text} * 1e{places} AS {self.huge})"

    def divide_whole(self, left: str, right: str, *, wide: bool = False) -> str:
        """Return the whole quotient, towards zero; the divisor is not 0."""
        del wide
        return f"({left} // {right})"

    def check_wide_quotient(self, part: Printed) -> None:
        """Raise `Refused` where whole numbers beyond 64 bits cannot be divided."""

    def absolute(self, text: str, kind: SqlType, *, wide: bool) -> str:
        """Return a number of type ``kind`` without its sign."""
        del kind, wide
        return f"ABS({text})"

    def multiply(self, left: str, right: str, result: SqlType) -> str:
        """Return the product of two decimals, whose places add up to those of ``result``."""
        return self.cast(f"{left} * {right}", result)

    def round_decimal(self, text: str, places: int) -> str:
        """Return a decimal rounded half away from zero, as some decimal."""
        return f"ROUND({text}, {places})"

    def round_double(self, text: str, places: int) -> str:
        """Return a double rounded half away from zero; ``places`` are not negative."""
        return f"ROUND({text}, {places})"

    def step(self, word: str, text: str, kind: SqlType) -> str:
        """Return a decimal or double as the next whole one: ``word`` is FLOOR or CEIL."""
        del kind
        return f"{word}({text})"

    def from_double(self, text: str, result: SqlType) -> str:
        """Return a double as a whole number (halves to the even one) or a decimal."""
        if result.kind == "integer":
            return self.whole(text)
        return f"TRY_CAST({self.round_double(text, result.scale)} AS {self.type_name(result)})"

    # --- aggregates ------------------------------------------------------------------

    def total(self, text: str, kind: SqlType) -> str:
        """Return the exact sum of values of type ``kind``."""
        del kind
        return f"SUM({text})"

    def exact(self, text: str, kind: SqlType) -> str:
        """Return an exact aggregate of values of type ``kind`` in a form that can travel."""
        del kind
        return text

    def key(self, text: str, kind: SqlType) -> str:
        """Return a value by which rows are grouped in a form that can travel."""
        del kind
        return text

    def has_bit(self, text: str, bits: int) -> str:
        """Return the condition that a whole number has one of ``bits`` (of 62)."""
        return f"({text} & {bits}) <> 0"

    # --- the calendar ----------------------------------------------------------------

    def day_of(self, moment: str) -> str:
        """Return the day of a moment."""
        return self.cast(moment, DATE)

    def start_of(self, day: str) -> str:
        """Return the moment at which a day begins."""
        return self.cast(day, DATETIME)

    def micros(self, moment: str) -> str:
        """Return microseconds since 1970-01-01 00:00."""
        return f"EPOCH_US({moment})"

    def moment(self, micros: str) -> str:
        """Return the moment of so many microseconds since 1970-01-01 00:00."""
        return f"MAKE_TIMESTAMP({micros})"

    def day_number(self, day: str) -> str:
        """Return days since 1970-01-01."""
        return f"CAST({day} - DATE '1970-01-01' AS BIGINT)"

    def plus_days(self, day: str, days: str) -> str:
        """Return a day so many days later."""
        return f"({day} + CAST({days} AS INTEGER))"

    def part(self, part: str, moment: str) -> str:
        """Return a part of a moment as a whole number."""
        return f"CAST(DATE_PART('{part}', {moment}) AS BIGINT)"  # a double, of NULL alone

    def plus_months(self, moment: str, months: int) -> str:
        """Return the same day of another month, or its last one."""
        return f"({moment} + INTERVAL ({months}) MONTH)"

    def last_day(self, day: str) -> str:
        """Return the last day of the month."""
        return f"LAST_DAY({day})"

    def day_of_parts(self, year: str, month: str, day: str) -> str:
        """Return the day; the parts are those of one that there is."""
        return f"MAKE_DATE({year}, {month}, {day})"

    # --- texts -----------------------------------------------------------------------

    def lower(self, text: str) -> str:
        """Return ``text`` in lower case, in every script."""
        return f"LOWER({text})"

    def upper(self, text: str) -> str:
        """Return ``text`` in upper case, in every script."""
        return f"UPPER({text})"

    def trim(self, text: str) -> str:
        """Return ``text`` without spaces at either end."""
        return f"TRIM({text}, ' ')"

    def length(self, text: str) -> str:
        """Return how many characters ``text`` has."""
        return f"LENGTH({text})"

    def head(self, text: str, count: int) -> str:
        """Return the first characters."""
        return f"LEFT({text}, {count})"

    def tail(self, text: str, count: int) -> str:
        """Return the last characters."""
        return f"RIGHT({text}, {count})"

    def substring(self, text: str, start: int, length: int | None) -> str:
        """Return characters from ``start`` on (from 1), all of them if there is no length."""
        rest = "" if length is None else f", {length}"
        return f"SUBSTRING({text}, {start}{rest})"

    def pad(self, text: str, length: int, filler: str, *, left: bool) -> str:
        """Return ``text`` filled, or cut, to ``length`` characters."""
        return f"{'LPAD' if left else 'RPAD'}({text}, {length}, {self.text(filler)})"

    def concat(self, texts: Sequence[str]) -> str:
        """Return all texts one after another, leaving NULLs out."""
        return f"CONCAT({', '.join(texts)})"

    def replace(self, text: str, old: str, new: str) -> str:
        """Return ``text`` with every ``old`` (not empty) replaced."""
        return f"REPLACE({text}, {self.text(old)}, {self.text(new)})"

    def starts_with(self, text: str, start: str) -> str:
        """Tell whether ``text`` starts so."""
        return f"STARTS_WITH({text}, {start})"

    def contains(self, text: str, part: str) -> str:
        """Tell whether ``part`` stands in ``text``."""
        return f"CONTAINS({text}, {part})"

    def like(self, text: str, pattern: str, *, ignore_case: bool) -> str:
        """Tell whether ``text`` fits: ``%`` any text, ``_`` one character, no escape."""
        return f"({text} {'ILIKE' if ignore_case else 'LIKE'} {self.text(pattern)})"

    def is_in(self, subject: str, members: Sequence[str]) -> str:
        """Tell whether a value is one of ``members``; a NULL among them makes "no" unknown."""
        return f"({subject} IN ({', '.join(members)}))"

    def distinct(self, left: str, right: str) -> str:
        """Tell whether two values differ, NULL being a value like any other."""
        return f"({left} IS DISTINCT FROM {right})"

    # --- what text means -------------------------------------------------------------

    def read(self, part: Printed, result: SqlType) -> str:
        """Return what a text says as a value; NULL where it cannot be read."""
        trimmed = f"TRIM({part.text}, ' ' || CHR(9) || CHR(10) || CHR(11) || CHR(12) || CHR(13))"
        match result.kind:
            case "integer" | "number":
                wide = f"TRY_CAST({trimmed} AS DECIMAL(38, {MAX_SCALE}))"
                found = self._if_fits(trimmed, _NUMBER, wide)
                rounded = self.round_decimal(found, result.scale)
                return f"TRY_CAST({rounded} AS {self.type_name(result)})"
            case "double":
                return self._if_fits(trimmed, _DOUBLE, f"TRY_CAST({trimmed} AS DOUBLE)")
            case "boolean":
                word = f"LOWER({trimmed})"
                yes, no = "('true', 't', '1')", "('false', 'f', '0')"
                return f"(CASE WHEN {word} IN {yes} THEN TRUE WHEN {word} IN {no} THEN FALSE END)"
        plain = f"REPLACE({trimmed}, 'T', ' ')"
        time = self._if_fits(plain, _TIME, f"TRY_CAST({plain} AS TIMESTAMP)")
        return f"CAST({time} AS DATE)" if result.kind == "date" else time

    def _if_fits(self, text: str, form: str, found: str) -> str:
        return f"(CASE WHEN REGEXP_MATCHES({text}, {self.text(form)}) THEN {found} END)"
