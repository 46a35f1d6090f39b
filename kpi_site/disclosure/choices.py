"""Which cells are hidden, kept from build to build: looked at again only where figures changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpi_site.catalog import Catalog
from kpi_site.disclosure.book import CellKey
from kpi_site.disclosure.hiding import hide
from kpi_site.disclosure.protection import (
    LookBefore,
    hidden_cells,
    leaning,
    people_cards,
    rule_of,
)
from kpi_site.kept import code_digest, read_sealed, write_sealed
from kpi_site.periods import Grain
from kpi_site.results import Results, SeriesKey
from kpi_site.tables.model import Table


@dataclass(frozen=True, slots=True)
class Choices:
    """A folder that remembers the choice; ``told`` stands for everything that was published."""

    folder: Path
    told: str

    def load(self, digest: str) -> frozenset[CellKey] | None:
        """Return the cells that were hidden of what ``digest`` stands for, if that is known."""
        kept = read_sealed(self.folder / f"{digest}.json")
        if kept is None:
            return None
        return frozenset(
            CellKey(card, SeriesKey(Grain(grain), *names), date.fromisoformat(first), running)
            for card, grain, *names, first, running in json.loads(kept)
        )

    def save(self, digest: str, cells: frozenset[CellKey]) -> None:
        """Keep the ``cells`` in place of an earlier choice."""
        rows = sorted(
            [c.card, c.series.grain.value, c.series.dimension, c.series.member,
             c.first.isoformat(), c.running]
            for c in cells
        )  # fmt: skip
        for older in self.folder.glob("*.json"):
            older.unlink(missing_ok=True)
        write_sealed(self.folder / f"{digest}.json", json.dumps(rows).encode())


def protected(
    catalog: Catalog,
    tables: Mapping[str, Table],
    results: Results,
    before: LookBefore,
    choices: Choices | None = None,
) -> Results:
    """Return ``results`` as readers may see them: without small cells, and what tells of them.

    ``before`` looks up what editions have told of some cards.
    """
    if rule_of(catalog) is None:
        return results
    digest = _digest(catalog, results, choices.told) if choices else ""
    cells = choices.load(digest) if choices and digest else None
    if cells is None:
        cells = hidden_cells(catalog, tables, results, before)
        if choices and digest:
            choices.save(digest, cells)
    return hide(catalog, results, cells)


def _digest(catalog: Catalog, results: Results, told: str) -> str:
    """Return what the choice depends on; "" where the figures have no digests.

    That is the figures about people, those made of them, and what the datasets say of columns.
    """
    people = people_cards(catalog)
    cards = leaning(catalog, people)
    if not all(results[card.id].digest for card in cards):
        return ""
    known = [(str(card.id), results[card.id].digest, card.formerly) for card in cards]
    datasets = [
        (str(d.id), d.people_key, [(f.name, f.type, f.minimum, f.maximum) for f in d.fields])
        for d in catalog.datasets.values()
        if d.people
    ]
    site = catalog.site
    parts = (code_digest(), site.suppression, site.data_through, told, known, datasets)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
