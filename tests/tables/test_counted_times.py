"""Moments that are counted since 1970, the word for UTC, and full-width digits."""

# ruff: noqa: DTZ001 - files have local times

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.catalog import Field
from kpi_site.problems import Location, Name
from kpi_site.tables.times import cell_reader, read_moments
from tests.tables.test_layouts import Site

BERLIN = "Europe/Berlin"


def moments(cells: list[str], written: str, kind: str = "datetime") -> tuple[pl.Series, pl.Series]:
    field = Field(Name("x", Location("")), kind, format=written)  # type: ignore[arg-type]
    found, told = read_moments(pl.Series("x", cells), field, BERLIN)
    assert told is not None
    return found, told


@given(st.integers(-62_135_000_000, 4_102_000_000), st.integers(0, 999_999))
def test_seconds_are_what_python_counts(seconds: int, micros: int) -> None:
    """Up to the year 2100, as far as both know the clocks."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=micros)
    local = moment.astimezone(ZoneInfo(BERLIN))
    total = seconds * 10**6 + micros
    sign, whole, part = "-" if total < 0 else "", *divmod(abs(total), 10**6)
    for cell in {f"{sign}{whole}.{part:06d}", *([f"{sign}{whole}"] if not part else [])}:
        found, told = moments([cell], "unix")
        assert found.to_list() == [local.replace(tzinfo=None)]
        offset = local.utcoffset()
        assert offset is not None
        assert told.to_list() == [int(offset.total_seconds())]
        field = Field(Name("x", Location("")), "datetime", format="unix")
        assert cell_reader(field, BERLIN)(cell) == found[0]


def test_milliseconds_and_what_is_none() -> None:
    """1767225600 is the beginning of 2026 in UTC, as `date -u -d 2026-01-01 +%s` says."""
    found, _ = moments(["1767225600123", "-1", "", "1e3", "1767225600.5", "x"], "unix_ms")
    assert found.to_list() == [
        datetime(2026, 1, 1, 1, 0, 0, 123_000),
        datetime(1970, 1, 1, 0, 59, 59, 999_000),
        *[None] * 4,
    ]
    assert moments(["999999999999", "1.1234567", "+1"], "unix")[0].to_list() == [None] * 3
    assert moments(["1767225599"], "unix", "date")[0].to_list() == [date(2026, 1, 1)]  # in Berlin


@pytest.mark.parametrize("word", ["UTC", "GMT", "Z"])
def test_words_for_utc(word: str) -> None:
    written = "%Y-%m-%d %H:%M:%S %Z"
    found, told = moments([f"2026-07-01 22:30:00 {word}", "2026-07-01 22:30:00 CET"], written)
    assert found.to_list() == [datetime(2026, 7, 2, 0, 30), None]
    assert told.to_list() == [7200, None]
    mail = Field(Name("x", Location("")), "datetime", format="%a, %d %b %Y %H:%M:%S %Z")
    text = f"Wed, 01 Jul 2026 22:30:00 {word}"
    assert cell_reader(mail, BERLIN)(text) == datetime(2026, 7, 2, 0, 30)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_instants_keep_their_clock(site: Site) -> None:
    """Two hours over the end of summer time, 25 October 2026: from 1:30 to 2:30, counted so."""
    fields = "  fields:\n    - {name: a, type: datetime, format: unix}\n"
    fields += "    - {name: b, type: datetime, format: '%Y-%m-%d %H:%M %Z'}\n"
    fields += "derived:\n  seconds: EPOCH(b - a)\n"
    site.declare("data/x.csv", "", fields)
    settings = site.root / "content/site.yml"
    settings.write_text(settings.read_text("utf-8") + f"timezone: {BERLIN}\n", "utf-8")
    started = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    site.csv(f"a,b\n{int(started.timestamp())},2026-10-25 01:30 UTC\n")
    ((a, b, seconds, *_),) = site.rows()
    assert (a, b) == (datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 2, 30))
    assert seconds == 7200


def test_full_width_days(site: Site) -> None:
    fields = "  fields:\n    - {name: a, type: date, fullWidth: true, format: '%Y/%m/%d'}\n"
    fields += "    - {name: b, type: datetime, fullWidth: true}\n"
    for path, read in (("data/x.csv", site.csv), ("data/x.xlsx", site.sheet)):
        site.declare(path, "", fields)
        cells = ["２０２６／１／５", "２０２６－０１－０５　０８：３０"]
        if read == site.csv:
            site.csv(f"a,b\n{','.join(cells)}\n2026/1/6,2026-01-06 08:30\n")
        else:
            site.sheet([["a", "b"], cells, [date(2026, 1, 6), datetime(2026, 1, 6, 8, 30)]])
        assert [row[:2] for row in site.rows()] == [
            (date(2026, 1, 5), datetime(2026, 1, 5, 8, 30)),
            (date(2026, 1, 6), datetime(2026, 1, 6, 8, 30)),
        ]
    site.declare("data/x.csv", "", fields.replace("fullWidth: true, ", "", 1))
    assert site.faults() == ["data/x.csv:2:1: bad-value"]


def test_seconds_in_a_sheet(site: Site) -> None:
    fields = "  fields:\n    - {name: a, type: datetime, format: unix}\n"
    site.declare("data/x.xlsx", "", fields)
    site.sheet([["a"], [1767225600], [1767225600.5]])
    eight = datetime(2026, 1, 1, 8)  # in Shanghai, where sites are unless told
    assert [row[0] for row in site.rows()] == [eight, eight + timedelta(seconds=0.5)]
