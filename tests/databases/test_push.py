"""Datasets whose rows stay in PostgreSQL: only what it answers is kept."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from kpi_site.checking import check
from kpi_site.editions.frozen import frozen_figures
from kpi_site.editions.manifest import from_bytes, to_bytes
from kpi_site.engine.kept_engine import KeptEngine
from kpi_site.problems import Failure
from kpi_site.publishing.freeze import edition
from kpi_site.site import generate
from kpi_site.sql.patterns import plain_pattern
from kpi_site.stages import as_of, figures, read
from tests.databases.company import NOW, SHIPMENTS, SITE, TABLES, Company
from tests.databases.conftest import Begin

CARD = """\
id: {name}
name: {{zh: 数, en: Number}}
definition: {{zh: 行数, en: Rows}}
formula: n
terms: {{n: {{from: shipments, value: "{value}"}}}}
unit: count
cycle: month
direction: higher
"""
ANSWERS = "shipments/answers.json"


def card(company: Company, name: str, value: str = "SUM(amount)") -> None:
    company.write(f"indicators/sales/{name}.yml", CARD.format(name=name, value=value))


@pytest.fixture
def company(over_postgresql: Begin) -> Company:
    found = over_postgresql()
    found.stay()
    card(found, "amount")
    return found


def values(company: Company, name: str = "amount") -> dict[str, str]:
    computed, problems = figures(company.options)
    assert computed is not None, [p.text() for p in problems]
    (whole, *_) = computed.results[name].wholes()
    return {str(result.period): str(result.value) for result in whole.results}


def test_a_build_needs_the_answers_alone(company: Company) -> None:
    assert company.fetched() == {}
    assert company.asked() == {"customers": 2, "shipments": 4}
    assert set(company.files()) == {"customers/answers.json", ANSWERS}
    kept = company.files()[ANSWERS].decode()
    assert "A1" not in kept  # no row
    assert "PostgreSQL" in json.loads(kept)["server"]
    company.url = "postgresql://nobody:secret@127.0.0.1:1/none"
    by_hand = {"2026-08": "10.10", "2026-09": "20.20", "2026-10": "1030.29"}
    assert values(company) == by_hand
    assert check(company.options) == ()
    generated, _ = generate(company.options)
    assert generated is not None
    page = (company.options.docs / "en/datasets/shipments.md").read_text("utf-8")
    assert "the rows stay there, and are counted there" in page


def test_what_is_asked_later_must_be_asked_there(company: Company) -> None:
    company.asked()
    card(company, "customers", "COUNT(DISTINCT customer)")
    (problem,) = check(company.options)
    assert problem.code == "no-answer"
    assert problem.where.file == "content/datasets/shipments.yml"
    assert problem.text().endswith("Run: kpi-site fetch shipments.")
    company.asked("shipments")
    assert values(company, "customers") == {"2026-08": "1", "2026-09": "1", "2026-10": "1"}
    (company.root / "content/indicators/sales/amount.yml").unlink()  # fewer: nothing is missing
    assert check(company.options) == ()


def test_an_edited_card_is_computed_alone(company: Company) -> None:
    company.write("site.yml", SITE + "data_through: 2026-10-15\n")
    card(company, "days")
    path = company.root / "content/indicators/sales/days.yml"
    path.write_text(path.read_text("utf-8").replace("cycle: month", "cycle: day"), "utf-8")
    company.asked()
    assert values(company)["2026-10"] == "30.30"  # by hand: the 31st does not count
    card(company, "amount", "-SUM(amount)")  # the other card, and where it cuts, are kept
    assert values(company)["2026-10"] == "-30.30"


def test_an_edition_names_answers_and_server(company: Company) -> None:
    company.write("reports/2026-09/report.yml", "period: 2026-09\n")
    company.asked()
    computed, _ = figures(company.options)
    assert computed is not None
    report = computed.catalog.reports["2026-09"]
    then = as_of(company.options, computed, report.period.last)
    (whole, *_) = then.results["amount"].wholes()
    assert [str(r.value) for r in whole.results] == ["10.10", "20.20"]  # and no October
    frozen = tuple(frozen_figures(then, report))
    on = company.options.today
    manifest = edition(then, report, frozen, number=1, on=on, signoffs=()).manifest
    name = f"data/snapshots/{ANSWERS}"
    assert manifest.data[name] == sha256(company.files()[ANSWERS]).hexdigest()
    assert re.fullmatch(r"PostgreSQL [0-9.]+, 2026-11-24T08:00:00Z", manifest.servers[name])
    assert from_bytes(to_bytes(manifest), "edition.json") == manifest


def test_without_an_answer_nothing_is_computed(company: Company) -> None:
    company.asked()
    facts, _ = read(company.options)
    assert facts is not None
    from kpi_site.compute import compute, settle_through

    settled = settle_through(facts.catalog, facts.tables, company.options.today)
    earlier = settled.through(datetime(2026, 9, 12, tzinfo=UTC).date())
    with pytest.raises(Failure, match="not asked up to 2026-09-12: run kpi-site fetch shipments"):
        compute(earlier, facts.tables, engine=KeptEngine())


@pytest.mark.parametrize("change", [("minimum: 0", "minimum: 1"), ("decimals: 2", "decimals: 3")])
def test_another_declaration_is_asked_again(company: Company, change: tuple[str, str]) -> None:
    company.asked()
    company.dataset(SHIPMENTS.replace(*change) + "push: true\n")
    (problem,) = check(company.options)
    assert problem.code == "snapshot-outdated"
    company.asked()
    assert check(company.options) == ()


def test_answers_that_were_edited_are_refused(company: Company) -> None:
    company.asked()
    path = company.root / "data/snapshots" / ANSWERS
    path.write_text(path.read_text("utf-8").replace("1010", "1011"), encoding="utf-8")
    (problem,) = check(company.options)
    assert problem.code == "snapshot-damaged"
    path.unlink()
    (problem,) = check(company.options)
    assert (problem.code, problem.where.line) == ("no-snapshot", 3)


def test_old_answers_are_told(company: Company) -> None:
    company.ask(now=NOW.replace(day=1))
    told = [p for p in check(company.options) if p.where.file.endswith("shipments.yml")]
    assert [(p.code, p.severity) for p in told] == [("snapshot-old", "warning")]
    assert "23 days old" in told[0].text()


def test_from_a_snapshot_and_back(company: Company) -> None:
    company.asked()
    for text in ("customers", "shipments"):
        path = company.root / f"content/datasets/{text}.yml"
        path.write_text(path.read_text("utf-8").replace("push: true\n", ""), encoding="utf-8")
    company.fetched()
    assert not [name for name in company.files() if name.endswith("answers.json")]
    company.stay()
    company.asked()
    assert set(company.files()) == {"customers/answers.json", ANSWERS}


FAULTS = {
    "missing-value": "INSERT INTO shipments VALUES (NULL, '2026-10-01', 1, 1, true)",
    "too-many-decimals": "ALTER TABLE shipments ALTER amount TYPE numeric;"
    " UPDATE shipments SET amount = 10.125 WHERE id = 'A1'",
    "bad-value": "ALTER TABLE shipments ALTER amount TYPE numeric;"
    " UPDATE shipments SET amount = 'NaN' WHERE id = 'A1'",
    "day": "UPDATE shipments SET shipped_on = 'infinity' WHERE id = 'A2'",
    "out-of-range": "ALTER TABLE customers ALTER id TYPE numeric;"
    " INSERT INTO customers VALUES (9223372036854775808, 'gold')",
    "below": "UPDATE shipments SET amount = -1 WHERE id = 'A1'",
    "enum": "UPDATE customers SET tier = 'bronze' WHERE id = 2",
    "duplicate-key": "INSERT INTO shipments VALUES ('A1', '2026-10-01', 1, 1, true)",
    "dangling-key": "UPDATE shipments SET customer = 77 WHERE id = 'A3'",
    "broken-rule": "UPDATE shipments SET amount = 1000.01 WHERE id = 'A2'",
    "undated-rows": "UPDATE shipments SET shipped_on = NULL WHERE id IN ('A1', 'A4')",
}


@pytest.mark.parametrize("name", FAULTS)
def test_checks_are_those_of_snapshots(over_postgresql: Begin, name: str) -> None:
    company = over_postgresql(f"{TABLES.replace(' PRIMARY KEY', '')};{FAULTS[name]};")
    _, expected = company.fetch()
    company.stay()
    found, problems = company.ask()
    assert found == ()
    assert company.files() == {}
    assert [p.code for p in problems] == [p.code for p in expected]
    for one, other in zip(problems, expected, strict=True):
        assert one.where.file == other.where.file  # erp/shipments: rows have no lines there
        if one.code not in {"duplicate-key", "undated-rows"}:  # these have a place of another
            assert one.message.en.replace("-1.00", "-1") == other.message.en


def test_many_faults_are_counted(over_postgresql: Begin) -> None:
    more = "INSERT INTO customers SELECT n, 'bronze' FROM generate_series(3, 100) AS n;"
    company = over_postgresql(TABLES + more)
    company.stay()
    _, problems = company.ask()
    assert len(problems) == 51
    assert problems[-1].code == "unlisted-problems"
    assert "48 more" in problems[-1].message.en


def test_rows_that_break_a_rule_may_be_told_alone(company: Company) -> None:
    rule = "{rule: amount <= 15, severity: warning}"
    company.dataset(SHIPMENTS.replace("{rule: amount <= 1000}", rule) + "push: true\n")
    _, problems = company.ask()
    assert [(p.code, p.severity) for p in problems] == [("broken-rule", "warning")]
    assert "so do 3 rows in all" in problems[0].message.en
    assert check(company.options) == problems  # and are told again without the database


def test_columns_that_cannot_be_counted_there(over_postgresql: Begin) -> None:
    script = TABLES.replace("amount numeric(20, 2)", "amount float8").replace("paid", "settled")
    company = over_postgresql(script)
    company.stay()
    _, problems = company.ask()
    assert [p.code for p in problems] == ["unsupported-column", "missing-column"]
    assert "column 'amount' is float8 there" in problems[0].message.en


def test_only_postgresql(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.stay()
    _, problems = company.ask()
    assert {p.code for p in problems} == {"cannot-push"}
    assert "this is SQLite" in problems[0].text()


def test_the_password_is_told_to_nobody(company: Company) -> None:
    company.url = company.url.replace("p%40ss%2Fw%3Ard", "wr%40ng")
    _, problems = company.ask()
    told = "".join(p.text() for p in problems)
    assert [p.code for p in problems] == ["connection-failed"]
    assert "wr@ng" not in told
    assert "reader" not in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("time: shipped_on", "time: shipped_on\npartition: month", "'partition' needs the rows"),
        ("time: shipped_on", "time: shipped_on\npeople: true", "'people' needs the rows"),
        ("name: id, type: string", 'name: id, type: string, constraints: {pattern: "A\\\\w+"}',
         "may read the pattern"),
        ("rules:", "derived: {before: LAG(amount) OVER (ORDER BY id)}\nrules:", "OVER needs"),
        ("rules:", "derived: {level: customers.tier}\nrules:", "takes one of a parent"),
    ],
)  # fmt: skip
def test_what_needs_rows(company: Company, old: str, new: str, told: str) -> None:
    company.dataset(SHIPMENTS.replace(old, new) + "push: true\n")
    found = [p for p in check(company.options) if p.code == "cannot-push"]
    assert [told in p.text() for p in found] == [True]


def test_parents_stay_too(company: Company) -> None:
    company.dataset(SHIPMENTS)
    (problem,) = [p for p in check(company.options) if p.code == "cannot-push"]
    assert "'customers' and 'shipments' must both be pushed" in problem.text()
    company.write(
        "site.yml", SITE.replace("connections", "calendar: {holidays: customers}\nconnections")
    )
    assert "the company's calendar" in "".join(p.text() for p in check(company.options))


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        (r"SO\d{6}", "^(?:SO[0-9]{6})$"),
        (r"[A-Z\d]+|x", "^(?:[A-Z0-9]+|x)$"),
        (r"(?:a|b)?\.c", r"^(?:(?:a|b)?\.c)$"),
        ("编号[0-9]*", "^(?:编号[0-9]*)$"),
        (r"\w+", None),
        (r"[^a]", None),
        ("a.c", None),
        ("(?i)a", None),
        (r"\bа", None),
        ("[[:alpha:]]", None),
        ("a$", None),
    ],
)
def test_patterns_that_databases_read_alike(pattern: str, plain: str | None) -> None:
    assert plain_pattern(pattern) == plain


QUERY = "query: |\n  SELECT id, shipped_on, customer, amount, paid\n  FROM shipments WHERE {}\n"


def test_a_query(company: Company) -> None:
    company.dataset(SHIPMENTS.replace("table: shipments\n", QUERY.format("paid;")) + "push: true\n")
    assert company.asked() == {"customers": 2, "shipments": 2}
    assert values(company) == {"2026-08": "10.10", "2026-09": "0.00", "2026-10": "999.99"}
    company.dataset(SHIPMENTS.replace("table: shipments\n", QUERY.format("paix")) + "push: true\n")
    _, problems = company.ask()
    assert [(p.code, p.where.line, p.where.column) for p in problems] == [("query-failed", 5, 24)]


def test_no_rows(over_postgresql: Begin) -> None:
    company = over_postgresql(TABLES + "DELETE FROM shipments;")
    company.stay()
    card(company, "amount")
    assert company.asked() == {"customers": 2, "shipments": 0}
    computed, problems = figures(company.options)
    assert computed is not None, [p.text() for p in problems]
    assert not list(computed.results["amount"].wholes())


def test_moments_and_missing_values(over_postgresql: Begin) -> None:
    """By hand: 2 h each, also over the night when the clocks of London go back."""
    script = """
    CREATE TABLE shipments (id varchar(10), shipped_on timestamptz, done timestamptz, note text);
    INSERT INTO shipments VALUES
      ('1', '2026-10-25 00:30:00+00', '2026-10-25 02:30:00+00', '-'),
      ('2', '2026-09-30 23:30:00+00', '2026-10-01 01:30:00+00', 'x'),
      ('3', '2026-09-30 22:30:00+00', '2026-10-01 00:30:00+00', '');
    """
    company = over_postgresql(script)
    company.write("site.yml", SITE + "timezone: Europe/London\ndata_through: 2026-10-31\n")
    (company.root / "content/datasets/customers.yml").unlink()
    company.dataset(
        "id: shipments\nconnection: erp\ntable: shipments\ntime: shipped_on\npush: true\n"
        "schema:\n  primaryKey: [id]\n  missingValues: ['', '-']\n  fields:\n"
        "    - {name: id, type: string}\n    - {name: note, type: string}\n"
        "    - {name: shipped_on, type: datetime}\n    - {name: done, type: datetime}\n"
    )
    card(company, "hours", "AVG(done - shipped_on)")
    path = company.root / "content/indicators/sales/hours.yml"
    path.write_text(path.read_text("utf-8").replace("unit: count", "unit: hours"), "utf-8")
    card(company, "notes", "COUNT(note)")
    company.asked()
    assert values(company, "hours") == {"2026-09": "2", "2026-10": "2"}
    assert values(company, "notes") == {"2026-09": "0", "2026-10": "1"}
