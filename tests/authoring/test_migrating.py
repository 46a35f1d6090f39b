"""Migration: old spellings rewritten where they stand, with comments; nothing by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.authoring.migrating import migration
from kpi_site.authoring.refusal import Refusal
from kpi_site.authoring.renaming import Plan
from kpi_site.content import json_schemas, read_draft
from tests.authoring.conftest import TODAY
from tests.shell.conftest import Run

CARD = "content/indicators/sales/sales_amount.yml"
SCALE = "{zh: {symbol: 万户, divide: 10000}}"
OTHER = "{zh: {symbol: 百户, divide: 100}}"


def planned(site: Path) -> dict[str, str]:
    """Return the new texts by file."""
    draft, _ = read_draft(site, today=TODAY)
    plan = migration(draft, TODAY)
    assert isinstance(plan, Plan), plan
    return {rewrite.file: rewrite.after for rewrite in plan.rewrites}


def _card(site: Path) -> Path:
    return next((site / "content/indicators").rglob("*.yml"))


def with_unit(site: Path, unit: str, more: str = "") -> tuple[str, str]:
    """Write ``unit`` on a card and put ``more`` at its end; return the file and its rest."""
    path = _card(site)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("unit:", "scale:", "decimals:"))]
    at = next(i for i, line in enumerate(kept) if line.startswith("direction:"))
    path.write_text("".join([*kept[:at], unit, *kept[at:], more]), encoding="utf-8")
    return path.relative_to(site).as_posix(), "".join(kept)


@pytest.mark.parametrize(
    ("unit", "more", "after", "last"),
    [
        (f"unit: {{symbol: 户, scale: {SCALE}}}  # why\n", "",
         f"unit: {{symbol: 户}}  # why\nscale: {SCALE}\n", ""),
        # In block style, comments stay where they stood.
        (("unit:\n  symbol: 户  # one\n  scale:  # two\n    zh: {symbol: 万户, divide: 10000}\n"
         "    # three\n"), "",
         f"unit:\n  symbol: 户  # one\n  # two\nscale: {SCALE}\n    # three\n", ""),
        # The card's own scale was stronger.
        (f"unit: {{symbol: 户, scale: {SCALE}}}\n", f"scale: {OTHER}\n",
         "unit: {symbol: 户}\n", f"scale: {OTHER}\n"),
        (f"unit: {{scale: {SCALE}, symbol: 户}}\n", "scale: {}\n",
         "unit: {symbol: 户}\n", f"scale: {SCALE}\n"),
    ],
)  # fmt: skip
def test_the_scale_of_a_unit(site: Path, unit: str, more: str, after: str, last: str) -> None:
    file, rest = with_unit(site, unit, more)
    found = planned(site)
    assert set(found) == {file, "content/site.yml"}
    assert found[file] == rest.replace("direction:", f"{after}direction:", 1) + last
    assert "\nformat: 2\n" in f"\n{found['content/site.yml']}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sheet: 明细  # the second\n", "dialect: {sheetName: 明细}  # the second\n"),
        ('sheet: "no: 1, 2"\n', 'dialect: {sheetName: "no: 1, 2"}\n'),
        ("sheet: 明细\r\ndialect: {trim: true}\r\n",
         "dialect: {trim: true, sheetName: 明细}\r\n"),
        ("# a\nsheet: 明细  # b\ndialect:\n  trim: true  # c\n",
         "# a\n# b\ndialect:\n  trim: true  # c\n  sheetName: 明细\n"),
        ("dialect: {sheetName: 汇总}\nsheet: 明细\n", "dialect: {sheetName: 汇总}\n"),
        ("sheet: |-\n  明细\n", "dialect: {sheetName: 明细}\n"),
    ],
)  # fmt: skip
def test_the_sheet_of_a_dataset(site: Path, before: str, after: str) -> None:
    path = next((site / "content/datasets").glob("*.yml"))
    text = path.read_text("utf-8")
    kept = "".join(x for x in text.splitlines(keepends=True) if not x.startswith("dialect:"))
    path.write_bytes((kept + before).encode())
    assert planned(site)[path.relative_to(site).as_posix()] == kept + after


def test_content_of_the_newest_format_has_one_spelling(site: Path, run: Run) -> None:
    file, _ = with_unit(site, f"unit: {{symbol: 户, scale: {SCALE}}}\n")
    assert run("kpi_site", "check", "--no-data", cwd=site).returncode == 0
    settings = site / "content/site.yml"
    settings.write_text("format: 2\n" + settings.read_text("utf-8"), encoding="utf-8")
    done = run("kpi_site", "check", "--no-data", cwd=site)
    assert (done.returncode, "format 2 has no 'scale' here" in done.stdout) == (1, True), done
    assert set(planned(site)) == {file}
    dry = run("kpi_site", "migrate", "--dry-run", cwd=site)
    assert "nothing is changed" in dry.stdout
    assert "scale: {zh" in (site / file).read_text("utf-8").split("unit: ")[1].split("\n")[0]
    assert run("kpi_site", "migrate", cwd=site).returncode == 0
    assert run("kpi_site", "check", "--no-data", cwd=site).returncode == 0
    again = run("kpi_site", "migrate", cwd=site)
    assert again.stdout == "The content is of format 2 already.\n"


def test_a_newer_format_is_told_and_nothing_else(site: Path, run: Run) -> None:
    settings = site / "content/site.yml"
    settings.write_text(
        "format: 3\nnever_heard_of: 1\n" + settings.read_text("utf-8"), encoding="utf-8"
    )
    _card(site).write_text("unheard: of\n", encoding="utf-8")
    for command in ("check", "migrate"):
        done = run("kpi_site", command, cwd=site)
        told = (done.stdout + done.stderr).splitlines()
        assert done.returncode == 1
        assert told[0].startswith(
            "content/site.yml:1:9: the content is of format 3; this program reads formats up to 2"
        ), told
        assert not any("unheard" in line or "never_heard" in line for line in told), told


def test_what_cannot_be_edited_safely_changes_nothing(site: Path) -> None:
    file, _ = with_unit(
        site,
        "unit: {symbol: 户,\n  scale: {zh: {symbol: 万户, # ten thousand\n  divide: 10000}}}\n",
    )
    draft, _ = read_draft(site, today=TODAY)
    plan = migration(draft, TODAY)
    assert isinstance(plan, Refusal), plan
    assert file in plan.message.en


def test_upgrade_says_that_content_is_of_an_older_format(site: Path, run: Run) -> None:
    done = run("kpi_site", "upgrade", "--dry-run", cwd=site)
    assert done.stdout.splitlines()[-1].endswith("kpi-site migrate rewrites it in the newest.")


def test_editors_strike_old_spellings_out() -> None:
    properties = json_schemas()["dataset"]["properties"]
    assert isinstance(properties, dict)
    struck = {name for name, schema in properties.items() if "deprecationMessage" in schema}
    assert struck == {"sheet"}
