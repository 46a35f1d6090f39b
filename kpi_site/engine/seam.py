"""The seam: tables and requests in, small answers out. Everything after it is common.

An engine counts rows and nothing else. Roll-up, states, windows, fiscal years and formulas
are `kpi_site.compute`'s, whoever counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kpi_site.engine.balance import BalanceRequest, Balances
from kpi_site.engine.cube import CubeRequest, RowSource, Schema
from kpi_site.engine.grid import Grid
from kpi_site.engine.rows import Found, RowsRequest
from kpi_site.sql.nodes import Node
from kpi_site.tables.model import Table

ENGINE_URL = "KPI_SITE_ENGINE_URL"
"""The variable of the environment that says where an engine is that does not run here."""

Request = CubeRequest | RowsRequest | BalanceRequest
Tables = Mapping[str, Table]
Schemas = Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Answers:
    """What an engine found: grids by source and dimension, and the other requests' answers."""

    grids: Mapping[tuple[RowSource, str], Grid]
    rows: Mapping[RowsRequest, Found]
    balances: Mapping[BalanceRequest, Balances]


class Engine(Protocol):
    """What counts rows. Every engine gives the same answers to the last digit, or refuses."""

    @property
    def name(self) -> str:
        """The engine's word in ``site.yml``."""

    def of(self, dataset: str) -> Engine:
        """Return what counts the rows of ``dataset``: this one, unless they are divided."""

    def check(self, node: Node, schema: Schema) -> None:
        """Raise `kpi_site.sql.printing.operand.Refused` where ``node`` cannot be exact here.

        ``node`` is a checked condition, or an aggregate of a checked row expression.
        """

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        """Answer ``requests`` (over any datasets) with facts up to the day ``through``.

        ``schemas`` are the types of what may be named in each dataset, with their bounds.
        """


def merge_cubes(requests: Iterable[CubeRequest]) -> list[CubeRequest]:
    """Return one request per source, with all partials and dimensions, by dataset."""
    partials: dict[RowSource, dict[object, None]] = {}
    dimensions: dict[RowSource, dict[str, None]] = {}
    for request in requests:
        partials.setdefault(request.source, {}).update(dict.fromkeys(request.partials))
        dimensions.setdefault(request.source, {}).update(dict.fromkeys(request.dimensions))
    merged = [
        CubeRequest(source, tuple(partials[source]), tuple(dimensions[source]))  # type: ignore[arg-type]
        for source in partials
    ]
    return sorted(merged, key=lambda r: r.source.dataset)
