"""Days and moments read by their bytes are what Python reads, and nothing else is one."""

from __future__ import annotations

import random
import re
from datetime import date, datetime

import polars as pl
import pytest

from kpi_site.catalog import Field
from kpi_site.problems import Location, Name
from kpi_site.tables.iso_times import DAY, MANY, MINUTE, SECOND, read_iso
from kpi_site.tables.times import read_moments

FORMS = {
    DAY: r"\d{4}-\d\d-\d\d",
    MINUTE: r"\d{4}-\d\d-\d\d \d\d:\d\d",
    SECOND: r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
}
LETTERS = "0123456789-: T/+.éx\0"


def read(cell: str | None, size: int) -> date | None:
    """Return what Python makes of a cell of exactly the form."""
    if cell is None or re.fullmatch(FORMS[size], cell, re.ASCII) is None:
        return None
    try:
        return date.fromisoformat(cell) if size == DAY else datetime.fromisoformat(cell)
    except ValueError:
        return None


def drawn(dice: random.Random, size: int) -> str | None:
    """Return a cell of the form, or one that is a little wrong."""
    if dice.random() < 0.1:
        return None
    year = dice.choice([0, 1, 4, 1600, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9999])
    cell = (
        f"{year:04}-{dice.randint(0, 13):02}-{dice.randint(0, 32):02}"
        f" {dice.randint(0, 24):02}:{dice.randint(0, 60):02}:{dice.randint(0, 60):02}"
    )[:size]
    if dice.random() < 0.3:
        at = dice.randrange(size)
        cell = cell[:at] + dice.choice(LETTERS) + cell[at + dice.randint(0, 1) :]
    return cell


@pytest.mark.parametrize("size", [DAY, MINUTE, SECOND])
def test_drawn_cells_are_what_python_reads(size: int) -> None:
    dice = random.Random(size)
    cells = [drawn(dice, size) for _ in range(40_000)]
    found = read_iso(pl.Series("day", cells, dtype=pl.String), size).to_list()
    wrong = [(c, f) for c, f in zip(cells, found, strict=True) if f != read(c, size)]
    assert not wrong, wrong[:5]
    assert sum(value is not None for value in found) > 10_000


@pytest.mark.parametrize("place", range(SECOND))
def test_every_letter_in_every_place(place: int) -> None:
    whole = "2024-02-29 23:59:58"
    cells = [whole[:place] + chr(code) + whole[place + 1 :] for code in range(128)]
    found = read_iso(pl.Series("moment", cells), SECOND).to_list()
    assert found == [read(cell, SECOND) for cell in cells]


@pytest.mark.parametrize(("first", "last"), [(1, 210), (1890, 2110), (9990, 9999)])
def test_every_day_of_years(first: int, last: int) -> None:
    days = pl.date_range(date(first, 1, 1), date(last, 12, 31), eager=True).alias("day")
    texts = pl.Series("day", [day.isoformat() for day in days.to_list()])
    assert read_iso(texts, DAY).equals(days)


@pytest.mark.parametrize("cells", [[], [None] * 3, ["", "2024", "2024-01-01x"]])
def test_nothing_of_the_form(cells: list[str | None]) -> None:
    found = read_iso(pl.Series("day", cells, dtype=pl.String), DAY)
    assert found.dtype == pl.Date
    assert found.to_list() == [None] * len(cells)


def test_another_mark_between_day_and_time() -> None:
    cells = pl.Series("moment", ["2024-01-01T10:00", "2024-01-01 10:00"])
    assert read_iso(cells, MINUTE, "T").to_list() == [
        datetime.fromisoformat("2024-01-01T10:00"),
        None,
    ]
    cells = pl.Series("moment", ["2024-01-01T10:00:01", "2024-01-01 10:00:01"])
    assert read_iso(cells, SECOND, "T").to_list() == [
        datetime.fromisoformat("2024-01-01T10:00:01"),
        None,
    ]


def test_many_cells_of_several_forms_are_read_as_few_are() -> None:
    dice = random.Random(12)
    kinds = [
        "2024-05-{:02} 10:00:{:02}",
        "2024-05-{:02}T10:{:02}",
        "2024-05-{:02} 10:00:{:02}+02:00",
    ]
    cells = [
        dice.choice(kinds).format(dice.randint(1, 32), dice.randint(0, 61)) for _ in range(MANY)
    ]
    cells[0] = kinds[0].format(1, 1)
    field = Field(Name("moment", Location("x.yml")), "datetime")
    many, told = read_moments(pl.Series("moment", cells), field, "Europe/Berlin")
    few = [
        read_moments(pl.Series("moment", cells[i : i + 500]), field, "Europe/Berlin")
        for i in range(0, MANY, 500)
    ]
    assert many.equals(pl.concat([moments for moments, _ in few]))
    assert told is not None
    assert told.equals(pl.concat([offsets for _, offsets in few if offsets is not None]))
