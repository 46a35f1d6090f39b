"""Datasets whose rows stay in their database: what it answered once is taken again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from kpi_site.engine.cube import Schema
from kpi_site.engine.kept_answers import answers, dataset_of, find
from kpi_site.engine.postgresql_engine import PostgreSQLEngine
from kpi_site.engine.seam import Answers, Engine, Request, Schemas, Tables
from kpi_site.problems import Failure, Message, Problem
from kpi_site.sql.nodes import Node
from kpi_site.tables.model import Table


@dataclass(frozen=True, slots=True)
class KeptEngine:
    """Answers from what was kept; only ``kpi-site fetch`` asks the database itself.

    What it refuses is what the database would.
    """

    name: str = "kept"

    def of(self, dataset: str) -> Engine:
        """Return this engine."""
        del dataset
        return self

    def check(self, node: Node, schema: Schema) -> None:
        """Raise `Refused` where PostgreSQL cannot be promised to be exact."""
        PostgreSQLEngine().check(node, schema)

    def answer(
        self, tables: Tables, requests: Iterable[Request], through: date, schemas: Schemas
    ) -> Answers:
        """Answer ``requests``; see `kpi_site.engine.seam.Engine`. Failure without an answer."""
        del schemas
        wanted = list(requests)
        missing = unanswered(tables, wanted, through)
        if missing:
            raise Failure(_told(tuple(missing), through))
        pushed = (table.pushed for table in tables.values() if table.pushed is not None)
        kept = dict(chain.from_iterable(one.answers.items() for one in pushed))
        return find(kept, wanted, through)


def unanswered(tables: Tables, requests: Iterable[Request], through: date) -> Mapping[str, int]:
    """Return how many of ``requests`` have no answer, by pushed dataset."""
    found: dict[str, int] = {}
    for request in dict.fromkeys(requests):
        name = dataset_of(request)
        pushed = tables[name].pushed if name in tables else None
        if pushed is None:
            continue
        if not answers(pushed.answers, request, through):
            found[name] = found.get(name, 0) + 1
    return found


def no_answer(table: Table, count: int, through: date) -> Problem:
    """Return the problem of a dataset of which ``count`` questions were never asked."""
    source = table.dataset.database
    assert source is not None
    name = str(table.dataset.id)
    hint = Message(f"请运行 kpi-site fetch {name}。", f"Run: kpi-site fetch {name}.")
    questions = "question was" if count == 1 else "questions were"
    message = Message(
        f"指标的 {count} 个问题还没有问过数据库（截至 {through}）：问过以后，指标或日期变了",
        f"{count} {questions} never asked of the database (up to {through}): cards, or the day,"
        " have changed since it was asked",
    )
    return Problem(source.where, "no-answer", message, hint)


def _told(names: Iterable[str], through: date) -> Message:
    listed, command = ", ".join(names), f"kpi-site fetch {' '.join(names)}"
    return Message(
        f"{listed} 的数据留在数据库里，截至 {through} 的问题还没有问过：请运行 {command}",
        f"the rows of {listed} stay in their database, which was not asked up to {through}: run"
        f" {command}",
    )
