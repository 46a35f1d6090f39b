"""The glossary: what words mean, for readers who meet them on a page."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_site.catalog.site import Text
from kpi_site.problems import Location, Name


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A word with its short explanation; ``also`` are other ways in which texts write it.

    One with ``mark`` is explained where it first stands on a page, others on the glossary's
    page alone.
    """

    id: Name
    name: Text
    text: Text
    where: Location
    also: tuple[str, ...] = ()
    mark: bool = True

    def forms(self, language: str) -> tuple[str, ...]:
        """Return how texts of ``language`` write it."""
        return tuple(dict.fromkeys((self.name.get(language), *self.also)))


Glossary = tuple[GlossaryTerm, ...]
