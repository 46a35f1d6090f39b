"""The property-service arm: rent, complaints and their follow-up, titles, tenants' answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel, clamp
from data.generator.days import (
    LAST,
    days,
    incident,
    is_open,
    month_end,
    months,
    open_from,
    years_in,
)
from data.generator.files import Row, money

PROJECTS = ("riverside", "garden", "plaza", "science_park", "logistics")
_SIZE = (26, 24, 20, 18, 12)


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's rent of one unit."""

    id: str
    project: str
    use: str
    due: date
    cents: int
    paid_on: date | None
    paid: int


def make_bills() -> list[Bill]:
    """Return the rent bills: due on the 5th, most paid in time, few only in part or never."""
    chance = Chance("rent")
    projects, uses = Wheel(PROJECTS, _SIZE), Wheel(("shop", "office", "warehouse"), (40, 42, 18))
    units = [
        (f"U{n:03}", chance.spin(projects), chance.spin(uses), chance.whole(60, 420) * 10_000)
        for n in range(1, 241)
    ]
    found = []
    for month in months():
        due = month.replace(day=5)
        vacant = 0.07 - 0.008 * years_in(month)
        for unit, project, use, cents in units:
            if chance.flag(vacant):
                continue
            rent = int(cents * (1 + 0.02 * (month.year - 2023))) // 1000 * 1000
            paid_on, paid = _payment(chance, due, rent, project)
            found.append(Bill(f"R{month:%y%m}{unit}", project, use, due, rent, paid_on, paid))
    return found


def _payment(chance: Chance, due: date, rent: int, project: str) -> tuple[date | None, int]:
    weak = 0.025 if project == "plaza" and due.year >= 2025 else 0.0
    winter = 0.015 if due.month in (1, 2) else 0.0
    if chance.flag(0.012 + weak / 2):
        return None, 0
    late = chance.flag(0.032 + weak + winter)
    paid_on = due + timedelta(days=chance.whole(26, 75) if late else chance.whole(-6, 20))
    if paid_on > LAST:
        return None, 0
    return paid_on, rent * chance.whole(4, 8) // 10 if chance.flag(0.012) else rent


def bill_rows(bills: list[Bill]) -> Iterator[Row]:
    """Yield the rows of ``rent.csv``; dates are written 2026/10/05."""
    for b in bills:
        paid_on = f"{b.paid_on:%Y/%m/%d}" if b.paid_on else None
        yield b.id, b.project, b.use, f"{b.due:%Y/%m/%d}", money(b.cents), paid_on, money(b.paid)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint of an owner or tenant."""

    id: str
    project: str
    topic: str
    received: date
    due: date
    answered: date | None
    closed: date | None


TOPICS = ("certificate", "call", "event", "salon", "held_property")


def make_complaints() -> list[Complaint]:
    """Return the register of complaints by day of receipt."""
    chance = Chance("complaints")
    projects, topics = Wheel(PROJECTS, _SIZE), Wheel(TOPICS, (22, 30, 8, 6, 34))
    found: list[Complaint] = []
    for month in months():
        summer = 1.2 if month.month in (7, 8) else 1.0
        count = int(92 * summer * chance.bell(1, 0.09))
        for day in sorted(chance.day(month, month_end(month)) for _ in range(count)):
            limit = chance.pick((3, 5, 7))
            late = chance.flag(0.058 + 0.03 * incident(day))
            closed = day + timedelta(
                days=limit + chance.whole(1, 12) if late else chance.whole(0, limit)
            )
            answered = day + timedelta(days=chance.whole(0, 1) if not chance.flag(0.04) else 3)
            if not chance.flag(0.006):  # a few are closed in the register before the answer is
                answered = min(answered, closed)
            found.append(
                Complaint(
                    f"Q{len(found) + 1:05}", chance.spin(projects), chance.spin(topics), day,
                    day + timedelta(days=limit),
                    answered if answered <= LAST else None, closed if closed <= LAST else None,
                )
            )  # fmt: skip
    return found


def complaint_rows(complaints: list[Complaint]) -> Iterator[Row]:
    """Yield the rows of ``complaints.csv``."""
    for c in complaints:
        yield c.id, c.project, c.topic, c.received, c.due, c.answered, c.closed


def check_rows(complaints: list[Complaint]) -> Iterator[Row]:
    """Yield sampled checks: every second complaint or so, looked at some days later."""
    chance = Chance("checks")
    number = 0
    for c in complaints:
        checked = open_from(c.received + timedelta(days=chance.whole(4, 9)))
        if checked > LAST or not chance.flag(0.42):
            continue
        number += 1
        timely = c.answered is not None and (c.answered - c.received).days <= 1
        timely = timely and not chance.flag(0.012)
        yield f"I{number:05}", c.id, c.project, checked, "true" if timely else "false"


def followup_rows(complaints: list[Complaint]) -> Iterator[Row]:
    """Yield follow-up calls that were planned for closed complaints, and when they were made."""
    chance = Chance("followups")
    number = 0
    for c in complaints:
        if c.closed is None:
            continue
        planned = open_from(c.closed + timedelta(days=chance.whole(3, 8)))
        if planned > LAST:
            continue
        number += 1
        done = min(open_from(planned + timedelta(days=chance.whole(0, 4))), max(planned, LAST))
        missed = chance.flag(0.05 + (0.035 if planned.month in (1, 2) else 0.0))
        yield f"F{number:05}", c.id, c.project, planned, None if missed else done


def title_rows() -> Iterator[Row]:
    """Yield title registrations: handed over, due, completed (blank while under way)."""
    chance = Chance("titles")
    projects = Wheel(PROJECTS[:3], (40, 36, 24))
    number = 0
    for month in months():
        count = int(118 * chance.bell(1, 0.14) * (0.7 if month.month == 2 else 1.0))
        for due in sorted(chance.day(month, month_end(month)) for _ in range(count)):
            number += 1
            old = chance.flag(0.04)
            handed = due - timedelta(days=chance.whole(1900, 3200) if old else 360)
            late = chance.flag(0.27 if old else 0.021)
            done = due + timedelta(days=chance.whole(3, 90) if late else -chance.whole(0, 60))
            yield (
                f"Z{number:05}",
                chance.spin(projects),
                handed,
                due,
                done if done <= LAST else None,
            )


def tenant_rows() -> Iterator[Row]:
    """Yield owners' and tenants' answers by topic, 0 to 100, blank where a topic was skipped."""
    chance = Chance("tenants")
    projects = Wheel(PROJECTS, _SIZE)
    level = dict(zip(TOPICS, (66, 69, 74, 73, 64), strict=True))
    number = 0
    for month in months():
        for day in sorted(chance.day(month, month_end(month)) for _ in range(62)):
            number += 1
            project = chance.spin(projects)
            for topic in TOPICS:
                mean = level[topic] + 0.9 * years_in(day) - (4 if project == "plaza" else 0)
                score = clamp(chance.bell(mean, 14), 0, 100)
                yield f"W{number:05}", day, project, topic, None if chance.flag(0.1) else score


def service_fees(month: date) -> int:
    """Return a month's property-service fees in cents."""
    open_days = sum(is_open(day) for day in days(month, month_end(month)))
    return int(5_600_000_00 * (1 + 0.05 * years_in(month))) + open_days * 12_345_00
