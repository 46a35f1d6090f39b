"""The facts of the service desk, marketing, sales, people and cash, written together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data.generator import books, desk, outreach, people
from data.generator.estate import Bill
from data.generator.files import Row, write_csv
from data.generator.headers import HEADERS
from data.generator.parties import Employee
from data.generator.sales import Shipment


def write_facts(
    out: Path, employees: list[Employee], shipments: list[Shipment], bills: list[Bill]
) -> None:
    """Write these files below ``out``."""
    ledger = list(books.ledger_rows(shipments, bills))
    files: dict[str, Iterable[Row]] = {
        "service_reviews": desk.review_rows(),
        "service_offers": desk.offer_rows(),
        "calls": desk.call_rows(),
        "marketing_activities": outreach.activity_rows(),
        "market_survey": outreach.survey_rows(),
        "salesperson_sales": outreach.salesperson_rows(shipments),
        "peer_reviews": people.peer_rows(),
        "appraisals": people.appraisal_rows(employees),
        "cash": people.cash_rows(ledger),
    }
    for name, rows in files.items():
        write_csv(out / f"{name}.csv", HEADERS[name], rows)
