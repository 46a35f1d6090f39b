"""``kpi-site test``: the worked examples of one card or all."""

from __future__ import annotations

from typing import Annotated

import typer

from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    site_options,
    unknown,
)
from kpi_site.problems import Message


@app.command(
    "test",
    help=says(
        "运行指标卡中的算例，不成立的逐步列出演算。",
        "Run the worked examples; those that fail are shown step by step.",
    ),
)
def run_examples(
    indicator: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help=says("指标编号（默认：全部）", "A card (default: all)")
        ),
    ] = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print every example of one card, or those of all that fail; a failure ends with 1.

    A card that cannot be read cannot be tested: its problems are printed and end with 1 too.
    """
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.trial import chosen, runnable, summary, trial_lines, trials
    from kpi_site.content import read_draft

    draft, problems = read_draft(options.root, today=options.today)
    cards = chosen(draft, indicator)
    if indicator is not None and not cards:
        known = draft.indicator_names
        raise unknown(Message("指标", "indicator"), indicator, known, language)
    tried = trials(draft.catalog, cards)
    for trial in tried:
        if indicator is not None or not trial.holds:
            for line in trial_lines(trial, language):
                say(line)
    for line in summary(tried, cards, language):
        say(line)
    unreadable = {card.file for card in cards if not runnable(card)}
    if unreadable:
        print_problems((p for p in problems if p.where.file in unreadable), language)
    if unreadable or not all(trial.holds for trial in tried):
        raise typer.Exit(1)
