"""JSON Schema of each kind of file, for editors that complete and check while one types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from kpi_site.content.actions import ACTION
from kpi_site.content.cards import CARD
from kpi_site.content.datasets import DATASET
from kpi_site.content.glossary import GLOSSARY
from kpi_site.content.reports import REPORT
from kpi_site.content.scorecards import DEFINITIONS, SCORECARD
from kpi_site.content.shapes import Json
from kpi_site.content.site import SITE
from kpi_site.files import File

_DIALECT = "http://json-schema.org/draft-07/schema#"  # what every editor understands


def json_schemas() -> Mapping[str, Json]:
    """Return schemas by kind: site, dataset, indicator, scorecard, report, action, glossary.

    They are made from the very shapes that read the files, so they name the same keys.
    """
    shapes: dict[str, Json] = {
        "site": SITE.schema,
        "dataset": DATASET.schema,
        "indicator": CARD.schema,
        "scorecard": {**SCORECARD.schema, "definitions": DEFINITIONS},
        "report": REPORT.schema,
        "action": ACTION.schema,
        "glossary": GLOSSARY.schema,
    }
    return {kind: {"$schema": _DIALECT, "title": kind, **schema} for kind, schema in shapes.items()}


def schema_files() -> Iterator[File]:
    """Yield a file for each kind, ``indicator.json`` and so on, as editors read them."""
    for kind, schema in json_schemas().items():
        yield File(f"{kind}.json", json.dumps(schema, ensure_ascii=False, indent=2) + "\n")
