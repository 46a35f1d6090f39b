"""A season says how signals are told, so only a card with limits has one.

Rules: specification.md#limits.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Problem
from kpi_site.signals import CYCLES, basis_of

_NEEDED = frozenset({"season", "cycle", "formula", "terms"})


def seasons_have_limits(draft: Draft) -> Iterator[Problem]:
    """Warn of a season on a card whose values are held against no limits."""
    others = draft.catalog.indicators
    for entry in draft.indicators:
        card = entry.value
        if card is None or card.season is None or entry.damaged & _NEEDED:
            continue
        if basis_of(card, others) is not None:
            continue
        why = (
            Message("相邻期间会数到同样的行", "neighbouring periods count the same rows")
            if card.cycle in CYCLES
            else Message(f"周期是 {card.cycle}", f"its cycle is {card.cycle}")
        )
        yield Problem(
            entry.place("season"),
            "season-unused",
            Message(
                f"season 没有作用：{why.zh}，这张卡没有自然界限",
                f"'season' has no use: {why.en}, so this card has no natural limits",
            ),
            Message("请删去 season。", "Take 'season' out."),
            severity="warning",
        )
