"""The catalog: everything that contributors wrote, read and checked, as frozen values.

Formats: DESIGN §2 (``docs/en/contribute`` describes every key). Readers in
``kpi_site.content`` build these values; nothing changes them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from kpi_site.periods import Calendar, Grain, Period, Span
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Expression

Language = Literal["zh", "en"]
Direction = Literal["higher", "lower", "within", "none"]


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
class Site:
    """``content/site.yml``."""

    root: Path
    where: Location
    organisation: Text
    languages: tuple[Language, ...] = ("zh", "en")
    timezone: str = "Asia/Shanghai"
    fiscal_year_start: int = 1
    data_through: date | None = None
    currency: str = "CNY"
    departments: tuple[Unit, ...] = ()
    perspectives: tuple[Unit, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    audiences: tuple[str, ...] = ("staff", "leadership")
    min_count: int = 5

    @property
    def calendar(self) -> Calendar:
        """The calendar of this site's fiscal year."""
        return Calendar(self.fiscal_year_start)


FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime"]


@dataclass(frozen=True, slots=True)
class Field:
    """A declared column of a dataset."""

    name: Name
    type: FieldType
    title: Text | None = None
    description: Text | None = None
    format: str | None = None  # strptime format; None = ISO
    decimals: int = 4  # most decimal places of a ``number``
    unit: str | None = None
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()  # as written, compared with the cell's text
    minimum: str | None = None  # as written; converted like a cell
    maximum: str | None = None
    pattern: str | None = None
    categories: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that must name a row of another dataset (its primary key)."""

    fields: tuple[Name, ...]
    dataset: Name
    reference: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A column computed from the row."""

    name: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class RowRule:
    """What must hold in every row; null counts as holding, as in an SQL CHECK."""

    rule: Expression
    severity: Literal["error", "warning"] = "error"
    message: Text | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """Rows that every period of ``every`` must have."""

    every: Grain
    min_rows: int = 1


@dataclass(frozen=True, slots=True)
class Dataset:
    """``content/datasets/<id>.yml``: a Data Resource and a few keys of ours."""

    id: Name
    where: Location
    title: Text
    paths: tuple[Name, ...]
    fields: tuple[Field, ...]
    description: Text | None = None
    encoding: Name | None = None  # None = utf-8
    delimiter: str = ","
    quote: str = '"'
    sheet: Name | None = None
    owner: Name | None = None
    source: Text | None = None
    time: Name | None = None
    primary_key: tuple[Name, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    missing_values: tuple[str, ...] = ("",)
    derived: tuple[Derived, ...] = ()
    rules: tuple[RowRule, ...] = ()
    expect: Expect | None = None
    people: bool = False

    def field(self, name: str) -> Field | None:
        """Return the declared column ``name``, if there is one (derived ones are not)."""
        return next((f for f in self.fields if f.name == name), None)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns, the derived ones last."""
        return (*(f.name for f in self.fields), *(d.name for d in self.derived))


@dataclass(frozen=True, slots=True)
class RowTerm:
    """An aggregate of the rows of a period, of a trailing window, or since the year's start."""

    name: Name
    label: Text
    dataset: Name
    value: Expression
    where: Expression | None = None
    time: Name | None = None  # None = the dataset's own
    window: Span | None = None
    to_date: Grain | None = None


@dataclass(frozen=True, slots=True)
class StockTerm:
    """An aggregate of the rows alive on a day: ``since <= day`` and not yet ``until``."""

    name: Name
    label: Text
    dataset: Name
    value: Expression
    since: Name
    until: Name | None
    at: Literal["start", "end"]
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class BalanceTerm:
    """An aggregate of the rows of the last time on or before a day."""

    name: Name
    label: Text
    dataset: Name
    value: Expression
    at: Literal["start", "end"]
    where: Expression | None = None
    time: Name | None = None


@dataclass(frozen=True, slots=True)
class OtherTerm:
    """Another term of the same card: earlier (``lag``), or without the breakdown (``overall``)."""

    name: Name
    label: Text
    term: Name
    lag: Span | None = None
    overall: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorTerm:
    """Another card's value or score."""

    name: Name
    label: Text
    indicator: Name
    lag: Span | None = None
    measure: Literal["value", "score"] = "value"


DataTerm = RowTerm | StockTerm | BalanceTerm  # those that read a dataset
Term = DataTerm | OtherTerm | IndicatorTerm


@dataclass(frozen=True, slots=True)
class Scale:
    """How large amounts are shown in one language: 万元 = divide by 10000."""

    symbol: str
    divide: Decimal


UnitKind = Literal[
    "percent",
    "points",
    "score",
    "count",
    "people",
    "minutes",
    "hours",
    "days",
    "currency",
    "symbol",
]


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a card. Values are stored unscaled: a percentage as a fraction."""

    kind: UnitKind
    code: str  # as written: "percent", "CNY", or the symbol's text
    symbol: Text | None = None
    scale: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def additive(self) -> bool:
        """Tell whether amounts of this unit usually add up over periods and members."""
        return self.kind in {"count", "people", "currency", "symbol"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """Baseline, target and challenge, valid from the period ``start`` on (None = always)."""

    where: Location
    start: Period | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    challenge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: terms given, and the value or the state that must come out."""

    where: Location
    given: Mapping[str, Decimal | None]
    expect: Decimal | str | None  # a number, a state's name, or None = missing for any reason
    because: Text | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the card's own history."""

    start: Period
    what: Text
    breaks_series: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """``content/indicators/<department>/<id>.yml``: the card."""

    id: Name
    where: Location
    department: Name
    name: Text
    definition: Text
    formula: Expression
    terms: tuple[Term, ...]
    unit: Measure
    decimals: int
    cycle: Grain
    direction: Direction = "none"
    centre: Decimal = Decimal(0)
    purpose: Text | None = None
    dimensions: tuple[Name, ...] = ()
    thresholds: tuple[Threshold, ...] = ()  # oldest first
    notes: Text | None = None
    collector: Text | None = None
    source: Text | None = None
    verifier: Text | None = None
    presentation: Text | None = None
    perspective: Name | None = None
    audience: Name | None = None
    aliases: tuple[str, ...] = ()
    related: tuple[Name, ...] = ()
    examples: tuple[Example, ...] = ()
    changes: tuple[Change, ...] = ()
    status: Literal["active", "draft", "retired"] = "active"
    successor: Name | None = None

    def term(self, name: str) -> Term | None:
        """Return the term called ``name``, if there is one."""
        return next((t for t in self.terms if t.name == name), None)

    def threshold_at(self, period: Period) -> Threshold | None:
        """Return the thresholds in force in ``period``: the newest that began by its start.

        A set whose ``from`` lies inside a longer period counts from the next such period on,
        so that one year is not judged by two standards.
        """
        return threshold_in_force(self.thresholds, period)


def threshold_in_force(thresholds: tuple[Threshold, ...], period: Period) -> Threshold | None:
    """Return the newest of ``thresholds`` (oldest first) that began by the start of ``period``."""
    found = None
    for threshold in thresholds:
        if threshold.start is None or threshold.start.first <= period.first:
            found = threshold
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a scorecard: an indicator with this scorecard's own weight and standards."""

    where: Location
    indicator: Name
    no: str | None = None
    title: Text | None = None
    weight: Decimal | None = None
    cycle: Grain | None = None
    assessed: Text | None = None
    source: Text | None = None
    notes: Text | None = None
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of lines."""

    where: Location
    title: Text
    lines: tuple[Line | Group, ...]
    no: str | None = None
    notes: Text | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """``content/scorecards/<id>.yml``."""

    id: Name
    where: Location
    title: Text
    cycle: Grain
    lines: tuple[Line | Group, ...]
    about: Text | None = None
    assessed: Text | None = None
    scored: bool = False
    missing: Literal["exclude", "zero"] = "exclude"

    def all_lines(self) -> Iterator[Line]:
        """Yield the lines in order, whatever group they stand in."""
        yield from _lines(self.lines)


def _lines(items: tuple[Line | Group, ...]) -> Iterator[Line]:
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            yield from _lines(item.lines)


@dataclass(frozen=True, slots=True)
class Signoff:
    """A signature under a report's figures."""

    where: Location
    role: str
    by: Text
    on: date
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """``content/reports/<period>/report.yml``: a draft until it is published."""

    where: Location
    period: Period
    scorecards: tuple[Name, ...] = ()
    highlights: tuple[Name, ...] = ()
    summary: Text | None = None
    comments: Mapping[Name, Text] = field(default_factory=dict)
    signoffs: tuple[Signoff, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an action."""

    what: Text
    due: date | None = None
    done: date | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A note on an action's progress."""

    on: date
    note: Text


@dataclass(frozen=True, slots=True)
class Action:
    """``content/actions/<id>.yml``."""

    id: Name
    where: Location
    title: Text
    indicators: tuple[Name, ...]
    owner: Text
    start: date
    due: date
    status: Literal["open", "done", "cancelled"] = "open"
    steps: tuple[Step, ...] = ()
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All content of a site, by id, in the order of the file names."""

    site: Site
    datasets: Mapping[str, Dataset]
    indicators: Mapping[str, Indicator]
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)  # by period label
    actions: Mapping[str, Action] = field(default_factory=dict)
