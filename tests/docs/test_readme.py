"""The README names every command, and every address in it leads to a file."""

from __future__ import annotations

import re

import pytest

from kpi_site.cli.shared import app
from tests.docs.fenced import DOCS

ROOT = DOCS.parent


def test_every_command_is_named() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `kpi-site ([\w-]+)", text, re.MULTILINE))
    registered = {
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    }
    assert registered <= told


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_to_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for address in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert (ROOT / address).exists(), address
