"""A declared column where it is: its cells as text and as values, and which of them are bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpi_site.catalog import Field
from kpi_site.sql.kinds import SqlType, field_type
from kpi_site.sql.patterns import plain_pattern
from kpi_site.sql.printing.postgresql import PostgreSQL
from kpi_site.tables.convert import bound, number_pattern

DIALECT: Final = PostgreSQL()
_WHOLE: Final = frozenset({"int2", "int4", "int8", "numeric"})
_FITTING: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset({"text", "varchar", "bpchar", "name", "uuid", *_WHOLE}),
    "integer": _WHOLE,
    "number": _WHOLE,
    "boolean": frozenset({"bool"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"timestamp", "timestamptz"}),
}
_FIRST, _LAST = "'0001-01-01'", "'9999-12-31 23:59:59.999999'"


@dataclass(frozen=True, slots=True)
class Column:
    """A field, and the column that it is: its quoted name and its type in the server's words.

    ``missing`` are the texts that stand for nothing, ``zone`` is the site's.
    """

    field: Field
    quoted: str
    served: str
    missing: tuple[str, ...]
    zone: str

    @property
    def fits(self) -> bool:
        """Tell whether the server's type has values of the field's type, exactly."""
        return self.served in _FITTING[self.field.type]

    @property
    def kind(self) -> SqlType:
        """The field's type."""
        return field_type(self.field)

    @property
    def cell(self) -> str:
        """The cell as it is."""
        return f"kpi_rows.{self.quoted}"

    @property
    def text(self) -> str:
        """The cell as the server writes it; NULL where it is missing."""
        text = f'(({self.cell})::TEXT COLLATE "C")'
        if not self.missing:
            return text
        words = ", ".join(DIALECT.text(word) for word in self.missing)
        return f"(CASE WHEN {text} NOT IN ({words}) THEN {text} END)"

    @property
    def value(self) -> str:
        """The cell in the field's type, of which it is known to be."""
        match self.field.type:
            case "string":
                return self.text
            case "datetime" if self.served == "timestamptz":
                value = self._at(self.zone)
            case "datetime" | "date" | "boolean":
                value = self.cell
            case _:
                value = DIALECT.cast(self.cell, self.kind)
        if {*self.missing} <= {""}:  # nothing of these is ever written so
            return value
        return f"(CASE WHEN {self.text} IS NOT NULL THEN {value} END)"

    @property
    def offset(self) -> str:
        """How far a moment is from UTC, in seconds; NULL of local times."""
        if self.served != "timestamptz":
            return "CAST(NULL AS BIGINT)"
        return f"CAST(EXTRACT(EPOCH FROM {self._at(self.zone)} - {self._at('UTC')}) AS BIGINT)"

    def _at(self, zone: str) -> str:
        return f"({self.cell} AT TIME ZONE {DIALECT.text(zone)})"

    def bad(self, *, key: bool) -> str:
        """Return the condition that a cell breaks the field's declaration; ``key``: of a key."""
        required = "TRUE" if self.field.required or key else "FALSE"
        kept = " OR ".join(self._constraints()) or "FALSE"
        typed = self._not_of_type() or "FALSE"
        whens = f"WHEN {self.text} IS NULL THEN {required} WHEN {typed} THEN TRUE"
        return f"COALESCE(CASE {whens} ELSE {kept} END, FALSE)"

    def _not_of_type(self) -> str | None:
        match self.field.type:
            case "integer":
                low, high = -(2**63), 2**63 - 1
                beyond = f"{self.cell}::NUMERIC NOT BETWEEN {low} AND {high}"
                return f"({self.text} !~ '^-?[0-9]+$' OR {beyond})"
            case "number":
                pattern = number_pattern(self.field.decimals).replace(r"\d", "[0-9]")
                room = f"1{'0' * (38 - self.field.decimals)}"
                beyond = f"ABS({self.cell}::NUMERIC) >= {room}"
                return f"({self.text} !~ {DIALECT.text(pattern)} OR {beyond})"
            case "date" | "datetime":
                return f"({self.cell} NOT BETWEEN {_FIRST} AND {_LAST})"
        return None

    def _constraints(self) -> Iterator[str]:
        field = self.field
        if field.enum:
            yield f"{self.text} NOT IN ({', '.join(map(DIALECT.text, field.enum))})"
        pattern = plain_pattern(field.pattern) if field.pattern is not None else None
        if pattern is not None and field.type == "string":
            yield f"{self.text} !~ {DIALECT.text(pattern)}"
        for limit, sign in ((field.minimum, "<"), (field.maximum, ">")):
            found = bound(field, limit, self.zone)
            if found is not None:
                yield f"{self.value} {sign} {self._literal(found)}"

    def _literal(self, found: pl.Expr) -> str:
        value = pl.select(found).item()
        if self.field.type in {"integer", "number"}:
            return f"{value:f}"
        return DIALECT.literal(value, self.kind, wide=False)
