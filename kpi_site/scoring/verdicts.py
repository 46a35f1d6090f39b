"""What settles a total: vetoes, ranks among members, grades by totals or by rank.

Rules: specification.md#veto, specification.md#members, specification.md#grades.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from kpi_site.catalog import Catalog, Grade, RankGrade, Scorecard
from kpi_site.exact import EXACT
from kpi_site.scoring.scored import ScoredCard, ScoredLine


def settle(
    total: Decimal | None, lines: Sequence[ScoredLine]
) -> tuple[Decimal | None, tuple[ScoredLine, ...]]:
    """Return the total as vetoes leave it, and the lines with how far each of them moved it.

    Where several strike, the lowest total stands.
    """
    found, fixed, settled = total, False, []
    for line in lines:
        after = _struck(line, found, fixed=fixed)
        moved = None
        if line.struck and after is not None:
            moved = EXACT.subtract(after, found if found is not None else Decimal(0))
            fixed = fixed or after != found
        found = after
        settled.append(line if moved is None else replace(line, settled=moved))
    return found, tuple(settled)


def _struck(line: ScoredLine, total: Decimal | None, *, fixed: bool) -> Decimal | None:
    """Return what the veto of one line makes of ``total``; a veto of the grade leaves it.

    One that another veto ``fixed`` is not raised again.
    """
    veto = line.line.veto
    if veto is None or not line.struck or veto.grade is not None:
        return total
    if veto.at_most is not None:
        return None if total is None else min(total, veto.at_most)
    settled = veto.total if veto.total is not None else Decimal(0)
    return min(total, settled) if fixed and total is not None else settled


def graded(catalog: Catalog, card: ScoredCard) -> ScoredCard:
    """Return ``card`` with the grade of its total."""
    before = card.unvetoed if card.struck else card.total
    own = _by_total(catalog, card.scorecard, card.total)
    without = _by_total(catalog, card.scorecard, before) if card.struck else None
    return replace(card, grade=_capped(catalog, card, own), grade_unvetoed=without)


def ranked(catalog: Catalog, cards: Sequence[ScoredCard]) -> tuple[ScoredCard, ...]:
    """Return members by rank, with their grades; those without a total stand last.

    Equal totals share a rank, and the next one counts them all. Of grades by rank the best that
    has room for all who share the rank is theirs: the share of the members that have a
    total, rounded down.
    """
    with_total = [(card.total, card) for card in cards if card.total is not None]
    with_total.sort(key=lambda pair: pair[0], reverse=True)
    found: list[ScoredCard] = []
    for _, tied in groupby(with_total, key=lambda pair: pair[0]):
        alike = [card for _, card in tied]
        rank, last = len(found) + 1, len(found) + len(alike)
        place = last, len(with_total)
        found += [_graded_by(catalog, replace(card, rank=rank), *place) for card in alike]
    return (*found, *(card for card in cards if card.total is None))


def _graded_by(catalog: Catalog, card: ScoredCard, last: int, among: int) -> ScoredCard:
    by_rank = [g for g in card.scorecard.grades if isinstance(g, RankGrade)]
    if not by_rank:
        return graded(catalog, card)
    fitting = (g for g in by_rank if last <= EXACT.multiply(g.best, Decimal(among)))
    own = next(fitting, None)
    return replace(
        card, grade=_capped(catalog, card, own), grade_unvetoed=own if card.struck else None
    )


def grades_of(catalog: Catalog, card: Scorecard) -> tuple[Grade | RankGrade, ...]:
    """Return the grades that hold for a scorecard, best first: its own, or the site's."""
    return card.grades or catalog.site.scoring.grades


def _by_total(catalog: Catalog, card: Scorecard, total: Decimal | None) -> Grade | RankGrade | None:
    """Return the best grade that ``total`` reaches."""
    if total is None:
        return None
    by_total = (g for g in grades_of(catalog, card) if isinstance(g, Grade))
    return next((g for g in by_total if total >= g.start), None)


def _capped(
    catalog: Catalog, card: ScoredCard, own: Grade | RankGrade | None
) -> Grade | RankGrade | None:
    """Return the grade, no better than the vetoes that strike allow."""
    if own is None:
        return None
    known = grades_of(catalog, card.scorecard)
    places = [known.index(own), *_places(card, known)]
    return known[max(places)]


def _places(card: ScoredCard, known: Sequence[Grade | RankGrade]) -> Iterator[int]:
    """Yield how far down the vetoes' grades stand among the ``known`` ones."""
    for line in card.struck:
        wanted = line.line.veto.grade if line.line.veto else None
        for place, grade in enumerate(known):
            if wanted is not None and wanted in {grade.name.plain, grade.name.zh, grade.name.en}:
                yield place
