"""Why a figure changed: what each term, and each member, adds to a change.

Rules: specification.md#contributions.
"""

from __future__ import annotations

from kpi_site.contributions.by_line import LinePart, explain_total
from kpi_site.contributions.by_term import MOST_TERMS
from kpi_site.contributions.groups import AGAINST, Against, Explained, Panel, explain, make_panel
from kpi_site.contributions.parts import Contribution, Group, Kind

__all__ = [
    "AGAINST",
    "MOST_TERMS",
    "Against",
    "Contribution",
    "Explained",
    "Group",
    "Kind",
    "LinePart",
    "Panel",
    "explain",
    "explain_total",
    "make_panel",
]
