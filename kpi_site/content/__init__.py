"""Content: the YAML files that contributors write become a `Catalog`, or problems with places."""

from __future__ import annotations

from kpi_site.content.concern import Concern, concern, known_ids
from kpi_site.content.folders import SITE_FILE, find_root
from kpi_site.content.json_schema import json_schemas, schema_files
from kpi_site.content.kept_values import kept_values
from kpi_site.content.reading import read_catalog, read_draft

__all__ = [
    "SITE_FILE",
    "Concern",
    "concern",
    "find_root",
    "json_schemas",
    "kept_values",
    "known_ids",
    "read_catalog",
    "read_draft",
    "schema_files",
]
