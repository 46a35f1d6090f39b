"""Medians by dimensions of every kind, with and without a value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.engines.figures import Site, read_site
from tests.figures.small import card, dataset, write

KINDS = {
    "flag": ("boolean", ("true", "false", "")),
    "size": ("number, decimals: 2", ("1.50", "", "-2")),
    "level": ("integer", ("1", "2", "", "3")),
    "due": ("date", ("2026-01-01", "", "2026-02-01")),
    "begun": ("datetime", ("2026-01-01 10:00:00", "2026-02-01 00:00:00", "")),
    "place": ("string", ("a", "", "b", "c")),
}
DAYS = ("2026-01-03", "2026-02-04", "2026-03-09", "2026-03-19", "2026-05-01")
VALUES: Mapping[str, tuple[str, ...]] = {
    "amount": ("1", "2.5", "", "700", "-9", "3.25", "2.5"),
    "count": ("1", "9007199254740993", "3", "", "4", "9007199254740992", "2", "-5"),
}
TERMS = (
    "value: MEDIAN(amount)",
    'value: "QUANTILE_CONT(count, 0.3)", window: 60d',
    "value: MEDIAN(amount / count)",
    "value: MAX(amount / count) + MIN(count), window: 60d",
    "value: MEDIAN(count), since: day, at: end",
    "value: MEDIAN(amount), at: end",
)


def by_every_kind(root: Path) -> Site:
    """Write and read a site with a card for each of the terms, and each kind of dimension."""
    fields = [f"name: {name}, type: {kind}" for name, (kind, _) in KINDS.items()]
    numbers = ["name: amount, type: number, decimals: 2", "name: count, type: integer"]
    columns = (DAYS, *(values for _, values in KINDS.values()), *VALUES.values())
    lines = [",".join(("day", *KINDS, *VALUES))]
    lines += [
        ",".join(c[n * (i + 3) % 61 % len(c)] for i, c in enumerate(columns)) for n in range(60)
    ]
    by = f"dimensions: [{', '.join(KINDS)}]\n"
    files = dataset("facts", *fields, *numbers)
    for n, term in enumerate(TERMS):
        files |= card(f"card_{n}", f"t: {{from: facts, {term}}}", more=by)
    site = write(root, {**files, "data/facts.csv": "\n".join(lines) + "\n"})
    return read_site(site, root / "build")
