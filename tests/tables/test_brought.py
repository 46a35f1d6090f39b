"""Derived columns that use parents' columns."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpi_site.schema import with_brought
from kpi_site.tables.scan import scan
from tests.figures.small import card, dataset, figures, problems, write
from tests.tables.conftest import Facts

RATES = "currency,rate,paid_at\nUSD,7.10,2026-01-01T00:00:00+00:00\nEUR,8.25,\n"
SALES = "id,currency,amount\n1,EUR,10.00\n2,USD,20.00\n3,,30.00\n4,USD,1.50\n"


def sales(facts: Facts, derived: dict[str, str], rates: str = RATES) -> None:
    facts.write("data/rates.csv", rates)
    facts.write("data/sales.csv", SALES)
    facts.add(
        "sales", "id:integer", "currency", "amount:number",
        foreign={("currency",): ("rates", ("currency",))}, derived=derived,
        rules={"id < 9": "error"},
    )  # fmt: skip
    facts.add("rates", "currency", "rate:number", "paid_at:datetime", key=("currency",))
    facts.datasets["sales"] = with_brought(facts.datasets, facts.datasets["sales"])


def test_a_row_is_worked_out_with_its_parents_columns(facts: Any) -> None:
    """10 * 8.25, 20 * 7.10 and 1.5 * 7.10; no currency, no rate. The rows keep their order."""
    sales(facts, {"cny": "amount * rates.rate", "large": "cny > 100"})
    assert facts.frame("sales").select("id", "cny", "large").rows() == [
        (1, Decimal("82.5"), False), (2, Decimal(142), True), (3, None, None),
        (4, Decimal("10.65"), False),
    ]  # fmt: skip


def test_windows_over_parents_columns(facts: Any) -> None:
    sales(facts, {"of_rate": "COUNT(*) OVER (PARTITION BY rates.rate)"})
    assert facts.frame("sales")["of_rate"].to_list() == [1, 2, 1, 2]


def test_another_parent_makes_other_rows(facts: Any) -> None:
    sales(facts, {"cny": "amount * rates.rate"})
    first = facts.read()[0]["sales"].digest
    assert facts.read()[0]["sales"].digest == first
    facts.write("data/rates.csv", RATES.replace("8.25", "8.00"))
    assert facts.frame("sales")["cny"].to_list()[0] == 80
    assert facts.read()[0]["sales"].digest != first


def test_a_parent_with_a_fault_is_told_alone(facts: Any) -> None:
    sales(facts, {"cny": "amount * rates.rate"}, RATES.replace("8.25", "x"))
    assert facts.faults() == ["3:5 bad-value"]
    assert set(facts.read()[0]) == set()
    facts.write("data/sales.csv", SALES.replace("30.00", "y"))
    assert sorted(facts.faults()) == ["3:5 bad-value", "4:4 bad-value"]


def test_a_foreign_key_that_a_parent_gives(facts: Any) -> None:
    """A payment reaches the customer by way of its order."""
    facts.write("data/payments.csv", "id,order\n1,O1\n2,O2\n")
    facts.write("data/orders.csv", "order,customer\nO1,C2\nO2,C1\n")
    facts.write("data/customers.csv", "customer,tier\nC1,gold\nC2,silver\n")
    facts.add("customers", "customer", "tier", key=("customer",))
    facts.add("orders", "order", "customer", key=("order",))
    facts.add(
        "payments", "id:integer", "order", derived={"payer": "orders.customer"},
        foreign={("order",): ("orders", ("order",)), ("payer",): ("customers", ("customer",))},
    )  # fmt: skip
    facts.datasets["payments"] = with_brought(facts.datasets, facts.datasets["payments"])
    tables, found = facts.read()
    assert found == ()
    rows = scan(tables, "payments", ["id", "customers.tier"]).sort("id").collect().rows()
    assert rows == [(1, "silver"), (2, "gold")]
    facts.write("data/customers.csv", "customer,tier\nC1,gold\n")
    assert facts.faults() == ["2:3 dangling-key"]


KEY = "  foreignKeys:\n    - {{fields: [{0}], reference: {{resource: {1}, fields: [{0}]}}}}\n"
SITE = {
    **dataset("orders", "name: order_id, type: string", "name: rate, type: number",
              more="  primaryKey: order_id\n"),
    **dataset("payments", "name: order_id, type: string", "name: part, type: number",
              more=KEY.format("order_id", "orders")
              + "derived:\n  worth: part * orders.rate\n  bare: orders.rate + 1\n"),
    "data/orders.csv": "day,order_id,rate\n2026-03-01,A,0.5\n2026-03-02,B,2\n",
    "data/payments.csv": "day,order_id,part\n2026-03-01,A,40\n2026-03-02,A,60\n2026-03-03,B,50\n",
}  # fmt: skip


def test_a_card_over_such_a_column(tmp_path: Path) -> None:
    """(40 + 60) * 0.5 + 50 * 2."""
    site = write(tmp_path, {**SITE, **card("it", "a: {from: payments, value: SUM(worth)}")})
    assert [p.text() for p in problems(site)] == []
    assert figures(tmp_path)["it 2026-03"] == "150"


def test_a_parents_amount_is_not_counted_twice_under_another_name(tmp_path: Path) -> None:
    site = write(tmp_path, {**SITE, **card("it", "a: {from: payments, value: SUM(bare)}")})
    assert [p.code for p in problems(site)] == ["parent-summed"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("orders.rate + 1", "orders.rates + 1", "unknown-column"),
        ("orders.rate + 1", "orders.order_id + 1", "sql-type"),
        ("orders.rate + 1", "order.rate + 1", "unknown-column"),
    ],
)
def test_what_is_no_column_of_a_parent(tmp_path: Path, old: str, new: str, said: str) -> None:
    files = {
        **SITE,
        "content/datasets/payments.yml": SITE["content/datasets/payments.yml"].replace(old, new),
    }
    assert [p.code for p in problems(write(tmp_path, files))] == [said]


def test_datasets_that_need_each_other(tmp_path: Path) -> None:
    files = dict(SITE)
    path = "content/datasets/orders.yml"
    files[path] += KEY.format("order_id", "payments") + "derived: {paid: payments.part}\n"
    files["content/datasets/payments.yml"] += "  again: orders.rate\n"
    found = problems(write(tmp_path, files))
    assert [p.code for p in found] == ["circular-datasets"] * 2
    assert "orders → payments → orders" in found[0].message.en
