"""The works: production orders with their hours and tests, and what suppliers deliver."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel
from data.generator.days import LAST, SEASON, incident, months, open_from, working_days, years_in
from data.generator.files import Row, money
from data.generator.parties import LINES, Product

WORKS_COLUMNS = {
    "production_orders": "order_no product_id product_line workshop released_on planned_finish_on"
    " finished_on quantity kva hours rework_hours inspected first_pass reworked scrapped",
    "purchase_receipts": "receipt_id supplier category ordered_on promised_on received_on"
    " lots accepted_lots amount budget_amount",
}

_DAYS = {"oil": 11, "dry": 14, "box": 17, "special": 24}
_WORK = {"oil": 1.0, "dry": 1.12, "box": 1.3, "special": 1.45}
_FAULTS = {"oil": 0.030, "dry": 0.034, "box": 0.026, "special": 0.048}


def production_rows(products: list[Product]) -> Iterator[Row]:
    """Yield production orders by day of release; those under way have neither end nor tests."""
    chance = Chance("production")
    lines = Wheel(LINES, (46, 28, 18, 8))
    models = {name: [p for p in products if p.line == name] for name in LINES}
    wheels = {n: Wheel(m, [1 / (i + 1.5) for i in range(len(m))]) for n, m in models.items()}
    number = 0
    for month in months():
        held = 1 - 0.12 * incident(month)
        count = int(92 * SEASON[month.month % 12] * (1 + 0.07 * years_in(month)) * held)
        for day in sorted(chance.pick(working_days(month)) for _ in range(count)):
            number += 1
            product = chance.spin(wheels[chance.spin(lines)])
            yield (f"MO{number:05}", *_production(chance, product, day))


def _production(chance: Chance, product: Product, day: date) -> Row:
    line, quantity = product.line, chance.whole(6, 34)
    workshop = "south" if line in ("box", "special") or chance.flag(0.25) else "east"
    planned = open_from(day + timedelta(days=_DAYS[line] + quantity // 8))
    hit = incident(planned) * (1.0 if line == "dry" else 0.2)
    rush = 0.05 if planned.month in (1, 12) else 0.0
    late = chance.flag(0.07 + rush + 0.45 * hit)
    shift = 1 + int(chance.skewed(3 + 8 * hit)) if late else -chance.whole(0, 3)
    finished = open_from(planned + timedelta(days=shift))
    finished = max(finished, open_from(day + timedelta(days=4)))
    head: Row = (product.id, line, workshop, day, planned)
    if finished > LAST:
        return (*head, None, quantity, quantity * product.kva, *(None,) * 6)
    faulty = (_FAULTS[line] - 0.0025 * years_in(day)) + 0.13 * hit
    failed = sum(chance.flag(faulty) for _ in range(quantity))
    scrapped = sum(chance.flag(0.09 + 0.16 * hit) for _ in range(failed))
    tenths = (
        quantity * (3 + 0.17 * math.sqrt(product.kva) + 0.0125 * product.kva) * _WORK[line] * 10
    )
    regular = int(tenths * (1 - 0.022 * years_in(day)) * chance.bell(1, 0.05))
    again = int(tenths / quantity * 0.45 * chance.bell(1, 0.2) * (failed - scrapped))
    return (
        *head, finished, quantity, quantity * product.kva,
        _tenths(regular + again), _tenths(again), quantity, quantity - failed,
        failed - scrapped, scrapped,
    )  # fmt: skip


def _tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"


_CATEGORIES = ("silicon_steel", "conductor", "insulation", "tank", "component", "service")
_PRICES = (820_000, 640_000, 150_000, 210_000, 95_000, 40_000)
_LEADS = (32, 21, 26, 24, 18, 12)
_SUPPLIERS = {c: [f"S{i * 6 + k + 1:02}" for k in range(6)] for i, c in enumerate(_CATEGORIES)}


def purchase_rows() -> Iterator[Row]:
    """Yield order items with suppliers by promised day; what has not come has no receipt.

    The resin that spoilt the batch of 2025 came through the inspection of lots; from April
    on, every lot of insulation was tested, and many were sent back.
    """
    chance = Chance("purchases")
    kinds = Wheel(range(len(_CATEGORIES)), (16, 18, 15, 15, 28, 8))
    number = 0
    for month in months():
        count = int(62 * SEASON[month.month % 12] * (1 + 0.05 * years_in(month)))
        for promised in sorted(chance.pick(working_days(month)) for _ in range(count)):
            number += 1
            kind = chance.spin(kinds)
            category = _CATEGORIES[kind]
            ordered = promised - timedelta(days=_LEADS[kind] + chance.whole(-4, 9))
            hit = incident(promised) * (1.0 if category == "insulation" else 0.0)
            holiday = 0.05 if promised.month in (2, 3) else 0.0
            late = chance.flag(0.075 + holiday - 0.006 * years_in(promised) + 0.22 * hit)
            shift = 1 + int(chance.skewed(4)) if late else -chance.whole(0, 3)
            received = open_from(promised + timedelta(days=shift))
            received = promised if not late and received > promised else received
            budget = int(_PRICES[kind] * chance.skewed(0.9) / 100 + 50) * 100
            paid = int(budget * chance.bell(1 + _pressure(category, promised), 0.022))
            lots = accepted = None
            if category != "service" and received <= LAST:
                lots = chance.whole(1, 6)
                bad = 0.018 - 0.0015 * years_in(promised) + 0.24 * hit
                accepted = lots - sum(chance.flag(bad) for _ in range(lots))
            yield (
                f"GR{number:05}", chance.pick(_SUPPLIERS[category]), category, ordered, promised,
                received if received <= LAST else None, lots, accepted,
                money(paid * 100) if received <= LAST else None, money(budget * 100),
            )  # fmt: skip


def _pressure(category: str, day: date) -> float:
    """Return how far prices stood over the budget: copper and steel in the second half of 2024."""
    if category in ("silicon_steel", "conductor") and date(2024, 7, 1) <= day <= date(2024, 12, 31):
        return 0.045
    return -0.008 if day.year >= 2026 else -0.002
