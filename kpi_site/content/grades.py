"""Grades: by totals (a site's, or a scorecard's own), or by rank among a scorecard's members."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from kpi_site.catalog import Grade, RankGrade, Text
from kpi_site.content.record import key, record
from kpi_site.content.scalars import NUMBER, number_between
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, list_of
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import Node
from kpi_site.problems import Location, Message

Grades = tuple[Grade, ...] | tuple[RankGrade, ...]
_ALL = Decimal(1)


def _best_first(grades: tuple[Grade, ...], node: Node, reading: FileReading) -> tuple[Grade, ...]:
    starts = [grade.start for grade in grades]
    if len(set(starts)) < len(starts):
        message = Message("两个等级的 from 相同", "two grades have the same 'from'")
        reading.report(node.where, "duplicate-grade", message)
    return tuple(sorted(grades, key=lambda grade: grade.start, reverse=True))


GRADES: Shape[tuple[Grade, ...]] = checked(
    list_of(
        record(
            Grade,
            key("from", NUMBER, required=True, to="start"),
            key("name", TEXT, required=True),
            key("consequence", TEXT),
            name="grade",
        )
    ),
    _best_first,
)


def _either(
    where: Location,
    name: Text,
    start: Decimal | None = None,
    best: Decimal | None = None,
    consequence: Text | None = None,
) -> tuple[Decimal | None, Grade | RankGrade]:
    """Return a grade of either kind, and a ``from`` that should not stand beside ``best``."""
    if best is not None:
        return start, RankGrade(where, best, name, consequence)
    return None, Grade(start if start is not None else _ALL, name, consequence)


def _bound(
    found: tuple[Decimal | None, Grade | RankGrade], node: Node, reading: FileReading
) -> Grade | RankGrade | Invalid:
    beside, grade = found
    written = {name.text for name, _ in getattr(node, "entries", ())}
    if beside is None and written & {"from", "best"}:
        return grade
    message = Message("每个等级要写 from 或 best 之一", "a grade has either 'from' or 'best'")
    hint = Message(
        "按总分定等写 from，按名次定等写 best（名次靠前的比例）。",
        "By totals write 'from', by rank 'best': the share of the members ranked first.",
    )
    return reading.report(node.where, "grades-by-rank", message, hint)


def _of_one_kind(
    grades: tuple[Grade | RankGrade, ...], node: Node, reading: FileReading
) -> Grades | Invalid:
    by_total = tuple(g for g in grades if isinstance(g, Grade))
    by_rank = tuple(g for g in grades if isinstance(g, RankGrade))
    if not by_rank:
        return _best_first(by_total, node, reading)
    hint = Message(
        "best 是累计的比例，由小到大排，最后一档写 1，例如 0.2、0.9、1。",
        "Shares are counted from the best on: let them rise, the last one 1, as 0.2, 0.9, 1.",
    )
    if by_total:
        message = Message("from 与 best 不能混用", "'from' and 'best' are mixed")
        return reading.report(node.where, "grades-by-rank", message, hint)
    for before, after in pairwise(by_rank):
        if after.best <= before.best:
            message = Message("这一档没有名次可给", "no rank is left for this grade")
            return reading.report(after.where, "grades-by-rank", message, hint)
    if by_rank[-1].best < _ALL:
        message = Message("最后一档的 best 不是 1", "the last grade's 'best' is not 1")
        return reading.report(by_rank[-1].where, "grades-by-rank", message, hint)
    return by_rank


_EITHER: Shape[Grade | RankGrade] = checked(
    record(
        _either,
        key("from", NUMBER, to="start"),
        key("best", number_between(0, 1)),
        key("name", TEXT, required=True),
        key("consequence", TEXT),
        name="grade_of_scorecard",
        placed=True,
    ),
    _bound,
)
SCORECARD_GRADES: Shape[Grades] = checked(list_of(_EITHER, least=1), _of_one_kind)
