"""What an engine cannot promise to the last digit it refuses, with the place and the reason."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from kpi_site.checking import check
from kpi_site.compute.engines import _ODD
from kpi_site.options import Options
from kpi_site.problems import Failure
from kpi_site.stages import figures
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY


def site(root: Path, value: str, word: str = "Straße", where: str = "TRUE") -> Path:
    terms = f'n: {{from: facts, value: "{value}", where: "{where}"}}'
    return write(root, {
        **dataset("facts", "name: word, type: string", "name: big, type: integer"),
        **card("n", terms),
        "data/facts.csv": f"day,word,big\n2026-03-01,{word},9000000000000000000\n",
    })  # fmt: skip


def told(root: Path, engine: str) -> list[str]:
    return [p.text() for p in check(Options(root=root, today=TODAY, engine=engine))]


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_letters_without_one_other_case(tmp_path: Path, engine: str) -> None:
    root = site(tmp_path, "COUNT(*)", where="UPPER(word) = 'STRASSE'")
    (problem,) = told(root, engine)
    assert problem == (
        f"content/indicators/main/n.yml:6:47: the term 'n' of 'n' cannot be exact on {engine}: "
        "there are letters such as ß or İ, of whose other case engines think differently. "
        "Compute it with another engine, polars say, or write it in another way."
    )
    assert told(root, "polars") == []


def test_letters_with_one_other_case(tmp_path: Path) -> None:
    root = site(tmp_path, "COUNT(*)", word="ÀЁ中文", where="LOWER(word) ILIKE 'àё%'")
    assert told(root, "duckdb") == []


def test_what_a_text_means_as_a_value(tmp_path: Path) -> None:
    root = site(tmp_path, "SUM(TRY_CAST(word AS DOUBLE))", word="1")
    assert told(root, "duckdb") == []
    (problem,) = told(root, "postgresql")
    assert problem.startswith("content/indicators/main/n.yml:6:")
    assert "databases differ in what a text means as a value" in problem


def test_whole_numbers_beyond_38_digits(tmp_path: Path) -> None:
    root = site(tmp_path, "MAX(big * big * 2)")
    assert told(root, "polars") == []
    (problem,) = told(root, "duckdb")
    assert "whole numbers here may have more than 38 digits" in problem


def test_a_server_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_SITE_ENGINE_URL", "postgresql://reader:p%40ss@127.0.0.1:9/none")
    options = Options(root=site(tmp_path, "COUNT(*)"), today=TODAY, engine="postgresql")
    with pytest.raises(Failure) as refused:
        figures(options)
    assert "KPI_SITE_ENGINE_URL" in refused.value.message.en
    assert "ss" not in refused.value.message.en.replace("address", "").replace("password", "")


def test_all_other_letters_have_the_same_other_case() -> None:
    """DuckDB and Polars agree on every letter that is not refused, alone and in ILIKE."""
    letters = pl.DataFrame({"c": [chr(n) for n in range(1, 0x20000) if not 0xD800 <= n < 0xE000]})
    letters = letters.filter(~pl.col("c").str.contains(_ODD))
    assert letters.height > 80_000
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE letters (c VARCHAR)")
        joined = letters["c"].to_list()
        connection.execute("INSERT INTO letters SELECT UNNEST(?)", [joined])
        theirs = connection.execute(
            "SELECT c, UPPER(c), LOWER(c), c ILIKE 'k', c ILIKE 's' FROM letters"
        ).fetchall()
    ours = letters.select(
        "c",
        pl.col("c").str.to_uppercase().alias("upper"),
        pl.col("c").str.to_lowercase().alias("lower"),
        pl.col("c").str.contains("(?si)^k$").alias("k"),
        pl.col("c").str.contains("(?si)^s$").alias("s"),
    )
    assert sorted(theirs) == sorted(ours.rows())
