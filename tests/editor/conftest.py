"""A server over a copy of the mini site, started once for all who only ask."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.client import Client

MINI = Path(__file__).parents[1] / "sites" / "mini"
REVENUE = "content/indicators/sales/revenue.yml"
ATTAINMENT = "content/indicators/sales/sales_attainment.yml"
ORDERS = "content/datasets/orders.yml"


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """An editor on a site of its own, with its cards open."""
    root = tmp_path_factory.mktemp("editor") / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    client = Client(root)
    try:
        for file in (REVENUE, ATTAINMENT, ORDERS):
            client.open(file)
        yield client
        assert client.end() == 0
    finally:
        client.close()


@pytest.fixture
def revenue(client: Client) -> Iterator[str]:
    """The text of a card, which is as it was before and after the test."""
    text = (client.root / REVENUE).read_text("utf-8")
    client.change(REVENUE, text)
    client.told(REVENUE, set())
    yield text
    client.change(REVENUE, text)
    client.told(REVENUE, set())
