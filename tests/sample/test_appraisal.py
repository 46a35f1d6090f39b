"""The departments' monthly appraisal, worked out again from the rows of facts alone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from kpi_site.options import Options
from kpi_site.stages import figures

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 10)


def rows(name: str, day: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a file with their months."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row[day][:7], row


def line(value: Fraction, low: str) -> Fraction:
    """Return the points: 60 at ``low``, 100 at 0.9, 120 at 1."""
    at = (Fraction(low), Fraction("0.9"), Fraction(1))
    if value < at[0]:
        return Fraction(0)
    if value < at[1]:
        return 60 + 40 * (value - at[0]) / (at[1] - at[0])
    return 100 + 20 * (value - at[1]) / (at[2] - at[1])


def appraisal() -> dict[tuple[str, str], Fraction]:
    """Return the totals by month and department."""
    found: dict[tuple[str, str], dict[str, int]] = {}

    def add(month: str, row: dict[str, str], *what: str) -> None:
        counts = found.setdefault((month, row["department"]), {})
        for name in what:
            counts[name] = counts.get(name, 0) + 1

    for month, row in rows("department_tasks", "due_on"):
        kept = bool(row["done_on"]) and row["done_on"] <= row["due_on"]
        add(month, row, "due", *(["on_time"] if kept else []))
    for month, row in rows("training_plan", "planned_on"):
        add(month, row, "planned", *(["done"] if row["done_on"] else []))
    for month, row in rows("department_events", "happened_on"):
        add(month, row, row["kind"])
    totals = {}
    for at, counts in found.items():
        tasks = line(Fraction(counts.get("on_time", 0), counts["due"]), "0.7")
        training = line(Fraction(counts.get("done", 0), counts["planned"]), "0.5")
        total = (70 * tasks + 30 * min(training, Fraction(105))) / 100
        total -= min(2 * counts.get("complaint", 0), 10)
        total = max(Fraction(0), total + min(counts.get("commendation", 0), 3))
        totals[at] = min(total, Fraction(60)) if counts.get("safety_incident") else total
    return totals


def test_totals_ranks_and_grades_of_every_department_and_month() -> None:
    found, _ = figures(Options(root=ROOT, today=TODAY))
    assert found is not None
    wanted = appraisal()
    periods = found.scores["monthly_appraisal"]
    assert len(periods) == 46
    vetoed = 0
    for card in periods:
        month = {d: t for (m, d), t in wanted.items() if m == card.period.label}
        assert len(card.members) == len(month) == 8
        for one in card.members:
            assert one.member is not None
            assert one.total is not None
            own = month[one.member.member]
            where = card.period.label, one.member.member
            assert abs(Fraction(one.total) - own) < Fraction(1, 10**10), where
            better = sum(total > own for total in month.values())
            together = sum(total >= own for total in month.values())
            assert one.rank == better + 1, where
            # eight departments: one is outstanding (1.6), seven are at least sound (7.2)
            grade = "Outstanding" if together <= 1 else "Sound" if together <= 7 else "To improve"
            assert one.grade is not None
            assert one.grade.name.en == grade, where
            vetoed += bool(one.struck)
    assert vetoed == 4
