"""Several engines side by side: what counts a dataset is told by where its rows are from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kpi_site.engine.balance import BalanceRequest, Balances
from kpi_site.engine.cube import RowSource, Schema
from kpi_site.engine.grid import Grid
from kpi_site.engine.rows import Found, RowsRequest
from kpi_site.engine.seam import Answers, Engine, Request, Schemas, Tables
from kpi_site.sql.nodes import Node

_LONGEST = 100  # characters of a name, which is a folder's too


@dataclass(frozen=True, slots=True)
class DividedEngine:
    """``own`` engines by dataset; ``rest`` counts all others."""

    rest: Engine
    own: Mapping[str, Engine]

    @property
    def name(self) -> str:
        """All engines with their datasets, as results of other divisions are others'.

        Answers that were kept are known by their own digest.
        """
        parts = [f"{d}-{e.name}" for d, e in sorted(self.own.items()) if e.name != "kept"]
        name = ".".join((self.rest.name, *parts))
        return name if len(name) <= _LONGEST else hashlib.sha256(name.encode()).hexdigest()[:32]

    def of(self, dataset: str) -> Engine:
        """Return what counts the rows of ``dataset``."""
        return self.own.get(dataset, self.rest)

    def check(self, node: Node, schema: Schema) -> None:
        """Refuse nothing itself: the engine `of` a dataset does."""

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        """Answer ``requests``; see `kpi_site.engine.seam.Engine`."""
        wanted: dict[int, tuple[Engine, list[Request]]] = {}
        for request in requests:
            engine = self.of(_dataset(request))
            wanted.setdefault(id(engine), (engine, []))[1].append(request)
        grids: dict[tuple[RowSource, str], Grid] = {}
        rows: dict[RowsRequest, Found] = {}
        balances: dict[BalanceRequest, Balances] = {}
        for engine, own in wanted.values():
            found = engine.answer(tables, own, through, schemas)
            grids |= found.grids
            rows |= found.rows
            balances |= found.balances
        return Answers(grids, rows, balances)


def _dataset(request: Request) -> str:
    return request.dataset if isinstance(request, BalanceRequest) else request.source.dataset
