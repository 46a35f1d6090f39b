"""Terms of a card: its keys tell which kind a term is (specification.md#terms)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from kpi_site.catalog import (
    BalanceTerm,
    CalendarDays,
    CalendarTerm,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
    Text,
)
from kpi_site.content.expressions import AGGREGATE, CONDITION
from kpi_site.content.record import RecordKey, key, record
from kpi_site.content.scalars import BOOLEAN, PERIOD, SPAN, choice, grain, name_of
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, wrong_type
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import Mapping, Node, Scalar
from kpi_site.periods import Grain
from kpi_site.problems import Message

_LABEL = key("label", TEXT)
_AT = (
    key("at", choice("start", "end", "average")),
    key("average", choice("days", "month_ends")),
)
_ROWS = (
    _LABEL,
    key("from", name_of("dataset"), required=True, to="dataset"),
    key("value", AGGREGATE, required=True),
    key("where", CONDITION),
)
_TIME = key("time", name_of("column"))


def _before_a_year(found: Grain, node: Node, reading: FileReading) -> Grain | Invalid:
    if found in {Grain.MONTH, Grain.QUARTER, Grain.YEAR}:
        return found
    return wrong_type(node, reading, Message(" year、quarter 或 month", "year, quarter or month"))


_TO_DATE = replace(checked(grain(), _before_a_year), schema={"enum": ["month", "quarter", "year"]})
_DAYS: tuple[CalendarDays, ...] = get_args(CalendarDays)
_KINDS: dict[type[Any], tuple[RecordKey, ...]] = {
    RowTerm: (
        *_ROWS,
        _TIME,
        key("window", SPAN),
        key("to_date", _TO_DATE),
    ),
    StockTerm: (
        *_ROWS,
        key("since", name_of("column"), required=True),
        key("until", name_of("column")),
        *_AT,
    ),
    BalanceTerm: (*_ROWS, _TIME, *_AT, key("last_per", name_of("column"))),
    OtherTerm: (
        _LABEL,
        key("term", name_of("term"), required=True),
        key("lag", SPAN),
        key("period", PERIOD),
        key("overall", BOOLEAN),
    ),
    CalendarTerm: (
        _LABEL,
        key("calendar", choice(*_DAYS), required=True),
        key("to_date", _TO_DATE),
    ),
    IndicatorTerm: (
        _LABEL,
        key("indicator", name_of("indicator"), required=True),
        key("lag", SPAN),
        key("measure", choice("value", "score")),
    ),
}
_NAMES: dict[type[Any], str] = {
    RowTerm: "row_term",
    StockTerm: "stock_term",
    BalanceTerm: "balance_term",
    OtherTerm: "other_term",
    IndicatorTerm: "indicator_term",
    CalendarTerm: "calendar_term",
}
_SHAPES = {
    kind: record(lambda **fields: fields, *keys, name=_NAMES[kind]) for kind, keys in _KINDS.items()
}  # the fields of each kind, but for its name


MOST_TERMS = 200
_ASIDE = {
    "label",
    "where",
    "time",
    "window",
    "to_date",
    "at",
    "average",
    "last_per",
    "lag",
    "period",
    "overall",
    "measure",
}


def _no_kind(name: Scalar, node: Mapping, reading: FileReading) -> Invalid:
    """Report a term whose keys do not tell what it takes its numbers from."""
    message = Message(
        f"项“{name.text}”没有说明数据从哪里来",
        f"the term '{name.text}' takes its numbers from nowhere",
    )
    hint = Message(
        "请写 from 和 value，或 term，或 indicator，或 calendar。",
        "Write from and value, or term, or indicator, or calendar.",
    )
    return reading.report(node.where, "missing-key", message, hint)


def _kind(node: Mapping) -> type[Any]:
    """Tell the kind of a term by the keys that it has."""
    keys = {name.text for name, _ in node.entries}
    if "calendar" in keys:
        return CalendarTerm
    if "indicator" in keys:
        return IndicatorTerm
    if "term" in keys:
        return OtherTerm
    if keys & {"since", "until"}:
        return StockTerm
    return BalanceTerm if keys & {"at", "last_per"} else RowTerm


def _read_term(name: Scalar, node: Node, reading: FileReading) -> Term | Invalid:
    if not isinstance(node, Mapping):
        return wrong_type(node, reading, Message("一项的“键: 值”", "the keys of a term"))
    if not node.get("from") and {k.text for k, _ in node.entries} <= _ASIDE:
        return _no_kind(name, node, reading)
    kind = _kind(node)
    fields = _SHAPES[kind].read(node, reading)
    if isinstance(fields, Invalid):
        return fields
    fields.setdefault("label", Text(name.text))
    if kind in {StockTerm, BalanceTerm}:
        fields.setdefault("at", "end")
    if kind is StockTerm:
        fields.setdefault("until", None)
    term: Term = kind(name=name.name(), **fields)
    return _sensible(term, node, reading)


def _sensible(term: Term, node: Mapping, reading: FileReading) -> Term | Invalid:
    """Report keys that contradict each other, or say nothing."""
    for one, other in (("window", "to_date"), ("lag", "period")):
        if getattr(term, one, None) and getattr(term, other, None):
            message = Message(
                f"{one} 与 {other} 只能用一个", f"'{one}' and '{other}' exclude each other"
            )
            second = [name.where for name, _ in node.entries if name.text in {one, other}][-1]
            return reading.report(second, "keys-exclude-each-other", message)
    if isinstance(term, StockTerm | BalanceTerm) and term.at != "average" and node.get("average"):
        message = Message(
            "average 说明对哪些天取平均，只与 at: average 同用",
            "'average' tells which days a mean is of; it goes with 'at: average' alone",
        )
        where = next(name.where for name, _ in node.entries if name.text == "average")
        return reading.report(where, "key-does-not-fit", message)
    if isinstance(term, OtherTerm) and not (term.lag or term.period or term.overall):
        message = Message(
            f"项“{term.name}”要有 lag、period 或 overall: true",
            f"the term '{term.name}' needs a 'lag', a 'period', or 'overall: true'",
        )
        return reading.report(node.where, "missing-key", message)
    return term


def _read_terms(node: Node, reading: FileReading) -> tuple[Term, ...] | Invalid:
    if not isinstance(node, Mapping):
        hint = Message(
            "每一项写成“名称: {from: …, value: …}”，前面不加“-”。",
            "Write each as 'name: {from: …, value: …}', without a hyphen.",
        )
        return wrong_type(node, reading, Message("各项的映射", "a mapping of terms"), hint)
    if not node.entries:
        return reading.report(node.where, "empty-list", Message("没有任何项", "there are no terms"))
    if len(node.entries) > MOST_TERMS:
        message = Message(f"超过 {MOST_TERMS} 项", f"more than {MOST_TERMS} terms")
        return reading.report(node.entries[MOST_TERMS][0].where, "yaml-size", message)
    found = (_read_term(name, value, reading) for name, value in node.entries)
    return tuple(term for term in found if not isinstance(term, Invalid))


TERMS: Shape[tuple[Term, ...]] = Shape(
    _read_terms,
    {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": [shape.schema for shape in _SHAPES.values()]},
    },
)
