"""``kpi-site show``: one card, its numbers and its arithmetic, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.shared import (
    Audience,
    Engine,
    Lang,
    Root,
    app,
    messages_in,
    no_such,
    print_problems,
    say,
    says,
    shown_progress,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message

if TYPE_CHECKING:
    from kpi_site.catalog import Catalog, Indicator
    from kpi_site.periods import Period
    from kpi_site.results import IndicatorResults


@app.command(
    help=says("在终端显示一张指标卡及其计算过程。", "Show a card, its numbers and its arithmetic.")
)
def show(
    indicator: Annotated[str, typer.Argument(metavar="ID", help=says("指标编号", "The card's id"))],
    period: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERIOD]", help=says("如 2026-10、2026-Q3、2026", "As 2026-10, 2026-Q3, 2026")
        ),
    ] = None,
    audience: Audience = None,
    engine: Engine = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print one card; warnings about other content are left to ``check``."""
    language = messages_in(lang)
    options = site_options(root, language, audience=audience, engine=engine)
    from kpi_site import stages
    from kpi_site.figures import seen_by
    from kpi_site.story.card import tell_card
    from kpi_site.story.teller import make_teller
    from kpi_site.terminal import card_lines

    with shown_progress() as progress:
        figures, problems = stages.widest(options, progress=progress)
    if figures is None:
        print_problems(problems, language)
        raise typer.Exit(1)
    figures = seen_by(figures, options.audience)
    card = figures.catalog.card(indicator)
    if card is None:
        known = figures.catalog.indicators
        raise unknown(Message("指标", "indicator"), indicator, known, language)
    results = figures.results.get(card.id)
    wanted = _period(period, figures.catalog, results, language) or _newest(card, results)
    teller = make_teller(figures, language, options.audience, ending=True)
    for line in card_lines(teller, tell_card(teller, card, wanted)):
        say(line)


def _newest(card: Indicator, results: IndicatorResults | None) -> Period | None:
    """Return the newest period of the card's own cycle, over or not."""
    series = results.whole(card.cycle) if results else None
    return series.latest.period if series and series.latest else None


def _period(
    label: str | None, catalog: Catalog, results: IndicatorResults | None, language: str
) -> Period | None:
    """Return the period called ``label``, or end with wrong usage if the card has none such."""
    if label is None:
        return None
    from kpi_site.content.misspelt import period_hint

    found = catalog.site.calendar.parse(label)
    series = results.whole(found.grain) if results and found else None
    if found and series and series.index(found) is not None:
        return found
    kind = Message("期间", "period")
    if found is None and (hint := period_hint(label)):
        raise wrong_usage(no_such(kind, label, hint), language)
    if series and series.results:
        first, last = series.results[0].period, series.results[-1].period
        span = Message(f"有 {first} 至 {last}", f"Known are {first} to {last}")
        raise wrong_usage(no_such(kind, label, span), language)
    wholes = [s for key, s in results.series.items() if not key.dimension] if results else []
    latest = [str(s.results[-1].period) for s in wholes if s.results]
    raise unknown(kind, label, latest, language)
