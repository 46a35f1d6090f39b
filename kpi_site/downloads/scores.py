"""``data/scores.csv``: every line of every scorecard as it was scored, and the totals.

Rules: specification.md#data-scores-csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from kpi_site.catalog import Catalog, Language
from kpi_site.computed import Scores
from kpi_site.exact import EXACT, tidy
from kpi_site.files import File
from kpi_site.kept import Keeping
from kpi_site.scoring import ScoredCard, ScoredCards, ScoredLine, contribution
from kpi_site.tidy import SCORES, plain, rows_csv


def scores_csv(catalog: Catalog, scores: Scores, keeping: Keeping | None = None) -> bytes:
    """Return the rows of the scorecards in ``catalog``, oldest period first, members by rank.

    With ``keeping``, the rows of a scorecard are taken from the last build while it, its cards
    and their figures are the same.
    """
    language = catalog.site.languages[0]
    own = (_of_one(scores[n], language, keeping) for n in sorted(catalog.scorecards) if n in scores)
    return rows_csv((SCORES,)) + b"".join(own)


def kept_name(scorecard: str) -> str:
    """Return the name under which the rows of a ``scorecard`` are kept."""
    return f"scores {scorecard}"


def _of_one(found: ScoredCards, language: Language, keeping: Keeping | None) -> bytes:
    def make() -> Iterator[File]:
        yield File("scores", rows_csv(_rows((each for c in found for each in c.each), language)))

    if keeping is None:
        return b"".join(file.data for file in make())
    (file,) = keeping.files(kept_name(found.scorecard.id), make, found, language)
    return file.data


def _rows(cards: Iterable[ScoredCard], language: str) -> Iterator[Sequence[object]]:
    for card in cards:
        for line in card.lines:
            yield _line(card, line)
        if card.scorecard.scored:
            yield _total(card, language)


def _line(card: ScoredCard, line: ScoredLine) -> Sequence[object]:
    weighed = line.counted and line.line.weight is not None
    return (
        *_of(card), line.line.no or "", line.indicator.id, line.line.kind,
        plain(line.line.weight), plain(line.value), plain(line.points),
        plain(line.line.weight) if weighed else None, _added(card, line),
        line.state.value, "",
    )  # fmt: skip


def _added(card: ScoredCard, line: ScoredLine) -> str | None:
    """Return what a line adds to the total, with how far its veto moved it."""
    parts = [n for n in (contribution(card, line), line.settled) if n is not None]
    if not parts:
        return None
    return plain(tidy(parts[0] if len(parts) == 1 else EXACT.add(*parts)))


def _total(card: ScoredCard, language: str) -> Sequence[object]:
    weights = [line.line.weight for line in card.lines if line.line.weight is not None]
    together = sum(weights, Decimal(0)) if weights else None
    return (
        *_of(card), "", "", "total", plain(together), None, plain(card.total),
        plain(card.weight_counted) if weights else None, None, card.state.value,
        card.grade.name.get(language) if card.grade else "",
    )  # fmt: skip


def _of(card: ScoredCard) -> Sequence[object]:
    member = card.member.member if card.member else ""
    return card.scorecard.id, card.period.label, member
