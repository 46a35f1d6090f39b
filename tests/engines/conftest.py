"""The Spark of a run: it is started once, and ends with the process."""

from __future__ import annotations

import os
import shutil
import socket

import pytest

from kpi_site.engine import quantile_sql, spark_engine
from kpi_site.engine.spark_engine import SparkEngine

# It is a cluster too, for those who come by Spark Connect.
CONNECT = {
    "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
    "spark.connect.grpc.binding.address": "127.0.0.1",
}


@pytest.fixture(scope="session")
def spark_url() -> str:
    """Where Spark Connect listens, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"sc://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture(scope="session")
def spark(spark_url: str) -> SparkEngine:
    """Spark on Debian's Java; skipped where there is none, but never in CI.

    Statements of few rows are interpreted: to compile them takes longer than to run them.
    """
    if shutil.which("java") is None:
        reason = "no java here: make java, or apt-get install openjdk-17-jre-headless"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    engine = SparkEngine()
    port = {"spark.connect.grpc.binding.port": spark_url.rpartition(":")[2]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spark_engine, "_LOCAL", {**spark_engine._LOCAL, **CONNECT, **port})
        with engine.open({}):
            from pyspark.sql import SparkSession

            conf = SparkSession.getActiveSession().conf
            conf.set("spark.sql.codegen.wholeStage", "false")
            conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    return engine


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few values be too many to be counted one by one, as of very many rows."""
    monkeypatch.setattr(quantile_sql, "MOST", 2)
