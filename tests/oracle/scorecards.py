"""Totals, ranks and grades of scorecards, computed anew from the oracle's own cells.

Straight from the sentences of specification.md (#roles, #take, #totals, #veto, #members, #grades),
in fractions. Of lines with standards of their own it knows plain thresholds and steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

from tests.oracle.cal import P, containing, start_of
from tests.oracle.content import Json, fraction, load
from tests.oracle.engine import Key, Oracle, Row
from tests.oracle.points import points

RANK = {"day": 0, "month": 1, "quarter": 2, "half_year": 3, "year": 4}


@dataclass
class Total:
    """A total with its grade; ``name`` of the grade in the site's first language."""

    total: Fraction | None
    grade: str = ""
    vetoed: list[str] = field(default_factory=list)


def scorecards(root: Path) -> dict[str, Json]:
    """Return the scorecards of a site as they stand in its files."""
    return {
        path.stem: load(path) for path in sorted((root / "content" / "scorecards").glob("*.yml"))
    }


class Scorer:
    """Scores the scorecards of one site."""

    def __init__(self, oracle: Oracle) -> None:
        self.content = oracle.content
        self.site = oracle.content.site
        self.fiscal = int(self.site.get("fiscal_year_start", 1))
        self.cells: dict[Key, Row] = oracle.values()

    def members(self, card: Json) -> list[str]:
        dimension = card["for_each"]["dimension"]
        own = {line["indicator"] for line in _flat(card["lines"]) if not line.get("shared")}
        return sorted({
            k.member for k in self.cells
            if k.dimension == dimension and k.member and k.indicator in own
        })  # fmt: skip

    def totals(self, card: Json, period: P) -> dict[str, Total]:
        """Return the totals of a period by member ("" for a scorecard without members)."""
        grades = card.get("grades") or self.site.get("scoring", {}).get("grades", [])
        members = self.members(card) if "for_each" in card else [""]
        found = {member: self.total(card, period, member) for member in members}
        known = [t.total for t in found.values() if t.total is not None]
        for one in found.values():
            if one.total is not None:
                one.grade = _grade(one, grades, known, self.site.get("languages", ["zh", "en"])[0])
        return found

    def total(self, card: Json, period: P, member: str) -> Total:
        lines = list(_flat(card["lines"]))
        parts = [self.part(card, line, period, member) for line in lines]
        found = [self.cell(card, line, period, member)[0] for line in lines]
        values = [cell.value if cell else None for cell in found]
        own = [v for v, line in zip(values, lines, strict=True) if not line.get("shared")]
        if member and all(value is None for value in own):
            return Total(None)
        if any("weight" in line for line in lines):
            weight = sum((w for w, _, _ in parts), Fraction(0))
            base = sum(w * p for w, p, _ in parts) / weight if weight else None
        else:
            counted = any(value is not None for value in values)
            base = fraction(card.get("start", 100)) if counted else None
        moved = sum((moved for _, _, moved in parts), Fraction(0))
        total = None if base is None else max(Fraction(0), base + moved)
        return _vetoed(total, [
            line["veto"]
            for line, value in zip(lines, values, strict=True)
            if "veto" in line and value is not None and _strikes(line["veto"], value)
        ])  # fmt: skip

    def part(
        self, card: Json, line: Json, period: P, member: str
    ) -> tuple[Fraction, Fraction, Fraction]:
        """Return the weight and points that count, and what is added or taken off."""
        cell, due = self.cell(card, line, period, member)
        value = cell.value if cell else None
        nothing = Fraction(0)
        weight = fraction(line.get("weight", 0))
        if "deduct" in line:
            off = nothing if value is None else _times(value, line["deduct"])
            if "weight" not in line:
                return nothing, nothing, -off
            earned = None if value is None else 100 * (weight - min(off, weight)) / weight
        else:
            earned = self.earned(card, line, period, member)
        if "bonus" in line:
            basis = value if "each" in line["bonus"] or not self.judges(line) else earned
            more = {"each": 1, **line["bonus"]}
            return nothing, nothing, nothing if basis is None else _times(basis, more)
        if earned is None and value is None and card.get("missing") == "zero" and due:
            earned = nothing
        return (weight, earned, nothing) if earned is not None else (nothing, nothing, nothing)

    def cell(self, card: Json, line: Json, period: P, member: str) -> tuple[Row | None, bool]:
        """Return the line's cell, and whether it is due."""
        cycle = self.content.indicators[line["indicator"]]["cycle"]
        grain = max(line.get("cycle", card["cycle"]), cycle, key=RANK.__getitem__)
        if RANK[grain] <= RANK[period.grain]:
            return self.at(line, card, member, period), True
        longer = containing(period.last, grain, self.fiscal)
        due = longer.last == period.last
        return (self.at(line, card, member, longer) if due else None), due

    def at(self, line: Json, card: Json, member: str, period: P) -> Row | None:
        dimension, name = "", ""
        if "of" in line:
            ((dimension, name),) = line["of"].items()
        elif member and not line.get("shared"):
            dimension, name = card["for_each"]["dimension"], member
        key = Key(line["indicator"], "", period.grain, period.label, dimension, name)
        return self.cells.get(key)

    def judges(self, line: Json) -> bool:
        card = self.content.indicators[line["indicator"]]
        return any(
            k in holder for holder in (line, card) for k in ("thresholds", "points", "steps")
        )

    def earned(self, card: Json, line: Json, period: P, member: str) -> Fraction | None:
        cycle = self.content.indicators[line["indicator"]]["cycle"]
        own = str(line.get("cycle", cycle))
        grain = own if RANK[cycle] < RANK[own] < RANK[period.grain] else cycle
        if "take" not in line or RANK[grain] >= RANK[period.grain]:
            cell, _ = self.cell(card, line, period, member)
            return self.worth(line, cell)
        cells = [
            row
            for key, row in sorted(self.cells.items(), key=lambda pair: pair[0].period)
            if key.grain == grain
            and row is self.at(line, card, member, one := self.period(key))
            and period.first <= one.last <= period.last
            and not (row.state == "provisional" and line["take"] == "points_mean")
        ]
        earned = [p for p in (self.worth(line, row) for row in cells) if p is not None]
        if not earned:
            return None
        return earned[-1] if line["take"] == "points_last" else sum(earned) / Fraction(len(earned))

    def period(self, key: Key) -> P:
        return containing(start_of(key.period, self.fiscal), key.grain, self.fiscal)

    def worth(self, line: Json, cell: Row | None) -> Fraction | None:
        """Return the points of a cell on this line, within its bounds."""
        if cell is None or cell.value is None:
            return None
        card = self.content.indicators[line["indicator"]]
        if "steps" in line:
            low = fraction(line.get("floor", 0))
            found: Fraction | None = next(
                (
                    fraction(s["points"])
                    for s in line["steps"]
                    if ("from" in s and cell.value >= fraction(s["from"]))
                    or ("upto" in s and cell.value <= fraction(s["upto"]))
                ),
                low,
            )
        elif "thresholds" in line:
            found = points(cell.value, line["thresholds"], card, self.site.get("scoring", {}))
        else:
            found = cell.points
        if found is None:
            return None
        if "floor" in line:
            found = max(found, fraction(line["floor"]))
        return min(found, fraction(line["cap"])) if "cap" in line else found


def _flat(lines: list[Json]) -> Iterator[Json]:
    for line in lines:
        if "lines" in line:
            yield from _flat(line["lines"])
        else:
            yield line


def _times(value: Fraction, rule: Json) -> Fraction:
    found = max(Fraction(0), value * fraction(rule["each"]))
    return min(found, fraction(rule["at_most"])) if "at_most" in rule else found


def _vetoed(total: Fraction | None, struck: list[Json]) -> Total:
    fixed = [fraction(v.get("total", 0)) for v in struck if not {"grade", "at_most"} & set(v)]
    if fixed:
        total = min(fixed)
    for veto in struck:
        if "at_most" in veto and total is not None:
            total = min(total, fraction(veto["at_most"]))
    return Total(total, vetoed=[v["grade"] for v in struck if "grade" in v])


def _strikes(veto: Json, value: Fraction) -> bool:
    over = "above" in veto and value > fraction(veto["above"])
    return over or ("below" in veto and value < fraction(veto["below"]))


def _grade(one: Total, grades: list[Json], known: list[Fraction], language: str) -> str:
    """Return the grade's name; ``known`` are the totals of all who have one."""
    assert one.total is not None
    if any("best" in g for g in grades):
        order = grades
        last = sum(other >= one.total for other in known)  # who share the place stand in it
        at = next(
            (i for i, g in enumerate(order) if last <= floor(fraction(g["best"]) * len(known))),
            None,
        )
    else:
        order = sorted(grades, key=lambda g: -fraction(g["from"]))
        at = next((i for i, g in enumerate(order) if one.total >= fraction(g["from"])), None)
    if at is None:
        return ""
    for name in one.vetoed:
        at = max(at, next(i for i, g in enumerate(order) if name in _names(g)))
    found = order[at]["name"]
    return str(found if isinstance(found, str) else found[language])


def _names(grade: Json) -> set[str]:
    name = grade["name"]
    return {name} if isinstance(name, str) else set(name.values())
