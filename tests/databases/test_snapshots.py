"""Snapshots: which parts come again; what is damaged, old, or of something else."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.databases import fetching
from kpi_site.files import File
from kpi_site.locks import locked
from kpi_site.stages import read
from tests.databases.company import CUSTOMERS, NOW, SHIPMENTS, TABLES, TODAY, Company
from tests.databases.conftest import Begin
from tests.kills import every_step

MONTHLY = SHIPMENTS + "partition: month\n"


def _change(company: Company, *statements: str) -> None:
    with sqlite3.connect(company.url.removeprefix("sqlite:///")) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def _parts(company: Company) -> dict[str, str]:
    """Return the parts of the shipments by period, with the moment of their fetch."""
    path = company.root / "data" / "snapshots" / "shipments" / "snapshot.json"
    told = json.loads(path.read_text("utf-8"))
    files = {p.name for p in path.parent.iterdir()} - {"snapshot.json"}
    assert files == {part["file"] for part in told["parts"]}, "no part is left behind"
    assert told["rows"] == sum(part["rows"] for part in told["parts"])
    return {part["period"]: part["fetched"][:10] for part in told["parts"]}


def test_only_the_newest_parts_come_again(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.dataset(MONTHLY)
    assert company.fetched("shipments") == {"shipments": 3}
    assert _parts(company) == dict.fromkeys(("2026-08", "2026-09", "2026-10"), "2026-11-24")
    later = NOW + timedelta(days=1)
    _change(
        company,
        "UPDATE shipments SET amount = 31 WHERE id = 'A3'",  # in the newest part
        "INSERT INTO shipments VALUES ('A5', '2026-11-02', 1, 5, 1)",  # a new one
        "INSERT INTO shipments VALUES ('A0', '2026-08-01', 1, 7, 1)",  # late: another number
        "UPDATE shipments SET amount = 21 WHERE id = 'A2'",  # late, and nobody can tell
    )
    assert company.fetched("shipments", now=later) == {"shipments": 3}
    assert _parts(company) == {
        "2026-08": "2026-11-25", "2026-09": "2026-11-24", "2026-10": "2026-11-25",
        "2026-11": "2026-11-25",
    }  # fmt: skip
    company.fetched("customers")
    amounts = {row["id"]: str(row["amount"]) for row in company.rows().rows(named=True)}
    assert amounts == {
        "A0": "7.00", "A1": "10.10", "A2": "20.20", "A3": "31.00", "A4": "999.99", "A5": "5.00",
    }  # fmt: skip
    assert company.fetched("shipments", everything=True) == {"shipments": 4}
    assert str(company.rows().filter(id="A2")["amount"][0]) == "21.00"


def test_more_parts_come_again_where_it_is_said(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.dataset(MONTHLY + "refetch: 2\n")
    company.fetched("shipments")
    assert company.fetched("shipments", now=NOW + timedelta(days=1)) == {"shipments": 2}
    assert set(_parts(company).values()) == {"2026-11-24", "2026-11-25"}


def test_what_is_gone_in_the_database_is_gone(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.dataset(MONTHLY)
    company.fetched()
    _change(company, "DELETE FROM shipments WHERE id = 'A1'")
    company.fetched()
    assert list(_parts(company)) == ["2026-09", "2026-10"]
    assert company.rows()["id"].to_list() == ["A2", "A3", "A4"]
    _change(company, "DELETE FROM shipments")
    company.fetched()
    assert company.rows().height == 0


def test_rows_without_a_time_are_a_part(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.dataset(MONTHLY + "undated: ignore\n")
    _change(company, "INSERT INTO shipments VALUES ('A9', NULL, 1, 1, 1)")
    company.fetched()
    assert list(_parts(company)) == ["2026-08", "2026-09", "2026-10", "undated"]
    assert company.rows().height == 5


def test_a_time_that_makes_no_parts(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.dataset(MONTHLY)
    _change(company, "INSERT INTO shipments VALUES ('A9', '9999-12-31', 1, 1, 1)")
    assert "too many parts, from 2026-08-31 to 9999-12-31" in company.refused("shipments")[0]
    _change(company, "UPDATE shipments SET shipped_on = '31/10/2026' WHERE id = 'A9'")
    assert "no parts by 'shipped_on': '31/10/2026' is no day" in company.refused("shipments")[0]


days = st.dates(date(2025, 1, 1), date(2026, 11, 24))
grains = st.sampled_from(["month", "quarter", "year"])


@settings(max_examples=15)
@given(
    rows=st.lists(st.none() | days, max_size=12),
    more=st.lists(st.none() | days, max_size=4),
    grain=grains,
)
def test_parts_hold_every_row_once(
    rows: list[date | None],
    more: list[date | None],
    grain: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever the days, a snapshot in parts has just the rows of one that is whole."""
    folder = tmp_path_factory.mktemp("law")
    path = folder / "erp.db"
    with sqlite3.connect(path) as database:
        database.executescript(TABLES + "DELETE FROM shipments;")
        database.executemany("INSERT INTO shipments VALUES (?, ?, 1, 1, 1)", _rows(rows))
    company = Company(folder / "site", f"sqlite:///{path}")
    company.dataset(SHIPMENTS + f"undated: ignore\npartition: {grain}\n")
    company.fetched()
    database.executemany("INSERT INTO shipments VALUES (?, ?, 1, 1, 1)", _rows(more, "m"))
    database.commit()
    database.close()
    company.fetched()
    found = company.rows().select("id", "shipped_on").sort("id").rows()
    assert found == sorted([*_days(rows), *_days(more, "m")])


def _days(rows: list[date | None], mark: str = "a") -> list[tuple[str, date | None]]:
    return [(f"{mark}{number:02}", day) for number, day in enumerate(rows)]


def _rows(rows: list[date | None], mark: str = "a") -> list[tuple[str, str | None]]:
    return [(name, None if day is None else day.isoformat()) for name, day in _days(rows, mark)]


# --- what is not as it was fetched ----------------------------------------------------


def _told(company: Company) -> list[tuple[str, str]]:
    _, problems = company.tables()
    return [(str(p.where), p.code) for p in problems]


def _part(company: Company) -> Path:
    return next((company.root / "data" / "snapshots" / "shipments").glob("*.parquet"))


def test_no_snapshot(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.fetched("customers")
    assert _told(company) == [("content/datasets/shipments.yml:3:8", "no-snapshot")]
    _, problems = company.tables()
    assert problems[0].text("en").endswith("Run: kpi-site fetch shipments.")


def test_a_part_that_was_edited_cut_or_lost(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.fetched()
    part = _part(company)
    data = part.read_bytes()
    where = part.relative_to(company.root).as_posix()
    other = company.rows("customers")
    for wrong in (data[:-1], data[:100], data.replace(b"A1", b"A7"), b""):
        part.write_bytes(wrong)
        assert _told(company) == [(where, "snapshot-damaged")]
    other.write_parquet(part)
    assert _told(company) == [(where, "snapshot-damaged")]
    part.unlink()
    assert _told(company) == [(where, "snapshot-damaged")]
    company.fetched("shipments")
    assert _told(company) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"rows": 4', '"rows": 5'), ('"fetched": "2026-11-24', '"fetched": "2026-11-25'),
        ('"table": "shipments"', '"table": "customers"'), ('"format": 1', '"format": 2'),
        ('"parts": [', '"parts": [], "more": ['), ("{", "["), ('"dataset"', '"datasets"'),
    ],
)  # fmt: skip
def test_a_description_that_was_edited(over_sqlite: Begin, old: str, new: str) -> None:
    company = over_sqlite()
    company.fetched()
    path = company.root / "data" / "snapshots" / "shipments" / "snapshot.json"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert _told(company) == [("data/snapshots/shipments/snapshot.json", "snapshot-damaged")]
    company.fetched("shipments")
    assert _told(company) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("table: shipments", "query: SELECT * FROM shipments"),
        ("time: shipped_on", "time: shipped_on\npartition: month"),
        ("    - {name: paid, type: boolean}\n", ""),
        ("connection: erp", "connection: crm"),
    ],
)
def test_a_snapshot_of_something_else(over_sqlite: Begin, old: str, new: str) -> None:
    company = over_sqlite()
    company.fetched()
    site = (company.root / "content" / "site.yml").read_text("utf-8")
    company.write("site.yml", site.replace("{erp:", "{crm: {url_env: KPI_CRM_URL}, erp:"))
    company.dataset(SHIPMENTS.replace(old, new))
    assert [code for _, code in _told(company)] == ["snapshot-outdated"]


def test_stricter_rules_need_no_database(over_sqlite: Begin) -> None:
    """The snapshot holds the values as they are: a new rule is checked against it."""
    company = over_sqlite()
    company.fetched()
    company.dataset(CUSTOMERS.replace("[gold, silver]", "[gold]"))
    _, problems = company.tables()
    (told,) = [p.text("en") for p in problems]
    assert told.startswith("erp/customers:2:2: id = '2': column 'tier': 'silver' is not one of")


def test_an_old_snapshot_is_a_warning(over_sqlite: Begin) -> None:
    company = over_sqlite()
    company.fetched(now=NOW - timedelta(days=7))
    assert read(company.options)[1] == ()
    found, problems = read(replace(company.options, today=TODAY + timedelta(days=1)))
    assert found is not None
    assert [(p.code, p.severity) for p in problems] == [("snapshot-old", "warning")] * 2
    assert "is 8 days old, and the connection erp allows 7" in problems[0].text("en")


# --- kills and company ------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_kill_leaves_the_old_snapshot_or_the_new_one(
    over_sqlite: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Snapshots of two datasets change together, whatever step a fetch dies before.

    What is put in place is played here without Polars, whose threads a fork does not take.
    """
    company = over_sqlite()
    company.dataset(MONTHLY)
    company.fetched()
    old = company.files()
    _change(company, "UPDATE shipments SET amount = 6", "UPDATE customers SET tier = 'gold'")
    company.fetched(everything=True)
    new = company.files()
    assert len({*old} ^ {*new}) > 4
    folder = company.root / "data" / "snapshots"

    def again() -> None:
        from kpi_site.files import write_changed

        write_changed(folder, [File(name, data) for name, data in old.items()])

    snapshots = {name: _read(company, name) for name in ("customers", "shipments")}
    parts = {n: data for n, data in new.items() if n.endswith(".parquet")}

    def taken(*_: object) -> tuple[dict[str, object], tuple[()]]:
        for name, data in parts.items():
            (folder / name).write_bytes(data)
        return dict(snapshots), ()

    monkeypatch.setattr(fetching, "_taken", taken)
    monkeypatch.setattr(fetching, "_checked", lambda *_: ())
    seen = set()
    again()
    for step in every_step(company.fetch):
        _, problems = company.tables()
        assert problems == (), step
        amounts = {str(a) for a in company.rows()["amount"]}
        tiers = {*company.rows("customers")["tier"]}
        pending = (company.root / "content" / ".pending" / "plan.json").exists()
        if not pending:  # else the next command goes on with it
            assert (amounts == {"6.00"}) == (tiers == {"gold"}), step
        seen.add(amounts == {"6.00"})
        assert {p.code for p in company.fetch()[1]} <= {"change-finished"}
        assert company.files() == new, step
        again()
    assert seen == {True, False}


def _read(company: Company, name: str) -> object:
    from kpi_site.content import read_catalog
    from kpi_site.tables.snapshots import read_snapshot

    catalog, _ = read_catalog(company.root, today=TODAY)
    assert catalog is not None
    return read_snapshot(company.root, catalog.datasets[name])


def test_one_fetch_at_a_time(over_sqlite: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    company = over_sqlite()
    monkeypatch.setattr(fetching, "WAIT", 0.1)
    with locked(company.root / "build" / "fetch.lock", 1):
        (told,) = company.refused()
    assert "another kpi-site fetch is under way" in told
    company.fetched()


def test_what_is_left_over_goes(over_sqlite: Begin) -> None:
    """What a killed fetch left half written is swept by the next one."""
    company = over_sqlite()
    company.fetched()
    folder = company.root / "data" / "snapshots" / "shipments"
    (folder / "rows.0123456789ab.parquet").write_bytes(b"x")
    (folder / ".0123456789abcdef.part").write_bytes(b"x")
    (folder / "notes.txt").write_bytes(b"mine")
    company.fetched()
    left = {p.name for p in folder.iterdir()}
    assert left == {"snapshot.json", "notes.txt", _part(company).name}
