"""Which charts a card asks for (specification.md#charts): its optional key ``chart``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from kpi_site.problems import Name

MainChart = Literal["trend", "target_bars", "running"]
MemberChart = Literal["bars", "distribution", "small_multiples", "heat_map"]
MAIN_CHARTS: Final[tuple[MainChart, ...]] = get_args(MainChart)
MEMBER_CHARTS: Final[tuple[MemberChart, ...]] = get_args(MemberChart)


@dataclass(frozen=True, slots=True)
class ChartWish:
    """The charts that a card names, in the order in which they are shown.

    None leaves the choice to the card's kind; an empty tuple is no chart. ``main`` is about
    the whole, ``members`` about every breakdown, ``of`` about the breakdowns that it names.
    """

    main: tuple[MainChart, ...] | None = None
    members: tuple[MemberChart, ...] | None = None
    of: Mapping[Name, tuple[MemberChart, ...]] = field(default_factory=dict)

    def for_members(self, dimension: str) -> tuple[MemberChart, ...] | None:
        """Return what is asked for the breakdown by ``dimension``."""
        return {str(name): kinds for name, kinds in self.of.items()}.get(dimension, self.members)
