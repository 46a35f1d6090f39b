"""The facts of manufacturing, purchasing, quality, development, investment and objectives."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data.generator import growth, works
from data.generator.files import Row, write_csv
from data.generator.formats import write_parquet, write_xlsx
from data.generator.parties import Employee, Product
from data.generator.sales import Shipment

_TEXTS = {**works.WORKS_COLUMNS, **growth.GROWTH_COLUMNS}
_COLUMNS = {name: tuple(columns.split()) for name, columns in _TEXTS.items()}


def write_facts(
    out: Path,
    products: list[Product],
    employees: list[Employee],
    shipments: list[Shipment],
    ledger: Iterable[Row],
) -> None:
    """Write the files of these departments below ``out``."""
    write_parquet(
        out / "production_orders.parquet",
        _COLUMNS["production_orders"],
        works.production_rows(products),
        {"hours": 1, "rework_hours": 1},
    )
    write_xlsx(
        out / "investments.xlsx",
        "investments",
        _COLUMNS["investments"],
        growth.investment_rows(),
    )
    projects = growth.make_projects()
    files: dict[str, Iterable[Row]] = {
        "purchase_receipts": works.purchase_rows(),
        "rnd_projects": growth.project_rows(projects),
        "rnd_gates": growth.gate_rows(projects),
        "rnd_costs": growth.cost_rows(projects, ledger),
        "ideas": growth.idea_rows(employees),
        "improvement_projects": growth.improvement_rows(),
        "warranty_claims": growth.claim_rows(shipments),
        "corrective_actions": growth.action_rows(),
        "investment_returns": growth.return_rows(),
        "objectives": growth.objective_rows(),
        "commitments": growth.commitment_rows(),
    }
    for name, rows in files.items():
        write_csv(out / f"{name}.csv", _COLUMNS[name], rows)
