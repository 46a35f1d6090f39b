"""What cannot be rolled up: window columns keep to their period, ``longer: false`` to a cycle.

Ann orders twice in January, Bob once in January and once in February: one customer with two
orders in a month, none in February, and two in the quarter, which no column of months can tell.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures.small import card, dataset, figures, problems, write

ORDERS = """\
day,shop,customer,reading
2026-01-05,a,ann,1
2026-01-20,a,ann,2
2026-01-21,b,bob,4
2026-02-03,b,bob,8
"""
IN_MONTH = "COUNT(*) OVER (PARTITION BY customer, DATE_TRUNC('month', day))"
TWICE = "t: {from: orders, value: COUNT(DISTINCT customer) FILTER (WHERE w >= 2)}"


def site(root: Path, window: str, *, term: str = TWICE, more: str = "") -> Path:
    facts = dataset(
        "orders",
        "name: shop, type: string",
        "name: customer, type: string",
        "name: reading, type: integer",
        more=f'derived:\n  w: "{window}"\n',
    )
    return write(root, {**facts, "data/orders.csv": ORDERS, **card("twice", term, more=more)})


@pytest.mark.parametrize(
    "window",
    [
        IN_MONTH,
        "COUNT(*) OVER (PARTITION BY customer, YEAR(day), MONTH(day))",
        "COUNT(*) OVER (PARTITION BY customer, STRFTIME(day, '%Y-%m'))",
        "COUNT(*) OVER (PARTITION BY customer, LAST_DAY(day))",
        "COUNT(*) OVER (PARTITION BY customer, day)",
        "COUNT(*) OVER (PARTITION BY customer, DATE_TRUNC('quarter', day))",
        "1 + COUNT(*) OVER (PARTITION BY DATE_TRUNC('month', day), customer)",
    ],
)
def test_a_window_of_a_period_is_not_counted_in_a_longer_one(tmp_path: Path, window: str) -> None:
    (found,) = problems(site(tmp_path, window))
    assert found.code == "window-too-short"
    assert "longer: false" in str(found.hint)


@pytest.mark.parametrize(
    "term",
    [
        "t: {from: orders, value: COUNT(DISTINCT customer), where: w >= 2}",
        "t: {from: orders, value: SUM(w)}",
        "t: {from: orders, value: SUM(again)}",
    ],
)
def test_wherever_it_is_used(tmp_path: Path, term: str) -> None:
    root = site(tmp_path, IN_MONTH, term=term)
    path = root / "content/datasets/orders.yml"
    path.write_text(path.read_text("utf-8") + "  again: w - 1\n", encoding="utf-8")
    assert [p.code for p in problems(root)] == ["window-too-short"]


@pytest.mark.parametrize(
    ("window", "term"),
    [
        # the row before of the same customer belongs to no period
        ("LAG(reading) OVER (PARTITION BY customer ORDER BY day)",
         "t: {from: orders, value: SUM(reading - w)}"),
        ("ROW_NUMBER() OVER (PARTITION BY shop, customer ORDER BY day)",
         "t: {from: orders, value: COUNT(*), where: w = 1}"),
        # made for a year, the longest there is
        ("COUNT(*) OVER (PARTITION BY customer, YEAR(day))", TWICE),
    ],
)  # fmt: skip
def test_windows_that_may_be_counted_in_any_period(tmp_path: Path, window: str, term: str) -> None:
    assert not problems(site(tmp_path, window, term=term))


def test_a_card_of_a_longer_cycle_is_told_which_one_would_do(tmp_path: Path) -> None:
    root = site(tmp_path, IN_MONTH, more="longer: false\n")
    path = root / "content/indicators/main/twice.yml"
    path.write_text(path.read_text("utf-8").replace("cycle: month", "cycle: quarter"), "utf-8")
    (found,) = problems(root)
    assert "cycle: month" in str(found.hint)


def test_without_longer_periods_there_is_the_cycle_alone(tmp_path: Path) -> None:
    root = site(tmp_path, IN_MONTH, more="longer: false\n")
    assert not problems(root)
    assert figures(root) == {
        "twice 2026-01": "1", "twice 2026-02": "0", "twice 2026-03": "0",
    }  # fmt: skip
