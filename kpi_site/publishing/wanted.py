"""The report that is asked for by its period."""

from __future__ import annotations

from kpi_site.catalog import Catalog, Report
from kpi_site.problems import Location, Problem, did_you_mean, problem


def wanted_report(catalog: Catalog, label: str) -> tuple[Report | None, tuple[Problem, ...]]:
    """Return the report of the period ``label``, or the problem that there is none."""
    report = catalog.reports.get(label)
    if report is not None:
        return report, ()
    near = did_you_mean(label, catalog.reports)
    make_zh = f"新建报告：kpi-site new report {label}"
    make_en = f"To begin one: kpi-site new report {label}"
    found = problem(
        Location(f"content/reports/{label}/report.yml"),
        "no-such-report",
        zh=f"没有“{label}”的报告",
        en=f"there is no report for '{label}'",
        hint_zh=f"{near.zh}{make_zh}" if near else make_zh,
        hint_en=f"{near.en} {make_en}" if near else make_en,
    )
    return None, (found,)
