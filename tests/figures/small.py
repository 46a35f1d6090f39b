"""Small sites written in a test: their problems, and the figures that they publish."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from kpi_site.checking import check
from kpi_site.options import Options
from kpi_site.problems import Problem
from tests.oracle.product import TODAY, built

SITE = """\
organisation: {zh: 小公司, en: Small company}
data_through: 2026-03-31
departments:
  - {id: main, name: {zh: 本部, en: Main}}
"""


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write ``files`` below ``root``, and a ``site.yml`` where they bring none."""
    for name, text in {"content/site.yml": SITE, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def dataset(name: str, *fields: str, time: str = "day", more: str = "") -> dict[str, str]:
    """Return a dataset file with a date column ``day`` and ``fields`` (``name: …, type: …``)."""
    lines = [f"id: {name}", f"path: data/{name}.csv"]
    lines += [f"time: {time}"] if time else []
    lines += ["schema:", "  fields:", "    - {name: day, type: date}"]
    lines += [f"    - {{{field}}}" for field in fields]
    return {f"content/datasets/{name}.yml": "\n".join(lines) + "\n" + more}


def card(name: str, *terms: str, formula: str = "", more: str = "") -> dict[str, str]:
    """Return a card; ``terms`` are ``name: {…}``, and the first is the formula by default."""
    lines = [
        f"id: {name}",
        f"name: {{zh: {name}, en: {name}}}",
        f"definition: {{zh: {name}。, en: {name}.}}",
        f"formula: {formula or terms[0].partition(':')[0]}",
        "terms:",
        *(f"  {term}" for term in terms),
        "unit: count",
        "cycle: month",
    ]
    return {f"content/indicators/main/{name}.yml": "\n".join(lines) + "\n" + more}


def problems(root: Path) -> tuple[Problem, ...]:
    """Return what ``check`` finds in a site."""
    return check(Options(root=root, today=TODAY))


def figures(root: Path, file: str = "values") -> dict[str, str]:
    """Return a value by ``indicator period member`` (of ``terms``: ``indicator.term …``)."""
    data = built(root, root / "build" / "cache")[f"data/{file}.csv"]
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    names = ("indicator", "term") if file == "terms" else ("indicator",)
    return {
        " ".join(filter(None, (".".join(r[n] for n in names), r["period"], r["member"]))): (
            r["value"] or r.get("state", "")
        )
        for r in rows
    }
