"""``content/site.yml``, and texts in two languages, which every kind of file has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from kpi_site.periods import Calendar, MonthCalendar
from kpi_site.problems import Location, Name

Language = Literal["zh", "en"]

ENGINES = ("polars", "duckdb", "clickhouse", "postgresql", "spark")
"""What may count rows; the first unless told."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text for readers: one plain string for every language, or one for each."""

    plain: str | None = None
    zh: str | None = None
    en: str | None = None

    def get(self, language: str) -> str:
        """Return the text in ``language``, or in the other one where it is missing."""
        if self.plain is not None:
            return self.plain
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second or ""

    def falls_back(self, language: str) -> bool:
        """Tell whether ``get(language)`` returns the other language's text."""
        own = self.zh if language == "zh" else self.en
        return self.plain is None and not own


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, a perspective: an id with a name."""

    id: Name
    name: Text


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade for totals of ``start`` points and more."""

    start: Decimal
    name: Text
    consequence: Text | None = None


@dataclass(frozen=True, slots=True)
class Scoring:
    """Points at the three thresholds, and grades of a scorecard's total (best first)."""

    baseline: Decimal = Decimal(60)
    target: Decimal = Decimal(100)
    challenge: Decimal = Decimal(120)
    below_baseline: Decimal = Decimal(0)
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppression:
    """When figures about people are hidden (specification.md#small-cells).

    ``min_count`` is the least number of persons behind a figure, 0 where nothing is hidden;
    ``protection`` how far a reader is kept from what is hidden, in percent of it; ``numerators``
    whether counts within a figure need as many persons.
    """

    min_count: int = 5
    protection: int = 50
    numerators: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A database: the environment variable that holds its URL, and how old a snapshot may be.

    ``engine`` counts the rows of its datasets; None: the site's.
    """

    url_env: Name
    max_age: int | None = None  # days
    engine: Name | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """``content/site.yml``."""

    root: Path
    where: Location
    organisation: Text
    format: int = 1  # of the content
    languages: tuple[Language, ...] = ("zh", "en")
    timezone: str = "Asia/Shanghai"
    calendar: Calendar = field(default_factory=MonthCalendar)
    periods: Name | None = None  # the dataset that lists the periods of the calendar
    holidays: Name | None = None  # the dataset of days that are not as their weekday says
    data_through: date | None = None
    currency: str = "CNY"
    departments: tuple[Unit, ...] = ()
    titles: tuple[Unit, ...] = ()  # posts that are no department, and may sign
    owner: Name | None = None  # the department that keeps the handbook itself
    perspectives: tuple[Unit, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    audiences: tuple[str, ...] = ("staff", "leadership")
    suppression: Suppression = Suppression()
    csv_limit: int = 50  # MB of a table that is one CSV file; a larger one has one a department
    engine: str = ENGINES[0]  # a `Name` where site.yml tells it
    connections: Mapping[Name, Connection] = field(default_factory=dict)
    signers: bytes | None = None  # content/signers, as OpenSSH reads it
    signed: bool = False  # `signatures: required`: what is published bears signatures of keys
