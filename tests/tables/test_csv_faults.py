"""Every kind of fault in a CSV file, with the line and column worked out by hand."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from kpi_site.tables.broken_records import record_problems
from kpi_site.tables.csv_supply import SLICE

THREE = ("a", "b", "c")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b,c\n1,2\n", ["2:4 too-few-cells"]),
        ("a,b,c\n1,2，3\n", ["2:3 too-few-cells"]),
        ("a,b,c\n1,2,3\n\n4,5,6\n", ["3:1 blank-line"]),
        ("a,b,c\n1,2,3\n\n", ["3:1 blank-line"]),
        ("a,b,c\r\n1,2,3\r\n\r\n4,5,6\r\n", ["3:1 blank-line"]),
        ("a,b,c\n1,2,3\n,,\n,,\n\n,,\n", ["3:1 blank-line"]),
        ("a,b,c\n1,2,3\n,,,,\n4,5,6\n,,\n", ["3:1 blank-line", "5:1 blank-line"]),
        ("a,b,c\n,,\n1,2\n,,\n", ["2:1 blank-line", "3:4 too-few-cells", "4:1 blank-line"]),
        ("a,b,c\n1,2,3\na,b,c\n4,5,6\n", ["3:1 joined-files"]),
        ('a,b,c\n1,2,3\n"a",b,"c"\n', ["3:1 joined-files"]),
        ("a,b,c\n1,2,3\n\ufeffa,b,c\n4,5,6\n", ["3:1 joined-files"]),
        ('a,b,c\n1,2,3\n\ufeff"4",5,6\n', ["3:1 joined-files"]),
        ("a,b,c\n<<<<<<< HEAD,x,y\n1,2,3\n", ["2:1 merge-conflict"]),
        ("a,b,c\n>>>>>>> it's 2, or 3,4\n", ["2:1 merge-conflict"]),
        ("a,b,c\n||||||| 2,3,4\n=======,1,2\n", ["2:1 merge-conflict"]),
        ("a,b,c\n1,2,3,4\n", ["2:7 too-many-cells"]),
        ("a,b,c\n1,2,3,\n", ["2:7 too-many-cells"]),
        ("a,b,c\n1,2\n1,2,3,4\n", ["2:4 too-few-cells", "3:7 too-many-cells"]),
        ("a,b,c\n1,2,3\n4,5", ["3:4 too-few-cells"]),
        ('a,b,c\n1,"x\ny",3\n4,5\n', ["4:4 too-few-cells"]),
        ('a,b,c\n1,"x\ny",3,4\n', ["3:6 too-many-cells"]),
        ('a,b,c\n1,"x\ny"\n', ["2:1 too-few-cells"]),
        ('a,b,c\n1,x"y,3\n', ["2:3 stray-quote"]),
        ('a,b,c\n1,2,3"\n', ["2:5 stray-quote"]),
        ('a,b,c\n1,"x" y,3\n', ["2:3 stray-quote"]),
        ('a,b,c\n1, "x",3\n', ["2:3 stray-quote"]),
        ('a,b,c\n"1",2,3\n1,"x,3\n4,5,6\n', ["3:3 unterminated-quote"]),
        ('a,b,c\n1,"x,3\n4,5,6\n"7",8,9\n', ["2:3 unterminated-quote"]),
        ('a,b,c\n1,"x,3\n4,5\n"7",8,9\n', ["2:3 unterminated-quote", "3:4 too-few-cells"]),
        ("a,b,c\n1,2\0,3\n", ["2:4 nul-character"]),
        ('a,b,c\n1,"x\n2\0",3\n', ["3:2 nul-character"]),
        ("a,b,c\n1,2,3\r4,5,6\n", ["2:5 stray-carriage-return"]),
        ("a,b,c\n1,2,3\r\r\n", ["2:5 stray-carriage-return"]),
        ("a,b,c\n1,2,3\r", ["2:5 stray-carriage-return"]),
        ("a,b,c\r1,2,3\r4,5,6\r", ["1:0 stray-carriage-return"]),
        ("a,b\n1,2\n", ["1:1 missing-column"]),
        ("a,b,c,d\n1,2,3,4\n", ["1:7 undeclared-column"]),
        ("a,b,c,b\n1,2,3,4\n", ["1:7 duplicate-column"]),
        ("a,b,d,a\n", ["1:1 missing-column", "1:5 undeclared-column", "1:7 duplicate-column"]),
        ("a,b,\n", ["1:1 missing-column", "1:5 undeclared-column"]),
        ("a;b;c\n1;2;3\n", ["1:1 wrong-delimiter"]),
        ('a,b,"c\n1,2,3\n', ["1:5 unterminated-quote"]),
        ("", ["1:1 no-header"]),
        ("\n1,2,3\n", ["1:1 no-header"]),
    ],
)  # fmt: skip
def test_broken_records(facts: Any, content: str, expected: list[str]) -> None:
    facts.add("x", *THREE)
    facts.write("data/x.csv", content)
    assert facts.faults() == expected


def test_a_mark_of_a_merge_that_fits_a_file_of_one_column(facts: Any) -> None:
    facts.add("x", "a")
    facts.write("data/x.csv", "a\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> z\n")
    assert facts.faults() == [f"{line}:1 merge-conflict" for line in (2, 4, 6)]
    facts.write("data/x.csv", "a\n<<<<<<<<\n====== =\n>x\nb a\n")
    assert facts.frame("x")["a"].to_list() == ["<<<<<<<<", "====== =", ">x", "b a"]


def test_only_the_doubtful_part_is_read_with_care(
    facts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(f'{i},"text, {i}",{i}\n' for i in range(2, 40_000))
    facts.add("x", *THREE)
    facts.write("data/x.csv", 'a,b,c\n1,"open,1\n' + body + 'x,y"z,1\n')
    read: list[int] = []

    def counted(*given: Any, **more: Any) -> Any:
        read.append(given[1].line)
        return record_problems(*given, **more)

    monkeypatch.setattr("kpi_site.tables.csv_files.record_problems", counted)
    assert facts.faults() == ["2:3 unterminated-quote", "40001:3 stray-quote"]
    assert len(read) < 2 * SLICE / len('9999,"text, 9999",9999')
    assert facts.faults() == ["2:3 unterminated-quote", "40001:3 stray-quote"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_count_characters_in_every_encoding(facts: Any, encoding: str, newline: str) -> None:
    lines = ["編號,備註,數量", '一,"多行', '備註",5', "二,中文備註,五", "三,短", ""]
    facts.add("x", "編號", "備註", "數量:integer", encoding=encoding)
    facts.write("data/x.csv", newline.join(lines), encoding)
    assert facts.faults() == ["4:8 bad-value", "5:4 too-few-cells"]


def test_compressed_files_have_the_same_places(facts: Any) -> None:
    facts.add("x", "a:integer", paths=("data/x.csv.gz",))
    facts.write("data/x.csv.gz", gzip.compress(b"a\r\n1\r\nx\r\n", mtime=0))
    assert facts.faults() == ["3:1 bad-value"]


@pytest.mark.parametrize("content", [b"plain", gzip.compress(b"a\n1\n", mtime=0)[:-9], b""])
def test_a_damaged_compressed_file_is_a_problem(facts: Any, content: bytes) -> None:
    facts.add("x", "a:integer", paths=("data/x.csv.gz",))
    facts.write("data/x.csv.gz", content)
    assert facts.faults() in (["0:0 unreadable-file"], ["1:1 no-header"])


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        ("a,b,c\n1,好,3\n".encode("gb18030"), "utf-8", "2:3 wrong-encoding"),
        ("a,b,c\n1,好x".encode() + b"\xff,3\n", "utf-8", "2:5 wrong-encoding"),
        ("a,b,c\n1,好".encode("gb18030") + b"\xff\xff,3\n", "gb18030", "2:4 wrong-encoding"),
        ("a,b,c\n1,2,3\n4,5,".encode("utf-16") + b"\x41", "utf-16", "3:5 wrong-encoding"),
        (
            "a,b,c\n1,好".encode("utf-16-le") + b"\x00\xdc,\x003\x00",
            "utf-16-le",
            "2:4 wrong-encoding",
        ),
        ("a,b,c\n1,2,3\n".encode("utf-16-le"), "utf-16", "1:1 wrong-encoding"),
        ('a,b,c\n1,"好\n'.encode() + b'x\xe5",3\n', "utf-8", "3:2 wrong-encoding"),
    ],
)  # fmt: skip
def test_bytes_that_do_not_decode(facts: Any, data: bytes, encoding: str, expected: str) -> None:
    facts.add("x", *THREE, encoding=encoding)
    facts.write("data/x.csv", data)
    assert facts.faults() == [expected]


def test_a_header_in_another_encoding_is_one_problem(facts: Any) -> None:
    facts.add("x", "编号", "数量:integer")
    facts.write("data/x.csv", "编号,数量\n" + "一,1\n" * 100, "gb18030")
    assert facts.faults() == ["1:1 wrong-encoding"]


def test_messages_name_the_text_and_the_remedy(facts: Any) -> None:
    facts.add("x", "编号", "金额:number")
    facts.write("data/x.csv", '编号,金额\nA,1,234.5\nB, 2\nC,"1,234"\n')
    _, problems = facts.read()
    assert [p.text() for p in problems] == [
        (
            "data/x.csv:2:5: the row has 3 cells instead of 2; the surplus begins with '234.5'."
            " A cell that holds the delimiter must stand in quotes."
        ),
        "data/x.csv:3:3: column '金额': ' 2' is not a number. Remove the blanks around it.",
        (
            "data/x.csv:4:3: column '金额': '1,234' is not a number."
            " Write it without thousands separators, or declare groupChar in the schema."
        ),
    ]
    assert problems[1].text("zh") == "data/x.csv:3:3: 列“金额”：“ 2”不是数字。请去掉前后的空格。"


def test_a_misspelt_column_is_found(facts: Any) -> None:
    facts.add("x", "amount", "region")
    facts.write("data/x.csv", "amuont,region\n")
    _, problems = facts.read()
    assert [p.text() for p in problems] == [
        "data/x.csv:1:1: undeclared column 'amuont'. Did you mean 'amount', which is missing?"
    ]


def test_a_file_without_its_header_is_one_problem(facts: Any) -> None:
    facts.add("x", "amount", "region")
    facts.write("data/x.csv", "5,华东\n6,华南\n")
    _, problems = facts.read()
    assert [(str(p.where), p.code) for p in problems] == [("data/x.csv:1:1", "no-header")]


def test_a_byte_order_mark_tells_of_utf_16(facts: Any) -> None:
    facts.add("x", "amount")
    facts.write("data/x.csv", "amount\n5\n", "utf-16")
    _, problems = facts.read()
    assert "utf-16, perhaps" in problems[0].text()


def test_another_quote_and_delimiter(facts: Any) -> None:
    facts.add("x", *THREE, delimiter=";", quote="'")
    facts.write("data/x.csv", "a;b;c\n1;'x;''y';\"3\n4;'5;6\n")
    assert facts.faults() == ["3:3 unterminated-quote"]
    facts.write("data/x.csv", "a;b;c\n1;'x;''y';\"3\n")
    assert facts.frame("x").rows() == [("1", "x;'y", '"3')]


def test_faults_of_all_files_together_up_to_the_limit(facts: Any) -> None:
    facts.add("x", "a:integer", paths=("data/*.csv",))
    facts.write("data/1.csv", "a\n" + "x\n" * 30)
    facts.write("data/2.csv", "a\n1\ny\n" + "1,2\n" * 40)
    _, problems = facts.read(limit=50)
    assert len(problems) == 51
    assert {p.where.file for p in problems} == {"data/1.csv", "data/2.csv"}
    assert problems[-1].code == "unlisted-problems"
    assert "21 more problems" in problems[-1].text()


def test_a_quote_left_open_does_not_swallow_the_file(facts: Any) -> None:
    body = "".join(f"{i},text {i},{i}\n" for i in range(2, 40_000))
    facts.add("x", *THREE)
    facts.write("data/x.csv", 'a,b,c\n1,"open,1\n' + body + "last,short\n")
    assert facts.faults() == ["2:3 unterminated-quote", "40001:11 too-few-cells"]


def test_a_file_that_may_not_be_read_is_a_problem_among_others(
    facts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts.add("x", "a")
    facts.add("y", "a:integer")
    facts.write("data/x.csv", "a\n1\n")
    facts.write("data/y.csv", "a\none\n")

    def refuse(path: Path) -> str:
        if path.name == "x.csv":
            raise PermissionError(13, "Permission denied")
        return "0" * 64

    monkeypatch.setattr("kpi_site.tables.cache.sha256", refuse)
    _, problems = facts.read()
    assert [str(p.where) for p in problems] == ["data/x.csv", "data/y.csv:2:1"]


def test_another_encoding_is_one_problem(facts: Any) -> None:
    """A whole file of GB18030 that is declared UTF-8 has one cause, told once with its extent."""
    facts.add("x", "编号", "城市")
    rows = "".join(f"{i},上海\n" for i in range(20_000))
    facts.write("data/x.csv", "编号,城市\n".encode() + rows.encode("gb18030"))
    _, problems = facts.read()
    (found,) = problems
    assert (found.code, found.where.line, found.where.column) == ("wrong-encoding", 2, 3)
    assert "20,000 lines in all" in found.message.en
    assert found.hint is not None
    assert "gb18030" in found.hint.en
