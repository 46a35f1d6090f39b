"""A national data site: many indicators, each with a small table of its own.

Like the sites of the Sustainable Development Goals: a CSV for each indicator with the last day of
a year, up to six columns by which it comes apart, and a value; half have fewer than 140 rows,
some two thousand. Ours are made, the same each time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from benchmarks.measure import Ratio, cost
from kpi_site import downloads
from kpi_site.files import write_changed
from kpi_site.options import Options
from kpi_site.stages import figures

TODAY = date(2026, 11, 10)
INDICATORS = 184
_YEARS = range(2010, 2026)
_DEPARTMENTS = 17  # the goals
_COLUMNS = {
    "sex": ("female", "male"),
    "age": ("0-15", "16-24", "25-49", "50-64", "65+"),
    "region": ("north", "east", "south", "west", "centre", "islands"),
    "disability": ("yes", "no"),
    "setting": ("urban", "rural"),
    "income": ("lowest", "second", "third", "fourth", "highest"),
}
_SITE = """\
organisation: {zh: 统计局, en: Statistics office}
languages: [zh, en]
data_through: 2025-12-31
departments:
"""
_DATASET = """\
id: {id}
path: data/{id}.csv
time: day
schema:
  fields:
    - {{name: day, type: date}}
{columns}    - {{name: value, type: number, decimals: 2}}
"""
_CARD = """\
id: {id}
name: {{zh: 指标{number}, en: Indicator {number}}}
definition: {{zh: 第{number}项指标的定义。, en: What indicator {number} measures.}}
formula: total
terms:
  total: {{from: {id}, value: SUM(value)}}
unit: {{symbol: {{zh: 个, en: units}}}}
cycle: year
dimensions: [{dimensions}]
direction: higher
"""


def ratios(folder: Path) -> Iterator[Ratio]:
    """Measure what an indicator costs from nothing: read, checked, computed, its data written."""
    options = make(folder / "indicators")

    def from_nothing() -> None:
        shutil.rmtree(options.root / "build", ignore_errors=True)
        found, problems = figures(options)
        assert found is not None, [p.text() for p in problems][:5]
        write_changed(options.root / "build" / "data", downloads.files(found))

    spent = cost(from_nothing)
    rows = sum(path.read_bytes().count(b"\n") - 1 for path in (options.root / "data").iterdir())
    yield Ratio(
        "an indicator with a table of its own: from nothing to its data",
        spent.cpu / INDICATORS,
        0.1,
        f"CPU {spent.cpu:.1f} s, {INDICATORS} indicators, {rows:,} rows",
        "s",
    )


def make(root: Path) -> Options:
    """Write the site below ``root``: for each indicator a card, a dataset and its CSV."""
    shutil.rmtree(root, ignore_errors=True)
    for name in ("data", "content/datasets"):
        (root / name).mkdir(parents=True)
    units = (f"  - {{id: goal_{n}, name: {{zh: 目标{n}, en: Goal {n}}}}}\n" for n in _goals())
    (root / "content" / "site.yml").write_text(_SITE + "".join(units), "utf-8")
    for goal in _goals():
        (root / "content" / "indicators" / f"goal_{goal}").mkdir(parents=True)
    random = Random(184)
    for number in range(1, INDICATORS + 1):
        _indicator(root, number, random)
    return Options(root, TODAY)


def _goals() -> range:
    return range(1, _DEPARTMENTS + 1)


def _indicator(root: Path, number: int, random: Random) -> None:
    name = f"indicator_{number:03}"
    columns = random.sample(sorted(_COLUMNS), random.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6)))
    lines = [",".join(("day", *columns, "value")), *_rows(columns, random)]
    (root / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    fields = "".join(f"    - {{name: {column}, type: string}}\n" for column in columns)
    dataset = _DATASET.format(id=name, columns=fields)
    (root / "content" / "datasets" / f"{name}.yml").write_text(dataset, "utf-8")
    card = _CARD.format(id=name, number=number, dimensions=", ".join(columns))
    goal = number % _DEPARTMENTS + 1
    (root / "content" / "indicators" / f"goal_{goal}" / f"{name}.yml").write_text(card, "utf-8")


def _rows(columns: list[str], random: Random) -> Iterator[str]:
    """Yield ten to two thousand lines, as often between 10 and 140 as between 140 and 2,000."""
    count = round(10 * 200 ** random.random()) if columns else random.randint(10, len(_YEARS))
    for at in range(count):
        year = _YEARS[at * len(_YEARS) // count]
        members = (random.choice(_COLUMNS[column]) for column in columns)
        yield ",".join((f"{year}-12-31", *members, f"{random.uniform(0, 1000):.2f}"))
