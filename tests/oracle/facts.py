"""Facts in DuckDB: each dataset as a typed table, its parents as structs beside its columns."""

from __future__ import annotations

import gzip
import tempfile
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from tests.oracle.content import Content, Json


def quoted(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(word: str) -> str:
    """Return ``word`` as an SQL string."""
    return "'" + word.replace("'", "''") + "'"


def connect(content: Content) -> duckdb.DuckDBPyConnection:
    """Load every dataset of ``content``: table ``d_<id>`` of rows with their parents' columns."""
    con = duckdb.connect()
    con.execute("SET threads = 2; SET TimeZone = 'UTC'")
    con.execute("SET ieee_floating_point_ops = false; SET error_on_division_by_zero = false")
    for name, dataset in content.datasets.items():
        _load(con, content.root, name, dataset)
    for name, dataset in content.datasets.items():
        _with_parents(con, name, dataset)
    return con


def _load(con: duckdb.DuckDBPyConnection, root: Path, name: str, dataset: Json) -> None:
    fields = dataset["schema"]["fields"]
    missing = dataset["schema"].get("missingValues", [""])
    con.execute(f"CREATE TABLE raw ({', '.join(quoted(f['name']) + ' VARCHAR' for f in fields)})")
    for path in _paths(root, dataset["path"]):
        _copy(con, path, dataset)
    cells = [f"{_cell(f, missing)} AS {quoted(f['name'])}" for f in fields]
    totals = dataset.get("totals", {}).get("where", "false")  # over texts: as sites of tests have
    select = f"SELECT {', '.join(cells)} FROM raw WHERE NOT COALESCE({totals}, false)"
    for column, value in dataset.get("derived", {}).items():
        select = f"SELECT *, {value} AS {quoted(column)} FROM ({select})"
    con.execute(f"CREATE TABLE {quoted('b_' + name)} AS {select}")
    con.execute("DROP TABLE raw")


def _paths(root: Path, declared: str | list[str]) -> list[Path]:
    patterns = [declared] if isinstance(declared, str) else declared
    return [path for pattern in patterns for path in sorted(root.glob(pattern))]


def _copy(con: duckdb.DuckDBPyConnection, path: Path, dataset: Json) -> None:
    """Add the cells of one file, as text, to ``raw``."""
    if path.suffix == ".parquet":
        con.execute(f"INSERT INTO raw BY NAME SELECT * FROM read_parquet({text(str(path))})")
        return
    if path.suffix == ".xlsx":
        _copy_sheet(con, path)
        return
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    decoded = content.decode(dataset.get("encoding", "utf-8")).removeprefix("\ufeff")
    delimiter = dataset.get("dialect", {}).get("delimiter", ",")
    with tempfile.NamedTemporaryFile(suffix=".csv") as copy:
        Path(copy.name).write_bytes(decoded.encode())
        con.execute(
            f"INSERT INTO raw BY NAME SELECT * FROM read_csv({text(copy.name)}, header=true,"
            f" all_varchar=true, auto_detect=false, delim={text(delimiter)}, quote='\"',"
            f" escape='\"', nullstr='\x01', columns={{{_header(decoded, delimiter)}}})"
        )


def _copy_sheet(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Add the rows of a workbook's first sheet; its first row names the columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a workbook without styles is a workbook all the same
        book = openpyxl.load_workbook(path, data_only=True)
    names, *rows = book.worksheets[0].iter_rows(values_only=True)
    columns = ", ".join(quoted(str(name)) for name in names)
    marks = ", ".join("?" for _ in names)
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    con.executemany(f"INSERT INTO raw ({columns}) VALUES ({marks})", cells)
    book.close()


def _header(decoded: str, delimiter: str) -> str:
    names = [n.strip().strip('"') for n in decoded.splitlines()[0].split(delimiter)]
    return ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)


def _cell(field: Json, missing: list[str]) -> str:
    column = quoted(field["name"])
    nulls = ", ".join(text(word) for word in missing)
    raw = f"CASE WHEN {column} IN ({nulls}) THEN NULL ELSE {column} END" if missing else column
    pattern = field.get("format")
    match field["type"]:
        case "integer":
            return f"CAST({raw} AS HUGEINT)"  # wider than 64 bits: sums within a row fit
        case "number":
            places = field.get("decimals", 4)  # wider than 18 digits: products stay exact
            return f"CAST({raw} AS DECIMAL({19 + places // 2}, {places}))"
        case "boolean":
            return f"CAST({raw} AS BOOLEAN)"
        case "date":
            return (
                f"CAST(strptime({raw}, {text(pattern)}) AS DATE)"
                if pattern
                else f"CAST({raw} AS DATE)"
            )
        case "datetime":
            return f"strptime({raw}, {text(pattern)})" if pattern else f"CAST({raw} AS TIMESTAMP)"
    return f"({raw})"


def _with_parents(con: duckdb.DuckDBPyConnection, name: str, dataset: Json) -> None:
    """Join each parent as a struct called like it, so that ``customers.tier`` is its field."""
    select, joins = ["c.*"], []
    for i, key in enumerate(dataset["schema"].get("foreignKeys", [])):
        parent = key["reference"]["resource"]
        pairs = zip(key["fields"], key["reference"]["fields"], strict=True)
        on = " AND ".join(f"c.{quoted(a)} = p{i}.{quoted(b)}" for a, b in pairs)
        joins.append(f"LEFT JOIN {quoted('b_' + parent)} p{i} ON {on}")
        select.append(f"p{i} AS {quoted(parent)}")
    con.execute(
        f"CREATE TABLE {quoted('d_' + name)} AS SELECT {', '.join(select)}"
        f" FROM {quoted('b_' + name)} c {' '.join(joins)}"
    )


def scalar(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """Return the one value that ``sql`` selects."""
    row = con.execute(sql).fetchone()
    assert row is not None
    return row[0]


def day(value: Any) -> date | None:
    """Return a date or datetime of DuckDB as a date."""
    return value if value is None or type(value) is date else value.date()
