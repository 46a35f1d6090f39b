"""Downloads: columns and order of specification.md#outputs, exact numbers, texts that stay data."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.catalog import (
    CardTexts,
    Catalog,
    Indicator,
    Measure,
    RowTerm,
    Site,
    Standard,
    Text,
    Threshold,
)
from kpi_site.computed import Computed
from kpi_site.downloads import files
from kpi_site.periods import Grain, MonthCalendar, Period
from kpi_site.problems import Location, Name
from kpi_site.results import Cell, IndicatorResults, Result, Results, Series, SeriesKey, State
from kpi_site.sql.nodes import Aggregate, Code, Column, Expression
from kpi_site.tidy import plain

D = Decimal
HERE = Location("content/indicators/sales/sold.yml", 1, 1)
ODD = ["=1+1", "+1", "-1", "@x", 'say "so"', "a,b", "line\nbreak", "carriage\rreturn", " sp ", ""]


def name(text: str) -> Name:
    return Name(text, HERE)


def code(text: str) -> Code:
    return Code(text, HERE.file, tuple((1, i + 1) for i in range(len(text) + 1)))


def card(key: str) -> Indicator:
    value = Expression(code("SUM(amount)"), Aggregate("sum", Column("amount")))
    return Indicator(
        id=name(key),
        where=HERE,
        department=name("sales"),
        name=Text(zh="销售额", en="Sales"),
        formula=Expression(code("sold"), Column("sold")),
        terms=(RowTerm(name("sold"), Text("sold"), name("orders"), value),),
        unit=Measure("currency", "CNY"),
        decimals=2,
        cycle=Grain.MONTH,
        thresholds=(Standard(HERE, None, D("0.90"), D("1E+2"), None),),
    )


def period(label: str) -> Period:
    found = MonthCalendar().parse(label)
    assert found is not None
    return found


def series(key: SeriesKey, *results: Result) -> Series:
    cells = tuple(Cell(r.value, r.state, r.n) for r in results)
    return Series(key, results, {"sold": cells})


def october(value: str | None, state: State = State.OK, n: int | None = 3) -> Result:
    return Result(period("2026-10"), None if value is None else D(value), state, n)


def catalog(*keys: str) -> Catalog:
    site = Site(Path("/x"), HERE, Text("Mini"), data_through=date(2026, 10, 31))
    texts = {key: CardTexts(Text(zh="总额")) for key in keys}
    return Catalog(site, {}, {key: card(key) for key in keys}, texts=texts)


def made(results: Results, *keys: str) -> Mapping[str, bytes]:
    return {f.path: f.data for f in files(Computed(catalog(*(keys or results)), {}, results, {}))}


def one(*all_series: Series, running: Series | None = None) -> Mapping[str, bytes]:
    found = IndicatorResults("sold", {s.key: s for s in all_series}, running)
    return made({"sold": found})


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_values_csv_has_the_columns_and_numbers_of_the_contract() -> None:
    threshold = Threshold(D("0.90"), D("1E+2"))
    result = Result(period("2026-10"), D("1234.500"), State.OK, 7, D("97.25"), threshold)
    missing = Result(period("2026-11"), None, State.NO_DATA, 0)
    out = one(series(SeriesKey(Grain.MONTH), result, missing))
    assert out["data/values.csv"].decode() == (
        "indicator,grain,period,dimension,member,value,state,n,"
        "points,baseline,target,challenge,unit\n"
        "sold,month,2026-10,,,1234.5,ok,7,97.25,0.9,100,,CNY\n"
        "sold,month,2026-11,,,,no_data,0,,,,,CNY\n"
    )
    assert out["data/indicators/sold.csv"] == out["data/values.csv"]
    assert out["data/terms.csv"].decode() == (
        "indicator,term,grain,period,dimension,member,value,n\n"
        "sold,sold,month,2026-10,,,1234.5,7\n"
        "sold,sold,month,2026-11,,,,0\n"
    )


def test_rows_are_ordered_by_indicator_grain_dimension_member_and_period() -> None:
    keys = [
        SeriesKey(Grain.YEAR),
        SeriesKey(Grain.MONTH, "region", "south"),
        SeriesKey(Grain.MONTH, "region", "Ärger"),
        SeriesKey(Grain.MONTH, "channel", "x"),
        SeriesKey(Grain.MONTH, "region", ""),
        SeriesKey(Grain.MONTH),
    ]
    labels = {Grain.YEAR: "2026", Grain.MONTH: "2026-10"}

    def results(key: str) -> IndicatorResults:
        found = {k: series(k, Result(period(labels[k.grain]), D(1), State.OK)) for k in keys}
        return IndicatorResults(key, found)

    out = made({"b": results("b"), "a": results("a")}, "b", "a")
    assert [r[:5] for r in rows(out["data/values.csv"])[1:8]] == [
        ["a", "month", "2026-10", "", ""],
        ["a", "month", "2026-10", "channel", "x"],
        ["a", "month", "2026-10", "region", ""],
        ["a", "month", "2026-10", "region", "south"],
        ["a", "month", "2026-10", "region", "Ärger"],
        ["a", "year", "2026", "", ""],
        ["b", "month", "2026-10", "", ""],
    ]


@pytest.mark.parametrize("members", [ODD, [m for m in ODD if "\r" not in m]])
def test_members_stay_data_for_three_readers(members: list[str], tmp_path: Path) -> None:
    found = [series(SeriesKey(Grain.MONTH, "m", m), october("1")) for m in members]
    data = one(*found)["data/values.csv"]
    assert [r[4] for r in rows(data)[1:]] == sorted(members)
    path = tmp_path / "values.csv"
    path.write_bytes(data)
    read = pl.read_csv(path)
    assert [m or "" for m in read["member"]] == sorted(members)
    query = f"SELECT member FROM read_csv('{path}', header=true, all_varchar=true, quote='\"')"
    assert [m or "" for (m,) in duckdb.execute(query).fetchall()] == sorted(members)


def test_parquet_has_doubles_integers_and_empty_texts(tmp_path: Path) -> None:
    out = one(
        series(SeriesKey(Grain.MONTH), october("0.1")),
        series(SeriesKey(Grain.MONTH, "m", ""), october(None, State.SUPPRESSED, None)),
    )
    path = tmp_path / "values.parquet"
    path.write_bytes(out["data/values.parquet"])
    read = duckdb.execute(
        f"SELECT value, n, dimension, member, typeof(value), typeof(n) FROM '{path}'"
    )
    assert read.fetchall() == [
        (0.1, 3, "", "", "DOUBLE", "BIGINT"),
        (None, None, "m", "", "DOUBLE", "BIGINT"),
    ]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_plain_text_is_the_same_number_without_exponent(number: D) -> None:
    text = plain(number)
    assert text is not None
    assert D(text) == number
    assert "E" not in text.upper()
    assert text != "-0"
    assert not (("." in text) and text.endswith("0"))


def test_a_value_never_stands_beside_a_state_without_one() -> None:
    out = one(series(SeriesKey(Grain.MONTH), october("5", State.SUPPRESSED)))
    assert rows(out["data/values.csv"])[1][5] == ""


def test_results_of_cards_outside_the_catalog_stay_inside() -> None:
    secret = IndicatorResults(
        "secret", {SeriesKey(Grain.MONTH): series(SeriesKey(Grain.MONTH), october("1"))}
    )
    out = made({"secret": secret, "sold": IndicatorResults("sold", {})}, "sold")
    assert not [path for path, data in out.items() if b"secret" in data]


def test_running_totals_have_their_own_table() -> None:
    day = Result(period("2026-10-30"), D(12), State.OK, 2)
    out = one(
        series(SeriesKey(Grain.MONTH), october("1")), running=series(SeriesKey(Grain.DAY), day)
    )
    assert out["data/running.csv"].decode() == (
        "indicator,period,value,state,n,unit\nsold,2026-10-30,12,ok,2,CNY\n"
    )
    assert "data/running.csv" not in one(series(SeriesKey(Grain.MONTH), october("1")))


def test_cards_are_data_with_exact_numbers() -> None:
    out = one(series(SeriesKey(Grain.MONTH), october("12345678901234567890.125")))
    text = out["data/indicators.json"].decode()
    assert '"value": 12345678901234567890.125' in text
    (found,) = json.loads(text, parse_float=D)["indicators"]
    assert found["latest"] == {
        "grain": "month",
        "period": "2026-10",
        "value": D("12345678901234567890.125"),
        "state": "ok",
        "n": 3,
    }
    assert found["name"] == {"zh": "销售额", "en": "Sales"}
    assert found["definition"] == {"zh": "总额"}
    assert found["formula"] == "sold"
    assert found["terms"]["sold"] == {
        "label": {"zh": "sold", "en": "sold"},
        "from": "orders",
        "value": "SUM(amount)",
    }
    assert found["thresholds"] == [{"baseline": D("0.9"), "target": 100}]
    assert found["links"]["page"] == "../indicators/sold/"


def test_a_table_beyond_the_limit_has_a_file_for_each_department(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = catalog("a", "b", "c")
    moved = replace(whole.indicators["b"], department=name("service"))
    whole = replace(whole, indicators={**whole.indicators, "b": moved})
    key = SeriesKey(Grain.MONTH)
    results = {k: IndicatorResults(k, {key: series(key, october("1.5"))}) for k in "abc"}
    computed = Computed(whole, {}, results, {})
    together = {f.path: f.data for f in files(computed)}

    monkeypatch.setattr("kpi_site.downloads._MB", len(together["data/terms.csv"]) / 50)
    out = {f.path: f.data for f in files(computed)}
    assert out["data/terms.csv"] == together["data/terms.csv"]  # as large as may be
    assert "data/values.csv" not in out
    head, *listed = rows(together["data/values.csv"])
    sales, service = rows(out["data/values/sales.csv"]), rows(out["data/values/service.csv"])
    assert sales == [head, *(row for row in listed if row[0] != "b")]
    assert service == [head, *(row for row in listed if row[0] == "b")]
    for table in ("values", "terms"):
        frame = pl.read_parquet(io.BytesIO(out[f"data/{table}.parquet"]))
        assert frame["indicator"].to_list() == ["a", "b", "c"]
        assert frame["value"].to_list() == [1.5, 1.5, 1.5]
    package = json.loads(out["data/datapackage.json"])
    paths = {r["name"]: r["path"] for r in package["resources"]}
    assert paths["values-sales"] == "values/sales.csv"
    assert all(f"data/{path}" in out for path in paths.values())


def test_the_package_describes_exactly_the_files(tmp_path: Path) -> None:
    out = one(series(SeriesKey(Grain.MONTH), october("1")))
    package = json.loads(out["data/datapackage.json"])
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert [r["name"] for r in package["resources"]] == [
        "values", "values-parquet", "terms", "terms-parquet", "signals", "contributions",
        "periods", "names", "indicators",
    ]  # fmt: skip
    for resource in package["resources"]:
        data = out[f"data/{resource['path']}"]
        assert resource["bytes"] == len(data)
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
    columns = [f["name"] for f in package["resources"][0]["schema"]["fields"]]
    assert columns == rows(out["data/values.csv"])[0]


LIVE = (
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "@SUM(A1)", "-1+2", "+1", "\t=1", "\r=1",
    "\n=1", "＝1+1", "＋1", "－1", "＠A1",
)  # fmt: skip


def test_no_text_of_a_spreadsheet_copy_is_a_formula() -> None:
    members = (*LIVE, "plain", "1-2", "")
    out = one(
        *(series(SeriesKey(Grain.MONTH, "region", member), october("-1.5")) for member in members),
        series(SeriesKey(Grain.MONTH), october("-1.5")),
    )
    exact = rows(out["data/values.csv"])
    assert {row[4] for row in exact[1:]} == set(members)  # for programs: as in the data
    found = out["data/spreadsheet/indicators/sold.csv"]
    assert found.startswith(codecs.BOM_UTF8)  # so that Excel takes it for UTF-8
    assert not out["data/values.csv"].startswith(codecs.BOM_UTF8)
    copy = rows(found)
    assert copy[0] == exact[0]
    assert [[c.removeprefix("'") for c in row] for row in copy] == exact
    assert {row[4] for row in copy[1:] if row[4].startswith("'")} == {f"'{m}" for m in LIVE}
    assert {row[5] for row in copy[1:]} == {"-1.5"}  # a number is a number


def test_a_spreadsheet_copy_without_such_a_text_is_marked_as_utf_8_too() -> None:
    out = one(series(SeriesKey(Grain.MONTH, "region", "华东"), october("1.5")))
    exact = out["data/values.csv"]
    assert out["data/spreadsheet/indicators/sold.csv"] == codecs.BOM_UTF8 + exact


def test_revisions_are_copied_harmless_too() -> None:
    table = b"report,indicator,old,reason_en\n2026-10,sold,-1,=1+1\n"
    found = {"sold": IndicatorResults("sold", {})}
    computed = Computed(catalog("sold"), {}, found, {})
    out = {f.path: f.data for f in files(computed, revisions=table)}
    assert out["data/revisions.csv"] == table
    assert rows(out["data/spreadsheet/revisions.csv"])[1] == ["2026-10", "sold", "-1", "'=1+1"]


def test_the_same_results_give_the_same_bytes() -> None:
    found = series(SeriesKey(Grain.MONTH), october("1"))
    assert one(found) == one(found)


def test_two_hundred_thousand_rows_take_seconds() -> None:
    months = MonthCalendar().range(date(2022, 1, 1), date(2026, 10, 31), Grain.MONTH)
    results = tuple(Result(m, D("1234.5678"), State.OK, 5) for m in months)
    found = {
        key: series(key, *results)
        for i in range(200_000 // len(months))
        for key in (SeriesKey(Grain.MONTH, "member", str(i)),)
    }
    start = time.process_time()
    made({"sold": IndicatorResults("sold", found)})
    assert time.process_time() - start < 10


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(ODD),
            st.none() | st.decimals(allow_nan=False, allow_infinity=False),
        ),
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)
def test_parquet_holds_any_member_and_the_nearest_double(
    members: list[tuple[str, Decimal | None]],
) -> None:
    made_series = [
        series(SeriesKey(Grain.MONTH, "who", member), october(None if v is None else str(v)))
        for member, v in members
    ]
    frame = pl.read_parquet(io.BytesIO(one(*made_series)["data/values.parquet"]))
    found = dict(zip(frame["member"], frame["value"], strict=True))
    assert found == {member: None if v is None else float(v) for member, v in members}


def test_a_quoted_table_among_others_keeps_every_row() -> None:
    key, odd = SeriesKey(Grain.MONTH), SeriesKey(Grain.MONTH, "who", "carriage\rreturn")
    results = {
        "a": IndicatorResults("a", {key: series(key, october("1"))}),
        "b": IndicatorResults("b", {k: series(k, october("2", n=None)) for k in (key, odd)}),
        "c": IndicatorResults("c", {key: series(key, october(None, State.NO_DATA))}),
    }
    out = made(results)
    together = rows(out["data/values.csv"])
    assert [row[0] for row in together] == ["indicator", "a", "b", "b", "c"]
    assert together[3][4:8] == ["carriage\rreturn", "2", "ok", ""]
    frame = pl.read_parquet(io.BytesIO(out["data/values.parquet"]))
    assert frame["member"].to_list() == ["", "", "carriage\rreturn", ""]
    assert frame["value"].to_list() == [1, 2, 2, None]
    assert frame["n"].to_list() == [3, None, None, 3]
