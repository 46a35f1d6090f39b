"""Changed figures and totals in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kpi_site.catalog import Catalog, Indicator
from kpi_site.diff.document import Block, DocumentTable, Fold, Line, Paragraph, code, line, strong
from kpi_site.diff.figures import FigureChange, FirstFigures, HiddenFigures, IndicatorFigures
from kpi_site.diff.marks import colon, comma, listed, semicolon
from kpi_site.diff.numbers import alone, points_apart, values_apart
from kpi_site.figures import Figures
from kpi_site.periods import Grain, Period
from kpi_site.results import Result
from kpi_site.schema import dimension_field
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import Bounds, points_bounds, threshold_text
from kpi_site.wording.words import aside
from kpi_site.words import counted, word

OWN_ROWS: Final = 13  # a year, and the same month of the year before
LONGER_ROWS: Final = 4
MEMBER_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """A card as it was and as it is, and what points were and are judged by."""

    cards: tuple[Indicator, Indicator]
    points: tuple[Bounds, Bounds]

    @property
    def card(self) -> Indicator:
        """The card as it is."""
        return self.cards[1]


def judged(found: IndicatorFigures, old: Catalog, new: Catalog) -> Judged:
    """Return the card of ``found`` in both states."""
    was, now = old.indicators[found.former or found.indicator], new.indicators[found.indicator]
    return Judged((was, now), (points_bounds(old.site.scoring), points_bounds(new.site.scoring)))


def headline(found: IndicatorFigures, both: Judged, language: str) -> Line:
    """Return one line: the card, its newest changed figure, and how much else changes."""
    card = both.card
    name = line(strong(card.name.get(language)), " ", code(str(card.id)))
    if found.former:
        name = line(name, aside(word("formerly", language, found.former), language))
    newest = _newest(found, card)
    parts = [_figure(newest, both, language)]
    if not newest.whole:
        only = line(word("only_members", language), colon(language), _member(newest, language))
        parts.insert(0, only)
    parts.append(line(_extent(found, language)))
    joined = line(name, colon(language), parts[0])
    for part in parts[1:]:
        joined = line(joined, semicolon(language), part)
    return joined


def first_line(found: FirstFigures, catalog: Catalog, language: str) -> Line:
    """Return one line: a new card, its newest figure, and how many periods have one."""
    card = catalog.indicators[found.indicator]
    name = line(strong(card.name.get(language)), " ", code(str(card.id)))
    if found.newest is None:
        return line(name, colon(language), word("none", language))
    parts = [alone(found.newest, card, language, "")]
    if found.newest.points is not None:
        bounds = points_bounds(catalog.site.scoring)
        shown = points_apart(None, found.newest.points, "", (bounds, bounds))[1]
        parts.append(word("points_first", language, shown))
    period = format_period(found.newest.period, language)
    figure = line(period, " ", comma(language).join(parts))
    extent = _periods(found.grain, [r.period for r in found.known], language)
    with_value = word("with_value", language, extent)
    return line(name, colon(language), figure, semicolon(language), with_value)


def hidden_line(found: HiddenFigures, catalog: Catalog, language: str) -> Line:
    """Return one line: a card, and how many of its figures become hidden or come to light."""
    card = catalog.indicators[found.indicator]
    counts = (("count.now_hidden", found.hidden), ("count.now_shown", found.shown))
    told = [counted(key, count, language) for key, count in counts if count]
    name = line(strong(card.name.get(language)), " ", code(str(card.id)))
    return line(name, colon(language), semicolon(language).join(told))


def _periods(grain: Grain, periods: Sequence[Period], language: str) -> str:
    """Return how many periods there are, and from which to which."""
    text = counted(f"count.{grain.value}", len(periods), language)
    if len(periods) > 1:
        text += aside(word("span", language, periods[0].label, periods[-1].label), language)
    return text


def written_otherwise(
    old: Figures, new: Figures, former: Mapping[str, str], language: str
) -> Iterator[Line]:
    """Yield each card whose newest figure is the same number, but reads otherwise."""
    for name, card in new.catalog.indicators.items():
        was = old.catalog.indicators.get(former.get(name, name))
        if was is None or was.cycle is not card.cycle:
            continue
        results = old.results.get(was.id), new.results.get(card.id)
        series = [found.whole(card.cycle) if found else None for found in results]
        before, after = (found.latest if found else None for found in series)
        if before is None or after is None or before.period != after.period:
            continue
        texts = alone(before, was, language, ""), alone(after, card, language, "")
        if before.value == after.value and before.state is after.state and texts[0] != texts[1]:
            title = line(strong(card.name.get(language)), " ", code(str(card.id)))
            period = format_period(after.period, language)
            yield line(title, colon(language), f"{period} {texts[0]} → {texts[1]}")


def _newest(found: IndicatorFigures, card: Indicator) -> FigureChange:
    """Return the change to speak of: the whole's, of the card's own cycle, in the newest period.

    That period may have lost its value, or still run: just then it must be told.
    """

    def rank(change: FigureChange) -> tuple[object, ...]:
        own = change.key.grain is card.cycle
        return change.whole, change.value_differs or change.points_differ, own, change.period

    return max(found.telling, key=rank)


def _figure(change: FigureChange, both: Judged, language: str) -> Line:
    """Return ``2026年10月 92.4% → 91.8%，得分 80.0 → 75.0``, with the difference."""
    parts: list[str] = []
    if change.value_differs:
        parts.append(_arrow(change, both, language))
    if change.points_differ:
        parts.append(word("points_arrow", language, *_points(change, both, language)))
    if not parts:
        standards = (
            _standards(r, c, language)
            for r, c in zip((change.old, change.new), both.cards, strict=True)
        )
        parts.append(word("standards_arrow", language, *standards))
    return line(format_period(change.period, language), " ", comma(language).join(parts))


def _arrow(change: FigureChange, both: Judged, language: str) -> str:
    absent = word("not_there", language)
    before, after, difference = values_apart(change.old, change.new, both.cards, language, absent)
    text = f"{before} → {after}"
    if not difference:
        return text
    return text + comma(language) + difference


def _points(change: FigureChange, both: Judged, language: str) -> tuple[str, str]:
    old, new = (r.points if r else None for r in (change.old, change.new))
    return points_apart(old, new, word("none", language), both.points)


def _standards(result: Result | None, card: Indicator, language: str) -> str:
    limits = result.threshold if result else None
    if limits is None:
        return word("none", language)
    given = (limits.baseline, limits.target, limits.challenge)
    shown = (threshold_text(v, card.unit, card.decimals, language) for v in given)
    return " / ".join(text for text in shown if text)


def _extent(found: IndicatorFigures, language: str) -> str:
    """Return how many periods of each grain change, and how many members."""
    parts: list[str] = []
    whole = sorted((c for c in found.telling if c.whole), key=lambda c: c.key.grain.rank)
    for grain, changes in groupby(whole, key=lambda c: c.key.grain):
        periods = sorted(c.period for c in changes)
        only = counted(f"count.{grain.value}", len(periods), language)
        parts.append(only if parts else _periods(grain, periods, language))
    members = {(c.key.dimension, c.key.member) for c in found.telling if not c.whole}
    if members:
        parts.append(counted("members_change", len(members), language))
    return word("in_all", language, listed(language).join(parts))


def figures_fold(found: IndicatorFigures, both: Judged, catalog: Catalog, language: str) -> Fold:
    """Return the tables of a card's changed figures: the whole by period, members by name."""
    card = both.card
    whole = sorted(
        (c for c in found.telling if c.whole),
        key=lambda c: (-c.key.grain.rank, c.period),
        reverse=True,
    )
    shown = []
    for grain, changes in groupby(whole, key=lambda c: c.key.grain):
        shown += list(changes)[: OWN_ROWS if grain is card.cycle else LONGER_ROWS]
    blocks = list(_table(shown, len(whole) - len(shown), both, None, language))
    members = [c for c in found.telling if not c.whole and c.key.grain is card.cycle]
    dimensions = dict.fromkeys(c.key.dimension for c in found.telling if not c.whole)
    for dimension in dimensions:
        own = [c for c in members if c.key.dimension == dimension]
        own = own or [c for c in found.telling if c.key.dimension == dimension]
        last = max(c.period for c in own)
        newest = [c for c in own if c.period == last]
        left = max(0, len(newest) - MEMBER_ROWS)
        blocks += _table(newest[:MEMBER_ROWS], left, both, catalog, language)
    others = len(found.changes) - len(found.telling)
    if others:
        blocks.append(Paragraph(line(counted("other_standards", others, language))))
    return Fold(line(card.name.get(language), " ", code(str(card.id))), tuple(blocks))


def _table(
    changes: list[FigureChange], left: int, both: Judged, catalog: Catalog | None, language: str
) -> Iterator[Block]:
    """Yield a table of changes and how many are ``left`` out.

    With ``catalog`` it is of members, in one period.
    """
    if not changes:
        return
    scored = any(c.points_differ for c in changes)
    head = [word("before", language), word("after", language), word("difference", language)]
    if scored:
        head += [word("points_before", language), word("points_after", language)]
    first = word("Period", language)
    if catalog is not None:
        period = format_period(changes[0].period, language)
        first = (
            f"{dimension_title(catalog, both.card, changes[0].key.dimension, language)} · {period}"
        )
    rows = (_row(c, both, catalog, language, scored=scored) for c in changes)
    yield DocumentTable((first, *head), tuple(rows), frozenset(range(1, len(head) + 1)))
    if left:
        yield Paragraph(line(word("more_rows", language, left)))


def _row(
    change: FigureChange, both: Judged, catalog: Catalog | None, language: str, *, scored: bool
) -> tuple[Line, ...]:
    absent = word("not_there", language)
    cells = list(values_apart(change.old, change.new, both.cards, language, absent))
    if scored:
        cells += _points(change, both, language)
    name = format_period(change.period, language)
    if catalog is not None:
        name = member_name(catalog, both.card, change.key.dimension, change.key.member, language)
    return tuple(line(text) for text in (name, *cells))


def _member(change: FigureChange, language: str) -> Line:
    member = change.key.member or word("no_value_member", language)
    return line(f"{change.key.dimension} = {member}")


def dimension_title(catalog: Catalog, card: Indicator, dimension: str, language: str) -> str:
    """Return the title of a dimension's column, or its name."""
    field = dimension_field(catalog, card, dimension)
    return field.title.get(language) if field and field.title else dimension


def member_name(
    catalog: Catalog, card: Indicator, dimension: str, member: str, language: str
) -> str:
    """Return the name of a member, or its value in the data."""
    field = dimension_field(catalog, card, dimension)
    named = field.categories.get(member) if field else None
    return named.get(language) if named else member or word("no_value_member", language)
