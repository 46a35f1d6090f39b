"""``content/indicators/<department>/<id>.yml``: the card (specification.md#indicator)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from kpi_site.catalog.charts import ChartWish
from kpi_site.catalog.site import Text
from kpi_site.catalog.standards import PointStep, Standard, judged_by
from kpi_site.catalog.terms import OtherTerm, Term
from kpi_site.periods import Grain, Period
from kpi_site.problems import Location, Name
from kpi_site.sql.nodes import Expression, Node, columns, renamed

Direction = Literal["higher", "lower", "within", "none"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How large amounts are shown in one language: 万元 = divide by 10000."""

    symbol: str
    divide: Decimal


UnitKind = Literal[
    "percent",
    "points",
    "score",
    "count",
    "people",
    "minutes",
    "hours",
    "days",
    "currency",
    "symbol",
]


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a card. Values are stored unscaled: a percentage as a fraction."""

    kind: UnitKind
    code: str  # as written: "percent", "CNY", or the symbol's text
    symbol: Text | None = None
    scale: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def additive(self) -> bool:
        """Tell whether amounts of this unit usually add up over periods and members."""
        return self.kind in {"count", "people", "currency", "symbol"}


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: terms given, and the value, the state or the points that must come out.

    ``expects`` names what it says something about: ``expect``, ``expect_points`` or both.
    ``period`` is one whose version of the card it tests; None for the newest.
    """

    where: Location
    given: Mapping[str, Decimal | None]
    expect: Decimal | str | None = None  # a number, a state's name, or None = missing
    because: Text | None = None
    expect_points: Decimal | None = None  # None = it earns none
    expects: tuple[str, ...] = ("expect",)
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the card's own history."""

    start: Period
    what: Text
    breaks_series: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """What a card computes from the period ``start`` on (None: from the beginning).

    ``formula`` is as written, as are ``points`` or ``steps``, by which it is judged; ``names``
    are the terms that they speak of, by the names that they have on the card, where those of
    all versions stand together.
    """

    start: Period | None
    formula: Expression
    names: Mapping[str, str]
    points: Expression | None = None
    steps: tuple[PointStep, ...] = ()

    @property
    def node(self) -> Node:
        """The formula with the terms by their names on the card."""
        return renamed(self.formula.node, self.names)

    def computes_as(self, other: Version) -> bool:
        """Tell whether figures are the same by ``other``, however they are judged."""
        return (self.formula.node, self.names) == (other.formula.node, other.names)

    def judges_as(self, other: Version) -> bool:
        """Tell whether values earn the same points by ``other``, whatever they are."""
        return self._rule == other._rule

    @property
    def _rule(self) -> tuple[object, ...]:
        steps = (step.named(self.names) for step in self.steps)
        limits = (limit for step in steps for limit in (step.start, step.upto, step.points))
        points = self.points and self.points.named(self.names)
        return tuple(x.node if isinstance(x, Expression) else x for x in (points, *limits))


@dataclass(frozen=True, slots=True)
class CardTexts:
    """What a card tells its readers, and nothing computes, judges or leads by.

    It stands apart from the rest, so that whatever was made of a card's figures is the same
    when a sentence is worded anew.
    """

    definition: Text
    purpose: Text | None = None
    notes: Text | None = None
    collector: Text | None = None
    source: Text | None = None
    verifier: Text | None = None
    presentation: Text | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """``content/indicators/<department>/<id>.yml``: the card, but for its ``CardTexts``.

    With ``versions`` (the oldest first, at least two) its formula is the newest one, and its
    terms are those of all. One version of a card goes by its own names, which ``renamed`` leads
    from to those of the card.
    """

    id: Name
    where: Location
    department: Name
    name: Text
    formula: Expression
    terms: tuple[Term, ...]
    unit: Measure
    decimals: int
    cycle: Grain
    direction: Direction = "none"
    centre: Decimal = Decimal(0)
    dimensions: tuple[Name, ...] = ()
    thresholds: tuple[Standard, ...] = ()  # of one grain and member: oldest first
    points: Expression | None = None  # how a value earns points, if not by straight lines
    steps: tuple[PointStep, ...] = ()  # the same for ranges; the first that fits
    perspective: Name | None = None
    audience: Name | None = None
    related: tuple[Name, ...] = ()
    examples: tuple[Example, ...] = ()
    changes: tuple[Change, ...] = ()
    status: Literal["active", "draft", "retired"] = "active"
    ends: Period | None = None  # the last period with results: `retired` of the card
    successor: Name | None = None
    chart: ChartWish = field(default_factory=ChartWish)
    longer: bool = True  # whether it has results in periods longer than its cycle
    season: int | None = None  # periods of a season, whose ups and downs are no signals
    formerly: tuple[Name, ...] = ()  # ids that it had before: addresses that still lead here
    versions: tuple[Version, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_use(self) -> bool:
        """Tell whether it is counted: drafts and retired cards are in no count of statuses."""
        return self.status == "active"

    @property
    def judges(self) -> bool:
        """Tell whether the card has thresholds, or a rule for points."""
        return bool(self.thresholds or self.points or self.steps)

    @property
    def retired(self) -> bool:
        """Tell whether it is retired: it is judged no more, and earns nothing on scorecards."""
        return self.status == "retired"

    def lives(self, day: date) -> bool:
        """Tell whether it has results, and lines on scorecards, in a period that ends on ``day``.

        Of a running period ``day`` is the last whose facts count (specification.md#retired).
        """
        return self.ends is None or day <= self.ends.last

    def seen_on(self, day: date) -> Indicator:
        """Return the card with its status as of ``day``; a draft stays one."""
        if self.ends is None or self.status == "draft":
            return self
        return replace(self, status="active" if self.lives(day) else "retired")

    @property
    def grains(self) -> tuple[Grain, ...]:
        """The grains at which it has results, the shortest first: its cycle, and longer ones."""
        return self.cycle.and_longer() if self.longer else (self.cycle,)

    def version(self, day: date) -> Version | None:
        """Return the version that holds on ``day``; None for a card without versions."""
        begun = [v for v in self.versions if v.start is None or v.start.first <= day]
        return begun[-1] if begun else None

    def on(self, day: date) -> Indicator:
        """Return the card as its version of ``day`` has it: formula, rule for points, terms."""
        version = self.version(day)
        if version is None:
            return self
        return replace(
            self,
            formula=version.formula,
            terms=tuple(self._needed(version)),
            points=version.points,
            steps=version.steps,
            versions=(),
            renamed=version.names,
        )

    def tested(self, example: Example) -> Indicator:
        """Return the card as the version that ``example`` tests."""
        return self if example.period is None else self.on(example.period.last)

    def _needed(self, version: Version) -> Iterator[Term]:
        """Yield the terms that the version needs to compute and to judge, by its own names."""
        judged = judged_by(self.thresholds, version.points, version.steps)
        texts = (version.formula, *judged)
        waiting, seen = [c.name for text in texts for c in columns(text.node)], set[str]()
        while waiting:
            name = waiting.pop(0)
            if name in seen or name not in version.names:
                continue
            seen.add(name)
            term = self._term_as(version, name)
            waiting += [str(term.term)] if isinstance(term, OtherTerm) else []
        yield from (self._term_as(version, name) for name in version.names if name in seen)

    def judged_on(self, day: date) -> Indicator:
        """Return the card with what computes and judges on ``day``, over the terms of all versions.

        Thresholds and rules that are arithmetic speak of the terms as that version has them.
        """
        version = self.version(day)
        if version is None:
            return self
        return replace(
            self,
            formula=version.formula.named(version.names),
            thresholds=tuple(s.named(version.names) for s in self.thresholds),
            points=version.points and version.points.named(version.names),
            steps=tuple(step.named(version.names) for step in version.steps),
            versions=(),
        )

    def _term_as(self, version: Version, name: str) -> Term:
        """Return a term of the card by the name that ``version`` has for it."""
        term = self.term(version.names[name])
        assert term is not None
        own = replace(term, name=Name(name, term.name.where))
        if isinstance(own, OtherTerm):
            back = {card: written for written, card in version.names.items()}
            base = back.get(str(own.term), str(own.term))
            own = replace(own, term=Name(base, own.term.where))
        return own

    @property
    def breaks(self) -> tuple[date, ...]:
        """The days from which on its figures mean something else: breaks, and new versions.

        A version that only judges otherwise breaks nothing.
        """
        told = (c.start.first for c in self.changes if c.breaks_series)
        begun = (
            v.start.first
            for old, v in pairwise(self.versions)
            if v.start is not None and not v.computes_as(old)
        )
        return (*told, *begun)

    @property
    def judged_anew(self) -> bool:
        """Tell whether its versions differ in how values earn points."""
        return any(not new.judges_as(old) for old, new in pairwise(self.versions))

    def term(self, name: str) -> Term | None:
        """Return the term called ``name``, if there is one."""
        return next((t for t in self.terms if t.name == name), None)


@dataclass(frozen=True, slots=True)
class Card:
    """A card as its file has it: what computes, and what is told."""

    indicator: Indicator
    texts: CardTexts
