"""Why a figure moved: what members, their shares or the terms add to its change.

Rules: specification.md#contributions-told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.contributions import Against, Contribution, Explained, Group, explain
from kpi_site.periods import Period
from kpi_site.scoring import Tone, tone
from kpi_site.story.breakdown import dimension_title, member_titles
from kpi_site.story.reading import Delta, difference
from kpi_site.story.teller import Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_difference, format_number, shown
from kpi_site.words import counted

MOST_NAMED: Final = 3  # in a sentence
MOST_PARTS: Final = 8  # in a picture and a table; the rest is one part
_FINER: Final = 2  # more places where no part could be told from nothing


@dataclass(frozen=True, slots=True)
class PartStory:
    """What one thing adds to a change; in a sentence it is ``called`` so, if not by its name."""

    name: str
    value: Decimal
    text: str
    tone: Tone
    called: str = ""


@dataclass(frozen=True, slots=True)
class SplitStory:
    """A change taken apart one way, ``title`` (by a dimension, or by term): the largest first.

    ``rest`` is what all others add together. ``mixed`` tells own levels from shares.
    """

    title: str
    sentence: str
    parts: tuple[PartStory, ...]
    rest: PartStory | None
    mixed: bool

    @property
    def steps(self) -> tuple[PartStory, ...]:
        """All parts, the rest last."""
        return (*self.parts, *([self.rest] if self.rest else ()))


@dataclass(frozen=True, slots=True)
class WhyStory:
    """A change of a card, and how it comes apart; ``first`` is what is told of it in a sentence."""

    against: Against
    explained: Explained
    since: str
    change: Delta
    splits: tuple[SplitStory, ...]

    @property
    def first(self) -> SplitStory:
        """The card's first dimension that comes apart, else the terms."""
        return self.splits[0]


def tell_why(teller: Teller, indicator: Indicator, period: Period) -> tuple[WhyStory, ...]:
    """Return why the card's figure in ``period`` moved: from the one before, from a year before.

    A change of which no part can be told from nothing is left out.
    """
    found = teller.results_of(indicator)
    if found is None:
        return ()
    changes = explain(teller.catalog.site.calendar, indicator, found, period)
    told = (_why(teller, indicator, explained) for explained in changes)
    return tuple(why for why in told if why is not None)


def tell_reason(teller: Teller, indicator: Indicator, period: Period) -> str:
    """Return the one sentence on why a figure moved, from the period before if that is known."""

    def make() -> str:
        told = tell_why(teller, indicator, period)
        return told[0].first.sentence if told else ""

    return teller.once.get(("reason", str(indicator.id), period), make)


def _why(teller: Teller, indicator: Indicator, explained: Explained) -> WhyStory | None:
    new, old = explained.new.value, explained.old.value
    change = difference(teller, indicator, new, old)
    if change is None:
        return None
    say = _Saying(teller, indicator, explained, change.text)
    dimensions = [g for g in explained.groups if g.dimension]
    terms = [g for g in explained.groups if not g.dimension and sum(map(_moves, g.parts)) > 1]
    splits = tuple(s for g in (*dimensions, *terms) if (s := say.split(g)) is not None)
    if not splits:
        return None
    since = format_period(explained.old.period, teller.language)
    return WhyStory(explained.against, explained, since, change, splits)


def _moves(part: Contribution) -> bool:
    return part.value != 0


@dataclass(frozen=True, slots=True)
class _Saying:
    """How one change of a card is put into words; ``change`` is it as readers see it."""

    teller: Teller
    indicator: Indicator
    explained: Explained
    change: str

    def split(self, group: Group) -> SplitStory | None:
        """Return a group in words; None where none of its parts could be told from nothing."""
        least = self._least(group)
        finer = next((n for n in range(least, _FINER + 1) if self._tells(group, n)), None)
        if finer is None:
            return None
        names = self._names(group)
        parts = tuple(self._part(p, names, finer) for p in group.parts if _moves(p))
        mixed = any(p.kind == "mix" for p in group.parts)
        title = self._title(group)
        seen = sum(not part.text.startswith("±") for part in parts)
        kept, rest = shortened(self.teller, parts, min(MOST_PARTS, max(1, seen)))
        return SplitStory(
            title=title,
            sentence=self._sentence(group, title, parts, finer, mixed=mixed),
            parts=kept,
            rest=self._rest(rest, finer),
            mixed=mixed,
        )

    def _least(self, group: Group) -> int:
        """Return 1 where a card without decimals has parts that are not whole, else 0."""
        unit, language = self.indicator.unit, self.teller.language
        seen = (shown(part.value, unit, language) for part in group.parts)
        broken = any(number != number.to_integral_value() for number in seen)
        return int(broken and not self.indicator.decimals)

    def _tells(self, group: Group, finer: int) -> bool:
        return not self._number(group.parts[0].value, finer).startswith("±")

    def _number(self, value: Decimal, finer: int) -> str:
        places = self.indicator.decimals + finer
        unit, language = self.indicator.unit, self.teller.language
        return format_difference(value, Decimal(0), unit, places, language)

    def _title(self, group: Group) -> str:
        if not group.dimension:
            return self.teller.word("why.by_terms")
        title = dimension_title(self.teller, self.indicator, group.dimension)
        return self.teller.word("by", title)

    def _names(self, group: Group) -> dict[str, str]:
        if group.dimension:
            members = list(dict.fromkeys(part.name for part in group.parts))
            return member_titles(self.teller, self.indicator, group.dimension, members)
        return {str(t.name): self.teller.name(t.label) for t in self.indicator.terms}

    def _part(self, part: Contribution, names: dict[str, str], finer: int) -> PartStory:
        word, name = self.teller.word, names.get(part.name) or part.name
        called = ""
        if part.kind == "mix":
            called = word("why.shares", name, *map(_percent, part.shares)) if part.shares else ""
            name = word("why.share", name)
        elif part.kind == "rate":
            name = word("why.own", name)
        text = self._number(part.value, finer)
        return PartStory(name, part.value, text, self._tone(part.value, text), called)

    def _tone(self, value: Decimal, text: str) -> Tone:
        """Return whether a part is good; where nearer to a centre is better, it is neither."""
        if text.startswith("±") or self.indicator.direction == "within":
            return "even"
        return tone(self.indicator, value, Decimal(0))

    def _rest(self, rest: PartStory | None, finer: int) -> PartStory | None:
        if rest is None:
            return None
        text = self._number(rest.value, finer)
        return replace(rest, text=text, tone=self._tone(rest.value, text))

    def _sentence(
        self, group: Group, title: str, parts: Sequence[PartStory], finer: int, *, mixed: bool
    ) -> str:
        word = self.teller.word
        since = format_period(self.explained.old.period, self.teller.language)
        seen = [part for part in parts if not part.text.startswith("±")]
        if mixed:
            named = listed(self.teller, seen[:MOST_NAMED])
            sums = (self._number(_of(group, kind), finer) for kind in ("rate", "mix"))
            return word("why.ratio", self.change, since, title, *sums, named)
        kept, rest = shortened(self.teller, parts, min(MOST_NAMED, len(seen)))
        last = self._rest(rest, finer)
        tells = last is not None and not last.text.startswith("±")
        named = listed(self.teller, (*kept, *([last] if last and tells else ())))
        return word("why.sum", self.change, since, title, named)


def _of(group: Group, kind: str) -> Decimal:
    return sum((part.value for part in group.parts if part.kind == kind), Decimal(0))


def _percent(share: Decimal) -> str:
    return f"{format_number(share * 100, 1)}%"


def shortened(
    teller: Teller, parts: Sequence[PartStory], most: int
) -> tuple[tuple[PartStory, ...], PartStory | None]:
    """Return the first ``most`` parts, and what all others add together; its text is missing.

    One alone that would be left out is kept.
    """
    if len(parts) <= most + (most > 1):
        return tuple(parts), None
    left = parts[most:]
    name = counted("why.rest", len(left), teller.language)
    together = sum((part.value for part in left), Decimal(0))
    return tuple(parts[:most]), PartStory(name, together, "", "even")


def listed(teller: Teller, parts: Iterable[PartStory]) -> str:
    """Return parts one after the other: what, and how much."""
    return teller.word("comma").join(f"{part.called or part.name} {part.text}" for part in parts)
