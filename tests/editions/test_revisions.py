"""Revisions: what differs, beyond what readers see, since when and why."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from kpi_site.building import build
from kpi_site.catalog import Text
from kpi_site.editions import publications, revisions
from kpi_site.editions.model import Edition
from kpi_site.editions.publications import revisions_csv
from kpi_site.editions.revisions import Revision
from kpi_site.options import Options
from kpi_site.publishing import publish, record
from kpi_site.stages import figures
from tests.editions.conftest import TODAY, edit, sign_all

ONE_LINE = """\
id: company
title: {zh: 公司记分卡, en: Company scorecard}
assessed: {zh: 全公司, en: The company}
cycle: month
scored: true
lines:
  - {no: "1", indicator: sales_attainment, weight: 100}
"""
ATOM = "{http://www.w3.org/2005/Atom}"
REASON = Text(zh="补录", en="entered late")


def pending(options: Options) -> dict[tuple[str, str, str], Revision]:
    """Return the pending revisions of October by indicator, member and what they are about."""
    computed, problems = figures(options)
    assert computed is not None, problems
    found = computed.told.pending["2026-10"]
    return {(r.indicator, r.member, r.what): r for r in found}


def late_order(options: Options, amount: str) -> None:
    with (options.root / "data/orders.csv").open("a") as orders:
        orders.write(f"Z0001,2026-10-31,south,{amount},0.00\n")


def test_nothing_changed_is_no_revision(published: Options) -> None:
    assert pending(published) == {}


def test_an_edition_that_says_the_same_is_compared_once(
    published: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And again as soon as a figure, or what it is judged by, is another."""
    compared: list[str] = []

    def noting(edition: Edition, *rest: Any) -> tuple[Revision, ...]:
        compared.append(edition.checkpoint)
        return compare(edition, *rest)

    compare = revisions.pending
    monkeypatch.setattr(publications, "pending", noting)
    assert pending(published) == {}
    assert pending(published) == {}
    assert len(compared) == 1
    late_order(published, "1000.00")
    assert pending(published)
    assert pending(published)  # what differs is compared each time
    assert len(compared) == 3
    orders = published.root / "data/orders.csv"
    kept = [x for x in orders.read_text("utf-8").splitlines(keepends=True) if "Z0001" not in x]
    orders.write_text("".join(kept), "utf-8")
    assert pending(published) == {}
    assert len(compared) == 3  # as before the order
    card = next((published.root / "content/indicators").rglob("sales_attainment.yml"))
    file = card.relative_to(published.root).as_posix()
    edit(published.root, file, "challenge: 1.10", "challenge: 1.20")
    assert pending(published)
    assert len(compared) == 4


def test_a_late_order_revises_what_it_touches_and_nothing_else(published: Options) -> None:
    """October: 5139 sold of 5000 planned, south 2847 of 2600; the order adds 1000 there."""
    late_order(published, "1000.00")
    found = pending(published)
    assert {(name, member) for name, member, _ in found} == {
        ("revenue", ""), ("revenue", "south"),
        ("sales_attainment", ""), ("sales_attainment", "south"),
    }  # fmt: skip
    whole = found["revenue", "", "value"]
    assert [whole.old, whole.new, whole.difference] == [5139, 6139, 1000]
    share = found["sales_attainment", "", "value"]
    assert (share.old, share.new) == (Decimal("1.0278"), Decimal("1.2278"))
    earned = found["sales_attainment", "", "points"]
    # 100 + 20 x (102.78 % - 100 %) / 10 %; capped above the challenge of 110 %
    assert (earned.old, earned.new) == (Decimal("105.56"), Decimal(120))
    assert whole.first_seen == TODAY


def test_a_difference_below_what_is_shown_is_none(published: Options) -> None:
    """0.01 of 5139 moves the attainment by 0.0002 points: shown are 102.8 % on both sides."""
    late_order(published, "0.01")
    assert {name for name, *_ in pending(published)} == {"revenue"}


def test_a_step_across_a_threshold_within_rounding_is_a_revision(options: Options) -> None:
    """1104 + 1188 + 1378 + 1329.90 = 4999.90 of 5000 is 99.998 %, and 99.992 points.

    0.10 more is 100 %: the target, and the grade from 100. Both sides round to 100.0.
    """
    edit(
        options.root,
        "data/orders.csv",
        "O0064,2026-10-19,south,1469.00",
        "O0064,2026-10-19,south,1329.90",
    )
    (options.root / "content/scorecards/company.yml").write_text(ONE_LINE, encoding="utf-8")
    sign_all(options, "2026-10")
    edition, problems = publish(options, "2026-10", on=TODAY)
    assert edition is not None, [p.text() for p in problems]
    late_order(options, "0.10")
    found = pending(options)
    told = {
        key: tuple(found[key].text(n, "en") for n in (found[key].old, found[key].new) if n)
        for key in (("sales_attainment", "", "value"), ("sales_attainment", "", "points"),
                    ("company", "", "total"))
    }  # fmt: skip
    assert list(told.values()) == [("99.998%", "100.0%"), ("99.99", "100.0"), ("99.99", "100.0")]
    built, problems = build(options)
    assert built is not None, problems
    page = (options.target / "en/reports/2026-10/index.html").read_text("utf-8")
    cells = [unescape(c).replace("\xa0", " ") for c in re.findall(r"<td[^>]*>([^<]*)</td>", page)]
    assert "99.998% | 100.0% | +0.002 pp" in " | ".join(cells)
    assert "99.99 | 100.0 | +0.01" in " | ".join(cells)


def test_a_lost_figure_is_a_revision_with_words_for_the_missing_number(
    published: Options,
) -> None:
    answers = published.root / "data/answers.csv"
    lines = answers.read_text().splitlines(keepends=True)
    answers.write_text("".join(line for line in lines if ",2026-10-" not in line))
    found = pending(published)
    lost = found["csat", "", "value"]
    assert (lost.old, lost.new, lost.difference) == (Decimal("7.375"), None, None)
    assert lost.new_state is not None
    assert lost.new_state.value == "zero_denominator"


def test_a_deleted_card_is_not_computed_any_more(published: Options) -> None:
    (published.root / "content/indicators/service/nps.yml").unlink()
    card = "content/scorecards/company.yml"
    edit(published.root, card, '      - {no: "3", indicator: nps, weight: 15}\n', "")
    edit(published.root, card, "weight: 25", "weight: 40")
    edit(
        published.root, "content/indicators/service/csat.yml", "audience: staff", "audience: staff"
    )
    gone = pending(published)["nps", "", "value"]
    assert (gone.new, gone.new_state) == (None, None)


def test_a_new_member_elsewhere_changes_nothing_here(published: Options) -> None:
    edit(
        published.root,
        "content/datasets/orders.yml",
        "enum: [north, south]",
        "enum: [north, south, west]",
    )
    with (published.root / "data/orders.csv").open("a") as facts:
        facts.write("Z0001,2026-09-30,west,1000.00,1000.00\n")
    assert pending(published) == {}


def test_a_note_keeps_when_it_was_seen_and_why(published: Options) -> None:
    late_order(published, "1000.00")
    noted, problems = record(
        published, "2026-10", on=date(2026, 11, 12), kind="better-data", reason=REASON
    )
    assert problems == ()
    assert len(noted) == 5  # two values each, and the points of one whole
    whole = pending(published)["revenue", "south", "value"]
    assert (whole.first_seen, whole.kind, whole.reason) == (
        date(2026, 11, 12), "better-data", REASON,
    )  # fmt: skip
    again, problems = record(published, "2026-10", on=date(2026, 11, 20))
    assert (again, problems) == ((), ())


def test_the_table_and_the_feed_tell_of_both_kinds(published: Options) -> None:
    late_order(published, "1000.00")
    sign_all(published, "2026-10", on=date(2026, 11, 12))
    made, problems = publish(
        published, "2026-10", on=date(2026, 11, 13), kind="correction", reason=REASON
    )
    assert made is not None, problems
    edit(
        published.root,
        "data/orders.csv",
        "Z0001,2026-10-31,south,1000.00",
        "Z0001,2026-10-31,south,1500.00",
    )
    record(published, "2026-10", on=date(2026, 11, 18), kind="routine", reason=REASON)
    computed, problems = figures(published)
    assert computed is not None, problems
    rows = list(csv.DictReader(io.StringIO(revisions_csv(computed.told).decode())))
    wholes = [r for r in rows if (r["indicator"], r["dimension"]) == ("revenue", "")]
    told = ("edition", "revised_in", "old", "new", "first_seen", "type", "reason_en")
    assert [tuple(r[name] for name in told) for r in wholes] == [
        ("1", "2", "5139", "6139", "2026-11-13", "correction", "entered late"),
        ("2", "", "6139", "6639", "2026-11-18", "routine", "entered late"),
    ]
    built, problems = build(published)
    assert built is not None, problems
    feed = ET.fromstring((published.target / "en/reports/feed.xml").read_bytes())
    entries = [
        (entry.findtext(f"{ATOM}updated"), link.get("href"))
        for entry in feed.iter(f"{ATOM}entry")
        for link in entry.iter(f"{ATOM}link")
    ]
    assert entries == [
        ("2026-11-18T00:00:00Z", "2026-10/#revisions"),
        ("2026-11-13T00:00:00Z", "2026-10/edition-2/"),
        ("2026-11-08T00:00:00Z", "2026-10/edition-1/"),
    ]
    latest = (published.target / "en/reports/latest/index.html").read_text("utf-8")
    assert 'url=../2026-10/"' in latest  # seen from reports/latest/
    first = (published.target / "en/reports/2026-10/edition-1/index.html").read_text("utf-8")
    before = first.partition("<article")[0]
    assert "superseded by edition 2" in before
    # the values of revenue and attainment, each of the whole and of the south, and its points
    report = (published.target / "en/reports/2026-10/index.html").read_text("utf-8")
    above = unescape(report).partition("<h1")[0]
    told_above = re.search(
        r"correction · figures that differ from edition 1: (\d+)", re.sub("<[^>]+>", "", above)
    )
    assert told_above is not None
    assert told_above[1] == "5"
    assert 'href="#changes-1"' in above


def test_a_narrower_audience_learns_nothing_of_hidden_cards(options: Options) -> None:
    """Hidden from the start: neither page nor table nor download names it."""
    root = options.root
    edit(root, "content/indicators/sales/revenue.yml", "audience: staff", "audience: leadership")
    sign_all(options, "2026-10")
    made, problems = publish(options, "2026-10", on=date(2026, 11, 13))
    assert made is not None, problems
    late_order(options, "1000.00")
    staff = Options(root, TODAY, audience="staff", languages=("en",))
    built, problems = build(staff)
    assert built is not None, problems
    for path in staff.target.rglob("*"):
        if path.is_file() and "/reports/" in path.as_posix() and path.suffix in {".html", ".csv"}:
            text = path.read_text("utf-8")
            assert "Sales revenue" not in text, path
            assert "\nrevenue," not in text, path
    table = (staff.target / "en/data/revisions.csv").read_text("utf-8")
    assert "sales_attainment" in table
    assert "revenue," not in table
    assert not list(staff.target.rglob("report-*.pdf"))
