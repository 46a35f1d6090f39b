"""Text to dates and datetimes: exactly what the format says, or null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from kpi_site.catalog import Field
from kpi_site.tables.formats import (
    HALVES_OF_DAYS,
    IN_UTC,
    ISO_DATE,
    ISO_DATETIME,
    SERIAL,
    UNIX,
    UNIX_NUMBER,
    YEAR,
    TimeFormat,
    read_moment,
    time_format,
)
from kpi_site.tables.iso_times import DAY, MANY, MINUTE, SECOND, read_iso
from kpi_site.tables.numerals import UNIFIED, unified

MOMENT = pl.Datetime("us")
_SERIAL_START = datetime(1899, 12, 30)  # noqa: DTZ001 — files have local times
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_466  # 1900-03-01; before it Excel counts a day too many
_DAY_MS = 86_400_000
_FIRST_MICRO, _LAST_MICRO = -62_135_510_400_000_000, 253_402_127_999_999_999  # of our years
_FARTHEST = timedelta(hours=16)  # from Greenwich, as the patterns of formats have it


def read_times(text: pl.Series, field: Field, timezone: str) -> pl.Series:
    """Return the dates (or datetimes) of a column of texts; null where a cell is not one.

    A datetime with an offset is moved to ``timezone``; one without is local already.
    """
    return read_moments(text, field, timezone)[0]


def read_moments(
    text: pl.Series, field: Field, timezone: str
) -> tuple[pl.Series, pl.Series | None]:
    """Return the times of a column (see `read_times`), and their offsets where cells have any.

    An offset is the seconds that ``timezone`` is ahead of UTC at that instant, null where the
    cell has none: twice a year two instants have the same local time.
    """
    if field.wide_digits:
        text = unified(text)
    if field.format == SERIAL:
        return _serials(text, field), None
    if field.format in UNIX:
        found, told = _since_1970(text, field.format, timezone)
        return (found.dt.date() if field.type == "date" else found), told
    if field.format is not None and "%p" in field.format:
        text = text.str.replace_many([*HALVES_OF_DAYS], [*HALVES_OF_DAYS.values()])
    if field.format is not None and "%Z" in field.format:
        text = text.str.replace_all(IN_UTC.pattern, "+0000")
        field = replace(field, format=field.format.replace("%Z", "%z"))
    if field.type == "datetime" and field.format is None:
        return _iso_datetimes(text, timezone)
    form = ISO_DATE if field.format is None else _form(field)
    if form == ISO_DATE and text.len() >= MANY:
        return _iso_days(text, field, timezone), None
    if form is None:
        return _by_python(text, field, timezone), None
    if field.type == "datetime" and form.zoned:
        return _zoned(text, form, timezone)
    return _formatted(text, form, field, timezone), None


def _serials(text: pl.Series, field: Field) -> pl.Series:
    """Return the times of serial numbers, as spreadsheets count days: 1 March 1900 is 61.

    A part of a day is rounded to the millisecond, as spreadsheets do; a day has no part.
    """
    cells = pl.col(text.name)
    fits = cells.str.contains(r"^[0-9]{2,7}(?:\.[0-9]+)?$")
    number = pl.when(fits).then(cells).cast(pl.Float64, strict=False)
    number = pl.when(number.is_between(_FIRST_SERIAL, _LAST_SERIAL, closed="left")).then(number)
    micros = (number * _DAY_MS).round().cast(pl.Int64) * 1000
    moment = pl.lit(_SERIAL_START) + micros.cast(pl.Duration("us"))
    if field.type == "date":
        moment = pl.when(number == number.floor()).then(moment.dt.date())
    return text.to_frame().select(moment.alias(text.name)).to_series()


def _since_1970(text: pl.Series, written: str, timezone: str) -> tuple[pl.Series, pl.Series]:
    """Return local times and offsets of seconds, or milliseconds, since 1970 began in UTC."""
    cells = pl.col(text.name)
    number = pl.when(cells.str.contains(UNIX_NUMBER[written])).then(cells)
    steps = number.cast(pl.Decimal(38, 6), strict=False) * UNIX[written]
    micros = steps.cast(pl.Int64, strict=False)
    utc = pl.when(micros.is_between(_FIRST_MICRO, _LAST_MICRO)).then(micros).cast(MOMENT)
    local = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    local = local.dt.replace_time_zone(None)
    found = text.to_frame().select(local.alias("local"), _seconds(local, utc).alias("offset"))
    return found["local"].alias(text.name), found["offset"]


def _zoned(text: pl.Series, form: TimeFormat, timezone: str) -> tuple[pl.Series, pl.Series]:
    """Return local times and offsets of a format that tells the offset."""
    cells = pl.col(text.name)
    whole = cells + form.suffix if form.suffix else cells
    moment = whole.str.to_datetime(form.text, strict=False, time_unit="us")
    local = moment.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    utc = moment.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    found = text.to_frame().select(
        pl.when(cells.str.contains(form.pattern)).then(local).alias("local"),
        _seconds(local, utc).alias("offset"),
    )
    return found["local"].alias(text.name), found["offset"]


def _seconds(local: pl.Expr, utc: pl.Expr) -> pl.Expr:
    return (local - utc).dt.total_seconds().cast(pl.Int32)


def local_offsets(local: pl.Series, timezone: str) -> pl.Series:
    """Return the offsets of local times: the first of two, and the one before a gap."""
    time = pl.col("time")

    def at(moment: pl.Expr) -> pl.Expr:
        placed = moment.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
        return _seconds(moment, placed.dt.convert_time_zone("UTC").dt.replace_time_zone(None))

    before = at(time - pl.duration(hours=2))
    return local.alias("time").to_frame().select(at(time).fill_null(before)).to_series()


def _formatted(text: pl.Series, form: TimeFormat, field: Field, timezone: str) -> pl.Series:
    cells = pl.col(text.name)
    typed = _parsed(cells, form, field.type, timezone)
    found = text.to_frame().select(pl.when(cells.str.contains(form.pattern)).then(typed))
    return found.to_series().alias(text.name)


def _iso_days(text: pl.Series, field: Field, timezone: str) -> pl.Series:
    """Read cells of the one form at full speed, and any others with care."""
    found = read_iso(text, DAY)
    left = found.is_null() & text.is_not_null()
    if not left.any():
        return found
    others = _formatted(text.filter(left), ISO_DATE, field, timezone)
    return found.scatter(left.arg_true(), others)


def _form(field: Field) -> TimeFormat | None:
    return time_format(field.format or "", has_time=field.type == "datetime")


def _parsed(cells: pl.Expr, form: TimeFormat, kind: str, timezone: str) -> pl.Expr:
    whole = cells + form.suffix if form.suffix else cells
    if kind == "date" and not form.zoned:
        return whole.str.to_date(form.text, strict=False)
    moment = whole.str.to_datetime(form.text, strict=False, time_unit="us")
    if form.zoned:
        moment = moment.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return moment.dt.date() if kind == "date" else moment


def _iso_datetimes(text: pl.Series, timezone: str) -> tuple[pl.Series, pl.Series | None]:
    """Read the form of the first cell at full speed, and cells of other forms one by one."""
    first = text.head(100).drop_nulls()
    sample = first[0] if first.len() else ""
    if text.len() >= MANY:
        size = MINUTE if len(sample) == MINUTE else SECOND
        found = read_iso(text, size, _between(sample))
    else:
        form = _iso_form(sample)
        cells = pl.col(text.name)
        fast = _parsed(cells, form, "datetime", timezone)
        typed = pl.when(cells.str.contains(form.pattern)).then(fast)
        found = text.to_frame().select(typed).to_series()
    left = found.is_null() & text.is_not_null()
    if not left.any():
        return found.alias(text.name), None
    moments, told = _any_iso(text.filter(left), timezone)
    found = found.scatter(left.arg_true(), moments).alias(text.name)
    if told.null_count() == told.len():
        return found, None
    offsets = pl.repeat(None, text.len(), dtype=pl.Int32, eager=True)
    return found, offsets.scatter(left.arg_true(), told)


def _iso_form(sample: str) -> TimeFormat:
    between = _between(sample)
    seconds = len(sample) != MINUTE
    text = f"%Y-%m-%d{between}%H:%M" + (":%S" if seconds else "")
    pattern = rf"^{YEAR}-\d\d-\d\d{between}\d\d:\d\d" + (r":[0-5]\d" if seconds else "") + "$"
    return TimeFormat(text, pattern)


def _between(sample: str) -> str:
    return "T" if sample[DAY : DAY + 1] == "T" else " "


def _any_iso(text: pl.Series, timezone: str) -> tuple[pl.Series, pl.Series]:
    groups = text.str.extract_groups(ISO_DATETIME).struct.unnest()
    day, time, seconds, fraction, offset = (pl.col(name) for name in groups.columns)
    clock = seconds.fill_null(":00") + fraction.fill_null("")
    local = (day + " " + time + clock).str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"
    )
    digits = offset.str.replace("Z", "+0000").str.replace(":", "")
    minutes = digits.str.slice(1, 2).cast(pl.Int64) * 60 + digits.str.slice(3, 2).cast(pl.Int64)
    ahead = pl.duration(
        minutes=pl.when(digits.str.starts_with("-")).then(-minutes).otherwise(minutes)
    )
    utc = local - ahead
    moved = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    moved = moved.dt.replace_time_zone(None)
    moment = pl.when(offset.is_null()).then(local).otherwise(moved)
    found = groups.select(moment.cast(MOMENT).alias("moment"), _seconds(moved, utc).alias("told"))
    return found["moment"], found["told"]


def _by_python(text: pl.Series, field: Field, timezone: str) -> pl.Series:
    """Read formats that only Python knows, each different text once."""
    kind: pl.DataType = pl.Date() if field.type == "date" else MOMENT
    different = text.drop_nulls().unique()
    read = cell_reader(field, timezone)
    values = pl.Series([read(cell) for cell in different], dtype=kind)
    return text.replace_strict(different, values, default=None, return_dtype=kind)


def cell_reader(field: Field, zone: str) -> Callable[[str], date | None]:
    """Return what reads a single cell of the column's format as Python's ``strptime`` does."""
    local = ZoneInfo(zone)
    if field.format == SERIAL:
        return lambda cell: _serials(pl.Series("cell", [cell]), field)[0]

    def read(cell: str) -> date | None:
        if field.wide_digits:
            cell = cell.translate(UNIFIED)
        try:
            moment = read_moment(cell, field.format or "")
        except ValueError:
            return None
        if abs(moment.utcoffset() or timedelta()) >= _FARTHEST:
            return None
        if moment.tzinfo is not None:
            moment = moment.astimezone(local).replace(tzinfo=None)
        return moment.date() if field.type == "date" else moment

    return read
