"""Training, and what employees say: about their work and about each other's departments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel, clamp
from data.generator.days import LAST, incident, month_end, months, open_from, working_days, years_in
from data.generator.files import Row
from data.generator.parties import DEPARTMENTS, Employee

_KINDS = ("training", "exchange", "study_visit")


def plan_rows() -> Iterator[Row]:
    """Yield planned items of staff development and the day on which they were done."""
    chance = Chance("training plan")
    kinds = Wheel(_KINDS, (70, 20, 10))
    number = 0
    for month in months():
        for department in DEPARTMENTS:
            for _ in range(chance.whole(3, 6) if month.month not in (1, 2) else chance.whole(1, 3)):
                number += 1
                planned = chance.pick(working_days(month))
                crowded = 0.04 if month.month in (11, 12) else 0.0
                # Full order books leave no time for courses.
                rushed = 0.05 if month >= date(2026, 8, 1) else 0.0
                missed = chance.flag(0.012 + crowded + rushed + 0.08 * incident(month))
                done = min(
                    open_from(planned + timedelta(days=chance.whole(0, 3))), month_end(month)
                )
                yield (
                    f"PX{number:04}",
                    department,
                    chance.spin(kinds),
                    planned,
                    None if missed else done,
                )


def record_rows(employees: list[Employee]) -> Iterator[Row]:
    """Yield attendance: one row per employee and course, with its hours."""
    chance = Chance("training records")
    number = 0
    for month in months():
        share = (0.085 if month.month in (1, 2) else 0.19) * (1 + 0.03 * years_in(month))
        for e in employees:
            if not e.alive(month) or (e.left and e.left <= month_end(month)):
                continue
            if chance.flag(share * (1.25 if e.department == "customer_service" else 1.0)):
                number += 1
                hours = chance.pick((2, 2, 3, 4, 6, 8))
                day = chance.pick(working_days(month))
                if e.joined <= day <= LAST:
                    yield f"PR{number:05}", e.id, e.department, day, hours


def _rounds() -> list[date]:
    """Return the months in which the quarterly surveys are held."""
    return [month for month in months() if month.month in (3, 6, 9, 12)]


def satisfaction_rows(employees: list[Employee]) -> Iterator[Row]:
    """Yield employees' quarterly answers, 0 to 100; no employee's id is kept with an answer."""
    chance = Chance("staff survey")
    number = 0
    for month in _rounds():
        for e in employees:
            if not e.alive(month) or not chance.flag(0.71):
                continue
            number += 1
            hit = 6 if e.department in ("customer_service", "production") else 2
            mean = 75 + 0.9 * years_in(month) - hit * incident(month - timedelta(days=40))
            mean += {"production": -2.5, "finance": 2, "rnd": 2.5}.get(e.department, 0)
            score = clamp(chance.bell(mean, 12), 0, 100)
            day = chance.day(month.replace(day=10), month.replace(day=24))
            yield f"Y{number:05}", day, e.department, None if chance.flag(0.02) else score


_RATERS = ("head_office", "works_east", "works_south", *("riverside", "garden", "plaza"))


def collaboration_rows() -> Iterator[Row]:
    """Yield the quarterly ratings of departments by head office and project companies."""
    chance = Chance("collaboration")
    number = 0
    level = dict(zip(DEPARTMENTS, (74, 70, 71, 72, 75, 68, 69, 67), strict=True))
    for month in _rounds():
        for department in DEPARTMENTS:
            for rater in _RATERS:
                for _ in range(chance.whole(3, 5)):
                    number += 1
                    mean = level[department] + 0.8 * years_in(month)
                    blamed = department in ("production", "customer_service")
                    mean -= 9 * incident(month) if blamed else 0
                    day = chance.day(month.replace(day=8), month.replace(day=26))
                    yield (
                        f"X{number:05}",
                        day,
                        department,
                        rater,
                        clamp(chance.bell(mean, 8), 0, 100),
                    )
