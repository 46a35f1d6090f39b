"""Actions as they stood on a day, and which of them a report carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kpi_site.catalog import Action, Step, Text, Update, as_of, carried
from kpi_site.periods import MonthCalendar, Period
from kpi_site.problems import Location, Name

WHERE = Location("content/actions/recall.yml", 1, 1)
RECALL = Action(
    Name("recall", WHERE), WHERE, Text("Recall"), (), Text("Manufacturing"),
    start=date(2025, 3, 24), due=date(2025, 10, 31), status="done",
    steps=(Step(Text("stop"), date(2025, 4, 4), date(2025, 4, 2)),
           Step(Text("change"), date(2025, 6, 30), date(2025, 7, 8))),
    updates=(Update(date(2025, 5, 16), Text("cause found")), Update(date(2025, 10, 30), Text("x"))),
)  # fmt: skip


def period(label: str) -> Period:
    found = MonthCalendar().parse(label)
    assert found is not None
    return found


def test_what_came_later_is_not_in_it() -> None:
    may = as_of(RECALL, date(2025, 5, 31))
    assert may.status == "open"
    assert may.closed_on is None
    assert [step.done for step in may.steps] == [date(2025, 4, 2), None]
    assert [step.due for step in may.steps] == [date(2025, 4, 4), date(2025, 6, 30)]
    assert [update.on for update in may.updates] == [date(2025, 5, 16)]


def test_from_the_day_of_closing_on_it_is_closed() -> None:
    closed = replace(RECALL, closed=date(2025, 11, 3))
    assert as_of(closed, date(2025, 11, 2)).status == "open"
    assert as_of(closed, date(2025, 11, 3)) == closed
    assert as_of(closed, date(2030, 1, 1)) == closed


@pytest.mark.parametrize(
    ("action", "day"),
    [
        (RECALL, date(2025, 10, 30)),  # its last update
        (replace(RECALL, updates=()), date(2025, 7, 8)),  # its last step
        (replace(RECALL, updates=(), steps=()), date(2025, 10, 31)),  # when it was due
        (replace(RECALL, status="cancelled", closed=date(2025, 6, 1)), date(2025, 6, 1)),
        (replace(RECALL, status="open"), None),
    ],
)
def test_the_day_of_closing(action: Action, day: date | None) -> None:
    assert action.closed_on == day


@pytest.mark.parametrize(
    ("label", "is_carried"),
    [
        ("2025-02", False),  # not begun
        ("2025-03", True),
        ("2025-10", True),  # closed on the 30th
        ("2025-11", False),
        ("2025-Q4", True),
        ("2025", True),
        ("2026", False),
    ],
)
def test_reports_carry_what_was_open_in_their_period(label: str, is_carried: bool) -> None:
    assert bool(carried([RECALL], period(label))) is is_carried
