"""What was counted in the rows of large datasets, kept from build to build.

A card of which a threshold or the arithmetic has changed is worked out again from it, and no row
is read. What is kept is named by a digest of everything that the counts depend on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from kpi_site.engine.balance import BalanceRequest, Balances
from kpi_site.engine.cube import RowSource, Schema
from kpi_site.engine.grid import Grid
from kpi_site.engine.kept_answers import Kept, dataset_of, find, keep
from kpi_site.engine.rows import Found, RowsRequest
from kpi_site.engine.seam import Answers, Engine, Request, Schemas, Tables
from kpi_site.kept import code_digest, read_sealed, write_sealed
from kpi_site.sql.nodes import Node

LARGE: Final = 100_000
"""Rows from which on it is worth while."""
_ROWS: Final = 4  # for each number that is kept, at least: more take as long to read as the rows
_BYTES: Final = 8  # of a number, about


@dataclass(frozen=True, slots=True)
class KeptCounts:
    """``engine``, which is not asked again what it has counted in the same rows; an engine too."""

    engine: Engine
    folder: Path

    @property
    def name(self) -> str:
        """The engine's own."""
        return self.engine.name

    def of(self, dataset: str) -> Engine:
        """Return what counts the rows of ``dataset``."""
        return self.engine.of(dataset)

    def check(self, node: Node, schema: Schema) -> None:
        """Refuse what the engine does."""
        self.engine.check(node, schema)

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        """Answer ``requests``; see `kpi_site.engine.seam.Engine`."""
        wanted: dict[str, list[Request]] = {}
        for request in requests:
            wanted.setdefault(dataset_of(request), []).append(request)
        found = _Joined({}, {}, {})
        asked: list[Request] = []
        before: dict[str, Kept] = {}
        for dataset, own in wanted.items():
            table = tables[dataset]
            if table.rows >= LARGE and table.pushed is None:
                before[dataset] = self._kept(tables, dataset)
                try:
                    found.add(find(before[dataset], own, through))
                    continue
                except LookupError:
                    pass
            asked += own
        counted = self.engine.answer(tables, asked, through, schemas)
        found.add(counted)
        for dataset, kept in before.items():
            own_answers = _only(counted, dataset)
            most = tables[dataset].rows // _ROWS
            if 0 < _numbers(own_answers) <= most:
                self._keep(tables, dataset, (own_answers, kept), through, most * _BYTES)
        return Answers(found.grids, found.rows, found.balances)

    def _kept(self, tables: Tables, dataset: str) -> Kept:
        content = read_sealed(self._path(tables, dataset))
        return {} if content is None else json.loads(content)

    def _keep(
        self,
        tables: Tables,
        dataset: str,
        found: tuple[Answers, Kept],
        through: date,
        most: int,
    ) -> None:
        """Keep what was found beside what was before, or alone where it were too much together."""
        answers, before = found
        content = json.dumps(keep(answers, through, before), separators=(",", ":"))
        if len(content) > most:
            content = json.dumps(keep(answers, through, {}), separators=(",", ":"))
        path = self._path(tables, dataset)
        write_sealed(path, content.encode())
        for older in self.folder.glob(f"{dataset}.*.json"):
            if older != path:
                older.unlink(missing_ok=True)

    def _path(self, tables: Tables, dataset: str) -> Path:
        """Return the file of what was counted in rows that are just these, by this code."""
        table = tables[dataset]
        parts = [code_digest(), table.digest, repr(table.dataset.time)]
        for key in table.dataset.foreign_keys:
            parent = tables.get(key.dataset)
            parts.append(repr((key.fields, key.dataset, key.reference, key.valid)))
            parts.append(parent.digest if parent is not None else "")
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return self.folder / f"{dataset}.{digest[:20]}.json"


@dataclass(frozen=True, slots=True)
class _Joined:
    """Answers from several sides."""

    grids: dict[tuple[RowSource, str], Grid]
    rows: dict[RowsRequest, Found]
    balances: dict[BalanceRequest, Balances]

    def add(self, found: Answers) -> None:
        self.grids.update(found.grids)
        self.rows.update(found.rows)
        self.balances.update(found.balances)


def _only(found: Answers, dataset: str) -> Answers:
    """Return the answers that were counted in the rows of ``dataset``."""
    return Answers(
        {key: grid for key, grid in found.grids.items() if key[0].dataset == dataset},
        {request: own for request, own in found.rows.items() if dataset_of(request) == dataset},
        {request: own for request, own in found.balances.items() if dataset_of(request) == dataset},
    )


def _numbers(found: Answers) -> int:
    """Return about how many numbers the answers hold."""
    cubes = sum(len(grid.buckets) * len(grid.columns) for grid in found.grids.values())
    balances = (own for found in found.balances.values() for own in found.snapshots.values())
    return cubes + sum(map(len, found.rows.values())) + sum(map(len, balances))
