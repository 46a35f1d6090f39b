"""``content/datasets/<id>.yml``: Data Resources and a few keys of ours.

Rules: specification.md#dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from kpi_site.catalog.site import Text
from kpi_site.periods import Grain
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Code, Expression

SNAPSHOTS: Final = "data/snapshots"
"""The folder of the snapshots of databases, from the site's root; each dataset has its own."""

FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime"]


@dataclass(frozen=True, slots=True)
class Notation:
    """How the numbers of a column are written, where not as ``1234.5``."""

    decimal: str = "."
    group: str | None = None  # between thousands
    bare: bool = True  # False: with a currency or unit before or behind
    percent: bool = False  # every cell ends with a percent sign
    negative: Literal["parentheses", "trailing"] | None = None
    multiplier: Decimal = Decimal(1)
    exponent: bool = False  # 1e3
    full_width: bool = False  # full-width digits and signs; any other key allows them too
    # Durations (1:30, 36:15:30) as a number of these; no part of digests that are older.
    clock: Literal["minutes", "seconds"] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A declared column of a dataset."""

    name: Name
    type: FieldType
    title: Text | None = None
    description: Text | None = None
    format: str | None = None  # strptime format; None = ISO
    decimals: int = 4  # most decimal places of a ``number``
    notation: Notation | None = None  # None: numbers are written plainly
    unit: str | None = None
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()  # as written, compared with the cell's text
    minimum: str | None = None  # as written; converted like a cell
    maximum: str | None = None
    pattern: str | None = None
    categories: Mapping[str, Text] = field(default_factory=dict)
    ordered: bool = False  # members stand in the order of ``enum``
    wide_digits: bool = False  # digits and signs of times may be full-width

    @property
    def tells_instants(self) -> bool:
        """Tell whether its moments may have an offset from UTC, by their format."""
        written = self.format
        return written is None or written.startswith("unix") or "%z" in written or "%Z" in written


@dataclass(frozen=True, slots=True)
class Validity:
    """A parent's columns that say from when its row holds, and from when no longer.

    Without ``until`` a row holds until the next one of the same key begins.
    """

    since: Name
    until: Name | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that must name a row of another dataset (its primary key)."""

    fields: tuple[Name, ...]
    dataset: Name
    reference: tuple[Name, ...]
    valid: Validity | None = None


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
class Totals:
    """Rows of totals among the rows: ``where`` tells them, ``columns`` (default: all) add up."""

    where: Expression
    columns: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Until:
    """The first row that is none any more: its cell in ``column`` matches the pattern."""

    column: Name
    matches: str


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Columns that are values of one thing, such as months: each cell becomes a row.

    The columns are listed, or those whose names match. Their names, put into ``names_format``,
    go to the column ``names_to``, their cells to ``values_to``. With several ``names_to`` each
    takes what one line of the head says, put into the format at its place.
    """

    names_to: tuple[Name, ...]
    values_to: Name
    columns: tuple[Name, ...] = ()
    matches: str | None = None
    names_format: tuple[str, ...] = ()  # as many as names, or none


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows stand in a CSV file or sheet, where not from the first line to the last."""

    header_rows: tuple[int, ...] = ()  # lines of the file; () = the first
    header_join: str = " "
    comment: str | None = None
    skip_blank: bool = False
    trim: bool = False
    range: str | None = None  # of a sheet, B4:N40
    fill_merged: bool = False
    until: Until | None = None
    unpivot: Unpivot | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """Rows that every period of ``every`` must have."""

    every: Grain
    min_rows: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A table of a database, or a query, in place of files.

    With ``partition`` its snapshot has a part for each period of the dataset's time, and the
    newest ``refetch`` of them are fetched again each time. With ``push`` there is no snapshot:
    the rows stay there, and only the answers of what cards ask are kept.
    """

    connection: Name
    table: Name | None = None
    query: Code | None = None
    partition: Grain | None = None
    refetch: int = 1
    push: bool = False

    @property
    def where(self) -> Location:
        """The place of the table or query."""
        if self.query is not None:
            return self.query.locate(0)
        return (self.table or self.connection).where


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
    layout: Layout = Layout()
    owner: Name | None = None
    source: Text | None = None
    time: Name | None = None
    undated: Literal["ignore"] | None = None  # rows without a time: a problem unless ignored
    primary_key: tuple[Name, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    missing_values: tuple[str, ...] = ("",)
    derived: tuple[Derived, ...] = ()
    brought: tuple[Field, ...] = ()  # parents' columns that derived ones use, as parent.column
    rules: tuple[RowRule, ...] = ()
    totals: Totals | None = None
    expect: Expect | None = None
    people: bool = False
    people_key: Name | None = None  # tells persons apart who have several rows
    audience: Name | None = None  # None = that of the cards that use it
    database: Source | None = None  # its snapshot's files are ``paths``
    file_to: Name | None = None  # the column that takes the name of the sheet or file
    listed: bool = True  # False: its readers see no more of it than their own cards tell

    @property
    def pushed(self) -> bool:
        """Tell whether the rows stay in their database, which counts them."""
        return self.database is not None and self.database.push

    @property
    def database_name(self) -> str | None:
        """What the source is called where files have their paths: ``erp/shipments``."""
        if self.database is None:
            return None
        return f"{self.database.connection}/{self.database.table or self.id}"

    def field(self, name: str) -> Field | None:
        """Return the declared column ``name``, if there is one (derived ones are not)."""
        return next((f for f in self.fields if f.name == name), None)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns, the derived ones last."""
        return (*(f.name for f in self.fields), *(d.name for d in self.derived))


def with_sheet(written: Name) -> tuple[str, Name | None]:
    """Return the path and the sheet that an entry ``file.xlsx#sheet`` of ``path`` names."""
    path, _, sheet = str(written).rpartition("#")
    if sheet and path.lower().endswith(".xlsx"):
        return path, Name(sheet, written.where)
    return str(written), None
