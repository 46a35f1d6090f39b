"""Problems as other programs read them: GitHub's annotations, JSON, SARIF.

Each is text of its own, and nothing else is to be printed with it. Files are named from the
folder ``base`` (a repository's root), of which the site may be a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from kpi_site.findings.github import github
from kpi_site.findings.json_list import json_list
from kpi_site.findings.sarif import sarif
from kpi_site.problems import Problem

Format = Callable[[Iterable[Problem], str, str], Iterator[str]]
"""Lines from problems, the path of the site below ``base`` ("" or ``x/``), and a language."""

FORMATS: Mapping[str, Format] = MappingProxyType({
    "github": github,
    "json": json_list,
    "sarif": sarif,
})  # fmt: skip

__all__ = ["FORMATS", "Format"]
