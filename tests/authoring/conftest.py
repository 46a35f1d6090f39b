"""A copy of the mini site for each test, read in this process."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from kpi_site.content import read_draft
from kpi_site.content.draft import Draft
from kpi_site.problems import Problem
from tests.shell.conftest import run as run  # noqa: PLC0414 - a fixture, taken over

MINI = Path(__file__).parents[1] / "sites" / "mini"
TODAY = date(2026, 11, 5)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A mini site in a folder of its own."""
    ignored = shutil.ignore_patterns("build", "site")
    return Path(shutil.copytree(MINI, tmp_path / "mini", ignore=ignored))


def draft_of(site: Path) -> Draft:
    """Return everything that the site holds."""
    return read_draft(site, today=TODAY)[0]


def problems_of(site: Path) -> tuple[Problem, ...]:
    """Return the problems of the content, facts aside."""
    return read_draft(site, today=TODAY)[1]
