"""Orders, shipments and what they are measured against: targets and the market."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from data.generator.chance import Chance, Wheel
from data.generator.days import (
    FIRST,
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
from data.generator.parties import INDUSTRIES, LINES, REGIONS, Customer, Product


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order; ``shipped`` is None while it is open or when it was cancelled."""

    order: str
    number: int
    customer: Customer
    product: Product
    ordered: date
    promised: date
    shipped: date | None
    cancelled: bool
    quantity: int
    cents: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods that left (``sale``) or came back (``return``, with negative amounts)."""

    day: date
    line: OrderLine
    kind: str
    quantity: int
    cents: int
    cost: int


_TIER_WEIGHT = {"key": 9.0, "regular": 2.4, "small": 0.8}
_LEAD_DAYS = {"oil": 16, "dry": 20, "box": 26, "special": 34}


class Buyers:
    """The customers of a month, drawn by the weight of their tier."""

    def __init__(self, customers: list[Customer], month: date) -> None:
        last = month_end(month)
        self.items = [c for c in customers if c.joined <= last and (not c.left or c.left > month)]
        self.bounds = list(accumulate(_TIER_WEIGHT[c.tier] for c in self.items))

    def draw(self, chance: Chance, day: date) -> Customer:
        """Return a customer that is one on ``day``."""
        while True:
            found = self.items[bisect(self.bounds, chance.u() * self.bounds[-1])]
            if found.alive(day):
                return found


def make_orders(customers: list[Customer], products: list[Product]) -> list[OrderLine]:
    """Return the order lines from November 2022 on, by day.

    Orders come about a month before the goods leave, so they follow the next month's season.
    """
    chance = Chance("orders")
    line_wheel = Wheel(LINES, (46, 28, 18, 8))
    by_line = {line: _by_size(products, line) for line in LINES}
    found: list[OrderLine] = []
    number = 0
    for month in months(date(2022, 11, 1)):
        buyers = Buyers(customers, month)
        busy = (
            SEASON[month.month % 12] * (1 + 0.082 * years_in(month)) * (1 - 0.16 * incident(month))
        )
        count = int(484 * busy * chance.bell(1, 0.025))
        for day in sorted(chance.pick(working_days(month)) for _ in range(count)):
            number += 1
            customer = buyers.draw(chance, day)
            for position in range(1, 1 + chance.spin(Wheel((1, 2, 3), (48, 34, 18)))):
                product = chance.spin(by_line[chance.spin(line_wheel)])
                found.append(
                    _order_line(chance, f"SO{number:06}", position, customer, product, day)
                )
    return found


def _by_size(products: list[Product], line: str) -> Wheel[Product]:
    """Return the products of a line; small ratings are sold more often."""
    items = [p for p in products if p.line == line]
    return Wheel(items, [1 / (i + 1.5) for i in range(len(items))])


def _order_line(
    chance: Chance, order: str, position: int, customer: Customer, product: Product, day: date
) -> OrderLine:
    quantity = 1 + min(
        9, int(chance.skewed({"key": 1.8, "regular": 0.9, "small": 0.4}[customer.tier]))
    )
    discount = {"key": 0.91, "regular": 0.97, "small": 1.0}[customer.tier] * chance.bell(1, 0.02)
    price = int(product.price * discount * (1 + 0.015 * years_in(day)))
    lead = _LEAD_DAYS[product.line] + chance.whole(-4, 8)
    promised = open_from(day + timedelta(days=lead))
    shipped = open_from(promised + timedelta(days=_lateness(chance, product.line, promised)))
    cancelled = chance.flag(0.011)
    done = None if cancelled or shipped > LAST else max(shipped, day)
    cents = quantity * product.kva * price // 100 * 100
    return OrderLine(
        order, position, customer, product, day, promised, done, cancelled, quantity, cents
    )


def _lateness(chance: Chance, line: str, promised: date) -> int:
    """Return the days that a line ships after (or before) its promise."""
    rush = 0.025 if promised.month in (1, 12) else 0.0
    hit = incident(promised) * (0.42 if line == "dry" else 0.12)
    if chance.flag(0.045 + rush + hit):
        return 1 + int(chance.skewed(6 + 12 * incident(promised)))
    return -chance.whole(0, 5)


def make_shipments(orders: list[OrderLine]) -> list[Shipment]:
    """Return what was shipped and what came back since January 2023, by day."""
    chance = Chance("shipments")
    found = []
    for line in orders:
        if line.shipped is None:
            continue
        found.append(_sale(chance, line, line.shipped))
        suspect = date(2025, 2, 10) <= line.shipped <= date(2025, 4, 30)
        faulty = suspect and line.product.line == "dry"
        if chance.flag(0.085 if faulty else 0.0045):
            back = open_from(line.shipped + timedelta(days=chance.whole(12, 55)))
            if back <= LAST:
                found.append(_return(chance, line, found[-1], back))
    found.sort(key=lambda s: (s.day, s.line.order, s.line.number, s.kind))
    return [s for s in found if s.day >= FIRST]


def _sale(chance: Chance, line: OrderLine, day: date) -> Shipment:
    material = 0.02 if date(2024, 7, 1) <= day <= date(2024, 12, 31) else 0.0
    base = {"oil": 0.775, "dry": 0.745, "box": 0.735, "special": 0.70}[line.product.line]
    discounted = {"key": 0.025, "regular": 0.0, "small": -0.02}[line.customer.tier]
    share = base + discounted + material + 0.05 * incident(day) - 0.004 * years_in(day)
    cost = int(line.cents * chance.bell(share, 0.03)) // 100 * 100
    return Shipment(day, line, "sale", line.quantity, line.cents, cost)


def _return(chance: Chance, line: OrderLine, sale: Shipment, day: date) -> Shipment:
    quantity = chance.whole(1, line.quantity)
    cents = line.cents * quantity // line.quantity // 100 * 100
    cost = sale.cost * quantity // line.quantity // 100 * 100
    return Shipment(day, line, "return", -quantity, -cents, -cost)


def order_rows(orders: list[OrderLine]) -> Iterator[Row]:
    """Yield the rows of ``order_lines.csv``: orders placed since January 2023."""
    for line in orders:
        if line.ordered < FIRST:
            continue
        status = "cancelled" if line.cancelled else "shipped" if line.shipped else "open"
        yield (
            line.order, line.number, line.customer.id, line.product.id, line.product.line,
            line.customer.region, line.ordered, line.promised, line.shipped, status,
            line.quantity, money(line.cents),
        )  # fmt: skip


def shipment_rows(shipments: list[Shipment]) -> Iterator[Row]:
    """Yield the rows of ``shipments.csv``."""
    for number, s in enumerate(shipments, 1):
        yield (
            f"D{number:06}", s.day, s.line.order, s.line.number, s.line.customer.id,
            s.line.product.id, s.line.product.line, s.line.customer.region, s.kind, s.quantity,
            s.quantity * s.line.product.kva, money(s.cents), money(s.cost),
        )  # fmt: skip


# How the year's plan was set against what the year brought (2025 was planned before the fault).
_PLAN = {2023: 1.015, 2024: 1.02, 2025: 1.075, 2026: 1.03}


def target_rows(shipments: list[Shipment]) -> Iterator[Row]:
    """Yield daily sales targets by product line and region.

    The year's plan is split over the months by the usual season and over a month's working
    days evenly; the last day takes what rounding leaves.
    """
    chance = Chance("targets")
    totals: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for s in shipments:
        total = totals[s.day.year, s.line.product.line, s.line.customer.region]
        total[0] += s.cents
        total[1] += s.quantity * s.line.product.kva
    plans = {key: (_PLAN[key[0]] * chance.bell(1, 0.025), value) for key, value in totals.items()}
    for month in months():
        counted = sum(SEASON[:10]) if month.year == LAST.year else sum(SEASON)
        part = SEASON[month.month - 1] / counted
        days = working_days(month)
        for line in LINES:
            for region in REGIONS:
                factor, (cents, kva) = plans[month.year, line, region]
                yuan = int(cents * factor * part / 100) // 1000 * 1000
                rated = int(kva * factor * part) // 10 * 10
                for i, day in enumerate(days):
                    last = i == len(days) - 1
                    amount = yuan // len(days) + (yuan % len(days) if last else 0)
                    size = rated // len(days) + (rated % len(days) if last else 0)
                    yield day, line, region, amount, size


_SHARE = {"oil": 0.071, "dry": 0.088, "box": 0.062, "special": 0.043}


def market_rows(shipments: list[Shipment]) -> Iterator[Row]:
    """Yield the market's size by month, product line and segment, in yuan.

    The industry grows a little slower than the company, so that the share rises, but for the
    half year after the incident.
    """
    chance = Chance("market")
    ours: dict[tuple[str, str], int] = defaultdict(int)
    for s in shipments:
        ours[s.line.product.line, s.line.customer.industry] += s.cents
    count = len(list(months()))
    for month in months():
        trend = 1 + 0.052 * (years_in(month) - 1.9)
        for line in LINES:
            for segment in INDUSTRIES:
                mean = ours[line, segment] / 100 / count / _SHARE[line]
                season = 1 + (SEASON[month.month - 1] - 1) * 0.85
                size = mean * trend * season * chance.bell(1, 0.022)
                yield month, line, segment, int(size) // 10000 * 10000
