"""Ten years of monthly reports: what the 120th publication costs, of what the 12th did."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from benchmarks.measure import Ratio, cost
from benchmarks.pages import make
from kpi_site.building import build
from kpi_site.catalog import ROLES, Text
from kpi_site.checking import check
from kpi_site.options import Options
from kpi_site.problems import Problem, has_errors
from kpi_site.publishing import publish, sign
from kpi_site.publishing.freeze import report_digest
from kpi_site.stages import figures

TODAY = date(2026, 11, 10)
_CARDS = 40
_SCORECARD = """\
id: all
title: {zh: 全部指标, en: All cards}
cycle: month
lines:
"""
_REPORT = """\
period: {label}
scorecards: [all]
"""
_SIGNOFF = "  - {{role: {role}, by: first, on: 2026-11-09, digest: '{digest}'}}\n"


def ratios(folder: Path, editions: int) -> Iterator[Ratio]:
    """Measure publishing, checking and building at 12 editions and at ``editions``."""
    options = _site(folder / "editions")
    labels = [f"{2016 + at // 12}-{at % 12 + 1:02}" for at in range(editions)]
    first = _at(options, labels[:12])
    last = _at(options, labels[12:])
    for what, before in first.items():
        yield Ratio(
            f"{what} at {editions} editions, of at 12",
            last[what] / before,
            1.3,
            f"CPU {last[what]:.2f} s of {before:.2f} s",
        )


def _site(root: Path) -> Options:
    """Return a site of some cards on one scorecard, with ten years and more of facts."""
    options = make(root, _CARDS)
    rows = [
        f"{year}-{month:02}-15,{region},{(month * 37 + year) % 101}.50"
        for year in range(2014, 2027)
        for month in range(1, 13)
        for region in ("north", "south")
        if (year, month) <= (2026, 6)
    ]
    (root / "data" / "orders.csv").write_text("\n".join(["day,region,amount", *rows]) + "\n")
    lines = (f"  - {{indicator: card_{n:04}, weight: 1}}\n" for n in range(_CARDS))
    scorecards = root / "content" / "scorecards"
    scorecards.mkdir()
    (scorecards / "all.yml").write_text(_SCORECARD + "".join(lines), "utf-8")
    return options


def _at(options: Options, labels: list[str]) -> dict[str, float]:
    """Publish the reports called ``labels``; return the CPU of the last one's steps."""
    for label in labels[:-1]:
        _write(options, label)
        _publish(options, label)
    _sound(build(options)[1])
    last = labels[-1]
    _write(options, last)
    return {
        "sign": cost(lambda: _sign(options, last, "approved"), runs=1).cpu,
        "publish": cost(lambda: _publish(options, last), runs=1).cpu,
        "build after it": cost(lambda: _sound(build(options)[1]), runs=1).cpu,
        "check": _twice(options, lambda: _sound(check(options))),
        "build": _twice(options, lambda: _sound(build(options)[1])),
    }


def _twice(options: Options, call: Callable[[], None]) -> float:
    """Return the CPU of a call where nothing stands, and whatever can be kept is."""

    def again() -> None:
        shutil.rmtree(options.cache / "standing", ignore_errors=True)
        call()

    again()
    return cost(again).cpu


def _write(options: Options, label: str) -> None:
    """Write the source of a report, with its signatures."""
    folder = options.root / "content" / "reports" / label
    folder.mkdir(parents=True)
    (folder / "report.yml").write_text(_REPORT.format(label=label), "utf-8")
    found, problems = figures(options)
    _sound(problems)
    assert found is not None
    digest = report_digest(found.drafts[label], found.drafts[label].catalog.reports[label])
    signed = "".join(_SIGNOFF.format(role=role, digest=digest) for role in ROLES)
    (folder / "report.yml").write_text(f"{_REPORT.format(label=label)}signoffs:\n{signed}", "utf-8")


def _sign(options: Options, label: str, role: str) -> None:
    _sound(sign(options, label, role, Text("first"), on=TODAY)[1])


def _publish(options: Options, label: str) -> None:
    edition, problems = publish(options, label, on=TODAY)
    assert edition is not None, [p.text() for p in problems]


def _sound(problems: tuple[Problem, ...]) -> None:
    assert not has_errors(problems), [p.text() for p in problems]
