"""Customers, products and employees: the stocks that other facts point to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel
from data.generator.days import FIRST, LAST, incident, month_end, months, open_from, working_days

REGIONS = ("north", "east", "south", "central", "southwest", "northwest")
REGION_WEIGHTS = (22, 30, 17, 14, 10, 7)
REGION_NAMES = dict(zip(REGIONS, ("华北", "华东", "华南", "华中", "西南", "西北"), strict=True))
INDUSTRIES = ("grid", "renewable", "industry", "rail", "building")
INDUSTRY_NAMES = dict(zip(INDUSTRIES, ("供电", "新能源", "制造", "轨道", "建筑"), strict=True))
TIERS = ("key", "regular", "small")
LINES = ("oil", "dry", "box", "special")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the transformer business, alive from ``joined`` until ``left``."""

    id: str
    name: str
    region: str
    industry: str
    tier: str
    joined: date
    left: date | None

    @property
    def registered(self) -> date:
        """The day of the entry in the register, which was begun in 2023."""
        return max(self.joined, FIRST)

    def alive(self, day: date) -> bool:
        """Tell whether this is a customer on ``day``."""
        return self.joined <= day and (self.left is None or day < self.left)


@dataclass(frozen=True, slots=True)
class Product:
    """A product: its line, its rating in kVA and its list price in cents per kVA."""

    id: str
    name: str
    line: str
    kva: int
    price: int


@dataclass(frozen=True, slots=True)
class Employee:
    """A post and the time for which it was held; no names are kept."""

    id: str
    department: str
    level: str
    joined: date
    left: date | None

    @property
    def registered(self) -> date:
        """The day of the entry in the register, which was begun in 2023."""
        return max(self.joined, FIRST)

    def alive(self, day: date) -> bool:
        """Tell whether this is an employee on ``day``."""
        return self.joined <= day and (self.left is None or day < self.left)


def _joined_before(chance: Chance) -> date:
    return open_from(chance.day(date(2014, 1, 1), date(2022, 11, 30)))


def make_customers() -> list[Customer]:
    """Return the customers in the order in which they joined."""
    chance = Chance("customers")
    joined = sorted(_joined_before(chance) for _ in range(622))
    for month in months():
        yearly = {2023: 100, 2024: 114, 2025: 112, 2026: 134}[month.year]
        count = int(yearly / 12 * chance.bell(1, 0.18) * (1 - 0.45 * incident(month)) + 0.5)
        joined += sorted(chance.pick(working_days(month)) for _ in range(count))
    regions = Wheel(REGIONS, REGION_WEIGHTS)
    industries = Wheel(INDUSTRIES, (30, 18, 26, 9, 17))
    tiers = Wheel(TIERS, (8, 40, 52))
    found = []
    for number, day in enumerate(joined, 1):
        region, industry, tier = (chance.spin(w) for w in (regions, industries, tiers))
        name = f"{REGION_NAMES[region]}{INDUSTRY_NAMES[industry]}客户{number:04}"
        left = _customer_left(chance, day, tier)
        found.append(Customer(f"C{number:04}", name, region, industry, tier, day, left))
    return found


def _customer_left(chance: Chance, joined: date, tier: str) -> date | None:
    """Return when a customer left: never in its first year; more often after the incident."""
    hazard = {"key": 0.0015, "regular": 0.0042, "small": 0.0068}[tier]
    for month in months(date(2022, 1, 1)):
        if (month - joined).days < 365:
            continue
        after = 1.9 if date(2025, 5, 1) <= month <= date(2025, 11, 1) else 1.0
        if chance.flag(hazard * after):
            return chance.pick(working_days(month))
    return None


_PRODUCTS = {
    "oil": ("油浸式变压器", (100, 200, 400, 630, 1000, 1600, 2500), 11500),
    "dry": ("干式变压器", (315, 500, 800, 1250, 2000, 2500), 17800),
    "box": ("箱式变电站", (315, 500, 630, 1000, 1600), 26500),
    "special": ("特种变压器", (500, 1250, 3150, 6300), 21000),
}


def make_products() -> list[Product]:
    """Return the products: six line letters and the rating make the id."""
    return [
        Product(f"{line[:3].upper()}-{kva}", f"{name} {kva} kVA", line, kva, price)
        for line, (name, ratings, price) in _PRODUCTS.items()
        for kva in ratings
    ]


DEPARTMENTS = (
    "customer_service",
    "market_development",
    "property_service",
    "finance",
    "human_resources",
    "production",
    "rnd",
    "purchasing",
)
_STAFF = (46, 74, 96, 24, 18, 268, 62, 30)
_TURNOVER = (0.0105, 0.0100, 0.0125, 0.0040, 0.0045, 0.0095, 0.0060, 0.0060)


def make_employees() -> list[Employee]:
    """Return the employees: leavers are replaced after some weeks, and the staff grows slowly."""
    chance = Chance("employees")
    levels = Wheel(("staff", "specialist", "manager"), (70, 22, 8))
    found: list[tuple[date, str, str, date | None]] = []
    for department, staff, turnover in zip(DEPARTMENTS, _STAFF, _TURNOVER, strict=True):
        starts = [chance.day(date(2012, 1, 4), date(2021, 12, 20)) for _ in range(staff)]
        starts += [chance.day(FIRST, LAST) for _ in range(int(staff * 0.11))]
        while starts:
            joined = open_from(starts.pop())
            left = _employee_left(chance, joined, turnover)
            found.append((joined, department, chance.spin(levels), left))
            if left is not None and left < date(2026, 9, 15) and chance.flag(0.97):
                starts.append(left + timedelta(days=chance.whole(10, 70)))
    found.sort(key=lambda row: row[:3])
    kept = [row for row in found if row[0] <= LAST]
    return [
        Employee(f"E{number:04}", d, lv, j, le) for number, (j, d, lv, le) in enumerate(kept, 1)
    ]


def _employee_left(chance: Chance, joined: date, turnover: float) -> date | None:
    for month in months(date(2022, 1, 1)):
        if month <= joined:
            continue
        busy = 1.9 if month.month in (2, 3) else 0.85  # bonuses are paid before Spring Festival
        if chance.flag(turnover * busy * (1 + 0.3 * incident(month))):
            return chance.day(month, month_end(month))
    return None
