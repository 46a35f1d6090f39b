"""Content and editions as earlier versions wrote them: read, verified, built, migrated."""

from __future__ import annotations

import csv
import re
import shutil
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest

from tests.shell.conftest import Run
from tests.shell.conftest import run as run  # noqa: PLC0414 - a fixture, taken over

HERE = Path(__file__).parent
PERIODS = {"first": ("2026-07",), "since": ("2026-08", "2026-09", "2026-10")}
OLD = {
    "content/datasets/plan.yml:4:1": "'sheet' is an old spelling",
    "content/indicators/sales/sales_amount.yml:9:35": "'scale' is an old spelling",
}


@pytest.fixture(params=list(PERIODS))
def version(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name = str(request.param)
    return Path(shutil.copytree(HERE / name, tmp_path / name))


def values(site: Path) -> bytes:
    return (site / "site/zh/data/values.csv").read_bytes()


def test_a_site_of_an_earlier_version(version: Path, run: Run) -> None:
    """It is read with warnings alone, its editions hold, and migrating changes no figure."""
    checked = run("kpi_site", "check", cwd=version)
    assert checked.returncode == 0, checked.stdout
    warned = re.findall(r"^(\S+): warning: (.*?)\. ", checked.stdout, re.MULTILINE)
    assert dict(warned) == OLD
    built = run("kpi_site", "build", cwd=version)
    assert built.returncode == 0, built.stderr
    before = values(version)
    for period in PERIODS[version.name]:
        _shows_what_was_published(version, period)
    for where in (".", "site"):  # the ledger's files, and the pages of the built site
        done = run("kpi_site", "verify", where, "--root", ".", cwd=version)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "every file is as it was published" in done.stdout
    assert "differ" not in run("kpi_site", "revisions", cwd=version).stdout.replace("no ", "")

    migrated = run("kpi_site", "migrate", cwd=version)
    assert migrated.stdout.splitlines() == [
        "content/site.yml:2: format: 2",
        "content/datasets/plan.yml:4: dialect: {sheetName: 计划}  # 第一张是说明",
        "content/indicators/sales/sales_amount.yml:9: unit: {symbol: {zh: 元, en: yuan}}",
        (
            "content/indicators/sales/sales_amount.yml:10: scale: "
            "{zh: {symbol: 万元, divide: 10000}, en: {symbol: thousand yuan, divide: 1000}}"
        ),
        "The content is of format 2 now.",
    ]
    assert run("kpi_site", "check", cwd=version).stdout == "0 errors, 0 warnings\n"
    assert run("kpi_site", "build", cwd=version).returncode == 0
    assert values(version) == before
    assert run("kpi_site", "verify", cwd=version).returncode == 0


def _shows_what_was_published(site: Path, period: str) -> None:
    """The report's page has the summary and the sales that the edition's file has.

    Sales of the whole are in yuan as stored; the page shows thousands, two places.
    """
    page = unescape((site / f"site/en/reports/{period}/index.html").read_text("utf-8"))
    assert f"What {period} says." in page
    frozen = site / f"content/reports/{period}/edition-1/values.csv"
    rows = csv.DictReader(frozen.read_text("utf-8").splitlines())
    (amount,) = [
        Decimal(row["value"])
        for row in rows
        if (row["indicator"], row["period"], row["dimension"]) == ("sales_amount", period, "")
    ]
    assert f"{amount / 1000:.2f} thousand yuan" in page
