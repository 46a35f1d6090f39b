"""A parent's amount over its children: refused where it counts twice, allowed where it is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures.small import card, dataset, figures, problems, write

FACTS = {
    **dataset(
        "orders",
        "name: order_id, type: string",
        "name: amount, type: number, decimals: 2",
        "name: paid, type: boolean",
        "name: rate, type: number, decimals: 2",
        more="  primaryKey: order_id\n",
    ),
    **dataset(
        "payments",
        "name: order_id, type: string",
        "name: part, type: number, decimals: 2",
        more="  foreignKeys:\n"
        "    - {fields: [order_id], reference: {resource: orders, fields: [order_id]}}\n",
    ),
    "data/orders.csv": (
        "day,order_id,amount,paid,rate\n2026-03-01,A,100,true,0.5\n2026-03-02,B,50,false,2\n"
    ),
    "data/payments.csv": ("day,order_id,part\n2026-03-01,A,40\n2026-03-02,A,60\n2026-03-03,B,50\n"),
}


def said(root: Path, value: str, more: str = "") -> list[str]:
    files = {**FACTS, **card("it", f"a: {{from: payments, value: '{value}'{more}}}")}
    return [p.code for p in problems(write(root, files))]


@pytest.mark.parametrize(
    "value",
    [
        "SUM(orders.amount)", "AVG(orders.amount)", "MEDIAN(orders.amount)",
        "QUANTILE_CONT(orders.amount, 0.5)", "SUM(orders.amount - orders.rate)",
        "SUM(2 * orders.amount)", "COUNT(*) + SUM(orders.amount)",
        "SUM(CASE WHEN orders.paid THEN orders.amount ELSE 0 END)",
        "SUM(orders.amount) FILTER (WHERE part > 45)",
    ],
)  # fmt: skip
def test_counted_once_for_each_child(tmp_path: Path, value: str) -> None:
    assert said(tmp_path, value) == ["parent-summed"]


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("SUM(part * orders.rate)", "150"),  # (40 + 60) * 0.5 + 50 * 2
        ("SUM(CASE WHEN part > 45 THEN orders.amount END)", "150"),  # said for each payment
        ("COUNT(DISTINCT orders.order_id)", "2"),
        ("MIN(orders.amount) + MAX(orders.amount)", "150"),
        ("COUNT(orders.amount)", "3"),
        ("SUM(orders.paid)", "2"),
        ("SUM(CASE WHEN orders.paid THEN 1 ELSE 0 END)", "2"),
    ],
)
def test_right_and_allowed(tmp_path: Path, value: str, right: str) -> None:
    assert said(tmp_path, value) == []
    assert figures(tmp_path)["it 2026-03"] == right


def test_the_hint_names_the_parents_own_dataset(tmp_path: Path) -> None:
    files = {**FACTS, **card("it", "a: {from: payments, value: SUM(orders.amount)}")}
    (found,) = problems(write(tmp_path, files))
    assert (found.where.line, found.where.column) == (6, 34)
    assert found.hint is not None
    assert "from: orders, column amount" in found.hint.en
    own = write(tmp_path, card("it", "a: {from: orders, value: SUM(amount)}"))
    assert figures(own)["it 2026-03"] == "150"


def test_a_parent_of_one_child_is_counted_once(tmp_path: Path) -> None:
    """The foreign key is the child's own key: no order can come twice."""
    name = "content/datasets/payments.yml"
    once = {name: FACTS[name] + "  primaryKey: order_id\n"}
    facts = {"data/payments.csv": "day,order_id,part\n2026-03-01,A,40\n2026-03-03,B,50\n"}
    files = {
        **FACTS,
        **once,
        **facts,
        **card("it", "a: {from: payments, value: SUM(orders.amount)}"),
    }
    assert problems(write(tmp_path, files)) == ()
    assert figures(tmp_path)["it 2026-03"] == "150"
