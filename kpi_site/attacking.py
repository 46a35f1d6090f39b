"""The attack on a built site: what its readers can work out of figures about few people.

Rules: specification.md#disclosure-check.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from kpi_site.catalog import Catalog
from kpi_site.compute import compute, settle_through
from kpi_site.disclosure import CellKey, rule_of
from kpi_site.disclosure.exposed import Exposed, exposed
from kpi_site.disclosure.protection import people_cards, secrets
from kpi_site.disclosure.written import digits_of, written
from kpi_site.editions.small_cells import told_before
from kpi_site.options import Options
from kpi_site.periods import Grain
from kpi_site.problems import Location, Problem, in_order, problem
from kpi_site.results import SeriesKey
from kpi_site.stages import Progress, engine_of, quiet, read

_NUMBERS = ("value", "n", "points", "mean", "lower", "upper")
_NAMED = 3
_OF_EDITION = re.compile(r"reports/[^/]+/edition-\d+/")


def attack(options: Options, *, progress: Progress = quiet) -> tuple[Problem, ...]:
    """Return every figure that readers of the built site know better than is promised."""
    facts, problems = read(options, progress=progress)
    if facts is None:
        return problems
    catalog = settle_through(facts.catalog, facts.tables, options.today)
    rule = rule_of(catalog)
    if rule is None:
        return ()
    folders = sorted(path.parent for path in options.target.glob("*/data/datapackage.json"))
    if not folders:
        return (_not_built(options),)
    engine = engine_of(options, catalog)
    results = compute(
        catalog, facts.tables, options.cache / "results", engine=engine, progress=progress
    )
    told: dict[CellKey, str] = {}
    for folder in folders:
        for cell, file in _told(catalog, folder):
            told.setdefault(cell, file)
    before = told_before(facts.published.in_order(), catalog, results, people_cards(catalog))
    secret = secrets(catalog, facts.tables, results, lambda _: before)
    if secret is None:
        return ()
    problems_ = [_exposed(catalog, one, told) for one in exposed(rule, secret, told, before)]
    files = {folder.parent for folder in folders}
    secrets_ = digits_of(results, secret.cells)
    problems_ += _written(catalog, sorted(files), secrets_, before.told)
    return in_order(problems_)


def _written(
    catalog: Catalog,
    folders: Iterable[Path],
    secret: Mapping[str, CellKey],
    told: Collection[CellKey],
) -> Iterator[Problem]:
    """Yield the hidden figures whose digits stand in any other file of the site, each once.

    What editions have ``told`` stands in their own files.
    """
    seen = set()
    for folder in folders:
        for cell, file, text in written(folder, secret):
            own = cell in told and _OF_EDITION.match(file) is not None
            if cell not in seen and not own:
                seen.add(cell)
                number = float(text.replace(",", ""))
                yield _exposed(catalog, Exposed(cell, number, number), {cell: file})


def _told(catalog: Catalog, folder: Path) -> Iterator[tuple[CellKey, str]]:
    """Yield every cell of which a file of the site tells a number."""
    tables = ("values", "terms", "signals", "running")
    wanted = [*(f"{table}.csv" for table in tables), *(f"{table}/*.csv" for table in tables)]
    found = (sorted(folder.glob(pattern)) for pattern in (*wanted, "indicators/*.csv"))
    for name in (path.relative_to(folder).as_posix() for paths in found for path in paths):
        running = name.startswith("running")
        with (folder / name).open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if any(row.get(number) for number in _NUMBERS):
                    cell = _cell(catalog, row, running=running)
                    if cell is not None:
                        yield cell, f"data/{name}"


def _cell(catalog: Catalog, row: dict[str, str], *, running: bool) -> CellKey | None:
    period = catalog.site.calendar.parse(row.get("period", ""))
    if period is None or not row.get("indicator"):
        return None
    grain = Grain(row["grain"]) if row.get("grain") else period.grain
    series = SeriesKey(grain, row.get("dimension") or "", row.get("member") or "")
    return CellKey(row["indicator"], series, period.first, running)


def _exposed(catalog: Catalog, found: Exposed, told: dict[CellKey, str]) -> Problem:
    card = catalog.indicators[found.cell.card]
    files = sorted({told[one] for one in (found.cell, *found.by) if one in told})
    name, file = _name(catalog, found.cell), ", ".join(files)
    low, high = f"{found.low:.6g}", f"{found.high:.6g}"
    by = "; ".join(_name(catalog, one) for one in found.by[:_NAMED] if one != found.cell)
    told_by = (f"（据 {by}）", f" (by {by})") if by else ("", "")
    return problem(
        card.where,
        "cell-exposed",
        zh=f"{name} 不该让人知道，而从 {file} 可知它在 {low} 与 {high} 之间{told_by[0]}",
        en=f"{name} is to be hidden, and {file} tells that it lies from {low} to {high}"
        f"{told_by[1]}",
        hint_zh="请重新生成网站；仍然如此，请不要公布。",
        hint_en="Build the site again; if it stays so, do not publish it.",
    )


def _not_built(options: Options) -> Problem:
    return problem(
        Location(str(options.out or options.target)),
        "no-built-site",
        zh="这里没有可以检查的网站",
        en="there is no built site here to be attacked",
        hint_zh="请先运行 kpi-site build。",
        hint_en="Run kpi-site build first.",
    )


def _name(catalog: Catalog, cell: CellKey) -> str:
    """Return what a cell is called: card, period, member."""
    period = catalog.site.calendar.containing(cell.first, cell.series.grain)
    label = cell.first.isoformat() if period is None else period.label
    member = f"{cell.series.dimension}={cell.series.member}" if cell.series.dimension else ""
    return " ".join(filter(None, (cell.card, cell.series.grain.value, label, member)))
