"""The years that the facts cover: months, working days, seasons, and the incident of 2025."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

FIRST = date(2023, 1, 1)
LAST = date(2026, 10, 31)

# Public holidays on which neither office nor works is open.
_HOLIDAYS = (
    (date(2023, 1, 21), date(2023, 1, 27)),
    (date(2024, 2, 10), date(2024, 2, 17)),
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    *((date(year, 10, 1), date(year, 10, 7)) for year in range(2022, 2027)),
    *((date(year, 5, 1), date(year, 5, 3)) for year in range(2023, 2027)),
    *((date(year, 1, 1), date(year, 1, 1)) for year in range(2023, 2027)),
)
CLOSED = frozenset(
    first + timedelta(days=i) for first, last in _HOLIDAYS for i in range((last - first).days + 1)
)

# How busy each month is against the year's average: quiet at Spring Festival, a rush in December.
SEASON = (0.88, 0.72, 1.02, 1.00, 1.01, 1.09, 0.96, 0.97, 1.06, 0.95, 1.08, 1.26)

# How hard the faulty batch of dry-type transformers hit, month by month.
_INCIDENT = {
    (2025, 3): 0.45,
    (2025, 4): 1.0,
    (2025, 5): 0.9,
    (2025, 6): 0.65,
    (2025, 7): 0.4,
    (2025, 8): 0.25,
    (2025, 9): 0.12,
}


def incident(day: date) -> float:
    """Return the force of the incident on ``day``: 0 (none) to 1 (April 2025)."""
    return _INCIDENT.get((day.year, day.month), 0.0)


def is_open(day: date) -> bool:
    """Tell whether ``day`` is a working day."""
    return day.weekday() < 5 and day not in CLOSED


def open_from(day: date) -> date:
    """Return the first working day from ``day`` on."""
    while not is_open(day):
        day += timedelta(days=1)
    return day


def months(first: date = FIRST, last: date = LAST) -> Iterator[date]:
    """Yield the first day of every month."""
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = next_month(day)


def next_month(day: date) -> date:
    """Return the first day of the month after ``day``'s."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_end(day: date) -> date:
    """Return the last day of ``day``'s month."""
    return next_month(day) - timedelta(days=1)


def days(first: date, last: date) -> list[date]:
    """Return every day from ``first`` to ``last``, both included."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def working_days(month: date) -> list[date]:
    """Return the working days of the month that starts on ``month``."""
    return [day for day in days(month, month_end(month)) if is_open(day)]


def years_in(day: date) -> float:
    """Return the years from the start of 2023 to ``day``."""
    return (day - FIRST).days / 365.25
