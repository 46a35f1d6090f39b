"""What a build is asked for, and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kpi_site.memory import Memory


@dataclass(frozen=True, slots=True)
class Options:
    """What a build is asked for. ``root`` is the folder with ``content/site.yml``.

    ``today`` is the only clock. No ``languages`` means all of the site's; no ``audience``
    the widest; no ``out`` the folder ``site`` below ``root``; ``config`` is the site's own
    MkDocs file, if it is not ``mkdocs.yml`` below ``root``; ``kept`` is where time is saved,
    if not below ``root``; ``engine`` counts the rows, if not the one of ``site.yml``. Builds
    with one ``memory``, in one process, do again only what something changed for.
    """

    root: Path
    today: date
    out: Path | None = None
    audience: str | None = None
    languages: tuple[str, ...] = ()
    config: Path | None = None
    kept: Path | None = None
    engine: str | None = None
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    @property
    def target(self) -> Path:
        """The folder of the published site."""
        return (self.out or self.root / "site").resolve()

    @property
    def docs(self) -> Path:
        """The generated Markdown, a folder for each language."""
        return self.root / "build" / "docs"

    @property
    def cache(self) -> Path:
        """What is kept from build to build to save time."""
        return self.kept or self.root / "build" / "cache"

    @property
    def own_config(self) -> Path:
        """Where the site's own MkDocs file is, or would be."""
        return self.config or self.root / "mkdocs.yml"

    def language_config(self, language: str) -> Path:
        """Return the path of the made MkDocs file of one language."""
        return self.root / "build" / f"mkdocs.{language}.yml"
