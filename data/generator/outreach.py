"""Marketing and its echo: activities, the market survey, and sales by salesperson."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel, clamp
from data.generator.days import (
    LAST,
    SEASON,
    incident,
    month_end,
    months,
    open_from,
    working_days,
    years_in,
)
from data.generator.files import Row, money
from data.generator.parties import LINES, REGIONS
from data.generator.sales import Shipment

_REGIONS = Wheel(REGIONS, (22, 30, 17, 14, 10, 7))
_LINES = Wheel(LINES, (40, 32, 18, 10))


def activity_rows() -> Iterator[Row]:
    """Yield exhibitions, advertisements and events: planned day, day held, and their reach."""
    chance = Chance("marketing activities")
    number = 0
    for month in months():
        fairs = 7 if month.month in (3, 4, 9, 10) else 3
        for kind, count in (("exhibition", fairs), ("advertisement", 9), ("event", 6)):
            quiet = 0.6 if month.month in (1, 2) else 1.0
            made = max(1, int(count * quiet * chance.bell(1, 0.15) + 0.5))
            for planned in sorted(chance.pick(working_days(month)) for _ in range(made)):
                number += 1
                held = _held(chance, kind, planned)
                reach = _reach(chance, kind, planned) if held else (None, None)
                where, line = chance.spin(_REGIONS), chance.spin(_LINES)
                yield f"M{number:04}", kind, where, line, planned, held, *reach


def _held(chance: Chance, kind: str, planned: date) -> date | None:
    """Return when an activity took place; fewer during the incident, and while fairs were shut."""
    closed = 0.12 if planned < date(2023, 4, 1) else 0.0
    missed = {"exhibition": 0.075, "advertisement": 0.01, "event": 0.05}[kind]
    if chance.flag(missed + closed + 0.12 * incident(planned)):
        return None
    late = chance.whole(0, 3) if kind == "event" else 0
    held = min(open_from(planned + timedelta(days=late)), month_end(planned))
    return held if held <= LAST else None


def _reach(chance: Chance, kind: str, day: date) -> tuple[int | None, int | None]:
    """Return impressions of an advertisement and attendees of an event."""
    if kind == "advertisement":
        seen = 0.4 + chance.skewed(0.75)
        return int(185_000 * (1 + 0.14 * years_in(day)) * seen), None
    if kind == "event":
        return None, max(12, int(64 * (1 + 0.07 * years_in(day)) * chance.bell(1, 0.32)))
    return None, None


def survey_rows() -> Iterator[Row]:
    """Yield the quarterly market survey: price and brand, 0 to 100, by customers and others."""
    chance = Chance("market survey")
    number = 0
    for month in months():
        if month.month not in (3, 6, 9, 12):
            continue
        start, end = month.replace(day=5), month.replace(day=25)
        for day in sorted(chance.day(start, end) for _ in range(170)):
            number += 1
            respondent = "customer" if chance.flag(0.62) else "prospect"
            line = chance.spin(_LINES)
            yield (
                f"J{number:04}", day, respondent, chance.spin(_REGIONS), line,
                _price(chance, day, respondent, line), _brand(chance, day, respondent, line),
            )  # fmt: skip


def _price(chance: Chance, day: date, respondent: str, line: str) -> int | None:
    """Return how fair the price looks; prospects without a quotation leave it blank."""
    if chance.flag(0.45 if respondent == "prospect" else 0.05):
        return None
    dearer = 4.0 if date(2024, 9, 1) <= day < date(2025, 3, 1) else 0.0
    mean = 70.5 + 0.7 * years_in(day) - dearer - (4 if line == "box" else 0)
    return clamp(chance.bell(mean - (3 if respondent == "prospect" else 0), 11), 0, 100)


def _brand(chance: Chance, day: date, respondent: str, line: str) -> int | None:
    """Return the brand's standing; those who do not know it leave it blank."""
    if chance.flag(0.22 if respondent == "prospect" else 0.02):
        return None
    hurt = 9.0 * incident(day) + 6.0 * incident(day - timedelta(days=92))
    mean = 77 + 0.8 * years_in(day) - hurt * (1.4 if line == "dry" else 1.0)
    return clamp(chance.bell(mean - (6 if respondent == "prospect" else 0), 10), 0, 100)


_SELLERS = dict(zip(REGIONS, (5, 7, 4, 3, 3, 2), strict=True))


def salesperson_rows(shipments: list[Shipment]) -> Iterator[Row]:
    """Yield target, sales and cost by month and salesperson; each customer has one of them."""
    chance = Chance("salespeople")
    codes: dict[str, list[str]] = {}
    for region, count in _SELLERS.items():
        first = sum(map(len, codes.values())) + 1
        codes[region] = [f"S{first + i:02}" for i in range(count)]
    sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    years: dict[tuple[int, str], int] = defaultdict(int)
    for s in shipments:
        customer = s.line.customer
        team = codes[customer.region]
        code = team[int(customer.id[1:]) % len(team)]
        total = sums[s.day.replace(day=1), code]
        total[0] += s.cents
        total[1] += s.cost
        years[s.day.year, code] += s.cents
    goals = {key: _goal(chance, key[0], cents) for key, cents in sorted(years.items())}
    for month in months():
        for region, team in codes.items():
            for code in team:
                cents, cost = sums[month, code]
                goal = int(goals[month.year, code] * SEASON[month.month - 1]) // 1_000_000
                yield month, code, region, goal * 10_000, money(cents), money(cost)


def _goal(chance: Chance, year: int, cents: int) -> float:
    """Return an average month's target in cents, near what the year brought."""
    count = 12.0 if year < LAST.year else 9.66
    return cents / count * chance.bell(1.03, 0.06)
