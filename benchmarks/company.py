"""The sample company: a changed card, the charts, and the whole build beside a plain one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.measure import RUNS, Ratio, cost, side_by_side
from kpi_site.building import build
from kpi_site.charts.by_member import breakdown_spec
from kpi_site.charts.over_time import trend_spec
from kpi_site.options import Options
from kpi_site.site import generate
from kpi_site.stages import figures

TODAY = date(2026, 11, 10)
HERE = Path(__file__).parents[1]
_PLAIN = """\
site_name: plain
docs_dir: {docs}
theme: {{name: material, language: {language}}}
plugins: [{{search: {{lang: [zh, en]}}}}]
markdown_extensions: [admonition, attr_list, md_in_html, tables, toc]
nav: [index.md]
"""


def copy(folder: Path) -> Options:
    """Return the options of a fresh copy of the sample company, built warm."""
    root = folder / "company"
    shutil.rmtree(root, ignore_errors=True)
    for name in ("content", "docs"):
        if (HERE / name).is_dir():
            shutil.copytree(HERE / name, root / name)
    shutil.copytree(HERE / "data", root / "data", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "mkdocs.yml", root)
    options = Options(root, TODAY)
    generated, problems = generate(options)
    assert generated is not None, [p.text() for p in problems]
    return options


def ratios(folder: Path) -> Iterator[Ratio]:
    """Measure the sample company."""
    options = copy(folder)
    yield _changed_card(options)
    yield _charts(options)
    yield _whole_build(options, folder)
    yield _unchanged(options)
    yield small_cells(options)


def _changed_card(options: Options) -> Ratio:
    """Change one card's aggregate, each time otherwise, and generate again."""
    cards = sorted((options.root / "content" / "indicators").glob("*/*.yml"))
    card = next(path for path in cards if "value: COUNT(*)}" in path.read_text("utf-8"))
    before = card.read_text("utf-8")

    def again() -> None:
        generated, problems = generate(options)
        assert generated is not None, [p.text() for p in problems]
        assert generated.changed, "the change shows nowhere"

    seconds = []
    for run in range(RUNS):
        changed = before.replace("value: COUNT(*)}", f"value: COUNT(*) + {run + 1}}}", 1)
        card.write_text(changed, "utf-8")
        seconds.append(cost(again, runs=1).wall)
    card.write_text(before, "utf-8")
    again()
    return Ratio("a changed card: generation", median(seconds), 1, f"{card.stem}.yml", "s")


def small_cells(options: Options) -> Ratio:
    """Generate from nothing, with small cells hidden and with all told."""
    path = options.root / "content" / "site.yml"
    before = path.read_text("utf-8")
    assert "suppression: {min_count: 5}" in before

    def told(text: str) -> None:
        path.write_text(text, "utf-8")
        shutil.rmtree(options.cache, ignore_errors=True)
        generated, problems = generate(options)
        assert generated is not None, [p.text() for p in problems]

    hidden, everything = side_by_side(
        lambda: told(before), lambda: told(before.replace("{min_count: 5}", "off"))
    )
    path.write_text(before, "utf-8")
    detail = f"{hidden.cpu:.1f} s CPU with small cells hidden, {everything.cpu:.1f} s with none"
    return Ratio("small cells: generation from nothing", hidden.cpu / everything.cpu, 1.1, detail)


def _charts(options: Options) -> Ratio:
    """Fill the trend of every card, and its breakdown by each dimension, as JSON text."""
    found, problems = figures(options)
    assert found is not None, [p.text() for p in problems]
    trends = [
        (found.catalog.indicators[name], series)
        for name, result in found.results.items()
        for key, series in result.series.items()
        if not key.dimension and series.results
    ]
    breakdowns = [
        (card, tuple(found.results[card.id].members(series.key.grain, dimension)), series)
        for card, series in trends
        for dimension in card.dimensions
    ]

    def draw() -> None:
        for card, series in trends:
            json.dumps(trend_spec(card, series, "zh"))
        for card, members, series in breakdowns:
            json.dumps(breakdown_spec(card, members, series.results[-1].period, "zh", {}))

    draw()  # reads the templates
    count = len(trends) + len(breakdowns)
    spent = cost(draw).wall / count * 1000
    return Ratio("charts: one filled with a card's numbers", spent, 1, f"{count} charts", "ms")


def _whole_build(options: Options, folder: Path) -> Ratio:
    """Build the site, and its Markdown with Material for MkDocs alone."""

    def ours() -> None:
        shutil.rmtree(options.cache / "standing", ignore_errors=True)  # else it would stand
        built, problems = build(options)
        assert built is not None, [p.text() for p in problems]

    def bare() -> None:
        for language in ("zh", "en"):
            plain(options.docs / language, folder, language)

    ours()
    first, second = side_by_side(ours, bare)
    return Ratio(
        "whole build, of a plain MkDocs Material build of the same Markdown",
        first.cpu / second.cpu,
        2,
        f"CPU {first.cpu:.1f} s of {second.cpu:.1f} s, two languages",
    )


def _unchanged(options: Options) -> Ratio:
    """Build the site with nothing kept, and again with nothing changed; both as programs."""

    def whole() -> None:
        command = [sys.executable, "-m", "kpi_site", "build", "--root", str(options.root)]
        subprocess.run(command, check=True, capture_output=True)

    shutil.rmtree(options.root / "build")
    cold = cost(whole, runs=1)
    again = cost(whole)
    return Ratio(
        "unchanged: building again, of building with nothing kept",
        again.cpu / cold.cpu * 100,
        5,
        f"CPU {again.cpu:.2f} s of {cold.cpu:.1f} s, the program's start included",
        "%",
    )


def plain(docs: Path, folder: Path, language: str) -> None:
    """Build ``docs`` with Material for MkDocs: search on, one page in the navigation."""
    config = folder / f"plain.{language}.yml"
    config.write_text(_PLAIN.format(docs=docs.resolve(), language=language), "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(config)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(
        [*command, "-d", str(folder.resolve() / f"plain-{language}")],
        check=True, capture_output=True, env=environment,
    )  # fmt: skip
