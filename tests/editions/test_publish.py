"""Publishing: what stands against it, and what it writes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from kpi_site.catalog import Text
from kpi_site.content import read_catalog
from kpi_site.editions.figures import own_figures, scores
from kpi_site.editions.store import read_editions
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.publishing import publish, sign
from tests.editions.conftest import PUBLISHED, ROLES, edit, sign_all, snapshot

EDITION = "content/reports/2026-10/edition-1"


def codes(options: Options, label: str = "2026-10") -> list[str]:
    edition, problems = publish(options, label, on=PUBLISHED)
    assert edition is None
    assert not (options.root / EDITION).exists()
    for found in problems:
        assert found.hint, "every refusal says what to do"
    return [p.code for p in problems]


def test_an_unsigned_report_is_refused_once_for_each_role(options: Options) -> None:
    assert codes(options) == ["signoff-missing"] * 3


def test_changed_figures_make_signatures_stale_and_changing_back_revives_them(
    signed: Options,
) -> None:
    orders = signed.root / "data/orders.csv"
    before = orders.read_text()
    lines = before.splitlines(keepends=True)
    orders.write_text("".join(lines[:-1]))
    assert codes(signed) == ["signoff-stale"] * 3
    orders.write_text(before)
    edition, problems = publish(signed, "2026-10", on=PUBLISHED)
    assert edition is not None, problems


def test_a_changed_threshold_makes_signatures_stale_too(signed: Options) -> None:
    edit(signed.root, "content/indicators/service/csat.yml", "baseline: 6", "baseline: 5")
    assert codes(signed) == ["signoff-stale"] * 3


def test_a_changed_name_leaves_signatures_good(signed: Options) -> None:
    edit(signed.root, "content/indicators/service/csat.yml", "客户满意度", "满意度")
    edition, _ = publish(signed, "2026-10", on=PUBLISHED)
    assert edition is not None


def test_a_period_that_is_not_over_is_refused(signed: Options) -> None:
    edit(signed.root, "content/site.yml", "data_through: 2026-10-31", "data_through: 2026-10-30")
    assert "period-not-over" in codes(signed)


def test_a_scored_line_below_its_baseline_needs_a_comment(root: Path, options: Options) -> None:
    report = root / "content/reports/2026-Q3/report.yml"
    report.parent.mkdir()
    report.write_text("period: 2026-Q3\nscorecards: [company]\n", encoding="utf-8")
    edit(
        root, "content/indicators/service/csat.yml", "baseline: 6, target: 8, challenge: 9",
        "baseline: 9.2, target: 9.5, challenge: 9.8",
    )  # fmt: skip
    sign_all(options, "2026-Q3")
    edition, problems = publish(options, "2026-Q3", on=PUBLISHED)
    assert edition is None
    asked = ("comment-missing", "error", "content/reports/2026-Q3/report.yml")
    assert [(p.code, p.severity, p.where.file) for p in problems] == [asked] * 2  # csat, nps
    report.write_text(
        report.read_text("utf-8") + "comments: {csat: 已知。, nps: 已知。}\n", "utf-8"
    )
    edition, problems = publish(options, "2026-Q3", on=PUBLISHED)
    assert edition is not None, problems


def test_problems_of_content_stand_against_it(signed: Options) -> None:
    edit(signed.root, "content/indicators/service/csat.yml", "formula: total", "formula: totl")
    assert "unknown-term" in " ".join(codes(signed)) or codes(signed)


def test_an_unknown_period_says_how_to_begin(signed: Options) -> None:
    edition, (problem,) = publish(signed, "2026-11", on=PUBLISHED)
    assert edition is None
    assert problem.code == "no-such-report"
    assert problem.hint is not None
    assert "kpi-site new report 2026-11" in problem.hint.en


def test_all_refusals_come_at_once(options: Options) -> None:
    edit(options.root, "content/site.yml", "data_through: 2026-10-31", "data_through: 2026-10-30")
    assert sorted(codes(options)) == ["period-not-over", *["signoff-missing"] * 3]


def test_the_edition_is_text_with_the_hashes_of_all_that_made_it(published: Options) -> None:
    root = published.root
    told = json.loads((root / EDITION / "edition.json").read_text("utf-8"))
    assert told["period"] == "2026-10"
    assert told["published"] == "2026-11-08"
    assert {s["role"] for s in told["signoffs"]} == set(ROLES)
    inputs = {**told["cards"], **told["data"]}
    assert {"data/orders.csv", "content/indicators/service/nps.yml"} <= inputs.keys()
    for file, digest in inputs.items():
        assert hashlib.sha256((root / file).read_bytes()).hexdigest() == digest
    for name, digest in told["files"].items():
        folder = root / ("content/reports" if name.startswith(("cards/", "looks/")) else EDITION)
        data = (folder / name).read_bytes()
        data.decode("utf-8")
        assert hashlib.sha256(data).hexdigest() == digest


def test_the_figures_are_those_of_the_facts(published: Options) -> None:
    """October's orders and answers added up by hand, from the files."""
    root = published.root
    orders = list(csv.DictReader(io.StringIO((root / "data/orders.csv").read_text())))
    own = [o for o in orders if o["ordered_on"].startswith("2026-10")]
    answers = list(csv.DictReader(io.StringIO((root / "data/answers.csv").read_text())))
    marks = [int(a["score"]) for a in answers if a["answered_on"].startswith("2026-10")]
    known, problems = read_editions(root, MonthCalendar().parse)
    assert not problems
    edition = known.editions["2026-10"][0]
    found = {(f.indicator, f.dimension, f.member): f.value for f in own_figures(edition)}
    north = sum(float(o["amount"]) for o in own if o["region"] == "north")
    assert float(found["revenue", "", ""] or 0) == pytest.approx(
        sum(float(o["amount"]) for o in own)
    )
    assert float(found["revenue", "region", "north"] or 0) == pytest.approx(north)
    assert float(found["csat", "", ""] or 0) == pytest.approx(sum(marks) / len(marks))
    nps = (sum(m >= 9 for m in marks) - sum(m <= 6 for m in marks)) / len(marks) * 100
    assert float(found["nps", "", ""] or 0) == pytest.approx(nps)
    assert {row.period for row in scores(edition)} == {"2026-Q4"}


def test_equal_inputs_give_equal_bytes(signed: Options, tmp_path: Path) -> None:
    twin = tmp_path / "elsewhere" / "twin"
    shutil.copytree(signed.root, twin)
    publish(signed, "2026-10", on=PUBLISHED)
    publish(Options(twin, date(2027, 1, 1)), "2026-10", on=PUBLISHED)
    first = snapshot(signed.root / "content")
    assert first == snapshot(twin / "content")
    assert len(first) > 10


def test_a_report_knows_nothing_of_later_facts(signed: Options, tmp_path: Path) -> None:
    """Published in November or a year later: facts after the period change not a byte."""
    twin = tmp_path / "late"
    shutil.copytree(signed.root, twin)
    publish(signed, "2026-10", on=PUBLISHED)
    edit(twin, "content/site.yml", "data_through: 2026-10-31", "data_through: 2026-11-30")
    with (twin / "data/orders.csv").open("a") as orders:
        orders.write("Z9999,2026-11-15,north,5000.00,10.00\n")
    late = Options(twin, date(2026, 12, 5))
    edition, problems = publish(late, "2026-10", on=PUBLISHED)
    assert edition is not None, problems
    names = ("values.csv", "scores.csv", "article.zh.md", "annex.en.md")
    for name in names:
        assert (twin / EDITION / name).read_bytes() == (signed.root / EDITION / name).read_bytes()


def test_publishing_twice_points_to_revise(published: Options) -> None:
    edition, (problem,) = publish(published, "2026-10", on=PUBLISHED)
    assert (edition, problem.code) == (None, "already-published")
    reason = Text(zh="无", en="none")
    edition, (problem,) = publish(
        published, "2026-10", on=PUBLISHED, kind="correction", reason=reason
    )
    assert (edition, problem.code) == (None, "nothing-to-revise")


def test_revising_what_was_never_published_is_refused(signed: Options) -> None:
    edition, (problem,) = publish(
        signed, "2026-10", on=PUBLISHED, kind="routine", reason=Text("late tickets")
    )
    assert (edition, problem.code) == (None, "not-published-yet")


def test_a_revision_becomes_edition_2_and_leaves_edition_1(published: Options) -> None:
    root = published.root
    first = snapshot(root / EDITION)
    with (root / "data/orders.csv").open("a") as orders:
        orders.write("Z0001,2026-10-31,south,1000.00,0.00\n")
    sign_all(published, "2026-10", on=date(2026, 11, 20))
    reason = Text(zh="补录一张订单", en="an order entered late")
    edition, problems = publish(
        published, "2026-10", on=date(2026, 11, 21), kind="better-data", reason=reason
    )
    assert edition is not None, problems
    assert edition.number == 2
    assert snapshot(root / EDITION) == first
    known, problems = read_editions(root, MonthCalendar().parse)
    assert problems == ()
    assert [e.number for e in known.editions["2026-10"]] == [1, 2]
    assert known.editions["2026-10"][1].manifest.reason == reason


def test_a_signature_names_a_department_in_both_languages(options: Options) -> None:
    title = 'titles: [{id: board, name: "Board: all"}]'
    edit(options.root, "content/site.yml", "timezone:", f"{title}\ntimezone:")
    sign(options, "2026-10", "verified", Text("服务部"), on=PUBLISHED)
    sign(options, "2026-10", "approved", Text("board"), on=PUBLISHED)
    text = (options.root / "content/reports/2026-10/report.yml").read_text("utf-8")
    assert "- {role: verified, by: {zh: 服务部, en: Service}, on: 2026-11-08, digest:" in text
    assert '- {role: approved, by: "Board: all", on: 2026-11-08, digest: sha256:' in text
    assert text.startswith("period: 2026-10\nscorecards: [company]\n")


def test_a_scored_line_without_a_value_is_told_to_whoever_publishes(options: Options) -> None:
    edit(options.root, "content/scorecards/company.yml", "cycle: quarter", "cycle: month")
    answers = options.root / "data/answers.csv"
    rows = answers.read_text("utf-8").splitlines(keepends=True)
    answers.write_text("".join(row for row in rows if "2026-10" not in row), "utf-8")
    sign_all(options, "2026-10")
    made, problems = publish(options, "2026-10", on=PUBLISHED)
    assert made is not None, problems
    told = [(p.code, p.severity, p.message.get("en").split()[0]) for p in problems]
    assert told == [
        ("facts-end", "warning", "the"),
        ("figure-unsettled", "warning", "csat"),
        ("figure-unsettled", "warning", "nps"),
    ]


def test_a_signature_that_is_repeated_is_there_once(options: Options) -> None:
    sign_all(options, "2026-10")
    before = snapshot(options.root / "content")
    sign_all(options, "2026-10")
    assert snapshot(options.root / "content") == before
    sign_all(options, "2026-10", on=date(2026, 11, 7))
    text = (options.root / "content/reports/2026-10/report.yml").read_text("utf-8")
    assert text.count("role: approved") == 2


def test_a_comment_of_a_published_report_is_on_a_card_that_there_was(published: Options) -> None:
    report = published.root / "content/reports/2026-10/report.yml"
    text = report.read_text(encoding="utf-8").replace("summary:", "comments: {%s: x}\nsummary:")
    card = published.root / "content/indicators/service/nps.yml"
    report.write_text(text % "nps", encoding="utf-8")
    own = "related: [csat]"
    kept = card.read_text(encoding="utf-8").replace("id: nps", "id: promoters").replace(own, "")
    card.rename(card.with_name("promoters.yml")).write_text(kept, encoding="utf-8")
    edit(published.root, "content/scorecards/company.yml", "indicator: nps", "indicator: promoters")
    assert references(published.root) == []
    report.write_text(text % "npss", encoding="utf-8")
    assert references(published.root) == [("unknown-indicator", "npss")]


def references(root: Path) -> list[tuple[str, str]]:
    """Return the codes of names that lead nowhere in a report, and the names."""
    _, problems = read_catalog(root, today=date(2026, 11, 24))
    found = [p for p in problems if p.where.file.startswith("content/reports/")]
    return [(p.code, p.message.en.split("'")[1]) for p in found if p.code == "unknown-indicator"]
