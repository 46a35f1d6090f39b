"""One mistake in an otherwise sound company: exactly its problem, exactly at its place.

``^`` in the new text marks where the problem must be reported; it is taken out before reading.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.problems import Problem
from tests.content.company import FILES, SHORT, read

SITE_MISTAKES = [
    ("organisation:", "^organization:", "unknown-key"),
    ("languages: [zh, en]", "languages: [zh, ^fr]", "unknown-choice"),
    ("languages: [zh, en]", "languages: ^[]", "empty-list"),
    ("languages: [zh, en]", "languages: [zh, en, ^zh]", "listed-twice"),
    ("timezone: Asia/Shanghai", "timezone: ^Asia/Shanghia", "unknown-timezone"),
    ("fiscal_year_start: 1", "fiscal_year_start: ^13", "out-of-range"),
    ("fiscal_year_start: 1", "calendar: {closing_day: ^32}", "out-of-range"),
    ("fiscal_year_start: 1", "calendar: {^close: 25}", "unknown-key"),
    ("fiscal_year_start: 1", "calendar: {holidays: ^tickts}", "unknown-dataset"),
    ("fiscal_year_start: 1", "calendar: {holidays: ^tickets}", "holidays-dataset"),
    ("2026-10-31", "^2026-02-30", "no-such-day"),
    ("2026-10-31", "^2027-10-31", "future-date"),
    ("currency: CNY", "currency: ^CYN", "unknown-currency"),
    ("{id: sales, name", "{id: ^customer_service, name", "duplicate-id"),
    ("{id: sales, name", "{id: ^Sales-1, name", "bad-id"),
    ("{id: sales, name", "{id: ^index, name", "reserved-id"),
    ("baseline: 60, target: 100,", "baseline: 160, target: ^100,", "points-order"),
    ("currency: CNY", "currency: ^RMB", "unknown-currency"),
    ("{from: 110,", "{from: 0,", "duplicate-grade"),
    ("min_count: 5", "min_count: ^five", "wrong-type"),
    ("suppression: {min_count: 5}", "suppression: ^on", "unknown-choice"),
    ("audiences: [staff", "audiences: [staff, ^staff", "listed-twice"),
]

NOTE = "name: 备注, type: string"
DATASET_MISTAKES = [
    ("data/tickets.csv", "^data/tickts.csv", "no-such-file"),
    ("data/tickets.csv", "^../tickets.csv", "path-outside-root"),
    ("data/tickets.csv", "^/data/tickets.csv", "path-outside-root"),
    ("data/tickets.csv", "^data/tickets.ods", "unsupported-file"),
    ("data/tickets.csv", "[data/t*.csv, ^data/x*.csv]", "no-such-file"),
    ("data/tickets.csv", "[data/t*.csv, ^data/tickets.csv]", "listed-twice"),
    ("data/tickets.csv", "^data/x**.csv", "bad-path"),
    ("encoding: utf-8", "encoding: ^utf8x", "unknown-encoding"),
    ("encoding: utf-8", "encoding: ^hex", "unknown-encoding"),
    ('{delimiter: ","}', '{^delimeter: ","}', "unknown-key"),
    ('{delimiter: ","}', '{delimiter: ^",,"}', "bad-dialect"),
    ("owner: customer_service", "owner: ^customer_servce", "unknown-department"),
    ("time: created_at", "time: ^create_at", "unknown-column"),
    ("time: created_at", "time: ^channel", "not-a-time"),
    ("primaryKey: [ticket_id]", "primaryKey: [^tiket_id]", "unknown-column"),
    ("fields: [customer_id], ref", "fields: [^custmer_id], ref", "unknown-column"),
    ("fields: [customer_id], ref", "fields: [^{}], ref", "wrong-type"),
    ("{name: resolved_at, ", '{name: ^"  ", ', "empty-value"),
    ("enum: [phone, email]", "enum: [^[phone], email]", "wrong-type"),
    ("title: {zh: 客服工单, en: Service tickets}", "title: ^2026", "wrong-type"),
    ("en: Service tickets", "en: ^true", "wrong-type"),
    ("data/tickets.csv", "^data", "no-such-file"),
    ("customers, fields: [customer_id]", "customers, fields: [^id]", "unknown-column"),
    ("resource: customers, fields: [customer_id]", "resource: customers", "missing-key"),
    ("name: channel\n      type: string", "name: channel\n      type: ^text", "unknown-choice"),
    ("decimals: 2", "decimals: ^two", "wrong-type"),
    ("{name: 备注, type: string}", "{name: ^channel, type: string}", "duplicate-column"),
    ("{name: resolved_at, ", "{name: ^created_at, ", "duplicate-column"),
    (NOTE, "name: 备注, type: string, ^decimals: 2", "key-does-not-fit"),
    (NOTE, "name: 备注, type: string, constraints: {^minimum: 0}", "key-does-not-fit"),
    (NOTE, "name: 备注, type: string, constraints: {pattern: ^'(x'}", "bad-pattern"),
    (NOTE, "name: 备注, type: date, format: ^'%Y/%d'", "bad-format"),
    (NOTE, "name: 备注, type: date, format: ^'%Y-%W'", "bad-format"),
    (NOTE, "name: 备注, type: date, format: ^'%Y年第%U周'", "bad-format"),
    (NOTE, "name: 备注, type: datetime, format: ^'%Y-%m %A'", "bad-format"),
    (NOTE, "name: 备注, type: integer, constraints: {enum: [1, ^x]}", "bad-constraint"),
    ("{minimum: 0}", "{minimum: ^nought}", "bad-constraint"),
    ("{phone: {zh: 电话", "{^phon: {zh: 电话", "unknown-category"),
    ("resolved_at - created_at", "resolved_at - ^create_at", "unknown-column"),
    ("days_open:", "^channel:", "duplicate-column"),
    ("resolved_at >= created_at", "resolved_at >= ^create_at", "unknown-column"),
    ("rule: resolved_at >= created_at", "rule: ^resolved_at - created_at", "not-a-condition"),
    ("severity: error", "severity: ^errors", "unknown-choice"),
    ("every: month", "every: ^months", "unknown-choice"),
    ("people: false", "people: ^yes", "wrong-type"),
    ("people: false", "people: false\n^peopel: true", "unknown-key"),
    ("id: tickets", "id: ^ticket", "name-mismatch"),
]

CARD_MISTAKES = [
    ("name: {zh: 目标达成率, en: Attainment}\n", "", "missing-key"),
    ("en: Actual by target.", "en: 'Actual ^<b>by^</b> target.'", "raw-html raw-html"),
    (", en: Actual by target.}", "}", "missing-translation"),
    ("目标。, en: Actual by", "目标。, ^de: Ist, en: Actual by", "unknown-language"),
    ("formula: actual / target", "formula: actual / ^traget", "unknown-term"),
    ("formula: actual / target", "formula: >-\n  actual\n  / ^traget", "unknown-term"),
    ("formula: actual / target", "formula: 'actual / ^traget'", "unknown-term"),
    ("formula: actual / target", "formula: ^FLOR(actual) / target", "unknown-function"),
    ("value: SUM(amount)", "value: SUM(^amont)", "unknown-column"),
    ("value: SUM(amount)", 'value: "SUM(\\u0061mount) + SUM(^amont)"', "unknown-column"),
    ("value: SUM(amount)", "value: SUM(^customers.teir)", "unknown-column"),
    ("value: SUM(amount)", "value: MAX(channel)", "not-a-number"),
    ("value: SUM(amount)", "value: ^SELECT SUM(amount)", "sql-syntax"),
    ("value: SUM(amount)", "value: SUM(amount)\n      + SUM(^amont)", "unknown-column"),
    (
        "value: SUM(amount)",
        "value: SUM(amount), window: 12mo, ^to_date: year",
        "keys-exclude-each-other",
    ),
    ("where: channel = 'phone'", "where: ^chanel = 'phone'", "unknown-column"),
    ("where: channel = 'phone'", "where: ^channel", "not-a-condition"),
    ("en: Actual}, from: tickets", "en: Actual}, from: ^tickts", "unknown-dataset"),
    ("value: SUM(amount)", "value: SUM(amount), time: ^channel", "not-a-time"),
    ("value: SUM(amount)", "value: SUM(amount), window: ^12m", "wrong-type"),
    ("value: SUM(amount)", "value: SUM(amount), to_date: ^half_year", "wrong-type"),
    ("value: SUM(amount)", "value: SUM(amount), ^vlaue: 1", "unknown-key"),
    (
        "value: SUM(amount)}",
        "value: SUM(amount)}\n  ^spare: {from: tickets, value: COUNT(*)}",
        "unused-term",
    ),
    ("unit: percent", "unit: ^precent", "unknown-unit"),
    ("decimals: 1", "decimals: ^1.5", "wrong-type"),
    ("direction: higher", "direction: ^hihger", "unknown-choice"),
    ("direction: higher", "direction: higher\n^centre: 1", "key-does-not-fit"),
    ("cycle: month", "cycle: ^monthly", "unknown-choice"),
    ("cycle: month", "cycle: ^weeks", "unknown-choice"),
    ("[channel, customers.tier]", "[^chanel, customers.tier]", "unknown-dimension"),
    ("[channel, customers.tier]", "[channel, ^customers.teir]", "unknown-dimension"),
    ("[channel, customers.tier]", "[channel, ^channel]", "listed-twice"),
    ("status: active", "chart: ^trends", "unknown-choice"),
    ("status: active", "chart: [trend, ^trend]", "listed-twice"),
    ("status: active", "chart: ^[trend, none]", "chart-does-not-fit"),
    ("status: active", "chart: {main: ^distribution}", "unknown-choice"),
    ("status: active", "chart: {channel: ^trend}", "unknown-choice"),
    ("status: active", "chart: {^chanel: bars}", "unknown-dimension"),
    ("status: active", "^chart: running", "chart-does-not-fit"),
    ("status: active", "^chart: {channel: distribution}", "chart-does-not-fit"),
    ("status: active", "^chart: [trend, distribution]", "chart-does-not-fit"),
    ("status: active", "chart: {channel: ^[]}", "empty-list"),
    ("status: active", "chart: ^1", "unknown-choice"),
    ("target: 0.95, challenge: 0.98", "target: 0.95, challenge: ^0.95", "thresholds-order"),
    ("baseline: 0.90, target: 0.95", "baseline: 0.90, target: ^95%", "percent-text"),
    ("{from: 2026, baseline", "^{from: 2023, baseline", "thresholds-out-of-order"),
    ("{from: 2026, baseline: 0.91, target: 0.96}", "^{from: 2026}", "empty-thresholds"),
    ("{from: 2026, base", "{from: ^2026-13, base", "bad-period"),
    ("perspective: customer", "perspective: ^customers", "unknown-perspective"),
    ("audience: staff", "audience: ^stuff", "unknown-audience"),
    ("related: [stock]", "related: [^stok]", "unknown-indicator"),
    ("given: {actual: 90, target: 100}", "given: {^actaul: 90, target: 100}", "unknown-term"),
    ("expect: 0.9,", "expect: ^zero,", "unknown-choice"),
    ("expect: zero_denominator", "expect: ^zero_denominater", "unknown-choice"),
    ("from: 2026-01, what", "from: ^Jan, what", "bad-period"),
    ("from: 2026-01, what", "from: ^9999-01, what", "out-of-range"),
    ("breaks_series: true", "breaks_series: ^'true'", "wrong-type"),
    ("status: active", "status: active\n^---\nid: other", "yaml-documents"),
    ("status: active", "status: ^actve", "unknown-choice"),
    ("status: active", "status: draft\nsuccessor: ^stok", "unknown-indicator"),
    ("id: attainment", "id: ^attainmnt", "name-mismatch"),
    ("aliases: [完成率]", "^aliases:", "empty-value"),
    ("definition: {zh: 实际 / 目标。, en: Actual by target.}", "definition: ^{}", "wrong-type"),
]

STOCK_MISTAKES = [
    ("until: lost_on", "until: ^lost_no", "unknown-column"),
    (
        "{label: 期末, from: customers, value: COUNT(*), since: won_on,",
        "^{label: 期末, from: customers, value: COUNT(*),",
        "missing-key",
    ),
    ("since: won_on", "since: ^tier", "not-a-time"),
    (", since: won_on, until: lost_on, at: end", "", "no-time-column"),
    ("at: end", "at: ^ends", "unknown-choice"),
    ("at: end", "at: average, average: ^weeks", "unknown-choice"),
    ("at: end", "at: end, ^average: days", "key-does-not-fit"),
    ("at: end", "at: end, ^last_per: tier", "unknown-key"),
    (
        "value: COUNT(*), since: won_on, until: lost_on, at: end",
        "value: COUNT(*), time: won_on, last_per: ^teir",
        "unknown-column",
    ),
    ("lag: 1y}", "lag: 1y, ^period: 2025}", "keys-exclude-each-other"),
    ("lag: 1y}", "period: ^2025-10}", "fixed-period"),
    ("lag: 1y}", "period: ^2025-Q5}", "bad-period"),
    ("term: alive, lag", "term: ^alife, lag", "unknown-term"),
    ("lag: 1y", "lag: ^1yr", "wrong-type"),
    ("{label: {zh: 去年, en: Last year}, term: alive, lag: 1y}", "^{lag: 1y}", "missing-key"),
    ("lag: 1y", "lag: ^200y", "out-of-range"),
    ("indicator: attainment", "indicator: ^attainmet", "unknown-indicator"),
    ("indicator: attainment", "indicator: ^stock", "circular-indicators"),
    ("term: alive, lag", "term: ^before, lag", "circular-terms"),
    ("measure: score", "measure: ^points", "unknown-choice"),
    ("divide: 10000", "divide: ^0", "out-of-range"),
    ("baseline: 5, target: 2", "baseline: 5, target: ^6", "thresholds-order"),
    ("baseline: 5, target: 2", "baseline: 5, target: ^-2", "negative-distance"),
    ("direction: within\ncentre: 0\n", "", "thresholds-without-direction"),
    ("cycle: quarter", "cycle: quarter\n^chart: heat_map", "chart-does-not-fit"),
    ("cycle: quarter", "cycle: quarter\n^chart: target_bars", "chart-does-not-fit"),
    ("cycle: quarter", "cycle: quarter\ndimensions: [^tier]", "unknown-dimension"),
]

OTHER_MISTAKES = [
    ("service", "indicator: stock", "indicator: ^stok", "unknown-indicator"),
    ("service", "weight: 39.5", "weight: ^-39.5", "negative-weight"),
    ("service", "cycle: year}", "cycle: ^day}", "cycle-too-short"),
    ("service", "missing: exclude", "start: ^100", "keys-exclude-each-other"),
    ("service", "missing: exclude", "start: ^-1", "out-of-range"),
    ("service", "weight: 39.5", "weight: 39.5, veto: {above: 1, at_most: ^-5}", "out-of-range"),
    ("service", "weight: 39.5", "weight: 39.5, veto: {above: 1, total: ^-0.5}", "out-of-range"),
    ("service", "missing: exclude", "for_each: {^dimension: }", "empty-value"),
    ("service", "missing: exclude", "for_each: {^dimensions: channel}", "unknown-key"),
    ("service", "missing: exclude", "grades: [{from: 1, name: A}, ^{name: B}]", "grades-by-rank"),
    (
        "service",
        "missing: exclude",
        "grades: [^{best: 1, name: A}]",
        "grades-by-rank",  # there are no members to rank
    ),
    ("service", "missing: exclude", "grades: [{best: ^1.2, name: A}]", "out-of-range"),
    ("service", "missing: exclude", "grades: ^[]", "empty-list"),
    ("service", "weight: 39.5", "weight: 39.5, deduct: {each: ^-2}", "out-of-range"),
    ("service", "weight: 39.5", "weight: 39.5, bonus: ^{each: 2}", "keys-exclude-each-other"),
    ("service", "weight: 39.5", "weight: 39.5, shared: ^true", "shared-without-members"),
    ("service", "weight: 39.5", "weight: 39.5, cap: ^50, floor: 60", "points-order"),
    ("service", "weight: 39.5", "weight: 39.5, take: ^mean_of_points", "unknown-choice"),
    (
        "service",
        "weight: 39.5",
        "weight: 39.5, veto: {above: 1, total: 0, at_most: ^60}",
        "keys-exclude-each-other",
    ),
    (
        "service",
        "weight: 39.5",
        "weight: 39.5, veto: {above: 1, below: ^2}",
        "veto-without-condition",
    ),
    ("service", "weight: 39.5", "weight: 39.5, veto: {above: 1, grade: ^好}", "unknown-grade"),
    ("service", "weight: 60.5, ", "", "missing-weight"),
    ("service", "weight: 60.5", "weight: 60.5, of: {^chanel: phone}", "unknown-dimension"),
    ("service", "weight: 60.5", "weight: 60.5, of: ^{}", "not-one-member"),
    ("service", "weight: 60.5", "weight: 60.5, of: ^{channel: a, x: b}", "not-one-member"),
    ("service", "weight: 60.5", "weight: 60.5, of: {channel: ^[phone]}", "wrong-type"),
    ("service", "weight: 60.5", "weight: 60.5, of: ^phone", "wrong-type"),
    ("service", "baseline: 3, target: 1", "baseline: 1, target: ^3", "thresholds-order"),
    ("service", "missing: exclude", "missing: ^excluded", "unknown-choice"),
    (
        "service",
        "title: {zh: 一, en: One}",
        "title: {zh: 一, en: I}\n    ^wieght: 1",
        "unknown-key",
    ),
    ("report", "period: 2026-10", "period: ^2026-09", "name-mismatch"),
    ("report", "period: 2026-10", "period: ^2026-10-31", "bad-period"),
    ("report", "scorecards: [service]", "scorecards: [^servce]", "unknown-scorecard"),
    ("report", "[attainment, stock]", "[attainment, ^stok]", "unknown-indicator"),
    ("report", "comments: {attainment", "comments: {^attainmet", "unknown-indicator"),
    ("report", "on: 2026-11-06", "on: ^2026-11-6", "bad-date"),
    ("report", "on: 2026-11-06", "on: 2026-11-06, digest: ^sha256:abc", "bad-digest"),
    ("callbacks", "due: 2026-12-31", "due: ^2026-08-31", "due-before-start"),
    ("callbacks", "status: open", "status: ^opened", "unknown-choice"),
    ("callbacks", "status: open", "status: open\nclosed: ^2026-10-02", "closed-but-open"),
    ("callbacks", "status: open", "status: done\nclosed: ^2026-08-31", "closed-before-start"),
    ("callbacks", "indicators: [attainment]", "indicators: [^attainmet]", "unknown-indicator"),
    ("callbacks", "indicators: [attainment]", "indicators: ^attainment", "wrong-type"),
    ("callbacks", "done: 2026-09-14", "^don: 2026-09-14", "unknown-key"),
]

MISTAKES = [
    *(("site", *mistake) for mistake in SITE_MISTAKES),
    *(("tickets", *mistake) for mistake in DATASET_MISTAKES),
    *(("attainment", *mistake) for mistake in CARD_MISTAKES),
    *(("stock", *mistake) for mistake in STOCK_MISTAKES),
    *OTHER_MISTAKES,
]


def test_a_comma_that_cuts_a_text_in_two(tmp_path: Path) -> None:
    for old, new, place in [
        ("en: Actual by target.}", "en: Actual, by target.}", (3, 40)),
        ("value: SUM(amount)}", "value: QUANTILE_CONT(amount, 0.5)}", (6, 85)),
    ]:
        found = read(tmp_path, {SHORT["attainment"]: FILES[SHORT["attainment"]].replace(old, new)})
        hints = {(p.where.line, p.where.column): p.hint for p in found.problems}
        hint = hints[place]
        assert hint is not None
        assert hint.en == "If the text before it goes on after the comma, quote the whole text."


def test_a_week_without_its_day(tmp_path: Path) -> None:
    def problems(written: str) -> list[Problem]:
        note = f"name: 备注, type: date, format: '{written}'"
        assert NOTE in FILES[SHORT["tickets"]]
        changed: dict[str, str | None] = {}
        changed[SHORT["tickets"]] = FILES[SHORT["tickets"]].replace(NOTE, note)
        return [p for p in read(tmp_path, changed).problems if p.code == "bad-format"]

    (found,) = problems("%Y-%W")
    assert found.hint is not None
    assert "%G-W%V" in found.hint.en
    for written in ("%G-W%V", "%Y-%W-%u", "%Y-%U %a", "%Y-%j", "%a %d %b %y", "%Y-%m", "%Y"):
        assert not problems(written)


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Take the ``^`` out of ``text``; return it with the (line, column) of each."""
    places = []
    while (at := text.find("^")) >= 0:
        before = text[:at]
        places.append((before.count("\n") + 1, at - before.rfind("\n")))
        text = before + text[at + 1 :]
    return text, places


@pytest.mark.parametrize(
    ("stem", "old", "new", "codes"), MISTAKES, ids=[f"{m[0]}-{m[3]}-{m[2]}" for m in MISTAKES]
)
def test_mistake(tmp_path: Path, stem: str, old: str, new: str, codes: str) -> None:
    text = FILES[SHORT[stem]]
    assert text.count(old) == 1
    text, places = marked(text.replace(old, new))
    found = read(tmp_path, {SHORT[stem]: text})
    assert sorted(p.code for p in found.problems) == codes.split()
    for place in places:
        assert place in [(p.where.line, p.where.column) for p in found.problems]
    for problem in found.problems:
        assert problem.message.zh
        assert problem.message.en
