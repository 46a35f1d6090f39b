"""Times with offsets are instants: durations, order, keys. The period goes by the local date.

In London the clocks went from 01:00 to 02:00 on 29 March 2026 (01:00 UTC), and go from 02:00
back to 01:00 on 25 October (01:00 UTC). All spans are worked by hand.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.figures.small import card, dataset, figures, problems, write

SITE = """\
organisation: {zh: 小公司, en: Small company}
timezone: Europe/London
data_through: 2026-11-09
departments:
  - {id: main, name: {zh: 本部, en: Main}}
"""
FIELDS = ("name: id, type: string", "name: begun, type: datetime", "name: done, type: datetime")
# Two hours each: over the spring change, over the autumn change, and in winter.
ROWS = """\
day,id,begun,done
,a,2026-03-29T00:30:00Z,2026-03-29T02:30:00Z
,b,2026-10-25T00:30:00Z,2026-10-25T02:30:00Z
,c,2026-11-02T10:00:00+02:00,2026-11-02T10:00:00Z
"""


def site(root: Path, value: str, rows: str = ROWS, more: str = "", where: str = "") -> Path:
    term = f"a: {{from: jobs, value: '{value}'" + (f', where: "{where}"' if where else "") + "}"
    files = {
        "content/site.yml": SITE,
        **dataset("jobs", *FIELDS, time="begun", more=more),
        **card("it", term),
        "data/jobs.csv": rows,
    }
    return write(root, files)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("SUM(done - begun)", ("2", "2", "2")),
        ("AVG(done - begun)", ("2", "2", "2")),
        ("MEDIAN(done - begun)", ("2", "2", "2")),
        ("SUM(CASE WHEN done - begun = INTERVAL 2 HOUR THEN 1 END)", ("1", "1", "1")),
        ('SUM(DATE_DIFF("hour", begun, done))'.replace('"', "''"), ("2", "2", "2")),
        ("SUM(EPOCH(done - begun))", ("7200", "7200", "7200")),
        ("SUM(COALESCE(done, begun) - begun)", ("2", "2", "2")),
        ("MAX(done) - MIN(begun)", ("2", "2", "2")),
    ],
)
def test_spans_are_of_instants(tmp_path: Path, value: str, right: tuple[str, ...]) -> None:
    root = site(tmp_path, value)
    assert problems(root) == ()
    found = figures(root)
    assert tuple(found[f"it 2026-{m}"] for m in ("03", "10", "11")) == right


def test_the_period_goes_by_the_local_date(tmp_path: Path) -> None:
    """23:30 UTC on 30 June is half past midnight of July in London."""
    rows = "day,id,begun,done\n,a,2026-06-30T23:30:00Z,\n,b,2026-06-30T22:30:00Z,\n"
    found = figures(site(tmp_path, "COUNT(*)", rows))
    assert (found["it 2026-06"], found["it 2026-07"]) == ("1", "1")


# In the hour that comes twice: 01:40 of summer time is 20 minutes before 01:00 of winter time.
TWICE = "day,id,begun,done\n,a,2026-10-25T00:40:00Z,2026-10-25T01:10:00Z\n"


def test_order_is_that_of_instants(tmp_path: Path) -> None:
    """The local times read 01:40 and 01:10; the second is later all the same."""
    root = site(tmp_path, "COUNT(*)", TWICE, "rules:\n  - {rule: done >= begun}\n", "done > begun")
    assert problems(root) == ()
    assert figures(root)["it 2026-10"] == "1"
    wrong = TWICE.replace("a,2026-10-25T00:40:00Z", "a,2026-10-25T01:20:00Z")
    again = site(tmp_path, "COUNT(*)", wrong, "rules:\n  - {rule: done >= begun}\n")
    assert [p.code for p in problems(again)] == ["broken-rule"]


def test_keys_are_instants(tmp_path: Path) -> None:
    """01:30 comes twice, and is two keys; the same instant written differently is one."""
    two = "day,id,begun,done\n,a,2026-10-25T00:30:00Z,\n,b,2026-10-25T01:30:00Z,\n"
    key = "  primaryKey: begun\n"
    root = site(tmp_path, "COUNT(DISTINCT begun)", two, key)
    assert problems(root) == ()
    assert figures(root)["it 2026-10"] == "2"
    same = two.replace("01:30:00Z", "02:30:00+02:00")
    assert [p.code for p in problems(site(tmp_path, "COUNT(*)", same, key))] == ["duplicate-key"]


def test_local_times_stay_local(tmp_path: Path) -> None:
    """Without offsets nothing is known of the clocks: 00:30 to 03:30 are three hours."""
    rows = "day,id,begun,done\n,a,2026-03-29 00:30:00,2026-03-29 03:30:00\n"
    assert figures(site(tmp_path, "SUM(done - begun)", rows))["it 2026-03"] == "3"


def test_a_local_time_among_instants_is_of_the_site(tmp_path: Path) -> None:
    rows = "day,id,begun,done\n,a,2026-03-29T00:30:00Z,2026-03-29 03:30:00\n"
    assert figures(site(tmp_path, "SUM(done - begun)", rows))["it 2026-03"] == "2"


def test_windows_know_instants(tmp_path: Path) -> None:
    """From one to the next, in order: 00:40, 01:10 and 02:40 UTC."""
    rows = "day,id,begun,done\n,b,2026-10-25T01:10:00Z,\n,a,2026-10-25T00:40:00Z,\n"
    rows += ",c,2026-10-25T02:40:00Z,\n"
    more = "derived:\n  since: begun - LAG(begun) OVER (ORDER BY begun)\n"
    root = site(tmp_path, "SUM(EPOCH(since))", rows, more)
    assert figures(root)["it 2026-10"] == "7200"
    assert figures(site(tmp_path, "MIN(EPOCH(since))", rows, more))["it 2026-10"] == "1800"


def test_a_declared_format_with_an_offset(tmp_path: Path) -> None:
    form = ', format: "%d.%m.%Y %H:%M %z"'
    rows = "day,id,begun,done\n,a,29.03.2026 00:30 +0000,29.03.2026 03:30 +0100\n"
    root = site(tmp_path, "SUM(done - begun)", rows)
    name = root / "content/datasets/jobs.yml"
    name.write_text(name.read_text("utf-8").replace("datetime}", "datetime" + form + "}"), "utf-8")
    assert figures(root)["it 2026-03"] == "2"


def test_parquet_keeps_instants(tmp_path: Path) -> None:
    root = site(tmp_path, "SUM(done - begun)")
    times = pl.Series(["2026-03-29 00:30", "2026-03-29 02:30"]).str.to_datetime("%Y-%m-%d %H:%M")
    begun, done = times.dt.replace_time_zone("UTC").cast(pl.Datetime("us", "Asia/Tokyo"))
    pl.DataFrame(
        {"day": [None], "id": ["a"], "begun": [begun], "done": [done]},
        schema_overrides={"day": pl.Date},
    ).write_parquet(root / "data/jobs.parquet")
    name = root / "content/datasets/jobs.yml"
    name.write_text(name.read_text("utf-8").replace("jobs.csv", "jobs.parquet"), "utf-8")
    assert figures(root)["it 2026-03"] == "2"
