"""Make the facts of the sample company, Huachen Group: ``python data/make_facts.py [DIR]``.

Everything is invented. The same bytes come out each time; ``DIR`` is this file's folder
unless another is given.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # so that this file runs as a script from anywhere

from data.generator import (  # noqa: E402
    books,
    conduct,
    departments,
    estate,
    outlook,
    parties,
    sales,
    selling,
    service,
    staff,
)
from data.generator.files import Row, write_csv  # noqa: E402
from data.generator.headers import HEADERS  # noqa: E402


def main(out: Path) -> None:
    """Write every file of facts below ``out``."""
    customers, products = parties.make_customers(), parties.make_products()
    employees = parties.make_employees()
    orders = sales.make_orders(customers, products)
    shipments = sales.make_shipments(orders)
    bills, complaints = estate.make_bills(), estate.make_complaints()
    tickets = list(service.ticket_rows(customers, employees))
    for year in sorted({_year(row) for row in tickets}):
        rows = [row for row in tickets if _year(row) == year]
        write_csv(out / f"tickets/{year}.csv", HEADERS["tickets"], rows)
    files: dict[str, Iterable[Row]] = {
        "customers.csv": (
            (c.id, c.name, c.region, c.industry, c.tier, c.registered, c.joined, c.left)
            for c in customers
        ),
        "products.csv": ((p.id, p.name, p.line, p.kva) for p in products),
        "employees.csv": (
            (e.id, e.department, e.level, e.registered, e.joined, e.left) for e in employees
        ),
        "order_lines.csv": sales.order_rows(orders),
        "shipments.csv": sales.shipment_rows(shipments),
        "sales_targets.csv": sales.target_rows(shipments),
        "market.csv": sales.market_rows(shipments),
        "contracts.csv": selling.contract_rows(customers),
        "promotion_costs.csv": selling.promotion_rows(),
        "surveys.csv.gz": service.survey_rows(customers),
        "survey_aspects.csv": service.aspect_rows(customers),
        "rent.csv": estate.bill_rows(bills),
        "complaints.csv": estate.complaint_rows(complaints),
        "callback_checks.csv": estate.check_rows(complaints),
        "followups.csv": estate.followup_rows(complaints),
        "title_registration.csv": estate.title_rows(),
        "tenant_survey.csv": estate.tenant_rows(),
        "training_plan.csv": staff.plan_rows(),
        "training_records.csv": staff.record_rows(employees),
        "department_tasks.csv": conduct.task_rows(),
        "department_events.csv": conduct.event_rows(),
        "staff_survey.csv": staff.satisfaction_rows(employees),
        "collaboration_survey.csv": staff.collaboration_rows(),
        "ledger.csv": books.ledger_rows(shipments, bills),
        "balances.csv": books.balance_rows(),
        "budget.csv": books.budget_rows(),
    }
    for name, lines in files.items():
        write_csv(out / name, HEADERS[name.split(".")[0]], lines)
    write_csv(out / "visits.csv", HEADERS["visits"], selling.visit_rows(customers), "gb18030")
    outlook.write_facts(out, employees, shipments, bills)
    ledger = books.ledger_rows(shipments, bills)
    departments.write_facts(out, products, employees, shipments, ledger)


def _year(row: Row) -> str:
    return f"{row[1]}"[:4]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
