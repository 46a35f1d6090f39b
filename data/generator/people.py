"""What is said of people, and money in and out: reviews, appraisals and cash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from data.generator.chance import Chance, clamp
from data.generator.days import incident, month_end, months, years_in
from data.generator.files import Row, money
from data.generator.parties import Employee

_TEAMS = {
    "sales_north": (9, 4.05),
    "sales_east": (12, 4.12),
    "sales_south": (8, 3.98),
    "sales_inland": (10, 3.9),
    "marketing": (8, 4.2),
    "service_desk": (12, 4.1),
    "field_service": (10, 4.0),
}


def peer_rows() -> Iterator[Row]:
    """Yield the quarterly peer reviews by team, 1 to 5; nobody's number is kept."""
    chance = Chance("peer reviews")
    number = 0
    for month in months():
        if month.month not in (3, 6, 9, 12):
            continue
        for team, (people, level) in _TEAMS.items():
            for _ in range(people + chance.whole(0, 4)):
                number += 1
                hit = 0.35 if team in ("service_desk", "field_service") else 0.1
                mean = level + 0.03 * years_in(month) - hit * incident(month)
                day = chance.day(month.replace(day=11), month.replace(day=24))
                blank = chance.flag(0.03)
                score = clamp(chance.bell(mean, 0.7), 1, 5)
                yield f"H{number:04}", day, team, None if blank else score


def appraisal_rows(employees: list[Employee]) -> Iterator[Row]:
    """Yield the appraisals of each half year, held on its last day; without employees' numbers."""
    chance = Chance("appraisals")
    number = 0
    for month in months():
        if month.month not in (6, 12):
            continue
        day = month_end(month)
        for e in sorted(employees, key=lambda e: (e.department, e.id)):
            if not e.alive(day) or e.joined > day - timedelta(days=90):
                continue
            number += 1
            hit = 3 if e.department in ("production", "customer_service") else 1
            mean = 80.5 + 0.6 * years_in(day) - hit * incident(date(day.year, day.month, 1))
            score = clamp(chance.bell(mean + (2 if e.level == "manager" else 0), 7), 0, 100)
            open_case = chance.flag(0.025)
            yield f"G{number:04}", day, e.department, e.level, None if open_case else score


def cash_rows(ledger: Sequence[Row]) -> Iterator[Row]:
    """Yield cash in and out by month, business and activity, after the books of the month."""
    chance = Chance("cash")
    books: dict[tuple[date, str], dict[str, int]] = {}
    for day, business, account, amount in ledger:
        assert isinstance(day, date)
        cents = int(Decimal(str(amount)) * 100)
        books.setdefault((day, str(business)), {})[str(account)] = cents
    for (closing, business), sums in books.items():
        income = sums["revenue"] + sums["other_income"]
        costs = sum(c for name, c in sums.items() if name not in ("revenue", "other_income"))
        late = 0.045 * incident(closing.replace(day=1))
        paid = {1: 0.98, 2: 1.03, 12: 0.93}.get(closing.month, 0.985) - late
        large = business == "transformers"  # only this business borrows
        flows = (
            ("operating", "in", int(income * chance.bell(paid, 0.03))),
            ("operating", "out", int(costs * chance.bell(0.985, 0.02))),
            ("investing", "in", int(income * chance.bell(0.004, 0.001))),
            ("investing", "out", int(income * chance.bell(0.052, 0.012))),
            ("financing", "in", 30_000_000_00 * (large and closing.month in (3, 9))),
            ("financing", "out", int(income * chance.bell(0.012, 0.002))
             + 26_000_000_00 * (large and closing.month in (6, 12))),
        )  # fmt: skip
        for activity, direction, cents in flows:
            yield closing, business, activity, direction, money(cents)
