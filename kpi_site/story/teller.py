"""What every story is made from: the figures, who refers to whom, and the language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeVar

from kpi_site.catalog import Action, Catalog, Indicator, Text
from kpi_site.computed import Scores
from kpi_site.editions.publications import Publications
from kpi_site.editions.revisions import Revision
from kpi_site.figures import Figures
from kpi_site.kept import FOUND
from kpi_site.members import with_part
from kpi_site.periods import Grain
from kpi_site.reads import Once
from kpi_site.results import IndicatorResults, Results, State
from kpi_site.schema import data_terms
from kpi_site.scoring import ScoredCard, ScoredLine
from kpi_site.signals import Basis, Behaviour, basis_of, behaviour_of
from kpi_site.story.commits import Commits
from kpi_site.story.ending import data_ends, until
from kpi_site.tables.model import Table
from kpi_site.wording.dates import format_period
from kpi_site.words import word

T = TypeVar("T")


Kind = Literal["indicator", "scorecard", "department", "perspective", "dataset", "action", "report"]


@dataclass(frozen=True, slots=True)
class Said:
    """A contributor's text in the reader's language, or (``foreign``) in the other one.

    Long texts are as written, with their marks of emphasis; writers make of them what they can.
    """

    text: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that has a page of its own; ``known`` is False where readers may not see it.

    ``foreign`` tells that its name is in the other language.
    """

    kind: Kind
    id: str
    name: str
    known: bool = True
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class LineUse:
    """A line of a scorecard that an indicator stands on, and nothing of the lines around it.

    ``scored`` is without its groups; ``groups`` are their titles.
    """

    scorecard: str
    title: Text
    cycle: Grain
    groups: tuple[Text, ...]
    scored: ScoredLine


@dataclass(frozen=True, slots=True)
class Teller:
    """All values of a site, told in one language; see ``make_teller``."""

    figures: Figures
    language: str
    data_through: date | None
    names: Mapping[str, Text]  # of the cards
    lines_of: Mapping[str, tuple[LineUse, ...]]
    actions_of: Mapping[str, tuple[Action, ...]]
    users_of: Mapping[str, tuple[Indicator, ...]]
    cards_of: Mapping[str, tuple[Indicator, ...]]  # by ``department <id>``, ``perspective <id>``
    pending_of: Mapping[str, tuple[Revision, ...]]
    basis_of: Mapping[str, Basis]  # of the cards that have natural limits
    owned: bool = True  # whether any card says who collects or verifies it
    audience: str | None = None
    downloads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ends: Mapping[str, date] = field(default_factory=dict)  # of cards whose data end early
    commits: Commits = field(default_factory=dict)  # that changed the files of content last
    # What follows from all that, so that it is found once: most pages tell the same.
    once: Once = field(default_factory=Once, compare=False, metadata={FOUND: True})

    @property
    def catalog(self) -> Catalog:
        """The content."""
        return self.figures.catalog

    @property
    def tables(self) -> Mapping[str, Table]:
        """The facts, by dataset."""
        return self.figures.tables

    @property
    def results(self) -> Results:
        """The results, by card."""
        return self.figures.results

    @property
    def scores(self) -> Scores:
        """The scores, by scorecard."""
        return self.figures.scores

    @property
    def told(self) -> Publications:
        """What was published."""
        return self.figures.told

    @property
    def organisation(self) -> str:
        """The organisation's name."""
        return self.catalog.site.organisation.get(self.language)

    def word(self, key: str, *values: object) -> str:
        """Return words of the table."""
        return word(key, self.language, *values)

    def name(self, text: Text | None) -> str:
        """Return a text as a plain string, for titles and links."""
        return "" if text is None else text.get(self.language)

    def said(self, text: Text | None) -> Said | None:
        """Return a text to be told; None where nothing is written."""
        if text is None or not text.get(self.language):
            return None
        return Said(text.get(self.language), text.falls_back(self.language))

    def card_ref(self, name: str, part: Text | None = None) -> Ref:
        """Return the reference to a card; an unknown id (another audience's card) keeps its id.

        A line about one member names it after the card: ``name · member``.
        """
        own = self.names.get(name)
        if own is None:
            return Ref("indicator", str(name), name, known=False)
        foreign = own.falls_back(self.language)
        return Ref("indicator", str(name), self.name(with_part(own, part)), foreign=foreign)

    def department(self, name: str) -> str:
        """Return a department's name, or its id where ``site.yml`` does not know it."""
        units = (u for u in self.catalog.site.departments if u.id == name)
        return next((self.name(u.name) for u in units), name)

    def perspective(self, name: str) -> str:
        """Return a perspective's name, or its id."""
        units = (u for u in self.catalog.site.perspectives if u.id == name)
        return next((self.name(u.name) for u in units), name)

    def results_of(self, indicator: Indicator) -> IndicatorResults | None:
        """Return the card's results, if it was computed, up to where its data end."""
        found, end = self.results.get(indicator.id), self.ends.get(str(indicator.id))
        if found is None or end is None:
            return found
        return self.once.get(("until", str(indicator.id)), lambda: until(found, end))

    def ended(self, indicator: Indicator) -> str:
        """Say with which period the data of a card end, where that is early; else ""."""
        end = self.ends.get(str(indicator.id))
        if end is None:
            return ""
        period = self.catalog.site.calendar.containing(end, indicator.cycle)
        shown = end.isoformat() if period is None else format_period(period, self.language)
        return self.word("ended", shown)

    def behaviour(self, indicator: Indicator) -> Behaviour | None:
        """Return how the whole of a card behaves at its cycle; None without natural limits."""

        def make() -> Behaviour | None:
            basis, found = self.basis_of.get(indicator.id), self.results_of(indicator)
            series = found.whole(indicator.cycle) if found and basis else None
            return behaviour_of(indicator, series, basis) if series and basis else None

        return self.once.get(("behaviour", str(indicator.id)), make)


def make_teller(
    figures: Figures,
    language: str,
    audience: str | None = None,
    downloads: Mapping[str, tuple[str, ...]] | None = None,
    *,
    ending: bool = False,
) -> Teller:
    """Put the figures together with the references between them.

    ``downloads`` names the files that can be had of each edition, by its folder. With
    ``ending`` a card whose data end early ends with them; a report tells of its own period.
    """
    catalog = figures.catalog
    through = catalog.site.data_through or _last_day(figures.tables)
    return Teller(
        figures=figures,
        language=language,
        data_through=through,
        names={str(name): card.name for name, card in catalog.indicators.items()},
        lines_of=_grouped((u.scored.indicator.id, u) for u in _uses(catalog, figures.scores)),
        actions_of=_grouped((i, a) for a in catalog.actions.values() for i in a.indicators),
        users_of=_grouped((d, i) for i in catalog.indicators.values() for d in datasets_of(i)),
        cards_of=_grouped(
            (f"{kind} {unit}", i)
            for i in catalog.indicators.values()
            for kind, unit in (("department", i.department), ("perspective", i.perspective))
        ),
        pending_of=figures.told.pending_of(catalog.indicators),
        basis_of=_bases(catalog),
        owned=any(texts.collector or texts.verifier for texts in catalog.texts.values()),
        audience=audience,
        downloads=downloads or {},
        ends=data_ends(catalog, figures.tables, through) if ending else {},
    )


def newest(cards: Sequence[ScoredCard]) -> ScoredCard | None:
    """Return the newest period that is over, else the newest with any value, or any.

    Of a scorecard without a total, a period is over when none of its lines is provisional.
    """
    for found in reversed(cards):
        if _over(found):
            return found
    for found in reversed(cards):
        if any(line.state.has_value for each in found.each for line in each.lines):
            return found
    return cards[-1] if cards else None


def _over(card: ScoredCard) -> bool:
    if card.scorecard.scored:
        return any(each.total is not None for each in card.each) and not card.provisional
    states = {line.state for each in card.each for line in each.lines}
    return State.PROVISIONAL not in states and any(state.has_value for state in states)


def datasets_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the datasets that a card reads, without repetitions."""
    return tuple(dict.fromkeys(str(t.dataset) for t in data_terms(indicator)))


def _lines(card: ScoredCard) -> tuple[ScoredLine, ...]:
    """Return the lines of a scorecard; of one for each member without anybody's figures."""
    if not card.members:
        return card.lines
    return tuple(
        replace(x, line=replace(x.line, of=None), result=None, state=State.OK, points=None)
        for x in card.members[0].lines
    )


def _uses(catalog: Catalog, scores: Scores) -> Iterator[LineUse]:
    for name, scorecard in catalog.scorecards.items():
        card = newest(scores.get(name, ()))
        for scored in _lines(card) if card is not None else ():
            yield LineUse(
                scorecard=name,
                title=scorecard.title,
                cycle=scored.line.cycle or scorecard.cycle,
                groups=tuple(group.title for group in scored.groups),
                scored=replace(scored, groups=()),
            )


def _bases(catalog: Catalog) -> dict[str, Basis]:
    found = ((key, basis_of(c, catalog.indicators)) for key, c in catalog.indicators.items())
    return {str(key): basis for key, basis in found if basis is not None}


def _grouped(pairs: Iterator[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[str(key)].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _last_day(tables: Mapping[str, Table]) -> date | None:
    return max((t.last for t in tables.values() if t.last is not None), default=None)
