"""How a scorecard's total moved from the period before, and which lines moved it.

Rules: specification.md#contributions-told.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpi_site.contributions import LinePart, explain_total
from kpi_site.members import part_text, with_part
from kpi_site.results import to_same_day
from kpi_site.scoring import ScoredCard, Tone, line_series, score_period
from kpi_site.story.standards import total_text
from kpi_site.story.teller import Teller
from kpi_site.story.why import MOST_NAMED, MOST_PARTS, PartStory, listed, shortened
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_number


@dataclass(frozen=True, slots=True)
class Change:
    """A total against that of the period before, in points.

    ``verdict`` says in a word whether it is good, for those who cannot see it by the colour.
    """

    text: str
    arrow: str
    tone: Tone
    verdict: str = ""
    basis: str = ""  # "to the same day", where a running period is compared with the same part


@dataclass(frozen=True, slots=True)
class TotalWhy:
    """Which lines moved a total, the largest first, and what all others did together.

    ``old`` and ``new`` are the totals with their texts, ``since`` is the period before.
    """

    since: str
    period: str
    sentence: str
    old: tuple[Decimal, str]
    new: tuple[Decimal, str]
    steps: tuple[PartStory, ...]


def tell_change(teller: Teller, card: ScoredCard) -> Change | None:
    """Return how the total moved from the period before; like for like in a running one."""
    old = _before(teller, card)
    if old is None or card.total is None or old.total is None:
        return None
    basis = teller.word("same_day") if _is_running(teller, card) else ""
    text = format_number(card.total - old.total, 1, signed=True)
    if text.startswith("±"):
        return Change(text, "→", "even", basis=basis)
    tone: Tone = "good" if text[0] == "+" else "bad"
    arrow = "↑" if tone == "good" else "↓"
    return Change(text, arrow, tone, teller.word(f"tone.{tone}"), basis)


def tell_total_why(teller: Teller, card: ScoredCard) -> TotalWhy | None:
    """Return which lines moved the total; None where it cannot be told, or nothing moved it."""
    old = _before(teller, card)
    if old is None or card.total is None or old.total is None:
        return None
    parts = tuple(_part(teller, card, part) for part in explain_total(old, card))
    seen = [part for part in parts if part.tone != "even"]
    if not seen:
        return None
    since = format_period(old.period, teller.language)
    if _is_running(teller, card):
        since = f"{since} {teller.word('same_day')}"
    change = format_number(card.total - old.total, 1, signed=True)
    named = listed(teller, _steps(teller, parts, min(MOST_NAMED, len(seen))))
    return TotalWhy(
        since=since,
        period=format_period(card.period, teller.language),
        sentence=teller.word("why.total", change, since, named),
        old=(old.total, total_text(teller, old)),
        new=(card.total, total_text(teller, card)),
        steps=_steps(teller, parts, MOST_PARTS),
    )


def _before(teller: Teller, card: ScoredCard) -> ScoredCard | None:
    """Return the period before; as it stood on the same day where ``card`` is running."""
    own = card.scorecard
    earlier = teller.catalog.site.calendar.previous(card.period)
    if earlier is None:
        return None
    scored = teller.scores[own.id]
    if _is_running(teller, card):
        then = score_period(scored.catalog, to_same_day(scored.results), own, earlier)
        return _same(then, card)
    return _same(
        scored.at(earlier) or score_period(scored.catalog, scored.results, own, earlier), card
    )


def _same(found: ScoredCard, card: ScoredCard) -> ScoredCard | None:
    """Return of a period what ``card`` is: the scorecard, or its member."""
    if card.member is None:
        return found
    return next((member for member in found.members if member.key == card.key), None)


def _is_running(teller: Teller, card: ScoredCard) -> bool:
    lines = (line_series(teller.results, x.line, card.period.grain) for x in card.lines)
    return any(series is not None and series.to_same_day(card.period) for series in lines)


def _part(teller: Teller, card: ScoredCard, part: LinePart) -> PartStory:
    text, tone = _points(part.value)
    if part.line is None:
        return PartStory(teller.word("why.floor"), part.value, text, tone)
    line = part.line.line
    own = card.member is not None and line.of == card.member
    of = None if own else part_text(teller.catalog, line)
    name = teller.name(with_part(line.title or part.line.indicator.name, of))
    if part.kind == "veto":
        name = teller.word("why.veto", name)
    return PartStory(name, part.value, text, tone)


def _points(value: Decimal) -> tuple[str, Tone]:
    text = format_number(value, 1, signed=True)
    return text, "even" if text[0] == "±" else "good" if value > 0 else "bad"


def _steps(teller: Teller, parts: tuple[PartStory, ...], most: int) -> tuple[PartStory, ...]:
    kept, rest = shortened(teller, parts, most)
    if rest is None:
        return kept
    return (*kept, PartStory(rest.name, rest.value, *_points(rest.value)))
