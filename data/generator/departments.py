"""The facts of manufacturing, purchasing, quality, development, investment and objectives."""

from __future__ import annotations

from pathlib import Path

from data.generator import works
from data.generator.files import write_csv
from data.generator.formats import write_parquet
from data.generator.parties import Product


def write_facts(out: Path, products: list[Product]) -> None:
    """Write the files of these departments below ``out``."""
    columns = {name: text.split() for name, text in works.WORKS_COLUMNS.items()}
    write_parquet(
        out / "production_orders.parquet",
        columns["production_orders"],
        works.production_rows(products),
        {"hours": 1, "rework_hours": 1},
    )
    write_csv(out / "purchase_receipts.csv", columns["purchase_receipts"], works.purchase_rows())
