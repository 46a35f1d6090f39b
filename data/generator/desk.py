"""The service desk beside its tickets: reviews of service, offers of service, and calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from data.generator.chance import Chance, Wheel, clamp
from data.generator.days import incident, month_end, months, working_days, years_in
from data.generator.files import Row

_ASPECTS = {"professionalism": 0.06, "courtesy": 0.16, "problem_solving": -0.1}
_CHANNELS = ("phone", "email", "wechat")
_ASSESSORS = (("customer", 22, 4.12), ("internal", 13, 4.02))


def review_rows() -> Iterator[Row]:
    """Yield scores of closed tickets, 1 to 5: by the customer, and by a listening colleague."""
    chance = Chance("service reviews")
    channels = Wheel(_CHANNELS, (54, 14, 32))
    number = 0
    for month in months():
        for assessor, count, level in _ASSESSORS:
            for day in sorted(chance.day(month, month_end(month)) for _ in range(count)):
                number += 1
                channel = chance.spin(channels)
                mean = level + 0.045 * years_in(day) - _strain(day, channel)
                for aspect, better in _ASPECTS.items():
                    score = clamp(chance.bell(mean + better, 0.62), 1, 5)
                    blank = assessor == "customer" and chance.flag(0.06)
                    yield f"B{number:04}", day, assessor, channel, aspect, None if blank else score


def _strain(day: date, channel: str) -> float:
    """Return what the incident of 2025 and the crowded chats of autumn 2026 cost in score."""
    crowded = 0.2 if channel == "wechat" and day >= date(2026, 8, 20) else 0.0
    return 0.5 * incident(day) + crowded


_OFFERS = {"phone": (4.6, 0.72), "email": (1.9, 0.58), "wechat": (3.0, 0.66)}


def offer_rows() -> Iterator[Row]:
    """Yield services offered and accepted by working day and channel."""
    chance = Chance("service offers")
    for month in months():
        for day in working_days(month):
            for channel, (busy, taken) in _OFFERS.items():
                moved = {"phone": -0.04, "wechat": 0.16}.get(channel, 0.0) * years_in(day)
                offered = clamp(chance.bell(busy * (1 + moved), 1.5), 0, 20)
                if not offered:
                    continue
                likely = taken + 0.016 * years_in(day) - 0.14 * incident(day)
                yield day, channel, offered, sum(chance.flag(likely) for _ in range(offered))


_TEAMS = {"hotline": (5, 610, 0.25), "after_sales": (4, 380, 0.42), "key_accounts": (3, 250, 0.58)}


def call_rows() -> Iterator[Row]:
    """Yield the telephone exchange's monthly count of calls by seat."""
    chance = Chance("calls")
    for month in months():
        seat = 0
        for team, (seats, calls, out) in _TEAMS.items():
            for _ in range(seats):
                seat += 1
                slow = 0.72 if month.month == 2 else 1.0
                total = int(calls * slow * (1 + 0.7 * incident(month)) * chance.bell(1, 0.07))
                grown = out + 0.012 * years_in(month) - 0.11 * incident(month)
                outbound = int(total * chance.bell(grown, 0.02))
                yield month, f"T{seat:02}", team, total - outbound, outbound
