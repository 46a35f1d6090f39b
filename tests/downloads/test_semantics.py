"""Cards as a semantic model: its form, its figures by another program, and what it leaves out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from kpi_site.as_data.ansi import placed, quoted, standard_sql
from kpi_site.as_data.semantics import semantic_model
from kpi_site.catalog import Catalog
from kpi_site.content import read_catalog
from kpi_site.sql.nodes import Call, Column, Literal_
from tests.figures.small import card, dataset, figures, write
from tests.oracle.product import TODAY

SCHEMA = json.loads((Path(__file__).parent / "ossie.schema.json").read_text("utf-8"))
SAMPLE = Path(__file__).parents[2]
ORDERS = """\
day,shop,amount,done,shipped
2026-03-02,s1,10.50,true,2026-03-04
2026-03-03,s1,,true,2026-03-05
2026-03-09,s2,20.25,false,2026-03-09
2026-03-20,s2,5,true,
"""
SHOPS = "shop,region\ns1,north\ns2,south\n"
SHOP = (
    "id: shops\npath: data/shops.csv\nschema:\n  primaryKey: [shop]\n  fields:\n"
    "    - {name: shop, type: string}\n    - {name: region, type: string}\n"
)
KEY = (
    "  foreignKeys:\n    - {fields: [shop], reference: {resource: shops, fields: [shop]}}\n"
    "derived:\n  big: amount >= 10\n"
)
COUNT = "n: {from: orders, value: COUNT(*)}"
SAID = {
    # Worked by hand: 3 of 4 done; 10.50 + 5 of the done; 35.75 / 3 amounts; nothing from east.
    "rate": (("d: {from: orders, value: COUNT(*) FILTER (WHERE done)}", COUNT), "d / n", "0.75"),
    "sold": (("s: {from: orders, value: SUM(amount), where: done}",), "s", "15.5"),
    "mean": (("m: {from: orders, value: AVG(amount)}",), "m", "11.916666666666667"),
    "east": (
        ("s: {from: orders, value: SUM(amount), where: \"shops.region = 'east'\"}",),
        "s",
        "0",
    ),
    "south": (
        ("s: {from: orders, value: SUM(amount), where: \"shops.region IN ('south', 'x')\"}",),
        "s",
        "25.25",
    ),
    "large": (("b: {from: orders, value: COUNT(DISTINCT shop), where: big}",), "b", "2"),
    "none": (("s: {from: orders, value: SUM(amount), where: amount > 99}", COUNT), "n / s",
             "zero_denominator"),
}  # fmt: skip
NOT_SAID = {
    "median": ("m: {from: orders, value: MEDIAN(amount)}",),
    "waited": ("w: {from: orders, value: AVG(shipped - day)}",),
    "before": (COUNT, "b: {term: n, lag: 1mo}"),
    "days": ("c: {calendar: days}", COUNT),
    "other": ("o: {indicator: rate}",),
    "rolling": ("r: {from: orders, value: COUNT(*), window: 3mo}",),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        **dataset(
            "orders", "name: shop, type: string", "name: amount, type: number, decimals: 2",
            "name: done, type: boolean", "name: shipped, type: date", more=KEY,
        ),
        "data/orders.csv": ORDERS,
        "content/datasets/shops.yml": SHOP,
        "data/shops.csv": SHOPS,
    }  # fmt: skip
    for name, (terms, formula, _) in SAID.items():
        files |= card(name, *terms, formula=formula, more="aliases: [又名]\n")
    for name, terms in NOT_SAID.items():
        names = [term.partition(":")[0] for term in terms]
        files |= card(name, *terms, formula=" + ".join(names))
    return write(tmp_path_factory.mktemp("shop"), files)


def catalog_of(root: Path) -> Catalog:
    found, problems = read_catalog(root, today=TODAY)
    assert found is not None, [p.text() for p in problems]
    return found


@pytest.fixture(scope="module")
def model(root: Path) -> dict[str, Any]:
    return semantic_model(catalog_of(root), "en")


def valid(model: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(model)


def sql_of(found: dict[str, Any]) -> str:
    return str(found["expression"]["dialects"][0]["expression"])


def test_it_has_the_form_of_the_draft(model: dict[str, Any]) -> None:
    valid(model)
    with pytest.raises(Exception, match="is a required property"):
        valid({key: value for key, value in model.items() if key != "datasets"})


def test_which_cards_are_metrics(model: dict[str, Any]) -> None:
    assert {m["name"] for m in model["metrics"]} == set(SAID)
    (own,) = model["custom_extensions"]
    rest = json.loads(own["data"])
    assert own["vendor_name"] == "KPI_SITE"
    assert {c["id"] for c in rest["indicators"]} == set(NOT_SAID)
    assert rest["currency"] == "CNY"


def test_each_metric_is_the_figure_of_another_program(root: Path, model: dict[str, Any]) -> None:
    """DuckDB asks the metrics of March's rows, joined by the relationship; and so do we."""
    ours = figures(root)
    (joined,) = model["relationships"]
    on = f"{joined['from']}.{joined['from_columns'][0]} = {joined['to']}.{joined['to_columns'][0]}"
    with duckdb.connect() as base:
        for one in model["datasets"]:
            own = ", ".join(f"{sql_of(f)} AS {f['name']}" for f in one["fields"])
            rows = f"read_csv('{root / one['source']}') AS {one['name']}"
            base.execute(f"CREATE VIEW {one['name']} AS SELECT {own} FROM {rows}")
        for metric in model["metrics"]:
            name = metric["name"]
            wanted = SAID[name][2]
            (found,) = base.execute(
                f"SELECT {sql_of(metric)} FROM orders LEFT JOIN shops ON {on}"
            ).fetchall()[0]
            assert ours[f"{name} 2026-03"] == wanted
            if wanted == "zero_denominator":
                assert found is None
            else:
                assert float(found) == pytest.approx(float(wanted), rel=1e-12)


def test_datasets_and_words(model: dict[str, Any]) -> None:
    orders = next(d for d in model["datasets"] if d["name"] == "orders")
    fields = {f["name"]: f for f in orders["fields"]}
    assert orders["source"] == "data/orders.csv"
    assert fields["day"]["dimension"] == {"is_time": True}
    assert fields["amount"]["datatype"] == "Decimal"
    assert sql_of(fields["big"]) == "(orders.amount >= 10)"
    rate = next(m for m in model["metrics"] if m["name"] == "rate")
    assert rate["ai_context"] == {"synonyms": ["rate", "又名"]}
    data = json.loads(rate["custom_extensions"][0]["data"])
    assert data["formula"] == "d / n"
    assert data["unit"] == "count"


def test_the_command_writes_it_for_an_audience(root: Path, tmp_path: Path) -> None:
    def run(*more: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "kpi_site", "export-semantics", "--root", str(root)]
        words += [str(tmp_path / "model.yaml"), "--lang", "en", *more]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    done = run()
    assert done.returncode == 0, done.stderr
    assert "7 of 13 cards are metrics" in done.stdout
    valid(yaml.safe_load((tmp_path / "model.yaml").read_text("utf-8")))
    path = root / "content/indicators/main/rate.yml"
    before = path.read_text("utf-8")
    path.write_text(before + "audience: leadership\n", encoding="utf-8")
    assert "6 of 11 cards are metrics" in run("--audience", "staff").stdout  # nor 'other'
    assert "rate" not in (tmp_path / "model.yaml").read_text("utf-8")
    assert run("--audience", "nobody").returncode == 1
    path.write_text(before, encoding="utf-8")


def test_the_sample_company() -> None:
    model = semantic_model(catalog_of(SAMPLE), "zh")
    valid(model)
    rest = json.loads(model["custom_extensions"][0]["data"])["indicators"]
    assert len(model["metrics"]) + len(rest) == len(catalog_of(SAMPLE).indicators)
    assert len(model["metrics"]) > 40


def test_quotes_within_names_and_words_are_doubled() -> None:
    """As standard SQL wants it: DuckDB reads back what was written."""
    name, word = 'a"b', "o'clock; --"
    sql = standard_sql(Call("=", (Column(name), Literal_(word))), placed({name: quoted(name)}))
    asked = f"SELECT {sql} FROM (SELECT ? AS {quoted(name)})"
    assert duckdb.execute(asked, [word]).fetchall() == [(True,)]
