"""What all parts of a report are made from: its figures, the day it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kpi_site.catalog import Action, Report, as_of, carried
from kpi_site.editions.scores import report_cards
from kpi_site.periods import Grain
from kpi_site.results import Series
from kpi_site.scoring import ScoredCard
from kpi_site.story.reading import Now, main_grain, now
from kpi_site.story.teller import Teller


@dataclass(frozen=True, slots=True)
class Scope:
    """A report in one language.

    ``stands`` holds every active card that has a result by the period's end, ``own`` those
    of the period itself; ``actions`` are as they stood on ``day``.
    """

    teller: Teller
    report: Report
    day: date
    stands: Mapping[str, Now]
    own: tuple[Now, ...]
    cards: tuple[ScoredCard, ...]
    actions: tuple[Action, ...]

    def trend(self, n: Now) -> Series | None:
        """Return the series that shows how ``n`` has gone, up to its period's end.

        A year or half year is told by its months, quarters … as far as the card has them.
        """
        found = self.teller.results_of(n.indicator)
        grain = n.result.period.grain
        if grain.rank >= Grain.HALF_YEAR.rank:
            grain = min(main_grain(n.indicator), grain, key=lambda g: g.rank)
        series = found.whole(grain) if found else None
        if series is None:
            return None
        kept = tuple(r for r in series.results if r.period.last <= n.result.period.last)
        return replace(series, results=kept) if kept else None


def make_scope(teller: Teller, report: Report, day: date | None) -> Scope:
    """Put together what the parts of ``report`` share.

    ``day`` is by default the last one of the period, or of the data before that.
    """
    period = report.period
    day = day or last_day(teller, report)
    cards = (i for i in teller.catalog.indicators.values() if i.in_use)
    found = (now(teller, i, period) for i in cards)
    stands = {str(n.indicator.id): n for n in found if n is not None}
    return Scope(
        teller=teller,
        report=report,
        day=day,
        stands=stands,
        own=tuple(n for n in stands.values() if n.result.period == period),
        cards=report_cards(teller.figures, report),
        actions=tuple(as_of(a, day) for a in carried(teller.catalog.actions.values(), period)),
    )


def last_day(teller: Teller, report: Report) -> date:
    """Return the last day whose facts are in the report."""
    return min(report.period.last, teller.data_through or report.period.last)
