"""The books: revenue and costs by month, balances of assets, and the budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from data.generator.chance import Chance
from data.generator.days import SEASON, incident, month_end, months, years_in
from data.generator.estate import Bill, service_fees
from data.generator.files import Row, money
from data.generator.parties import DEPARTMENTS
from data.generator.sales import Shipment


def ledger_rows(shipments: list[Shipment], bills: list[Bill]) -> Iterator[Row]:
    """Yield amounts by month, business and account; transformer sales equal the shipments."""
    chance = Chance("ledger")
    sales: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    rents: dict[date, int] = defaultdict(int)
    for s in shipments:
        total = sales[s.day.year, s.day.month]
        total[0] += s.cents
        total[1] += s.cost
    for bill in bills:
        rents[bill.due.replace(day=1)] += bill.cents
    for month in months():
        day = month_end(month)
        revenue, cost = sales[month.year, month.month]
        yield from _accounts(day, "transformers", _transformers(chance, month, revenue, cost))
        income = rents[month] + service_fees(month)
        yield from _accounts(day, "property", _property(chance, month, income))


def _accounts(day: date, business: str, amounts: dict[str, int]) -> Iterator[Row]:
    for account, cents in amounts.items():
        yield day, business, account, money(cents)


def _with_tax(amounts: dict[str, int]) -> dict[str, int]:
    costs = sum(cents for account, cents in amounts.items() if account not in _INCOME)
    profit = sum(amounts[account] for account in _INCOME) - costs
    return {**amounts, "income_tax": max(0, profit * 15 // 100)}


_INCOME = ("revenue", "other_income")


def _transformers(chance: Chance, month: date, revenue: int, cost: int) -> dict[str, int]:
    grown = 1 + 0.045 * years_in(month)
    warranty = int(9_200_000_00 * incident(month) * chance.bell(1, 0.05))
    return _with_tax(
        {
            "revenue": revenue,
            "other_income": int(420_000_00 * chance.bell(1, 0.25)),
            "cost_of_sales": cost,
            "selling_expense": int((3_100_000_00 * grown + revenue * 0.021) * chance.bell(1, 0.03))
            + warranty,
            "admin_expense": int(5_300_000_00 * grown * chance.bell(1, 0.03)),
            "rnd_expense": int(3_900_000_00 * grown * chance.bell(1, 0.06)),
            "finance_expense": int(640_000_00 * chance.bell(1, 0.08)),
        }
    )


def _property(chance: Chance, month: date, income: int) -> dict[str, int]:
    grown = 1 + 0.03 * years_in(month)
    heating = 380_000_00 if month.month in (1, 2, 11, 12) else 0
    return _with_tax(
        {
            "revenue": income,
            "other_income": int(60_000_00 * chance.bell(1, 0.3)),
            "cost_of_sales": int(income * chance.bell(0.69, 0.012)) + heating,
            "selling_expense": int(180_000_00 * grown * chance.bell(1, 0.08)),
            "admin_expense": int(950_000_00 * grown * chance.bell(1, 0.04)),
            "rnd_expense": 0,
            "finance_expense": int(110_000_00 * chance.bell(1, 0.08)),
        }
    )


_ASSETS = {
    "transformers": {"cash": 162, "receivables": 318, "inventory": 264, "fixed_assets": 402},
    "property": {"cash": 48, "receivables": 21, "inventory": 4, "fixed_assets": 268},
}


def balance_rows() -> Iterator[Row]:
    """Yield assets at each month's end, from the opening balance of 31 December 2022 on."""
    chance = Chance("balances")
    for month in months(date(2022, 12, 1)):
        day = month_end(month)
        grown = 1 + 0.055 * years_in(day)
        for business, items in _ASSETS.items():
            for item, millions in items.items():
                swing = {"fixed_assets": 0.004, "cash": 0.06}.get(item, 0.025)
                stuck = 0.12 * incident(month) if item == "inventory" else 0.0
                rush = (SEASON[month.month - 1] - 1) * 0.2 if item == "receivables" else 0.0
                level = millions * grown * (1 + stuck + rush) * chance.bell(1, swing)
                yield day, business, item, money(int(level * 1_000_000) * 100)


_ITEMS = {
    "travel": 8_000,
    "entertainment": 4_000,
    "office": 3_500,
    "training": 5_000,
    "outsourcing": 14_000,
}
_LARGE = (1.6, 3.0, 3.4, 0.8, 0.9, 5.0, 2.6, 1.1)


def budget_rows() -> Iterator[Row]:
    """Yield budget and spending by month, department and item, in yuan."""
    chance = Chance("budget")
    for month in months():
        for department, size in zip(DEPARTMENTS, _LARGE, strict=True):
            for item, base in _ITEMS.items():
                plan = int(
                    base * 10 * size * (1 + 0.04 * (month.year - 2023)) * SEASON[month.month - 1]
                )
                spent = int(plan // 100 * 100 * chance.bell(_drift(department, month), 0.07))
                yield month, department, item, plan // 100 * 100, spent


def _drift(department: str, month: date) -> float:
    """Return spending over budget: near 1, more for those who had to deal with the incident."""
    if department in ("customer_service", "production") and incident(month):
        return 1 + 0.16 * incident(month)
    if department == "property_service" and month >= date(2026, 7, 1):
        return 1.085
    return 1.012 if month.year == 2024 else 0.995
