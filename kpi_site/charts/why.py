"""The bridges of cards and totals, from what is told of why they moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kpi_site.catalog import Indicator, Measure
from kpi_site.charts.bridge import Bridge, End, Step
from kpi_site.charts.captions import chart_title
from kpi_site.story.teller import Teller
from kpi_site.story.total_change import TotalWhy
from kpi_site.story.why import PartStory, SplitStory, WhyStory
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import figure_text
from kpi_site.words import word

_POINTS: Final = Measure("score", "score")


def card_bridge(
    teller: Teller, indicator: Indicator, why: WhyStory, split: SplitStory
) -> Bridge | None:
    """Return the bridge of a card's change by one way of taking it apart."""
    language, ends = teller.language, []
    for result in (why.explained.old, why.explained.new):
        if result.value is None:
            return None
        text = figure_text(result.value, indicator, result.threshold, language)
        ends.append(End(format_period(result.period, language), result.value, text))
    periods = [why.explained.old.period, why.explained.new.period]
    what = f"{teller.word('why')} · {split.title}"
    title = chart_title(indicator, periods, language, teller.organisation, what=what)
    return Bridge(title, ends[0], _steps(split.steps), ends[1], indicator.unit)


def total_bridge(language: str, organisation: str, title: str, why: TotalWhy) -> Bridge:
    """Return the bridge of the total of the scorecard called ``title``."""
    words = (organisation, title, word("why", language), word("points", language))
    return Bridge(
        title=" · ".join((*words, f"{why.since} – {why.period}")),
        start=End(why.since, *why.old),
        steps=_steps(why.steps),
        end=End(why.period, *why.new),
        measure=_POINTS,
    )


def _steps(parts: Iterable[PartStory]) -> tuple[Step, ...]:
    return tuple(Step(part.name, part.value, part.text, part.tone) for part in parts)
