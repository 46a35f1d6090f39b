"""The fixed words of the interface, in Chinese and English: one table, nothing elsewhere."""

from __future__ import annotations

from typing import Final, Literal

from kpi_site.catalog import (
    BalanceTerm,
    Direction,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)
from kpi_site.periods import Grain, Span
from kpi_site.results import State

WORDS: Final[dict[str, tuple[str, str]]] = {
    # states of a result (specification.md#states)
    "state.ok": ("正常", "complete"),
    "state.provisional": (
        "暂定：期间未结束或数据不全",
        "provisional: period not over, or data incomplete",
    ),
    "state.no_data": ("无数据", "no data"),
    "state.no_base": ("无对比期", "no earlier period to compare with"),
    "state.zero_denominator": ("分母为零，无法计算", "cannot be computed: the divisor is zero"),
    "state.not_due": ("未到期", "not due yet"),
    "state.suppressed": ("人数过少，不予公布", "hidden: too few people"),
    # grains and cycles
    "grain.day": ("日", "day"),
    "grain.month": ("月", "month"),
    "grain.quarter": ("季度", "quarter"),
    "grain.half_year": ("半年", "half year"),
    "grain.year": ("年", "year"),
    "cycle.day": ("每日", "daily"),
    "cycle.month": ("每月", "monthly"),
    "cycle.quarter": ("每季度", "quarterly"),
    "cycle.half_year": ("每半年", "every half year"),
    "cycle.year": ("每年", "yearly"),
    # directions
    "direction.higher": ("越高越好", "higher is better"),
    "direction.lower": ("越低越好", "lower is better"),
    "direction.within": ("越接近中心值越好", "the closer to the centre, the better"),
    "direction.none": ("仅作参考", "for information"),
    # cards and actions
    "status.active": ("使用中", "active"),
    "status.draft": ("草案", "draft"),
    "status.retired": ("已停用", "retired"),
    "action.open": ("进行中", "open"),
    "action.done": ("已完成", "done"),
    "action.cancelled": ("已取消", "cancelled"),
    # how a value stands against its thresholds
    "level.challenge": ("达到挑战值", "challenge reached"),
    "level.target": ("达到目标值", "target reached"),
    "level.baseline": ("达到基准值，未达目标值", "above baseline, below target"),
    "level.below": ("未达基准值", "below baseline"),
    "level.none": ("不评价", "not assessed"),
    # thresholds and charts
    "baseline": ("基准值", "baseline"),
    "target": ("目标值", "target"),
    "challenge": ("挑战值", "challenge"),
    "centre": ("中心值", "centre"),
    "period": ("期间", "period"),
    "value": ("本期", "actual"),
    "previous_year": ("上年同期", "previous year"),
    "previous_month": ("上月", "previous month"),
    "provisional": ("暂定", "provisional"),
    "running_against": (
        "本月累计{0}（实线）与{1}（虚线）",
        "running total of {0} (solid) and {1} (dotted)",
    ),
    "pace": ("匀速进度", "even pace"),
    "series_break": ("口径变更", "definition changed"),
    "not_given": ("未填", "not given"),
    "others": ("其他", "others"),
    "share": ("占比", "share"),
    "whole": ("合计", "all"),
    "running_total": ("本月累计", "running total of the month"),
    "actual_and_target": ("{0}（实心）与{1}（空框）", "{0} (solid) and {1} (outlined)"),
    "mark.actual": ("实际", "actual"),
    "mark.target": ("目标", "target"),
    "by": ("按{0}", "by {0}"),
    "first_of": ("前{0}项，共{1}项", "first {0} of {1}"),
    # kinds of term (specification.md#terms)
    "term.rows": ("本期发生", "in the period"),
    "term.window": ("截至期末的最近{0}", "trailing {0}, up to the period's end"),
    "term.to_date.year": ("年初至期末累计", "from the start of the year to the period's end"),
    "term.to_date.quarter": ("季初至期末累计", "from the start of the quarter to the period's end"),
    "term.to_date.month": ("月初至期末累计", "from the start of the month to the period's end"),
    "term.stock.end": ("期末在册", "in being on the period's last day"),
    "term.stock.start": ("期初在册", "in being on the day before the period begins"),
    "term.balance.end": ("期末余额", "as last recorded by the period's last day"),
    "term.balance.start": ("期初余额", "as last recorded before the period begins"),
    "term.other": ("与“{0}”相同", "the same as “{0}”"),
    "term.lag": ("“{0}”在{1}前的数值", "“{0}”, {1} earlier"),
    "term.overall": ("“{0}”的总体值（不分组）", "“{0}” of the whole, without the breakdown"),
    "term.indicator.value": ("指标“{0}”的数值", "value of the indicator “{0}”"),
    "term.indicator.score": ("指标“{0}”的得分", "points of the indicator “{0}”"),
    "term.earlier": ("，取{0}前", ", {0} earlier"),
    # lengths of time
    "span.day": ("{0}天", "{0} day"),
    "span.days": ("{0}天", "{0} days"),
    "span.month": ("{0}个月", "{0} month"),
    "span.months": ("{0}个月", "{0} months"),
    "span.year": ("{0}年", "{0} year"),
    "span.years": ("{0}年", "{0} years"),
}

_MARKS: Final[dict[State, str]] = {
    State.OK: "",
    State.PROVISIONAL: "≈",
    State.NO_DATA: "—",
    State.NO_BASE: "∅",
    State.ZERO_DENOMINATOR: "÷0",
    State.NOT_DUE: "…",
    State.SUPPRESSED: "✱",
}


def word(key: str, language: str, *values: object) -> str:
    """Return the words for ``key`` in ``language``, with ``values`` put in for {0}, {1} and so on.

    Raises ``KeyError`` for an unknown key: that is a mistake of ours, never a user's.
    """
    text = WORDS[key][0 if language == "zh" else 1]
    return text.format(*values) if values else text


def state_mark(state: State) -> str:
    """Return the mark shown in place of (or, provisional, after) a number; "" for ok."""
    return _MARKS[state]


def state_words(state: State, language: str) -> str:
    """Return what the mark of ``state`` means, in words."""
    return word(f"state.{state.value}", language)


def grain_word(grain: Grain, language: str) -> str:
    """Return ``月`` or ``month``."""
    return word(f"grain.{grain.value}", language)


def cycle_word(grain: Grain, language: str) -> str:
    """Return ``每月`` or ``monthly``."""
    return word(f"cycle.{grain.value}", language)


def direction_words(direction: Direction, language: str) -> str:
    """Return ``越高越好`` or ``higher is better``."""
    return word(f"direction.{direction}", language)


def status_word(status: Literal["active", "draft", "retired"], language: str) -> str:
    """Return a card's status: ``使用中`` or ``active``."""
    return word(f"status.{status}", language)


def span_words(span: Span, language: str) -> str:
    """Return ``12个月``, ``1年`` or ``30 days``."""
    kind, count = "month", span.months
    if span.days:
        kind, count = "day", span.days
    elif span.months % 12 == 0 and span.months != 12:
        kind, count = "year", span.months // 12
    return word(f"span.{kind}{'' if count == 1 else 's'}", language, count)


def term_kind_words(term: Term, language: str) -> str:
    """Say in words which rows or results a term takes: ``trailing 12 months …``."""
    match term:
        case RowTerm(window=Span() as window):
            return word("term.window", language, span_words(window, language))
        case RowTerm(to_date=Grain() as to_date):
            return word(f"term.to_date.{to_date.value}", language)
        case RowTerm():
            return word("term.rows", language)
        case StockTerm(at=at):
            return word(f"term.stock.{at}", language)
        case BalanceTerm(at=at):
            return word(f"term.balance.{at}", language)
        case OtherTerm():
            return _other_words(term, language)
        case IndicatorTerm(indicator=name, measure=measure, lag=lag):
            text = word(f"term.indicator.{measure}", language, name)
            return text + _earlier(lag, language)


def _other_words(term: OtherTerm, language: str) -> str:
    if term.overall:
        return word("term.overall", language, term.term) + _earlier(term.lag, language)
    if term.lag is None:
        return word("term.other", language, term.term)
    return word("term.lag", language, term.term, span_words(term.lag, language))


def _earlier(lag: Span | None, language: str) -> str:
    return "" if lag is None else word("term.earlier", language, span_words(lag, language))
