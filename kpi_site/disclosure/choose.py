"""Which cells are hidden: as few as possible, so that none of them can be worked out.

A master program chooses; the attacker looks what a reader could still work out; each interval
that is too narrow is an inequality that any sound choice fulfils, and goes back to the master
(Fischetti and Salazar's cutting planes for cell suppression). When the attacker finds nothing,
the choice is sound, and it is the best one there is. Of very many cells one that is close will
do; where even that takes many rounds, what is hidden stays so, and the rest is added to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import highspy
import numpy as np

from kpi_site.disclosure.atoms import Quantity
from kpi_site.disclosure.attack import Attacker, solver
from kpi_site.disclosure.equations import INF, Margin
from kpi_site.disclosure.parts import Part, Rule

_ROUNDS: Final = 300
_MOST_EXACT: Final = 400  # units; of more, a choice close to the best one will do
_EXACT: Final = 1e-6
_LOOSE: Final = 0.05
_PATIENCE: Final = 24  # rounds; of a part that large, what is hidden then stays so
_MOST_NODES: Final = 2000
_FOUND: Final = 2  # HiGHS's word for a solution that fulfils everything
_WHOLE: Final = 1000.0  # how many cells of members are rather hidden than one of the whole
_CLOSE: Final = 1e-6
Shares = Mapping[int, float]
"""How much of each unit is hidden: all of it, 1, unless the choice is still a rough one."""
_SEEN: Final = 1e-4  # of a sum: nearer than that the solver's own inexactness may lead


@dataclass(frozen=True, slots=True)
class Cut:
    """``sum(weights * hidden) >= 1`` wherever the unit ``hidden`` is."""

    hidden: int
    weights: Mapping[int, float]

    def lacks(self, hidden: Shares) -> bool:
        """Tell whether it is not fulfilled."""
        got = sum(w * hidden[unit] for unit, w in self.weights.items() if unit in hidden)
        return got < hidden.get(self.hidden, 0.0) - _CLOSE


@dataclass(frozen=True, slots=True)
class Within:
    """How far a reader is kept from a sum on one side, and whether that is too near.

    ``by`` are the units that tell it.
    """

    reach: float
    short: bool
    by: tuple[int, ...]


@dataclass(slots=True)
class Chooser:
    """One part of the book, and what is known of the choice so far."""

    part: Part
    rule: Rule
    attacker: Attacker
    unit_of: Mapping[Quantity, int]
    margins_of: Mapping[int, tuple[Margin, ...]]
    attained: dict[tuple[Quantity, int], float] = field(default_factory=dict)
    order: dict[Quantity, int] = field(init=False)
    learned: frozenset[int] | None = None
    safe: dict[tuple[Quantity, int], frozenset[int]] = field(default_factory=dict)
    widest: dict[bool, Attacker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = {quantity: i for i, quantity in enumerate(self.part.truth)}

    def choose(self) -> frozenset[int]:
        """Return the positions of the units that are hidden."""
        hidden = self._choose()
        units = self.part.units
        soft = [q for i in sorted(hidden) for q in self.sums_of(i) if not self._hard(q)]
        if any(units[i].whole and not units[i].certain for i in hidden) and soft:
            lowered = [self.lower(q, side) for q in soft for side in (1, -1)]
            hidden = self._choose() if any(lowered) else hidden
        return hidden

    def _choose(self) -> frozenset[int]:
        master = Master(self.part)
        for _ in range(_ROUNDS):  # first as if cells could be hidden by halves: that is quick
            cuts = [*self._in_margins(master.relaxed())]
            if not cuts:
                break
            for cut in cuts:
                master.add(cut)
        gap = _LOOSE
        for number in range(_ROUNDS):
            hidden = master.best(gap)
            if hidden is None:
                break
            if number >= _PATIENCE and master.gap == _LOOSE:
                master.keep(hidden)
            cuts = [*self._in_margins(dict.fromkeys(hidden, 1.0))] or [*self._by_attack(hidden)]
            if not cuts and gap == master.gap:
                return hidden
            gap = gap if cuts else master.gap
            for cut in cuts:
                master.add(cut)
        return frozenset(i for i, unit in enumerate(self.part.units) if unit.count)

    def sums_of(self, at: int) -> Iterator[Quantity]:
        """Yield the sums of a unit that may be kept secret, always in the same order."""
        own = self.part.units[at].quantities - self.part.given
        return iter(sorted(own, key=self.order.__getitem__))

    def need(self, quantity: Quantity, side: int) -> float:
        """Return how far a reader must be kept from a hidden sum on one side.

        A small cell's count has all the protection that is asked for. The rest has as much as
        there is to be had without hiding figures of the whole.
        """
        asked = self.rule.protection * abs(self.part.truth[quantity])
        return min(asked, self.attained.get((quantity, side), asked))

    def known_within(self, quantity: Quantity, side: int, known: Collection[Quantity]) -> Within:
        """Return how well a reader of ``known`` sums can tell ``quantity`` on one side."""
        self.attacker.learn(q for q in self.part.truth if q in known)
        self.learned = None
        found = self.attacker.extent(quantity, side)
        close = _SEEN * max(1.0, abs(self.part.truth[quantity]))
        if found.reach + close < self.need(quantity, side):
            self.lower(quantity, side)
        short = found.reach + close < self.need(quantity, side)
        by = sorted({self.unit_of[q] for q in found.weights})
        return Within(found.reach, short, tuple(by) if short else ())

    def lower(self, quantity: Quantity, side: int) -> bool:
        """Ask for no more protection than can be had, and tell whether that is less."""
        if (quantity, side) in self.attained:
            return False
        before, widest = self.need(quantity, side), self._widest(self._hard(quantity))
        reach = widest.seen(quantity, side)
        if reach < before:
            reach = widest.extent(quantity, side).reach
        self.attained[quantity, side] = max(reach - _CLOSE * max(1.0, before), 0.0)
        return self.need(quantity, side) < before

    def _widest(self, hard: bool) -> Attacker:
        """Return one who knows the least that can be: for ``hard`` sums figures of the whole go."""
        found = self.widest.get(hard)
        if found is None:
            units = enumerate(self.part.units)
            open_ = {i for i, u in units if u.count and (hard or not u.whole or u.certain)}
            found = self.widest[hard] = self.attacker.another()
            found.learn(self._left(open_))
        return found

    def _learn(self, hidden: frozenset[int]) -> None:
        """Let the attacker know what a reader knows, and no more."""
        if hidden != self.learned:
            self.attacker.learn(self._left(hidden))
            self.learned = hidden

    def _left(self, hidden: Collection[int]) -> Iterator[Quantity]:
        """Yield the sums that are told where the units ``hidden`` are not."""
        given, at = self.part.given, self.unit_of
        return (q for q in self.part.truth if q in given or at[q] not in hidden)

    def _in_margins(self, hidden: Shares) -> Iterator[Cut]:
        """Yield what single margins ask for: they need no linear program to be looked at."""
        seen: set[int] = set()
        for at in sorted(hidden):
            for margin in self.margins_of.get(at, ()):
                if id(margin) not in seen:
                    seen.add(id(margin))
                    yield from self._in_margin(margin, hidden)

    def _in_margin(self, margin: Margin, hidden: Shares) -> Iterator[Cut]:
        truth, given = self.part.truth, self.part.given
        ends = (*((q, False) for q in margin.parts), (margin.whole, True))
        secret = [(q, top) for q, top in ends if q not in given]
        for quantity, top in secret:
            at = self.unit_of[quantity]
            if at not in hidden:
                continue
            for side in (1, -1):
                # a part may be more only where other parts are less, or the whole is more
                room: defaultdict[int, float] = defaultdict(float)
                for other, above in secret:
                    falls = (side > 0) != (top != above)
                    if other != quantity:
                        room[self.unit_of[other]] += truth[other] if falls else INF
                if truth[quantity] >= 0:
                    yield from self._short(quantity, side, 0.0, room, hidden)
        yield from self._joint(margin, hidden)

    def _short(
        self,
        quantity: Quantity,
        side: int,
        reach: float,
        room: Mapping[int, float],
        hidden: Shares,
    ) -> Iterator[Cut]:
        """Yield the cut that a sum needs more room than ``reach`` and what hidden units give."""
        at = self.unit_of[quantity]

        def lacking() -> Cut | None:
            need = self.need(quantity, side) - reach
            if need <= _CLOSE * max(1.0, abs(self.part.truth[quantity])):
                return None
            cut = Cut(at, {unit: min(1.0, more / need) for unit, more in room.items() if more > 0})
            return cut if cut.lacks(hidden) else None

        cut = lacking()
        if cut is None:
            return
        if not self._allowed(quantity, self.need(quantity, side) - reach, room):
            self.lower(quantity, side)
            cut = lacking()
        if cut is not None:
            open_ = sum(w for unit, w in cut.weights.items() if self.part.units[unit].count)
            if open_ >= 1 - _CLOSE:
                yield cut

    def _hard(self, quantity: Quantity) -> bool:
        """Tell whether figures of the whole are hidden for the sake of ``quantity``."""
        return self.part.units[self.unit_of[quantity]].small

    def _allowed(self, quantity: Quantity, need: float, room: Mapping[int, float]) -> bool:
        """Tell whether the units that may be hidden for ``quantity`` give it all it needs."""
        hard = self._hard(quantity)
        units = ((self.part.units[i], more) for i, more in room.items())
        open_ = (more for u, more in units if u.count and (hard or not u.whole or u.certain))
        return sum(open_) >= need

    def _joint(self, margin: Margin, hidden: Shares) -> Iterator[Cut]:
        """Yield that the hidden cells of a margin have enough persons together."""
        at = self.unit_of[margin.whole]
        if margin.whole not in self.part.units[at].base:
            return
        counts: defaultdict[int, float] = defaultdict(float)
        for quantity in margin.parts:
            if quantity not in self.part.given:
                counts[self.unit_of[quantity]] += self.part.truth[quantity]
        counts = defaultdict(float, {u: n for u, n in counts.items() if n > 0})
        if self.rule.min_count <= sum(counts.values()):
            weights = {u: min(1.0, n / self.rule.min_count) for u, n in counts.items()}
            cuts = (Cut(unit, {**weights, at: 1.0}) for unit in counts if unit in hidden)
            yield from (cut for cut in cuts if cut.lacks(hidden))

    def _by_attack(self, hidden: frozenset[int]) -> Iterator[Cut]:
        """Yield what a reader could work out from everything together."""
        for at in sorted(hidden, key=lambda i: (not self.part.units[i].small, i)):
            for quantity in self.sums_of(at):
                for side in (1, -1):
                    yield from self._attacked(quantity, side, hidden)
                yield from self._pinned(quantity, hidden)

    def _pinned(self, quantity: Quantity, hidden: frozenset[int]) -> Iterator[Cut]:
        """Yield that a sum which is known to a reader anyway is not hidden, or more with it."""
        at = self.unit_of[quantity]
        if self.part.units[at].certain or not self._known(quantity):
            return
        self._learn(hidden)
        sides = [self.attacker.extent(quantity, side) for side in (1, -1)]
        if not any(self._is_room(found.reach, quantity) for found in sides):
            by = {self.unit_of[q] for x in sides for q in x.weights if q not in self.part.given}
            yield Cut(at, dict.fromkeys((i for i in by - {at} if self.part.units[i].count), 1.0))

    def _is_room(self, reach: float, quantity: Quantity) -> bool:
        return reach > _SEEN * max(1.0, abs(self.part.truth[quantity]))

    def _known(self, quantity: Quantity) -> bool:
        """Tell whether both sides of a sum are as near as can be whatever is hidden."""
        sides = (self.attained.get((quantity, side), INF) for side in (1, -1))
        return self.part.truth[quantity] != 0 and not any(
            self._is_room(reach, quantity) for reach in sides
        )

    def _attacked(self, quantity: Quantity, side: int, hidden: frozenset[int]) -> Iterator[Cut]:
        """Yield the cut that one side of a sum asks for.

        What was safe while less was hidden is so still.
        """
        fewer = self.safe.get((quantity, side))
        if self.need(quantity, side) <= 0 or (fewer is not None and fewer <= hidden):
            return
        self._learn(hidden)
        if self.attacker.seen(quantity, side) >= self.need(quantity, side):
            self.safe[quantity, side] = hidden
            return
        found = self.attacker.extent(quantity, side)
        room: defaultdict[int, float] = defaultdict(float)
        for other, weight in found.weights.items():
            if other not in self.part.given:
                falls = abs(weight * self.part.truth[other])
                room[self.unit_of[other]] += INF if weight > 0 else falls
        shares = dict.fromkeys(hidden, 1.0)
        cuts = [*self._short(quantity, side, found.reach, room, shares)]
        if not cuts:
            self.safe[quantity, side] = hidden
        yield from cuts


def make_chooser(part: Part, rule: Rule) -> Chooser | None:
    """Return what chooses in ``part``; None where its facts do not hang together as they should."""
    attacker = Attacker(part.truth, part.atoms, part.laws)
    attacker.learn(part.truth)
    if not attacker.fits():
        return None
    unit_of = part.unit_of
    margins: defaultdict[int, list[Margin]] = defaultdict(list)
    for margin in part.margins:
        for at in {unit_of[q] for q in (*margin.parts, margin.whole)}:
            margins[at].append(margin)
    return Chooser(part, rule, attacker, unit_of, {k: tuple(v) for k, v in margins.items()})


class Master:
    """The choice that fulfils every cut so far with the fewest cells, then the fewest persons."""

    def __init__(self, part: Part) -> None:
        persons = 1 + sum(unit.count for unit in part.units)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(part.units), 0
        model.col_cost_ = np.array([
            len(u.cells) * (_WHOLE if u.whole else 1.0) + u.count / persons for u in part.units
        ])  # fmt: skip
        model.col_lower_ = np.array([float(u.certain) for u in part.units])
        model.col_upper_ = np.array([float(u.certain or u.count > 0) for u in part.units])
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(part.units)
        self._solver = solver(model)
        self._solver.setOptionValue("presolve", "choose")
        self._solver.setOptionValue("mip_detect_symmetry", False)
        self._solver.setOptionValue("mip_max_nodes", _MOST_NODES)
        self.gap = _EXACT if len(part.units) <= _MOST_EXACT else _LOOSE

    def add(self, cut: Cut) -> None:
        """Ask that ``cut`` be fulfilled."""
        weights = dict(cut.weights)
        weights[cut.hidden] = weights.get(cut.hidden, 0.0) - 1.0
        index = np.array(list(weights), dtype=np.int32)
        self._solver.addRow(0.0, INF, len(index), index, np.array(list(weights.values())))

    def keep(self, hidden: Collection[int]) -> None:
        """Hide these units from now on: what is still lacking comes on top of them."""
        for unit in hidden:
            self._solver.changeColBounds(unit, 1.0, 1.0)

    def relaxed(self) -> Shares:
        """Return the best choice if units could be hidden in part."""
        self._solver.setOptionValue("solve_relaxation", True)
        self._solver.run()
        self._solver.setOptionValue("solve_relaxation", False)
        values = self._solver.getSolution().col_value
        return {i: value for i, value in enumerate(values) if value > _CLOSE}

    def best(self, gap: float) -> frozenset[int] | None:
        """Return the best choice, or one that costs at most ``gap`` (a share) more.

        None where none is found.
        """
        self._solver.setOptionValue("mip_rel_gap", gap)
        self._solver.run()
        if self._solver.getInfo().primal_solution_status != _FOUND:
            return None
        values = self._solver.getSolution().col_value
        return frozenset(i for i, value in enumerate(values) if value > 0.5)
