"""The rows of a dataset where they are, as one SELECT with the types that the schema declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpi_site.catalog import Derived
from kpi_site.pushing.columns import DIALECT, Column
from kpi_site.sql.kinds import SqlType, offset_name
from kpi_site.sql.printing.printed import print_row


@dataclass(frozen=True, slots=True)
class Rows:
    """A SELECT in brackets, and the identifiers of the columns in it.

    The n-th field is ``c{n}``, and ``t{n}`` as the server writes it; derived columns go on.
    """

    text: str
    names: Mapping[str, str]

    def with_derived(self, derived: Derived, kinds: Mapping[str, SqlType]) -> Rows:
        """Return the rows with one more column; ``kinds`` are all types, with their bounds.

        `TooWide` or `Refused` where it cannot be exact.
        """
        name, identifier = str(derived.name), f"d{len(self.names)}"
        printed = print_row(derived.value.node, kinds, self.names, DIALECT)
        value = DIALECT.convert(printed, kinds[name])
        text = f"(SELECT f.*, {value} AS {identifier} FROM {self.text} AS f)"
        return Rows(text, {**self.names, name: identifier})


def rows_of(columns: Sequence[Column], source: str) -> Rows:
    """Return the rows of ``source``, which is called ``kpi_rows``."""
    items: list[str] = []
    names: dict[str, str] = {}
    for n, column in enumerate(columns):
        items += [f"{column.text} AS t{n}", f"{column.value} AS c{n}"]
        names[str(column.field.name)] = f"c{n}"
        if column.kind.zoned:
            items.append(f"{column.offset} AS o{n}")
            names[offset_name(column.field.name)] = f"o{n}"
    return Rows(f"(SELECT {', '.join(items)} FROM {source})", names)
