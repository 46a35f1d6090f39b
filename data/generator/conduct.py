"""What the departments' monthly appraisal is about: tasks of the plan, and what was reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel
from data.generator.days import incident, month_end, months, open_from, working_days, years_in
from data.generator.files import Row
from data.generator.parties import DEPARTMENTS

_PUNCTUAL = {"customer_service": 0.94, "production": 0.90, "rnd": 0.87, "purchasing": 0.91}
_COMPLAINED = {"production": 0.55, "purchasing": 0.5, "rnd": 0.35, "customer_service": 0.45}
_ACCIDENTS = {"production": 0.05, "property_service": 0.02, "rnd": 0.008}


def task_rows() -> Iterator[Row]:
    """Yield the tasks of each department's monthly plan and the day on which they were done."""
    chance, number = Chance("department tasks"), 0
    for month in months():
        for department in DEPARTMENTS:
            share = _PUNCTUAL.get(department, 0.93) + 0.006 * years_in(month)
            for _ in range(chance.whole(7, 12)):
                number += 1
                due = chance.pick(working_days(month))
                kept = chance.flag(share - 0.1 * incident(month))
                done = open_from(due - timedelta(days=chance.whole(0, 4)))
                late = open_from(due + timedelta(days=chance.whole(1, 12)))
                day = min(done, due) if kept else late
                yield f"RW{number:05}", department, due, day if day <= month_end(month) else None


def event_rows() -> Iterator[Row]:
    """Yield complaints of other departments, commendations and safety incidents."""
    chance, number = Chance("department events"), 0
    kinds = Wheel(("complaint", "commendation"), (1, 1))
    for month in months():
        for department in DEPARTMENTS:
            often = _COMPLAINED.get(department, 0.25) * (1 + incident(month))
            found = [chance.spin(kinds) for _ in range(6) if chance.flag(often)]
            if chance.flag(_ACCIDENTS.get(department, 0.002)):
                found.append("safety_incident")
            for kind in found:
                number += 1
                yield f"SJ{number:05}", department, _day(chance, month), kind


def _day(chance: Chance, month: date) -> date:
    return chance.day(month, month_end(month))
