"""Reports: articles that read the same for good, and what a director looks for in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpi_site.catalog import Dataset, Expect, Group, Line, Report, Signoff, Standard, Text
from kpi_site.pages.context import Context, make_context
from kpi_site.pages.report_article import annex, annex_path, article
from kpi_site.periods import Grain, MonthCalendar
from kpi_site.problems import Location, Name
from kpi_site.scoring import score
from kpi_site.story.quality import Coverage, covered
from kpi_site.tables.model import Table
from tests.pages.conftest import with_history
from tests.pages.test_pages import Page

DRAFT = "reports/2026-10.md"
EDITION = "reports/2026-10/edition-1.md"
WHERE = Location("content/reports/2026-10/report.yml", 1, 1)
CALENDAR = MonthCalendar()


def context(sample: Any, language: str = "en", **changes: Any) -> Context:
    catalog = replace(sample.catalog, **changes)
    scores = score(catalog, sample.results)
    return make_context(replace(sample, catalog=catalog, scores=scores), language)


def report(sample: Any, **changes: Any) -> Report:
    found: Report = replace(sample.catalog.reports["2026-10"], **changes)
    return found


def shown(text: str) -> str:
    """Return the words of an article without its marks."""
    page = Page(f'---\ntitle: ""\n---\n\n{text}')
    return " ".join(" ".join(page.words).split())


def weighted(sample: Any, thresholds: tuple[Standard, ...] = ()) -> dict[str, Any]:
    """Return the sample's scorecard as a monthly one of a single line."""
    card = sample.catalog.scorecards["company"]
    line = Line(WHERE, Name("attainment", WHERE), "1", weight=Decimal(100), thresholds=thresholds)
    monthly = replace(card, cycle=Grain.MONTH, lines=(Group(WHERE, Text("Sales"), (line,)),))
    return {"company": monthly}


def test_an_article_holds_nothing_that_passes(sample: Any) -> None:
    for language in ("zh", "en"):
        ctx = context(sample, language)
        for text in (article(ctx, report(sample), EDITION), annex(ctx, report(sample), EDITION)):
            assert not re.search(r"data-spec|\.json|<script|kpi-banner|kpi-edit", text)
            assert not re.search(r"草稿|今天|目前|[Dd]raft|[Tt]oday|[Cc]urrent", shown(text))
            assert text.startswith("# ")


def test_its_links_lead_from_where_it_stands(sample: Any) -> None:
    ctx = context(sample)
    for path in (DRAFT, EDITION):
        below = annex_path(path)
        for place, text in (
            (path, article(ctx, report(sample), path)),
            (below, annex(ctx, report(sample), below)),
        ):
            page = Page(f'---\ntitle: ""\n---\n\n{text}')
            for attrs in page.all("a"):
                address, _, fragment = (attrs["href"] or "").partition("#")
                to = posixpath.normpath(posixpath.join(place.removesuffix(".md"), address))
                if to == place.removesuffix(".md"):
                    assert fragment in page.ids(), fragment
                else:
                    known = {f"{i}/{k}" for i, k in _addresses(sample)} | {below[:-3], "actions"}
                    assert to in known, (place, attrs)


def _addresses(sample: Any) -> list[tuple[str, str]]:
    catalog = sample.catalog
    return [
        *(("indicators", k) for k in catalog.indicators),
        *(("scorecards", k) for k in catalog.scorecards),
        *(("datasets", k) for k in catalog.datasets),
        *(("departments", str(u.id)) for u in catalog.site.departments),
    ]


def test_other_pages_do_not_change_it(sample: Any) -> None:
    before = article(context(sample), report(sample), EDITION)
    reports = {
        **sample.catalog.reports,
        "2026-09": report(sample, period=CALENDAR.parse("2026-09")),
    }
    scorecards = dict(reversed(list(sample.catalog.scorecards.items())))
    after = context(sample, reports=reports, scorecards=scorecards)
    assert article(after, report(sample), EDITION) == before


def test_actions_are_told_as_they_stood(sample: Any) -> None:
    ctx = context(sample)
    september = report(sample, period=CALENDAR.parse("2026-09"))
    text = shown(article(ctx, september, EDITION))
    assert "More visits open" in text
    assert "Ten visited" not in text  # noted on 1 October
    assert "overdue" not in text
    text = shown(article(ctx, september, EDITION, day=date(2026, 10, 18)))
    assert "Ten visited" in text
    assert "More visits 3 days overdue" in text  # due on 15 October
    assert "Visit Due 10 Oct 2026 overdue" in text
    august = report(sample, period=CALENDAR.parse("2026-08"))
    assert "More visits" not in shown(article(ctx, august, EDITION))


def test_a_comment_that_is_owed_is_asked_for_on_the_page(sample: Any) -> None:
    # attainment: 88.75 % in October, below the baseline of 90 %
    ctx = context(sample, scorecards=weighted(sample))
    silent = report(sample, comments={})
    assert "No comment yet" in shown(article(ctx, silent, DRAFT))
    assert "No comment yet" not in shown(article(ctx, report(sample), DRAFT))


def test_a_line_may_be_stricter_than_its_card(sample: Any) -> None:
    # September: 96 % meets the card's target of 95 %, but not the line's baseline of 97 %
    own = (Standard(WHERE, None, Decimal("0.97"), Decimal("0.98"), Decimal("0.99")),)
    ctx = context(sample, scorecards=weighted(sample, own))
    text = shown(article(ctx, report(sample, period=CALENDAR.parse("2026-09"), comments={}), DRAFT))
    part = text[text.index("Off target") : text.index("Scorecards", text.index("Off target"))]
    assert "Below baseline · 1" in part
    assert "96.0% worse ↓ −2.0 pp target 98.0% by the standard of Company scorecard" in part
    assert "No comment yet" in part


def test_totals_tell_their_change(sample: Any) -> None:
    # September 96 %: 100 + 20 x (0.96 - 0.95) / 0.03 = 106.7; October 88.75 %: 0
    text = shown(article(context(sample, scorecards=weighted(sample)), report(sample), DRAFT))
    assert "Company scorecard Oct 2026 0.0 worse ↓ −106.7 To improve" in text
    assert "Total 0.0 points · To improve · worse ↓ −106.7 vs previous period" in text


def test_what_changed_is_told_by_signal(sample: Any) -> None:
    ctx, chance = context(with_history(sample)), context(sample)
    text = shown(article(ctx, report(sample), DRAFT))
    part = text[text.index("What changed") : text.index("Scorecards", text.index("What changed"))]
    assert "Clearly better" not in part
    assert "Clearly worse Sales target attainment 88.8%" in part.replace("88.75", "88.8")
    assert "Below its lower limit of 89.4%: this is a change, not chance." in part
    # too few values since the definition changed, and no other card has limits: nothing is said
    assert "What changed" not in shown(article(chance, report(sample), DRAFT))


def test_a_month_without_a_signal_says_so(sample: Any) -> None:
    september = report(sample, period=CALENDAR.parse("2026-09"))
    text = shown(article(context(with_history(sample)), september, DRAFT))
    assert "No signal: every indicator with natural limits is within them" in text


def test_a_longer_report_tells_the_last_month_of_its_period(sample: Any) -> None:
    year = report(sample, period=CALENDAR.parse("2026"))
    text = shown(article(context(with_history(sample)), year, DRAFT))
    assert "Oct 2026: below its lower limit of 89.4%: this is a change, not chance." in text


def test_who_has_signed_and_who_has_not(sample: Any) -> None:
    digest = "sha256:" + "0" * 64
    signed = Signoff(WHERE, "verified", Text("Finance"), date(2026, 11, 6), digest)
    told = report(sample, signoffs=(signed,))
    ctx = context(sample)
    text = shown(article(ctx, told, DRAFT, digest=digest))
    assert (
        "collected not signed yet verified Finance 6 Nov 2026 noted approved not signed yet" in text
    )
    text = shown(article(ctx, told, DRAFT, digest="sha256:" + "1" * 64))
    assert "Finance figures have changed since: to be signed again 6 Nov 2026 noted" in text


def test_the_annex_has_every_figure_with_its_card(sample: Any) -> None:
    text = annex(context(sample), report(sample), annex_path(DRAFT))
    rows = re.findall(
        r'<a href="\.\./\.\./\.\./indicators/(\w+)/">.*?</a></th><td><b>([^<]*)', text
    )
    assert dict(rows) == {
        "attainment": "88.8%",
        "revenue": "CNY 1,651.0 k",
        "handling_days": "4.3 days",  # Q3: 4.25, half away from zero
    }


@pytest.mark.parametrize(
    ("label", "units", "short", "kind", "rows"),
    [
        ("2026-07", 1, 0, "complete", 12),
        ("2026-08", 1, 1, "short", 9),
        ("2026-09", 1, 1, "none", 0),
        ("2026-Q3", 3, 2, "short", 21),
        ("2026-10", 0, 0, "not_due", 11),  # the data end on the 15th
        ("2026-Q2", 1, 0, "complete", 10),  # the first row is of June
    ],
)
def test_coverage_by_month(label: str, units: int, short: int, kind: Any, rows: int) -> None:
    months = {"2026-06": 10, "2026-07": 12, "2026-08": 9, "2026-10": 11}
    period = CALENDAR.parse(label)
    assert period is not None
    found = covered(table(months, Expect(Grain.MONTH, 10)), period, date(2026, 10, 15), CALENDAR)
    assert found == Coverage(rows, units, short, kind)


def test_coverage_of_a_quarter_is_due_when_it_ends() -> None:
    own = table({"2026-07": 4, "2026-08": 4, "2026-09": 3}, Expect(Grain.QUARTER, 11))
    kinds = {}
    for label in ("2026-08", "2026-09"):
        period = CALENDAR.parse(label)
        assert period is not None
        kinds[label] = covered(own, period, date(2026, 10, 31), CALENDAR)
    assert kinds["2026-08"] == Coverage(4, 0, 0, "not_due")
    assert kinds["2026-09"] == Coverage(3, 1, 0, "complete")


def table(months: Mapping[str, int], expect: Expect) -> Table:
    dataset = Dataset(
        Name("x", WHERE), WHERE, Text("x"), (), (), time=Name("day", WHERE), expect=expect
    )
    first = date.fromisoformat(f"{min(months)}-15")
    days = {f"{month}-15": rows for month, rows in months.items()}
    return Table(dataset, Path("x"), "", sum(months.values()), first, None, (), days=days)
