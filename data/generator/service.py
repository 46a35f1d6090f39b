"""What customers say and how they are served: tickets and surveys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from data.generator.chance import Chance, Wheel, clamp
from data.generator.days import (
    LAST,
    SEASON,
    days,
    incident,
    is_open,
    month_end,
    months,
    years_in,
)
from data.generator.files import Row
from data.generator.parties import LINES, Customer, Employee
from data.generator.sales import Buyers

_END = datetime(LAST.year, LAST.month, LAST.day, 20, 0)  # noqa: DTZ001 - local wall-clock time
_HOURS = Wheel(tuple(range(8, 20)), (5, 11, 13, 11, 6, 6, 10, 11, 10, 8, 5, 4))
_CHANNELS = ("phone", "email", "wechat")
_KINDS = ("question", "fault", "complaint", "suggestion")
_REPLY_MINUTES = {"phone": 1.6, "email": 17.0, "wechat": 2.6}
_PROMISED_HOURS = {"urgent": 12, "normal": 36, "low": 72}


def _kinds(force: float) -> Wheel[str]:
    return Wheel(_KINDS, (52 - 18 * force, 30 + 8 * force, 9 + 17 * force, 9 - 4 * force))


def ticket_rows(customers: list[Customer], employees: list[Employee]) -> Iterator[Row]:
    """Yield service tickets in the order in which they were raised."""
    chance = Chance("tickets")
    number = 0
    # Every fourth of the department answers customers; the others go out to them.
    staff = [e for e in employees if e.department == "customer_service"]
    desk = [e for e in staff if e.level != "manager"][::4]
    for month in months():
        buyers = Buyers(customers, month)
        for day in days(month, month_end(month)):
            agents = [e.id for e in desk if e.alive(day)]
            for created in _times(chance, day):
                number += 1
                customer = buyers.draw(chance, day)
                agent = agents[int(chance.u() * len(agents))]
                yield (f"T{number:06}", *_ticket(chance, created, customer, agent))


def _times(chance: Chance, day: date) -> list[datetime]:
    """Return the moments of a day at which tickets are raised."""
    season = 1 + (SEASON[day.month - 1] - 1) * 0.4
    summer = 1.14 if day.month in (7, 8) else 1.0  # heat and load bring faults
    volume = 47 * season * summer * (1 + 0.075 * years_in(day)) * (1 + 0.85 * incident(day))
    volume *= 1.0 if is_open(day) else 0.32
    count = max(1, int(volume * chance.bell(1, 0.13)))
    found = []
    for _ in range(count):
        hour, minute = chance.spin(_HOURS), chance.whole(0, 59)
        found.append(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001
    return sorted(found)


def _ticket(chance: Chance, created: datetime, customer: Customer, agent: str) -> Row:
    day = created.date()
    force = incident(day)
    line = chance.spin(Wheel(LINES, (42, 30 + 60 * force, 18, 10)))
    chat = 24 + 7 * years_in(day)  # customers move from telephone to WeChat
    channel = chance.spin(Wheel(_CHANNELS, (62 - 5 * years_in(day), 14, chat)))
    kind = chance.spin(_kinds(force if line == "dry" else 0.35 * force))
    hard = {"question": 0.12, "fault": 0.46, "complaint": 0.38, "suggestion": 0.2}[kind]
    complexity = "complex" if chance.flag(hard) else "simple"
    priority = chance.spin(Wheel(tuple(_PROMISED_HOURS), (18 if kind == "fault" else 6, 70, 20)))
    reply = _first_reply(chance, created, channel, force)
    closed = _closed(chance, created, reply, complexity, priority, force)
    outcome, reopened = _outcome(chance, closed, complexity, force)
    opinion = kind in ("complaint", "suggestion")
    passed = None
    if opinion and chance.flag(0.955 - 0.06 * force):
        passed = created + timedelta(hours=chance.skewed(7))
    promised = created + timedelta(hours=_PROMISED_HOURS[priority])
    return (
        created, reply, closed, promised, customer.id, customer.region, line, channel, kind,
        complexity, priority, agent, outcome, reopened,
        passed.date() if passed and passed <= _END else None,
    )  # fmt: skip


def _first_reply(chance: Chance, created: datetime, channel: str, force: float) -> datetime | None:
    if chance.flag(0.011 + 0.03 * force):
        return None  # hung up, or nobody answered
    slow = 1 + 1.3 * force
    if channel == "wechat" and date(2026, 8, 20) <= created.date():
        slow = 2.3  # more chats than the desk was staffed for
    median = _REPLY_MINUTES[channel] * slow * (1.12 - 0.035 * years_in(created.date()))
    minutes = int(chance.skewed(median))
    reply = created + timedelta(minutes=minutes)
    return reply if reply <= _END else None


def _closed(
    chance: Chance,
    created: datetime,
    reply: datetime | None,
    complexity: str,
    priority: str,
    force: float,
) -> datetime | None:
    if reply is None or chance.flag(0.008 + 0.02 * force):
        return None
    hours = {"simple": 4.6, "complex": 17.0}[complexity] * (1 + 1.1 * force)
    hours *= {"urgent": 0.45, "normal": 1.0, "low": 1.35}[priority]
    hours *= 1.06 - 0.03 * years_in(created.date())
    closed = reply + timedelta(minutes=1 + int(chance.skewed(hours) * 60))
    return closed if closed <= _END else None


def _outcome(
    chance: Chance, closed: datetime | None, complexity: str, force: float
) -> tuple[str | None, int]:
    """Return whether a closed ticket was solved, and how often it was opened again."""
    if closed is None:
        return None, 0
    failed = chance.flag({"simple": 0.025, "complex": 0.075}[complexity] + 0.09 * force)
    again = 0 if failed or not chance.flag(0.028 + 0.04 * force) else chance.whole(1, 2)
    return ("unsolved" if failed else "solved"), again


def survey_rows(customers: list[Customer]) -> Iterator[Row]:
    """Yield answers of the monthly customer survey."""
    chance = Chance("surveys")
    number = 0
    for month in months():
        buyers = Buyers(customers, month)
        count = int(500 * (1 + 0.05 * years_in(month)) * (0.75 if month.month == 2 else 1))
        for day in sorted(chance.day(month, month_end(month)) for _ in range(count)):
            number += 1
            customer = buyers.draw(chance, day)
            line = chance.spin(Wheel(LINES, (42, 30, 18, 10)))
            yield (
                f"A{number:05}",
                day,
                customer.id,
                customer.region,
                line,
                *_answers(chance, day, line),
            )


def _mood(chance: Chance, day: date, line: str) -> float:
    """Return how content a customer is, 0 to 1: slowly better, hurt by the incident."""
    lag = 0.75 * incident(day) + 0.35 * incident(day - timedelta(days=35))
    hurt = lag * (0.2 if line == "dry" else 0.06)
    return chance.bell(0.838 + 0.006 * years_in(day) - hurt, 0.105)


def _answers(chance: Chance, day: date, line: str) -> Row:
    """Return the answers: 0-100, 0-10, 1-10, would recommend; blanks where none was given."""
    mood = _mood(chance, day, line)
    hundred = clamp(100 * mood, 0, 100) if not chance.flag(0.04) else None
    recommend = clamp(10 * chance.bell(mood - 0.005, 0.09), 0, 10)
    ten = clamp(10 * chance.bell(mood, 0.05), 1, 10) if not chance.flag(0.12) else None
    yes = "true" if recommend >= 8 or (recommend == 7 and chance.flag(0.45)) else "false"
    return (
        hundred,
        recommend if not chance.flag(0.07) else None,
        ten,
        yes if not chance.flag(0.1) else None,
    )


_ASPECTS = {"product_quality": 0.02, "service_attitude": 0.045, "delivery_speed": -0.06}


def aspect_rows(customers: list[Customer]) -> Iterator[Row]:
    """Yield the call-back questionnaire: one row per aspect, 1 to 5, blank where not answered."""
    chance = Chance("aspects")
    number = 0
    for month in months():
        buyers = Buyers(customers, month)
        for day in sorted(chance.day(month, month_end(month)) for _ in range(150)):
            number += 1
            customer = buyers.draw(chance, day)
            line = chance.spin(Wheel(LINES, (42, 30, 18, 10)))
            mood = _mood(chance, day, line)
            for aspect, better in _ASPECTS.items():
                hit = 0.1 * incident(day) if aspect == "delivery_speed" else 0.0
                score = clamp(5 * chance.bell(mood + better - hit, 0.08), 1, 5)
                blank = chance.flag(0.05)
                yield f"K{number:05}", day, customer.id, line, aspect, None if blank else score
