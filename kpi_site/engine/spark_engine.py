"""Spark 4: one that is started here, or a cluster by Spark Connect (``kpi-site[spark]``)."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import polars as pl

from kpi_site.engine.cube import Schema
from kpi_site.engine.facts_sql import Session, schema_of
from kpi_site.engine.seam import ENGINE_URL, Tables
from kpi_site.engine.sql_engine import SqlEngine
from kpi_site.problems import Failure, Message
from kpi_site.sql.printing.spark import Spark

# What its dialect's words rest on.
_SETTINGS: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
# One that runs here works for one site: it is small, and has nobody to talk to.
_LOCAL: Final = {
    "spark.master": "local[*]",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.warehouse.dir": "/nonexistent",  # nothing is ever kept there
}
# Spark would else write of its start, beside our own words; what goes wrong comes as an error.
_QUIET: Final = """\
rootLogger.level = off
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = off
"""


class SparkEngine(SqlEngine):
    """Spark: it reads the validated Parquet files itself, where it sees them."""

    dialect = Spark()

    @contextmanager
    def open(self, tables: Tables) -> Iterator[Session]:
        """Connect to the cluster of the environment, or start one that ends with this process."""
        del tables
        from pyspark.errors import PySparkException

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support", FutureWarning)
            logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
            url = os.environ.get(ENGINE_URL, "")
            try:
                spark = _connected(url) if url else _started()
                for name, value in _SETTINGS.items():
                    spark.conf.set(name, value)
            except (PySparkException, ValueError) as error:
                raise Failure(_UNREACHABLE if url else _NO_JAVA) from error
            session = _Cluster(spark)
            try:
                yield session
            except PySparkException as error:
                told = str(error).splitlines()[0]
                raise Failure(Message(f"spark：{told}", f"spark: {told}")) from error
            finally:
                session.clear()
                if url:
                    spark.stop()  # the session of our own, not the cluster


_NO_JAVA = Message(
    "Spark 起不来：本机需要 Java 17 或更新（Debian：openjdk-17-jre-headless）",
    "Spark does not start: it needs Java 17 or later here (Debian: openjdk-17-jre-headless)",
)
_UNREACHABLE = Message(
    f"连不上 {ENGINE_URL} 所说的 Spark：应为 sc://主机:端口，请核对地址和令牌",
    f"no connection to the Spark of {ENGINE_URL}: it is sc://host:port; check address and token",
)


def _connected(url: str) -> Any:
    if not url.startswith("sc://"):
        raise ValueError(url)
    from pyspark.sql.connect.session import SparkSession

    return SparkSession.builder.remote(url).create()


def _started() -> Any:
    """Return the session of this process; its JVM ends with it."""
    from pyspark.sql import SparkSession

    known = SparkSession.getActiveSession()
    if known is not None:
        return known
    builder = SparkSession.builder
    for name, value in _LOCAL.items():
        builder = builder.config(name, value)
    with NamedTemporaryFile("w", suffix=".properties") as quiet:
        quiet.write(_QUIET)
        quiet.flush()
        java = f"-Dlog4j2.configurationFile=file:{quiet.name}"
        return builder.config("spark.driver.extraJavaOptions", java).getOrCreate()


@dataclass(frozen=True, slots=True)
class _Cluster:
    spark: Any
    known: dict[Path, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    views: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def file(self, path: Path, kinds: Schema) -> tuple[str, Mapping[str, str]]:
        del kinds
        if path not in self.known:
            columns = {name: f"c{i}" for i, name in enumerate(schema_of(path))}
            rows = self.spark.read.parquet(_escaped(path.resolve()))
            self.known[path] = self._view(rows.toDF(*columns.values())), columns
        return self.known[path]

    def load(self, frame: pl.DataFrame) -> str:
        return self._view(self.spark.createDataFrame(frame.to_arrow()))

    def query(self, statement: str) -> pl.DataFrame:
        found = pl.from_arrow(self.spark.sql(statement).toArrow())
        assert isinstance(found, pl.DataFrame)
        return found

    def clear(self) -> None:
        """Forget the views, which lead to files that may be gone."""
        for name in self.views:
            self.spark.catalog.dropTempView(name)

    def _view(self, rows: Any) -> str:
        name = f"kpi_facts_{next(self.numbers)}"
        rows.createOrReplaceTempView(name)
        self.views.append(name)
        return name


def _escaped(path: Path) -> str:
    """Return a path in which `*`, `{` and their like mean themselves."""
    return "".join(f"\\{letter}" if letter in "{}[]*?\\" else letter for letter in str(path))
