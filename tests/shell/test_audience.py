"""What is confidential stands in nothing that a narrower audience gets."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from kpi_site.building import build
from kpi_site.options import Options
from tests.shell.conftest import Run

TODAY = date(2026, 11, 24)
SALARIES = """\
id: salaries
title: {zh: 薪酬台账, en: Payroll ledger}
path: data/payroll-*.csv
source: {zh: 薪酬系统, en: Wage machine}
time: paid_on
schema:
  primaryKey: [payslip]
  foreignKeys:
    - {fields: [band], reference: {resource: pay_bands, fields: [band]}}
  fields:
    - {name: payslip, type: string}
    - {name: paid_on, type: date}
    - {name: band, type: string, title: {zh: 职级, en: Paygrade}}
    - {name: gross_pay, type: number, decimals: 2}
rules:
  - {rule: gross_pay > 0}
"""
BANDS = """\
id: pay_bands
title: {zh: 职级表, en: Table of paygrades}
path: data/bands.csv
schema:
  primaryKey: [band]
  fields:
    - {name: band, type: string}
    - {name: ceiling_of_band, type: number, decimals: 2}
"""
CARD = """\
id: mean_pay
name: {zh: 平均薪酬, en: Average remuneration}
definition: {zh: 每张工资单的平均金额。, en: The mean of all payslips.}
formula: mean_gross
terms:
  mean_gross: {label: {zh: 平均, en: Mean}, from: salaries, value: AVG(gross_pay)}
dimensions: [band]
unit: CNY
cycle: month
audience: leadership
"""
SECRETS = (
    "salaries", "pay_bands", "mean_pay", "payroll", "bands.csv", "gross_pay", "mean_gross",
    "ceiling_of_band", "payslip", "Wage machine", "薪酬", "职级", "Payroll", "Paygrade",
    "remuneration", "executive-tier", "48123",
)  # fmt: skip


@pytest.fixture
def secretive(mini: Path) -> Path:
    """The mini site with a confidential card over a dataset and its parent."""
    new = {
        "content/datasets/salaries.yml": SALARIES,
        "content/datasets/pay_bands.yml": BANDS,
        "content/indicators/sales/mean_pay.yml": CARD,
        "data/payroll-2026.csv": "payslip,paid_on,band,gross_pay\n"
        "x1,2026-10-05,executive-tier,48123\n",
        "data/bands.csv": "band,ceiling_of_band\nexecutive-tier,60000\n",
    }
    for name, text in new.items():
        (mini / name).write_text(text, "utf-8")
    _add(mini / "content/indicators/service/csat.yml", "successor: mean_pay\nrelated: [mean_pay]\n")
    return mini


def _add(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def _told(folder: Path, secrets: tuple[str, ...] = SECRETS) -> Iterator[str]:
    """Yield each secret that stands in a name or in the bytes of a file of ``folder``."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            data += b"\n" + unescape(data.decode("utf-8", "replace")).encode()
            name = path.relative_to(folder).as_posix()
            escaped = (secret.encode("unicode_escape") for secret in secrets)
            yield from (
                f"{secret} in {name}"
                for secret, other in zip(secrets, escaped, strict=True)
                if secret in name or secret.encode() in data or other in data
            )


def _built(root: Path, audience: str) -> Path:
    built, problems = build(Options(root, TODAY, audience=audience))
    assert built is not None, problems
    return root / "site"


def test_no_byte_of_a_staff_site_tells_of_what_is_confidential(secretive: Path) -> None:
    assert list(_told(_built(secretive, "staff"))) == []
    whole = set(_told(_built(secretive, "leadership")))  # else the test could not fail
    assert "gross_pay in en/datasets/salaries/index.html" in whole
    assert {secret for secret in SECRETS if any(w.startswith(secret) for w in whole)} == set(
        SECRETS
    )


def test_a_dataset_of_a_staff_card_is_for_staff_and_so_are_its_parents(secretive: Path) -> None:
    open_card = CARD.replace("mean_pay", "payslips").replace("audience: leadership\n", "")
    (secretive / "content/indicators/sales/payslips.yml").write_text(open_card, "utf-8")
    site = _built(secretive, "staff")
    assert (site / "en/datasets/salaries/index.html").exists()
    assert (site / "en/datasets/pay_bands/index.html").exists()
    assert not (site / "en/indicators/mean_pay").exists()
    # one that says its own audience is named by the card, and nothing more
    _add(secretive / "content/datasets/salaries.yml", "audience: leadership\n")
    site = _built(secretive, "staff")
    assert not (site / "en/datasets/salaries").exists()
    page = (site / "en/indicators/payslips/index.html").read_text("utf-8")
    assert "Payroll ledger" in page
    assert "datasets/salaries" not in page
    assert list(_told(site, ("payroll-2026", "Wage machine", "payslip,"))) == []


def test_an_open_dataset_may_say_so(secretive: Path) -> None:
    _add(secretive / "content/datasets/pay_bands.yml", "audience: staff\n")
    site = _built(secretive, "staff")
    assert (site / "en/datasets/pay_bands/index.html").exists()
    assert list(_told(site, ("salaries", "gross_pay"))) == []


def test_show_and_export_take_an_audience(secretive: Path, run: Run, tmp_path: Path) -> None:
    shown = run("kpi_site", "show", "mean_pay", "--audience", "staff", cwd=secretive)
    assert shown.returncode == 2
    assert "48123" not in shown.stdout + shown.stderr
    assert run("kpi_site", "show", "mean_pay", cwd=secretive).returncode == 0
    wrong = run("kpi_site", "show", "csat", "--audience", "stuff", cwd=secretive)
    assert (wrong.returncode, "unknown-audience" in wrong.stderr + wrong.stdout) == (1, True)
    words = ("export", "2026-10", "--xlsx", "--language", "en", "--out", tmp_path / "out")
    done = run("kpi_site", *words, "--audience", "staff", cwd=secretive)
    assert done.returncode == 0, done.stderr
    assert not _in_workbook(tmp_path / "out")
    done = run("kpi_site", *words, cwd=secretive)
    assert _in_workbook(tmp_path / "out")


def _in_workbook(folder: Path) -> bool:
    from zipfile import ZipFile

    with ZipFile(next(folder.glob("*.xlsx"))) as book:
        return any(b"mean_pay" in book.read(name) for name in book.namelist())
