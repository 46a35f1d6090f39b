"""The meaning of every key of every kind of file, for editors and for the printed reference.

A record of the shapes is named (``record(…, name="grade")``); its keys are looked up here by
that name. A key without a meaning has no description, and a test finds it.
"""

from __future__ import annotations

from kpi_site.content.meanings.card import CARD
from kpi_site.content.meanings.dataset import DATASET
from kpi_site.content.meanings.glossary import GLOSSARY
from kpi_site.content.meanings.layout import LAYOUT
from kpi_site.content.meanings.meaning import Meaning, Meanings
from kpi_site.content.meanings.others import ACTION, REPORT, SCORECARD
from kpi_site.content.meanings.site import SITE
from kpi_site.content.meanings.terms import TERMS

__all__ = ["MEANINGS", "Meaning"]

MEANINGS: Meanings = {
    **SITE,
    **DATASET,
    **LAYOUT,
    **CARD,
    **TERMS,
    **SCORECARD,
    **REPORT,
    **ACTION,
    **GLOSSARY,
}
