"""The Spark of a run: it is started once, and ends with the process."""

from __future__ import annotations

import os
import shutil

import pytest

from kpi_site.engine.spark_engine import SparkEngine


@pytest.fixture(scope="session")
def spark() -> SparkEngine:
    """Spark on Debian's Java; skipped where there is none, but never in CI.

    Statements of few rows are interpreted: to compile them takes longer than to run them.
    """
    if shutil.which("java") is None:
        reason = "no java here: make servers, or apt-get install openjdk-17-jre-headless"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    engine = SparkEngine()
    with engine.open({}):
        from pyspark.sql import SparkSession

        conf = SparkSession.getActiveSession().conf
        conf.set("spark.sql.codegen.wholeStage", "false")
        conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    return engine
