"""Signal or noise: which values of an indicator say that something has changed.

Every process swings by itself. Its natural limits (an XmR chart, of individual values and
moving ranges) say how far; what lies within them, without a pattern, asks for no explanation.

Rules: specification.md#signals.
"""

from kpi_site.signals.basis import CYCLES, Basis, basis_of
from kpi_site.signals.behaviour import (
    VARIATIONS,
    Assurance,
    Behaviour,
    Observed,
    Variation,
    behaviour_of,
    behaviours,
    variation_of,
)
from kpi_site.signals.limits import LEAST, Limits, Scale, measure
from kpi_site.signals.rules import RULES, Rule, Side, Signal, signals

__all__ = [
    "CYCLES",
    "LEAST",
    "RULES",
    "VARIATIONS",
    "Assurance",
    "Basis",
    "Behaviour",
    "Limits",
    "Observed",
    "Rule",
    "Scale",
    "Side",
    "Signal",
    "Variation",
    "basis_of",
    "behaviour_of",
    "behaviours",
    "measure",
    "signals",
    "variation_of",
]
