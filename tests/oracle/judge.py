"""What judges a cell, and its points, by specification.md#judging: straight from its sentences.

Amounts are told from levels by degree: a sum or count has degree 1 in the length of its period
(or the size of its part), products add degrees, quotients subtract them; what is an average or
stands for a day has degree 0, and so has everything that mixes degrees.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from tests.oracle import arith, sqltext
from tests.oracle.cal import P, run, start_of
from tests.oracle.content import Json, fraction
from tests.oracle.points import points

if TYPE_CHECKING:
    from tests.oracle.engine import Oracle

LEVELS = ("baseline", "target", "challenge")
Limits = dict[str, Fraction]
CONSTANT = -99


class Verdict(NamedTuple):
    """The thresholds that judge a cell, and its points."""

    limits: Limits
    points: Fraction | None


class Judge:
    """Judges the cells of one site; ``oracle`` knows its terms."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.site = oracle.content.site

    def card(self, indicator: str) -> Json:
        """Return the card whose thresholds and points judge."""
        return self.oracle.card(indicator)

    def beyond(
        self, indicator: str, period: P, dimension: str, member: str, *, rule: bool = False
    ) -> tuple[bool, bool]:
        """Tell whether a cell is another amount than standards (or the rule) speak of.

        It may be so over a longer period, or for a part.
        """
        del member, rule
        longer = period.grain != self.card(indicator)["cycle"]
        return (
            longer and self.degree(indicator, members=False) == 1,
            bool(dimension) and self.degree(indicator, members=True) == 1,
        )

    def verdict(
        self, indicator: str, period: P, dimension: str, member: str, value: Fraction | None
    ) -> Verdict:
        card = self.card(indicator)
        limits = self.limits(indicator, period, dimension, member)
        earned = None
        if value is not None:
            if "points" in card or "steps" in card:
                earned = self.ruled(indicator, period, dimension, member, value, limits)
            elif limits:
                earned = points(value, limits, card, self.site.get("scoring", {}))
        return Verdict(limits, earned)

    # Which thresholds

    def sets(self, card: Json) -> list[Json]:
        found = card.get("thresholds", [])
        return [found] if isinstance(found, dict) else list(found)

    def limits(self, indicator: str, period: P, dimension: str, member: str) -> Limits:
        """Return the thresholds of a cell; none where it is not judged."""
        card = self.card(indicator)
        chosen = self.chosen(indicator, period, dimension, member)
        if chosen is None:
            return {}
        found: Limits = {}
        for name in LEVELS:
            if name not in chosen:
                continue
            if isinstance(chosen[name], str):
                limit = self.computed(indicator, chosen[name], period, dimension, member)
            elif chosen.get("per_cycle") and period.grain != card["cycle"]:
                limit = self.added(indicator, name, period, dimension, member)
            else:
                limit = fraction(chosen[name])
            if limit is None:
                return {}
            found[name] = limit
        return found if self.ordered(card, list(found.values())) else {}

    def chosen(self, indicator: str, period: P, dimension: str, member: str) -> Json | None:
        """Return the most specific set: ``of``, then ``grain``, then the newest ``from``."""
        card = self.card(indicator)
        best: Json | None = None
        rank: tuple[int, int, date] = (-1, -1, date.min)
        for one in self.sets(card):
            start = start_of(str(one["from"]), self.oracle.fiscal) if "from" in one else date.min
            mine = "of" in one and one["of"] == {dimension: member}
            if start > period.first or ("of" in one and not mine):
                continue
            if "grain" in one and one["grain"] != period.grain:
                continue
            numbers = any(name in one and not isinstance(one[name], str) for name in LEVELS)
            longer, part = self.beyond(indicator, period, dimension, member)
            if numbers and longer and not ("grain" in one or one.get("per_cycle")):
                continue
            if numbers and part and not mine:
                continue
            if (own := (int(mine), int("grain" in one), start)) >= rank:
                best, rank = one, own
        return best

    def computed(
        self, indicator: str, text: str, period: P, dimension: str, member: str
    ) -> Fraction | None:
        outcome = arith.evaluate(text, self.terms(indicator, text, period, dimension, member))
        return outcome if isinstance(outcome, Fraction) else None

    def terms(
        self, indicator: str, text: str, period: P, dimension: str, member: str
    ) -> dict[str, arith.Outcome]:
        own = self.oracle.card(indicator)["terms"]
        names = [name for name in arith.names(text) if name in own]
        cell = self.oracle.cell
        return {
            name: cell(indicator, name, period, dimension, member).outcome
            if not dimension or self.oracle.has_members(indicator, name, dimension)
            else "no_data"
            for name in names
        }

    def added(
        self, indicator: str, name: str, period: P, dimension: str, member: str
    ) -> Fraction | None:
        """Add up the cycles of a longer period, the running one by its days."""
        cycle, through = self.oracle.card(indicator)["cycle"], self.oracle.through
        total = Fraction(0)
        for one in run(period.first, min(period.last, through), cycle, self.oracle.fiscal):
            if not period.first <= one.last <= period.last:
                continue  # a week counts where its last day lies
            chosen = self.chosen(indicator, one, dimension, member)
            if chosen is None or name not in chosen or isinstance(chosen[name], str):
                return None
            days = [one.first + timedelta(days=n) for n in range((one.last - one.first).days + 1)]
            past = [day for day in days if day <= through]
            total += fraction(chosen[name]) * Fraction(len(past), len(days))
        return total

    def ordered(self, card: Json, limits: list[Fraction]) -> bool:
        sign = 1 if card.get("direction") == "higher" else -1
        fine = all(sign * a < sign * b for a, b in pairwise(limits))
        return fine and not (card.get("direction") == "within" and any(x < 0 for x in limits))

    # Points by arithmetic

    def ruled(
        self, indicator: str, period: P, dimension: str, member: str, value: Fraction,
        limits: Limits,
    ) -> Fraction | None:  # fmt: skip
        card = self.card(indicator)
        has_limits = bool(limits)
        if not self.rule_holds(indicator, period, dimension, member, has_limits=has_limits):
            return None
        texts = [str(text) for text in self.rule_texts(card)]
        given: dict[str, arith.Outcome] = dict.fromkeys(LEVELS, "no_data")
        for text in texts:
            given |= self.terms(indicator, text, period, dimension, member)
        given |= limits
        given["value"] = value
        if "points" in card:
            outcome = arith.evaluate(str(card["points"]), given)
        else:
            outcome = self.stepped(card, given, value)
        return outcome if isinstance(outcome, Fraction) else None

    def rule_holds(
        self, indicator: str, period: P, dimension: str, member: str, *, has_limits: bool
    ) -> bool:
        """Tell whether the rule speaks of a cell: what it names is there, or it is its own."""
        card = self.card(indicator)
        own = card["terms"]
        texts = [str(text) for text in self.rule_texts(card)]
        names = {name for text in texts for name in arith.names(text)} - {"value"}
        means_limit = {n for n in names & set(LEVELS) if n not in own}
        means_limit |= {n for n in names & set(LEVELS) if any(n in s for s in self.sets(card))}
        if means_limit:
            return has_limits
        if names & set(own):
            return True
        return not any(self.beyond(indicator, period, dimension, member, rule=True))

    def rule_texts(self, card: Json) -> Iterator[object]:
        if "points" in card:
            yield card["points"]
        for step in card.get("steps", []):
            yield from (step[key] for key in ("from", "upto", "points") if key in step)

    def stepped(
        self, card: Json, given: dict[str, arith.Outcome], value: Fraction
    ) -> arith.Outcome:
        at = value
        if card.get("direction") == "within":
            at = abs(value - fraction(card.get("centre", 0)))
        for step in card["steps"]:
            bound = arith.evaluate(str(step["from" if "from" in step else "upto"]), given)
            if isinstance(bound, str):
                continue
            if at >= bound if "from" in step else at <= bound:
                return arith.evaluate(str(step["points"]), given)
        return fraction(card.get("floor", 0))  # of a line

    # Level or amount

    def degree(self, indicator: str, *, members: bool) -> int:
        """Return 1 for an amount, 0 for a level."""
        own = self.oracle.card(indicator)["terms"]

        def of_term(name: str) -> int:
            term = own[name]
            if "term" in term:
                return 0 if members and term.get("overall") else of_term(term["term"])
            if "calendar" in term:
                return 0 if members or "to_date" in term else 1
            if "indicator" in term:
                scored = term.get("measure") == "score"
                return 0 if scored else self.degree(term["indicator"], members=members)
            day = "at" in term or "since" in term or "window" in term
            return 0 if day and not members else _of_value(term["value"])

        found = _degree(arith.parse(str(self.oracle.card(indicator)["formula"])), of_term)
        return 1 if found == 1 else 0


class LineJudge(Judge):
    """Judges a line of a scorecard that has standards or bounds of its own.

    What it has not of its own is the card's. Its own sets hold for the grain and the part at
    which it is looked.
    """

    def __init__(self, oracle: Oracle, line: Json, grain: str, part: tuple[str, str]) -> None:
        super().__init__(oracle)
        self.line, self.grain, self.part = line, grain, part

    def card(self, indicator: str) -> Json:
        merged = dict(self.oracle.card(indicator))
        if "points" in self.line or "steps" in self.line:
            merged.pop("points", None)
            merged.pop("steps", None)
        own = ("thresholds", "points", "steps", "floor")
        return merged | {key: self.line[key] for key in own if key in self.line}

    def beyond(
        self, indicator: str, period: P, dimension: str, member: str, *, rule: bool = False
    ) -> tuple[bool, bool]:
        keys = ("points", "steps") if rule else ("thresholds",)
        if not any(key in self.line for key in keys):
            return super().beyond(indicator, period, dimension, member, rule=rule)
        other = bool(dimension) and (dimension, member) != self.part
        return (
            period.grain != self.grain and self.degree(indicator, members=False) == 1,
            other and self.degree(indicator, members=True) == 1,
        )


def _of_value(text: str) -> int:
    arithmetic, aggregates = sqltext.split(text)
    kinds = [a.kind in {"SUM", "COUNT"} and not a.distinct for a in aggregates]
    return _degree(arith.parse(arithmetic), lambda name: int(kinds[int(name[1:])]))


def _degree(node: ast.expr, of_name: Callable[[str], int]) -> int:
    def of(part: ast.expr) -> int:
        return _degree(part, of_name)

    match node:
        case ast.Call(func=ast.Name(id="d_")) | ast.Name(id="n_NULL"):
            return CONSTANT
        case ast.Name(id=name):
            return of_name(name[2:])
        case ast.UnaryOp(operand=operand):
            return of(operand)
        case ast.IfExp(body=body, orelse=orelse):
            return _mixed([of(body), of(orelse)])
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(of(left), of(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return of(left) if of(right) == CONSTANT else 0
        case ast.BinOp(left=left, right=right):
            return _mixed([of(left), of(right)])
        case ast.Call(args=args):
            return _mixed([of(arg) for arg in args])
    raise NotImplementedError(ast.dump(node))


def _product(one: int, other: int) -> int:
    """A multiple is what it is a multiple of; a product of terms is a level."""
    if CONSTANT in {one, other}:
        return other if one == CONSTANT else one
    return 0


def _mixed(degrees: Iterable[int]) -> int:
    found = {degree for degree in degrees if degree != CONSTANT}
    if not found:
        return CONSTANT
    return 1 if found == {1} else 0
