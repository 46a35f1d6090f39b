"""The lines of a scorecard in its last periods, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kpi_site.members import part_text, with_part
from kpi_site.scoring import Level, ScoredCard, ScoredLine, line_level
from kpi_site.story.teller import Ref, Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import figure_text, points_bounds, points_text
from kpi_site.wording.words import state_mark, state_words

MOST_PERIODS: Final = 6


@dataclass(frozen=True, slots=True)
class LineCell:
    """A line in one period: its figure, or the mark of its state with its words."""

    text: str
    words: str
    level: Level
    points: str


@dataclass(frozen=True, slots=True)
class LineHistory:
    """A line over the periods of the table."""

    ref: Ref
    no: str
    cells: tuple[LineCell, ...]


@dataclass(frozen=True, slots=True)
class LinesStory:
    """The lines of a scorecard over its last periods, the oldest first."""

    periods: tuple[str, ...]
    rows: tuple[LineHistory, ...]


def tell_lines(
    teller: Teller, scored: Sequence[ScoredCard], until: ScoredCard | None
) -> LinesStory | None:
    """Return the lines up to the period ``until``, by today's scorecard; None of one period.

    ``scored`` are the periods of one scorecard, or of one member of it, the oldest first. A line
    whose own cycle is longer has the same figure in several of them.
    """
    past = [s for s in scored if until and s.lines and s.period.last <= until.period.last]
    shown = past[-MOST_PERIODS:]
    if until is None or len(shown) < 2:
        return None
    return LinesStory(
        periods=tuple(format_period(s.period, teller.language) for s in shown),
        rows=tuple(
            LineHistory(
                ref=_ref(teller, until, line),
                no=line.line.no or "",
                cells=tuple(_cell(teller, _line_in(card, line)) for card in shown),
            )
            for line in until.lines
        ),
    )


def _ref(teller: Teller, card: ScoredCard, scored: ScoredLine) -> Ref:
    line = scored.line
    own = card.member is not None and line.of == card.member  # the page says whose it is
    part = None if own else part_text(teller.catalog, line)
    ref = teller.card_ref(line.indicator)
    named = teller.name(with_part(line.title or scored.indicator.name, part))
    return Ref(ref.kind, ref.id, named, ref.known, ref.foreign)


def _line_in(card: ScoredCard, line: ScoredLine) -> ScoredLine | None:
    """Return the same line in another period; None where it did not stand there."""
    return next((x for x in card.lines if x.key == line.key), None)


def _cell(teller: Teller, scored: ScoredLine | None) -> LineCell:
    if scored is None:
        return LineCell("", "", "none", "")
    result, told = scored.result, scored.told
    value = result.value if result is not None and scored.state.has_value else None
    if result is None or value is None:
        return LineCell(state_mark(told), state_words(told, teller.language), "none", "")
    points = points_text(scored.points, points_bounds(teller.catalog.site.scoring))
    text = figure_text(value, scored.indicator, scored.threshold, teller.language)
    return LineCell(text, "", line_level(scored), points)
