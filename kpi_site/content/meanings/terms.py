"""Meanings of the keys of a card's terms, by kind of term (specification.md#terms)."""

from __future__ import annotations

from kpi_site.content.meanings.meaning import Meaning, Meanings, means

_LABEL = means(
    "给读者看的名称，印在公式里；不写则用项的名称。",
    "Name for readers, in the formula; without it the term's own.",
    {"zh": "已解决", "en": "Solved"},
)
_TIME = means(
    "用哪一列归期；不写则用数据集的 `time`。",
    "The column that decides the period; without it the dataset's `time`.",
    "resolved_at",
)
_LAG = means(
    "往前多久的同类期间：`1mo` `1q` `1y`；比周期还短，就是前一期。",
    "How much earlier the period of the same grain is: `1mo` `1q` `1y`; shorter than the grain"
    " means the one before.",
    "1y",
)


def _rows(value: Meaning) -> dict[str, Meaning]:
    return {
        "label": _LABEL,
        "from": means("数据集的 `id`。", "Id of the dataset.", "tickets"),
        "value": value,
        "where": means(
            "SQL 条件：只计哪些行。",
            "An SQL condition: which rows count.",
            "channel = 'phone'",
        ),
    }


_AGGREGATE = means(
    "当期各行的一个 SQL 汇总，如 `COUNT(*)`、`SUM(amount)`、`MEDIAN(…)`，可加 `FILTER (WHERE …)`。",
    "One SQL aggregate of the period's rows, such as `COUNT(*)`, `SUM(amount)`, `MEDIAN(…)`,"
    " with `FILTER (WHERE …)` if wanted.",
    "COUNT(*) FILTER (WHERE outcome = 'solved')",
)
_ON_A_DAY = means(
    "那一天各行的一个 SQL 汇总。", "One SQL aggregate of the rows of that day.", "COUNT(*)"
)

_AVERAGE = means(
    "`at: average` 时对哪些天取平均：期间内的每一天，或其中各个月末。",
    "Of which days `at: average` is the mean: all of the period, or the ends of its months.",
    "month_ends",
    default="days",
)

TERMS: Meanings = {
    "row_term": {
        **_rows(_AGGREGATE),
        "time": _TIME,
        "window": means(
            "滚动窗口：截至期末的这么长时间。",
            "A rolling window: so much time up to the period's end.",
            "12mo",
        ),
        "to_date": means(
            "从年初（季初、月初）累计到期末。",
            "From the start of the year (quarter, month) to the period's end.",
            "year",
        ),
    },
    "stock_term": {
        **_rows(_ON_A_DAY),
        "since": means(
            "从哪一天起在册的列。", "The column with the first day on the books.", "won_on"
        ),
        "until": means(
            "从哪一天起不在册的列；空值表示仍在册。",
            "The column with the first day off the books; a missing value is still on.",
            "lost_on",
        ),
        "at": means(
            "期末那一天，期初之前的那一天，或期间内各天的平均。",
            "The period's last day, the day before its first, or the mean over its days.",
            "average",
            default="end",
        ),
        "average": _AVERAGE,
    },
    "balance_term": {
        **_rows(
            means(
                "那一天或之前最后一个日期的各行的 SQL 汇总。",
                "One SQL aggregate of the rows of the last date up to that day.",
                "SUM(balance)",
            )
        ),
        "time": _TIME,
        "at": means(
            "期末那一天，期初之前的那一天，或期间内各天的平均；不跨期相加。",
            "The period's last day, the day before its first, or the mean over its days; never"
            " added up over periods.",
            "end",
            default="end",
        ),
        "average": _AVERAGE,
        "last_per": means(
            "按这一列（如账户）各取最后一次的各行，而不是整个数据集的最后一次。",
            "The column, such as an account, of which each value's last rows count, instead of"
            " the last of the whole dataset.",
            "account",
        ),
    },
    "calendar_term": {
        "label": _LABEL,
        "calendar": means(
            "期间的天数 `days`，已过的天数 `days_elapsed`，工作日 `working_days`，"
            "已过的工作日 `working_days_elapsed`（周一至周五）。",
            "Days of the period (`days`), those that are over (`days_elapsed`), and the same of"
            " working days, Monday to Friday (`working_days`, `working_days_elapsed`).",
            "days_elapsed",
        ),
        "to_date": means(
            "不看期间，而看期末所在的年、季或月：`year`、`quarter`、`month`。",
            "Look at the year, quarter or month that holds the period's end, not at the period.",
            "year",
        ),
    },
    "other_term": {
        "label": _LABEL,
        "term": means("本卡片另一项的名称。", "Name of another term of the card.", "sales"),
        "lag": _LAG,
        "period": means(
            "固定在哪一期取值，作定基比的基期：每个期间都用它；是本卡片有结果的期间。",
            "The one period in which it is taken, the base of an index: the same for every"
            " period; one in which the card has results.",
            "2024-12",
        ),
        "overall": means(
            "取不分解的值，用来算占比。",
            "The value without the breakdown, for shares.",
            True,
            default=False,
        ),
    },
    "indicator_term": {
        "label": _LABEL,
        "indicator": means("另一张卡片的 `id`。", "Id of another card.", "revenue"),
        "lag": _LAG,
        "measure": means(
            "取它的值，还是按它自己的阈值得到的分数。",
            "Its value, or its points by its own thresholds.",
            "score",
            default="value",
        ),
    },
}
