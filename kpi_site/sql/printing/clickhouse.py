"""Where ClickHouse's SQL differs from DuckDB's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from kpi_site.sql.kinds import DATE, DATETIME, SqlType
from kpi_site.sql.printing.dialect import Dialect
from kpi_site.sql.printing.operand import Printed

_HALF = 2**60  # a double's whole part is taken apart here: each part is an Int64, exactly
_DAY = 86_400_000_000  # microseconds
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments of facts are local


class ClickHouse(Dialect):
    """ClickHouse 25 and later, with NULLs from outer joins and absent keys (see the engine).

    Its own days and moments reach from 1900 to 2299 only, so days are whole numbers here, and
    moments whole microseconds; its Int128 becomes no decimal and no double exactly, so whole
    numbers beyond 64 bits are decimals without places.
    """

    name: ClassVar[str] = "clickhouse"
    types: ClassVar[Mapping[str, str]] = {
        "integer": "Nullable(Int64)",
        "double": "Nullable(Float64)",
        "string": "Nullable(String)",
        "boolean": "Nullable(Bool)",
        "date": "Nullable(Int32)",
        "datetime": "Nullable(Int64)",
        "duration": "Nullable(Int64)",
    }
    huge: ClassVar[str] = "Nullable(Decimal(38, 0))"
    decimal: ClassVar[str] = "Nullable(Decimal({digits}, {scale}))"

    def literal(self, value: object, kind: SqlType, *, wide: bool) -> str:
        match value:
            case bool() | Decimal() | str() | timedelta():
                return super().literal(value, kind, wide=wide)
            case datetime():
                return self.cast(str((value - _EPOCH) // timedelta(microseconds=1)), DATETIME)
            case date():
                return self.cast(str((value - _EPOCH.date()).days), DATE)
        return self.cast(f"'{value}'", kind, wide=wide)  # else it may be read as a double

    def text(self, value: str) -> str:
        return super().text(value.replace("\\", "\\\\"))

    def double(self, value: float) -> str:
        return f"{value!r}"

    # --- numbers ---------------------------------------------------------------------

    def to_text(self, part: Printed) -> str:
        match part.type.kind:
            case "number":
                return f"toDecimalString({part.text}, {part.type.scale})"
            case "boolean":
                return f"(CASE WHEN {part.text} THEN 'true' WHEN NOT {part.text} THEN 'false' END)"
            case "date":
                return self._written(part.text)
        return super().to_text(part)

    def whole(self, text: str) -> str:
        return f"accurateCastOrNull(round({text}), 'Int64')"

    def steps(self, text: str, places: int) -> str:
        return _let(f"round({text} * 1e{places})", _DECIMAL)

    def divide_whole(self, left: str, right: str, *, wide: bool = False) -> str:
        found = f"intDiv({left}, {right})"
        return f"CAST(toString({found}) AS {self.huge})" if wide else found

    def absolute(self, text: str, kind: SqlType, *, wide: bool) -> str:
        return f"CAST(ABS({text}) AS {self.type_name(kind, wide=wide)})"

    def round_double(self, text: str, places: int) -> str:
        found = "trunc(y) + (CASE WHEN ABS(y - trunc(y)) >= 0.5 THEN sign(y) ELSE 0 END)"
        return f"({_let(f'({text}) * 1e{places}', found)} / 1e{places})"

    def from_double(self, text: str, result: SqlType) -> str:
        if result.kind == "integer":
            return self.whole(text)
        step = self.literal(Decimal(1).scaleb(-result.scale), result, wide=False)
        y = f"round({self.round_double(text, result.scale)} * 1e{result.scale})"
        return _let(y, f"{_DECIMAL} * {step}")

    # --- aggregates ------------------------------------------------------------------

    def total(self, text: str, kind: SqlType) -> str:
        return f"SUM({text if kind.kind in {'number', 'double'} else self._wide(text)})"

    def has_bit(self, text: str, bits: int) -> str:
        return f"bitAnd({text}, {bits}) <> 0"

    def _wide(self, text: str) -> str:
        return f"CAST({text} AS {self.huge})"

    # --- the calendar ----------------------------------------------------------------

    def day_of(self, moment: str) -> str:
        return f"CAST({_floor(moment, _DAY)} AS {self.types['date']})"

    def start_of(self, day: str) -> str:
        return f"(toInt64({day}) * {_DAY})"

    def micros(self, moment: str) -> str:
        return moment

    def moment(self, micros: str) -> str:
        return micros

    def day_number(self, day: str) -> str:
        return f"toInt64({day})"

    def plus_days(self, day: str, days: str) -> str:
        return f"CAST({day} + {days} AS {self.types['date']})"

    def part(self, part: str, moment: str) -> str:
        if part in _CLOCK:
            size, most = _CLOCK[part]
            return f"(({_floor(moment, size)} + {_FAR * most}) % {most})"
        day = _floor(moment, _DAY)
        if part == "year":
            return _let(day, f"toInt64(toYear({_held('y')})) + 400 * {_cycles('y')}")
        found = f"toInt64({_PARTS[part]}({_held(day)}))"
        return f"({found} % 7)" if part == "dow" else found

    def plus_months(self, moment: str, months: int) -> str:
        year, month, day = (self.part(part, "y") for part in ("year", "month", "day"))
        first = self._first_of(f"({year} * 12 + {month} - 1 + {months})")
        last = f"toDaysInMonth({_held('z')})"
        moved = _let(first, f"z + LEAST({day}, {last}) - 1", "z")
        return _let(moment, f"y + ({moved} - {_floor('y', _DAY)}) * {_DAY}")

    def _first_of(self, months: str) -> str:
        """Return the number of a month's first day; months count from the first of year 0."""
        return _let(
            months, f"toInt64({self.day_of_parts('intDiv(m, 12)', 'm % 12 + 1', '1')})", "m"
        )

    def last_day(self, day: str) -> str:
        held = _held("y")
        days = f"y - toDayOfMonth({held}) + toDaysInMonth({held})"
        return f"CAST({_let(day, days)} AS {self.types['date']})"

    def day_of_parts(self, year: str, month: str, day: str) -> str:
        # In the year of this cycle that is like it.
        like = "1900 + (y + 100) % 400"
        found = (
            f"toInt64(makeDate32({like}, {month}, {day})) + intDiv(y - ({like}), 400) * {_CYCLE}"
        )
        return f"CAST({_let(year, found)} AS {self.types['date']})"

    def _written(self, day: str) -> str:
        year, month, date = (
            self.part(p, f"(toInt64(y) * {_DAY})") for p in ("year", "month", "day")
        )
        text = "||'-'||".join(
            f"leftPad(toString({part}), {width}, '0')"
            for part, width in ((year, 4), (month, 2), (date, 2))
        )
        return _let(day, text)

    # --- texts -----------------------------------------------------------------------

    def lower(self, text: str) -> str:
        return f"lowerUTF8({text})"

    def upper(self, text: str) -> str:
        return f"upperUTF8({text})"

    def trim(self, text: str) -> str:
        return f"TRIM(BOTH ' ' FROM {text})"

    def length(self, text: str) -> str:
        return f"lengthUTF8({text})"

    def head(self, text: str, count: int) -> str:
        return f"leftUTF8({text}, {count})"

    def tail(self, text: str, count: int) -> str:
        return f"rightUTF8({text}, {count})"

    def substring(self, text: str, start: int, length: int | None) -> str:
        rest = "" if length is None else f", {length}"
        return f"substringUTF8({text}, {start}{rest})"

    def pad(self, text: str, length: int, filler: str, *, left: bool) -> str:
        word = "leftPadUTF8" if left else "rightPadUTF8"
        return f"{word}({text}, {length}, {self.text(filler)})"

    def concat(self, texts: Sequence[str]) -> str:
        kept = [f"COALESCE({text}, '')" for text in texts]
        return f"concat({', '.join(kept)})"

    def replace(self, text: str, old: str, new: str) -> str:
        return f"replaceAll({text}, {self.text(old)}, {self.text(new)})"

    def starts_with(self, text: str, start: str) -> str:
        return f"startsWith({text}, {start})"

    def contains(self, text: str, part: str) -> str:
        return f"(position({text}, {part}) > 0)"

    def like(self, text: str, pattern: str, *, ignore_case: bool) -> str:
        if ignore_case:
            text, pattern = self.lower(text), pattern.lower()
        escaped = pattern.replace("\\", "\\\\")
        return f"({text} LIKE {self.text(escaped)})"

    def is_in(self, subject: str, members: Sequence[str]) -> str:
        # Its IN passes a NULL in the list over.
        return f"({' OR '.join(f'{subject} = {member}' for member in members)})"

    def read(self, part: Printed, result: SqlType) -> str:
        zh = "文本转换成值，各数据库的规则不同"
        self.refuse(part, zh, "databases differ in what a text means as a value")


# Days are like those of 1900 to 2299, which its functions know: the calendar, weeks too, comes
# again every 400 years. Far-off numbers are added so that quotients and rests are of positive ones.
_CYCLE = 146_097
_FIRST = 25_567  # days from 1900-01-01 to 1970-01-01
_FAR = 100 * _CYCLE
_CLOCK = {"hour": (3_600_000_000, 24), "minute": (60_000_000, 60), "second": (1_000_000, 60)}
_PARTS = {
    "quarter": "toQuarter", "month": "toMonth", "week": "toISOWeek", "day": "toDayOfMonth",
    "dow": "toDayOfWeek", "isodow": "toDayOfWeek", "doy": "toDayOfYear",
}  # fmt: skip


def _floor(number: str, size: int) -> str:
    """Return a whole quotient, downwards."""
    far = _FAR * _DAY // size
    return f"(intDiv({number} + {far * size}, {size}) - {far})"


def _held(day: str) -> str:
    return f"toDate32(({day} + {_FIRST + _FAR}) % {_CYCLE} - {_FIRST})"


def _cycles(day: str) -> str:
    return f"(intDiv({day} + {_FIRST + _FAR}, {_CYCLE}) - {_FAR // _CYCLE})"


def _decimal() -> str:
    """Return a whole double y as a decimal, exactly: its own conversion is not.

    NULL beyond 38 digits; behind a NULL may be infinity, of which conversions complain.
    """
    sound = "(CASE WHEN ABS(y) < 1e38 THEN y ELSE 0 END)"
    high = f"trunc({sound} / {_HALF}.)"
    parts = high, f"{sound} - {high} * {_HALF}."
    one, other = (f"CAST(accurateCast({part}, 'Int64') AS {ClickHouse.huge})" for part in parts)
    whole = f"{one} * CAST('{_HALF}' AS Decimal(38, 0)) + {other}"
    return f"(CASE WHEN ABS(y) < 1e38 THEN {whole} END)"


_DECIMAL = _decimal()


def _let(value: str, found: str, name: str = "y") -> str:
    """Return ``found``, in which ``value`` is called ``name``: it is computed once."""
    return f"arrayMap({name} -> {found}, [{value}])[1]"
