"""The work around sales: visits, contracts and the cost of developing the market."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel
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
from data.generator.parties import LINES, REGIONS, Customer
from data.generator.sales import Buyers

LINE_NAMES = dict(zip(LINES, ("油浸式", "干式", "箱式", "特种"), strict=True))


def visit_rows(customers: list[Customer]) -> Iterator[Row]:
    """Yield planned visits: number, customer, product line, planned day, made on, people met."""
    chance = Chance("visits")
    lines = Wheel(LINES, (42, 30, 18, 10))
    number = 0
    for month in months():
        buyers = Buyers(customers, month)
        count = int(250 * (1 + 0.05 * years_in(month)) * (0.8 if month.month in (1, 2) else 1.0))
        for day in sorted(chance.pick(working_days(month)) for _ in range(count)):
            number += 1
            customer = buyers.draw(chance, day)
            line = chance.spin(lines)
            planned = chance.whole(1, 3)
            made, met = _visit(chance, day, planned)
            yield (
                f"V{number:05}", customer.id, LINE_NAMES[line], f"{day:%Y/%m/%d}",
                f"{made:%Y/%m/%d}" if made else None, planned, met,
            )  # fmt: skip


def _visit(chance: Chance, day: date, planned: int) -> tuple[date | None, int | None]:
    """Return when the visit was made and the people met; both None for one that was not made."""
    weak = 0.05 if day.year == 2026 and day.month in (8, 9, 10) else 0.0
    winter = 0.04 if day.month in (1, 2) else 0.0
    if chance.flag(0.055 + weak + winter + 0.05 * incident(day)):
        return None, None
    made = open_from(day + timedelta(days=chance.whole(0, 4)))
    if made > min(month_end(day), LAST):
        made = day
    return made, max(1, planned - (1 if chance.flag(0.08) else 0))


def contract_rows(customers: list[Customer]) -> Iterator[Row]:
    """Yield sales contracts with the day on which they were to be fulfilled, and were."""
    chance = Chance("contracts")
    lines = Wheel(LINES, (42, 30, 18, 10))
    number = 0
    for month in months(date(2022, 10, 1)):
        buyers = Buyers(customers, month)
        count = int(95 * SEASON[month.month - 1] * (1 + 0.06 * years_in(month)))
        for signed in sorted(chance.pick(working_days(month)) for _ in range(count)):
            due = open_from(signed + timedelta(days=chance.whole(35, 110)))
            if due.year < 2023:
                continue
            number += 1
            customer, line = buyers.draw(chance, signed), chance.spin(lines)
            amount = int(
                chance.skewed({"key": 900_000, "regular": 420_000, "small": 160_000}[customer.tier])
            )
            fulfilled = _fulfilled(chance, line, due)
            yield (
                f"HT{signed.year}{number:05}", customer.id, line, customer.region,
                _chinese(signed), _chinese(due), _chinese(fulfilled),
                money((amount // 1000 + 20) * 100_000),
            )  # fmt: skip


def _fulfilled(chance: Chance, line: str, due: date) -> date | None:
    late = 0.05 + incident(due) * (0.38 if line == "dry" else 0.12)
    shift = 1 + int(chance.skewed(9)) if chance.flag(late) else -chance.whole(0, 12)
    day = open_from(due + timedelta(days=shift))
    if not shift > 0 and day > due:
        day = due
    return day if day <= LAST else None


def _chinese(day: date | None) -> str | None:
    return None if day is None else f"{day.year}年{day.month:02}月{day.day:02}日"


_KINDS = {"exhibition": 150_000, "advertising": 90_000, "travel": 26_000, "event": 60_000}


def promotion_rows() -> Iterator[Row]:
    """Yield bookings of market-development cost by day, kind, product line and region."""
    chance = Chance("promotion")
    kinds = Wheel(tuple(_KINDS), (9, 14, 60, 17))
    regions = Wheel(REGIONS, (22, 30, 17, 14, 10, 7))
    lines = Wheel(LINES, (40, 32, 18, 10))
    number = 0
    for month in months():
        fair = 1.15 if month.month in (4, 9) else 1.0
        count = int(44 * fair * (0.7 if month.month == 2 else 1.0) * (1 + 0.03 * years_in(month)))
        for day in sorted(chance.pick(working_days(month)) for _ in range(count)):
            number += 1
            kind = chance.spin(kinds)
            yuan = int(_KINDS[kind] * chance.bell(1, 0.3) * (1 + 0.03 * years_in(month)))
            yield f"P{number:05}", day, kind, chance.spin(lines), chance.spin(regions), yuan
