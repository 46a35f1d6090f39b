"""Renewal of the company: development projects, improvements, ideas, investments, objectives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from data.generator.chance import Chance, Wheel
from data.generator.days import (
    FIRST,
    LAST,
    incident,
    month_end,
    months,
    next_month,
    open_from,
    working_days,
    years_in,
)
from data.generator.files import Row, money
from data.generator.parties import LINES, Employee
from data.generator.sales import Shipment

GROWTH_COLUMNS = {
    "rnd_projects": "project_id product_line kind started_on planned_launch_on launched_on"
    " judged_on met_targets",
    "rnd_gates": "gate_id project_id product_line stage due_on passed_on",
    "rnd_costs": "month project_id item amount",
    "ideas": "idea_id submitted_on department topic decided_on adopted",
    "improvement_projects": "project_id department started_on due_on finished_on verified_on"
    " savings cost",
    "warranty_claims": "claim_id claimed_on product_line region shipped_month fault units cost"
    " settled_on",
    "corrective_actions": "action_id opened_on origin department due_on closed_on effective",
    "investments": "project_id category approved_on planned_month planned_amount actual_amount",
    "investment_returns": "project_id category in_use_on review_on invested planned_return"
    " annual_return",
    "objectives": "objective_id team quarter_start level set_due_on set_on reviews_due reviews_held"
    " judged_on met",
    "commitments": "commitment_id topic department due_on fulfilled_on",
}

_STAGES = ("concept", "design", "prototype", "type_test", "launch")


def _project(chance: Chance, number: int, start: date) -> tuple[str, str, str, date, date]:
    line = chance.spin(Wheel(LINES, (30, 34, 20, 16)))
    kind = chance.spin(Wheel(("new_product", "upgrade"), (62, 38)))
    months_planned = chance.whole(7, 11) if kind == "upgrade" else chance.whole(10, 16)
    return f"RD{number:03}", line, kind, start, start + timedelta(days=30 * months_planned)


def make_projects() -> list[tuple[Row, list[Row]]]:
    """Return development projects with their stage gates: the older ones are all over."""
    chance = Chance("rnd projects")
    found: list[tuple[Row, list[Row]]] = []
    gates = 0
    for month in months(date(2020, 7, 1)):
        for _ in range(chance.spin(Wheel((1, 2, 3), (34, 46, 20)))):
            start = chance.pick(working_days(month))
            name, line, kind, start, planned = _project(chance, len(found) + 1, start)
            slip = 0
            rows: list[Row] = []
            stopped = chance.flag(0.06)
            launched: date | None = None
            for step, stage in enumerate(_STAGES, 1):
                due = start + (planned - start) * step // len(_STAGES)
                hit = incident(due + timedelta(days=slip)) * (1.0 if line == "dry" else 0.35)
                if chance.flag(0.12 + 0.35 * hit):
                    slip += 4 + int(chance.skewed(14))
                passed = open_from(due + timedelta(days=slip - chance.whole(0, 6)))
                slip = max(0, slip - chance.whole(5, 30))
                gates += 1
                rows.append(
                    (f"G{gates:04}", name, line, stage, due, passed if passed <= LAST else None)
                )
                launched = passed
                if stopped and step == 3:
                    launched = None
                    break
            launched = launched if launched and launched <= LAST else None
            judged = met = None
            if launched:
                day = next_month(launched).replace(day=15) + timedelta(days=365)
                weak = 0.10 if date(2024, 6, 1) <= launched <= date(2025, 6, 30) else 0.0
                passes = chance.flag(0.68 + 0.025 * years_in(launched) - weak)
                if day <= LAST:
                    judged, met = day, "true" if passes else "false"
            found.append(((name, line, kind, start, planned, launched, judged, met), rows))
    return found


def project_rows(projects: Sequence[tuple[Row, list[Row]]]) -> Iterator[Row]:
    """Yield projects that were under way, launched or judged since January 2023."""
    for row, _ in projects:
        yield row


def gate_rows(projects: Sequence[tuple[Row, list[Row]]]) -> Iterator[Row]:
    """Yield stage gates that were due since January 2023."""
    for _, rows in projects:
        for row in rows:
            due = row[4]
            if isinstance(due, date) and FIRST <= due <= LAST:
                yield row


_COSTS = {"staff": 46_000, "material": 24_000, "testing": 15_000, "outside": 9_000}


def cost_rows(projects: Sequence[tuple[Row, list[Row]]], ledger: Iterable[Row]) -> Iterator[Row]:
    """Yield spending by month, project and item; each month adds up to the ledger's account."""
    chance = Chance("rnd costs")
    booked: dict[str, int] = defaultdict(int)
    for day, _, account, amount in ledger:
        if account == "rnd_expense":
            booked[f"{day}"[:7]] += int(f"{amount}".replace(".", ""))
    for month in months():
        parts: list[tuple[str, str, float]] = []
        for (name, _, _, start, planned, launched, *_), _ in projects:
            if not (isinstance(start, date) and isinstance(planned, date)):
                continue
            end = launched if isinstance(launched, date) else planned + timedelta(days=60)
            if start > month_end(month) or end < month:
                continue
            for item, base in _COSTS.items():
                if item in ("testing", "outside") and not chance.flag(0.55):
                    continue
                parts.append((f"{name}", item, base * chance.bell(1, 0.22)))
        total, left = sum(part[2] for part in parts), booked[f"{month:%Y-%m}"]
        for position, (project, item, weight) in enumerate(parts, 1):
            cents = int(booked[f"{month:%Y-%m}"] * weight / total) // 100 * 100
            cents = left if position == len(parts) else cents
            left -= cents
            yield month, project, item, money(cents)


_IDEA_TOPICS = ("process", "quality", "cost", "safety", "service", "product")


def idea_rows(employees: list[Employee]) -> Iterator[Row]:
    """Yield ideas by day of submission; those not yet decided are blank. Nobody is named."""
    chance = Chance("ideas")
    number = 0
    topics = Wheel(_IDEA_TOPICS, (30, 22, 18, 10, 12, 8))
    rate = {"production": 0.058, "rnd": 0.085, "purchasing": 0.04, "customer_service": 0.045}
    for month in months():
        pause = 0.6 if month.month in (1, 2) else 1.0
        drive = 1.35 if month.month in (5, 9) else 1.0  # the two yearly campaigns
        days: list[tuple[date, str]] = []
        for e in employees:
            share = rate.get(e.department, 0.026) * pause * drive * (1 + 0.06 * years_in(month))
            if e.alive(month) and chance.flag(share):
                days.append((chance.pick(working_days(month)), e.department))
        for day, department in sorted(days):
            number += 1
            decided = open_from(day + timedelta(days=6 + int(chance.skewed(15))))
            good = chance.flag(0.36 + 0.02 * years_in(day))
            over = decided <= LAST
            yield (
                f"ID{number:05}", day, department, chance.spin(topics),
                decided if over else None, ("true" if good else "false") if over else None,
            )  # fmt: skip


_TEAMS = ("production", "rnd", "purchasing", "customer_service", "market_development", "finance")


def improvement_rows() -> Iterator[Row]:
    """Yield improvement projects; savings are known once Finance has verified them."""
    chance = Chance("improvements")
    teams = Wheel(_TEAMS, (44, 10, 14, 14, 12, 6))
    number = 0
    for month in months(date(2022, 7, 1)):
        more = 1 + 0.09 * years_in(month) + (0.35 if date(2025, 5, 1) <= month <= LAST else 0)
        for start in sorted(
            chance.pick(working_days(month)) for _ in range(int(5.4 * more + chance.u() * 3))
        ):
            number += 1
            due = start + timedelta(days=chance.whole(80, 210))
            hit = incident(due)
            late = chance.flag(0.17 + 0.3 * hit)
            shift = 3 + int(chance.skewed(20)) if late else -chance.whole(0, 18)
            finished = open_from(due + timedelta(days=shift))
            given_up = chance.flag(0.05)
            verified = open_from(finished + timedelta(days=chance.whole(60, 110)))
            cost = int(chance.skewed(52_000)) // 100 * 100 + 8_000
            savings = int(cost * max(0.0, chance.bell(2.55, 0.9))) // 100 * 100
            done = not given_up and finished <= LAST
            proven = done and verified <= LAST
            if finished < FIRST:
                continue
            yield (
                f"KZ{number:04}", chance.spin(teams), start, due, finished if done else None,
                verified if proven else None, money(savings * 100) if proven else None,
                money(cost * 100),
            )  # fmt: skip


def claim_rows(shipments: list[Shipment]) -> Iterator[Row]:
    """Yield warranty claims for units shipped within the two years of warranty, by day."""
    chance = Chance("warranty")
    faults = Wheel(("insulation", "leak", "noise", "winding", "accessory"), (16, 27, 14, 15, 28))
    found: list[tuple[date, Row]] = []
    for s in shipments:
        if s.kind != "sale":
            continue
        line = s.line.product.line
        suspect = line == "dry" and date(2025, 2, 10) <= s.day <= date(2025, 4, 30)
        base = 0.021 - 0.0012 * years_in(s.day)
        if not chance.flag(0.16 if suspect else base):
            continue
        wait = chance.whole(5, 110) if suspect else int(chance.skewed(55)) + 3
        claimed = s.day + timedelta(days=wait)
        if wait > 730 or claimed > LAST:
            continue
        units = 1 if chance.flag(0.8) else min(s.quantity, 2)
        cost = int(chance.skewed(5200 if not suspect else 14_000)) // 10 * 10 + 300
        settled = open_from(claimed + timedelta(days=4 + int(chance.skewed(11))))
        fault = "insulation" if suspect else chance.spin(faults)
        found.append(
            (
                claimed,
                (
                    line, s.line.customer.region, s.day.replace(day=1), fault, units,
                    money(cost * 100), settled if settled <= LAST else None,
                ),
            )
        )  # fmt: skip
    for number, (claimed, rest) in enumerate(sorted(found, key=lambda row: row[0]), 1):
        yield (f"SP{number:05}", claimed, *rest)


def action_rows() -> Iterator[Row]:
    """Yield corrective actions from audits, claims and complaints, by day of opening."""
    chance = Chance("corrective actions")
    origins = Wheel(("audit", "claim", "complaint", "supplier"), (34, 30, 22, 14))
    teams = Wheel(("production", "rnd", "purchasing", "customer_service"), (52, 16, 18, 14))
    number = 0
    for month in months():
        for day in sorted(
            chance.pick(working_days(month))
            for _ in range(int(14 + 17 * incident(month) + 4 * chance.u()))
        ):
            number += 1
            due = open_from(day + timedelta(days=chance.pick((14, 30, 30, 45))))
            late = chance.flag(0.11 - 0.01 * years_in(day) + 0.20 * incident(due))
            shift = 2 + int(chance.skewed(9)) if late else -chance.whole(0, 9)
            closed = open_from(due + timedelta(days=shift))
            closed = due if not late and closed > due else closed
            works = chance.flag(0.91 + 0.008 * years_in(day))
            over = closed <= LAST
            yield (
                f"JZ{number:04}", day, chance.spin(origins), chance.spin(teams), due,
                closed if over else None, ("true" if works else "false") if over else None,
            )  # fmt: skip


_INVEST = ("capacity", "equipment", "digital", "energy", "property")


def _invest_projects() -> list[tuple[str, str, date, int, int]]:
    """Return approved projects: number, category, day of approval, amount in yuan, months."""
    chance = Chance("investment projects")
    kinds = Wheel(_INVEST, (22, 34, 18, 12, 14))
    found: list[tuple[str, str, date, int, int]] = []
    for month in months(date(2021, 1, 1)):
        for _ in range(chance.spin(Wheel((0, 1, 2), (28, 50, 22)))):
            day = chance.pick(working_days(month))
            kind = chance.spin(kinds)
            yuan = (int(chance.skewed(2_600_000)) // 10_000 + 40) * 10_000
            found.append((f"TZ{len(found) + 1:03}", kind, day, yuan, chance.whole(5, 14)))
    return found


def investment_rows() -> Iterator[Row]:
    """Yield the investment plan: a row for each project and month, in yuan."""
    chance = Chance("investments")
    for name, kind, day, yuan, length in _invest_projects():
        month = next_month(day)
        for step in range(length):
            share = yuan // length + (yuan % length if step == length - 1 else 0)
            slow = 0.12 * incident(month) + (0.05 if month.month in (1, 2) else 0.0)
            actual = int(share * max(0.0, chance.bell(0.965 - slow, 0.13))) // 100 * 100
            if FIRST <= month <= LAST:
                yield (name, kind, day, month, share, actual)
            month = next_month(month)


def return_rows() -> Iterator[Row]:
    """Yield the reviews one year after a project came into use."""
    chance = Chance("investment returns")
    for name, kind, day, yuan, length in _invest_projects():
        in_use = day + timedelta(days=30 * length + chance.whole(10, 60))
        review = open_from(in_use + timedelta(days=365 + chance.whole(0, 20)))
        planned = int(yuan * chance.bell(0.245, 0.035)) // 100 * 100
        reached = chance.bell(0.93 + 0.015 * years_in(review), 0.16)
        reached -= 0.1 if in_use.year == 2024 else 0.0  # reviewed in the year of the incident
        invested = int(yuan * chance.bell(0.99, 0.04)) // 100 * 100
        if review < FIRST or in_use > LAST:
            continue
        known = review <= LAST
        yield (
            name, kind, in_use, review, money(invested * 100), money(planned * 100),
            money(int(planned * reached) // 100 * 100 * 100) if known else None,
        )  # fmt: skip


TEAMS = (
    "customer_service",
    "market_development",
    "property_service",
    "finance",
    "human_resources",
    "production",
    "rnd",
    "purchasing",
)


def objective_rows() -> Iterator[Row]:
    """Yield objectives by team and quarter: when set, reviewed and judged, and whether met."""
    chance = Chance("objectives")
    levels = Wheel(("company", "department", "team"), (20, 45, 35))
    number = 0
    for start in months():
        if start.month not in (1, 4, 7, 10):
            continue
        force = max(incident(start), incident(next_month(start)))
        for team in TEAMS:
            for _ in range(chance.whole(5, 8)):
                number += 1
                late = chance.flag(0.10 - 0.012 * years_in(start))
                limit = start + timedelta(days=14)
                set_on = limit + timedelta(
                    days=chance.whole(1, 20) if late else -chance.whole(0, 22)
                )
                missed = sum(chance.flag(0.085 - 0.01 * years_in(start)) for _ in range(3))
                over = start < date(2026, 10, 1)
                blamed = team in ("production", "customer_service", "market_development")
                chances = 0.765 + 0.018 * years_in(start) - (0.42 if blamed else 0.06) * force
                met = chance.flag(chances)
                end = month_end(next_month(next_month(start)))
                judged = open_from(end + timedelta(days=chance.whole(3, 10)))
                done = judged <= LAST
                yield (
                    f"MB{number:04}", team, start, chance.spin(levels), limit,
                    set_on if set_on <= LAST else None,
                    3 if over else 1, 3 - missed if over else 1,
                    judged if done else None, ("true" if met else "false") if done else None,
                )  # fmt: skip


_TOPICS = ("environment", "safety", "community", "employees", "integrity")


def commitment_rows() -> Iterator[Row]:
    """Yield the items of the yearly social-responsibility plan and the day of fulfilment."""
    chance = Chance("commitments")
    topics = Wheel(_TOPICS, (28, 26, 16, 18, 12))
    teams = Wheel(TEAMS, (6, 8, 20, 6, 18, 30, 6, 6))
    number = 0
    for month in months():
        for due in sorted(chance.pick(working_days(month)) for _ in range(chance.whole(7, 11))):
            number += 1
            late = chance.flag(0.085 - 0.006 * years_in(due) + 0.12 * incident(due))
            shift = chance.whole(2, 40) if late else -chance.whole(0, 15)
            done = open_from(due + timedelta(days=shift))
            done = due if not late and done > due else done
            never = chance.flag(0.012)
            yield (
                f"ZR{number:04}", chance.spin(topics), chance.spin(teams), due,
                None if never or done > LAST else done,
            )  # fmt: skip
