"""The charts that a card asks for fit its formula, cycle and breakdowns.

Rules: specification.md#charts.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Indicator
from kpi_site.content.draft import Draft, Entry
from kpi_site.nature import actual_and_target, stacks
from kpi_site.periods import Grain
from kpi_site.problems import Message, Problem, unknown

_PLACE = Message("分解", "breakdown")


def charts_fit(draft: Draft) -> Iterator[Problem]:
    """Report a chart that the card's figures cannot fill, and a place that it does not have."""
    for entry in draft.indicators:
        if entry.value is not None:
            yield from _unknown_places(entry, entry.value)
            if "chart" not in entry.damaged:
                yield from _unfit(entry, entry.value)


def _unknown_places(entry: Entry[Indicator], card: Indicator) -> Iterator[Problem]:
    if "dimensions" in entry.damaged:
        return
    for name in card.chart.of:
        if name not in card.dimensions:
            known = ("main", *card.dimensions)
            yield unknown(name.where, "unknown-dimension", _PLACE, name, known)
    if card.chart.members and not card.dimensions:
        yield _problem(
            entry,
            Message(
                "本卡没有 dimensions，画不了分解的图",
                "this card has no dimensions, so it has no breakdown to draw",
            ),
        )


def _unfit(entry: Entry[Indicator], card: Indicator) -> Iterator[Problem]:
    main, wish = card.chart.main or (), card.chart
    asked = {*(wish.members or ()), *(kind for kinds in wish.of.values() for kind in kinds)}
    if "running" in main and card.cycle is not Grain.DAY and "cycle" not in entry.damaged:
        yield _problem(
            entry,
            Message("running 只用于 cycle: day", "'running' goes with cycle: day only"),
        )
    if not entry.damaged.isdisjoint({"formula", "terms", "unit"}):
        return
    if "target_bars" in main and actual_and_target(card) is None:
        yield _problem(
            entry,
            Message(
                "target_bars 要求公式由两项相比，如 actual / target",
                "'target_bars' needs a formula of two terms, such as actual / target",
            ),
        )
    if "distribution" in asked and not stacks(card):
        yield _problem(
            entry,
            Message(
                "distribution 只用于能加成整体的数：占比，或只有加减的总数与个数",
                "'distribution' is for parts of a whole: shares, or sums and counts that add up",
            ),
        )


def _problem(entry: Entry[Indicator], message: Message) -> Problem:
    hint = Message(
        "请删去这个图，或改用别的：见“如何修改卡片”。",
        "Leave it out, or choose another: see “How to edit a card”.",
    )
    return Problem(entry.place_of_key("chart"), "chart-does-not-fit", message, hint)
