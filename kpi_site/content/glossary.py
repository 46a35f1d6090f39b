"""``content/glossary.yml``, and the words that every site has (specification.md#glossary)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from kpi_site.catalog import Glossary, GlossaryTerm, Text
from kpi_site.content.record import key, record
from kpi_site.content.scalars import BOOLEAN, IDENTIFIER, STRING
from kpi_site.content.shapes import FileReading, Invalid, Shape, distinct, list_of
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import parse_yaml

_TERM: Shape[GlossaryTerm] = record(
    GlossaryTerm,
    key("id", IDENTIFIER, required=True, stand_in=""),
    key("name", TEXT, required=True, stand_in=Text("")),
    key("text", TEXT, required=True, stand_in=Text("")),
    key("also", distinct(list_of(STRING))),
    key("mark", BOOLEAN),
    name="glossary_term",
    placed=True,
)


def _terms(terms: Glossary) -> Glossary:
    return terms


GLOSSARY: Shape[Glossary] = record(
    _terms,
    key("terms", list_of(_TERM), required=True, stand_in=()),
    name="glossary",
    top=True,
)

STANDARD: Final = "glossary.yml"


@cache
def standard_terms() -> Glossary:
    """Return the words that every site has; a mistake in our own file is a mistake of ours."""
    data = (files("kpi_site.content") / STANDARD).read_bytes()
    tree, problems = parse_yaml(data, STANDARD)
    reading = FileReading(Path(), STANDARD, languages=("zh", "en"))
    found = None if tree is None else GLOSSARY.read(tree, reading)
    if found is None or isinstance(found, Invalid) or problems or reading.problems:
        raise ValueError((*problems, *reading.problems))
    return found


def with_standard(own: Glossary) -> Glossary:
    """Return a site's ``own`` terms before the standard ones that it does not explain itself."""
    ids = {str(term.id) for term in own}
    return (*own, *(term for term in standard_terms() if term.id not in ids))
