"""Many cards over few facts: what one page costs in a small handbook and in a large one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.measure import Ratio, cost, peak_memory
from kpi_site.building import build
from kpi_site.options import Options

TODAY = date(2026, 11, 10)
_SITE = """\
organisation: {zh: 多卡公司, en: Many cards}
languages: [zh]
data_through: 2026-06-30
departments:
  - {id: first, name: {zh: 一部, en: First}}
  - {id: second, name: {zh: 二部, en: Second}}
"""
_DATASET = """\
id: orders
path: data/orders.csv
time: day
schema:
  fields:
    - {name: day, type: date}
    - {name: region, type: string}
    - {name: amount, type: number, decimals: 2}
"""
_CARD = """\
id: {id}
name: {{zh: 指标{number}, en: Indicator {number}}}
definition: {{zh: 第{number}张卡片的定义。, en: What card {number} measures.}}
formula: a / b
terms:
  a: {{from: orders, value: SUM(amount)}}
  b: {{from: orders, value: COUNT(*)}}
unit: CNY
cycle: month
dimensions: [region]
direction: higher
thresholds: {{baseline: 10, target: 50, challenge: 90}}
"""
_WHOLE_CHECK = """\
import sys
from datetime import date
from pathlib import Path
from kpi_site.checking import check
from kpi_site.options import Options
assert not check(Options(Path(sys.argv[1]), date(2026, 11, 10)))
"""
_WHOLE_BUILD = """\
import sys
from datetime import date
from pathlib import Path
from kpi_site.building import build
from kpi_site.options import Options
built, problems = build(Options(Path(sys.argv[1]), date(2026, 11, 10)))
assert built is not None, [p.text() for p in problems]
"""


@dataclass(frozen=True, slots=True)
class _Built:
    """What a build from nothing took of CPU (s) and memory (MB), and one where all is as it was."""

    cold: float
    peak: int
    again: float
    site: Path


def make(root: Path, cards: int) -> Options:
    """Write a site of ``cards`` cards below ``root``."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "data").mkdir(parents=True)
    (root / "content" / "datasets").mkdir(parents=True)
    (root / "content" / "site.yml").write_text(_SITE, "utf-8")
    (root / "content" / "datasets" / "orders.yml").write_text(_DATASET, "utf-8")
    lines = [
        f"{year}-{month:02}-15,{region},{(month * 37 + year) % 101}.50"
        for year in (2024, 2025, 2026)
        for month in range(1, 13)
        for region in ("north", "south")
        if (year, month) <= (2026, 6)
    ]
    (root / "data" / "orders.csv").write_text("\n".join(["day,region,amount", *lines]) + "\n")
    for number in range(cards):
        folder = root / "content" / "indicators" / ("first" if number % 2 else "second")
        folder.mkdir(parents=True, exist_ok=True)
        text = _CARD.format(id=f"card_{number:04}", number=number)
        (folder / f"card_{number:04}.yml").write_text(text, "utf-8")
    return Options(root, TODAY)


def ratios(folder: Path, pages: int) -> Iterator[Ratio]:
    """Measure whole builds of 200 and of ``pages`` cards, in CPU a page."""
    yield from _check(folder, pages)
    yield from _from_nothing(_built(folder, 200), _built(folder, pages), pages)
    few, many = _per_page(folder, 200), _per_page(folder, pages)
    yield Ratio(
        f"a page of {pages:,}, of one of 200",
        many / few,
        1.2,
        f"CPU {many * 1000:.0f} ms of {few * 1000:.0f} ms a page, one language",
    )


def _check(folder: Path, cards: int) -> Iterator[Ratio]:
    """Check the content of many cards by program: first, with one card changed, and unchanged."""
    options = make(folder / f"checked-{cards}", cards)
    command = [sys.executable, "-m", "kpi_site", "check", "--root", str(options.root)]

    def check() -> None:
        subprocess.run([*command, "--no-data"], check=True, capture_output=True)

    def changed() -> None:
        card = next((options.root / "content" / "indicators" / "first").iterdir())
        card.write_text(card.read_text("utf-8") + "\n", "utf-8")
        check()

    first = cost(check, runs=1)
    again, one = cost(check), cost(changed)
    yield Ratio(
        f"check --no-data, {cards:,} cards: again, unchanged",
        again.cpu,
        2,
        f"CPU; the first time {first.cpu:.1f} s, with one card changed {one.cpu:.1f} s",
        "s",
    )
    peak = peak_memory(_WHOLE_CHECK, str(options.root))
    yield Ratio(f"check: peak memory, {cards:,} cards", peak / 1000, 1, "one run", "GB")


def _built(folder: Path, cards: int) -> _Built:
    options = make(folder / f"cold-{cards}", cards)
    peaks: list[int] = []

    def whole() -> None:
        peaks.append(peak_memory(_WHOLE_BUILD, str(options.root)))

    cold = cost(whole, runs=1)
    return _Built(cold.cpu, peaks[0], cost(whole).cpu, options.target / "zh")


def _from_nothing(few: _Built, many: _Built, cards: int) -> Iterator[Ratio]:
    """Tell of builds from nothing by program, of unchanged ones, and of the room that they take."""
    yield Ratio(
        f"building {cards:,} cards from nothing, of 200",
        many.cold / few.cold,
        1.1 * cards / 200,
        f"CPU {many.cold:.1f} s of {few.cold:.1f} s",
    )
    yield Ratio("building: peak memory of one process", many.peak / 1000, 2, "one run", "GB")
    yield Ratio(
        f"building {cards:,} cards where nothing changed, of from nothing",
        many.again / many.cold * 100,
        5,
        f"CPU {many.again:.1f} s; of 200 cards {few.again:.1f} s of {few.cold:.1f} s",
        "%",
    )
    pages, charts, downloads = (
        _size(many.site, *kind) / cards / 1000
        for kind in (("indicators", "*.html"), ("charts", "*.json"), ("data", "*"))
    )
    yield Ratio(
        f"a card's page and charts in one language, {cards:,} cards",
        pages + charts,
        60,
        f"pages {pages:.1f} kB, charts {charts:.1f} kB; all downloads {downloads:.1f} kB a card",
        "kB",
    )


def _size(site: Path, folder: str, names: str) -> int:
    return sum(path.stat().st_size for path in (site / folder).rglob(names) if path.is_file())


def _per_page(folder: Path, cards: int) -> float:
    options = make(folder / f"cards-{cards}", cards)

    def whole() -> None:
        shutil.rmtree(options.cache / "standing", ignore_errors=True)  # else it would stand
        built, problems = build(options)
        assert built is not None, [p.text() for p in problems]

    whole()  # computes; what is measured is generating and building the pages
    return cost(whole).cpu / cards
