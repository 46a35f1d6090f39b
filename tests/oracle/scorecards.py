"""Lines, totals, ranks and grades of scorecards, computed anew from the oracle's own cells.

Straight from the sentences of specification.md (#line-period, #totals, #roles, #take, #veto,
#members, #grades, #retired), in fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

from tests.oracle.cal import P, around, grain_of, run, start_of
from tests.oracle.content import Json, fraction, load
from tests.oracle.engine import Oracle, Row
from tests.oracle.judge import LineJudge

RANK = {
    g: i for i, g in enumerate(("day", "week", "ten_days", "month", "quarter", "half_year", "year"))
}
OWN = ("thresholds", "points", "steps", "floor")


@dataclass
class Scored:
    """A line in a period; ``moves`` is what it takes off or adds, without any veto."""

    line: Json
    state: str
    value: Fraction | None = None
    points: Fraction | None = None
    weight: Fraction | None = None  # that counts
    moves: Fraction | None = None


@dataclass
class Total:
    """A total with its lines and its grade; ``vetoed`` are the best grades that vetoes allow."""

    total: Fraction | None
    lines: list[Scored] = field(default_factory=list)
    state: str = "no_data"
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
        self.oracle, self.content = oracle, oracle.content
        self.site = oracle.content.site
        self.fiscal, self.through = oracle.fiscal, oracle.through

    def members(self, card: Json) -> list[str]:
        dimension = card["for_each"]["dimension"]
        own = {line["indicator"] for line in flat(card["lines"]) if not line.get("shared")}
        found = (self.oracle.members(name, dimension) for name in own)
        return sorted({member for members in found for member in members if member})

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
        held = [line for line in flat(card["lines"]) if self.holds(line, period)]
        lines = [self.scored(card, line, period, member) for line in held]
        if not card.get("scored"):
            return Total(None, lines)
        own = [one for one in lines if not one.line.get("shared")]
        if member and all(one.state not in {"ok", "provisional"} for one in own):
            return Total(None, lines)
        counted = [one for one in lines if one.weight is not None or one.moves is not None]
        if any("weight" in line for line in flat(card["lines"])):
            weight = sum((one.weight or Fraction(0) for one in lines), Fraction(0))
            products = (one.weight * one.points for one in lines
                        if one.weight is not None and one.points is not None)  # fmt: skip
            base = sum(products, Fraction(0)) / weight if weight else None
        else:
            # a veto's line counts with a value: it has been looked at
            seen = counted or [o for o in lines if "veto" in o.line and o.value is not None]
            base = fraction(card.get("start", 100)) if seen else None
        moved = sum((one.moves or Fraction(0) for one in lines), Fraction(0))
        total = None if base is None else max(Fraction(0), base + moved)
        struck = [
            one.line["veto"]
            for one in lines
            if "veto" in one.line and one.value is not None and not self.retired(one.line)
            and _strikes(one.line["veto"], one.value)
        ]  # fmt: skip
        found = _vetoed(total, struck)
        found.lines = lines
        if found.total is not None:
            vetoes = [o for o in lines if "veto" in o.line and o.value is not None]
            loose = any(o.state == "provisional" for o in (*counted, *vetoes)
                        if not self.retired(o.line))  # fmt: skip
            found.state = "provisional" if loose else "ok"
        return found

    def holds(self, line: Json, period: P) -> bool:
        """Tell whether the line stands on the scorecard on the last day that counts."""
        day = min(period.last, self.through)
        if "from" in line and day < start_of(str(line["from"]), self.fiscal):
            return False
        if "until" not in line:
            return True
        label = str(line["until"])
        first = start_of(label, self.fiscal)
        return day <= run(first, first, grain_of(label), self.fiscal)[0].last

    def retired(self, line: Json) -> bool:
        return bool(self.content.indicators[line["indicator"]].get("status") == "retired")

    # One line

    def scored(self, card: Json, line: Json, period: P, member: str) -> Scored:
        at, due = self.period(card, line, period, member)
        row = self.row(card, line, member, at) if due else None
        one = Scored(line, "not_due" if not due else row.state if row else "no_data")
        one.value = row.value if row else None
        if self.retired(line):
            return one
        earned = self.earned(card, line, at, member) if due else None
        if "take" in line and earned is not None and one.state not in {"ok", "provisional"}:
            one.state = "provisional" if at.last > self.through else "ok"
        if not card.get("scored"):
            one.points = earned if _by_standards(line) else None
        elif "deduct" in line:
            self.deducted(card, one, due=due)
        elif "bonus" in line:
            self.added(one, earned)
        else:
            one.points = earned
            lacks = earned is None and one.state not in {"ok", "provisional"}
            if lacks and due and card.get("missing") == "zero" and "weight" in line:
                one.points = Fraction(0) if self.in_force(card, line, at, member) else None
        if card.get("scored") and "weight" in line and one.points is not None:
            one.weight = fraction(line["weight"])
        return one

    def deducted(self, card: Json, one: Scored, *, due: bool) -> None:
        """Take off the total, or off the weight that the line begins with."""
        off = None if one.value is None else _times(one.value, one.line["deduct"])
        if "weight" not in one.line:
            one.moves = None if off is None else -off
            return
        weight = fraction(one.line["weight"])
        if off is not None:
            one.points = 100 * (weight - min(off, weight)) / weight if weight else Fraction(0)
        elif card.get("missing") == "zero" and due:
            one.points = Fraction(0)

    def added(self, one: Scored, earned: Fraction | None) -> None:
        """Add for each of the value, or the points, or the value where nothing judges it."""
        rule, basis = {"each": 1, **one.line["bonus"]}, one.value
        if "each" not in one.line["bonus"] and self.judges(one.line):
            one.points = basis = earned
        known = basis is not None and one.value is not None
        one.moves = _times(basis, rule) if known and basis is not None else None

    def period(self, card: Json, line: Json, period: P, member: str) -> tuple[P, bool]:
        """Return the period in which a line is looked at, and whether it is due."""
        cycle = self.content.indicators[line["indicator"]]["cycle"]
        grain = max(line.get("cycle", card["cycle"]), cycle, key=RANK.__getitem__)
        if not card.get("scored") and grain != period.grain:
            begun = [p for p in self.oracle.periods(line["indicator"], grain)
                     if p.first <= period.last]  # fmt: skip
            over = [p for p in begun if p.last <= period.last and (
                row := self.row(card, line, member, p)) and row.state == "ok"]  # fmt: skip
            found = (over or begun)[-1:]
            holding = around(period.last, grain, self.fiscal) or period
            return (found[0] if found else holding), True
        if RANK[grain] <= RANK[period.grain]:
            return period, True
        longer = around(period.last, grain, self.fiscal)  # a company may have none there
        return (period, False) if longer is None else (longer, longer.last == period.last)

    def part(self, card: Json, line: Json, member: str) -> tuple[str, str]:
        if "of" in line and not (member and not line.get("shared")):
            ((dimension, name),) = line["of"].items()
            return dimension, name
        if member and not line.get("shared"):
            return card["for_each"]["dimension"], member
        return "", ""

    def row(self, card: Json, line: Json, member: str, period: P) -> Row | None:
        indicator = line["indicator"]
        dimension, name = self.part(card, line, member)
        if dimension and name not in self.oracle.members(indicator, dimension):
            return None
        if period.grain not in self.oracle.grains(indicator):
            return None
        labels = {p.label for p in self.oracle.periods(indicator, period.grain)}
        return (
            self.oracle.result(indicator, period, dimension, name)
            if period.label in labels
            else None
        )

    def judges(self, line: Json) -> bool:
        card = self.content.indicators[line["indicator"]]
        return any(
            k in holder for holder in (line, card) for k in ("thresholds", "points", "steps")
        )

    def grain_of_cycles(self, line: Json, period: P) -> str:
        cycle = str(self.content.indicators[line["indicator"]]["cycle"])
        own = str(line.get("cycle", cycle))
        return own if RANK[cycle] < RANK[own] < RANK[period.grain] else cycle

    def earned(self, card: Json, line: Json, period: P, member: str) -> Fraction | None:
        grain = self.grain_of_cycles(line, period)
        if "take" not in line or RANK[grain] >= RANK[period.grain]:
            return self.worth(card, line, period, member)
        found = []
        for one in self.oracle.periods(line["indicator"], grain):
            row = self.row(card, line, member, one)
            if not period.first <= one.last <= period.last or row is None:
                continue
            if row.state == "provisional" and line["take"] == "points_mean":
                continue
            points = self.worth(card, line, one, member)
            found += [] if points is None else [points]
        if not found:
            return None
        return found[-1] if line["take"] == "points_last" else sum(found) / Fraction(len(found))

    def worth(self, card: Json, line: Json, period: P, member: str) -> Fraction | None:
        """Return the points of a cell on this line, within its bounds."""
        row = self.row(card, line, member, period)
        if row is None or row.value is None:
            return None
        found = row.points
        if any(key in line for key in OWN):
            part = self.part(card, line, member)
            held = self.oracle.held(line["indicator"], period)
            judge = LineJudge(held, line, period.grain, part)
            found = judge.verdict(line["indicator"], period, *part, row.value).points
        if found is None:
            return None
        if "floor" in line:
            found = max(found, fraction(line["floor"]))
        return min(found, fraction(line["cap"])) if "cap" in line else found

    def in_force(self, card: Json, line: Json, period: P, member: str) -> bool:
        """Tell whether some value would earn points: arithmetic is in force whatever its terms."""
        part = self.part(card, line, member)
        if (
            "take" in line
            and RANK[grain := self.grain_of_cycles(line, period)] < RANK[period.grain]
        ):
            period = around(period.last, grain, self.fiscal) or period
        indicator = line["indicator"]
        judge = LineJudge(self.oracle.held(indicator, period), line, period.grain, part)
        chosen = judge.chosen(indicator, period, *part)
        own = judge.card(indicator)
        if chosen is not None and chosen.get("per_cycle") and period.grain != own["cycle"]:
            names = [n for n in ("baseline", "target", "challenge")
                     if n in chosen and not isinstance(chosen[n], str)]  # fmt: skip
            if any(judge.added(indicator, n, period, *part) is None for n in names):
                chosen = None
        if own.get("direction", "none") == "none":
            chosen = None
        if not ("points" in own or "steps" in own):
            return chosen is not None
        return judge.rule_holds(indicator, period, *part, has_limits=chosen is not None)


def flat(lines: list[Json]) -> Iterator[Json]:
    """Yield the lines of all groups in their order."""
    for line in lines:
        if "lines" in line:
            yield from flat(line["lines"])
        else:
            yield line


def periods(scorer: Scorer, card: Json) -> list[P]:
    """Return the periods of a scorecard: those in which a line's card has results."""
    spans = [
        found
        for line in flat(card["lines"])
        for grain in scorer.oracle.grains(line["indicator"])
        if (found := scorer.oracle.periods(line["indicator"], grain))
    ]
    if not spans:
        return []
    first = min(span[0].first for span in spans)
    last = max(span[-1].first for span in spans)
    return run(first, last, card["cycle"], scorer.fiscal)


def _by_standards(line: Json) -> bool:
    return not {"deduct", "bonus"} & set(line)


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
