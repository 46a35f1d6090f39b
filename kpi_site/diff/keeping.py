"""Kept work lent from one state of a site to the other, so that only differences are computed.

Copies of facts and results are named by digests of everything that they are made of: whatever
both states share has the same name, and never the wrong content.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kpi_site.diff.checkout import lend
from kpi_site.figures import Figures

_KEYS: Final = "tables/keys.json"  # foreign keys found whole, by the digests of both sides


def lend_kept(source: Path, target: Path) -> None:
    """Let everything kept in the cache ``source`` stand in ``target`` too, under its name."""
    for path in _kept(source):
        lend(path, target / path.relative_to(source))
    if (source / _KEYS).is_file():
        lend(source / _KEYS, target / _KEYS)


def keep_only(cache: Path, figures: Figures) -> None:
    """Remove from ``cache`` what ``figures`` are not made of."""
    wanted = {table.parquet.stem for table in figures.tables.values()}
    wanted |= {f"{r.indicator}.{r.digest[:20]}" for r in figures.results.values()}
    for path in _kept(cache):
        if path.stem not in wanted:
            path.unlink(missing_ok=True)


def _kept(cache: Path) -> Iterator[Path]:
    """Yield the files of ``cache`` that are named by digests."""
    for folder in (cache / "tables", cache / "results"):
        found = sorted(folder.glob("*.*.*"))
        yield from (path for path in found if path.suffix in {".json", ".parquet"})
