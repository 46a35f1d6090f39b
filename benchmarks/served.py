"""One card of many, saved: what it costs a server until the site is in line again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from unittest.mock import patch

from mkdocs.commands.build import build
from mkdocs.config import load_config

from benchmarks.measure import Ratio, cost
from benchmarks.pages import make
from kpi_site import plugin
from kpi_site.options import Options
from kpi_site.site import generate, write_serve_config

_ADDRESS: Final = "http://127.0.0.1:8000/"


def ratios(folder: Path, cards: int) -> Iterator[Ratio]:
    """Measure a changed card of 200, and one of ``cards`` where that is another number."""
    for number, most in ((200, 2.0), (cards, 4.0)):
        if (number, most) != (200, 4.0):
            yield _saved(make(folder / f"served-{number}", number), number, most)


class _Server:
    """``mkdocs serve`` with our plugin, as it builds when a file is saved: in one process."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._config = str(write_serve_config(options))
        self.build(first=True)

    def build(self, *, first: bool = False) -> None:
        """Bring the site in line."""
        served = self._options.root / "build" / "served"
        config = load_config(config_file=self._config, site_dir=str(served))
        if first:
            config.plugins.on_startup(command="serve", dirty=False)
        config.site_url = _ADDRESS
        with patch.object(plugin, "datetime") as clock:
            clock.now.return_value = datetime.combine(self._options.today, datetime.min.time())
            build(config, serve_url=_ADDRESS)


def _saved(options: Options, cards: int, most: float) -> Ratio:
    """Change the definition of one card and build as a server does, each time otherwise."""
    path = options.root / "content" / "indicators" / "first" / "card_0001.yml"

    def save() -> None:
        text = path.read_text("utf-8").replace("张卡片", "张卡片，", 1)
        path.write_text(text, "utf-8")

    def whole() -> None:
        save()
        server.build()

    def generated() -> None:
        save()
        done, problems = generate(options)
        assert done is not None, [p.text() for p in problems]

    server = _Server(options)
    whole()  # what is as young as its reading is read once more
    everything = cost(whole)
    generate(options)
    markdown = cost(generated)
    shutil.rmtree(options.cache / "built")
    afresh = cost(whole, runs=1)
    return Ratio(
        f"one card of {cards:,} saved: the site in line",
        everything.cpu,
        most,
        f"CPU of a server, one language; generating alone {markdown.cpu:.1f} s;"
        f" with no page kept {afresh.cpu:.1f} s",
        "s",
    )
