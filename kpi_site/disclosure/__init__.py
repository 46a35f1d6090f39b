"""Small cells: which figures about people are hidden, and what readers could still work out.

Rules: specification.md#small-cells.
"""

from __future__ import annotations

from kpi_site.disclosure.book import CellKey
from kpi_site.disclosure.choices import Choices, protected
from kpi_site.disclosure.hiding import hide, hide_as_before
from kpi_site.disclosure.protection import NOTHING_BEFORE, Before, hidden_cells, rule_of

__all__ = [
    "NOTHING_BEFORE",
    "Before",
    "CellKey",
    "Choices",
    "hidden_cells",
    "hide",
    "hide_as_before",
    "protected",
    "rule_of",
]
