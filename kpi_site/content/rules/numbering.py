"""What readers would stumble over on a scorecard: a number twice, a total without grade.

Rules: specification.md#scorecard, specification.md#grades.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from kpi_site.catalog import Grade, Group, Line, Scorecard
from kpi_site.content.draft import Draft, Entry
from kpi_site.content.grades import Grades
from kpi_site.problems import Location, Problem, problem


def numbers_stand_once(draft: Draft) -> Iterator[Problem]:
    """Warn of a number that two lines or groups beside each other have at the same time."""
    for entry in draft.scorecards:
        if entry.value is not None:
            yield from _twice(entry, entry.value.lines)


def _twice(entry: Entry[Scorecard], items: tuple[Line | Group, ...]) -> Iterator[Problem]:
    told: set[Location] = set()
    for first, second in combinations([item for item in items if item.no is not None], 2):
        if first.no == second.no and second.where not in told and _together(first, second):
            told.add(second.where)
            before = entry.place_within(first.where, "no")
            yield problem(
                entry.place_within(second.where, "no"),
                "number-twice",
                zh=f"编号“{second.no}”在第 {before.line} 行第 {before.column} 列已经用过",
                en=f"the number '{second.no}' stands on line {before.line}, column "
                f"{before.column} already",
                severity="warning",
            )
    for item in items:
        if isinstance(item, Group):
            yield from _twice(entry, item.lines)


def _together(first: Line | Group, second: Line | Group) -> bool:
    """Tell whether both hold on some day; groups always do."""
    if isinstance(first, Group) or isinstance(second, Group):
        return True
    starts = [line.start.first for line in (first, second) if line.start is not None]
    begun = max(starts, default=None)
    ends = [line.until.last for line in (first, second) if line.until is not None]
    return begun is None or all(begun <= end for end in ends)


def totals_have_grades(draft: Draft) -> Iterator[Problem]:
    """Warn of grades that leave low totals without any."""
    if "scoring" not in draft.site.damaged:
        low = _left_out(draft.catalog.site.scoring.grades)
        if low is not None:
            yield _without_grade(low, draft.site.place("scoring", "grades"))
    for entry in draft.scorecards:
        if entry.value is not None and "grades" not in entry.damaged:
            low = _left_out(entry.value.grades)
            if low is not None:
                yield _without_grade(low, entry.place("grades"))


def _left_out(grades: Grades) -> Decimal | None:
    """Return the points below which a total gets no grade, if it gets none from 0 on."""
    lowest = min((g.start for g in grades if isinstance(g, Grade)), default=None)
    return lowest if lowest is not None and lowest > 0 else None


def _without_grade(lowest: Decimal, where: Location) -> Problem:
    return problem(
        where,
        "total-without-grade",
        zh=f"低于 {lowest:f} 分的总分没有等级",
        en=f"a total below {lowest:f} gets no grade",
        severity="warning",
    )
