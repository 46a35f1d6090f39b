"""Content: the YAML files that contributors write become a `Catalog`, or problems with places."""

from __future__ import annotations

from kpi_site.content.folders import find_root
from kpi_site.content.json_schema import json_schemas
from kpi_site.content.reading import read_catalog

__all__ = ["find_root", "json_schemas", "read_catalog"]
