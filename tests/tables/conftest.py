"""A small site of facts, made by hand: files, declared datasets, and what comes of reading them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from kpi_site.catalog import Catalog, Dataset, Derived, Field, ForeignKey, RowRule, Site, Text
from kpi_site.problems import Location, Name, Problem
from kpi_site.sql.kinds import offset_name
from kpi_site.sql.nodes import Code, Expression
from kpi_site.sql.parse import parse_row
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables

WHERE = Location("content/datasets/x.yml", 1, 1)


def name(text: str) -> Name:
    return Name(text, WHERE)


def expression(text: str) -> Expression:
    code = Code(text, WHERE.file, tuple((1, i + 1) for i in range(len(text) + 1)))
    found, problems = parse_row(code, windows=True)
    assert found is not None, problems
    return found


@dataclass
class Facts:
    """``add`` declares datasets, ``write`` makes files, ``read`` reads everything."""

    root: Path
    timezone: str = "Asia/Shanghai"
    datasets: dict[str, Dataset] = field(default_factory=dict)

    def write(self, path: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode(encoding)
        target.write_bytes(data)
        return target

    def add(
        self,
        dataset_id: str,
        *columns: str | Field,
        paths: tuple[str, ...] = (),
        key: tuple[str, ...] = (),
        foreign: Mapping[tuple[str, ...], tuple[str, tuple[str, ...]]] | None = None,
        derived: Mapping[str, str] | None = None,
        rules: Mapping[str, str] | None = None,
        **more: object,
    ) -> Dataset:
        """Declare a dataset. A column is a Field or ``name:type``."""
        dataset = Dataset(
            name(dataset_id),
            WHERE,
            Text(dataset_id),
            tuple(map(name, paths or (f"data/{dataset_id}.csv",))),
            tuple(column(c) for c in columns),
            primary_key=tuple(map(name, key)),
            foreign_keys=tuple(
                ForeignKey(tuple(map(name, own)), name(other), tuple(map(name, theirs)))
                for own, (other, theirs) in (foreign or {}).items()
            ),
            derived=tuple(Derived(name(n), expression(t)) for n, t in (derived or {}).items()),
            rules=tuple(
                RowRule(expression(t), "warning" if severity == "warning" else "error")
                for t, severity in (rules or {}).items()
            ),
            **more,  # type: ignore[arg-type]
        )
        self.datasets[dataset_id] = dataset
        return dataset

    @property
    def catalog(self) -> Catalog:
        site = Site(self.root, WHERE, Text("X"), timezone=self.timezone)
        return Catalog(site, self.datasets, {})

    def read(self, limit: int = 50) -> tuple[Mapping[str, Table], tuple[Problem, ...]]:
        return read_tables(self.catalog, self.root / "cache", limit=limit)

    def frame(self, dataset: str) -> pl.DataFrame:
        """Read a dataset that must be sound, as it lies in its copy."""
        tables, problems = self.read()
        assert not problems, [p.text() for p in problems]
        frame = pl.read_parquet(tables[dataset].parquet, glob=False)
        return frame.drop(offset_name(name) for name in frame.columns if offset_name(name) in frame)

    def faults(self, limit: int = 50) -> list[str]:
        """Read datasets and return ``line:column code`` of each problem, with other files named."""
        _, problems = self.read(limit)
        return [f"{p.where.line}:{p.where.column} {p.code}" for p in problems]


def column(declared: str | Field, **more: object) -> Field:
    if isinstance(declared, Field):
        return declared
    title, _, kind = declared.partition(":")
    return Field(name(title), kind or "string", **more)  # type: ignore[arg-type]


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(tmp_path)
