"""A term's aggregate in plain words."""

from __future__ import annotations

import pytest

from kpi_site.formula.mathml import aggregate_words
from kpi_site.sql.nodes import Code
from kpi_site.sql.parse import parse_aggregate, parse_row

TITLES = {"amount": "金额", "status": "状态", "status=shipped": "已发货", "done": "完成"}


def code(text: str) -> Code:
    return Code(text, "card.yml", tuple((1, i + 1) for i in range(len(text) + 1)))


CASES = [
    (
        "SUM(amount) FILTER (WHERE status = 'shipped')",
        "合计 金额，其中 状态 = 已发货",
        "sum of amount where status = shipped",
    ),
    ("COUNT(*)", "行数", "number of rows"),
    ("COUNT(DISTINCT amount)", "不同 金额 的个数", "number of distinct amount"),
    ("MEDIAN(amount)", "中位数 金额", "median of amount"),
    ("QUANTILE_CONT(amount, 0.9)", "90% 分位数 金额", "90% quantile of amount"),
    (
        "COUNT(*) FILTER (WHERE b - a <= INTERVAL 24 HOURS AND NOT done)",
        "行数，其中 b − a ≤ 24小时 且 完成 = 否",
        "number of rows where b − a ≤ 24 hours and done = no",
    ),
    (
        "SUM(amount) FILTER (WHERE done) / NULLIF(COUNT(*), 0)",
        "(合计 金额，其中 完成) ÷ 行数",
        "(sum of amount where done) ÷ number of rows",
    ),
    (
        "COUNT(*) FILTER (WHERE status IN ('shipped', 'open') OR amount IS NULL)",
        "行数，其中 状态 是 已发货、open 之一 或 金额 为空",
        "number of rows where status is one of shipped, open or amount is empty",
    ),
    (
        "AVG(DATE_DIFF('day', a, b))",
        "平均 从 a 到 b 的天数",
        "average of days from a to b",
    ),
    ("SUM(price * (qty - 1))", "合计 (price × (qty − 1))", "sum of (price × (qty − 1))"),
]


@pytest.mark.parametrize(("text", "zh", "en"), CASES)
def test_words(text: str, zh: str, en: str) -> None:
    expression, problems = parse_aggregate(code(text))
    assert expression is not None, problems
    assert aggregate_words(expression, TITLES, "zh") == zh
    assert aggregate_words(expression, {}, "en") == en


def test_rare_constructs_stay_sql() -> None:
    expression, _ = parse_aggregate(code("SUM(LENGTH(name))"))
    where, _ = parse_row(code("done"))
    assert expression is not None
    assert aggregate_words(expression, {}, "zh") == "SUM(LENGTH(name))"
    assert aggregate_words(expression, {}, "en", where=where) == "SUM(LENGTH(name)) WHERE done"


def test_the_terms_own_filter_is_told() -> None:
    expression, _ = parse_aggregate(code("SUM(amount)"))
    where, _ = parse_row(code("status = 'shipped'"))
    assert expression is not None
    assert aggregate_words(expression, TITLES, "zh", where=where) == "合计 金额，其中 状态 = 已发货"
