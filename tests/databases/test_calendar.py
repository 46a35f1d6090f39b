"""A company's calendar and its holidays over a database connection."""

from __future__ import annotations

import sqlite3
from datetime import date
from decimal import Decimal

from kpi_site.checking import check
from kpi_site.content import read_catalog
from kpi_site.periods import Grain, ListedCalendar
from kpi_site.problems import has_errors
from kpi_site.stages import figures
from tests.databases.company import SITE, TODAY, Company
from tests.databases.conftest import Begin

CALENDAR = SITE + "calendar: {dataset: periods, holidays: rest_days}\ndata_through: 2026-10-31\n"
PERIODS = """\
id: periods
connection: erp
table: periods
schema:
  primaryKey: [period]
  fields:
    - {name: period, type: string}
    - {name: first, type: date}
    - {name: last, type: date}
    - {name: year, type: string}
"""
REST_DAYS = """\
id: rest_days
connection: erp
table: rest_days
schema:
  primaryKey: [day]
  fields:
    - {name: day, type: date}
    - {name: kind, type: string, constraints: {required: true, enum: [holiday, workday]}}
"""
CARD = """\
id: amount_a_day
name: {zh: 日均, en: Amount a day}
definition: {zh: 日均。, en: Amount a day.}
formula: amount / days
terms:
  amount: {from: shipments, value: SUM(amount)}
  days: {calendar: working_days}
unit: count
cycle: month
longer: false
"""
ROWS = [
    ("2026-08", "2026-08-02", "2026-08-29", "2026"),
    ("2026-09", "2026-08-30", "2026-10-03", "2026"),
    ("2026-10", "2026-10-04", "2026-10-31", "2026"),
]


def _write(company: Company, *statements: str) -> None:
    with sqlite3.connect(company.url.removeprefix("sqlite:///")) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def _company(over_sqlite: Begin) -> Company:
    company = over_sqlite()
    _write(
        company,
        "CREATE TABLE periods (period text PRIMARY KEY, first date, last date, year text)",
        *(f"INSERT INTO periods VALUES {row}" for row in ROWS),
        "CREATE TABLE rest_days (day date PRIMARY KEY, kind text)",
        "INSERT INTO rest_days VALUES ('2026-10-05', 'holiday')",
    )
    company.write("site.yml", CALENDAR)
    company.dataset(PERIODS)
    company.dataset(REST_DAYS)
    company.write("indicators/sales/amount_a_day.yml", CARD)
    return company


def test_the_first_fetch_has_no_calendar_to_read(over_sqlite: Begin) -> None:
    company = _company(over_sqlite)
    assert set(company.fetched()) == {"customers", "shipments", "periods", "rest_days"}
    catalog, problems = read_catalog(company.root, today=TODAY)
    assert catalog is not None
    assert [p.code for p in problems] == ["calendar-ends"]
    assert isinstance(catalog.site.calendar, ListedCalendar)
    found, problems = figures(company.options)
    assert found is not None, [p.text() for p in problems]
    (series,) = found.results["amount_a_day"].series.values()
    assert [(str(r.period), round(r.value or 0, 4)) for r in series.results] == [
        ("2026-09", Decimal("1.212")),  # 10.10 + 20.20 on 25 working days
        ("2026-10", Decimal("54.2258")),  # 30.30 + 999.99 on 20 but for a holiday
    ]


def test_a_calendar_that_is_wrong_is_not_kept(over_sqlite: Begin) -> None:
    company = _company(over_sqlite)
    _write(company, "UPDATE periods SET first = '2026-08-31' WHERE period = '2026-09'")
    (found,) = company.refused("periods")
    assert found.startswith("erp/periods:2:2: 2026-08-30 to 2026-08-30 lie in no period")
    assert not (company.root / "data/snapshots/periods/snapshot.json").exists()
    _write(company, "UPDATE periods SET first = '2026-08-30' WHERE period = '2026-09'")
    assert company.fetched("periods") == {"periods": 1}


def test_periods_of_a_database_stand_in_the_order_of_their_days(over_sqlite: Begin) -> None:
    """A thirteenth period in the middle of a year comes last by its key."""
    company = _company(over_sqlite)
    _write(
        company,
        "UPDATE periods SET first = '2026-09-06' WHERE period = '2026-09'",
        "INSERT INTO periods VALUES ('2026-P13', '2026-08-30', '2026-09-05', '2026')",
    )
    company.fetched()
    catalog, _ = read_catalog(company.root, today=TODAY)
    assert catalog is not None
    days = catalog.site.calendar.range(date(2026, 8, 29), date(2026, 10, 4), Grain.MONTH)
    assert [p.label for p in days] == ["2026-08", "2026-P13", "2026-09", "2026-10"]


def test_what_goes_wrong_later_is_told_with_any_card(over_sqlite: Begin) -> None:
    company = _company(over_sqlite)
    company.fetched()
    assert not has_errors(check(company.options, ("amount_a_day",)))
    company.dataset(PERIODS.replace("name: last", "name: until"))
    for ids in ((), ("amount_a_day",)):
        assert {"calendar-dataset", "no-snapshot", "snapshot-outdated"} & {
            p.code for p in check(company.options, ids)
        }
