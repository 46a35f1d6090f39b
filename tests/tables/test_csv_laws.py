"""Laws of the two CSV readers, against Python's own csv module in its strict mode."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kpi_site.tables import csv_fast, csv_files
from kpi_site.tables.broken_records import is_empty, record_problems
from kpi_site.tables.csv_fast import read_block
from kpi_site.tables.csv_files import CsvFile
from kpi_site.tables.csv_supply import WHOLE, Supply
from kpi_site.tables.decoding import pieces
from kpi_site.tables.scanner import records, split_lines

CELLS = st.text(st.sampled_from("ab1 ,;\"'\n\r\t中。😀\\#"), max_size=6)
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"]


def tables(width: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)


TABLES = st.integers(1, 4).flatmap(tables)


def written(rows: list[list[str]], *, all_quoted: bool = False, newline: str = "\n") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        lineterminator=newline,
        quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerows(rows)
    return out.getvalue()


def strictly(text: str, **dialect: str) -> list[list[str]] | None:
    """Return what Python's strict reader makes of ``text``; None if it refuses."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True, **dialect))  # type: ignore[arg-type]
    except csv.Error:
        return None


def loaded(path: Path, names: tuple[str, ...], encoding: str = "utf-8") -> list[list[str]] | None:
    """Return what our reader makes of a file; None if it has any problem with it."""
    batches = list(CsvFile(path, path.name, names, encoding).batches())
    if any(batch.problems for batch in batches):
        return None
    return [[c or "" for c in row] for batch in batches for row in batch.texts.rows()]


@settings(max_examples=120, deadline=None)
@given(
    TABLES,
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(ENCODINGS),
    st.booleans(),
)
def test_what_python_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    all_quoted: bool,
    newline: str,
    encoding: str,
    cut: bool,
) -> None:
    names = [f"列{i}" for i in range(len(rows[0]) if rows else 2)]
    # With LF as its line end, Python leaves a lone CR without quotes, and cannot read it back.
    all_quoted = all_quoted or any("\r" in cell for row in rows for cell in row)
    # Delimiters with nothing between them are what spreadsheets leave behind: refused.
    assume(all_quoted or all(any(row) for row in rows))
    text = written([names, *rows], all_quoted=all_quoted, newline=newline)
    if cut and rows and (rows[-1] != [""]):
        text = text.removesuffix(newline)
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(text.encode(encoding))
    assert loaded(path, tuple(names), encoding) == rows


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from('a1,,"\n\n\r '), max_size=30),
    st.integers(1, 3),
)
@example('"a"\n\n"b"\n', 1)
@example('a,"b\n', 2)
@example('"a""b",c\r\n', 2)
@example('"a" ,b\n', 2)
@example(",b\n\n,,", 2)
@example("", 1)
def test_the_fast_reader_reads_as_the_careful_one_or_doubts(text: str, width: int) -> None:
    names = [f"c{i}" for i in range(width)]
    fast = read_block(text.encode(), names, ",", '"')
    if not isinstance(fast, pl.DataFrame):
        return
    careful = list(records(split_lines([text]), ",", '"'))
    assert not any(record.faults or record.blank for record in careful)
    rows = [[cell or "" for cell in row] for row in fast.rows()]
    assert rows == [list(record.cells) for record in careful]
    assert rows == strictly(text)


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sampled_from(["\n", "\r\n"]))
def test_places_point_at_the_cells(rows: list[list[str]], newline: str) -> None:
    text = written(rows, newline=newline)
    lines = text.split("\n")
    for record in records(split_lines([text]), ",", '"'):
        for index, cell in enumerate(record.cells):
            line, column = record.place(index)
            rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
            quoted = '"' + cell.replace('"', '""') + '"'
            assert rest.startswith(quoted if rest.startswith('"') else cell)
        end_line, end = record.place(len(record.cells))
        assert lines[end_line - 1][end - 1 :].strip("\r") == ""


@settings(max_examples=100, deadline=None)
@given(TABLES, st.integers(1, 9), st.integers(1, 30), st.booleans())
def test_blocks_are_whole_records(
    rows: list[list[str]], size: int, ahead: int, all_quoted: bool
) -> None:
    data = written(rows, all_quoted=all_quoted).encode()
    supply = Supply((data[i : i + size] for i in range(0, len(data), size)), '"')
    found = []
    while (block := supply.ahead(WHOLE)) is not None:
        assert data[supply.used :].startswith(block.data)
        assert block.line == data.count(b"\n", 0, supply.used) + 1
        assert csv_fast._outside_quotes(block.data, b",", b'"') is not None
        found.append(block.data)
        supply.use(len(block.data))
    assert b"".join(found) == data
    parsed = [row for part in found for row in strictly(part.decode()) or []]
    assert parsed == strictly(data.decode())


@settings(max_examples=400, deadline=None)
@given(
    st.text(st.sampled_from('ab1,,"\n\n\r\ufeff=<'), max_size=60),
    st.integers(1, 3),
    st.integers(1, 40),
)
@example('1,"open\n2,x\n3,"y"\n4,"z\nz"\n', 2, 4)
@example("a,b\na,b\n1,2\n", 2, 4)
@example("=======\n1\n", 1, 4)
def test_wherever_the_readers_change_over_the_careful_one_is_right(
    text: str, width: int, size: int
) -> None:
    """Rows and places are those of one careful reading from the first line to the last."""
    names = tuple("abc"[:width])
    whole = ",".join(names) + "\n" + text
    data = whole.encode()
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        cut = [data[i : i + size] for i in range(0, len(data), size)]
        patch.setattr("kpi_site.tables.csv_files.pieces", lambda _path, _encoding: iter(cut))
        patch.setattr("kpi_site.tables.csv_files.SLICE", 5)
        batches = list(CsvFile(Path(folder) / "x", "x.csv", names).batches())
    careful = list(records(split_lines([whole]), ",", '"'))[1:]
    faults = [(r, record_problems("x.csv", r, names, "utf-8")) for r in careful]
    sound = [r for r, found in faults if not found and not is_empty(r, ",")]
    rows = [[c or "" for c in row] for b in batches if b.texts.width for row in b.texts.rows()]
    assert rows == [list(r.cells) for r in sound]
    told = {p for b in batches for p in b.problems}
    empty = {p for p in told if p.code == "blank-line"}
    assert told - empty == {p for r, found in faults if not is_empty(r, ",") for p in found}
    runs = [r for r in careful if is_empty(r, ",")]
    first = {r.line for r in runs} - {r.line + 1 for r in runs}
    assert {p.where.line for p in empty} == first
    places = [
        (cell.where.line, cell.where.column)
        for b in batches
        if b.texts.width
        for _, row in sorted(b.rows(range(b.texts.height)).items())
        for cell in row.values()
    ]
    assert places == [r.place(i) for r in sound for i in range(width)]


def test_random_damage_never_loads_differently(tmp_path: Path) -> None:
    """Cut, doubled, lost, and swapped characters: refused, or read as Python reads them."""
    chance = random.Random(20261031)
    rows = [["id", "名称", "note"]]
    rows += [
        [str(i), chance.choice(["张三", 'a "b"', "x, y", "两\n行", ""]), "z"] for i in range(40)
    ]
    good = written(rows, newline=chance.choice(["\n", "\r\n"]))
    names = tuple(rows[0])
    path = tmp_path / "x.csv"
    refused = 0
    for _ in range(1500):
        at = chance.randrange(len(good))
        text = chance.choice(
            [
                good[:at],
                good[:at] + good[at + 1 :],
                good[:at] + chance.choice('",\n\r\0 x;') + good[at:],
                good[:at] + chance.choice('",\n\r x') + good[at + 1 :],
                good[:at] + good[at : at + 9] + good[at:],
            ]
        )
        path.write_bytes(text.encode())
        found = loaded(path, names)
        if found is None:
            refused += 1
            continue
        assert [list(names), *found] == strictly(text)
    assert refused > 700


def test_damaged_bytes_never_load_differently(tmp_path: Path) -> None:
    chance = random.Random(7)
    text = "编号,名称\n" + "".join(f"{i},客户{i}号\n" for i in range(30))
    for encoding in ("utf-8", "gb18030", "utf-16"):
        good = text.encode(encoding)
        for _ in range(200):
            data = bytearray(good)
            data[chance.randrange(len(data))] = chance.randrange(256)
            path = tmp_path / "x.csv"
            path.write_bytes(data)
            found = loaded(path, ("编号", "名称"), encoding)
            if found is not None:
                decoded = bytes(data).decode(encoding).removeprefix("\ufeff")
                assert [["编号", "名称"], *found] == strictly(decoded)


@pytest.mark.parametrize("size", [1, 7, 64])
def test_small_pieces_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    rows = [["一", "二"], *([str(i), 'x "y",\nz' * (i % 3)] for i in range(200))]
    path = tmp_path / "x.csv"
    for encoding in ENCODINGS:
        path.write_bytes(written(rows).encode(encoding))
        file = CsvFile(path, "x.csv", ("一", "二"), encoding)
        monkeypatch.setattr("kpi_site.tables.decoding._LONGEST_LINE", 3)
        monkeypatch.setattr("kpi_site.tables.csv_files.pieces", lambda p, e: _pieces(p, e, size))
        found = [[c or "" for c in row] for b in file.batches() for row in b.texts.rows()]
        assert found == rows[1:]


def _pieces(path: Path, encoding: str, size: int) -> object:
    from kpi_site.tables.decoding import pieces

    return pieces(path, encoding, size)


@settings(max_examples=300)
@given(text=st.text(st.sampled_from('ab,"\n\r中'), max_size=200), size=st.integers(1, 40))
def test_pieces_are_the_whole_file_cut_where_lines_end(text: str, size: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(text.encode())
        parts = list(pieces(path, "utf-8", size))
    assert b"".join(parts) == text.encode()
    assert all(part.endswith(b"\n") and len(part) > size - 1 for part in parts[:-1])


@settings(max_examples=200, deadline=None)
@given(rows=tables(3), fault=st.booleans(), size=st.integers(1, 60))
def test_small_pieces_are_read_as_one_and_lines_are_counted_on(
    rows: list[list[str]], fault: bool, size: int
) -> None:
    text = written([["a", "b", "c"], *rows]) + ("1,2\n" if fault else "1,2,3\n")
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "x.csv"
        path.write_bytes(text.encode())
        patch.setattr(csv_fast, "_MANY", 1)
        patch.setattr(csv_files, "pieces", lambda path, encoding: pieces(path, encoding, size))
        batches = list(CsvFile(path, "x.csv", ("a", "b", "c")).batches())
    found = [[c or "" for c in row] for batch in batches for row in batch.texts.rows()]
    told = [p for batch in batches for p in batch.problems if p.severity == "error"]
    wanted = strictly(text)
    assert wanted is not None
    if fault:
        last = text.count("\n")
        assert [p.where.line for p in told if p.where.line == last] == [last]
    elif not told:
        assert found == wanted[1:]
