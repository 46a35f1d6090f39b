"""New datasets from files: what is guessed, what is told instead, and that `check` agrees."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from kpi_site.authoring.refusal import Refusal
from kpi_site.authoring.survey.column import Seen, see
from kpi_site.authoring.survey.encoding import Decoded, decode
from kpi_site.authoring.survey.new_dataset import Proposed, dataset_from
from kpi_site.authoring.survey.survey import Survey, survey
from kpi_site.catalog import Notation
from kpi_site.content import read_catalog
from kpi_site.problems import Problem
from kpi_site.tables.read import read_tables
from tests.authoring.conftest import TODAY, draft_of

Run = Callable[..., subprocess.CompletedProcess[str]]


def seen(*cells: str | None, name: str = "x", typed: bool = False) -> Seen:
    return see(pl.Series(name, cells, dtype=pl.String), typed=typed)


def notes(column: Seen) -> str:
    return "; ".join(note.en for note in column.notes)


@pytest.mark.parametrize(
    ("cells", "kind", "written"),
    [
        (["1", "-20", "+3"], "integer", None),
        (["1", "2.50", "-.5"], "number", None),
        (["true", "false", None], "boolean", None),
        (["TRUE", "FALSE"], "boolean", None),
        (["2026-10-31", "2024-02-29"], "date", None),
        (["2026/10/31", "2026/1/2"], "date", "%Y/%m/%d"),
        (["2026年10月31日", "2026年1月2日"], "date", "%Y年%m月%d日"),
        (["2026年10月", "2026年1月"], "date", "%Y年%m月"),
        (["2026-10", "2026-01"], "date", "%Y-%m"),
        (["31.10.2026", "01.02.2026"], "date", "%d.%m.%Y"),
        (["31/10/2026", "01/02/2026"], "date", "%d/%m/%Y"),
        (["10/31/2026", "01/02/2026"], "date", "%m/%d/%Y"),
        (["20261031", "20240229"], "date", "%Y%m%d"),
        (["2026-10-31 08:15:00", "2026-10-31T08:15"], "datetime", None),
        (["2026/10/31 8:15", "2026/1/2 23:59"], "datetime", "%Y/%m/%d %H:%M"),
        (["2026年10月31日 08:15", "2026年1月2日 23:59"], "datetime", "%Y年%m月%d日 %H:%M"),
        (["10/31/2026 08:15 PM", "01/02/2026 12:00 AM"], "datetime", "%m/%d/%Y %I:%M %p"),
        (["31-Oct-2026", "01-Feb-2026"], "date", "%d-%b-%Y"),
        (["2026-W01", "2026-W53"], "date", "%G-W%V"),
        (["2015年", "2026年"], "date", "%Y年"),
        (["2025年度", "2026年度"], "date", "%Y年度"),
        (["10.2026", "02.2026"], "date", "%m.%Y"),
        (["10.2026", "02.2126"], "number", None),
        (["10/2026", "02/2026"], "date", "%m/%Y"),
        (["Jan-25", "Feb-25"], "date", "%b-%y"),
        (["31-Oct-26", "01-Feb-26"], "date", "%d-%b-%y"),
        (["31/10/26", "01/02/26"], "date", "%d/%m/%y"),
        (["2026-10-31", "2026-02-30"], "string", None),
        ([" 12", "3 "], "string", None),
        (["20261031", "99999999"], "integer", None),
        (["2026-10-31", "2026-10-31 08:15:00"], "string", None),
        (["007", "12"], "string", None),
        (["110101199003077777", "110101199003078888"], "string", None),
        (["12.5%", "3%"], "number", None),
        (["1,234.50", "12"], "number", None),
        (["12,5", "3,25"], "number", None),
        (["¥12.50", "￥3"], "number", None),
        (["1.2E+15", "3E+14"], "number", None),
        (["是", "否"], "string", None),
        ([None, None], "string", None),
        ([], "string", None),
    ],
)
def test_types(cells: list[str | None], kind: str, written: str | None) -> None:
    column = seen(*cells)
    assert (column.type, column.format) == (kind, written)


@pytest.mark.parametrize(
    ("cells", "notation"),
    [
        (["1,234.50", "12"], Notation(group=",")),
        (["1.234,50", "12,00"], Notation(decimal=",", group=".")),
        (["1 234,5", "12,0"], Notation(decimal=",", group=" ")),
        (["12,5", "3,25"], Notation(decimal=",")),
        (["12.5%", "3％"], Notation(percent=True)),
        (["¥1,200", "￥3.5"], Notation(group=",", bare=False)),
        (["12 EUR", "3.5 EUR"], Notation(bare=False)),
        (["(1,234)", "5"], Notation(group=",", negative="parentheses")),
        (["1,234.50-", "5.00"], Notation(group=",", negative="trailing")),
        (["12万", "3.5万"], Notation(multiplier=Decimal(10_000))),
        (["12万元", "3.5万元"], Notation(multiplier=Decimal(10_000), bare=False)),
        (["1e3", "2.5E-1"], Notation(exponent=True)),
        (["１２", "３"], Notation(full_width=True)),
        (["1:30", "36:15:00"], Notation(clock="minutes")),
        (["1:30:00", "-0:00:05.5"], Notation(clock="seconds")),
        (["1:30", "1:75"], None),
        (["1-2", "3-4"], None),
        (["A1", "B2"], None),
        (["12", "3.5"], None),
    ],
)
def test_how_numbers_are_written(cells: list[str], notation: Notation | None) -> None:
    assert seen(*cells).notation == notation


def test_a_type_that_fits_all_goes_before_one_that_fits_most() -> None:
    column = seen(*["12"] * 99, "3.5")
    assert (column.type, column.decimals) == ("number", 1)


@pytest.mark.parametrize(
    ("name", "cell", "written"),
    [
        ("year", "1995", "%Y"),
        ("年份", "2026", "%Y"),
        ("born", "19580329", "%Y%m%d"),
        ("day", "Jan-1-1995", "%b-%d-%Y"),
        ("day", "Jan 1, 1995", "%b %d, %Y"),
        ("month", "202610", "%Y%m"),
        ("count", "1995", None),
        ("日期", "45931", "serial"),
        ("count", "45931", None),
    ],
)
def test_other_ways_to_write_time(name: str, cell: str, written: str | None) -> None:
    column = see(pl.Series(name, [cell]), typed=False)
    assert column.format == written
    assert (column.type == "date") == (written is not None)


def test_typed_days_beside_texts_have_the_format_of_the_texts() -> None:
    cells = [f"2026-0{i}-0{i}" if i % 2 else f"2026/{i}/{i}" for i in range(1, 10)]
    column = seen(*cells, typed=True)
    assert (column.type, column.format, column.complete) == ("date", "%Y/%m/%d", True)
    assert "some are days, some are texts" in notes(column)
    assert seen(*cells).type == "string"  # of a CSV both are texts
    moment = seen("2026-01-02 08:30:00", "2026/1/2 9:15", "2026-01-03", typed=True)
    assert (moment.type, moment.format) == ("datetime", "%Y/%m/%d %H:%M")


def test_lists_are_of_words_and_not_of_prose() -> None:
    assert seen(*["a", "b"] * 30).enum == ("a", "b")
    assert seen(*["a ", "b"] * 30).enum == ()
    assert seen(*["it was late again this week", "fine"] * 30).enum == ()
    column = seen(*["a", "b", "NA"] * 30)
    assert (column.enum, column.absent) == (("a", "b"), ("NA",))


def test_typed_days_beside_moments_are_moments() -> None:
    assert seen("2026-10-31", "2026-10-31 08:15:00", typed=True).type == "datetime"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["007"], "leading zeros"),
        (["1234567890123456"], "too many digits"),
        (["12.5%", "3％"], "'12.5%' is read as 0.125"),
        (["1,234.50", "12"], "is read as 1234.5"),
        (["12,5"], "'12,5' is read as 12.5"),
        (["1,234"], "may be a decimal sign as well"),
        ([" 12", "3"], "blanks around numbers"),
        (["是", "否"], "could be a boolean"),
        ([*["12"] * 20, None, "总计"], "a row of totals would count twice"),
        (["1200元"], "'1200元' is read as 1200"),
        (["1.2E+15"], "may have lost digits"),
        (["01/02/2026"], "It may be %d/%m/%Y as well"),
        ([None], "its type unknown"),
        (["20261031"], "eight digits"),
    ],
)
def test_what_is_not_guessed_is_told(cells: list[str | None], words: str) -> None:
    assert words in notes(seen(*cells))


def test_decimals_are_the_most_that_were_seen() -> None:
    assert seen("1.5", "2.125", "3").decimals == 3


def test_digits_named_like_an_identifier_stay_text() -> None:
    for name in ("customer_id", "客户编号", "order_no", "id", "工号"):
        column = seen("1", "2", name=name)
        assert column.type == "string"
        assert "named like an identifier" in notes(column)
    assert seen("1", "2", name="paid").type == "integer"


def test_words_for_nothing_are_told_and_taken_out() -> None:
    column = seen("1.5", "N/A", "-", "2")
    assert (column.type, column.absent, column.complete) == ("number", ("-", "N/A"), False)
    assert seen("a", "-").absent == ()  # in a text it may mean anything


def test_a_few_cells_that_do_not_fit_are_told() -> None:
    column = seen(*["2026-10-31"] * 39, "soon")
    assert column.type == "date"
    assert "a cell is no date, 'soon'" in notes(column)
    assert seen(*["2026-10-31"] * 9, "soon").type == "string"


def test_few_words_make_a_list() -> None:
    assert seen(*["b", "a"] * 10).enum == ("a", "b")
    assert seen(*["b", "a"] * 9).enum == ()  # too few cells to tell
    assert seen(*map(str, range(13)), *["x"] * 90).enum == ()


@pytest.mark.parametrize(
    ("data", "encoding", "sure"),
    [
        ("名称,a\n".encode(), "utf-8", True),
        ("名称,a\n".encode("utf-8-sig"), "utf-8-sig", True),
        ("名称,a\n".encode("gb18030"), "gb18030", False),
        ("名称,𠮷\n".encode("gb18030"), "gb18030", False),
        ("名称,a\n".encode("utf-16"), "utf-16", True),
        ("名称,a\n".encode("utf-16-le"), "utf-16-le", False),
        ("名称,a\n".encode("utf-16-be"), "utf-16-be", False),
        ("名称,Müller\n".encode("gb18030", "replace"), "gb18030", False),
    ],
)
def test_encodings_are_tried_in_order(data: bytes, encoding: str, sure: bool) -> None:
    found = decode(data)
    assert isinstance(found, Decoded)
    assert (found.encoding, found.sure) == (encoding, sure)
    assert found.text.lstrip("\ufeff").startswith("名称")


def test_what_was_tried_is_said() -> None:
    found = decode("a\n名,b\n".encode("gb18030"))
    assert isinstance(found, Decoded)
    assert [m.en for m in found.tried] == ["not utf-8 (byte 0xC3 in line 2)", "gb18030 fits"]
    latin = decode("name\nGröße\n".encode("cp1252"))
    assert isinstance(latin, Decoded)
    assert latin.tried[-1].en == "'Gr鲞e' may be 'Größe' in cp1252"
    assert isinstance(decode(b"\xff\xff\xff"), tuple)


@pytest.mark.parametrize(
    "text", ["name\nMüller\n", "Städte;1\nKöln;2\nCafé;3\n", "año,niño,Málaga\nèze\n"]
)
def test_words_with_accents_are_no_rare_characters(text: str) -> None:
    found = decode(text.encode("cp1252"))
    assert isinstance(found, Decoded)
    assert (found.encoding, found.text, found.sure) == ("cp1252", text, False)


def test_no_accents_are_seen_in_what_is_no_text() -> None:
    assert isinstance(decode(bytes(range(0xC0, 0x100)) + b"\xff\xff\n"), tuple)


def test_a_part_of_a_file_may_end_within_a_character() -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        cut = "名称,a\n名".encode(encoding)[:-1]
        found = decode(cut, whole=False)
        assert isinstance(found, Decoded)
        assert found.encoding == encoding
        again = decode(cut)
        assert isinstance(again, tuple) or again.encoding != encoding


def put(site: Path, name: str, data: bytes) -> Path:
    path = site / "data" / name
    path.write_bytes(data)
    return path


def surveyed(site: Path, name: str, data: bytes) -> Survey:
    found = survey(put(site, name, data), f"data/{name}", "Asia/Shanghai")
    assert isinstance(found, Survey), found
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(site: Path, delimiter: str) -> None:
    rows = [["no", "note", "n"], ["1", '"a, b; c | d"', "2"], ["2", "x", "1,5"]]
    if delimiter == ",":
        rows[2][2] = "15"
    data = "\n".join(delimiter.join(row) for row in rows).encode()
    found = surveyed(site, "x.csv", data)
    assert found.layout.delimiter == delimiter
    assert found.layout.columns == ("no", "note", "n")
    assert found.rows == 2


def test_a_file_of_one_column(site: Path) -> None:
    assert surveyed(site, "x.csv", b"region\nnorth\nsouth\n").layout.columns == ("region",)


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "no-header", 1),
        (b"1,2,3\n4,5,6\n", "no-header", 1),
        (b"a,Jan,Feb,Jan\n1,2,3,4\n", "duplicate-column", 1),
        (b"\xff\xff\xff\xff\xff", "undecodable", 0),
        (b"\n\n", "no-header", 1),
        (b"a,b\r1,2\r3,4\r", "stray-carriage-return", 1),
    ],
)
def test_files_that_no_dataset_could_describe(
    site: Path, data: bytes, code: str, line: int
) -> None:
    found = survey(put(site, "x.csv", data), "data/x.csv", "Asia/Shanghai")
    assert isinstance(found, tuple)
    assert [(p.code, p.where.line) for p in found] == [(code, line)]


def test_titles_above_the_head_are_seen(site: Path) -> None:
    found = surveyed(site, "x.csv", "十月销售\n\n编号;日期;金额\n1;2026-10-01;5\n".encode())
    assert (found.layout.delimiter, found.layout.rows.header_rows) == (";", (3,))
    assert [column.name for column in found.columns] == ["编号", "日期", "金额"]


def test_decimal_commas_do_not_make_rows_of_a_header(site: Path) -> None:
    data = "Name;Umsatz;Plan\nA;1,5;2,5;\nB;3,25;4,75\nC;1.000,5;7\n".encode("cp1252")
    data = data.replace(b"2,5;\n", b"2,5\n")
    found = survey(put(site, "x.csv", data), "data/x.csv", "Europe/Berlin")
    assert isinstance(found, Survey), found
    assert [column.name for column in found.columns] == ["Name", "Umsatz", "Plan"]
    assert "read as 2.5" in notes(found.columns[2])


@pytest.mark.parametrize("name", ["x.csv.gz", "x.parquet", "x.xlsx"])
def test_damaged_files_are_problems(site: Path, name: str) -> None:
    found = survey(put(site, name, b"nonsense"), f"data/{name}", "Asia/Shanghai")
    assert isinstance(found, tuple)
    assert [p.code for p in found] == ["unreadable-file"]


ROWS = 40
CSV = "no,day,region,customer,amount\n" + "".join(
    f"{i:04d},2026-{i % 9 + 1:02d}-{i % 28 + 1:02d},{['north', 'south'][i % 2]},"
    f"O00{i % 3 + 1:02d},{i}.5\n"
    for i in range(ROWS)
)


def propose(site: Path, source: Path, name: str = "fresh") -> Proposed:
    found = dataset_from(
        draft_of(site), source, name,
        cache=site / "build/cache", department="sales", language="en",
    )  # fmt: skip
    assert isinstance(found, Proposed), found
    return found


def checked(site: Path, proposed: Proposed) -> tuple[Problem, ...]:
    """Fill the blanks of the proposal, and read content and facts."""
    (site / proposed.file.path).write_text(
        proposed.file.data.decode().replace("___", "words"), encoding="utf-8"
    )
    catalog, problems = read_catalog(site, today=TODAY)
    assert catalog is not None
    tables, found = read_tables(catalog, site / "build/cache")
    assert set(tables) == set(catalog.datasets)
    return (*problems, *found)


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "gb18030", "utf-16", "parquet", "xlsx"])
def test_a_proposal_passes_check(site: Path, kind: str) -> None:
    suffix = kind if kind in {"csv", "csv.gz", "parquet", "xlsx"} else "csv"
    path = site / "data" / f"fresh.{suffix}"
    text = CSV.replace("region", "地区")
    columns = text.splitlines()[0].split(",")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    match kind:
        case "csv.gz":
            path.write_bytes(gzip.compress(text.encode()))
        case "parquet":
            frame = pl.DataFrame(rows, schema=columns, orient="row")
            frame = frame.with_columns(
                pl.col("day").str.to_date(), pl.col("amount").cast(pl.Decimal(10, 2))
            )
            frame.write_parquet(path)
        case "xlsx":
            with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
                sheet = book.add_worksheet()
                sheet.write_row(0, 0, columns)
                for at, (no, day, region, customer, amount) in enumerate(rows, start=1):
                    sheet.write_string(at, 0, no)
                    sheet.write_datetime(at, 1, datetime.fromisoformat(day))
                    sheet.write_row(at, 2, [region, customer, float(amount)])
        case _:
            path.write_bytes(text.encode("utf-8" if kind == "csv" else kind))
    proposed = propose(site, path)
    found = {c.name: (c.type, c.enum) for c in proposed.found.columns}
    assert found == {
        "no": ("string", ()),
        "day": ("date", ()),
        "地区": ("string", ("north", "south")),
        "customer": ("string", ("O0001", "O0002", "O0003")),
        "amount": ("number", ()),
    }
    assert proposed.found.rows == ROWS
    assert proposed.found.key is not None
    assert proposed.found.key.columns == ("no",)
    assert proposed.found.time is not None
    assert proposed.found.time.columns == ("day",)
    assert checked(site, proposed) == ()


def test_foreign_keys_by_name_and_by_value(site: Path) -> None:
    text = CSV.replace("customer", "order_id")
    proposed = propose(site, put(site, "x.csv", text.encode()))
    assert "- {fields: [order_id], reference: {resource: orders, fields: [order_id]}}\n" in (
        proposed.file.data.decode()
    )
    assert checked(site, proposed) == ()
    by_value = propose(site, put(site, "y.csv", CSV.replace("customer", "order_no").encode()), "y")
    line = next(x for x in by_value.file.data.decode().splitlines() if "fields: [order_no]" in x)
    assert line.startswith("    - {")
    assert line.endswith("# ? another name, but every value is there")
    assert checked(site, by_value) == ()


def test_neither_name_nor_values_alone_make_a_foreign_key(site: Path) -> None:
    strays = CSV.replace("customer", "order_no").replace("O0003", "O9999")
    no_identifier = CSV  # the column is called customer
    two_values = CSV.replace("customer", "order_no").replace("O0003", "O0002")
    for at, text in enumerate((strays, no_identifier, two_values)):
        proposed = propose(site, put(site, f"x{at}.csv", text.encode()), f"x{at}")
        assert proposed.found.leads == ()


def test_a_foreign_key_with_strays_is_only_told(site: Path) -> None:
    text = CSV.replace("customer", "order_id").replace("O0003", "O9999")
    proposed = propose(site, put(site, "x.csv", text.encode()))
    line = next(x for x in proposed.file.data.decode().splitlines() if "resource: orders" in x)
    assert line.startswith("  # - {fields: [order_id]")
    assert "1 values are not in orders" in line
    assert checked(site, proposed) == ()


def test_keys_of_several_columns_leave_amounts_out(site: Path) -> None:
    rows = [f"2026-{m:02d}-01,{r},{m * 7 + k}" for m in range(1, 11) for k, r in enumerate("ab")]
    found = surveyed(site, "x.csv", ("month,region,people\n" + "\n".join(rows)).encode())
    assert found.key is not None
    assert found.key.columns == ("month", "region")
    twice = surveyed(site, "y.csv", b"region,people\na,1\na,2\nb,3\n")
    assert twice.key is None


def test_whole_numbers_that_stand_first_are_a_key_before_a_time(site: Path) -> None:
    rows = [f"{k},2026-01-{k:02d},{k * 3}" for k in range(1, 29)]
    found = surveyed(site, "x.csv", ("ticket,opened,minutes\n" + "\n".join(rows)).encode())
    assert found.key is not None
    assert found.key.columns == ("ticket",)
    moved = [f"{k * 3},2026-01-{k:02d},a" for k in (1, 1, *range(3, 29))]
    found = surveyed(site, "y.csv", ("minutes,opened,who\n" + "\n".join(moved)).encode())
    assert found.key is None


def test_a_total_in_the_column_of_days_is_declared_and_checked(site: Path) -> None:
    rows = [f"2026-{m:02}-{d:02},{r},{m * d}" for m in range(1, 7) for d in (3, 17) for r in "ab"]
    data = "\n".join(["opened,region,amount", *rows, f"合计,,{2 * 21 * 20}", ""])
    proposed = propose(site, put(site, "x.csv", data.encode()))
    told = proposed.file.data.decode()
    assert "totals: {where: opened IS NULL}" in told
    assert checked(site, proposed) == ()
    (site / "data/x.csv").write_text(data.replace(f"合计,,{840}", "合计,,841"), "utf-8")
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    _, found = read_tables(catalog, site / "build/cache")
    assert [p.code for p in found] == ["total-differs"]


def test_a_time_that_never_comes_twice_is_no_key_by_that_alone(site: Path) -> None:
    rows = [f"2026-01-{k:02d} 09:{k:02d}:00,a,{k * 3}.5" for k in range(1, 29)]
    found = surveyed(site, "x.csv", ("sold,who,amount\n" + "\n".join(rows)).encode())
    assert found.key is None
    days = [f"2026-01-{k:02d},{k * 3}.5" for k in range(1, 29)]
    found = surveyed(site, "y.csv", ("day,amount\n" + "\n".join(days)).encode())
    assert found.key is not None
    assert found.key.columns == ("day",)
    assert "one row a day" in found.key.notes[0].en


def test_data_cannot_break_out_of_a_comment_or_a_name(site: Path) -> None:
    cells = "".join(f'"2026-01-{i % 28 + 1:02d}"\n' for i in range(60))
    text = '"when, # it: ""was"""\n' + cells + '"x\nid: evil # y"\n'
    proposed = propose(site, put(site, "x.csv", text.encode()))
    assert "\nid: evil" not in proposed.file.data.decode()
    assert proposed.found.columns[0].type == "date"
    (site / "data/x.csv").write_text(text.replace('"x\nid: evil # y"\n', ""), encoding="utf-8")
    assert checked(site, proposed) == ()


def test_parquet_types(site: Path) -> None:
    path = site / "data/x.parquet"
    pl.DataFrame(
        {
            "id": [1, 2],
            "ok": [True, False],
            "at": [datetime(2026, 1, 1, 8), datetime(2026, 1, 2)],  # noqa: DTZ001
            "d": [Decimal("1.50"), Decimal("2.25")],
            "f": [0.5, 0.125],
            "day": [date(2026, 1, 1), None],
        }
    ).write_parquet(path)
    proposed = propose(site, path)
    assert {c.name: c.type for c in proposed.found.columns} == {
        "id": "string",
        "ok": "boolean",
        "at": "datetime",
        "d": "number",
        "f": "number",
        "day": "date",
    }
    assert checked(site, proposed) == ()


def test_the_command_says_what_it_read(site: Path, run: Run) -> None:
    put(site, "x.csv", CSV.encode("utf-8-sig") + b"0041,2026-10-01\n")
    done = run("kpi_site", "new", "dataset", "x", "--from", "data/x.csv", cwd=site)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "data/x.csv: it begins with the mark of utf-8-sig, 40 rows, 5 columns"
    assert lines[1].startswith("data/x.csv:42:")
    assert (site / "content/datasets/x.yml").is_file()
    again = run("kpi_site", "new", "dataset", "x", "--from", "data/x.csv", cwd=site)
    assert again.returncode == 1
    for words in (
        ["dataset", "y", "--from", "no.csv"],
        ["report", "2026-11", "--from", "data/x.csv"],
    ):
        assert run("kpi_site", "new", *words, cwd=site).returncode == 2


def test_a_path_counts_from_here_or_from_the_site(site: Path, tmp_path: Path, run: Run) -> None:
    put(site, "x.csv", CSV.encode())
    for at, source in enumerate(("data/x.csv", "mini/data/x.csv")):
        words = ("new", "dataset", f"x{at}", "--from", source, "--root", "mini")
        done = run("kpi_site", *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        text = (site / f"content/datasets/x{at}.yml").read_text(encoding="utf-8")
        assert "\npath: data/x.csv  # 40 rows\n" in text


def test_a_file_outside_the_site_is_refused(site: Path, tmp_path: Path) -> None:
    outside = tmp_path / "x.csv"
    outside.write_bytes(CSV.encode())
    found = dataset_from(
        draft_of(site), outside, "x", cache=site / "build/cache", department=None, language="en"
    )
    assert isinstance(found, Refusal)
    assert "copy it to" in found.message.en


REPORT = """\
销售月报（2026年）,,,,
单位：元,,,,
部门,负责人,1月,2月,3月
# 未经审计,,,,
华东,A,"1,234.50",2,
,,,,
华南,B,3,"4,000",5
合计,,"1,237.50","4,002",5
注：含税,,,,
"""


def test_a_report_becomes_a_dataset_that_passes_check(site: Path) -> None:
    """Titles, remarks, empty rows, months across, a total, notes: all proposed, and right."""
    path = site / "data/fresh.csv"
    path.write_text(REPORT, encoding="gb18030")
    proposed = propose(site, path)
    assert checked(site, proposed) == ()
    text = proposed.file.data.decode()
    for words in (
        "headerRows: [3]", 'commentChar: "#"', "skipBlankRows: true",
        "column: 部门, matches: '^合计$'",
        "matches: '^[0-9]{1,2}月$', names_to: month, values_to: value, names_format: \"2026年{}\"",
        'format: "%Y年%m月"', "time: month", 'groupChar: ","', "encoding: gb18030",
    ):  # fmt: skip
        assert words in text, text
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    tables, _ = read_tables(catalog, site / "build/cache")
    rows = pl.read_parquet(tables["fresh"].parquet).rows()
    assert [(r[0], r[2], r[3]) for r in rows] == [
        ("华东", date(2026, 1, 1), Decimal("1234.50")),
        ("华东", date(2026, 2, 1), Decimal(2)),
        ("华南", date(2026, 1, 1), Decimal(3)),
        ("华南", date(2026, 2, 1), Decimal(4000)),
        ("华南", date(2026, 3, 1), Decimal(5)),
    ]


def test_a_workbook_with_a_cover_and_merged_heads(site: Path) -> None:
    path = site / "data/fresh.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("封面").write(0, 0, "华辰集团")
        sheet = book.add_worksheet("明细")
        sheet.merge_range("A1:D1", "利润表")
        sheet.merge_range("A2:A3", "部门")
        sheet.merge_range("B2:B3", "日期")
        sheet.merge_range("C2:D2", "收入")
        sheet.write_row("C3", ["预算", "实际"])
        sheet.write_row("A4", ["华东", "2026-01-31", 1.5, 2])
        sheet.write_row("A5", ["华南", "2026-02-28", 3, 4.25])
    proposed = propose(site, path)
    assert checked(site, proposed) == ()
    text = proposed.file.data.decode()
    dialect = "dialect: {sheetName: 明细, headerRows: [2, 3], fillMerged: true}"
    assert f"{dialect}  # ? there are also 封面" in text
    names = [column.name for column in proposed.found.columns]
    assert names == ["部门", "日期", "收入 预算", "收入 实际"]


def test_quarters_above_months_leave_the_months_to_be_the_names(site: Path) -> None:
    path = site / "data/fresh.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:G1", "2026年销售")
        sheet.merge_range("A2:A3", "地区")
        sheet.merge_range("B2:D2", "一季度")
        sheet.merge_range("E2:G2", "二季度")
        sheet.write_row("B3", [f"{month}月" for month in range(1, 7)])
        sheet.write_row("A4", ["华东", 1, 2, 3, 4, 5, 6])
        sheet.write_row("A5", ["华南", 7, 8, 9, 10, 11, 12])
    proposed = propose(site, path)
    assert checked(site, proposed) == ()
    assert "headerRows: [3], fillMerged: true" in proposed.file.data.decode()
    assert [column.name for column in proposed.found.columns] == ["地区", "month", "value"]
    assert proposed.found.rows == 12


def test_formulas_without_values_are_told_once_a_column(site: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["月份", "收入", "毛利"])
    for row in range(2, 14):
        book.active.append([f"2026-{row - 1:02d}-01", row, f"=B{row}-1"])
    book.save(site / "data/x.xlsx")
    found = survey(site / "data/x.xlsx", "data/x.xlsx", "Asia/Shanghai")
    assert isinstance(found, tuple)  # no row is left to tell what the columns are
    assert [(p.code, p.where.line, p.where.column) for p in found] == [("no-stored-value", 2, 3)]
    assert found[0].message.en.endswith("without a stored value, and 11 more below it")


def test_rows_end_at_a_total_whose_sums_were_never_worked_out(site: Path) -> None:
    data = "地区,日期,金额\nA,2026-01-01,1\nB,2026-01-01,2\n合计,,\n注：未经审计,,\n"
    proposed = propose(site, put(site, "x.csv", data.encode()))
    assert checked(site, proposed) == ()
    assert "rows: {until: {column: 地区, matches: '^合计$'}}" in proposed.file.data.decode()


def test_a_total_at_the_very_end_is_told_and_not_left_out(site: Path) -> None:
    data = "地区,日期,金额\nA,2026-01-01,1\nB,2026-01-01,2\n合计,,3\n"
    found = surveyed(site, "x.csv", data.encode())
    assert found.layout.rows.until is None
    assert found.columns[0].totals == ("合计",)


def test_totals_in_other_columns_and_languages(site: Path) -> None:
    data = "Jahr;Region;Stadt;Umsatz\n" + "".join(
        f"{year};Nord;Kiel;1,5\n{year};Nord;Bremen;2,5\n{year};Nord;Zwischensumme;4\n"
        for year in (2022, 2023, 2024)
    )
    data += "Gesamt;;;12\n"
    proposed = propose(site, put(site, "x.csv", data.encode()))
    assert "Jahr IS NULL OR Stadt = 'Zwischensumme'" in proposed.file.data.decode()
    assert {c.name: c.type for c in proposed.found.columns}["Jahr"] == "date"
    assert checked(site, proposed) == ()


@pytest.mark.parametrize(
    ("head", "second", "day"),
    [
        ("year,month", 11, date(2026, 11, 1)),
        ("年份,月份", 11, date(2026, 11, 1)),
        ("会计年度,会计期间", 11, date(2026, 11, 1)),
        ("Fiscal Year,Posting Period", 9, date(2026, 9, 1)),
        ("Year,Quarter", 3, date(2026, 7, 1)),
    ],
)
def test_a_day_of_year_and_month(site: Path, head: str, second: int, day: date) -> None:
    path = site / "data/fresh.csv"
    path.write_text(f"{head},amount\n2026,{second},1.5\n2026,1,2.5\n", encoding="utf-8")
    proposed = propose(site, path)
    assert checked(site, proposed) == ()
    assert "time: period_start" in proposed.file.data.decode()
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    tables, _ = read_tables(catalog, site / "build/cache")
    frame = pl.read_parquet(tables["fresh"].parquet)
    assert frame["period_start"].to_list() == [day, date(2026, 1, 1)]


def test_periods_with_noughts_and_days_of_months(site: Path) -> None:
    data = "Fiscal Year,Period,Amount\n2026,001,1.5\n2026,012,2.5-\n"
    proposed = propose(site, put(site, "fresh.csv", data.encode()))
    assert checked(site, proposed) == ()
    text = proposed.file.data.decode()
    assert 'MAKE_DATE("Fiscal Year", TRY_CAST(Period AS INTEGER), 1)' in text
    assert "the first is taken as January" in text
    data = "年,月,日,销量\n2026,2,28,5\n2026,12,1,6\n"
    found = surveyed(site, "y.csv", data.encode())
    assert found.derived == (("period_start", "MAKE_DATE(年, 月, 日)"),)
    special = surveyed(site, "z.csv", "会计年度,会计期间,金额\n2026,13,5\n2026,1,6\n".encode())
    assert special.derived == ()  # a thirteenth period is no month


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("year,quarter", "2026,Q1", "2026,Q3"),
        ("period", "2026Q1", "2026Q3"),
        ("period", "2026-Q1", "2026-Q3"),
        ("period", "Q1 2026", "Q3 2026"),
        ("季度", "2026年1季度", "2026年3季度"),
        ("季度", "2026年第1季度", "2026年第3季度"),
    ],
)
def test_a_day_of_a_quarter_in_words(site: Path, head: str, first: str, second: str) -> None:
    text = f"{head},amount\n{first},1.5\n{second},2.5\n"
    proposed = propose(site, put(site, "fresh.csv", text.encode()))
    assert checked(site, proposed) == ()
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    tables, _ = read_tables(catalog, site / "build/cache")
    frame = pl.read_parquet(tables["fresh"].parquet)
    assert frame["period_start"].to_list() == [date(2026, 1, 1), date(2026, 7, 1)]


@pytest.mark.parametrize("name", ["fresh.tsv", "fresh.txt", "fresh.tsv.gz"])
def test_a_text_with_tabs_under_its_own_name(site: Path, name: str) -> None:
    data = b"region\tday\tn\nA\t2026-01-02\t1\nB\t2026-01-03\t2\n"
    data = gzip.compress(data) if name.endswith(".gz") else data
    proposed = propose(site, put(site, name, data))
    assert checked(site, proposed) == ()
    assert proposed.found.rows == 2


def test_a_sum_beside_months_across_is_not_to_be_added_up(site: Path) -> None:
    head = ",".join(f"{month}月" for month in range(1, 13))
    data = f"部门,{head},全年\n销售,{'1,' * 12}12\n客服,{'2,' * 12}24\n"
    found = surveyed(site, "2026.csv", data.encode())
    told = {column.name: notes(column) for column in found.columns}
    assert "do not add it up" in told["全年"]
    assert not any("add it up" in note for name, note in told.items() if name != "全年")


def test_blanks_and_empty_rows_are_seen(site: Path) -> None:
    path = site / "data/fresh.csv"
    path.write_text(
        "区域 , 月份,金额\n 华东 ,2026-01, 5\n 华南 ,2026-02, 6\n,,\n,,\n", encoding="utf-8"
    )
    proposed = propose(site, path)
    assert checked(site, proposed) == ()
    assert "skipBlankRows: true, trim: true" in proposed.file.data.decode()
    found = [(column.name, column.type) for column in proposed.found.columns]
    assert found == [("区域", "string"), ("月份", "date"), ("金额", "integer")]


def test_a_ledger_with_totals_of_months_and_years(site: Path) -> None:
    path = site / "data/fresh.csv"
    path.write_text(
        "会计期间,日期,摘要,借方金额,贷方金额,余额\n"
        "2025.01,,期初余额,,,5000\n"
        "2025.01,2025-01-05,采购,1000,,6000\n"
        "2025.01,,本期合计,1000,,6000\n"
        "2025.01,,本年累计,1000,,6000\n"
        "2025.02,2025-02-03,报销,120,820.25,5299.75\n"
        "2025.02,,本期合计,120,820.25,5299.75\n"
        "2025.02,,本年累计,1120,820.25,5299.75\n",
        encoding="utf-8",
    )
    proposed = propose(site, path)
    assert "columns: [借方金额, 贷方金额]" in proposed.file.data.decode()
    assert checked(site, proposed) == ()


def test_a_total_is_declared_and_checked(site: Path) -> None:
    path = site / "data/fresh.csv"
    path.write_text("地区,日期,金额\nA,2026-01-01,1\nB,2026-01-01,2\n合计,,3\n", encoding="utf-8")
    proposed = propose(site, path)
    assert "totals: {where: \"地区 = '合计'\"}" in proposed.file.data.decode()
    assert checked(site, proposed) == ()
    path.write_text("地区,日期,金额\nA,2026-01-01,1\nB,2026-01-01,2\n合计,,4\n", encoding="utf-8")
    catalog, _ = read_catalog(site, today=TODAY)
    assert catalog is not None
    _, problems = read_tables(catalog, site / "build/cache")
    assert [p.code for p in problems] == ["total-differs"]
