"""One card of many, saved: what it costs until the site is in line again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Ratio, cost
from benchmarks.pages import make
from kpi_site.building import build
from kpi_site.options import Options
from kpi_site.site import generate


def ratios(folder: Path, cards: int) -> Iterator[Ratio]:
    """Measure a changed card of 200, and one of ``cards`` where that is another number."""
    for number, most in ((200, 2.0), (cards, 4.0)):
        if (number, most) != (200, 4.0):
            yield _saved(make(folder / f"served-{number}", number), number, most)


def _saved(options: Options, cards: int, most: float) -> Ratio:
    """Change the definition of one card; build in this process, as a server does, and by turns."""
    path = options.root / "content" / "indicators" / "first" / "card_0001.yml"
    saved = 0

    def save() -> None:
        nonlocal saved
        saved += 1
        text = path.read_text("utf-8").replace("张卡片", "张卡片，", 1)
        path.write_text(text, "utf-8")

    def whole() -> None:
        save()
        _built(options)

    def generated() -> None:
        save()
        done, problems = generate(options)
        assert done is not None, [p.text() for p in problems]

    _built(options)
    everything, markdown = cost(whole), cost(generated)
    shutil.rmtree(options.cache / "built")
    afresh = cost(whole, runs=1)
    return Ratio(
        f"one card of {cards:,} saved: the site in line",
        everything.cpu,
        most,
        f"CPU, one language, MkDocs and its start included; generating alone {markdown.cpu:.1f} s;"
        f" with no page kept {afresh.cpu:.1f} s",
        "s",
    )


def _built(options: Options) -> None:
    built, problems = build(options)
    assert built is not None, [p.text() for p in problems]
