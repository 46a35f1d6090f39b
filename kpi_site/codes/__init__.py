"""The registry of problem codes: the one place that names each code and says what it means.

A code is stable: people search for it, and other programs rely on it. Each stands in one of
the YAML files of this package, by area, with its title, its meaning, how to mend it, and an
example that is wrong and one that is right. The files are the source of ``check --explain``,
of the handbook's page on problems, and of the rules in SARIF; a test runs every example.
"""

from __future__ import annotations

from kpi_site.codes.explain import explanation_lines
from kpi_site.codes.registry import AREAS, Code, Sample, known_codes, title_of

__all__ = ["AREAS", "Code", "Sample", "explanation_lines", "known_codes", "title_of"]
