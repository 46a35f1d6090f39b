"""Which columns a term may name, and what a dimension's name means in a dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.catalog import Catalog
from kpi_site.schema import columns_of, resolve_dimension
from tests.content.company import SHORT, TICKETS, read

SECOND_KEY = """\
    - {fields: [备注], reference: {resource: customers, fields: [customer_id]}}
  missingValues:"""
AGENTS = """\
id: agents
path: data/tickets.csv
schema:
  fields:
    - {name: agent, type: string}
    - {name: team, type: string}
    - {name: tier, type: integer}
derived: {is_senior: tier >= 3}
"""
AGENT_KEY = """\
    - {fields: [备注], reference: {resource: agents, fields: agent}}
  missingValues:"""


def company(root: Path, key: str) -> Catalog:
    tickets = TICKETS.replace("  missingValues:", key)
    found = read(root, {SHORT["tickets"]: tickets, "content/datasets/agents.yml": AGENTS})
    assert found.catalog is not None
    return found.catalog


def kinds(catalog: Catalog, dataset: str) -> dict[str, str]:
    return {name: type_.kind for name, type_ in columns_of(catalog, dataset).items()}


def test_own_derived_and_parents_columns(tmp_path: Path) -> None:
    catalog = company(tmp_path, AGENT_KEY)
    assert kinds(catalog, "tickets") == {
        "ticket_id": "string",
        "created_at": "datetime",
        "resolved_at": "datetime",
        "customer_id": "string",
        "channel": "string",
        "amount": "number",
        "备注": "string",
        "days_open": "duration",
        "customers.customer_id": "string",
        "customers.tier": "string",
        "customers.won_on": "date",
        "customers.lost_on": "date",
        "agents.agent": "string",
        "agents.team": "string",
        "agents.tier": "integer",
        "agents.is_senior": "boolean",
    }


def test_two_keys_to_one_parent_are_ambiguous(tmp_path: Path) -> None:
    changed = {SHORT["tickets"]: TICKETS.replace("  missingValues:", SECOND_KEY)}
    found = read(tmp_path, dict(changed))
    assert found.seen == ["attainment:12:23 unknown-dimension"]
    assert found.catalog is not None
    assert not [name for name in columns_of(found.catalog, "tickets") if "." in name]


@pytest.mark.parametrize(
    ("dataset", "name", "column"),
    [
        ("tickets", "channel", "channel"),
        ("tickets", "days_open", "days_open"),
        ("tickets", "customers.tier", "customers.tier"),
        ("customers", "customers.tier", "tier"),
        ("customers", "tier", "tier"),
        ("tickets", "team", "agents.team"),
        ("tickets", "is_senior", "agents.is_senior"),
        ("tickets", "tier", None),  # customers and agents both have one
        ("tickets", "agents.tier", "agents.tier"),
        ("tickets", "tickets.channel", "channel"),
        ("tickets", "nothing", None),
        ("customers", "channel", None),
        ("customers", "agents.tier", None),
    ],
)
def test_dimension(tmp_path: Path, dataset: str, name: str, column: str | None) -> None:
    catalog = company(tmp_path, AGENT_KEY)
    assert resolve_dimension(catalog, catalog.datasets[dataset], name) == column
