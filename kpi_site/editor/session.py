"""One site in an editor: read again after each change, computed after each save."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from kpi_site.authoring.edits import read_text
from kpi_site.checking import beside_content
from kpi_site.content import read_draft
from kpi_site.editor.view import Site, View
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.problems import Failure, Problem, in_order
from kpi_site.stages import figures

PAUSE: Final = 0.25  # seconds without a change, before a site is read again
Told = Callable[["Session"], None]


@dataclass
class Session:
    """What is known of the site in ``root``; ``told`` is called when its problems may differ.

    ``uris`` are what the editor calls the files that it has open.
    """

    root: Path
    clock: Callable[[], date]
    told: Told
    uris: dict[str, str] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)
    _figures: Figures | None = None
    _beside: tuple[Problem, ...] = ()
    _changed_since: set[str] = field(default_factory=set)
    _view: View | None = None
    _stale: bool = True
    _waiting: asyncio.Task[None] | None = None
    _computing: asyncio.Task[None] | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Begin with what is on disk."""
        self.site = Site(self._options())

    def _options(self) -> Options:
        return Options(self.root, self.clock())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in order; those that need the facts as of the last time it was saved."""
        if self._view is None:
            return ()
        beside = (p for p in self._beside if p.where.file not in self._changed_since)
        return in_order((*self._view.problems, *beside))

    @property
    def language(self) -> str:
        """The first language of the site."""
        return "zh" if self._view is None else self._view.draft.catalog.site.languages[0]

    def text(self, file: str) -> str:
        """Return the text of a file as it is in the editor, else on disk; "" where it is not."""
        if file in self.site.buffers:
            return self.site.buffers[file]
        path = self.root / file
        data = path.read_bytes() if path.is_file() else b""
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")

    def uri(self, file: str) -> str:
        """Return what the editor calls a file."""
        return self.uris.get(file) or (self.root / file).as_uri()

    async def view(self, *, fresh: bool = False) -> View:
        """Return the site as it was read last; ``fresh``: with every change so far."""
        if self._view is None or (fresh and self._stale):
            await self._read()
        assert self._view is not None
        return replace(self._view, figures=self._figures)

    def write(self, file: str, text: str | None) -> None:
        """Note the text of a file as it is in the editor now; None when it is closed."""
        if text is None:
            self.site.buffers.pop(file, None)
            self.uris.pop(file, None)
        else:
            self.site.buffers[file] = text
            self._changed_since.add(file)
        self.later()

    def later(self) -> None:
        """Read the site again after a pause in which nothing more changes."""
        self._stale = True
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.create_task(self._after(PAUSE, self._tell))

    def saved(self) -> None:
        """Compute the site's figures anew, and read it again: files have changed on disk."""
        self.later()
        if self._computing is None or self._computing.done():
            self._computing = asyncio.create_task(self._compute())

    async def _after(self, seconds: float, what: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(seconds)
        await what()

    async def _tell(self) -> None:
        await self._read()
        self.told(self)

    async def _read(self) -> None:
        async with self._reading:
            self._stale = False
            self.site.options = self._options()
            self._view = await asyncio.to_thread(self.site.look)

    async def _compute(self) -> None:
        self._changed_since = {
            f for f, text in self.site.buffers.items() if not self._is_saved(f, text)
        }
        made, self._beside = await asyncio.to_thread(_computed, self._options())
        self._figures = made or self._figures
        self.told(self)

    def _is_saved(self, file: str, text: str) -> bool:
        path = self.root / file
        return path.is_file() and read_text(path) == text


def _computed(options: Options) -> tuple[Figures | None, tuple[Problem, ...]]:
    """Return the figures of a site on disk, and the problems that its content alone lacks."""
    try:
        made, problems = figures(options)
        _, known = read_draft(options.root, today=options.today, cache=options.cache)
    except (Failure, OSError):  # the next save tries again; `check` says what refused
        return None, ()
    return made, tuple(p for p in (*problems, *beside_content(options)) if p not in known)
