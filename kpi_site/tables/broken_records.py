"""Problems of CSV records that cannot become rows: width, quotes, undecodable bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_site.problems import Location, Message, Problem, problem
from kpi_site.tables.decoding import MARKED, is_utf8
from kpi_site.tables.quoting import shown
from kpi_site.tables.scanner import Fault, Record

_MERGE = re.compile(r"(?:<{7}|>{7}|\|{7})(?:[ \r\n]|$)|={7}\r?\n?$")


def is_empty(record: Record, delimiter: str) -> bool:
    """Tell whether the record is an empty line, or delimiters with nothing between them."""
    return not record.raw.strip("\r\n" + delimiter)


@dataclass(slots=True)
class EmptyRows:
    """Empty rows of the file ``name`` that follow each other: one cause, hence one problem."""

    name: str
    first: Record | None = None
    last: int = 0

    def seen(self, record: Record) -> tuple[Problem, ...]:
        """Take an empty record; return the problem of those before, if it is another lot."""
        before = self.ended() if record.line != self.last + 1 else ()
        self.first, self.last = self.first or record, record.line
        return before

    def ended(self) -> tuple[Problem, ...]:
        """Return the problem of the empty rows up to here, and forget them."""
        first, self.first = self.first, None
        return () if first is None else (_blank(self.name, first, self.last),)


@dataclass(slots=True)
class Undecodable:
    """Records of a file with bytes of another encoding: one cause, hence one problem."""

    first: Problem | None = None
    records: int = 0

    def left(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield the ``problems`` of other causes, and keep count of these."""
        for found in problems:
            if found.code != "wrong-encoding":
                yield found
                continue
            self.first = self.first or found
            self.records += 1

    def ended(self) -> tuple[Problem, ...]:
        """Return the problem of all such records, at the first of them."""
        if self.first is None or self.records == 1:
            return () if self.first is None else (self.first,)
        message = Message(
            f"{self.first.message.zh}；共 {self.records} 行如此，这是第一行",
            f"{self.first.message.en}; so are {self.records:,} lines in all, this is the first",
        )
        return (replace(self.first, message=message),)


def record_problems(
    name: str, record: Record, header: Sequence[str], encoding: str, *, is_header: bool = False
) -> tuple[Problem, ...]:
    """Return what is wrong with ``record`` of the file ``name``; ``header`` names its columns.

    The first undecodable or forbidden character stands for all of the record: the cause is one.
    So does a mark of a merge or of a file's begin, and a header where rows should be.
    """
    found = _character(name, record, encoding) or _strange(name, record)
    if found is None and not is_header and record.cells == tuple(header):
        found = header_again(Location(name, record.line, 1))
    if found is not None:
        return (found,)
    if record.faults:
        return tuple(_fault(name, fault) for fault in record.faults)
    if len(record.cells) != len(header):
        return (_width(name, record, header),)
    return ()


def _character(name: str, record: Record, encoding: str) -> Problem | None:
    marked = MARKED.search(record.raw)
    at = marked.start() if marked else record.raw.find("\0")
    if at < 0:
        return None
    where, character = Location(name, *record.place_of(at)), record.raw[at]
    cell = next((cell for cell in record.cells if character in cell), record.raw)
    byte_order_mark = record.raw.startswith(("\udcff\udcfe", "\udcfe\udcff"))
    other = "utf-16" if byte_order_mark else "gb18030" if is_utf8(encoding) else "utf-8"
    return _undecodable(where, cell, character, (encoding, other)) if marked else _nul(where, cell)


def _undecodable(where: Location, cell: str, mark: str, encodings: tuple[str, str]) -> Problem:
    byte, (encoding, other) = f"0x{ord(mark) - 0xDC00:02X}", encodings
    return problem(
        where,
        "wrong-encoding",
        zh=f"字节 {byte} 不是 {encoding} 编码（单元格“{shown(cell)}”）",
        en=f"byte {byte} is not {encoding} (cell '{shown(cell)}')",
        hint_zh=f"请核对数据集的 encoding（例如 {other}），或把文件另存为 {encoding}。",
        hint_en=f"Check the dataset's encoding ({other}, perhaps), or save the file as {encoding}.",
    )


def _nul(where: Location, cell: str) -> Problem:
    return problem(
        where,
        "nul-character",
        zh=f"单元格里有 NUL 字符：“{shown(cell)}”",
        en=f"a NUL character in the cell '{shown(cell)}'",
        hint_zh="文件已损坏，或编码不对（例如其实是 utf-16）。",
        hint_en="The file is damaged, or its encoding is another one (utf-16, perhaps).",
    )


def _blank(name: str, record: Record, last: int) -> Problem:
    where = Location(name, record.line, 1)
    if last > record.line:
        return problem(
            where,
            "blank-line",
            zh=f"从这里到第 {last} 行都是空行",
            en=f"blank lines from here to line {last}",
            hint_zh="请删去它们。",
            hint_en="Delete them.",
        )
    only = Message("空行", "blank line")
    if not record.blank:
        only = Message("这一行只有分隔符", "the line holds nothing but delimiters")
    return Problem(where, "blank-line", only, Message("请删去这一行。", "Delete it."))


def _strange(name: str, record: Record) -> Problem | None:
    """Return the problem of a line that a merge or the joining of files has left, if it is one."""
    where = Location(name, record.line, 1)
    if record.raw.startswith("\ufeff"):
        return problem(
            where,
            "joined-files",
            zh="行首有字节顺序标记 U+FEFF：这里接上了另一个文件",
            en="a byte order mark U+FEFF begins the line: another file was appended here",
            hint_zh="请把两个文件分开，在 path 中列出它们。",
            hint_en="Keep the files apart, and list them in `path`.",
        )
    if _MERGE.match(record.raw):
        return problem(
            where,
            "merge-conflict",
            zh="合并冲突没有解决",
            en="a merge conflict is left here",
            hint_zh="请在两段之间选定，并删去 <<<<<<<、=======、>>>>>>> 三行。",
            hint_en="Choose between the two parts, and delete the lines of <<<<<<<, ======= and "
            ">>>>>>>.",
        )
    return None


def header_again(where: Location) -> Problem:
    """Return the problem of a row that is the header once more."""
    return problem(
        where,
        "joined-files",
        zh="这一行又是列名：这里接上了另一个文件",
        en="the line names the columns again: another file was appended here",
        hint_zh="请删去这一行，或把两个文件分开，在 path 中列出它们。",
        hint_en="Delete the line, or keep the files apart and list them in `path`.",
    )


def _width(name: str, record: Record, header: Sequence[str]) -> Problem:
    have, want = len(record.cells), len(header)
    have_en = "1 cell" if have == 1 else f"{have} cells"
    if have > want:
        surplus = shown(record.cells[want])
        return problem(
            Location(name, *record.place(want)),
            "too-many-cells",
            zh=f"这一行有 {have} 个单元格，应为 {want} 个；多出“{surplus}”",
            en=f"the row has {have_en} instead of {want}; the surplus begins with '{surplus}'",
            hint_zh="含分隔符的单元格要加引号。",
            hint_en="A cell that holds the delimiter must stand in quotes.",
        )
    end = record.place(have)
    where = end if end[0] == record.line else (record.line, 1)
    lacking = ", ".join(header[have:])
    last = shown(record.cells[-1])
    wide = next((i for i, cell in enumerate(record.cells) if "，" in cell), None)
    if wide is not None:
        cell = shown(record.cells[wide])
        return problem(
            Location(name, *record.place(wide)),
            "too-few-cells",
            zh=f"这一行有 {have} 个单元格，应为 {want} 个；“{cell}”里有全角逗号",
            en=f"the row has {have_en} instead of {want}: '{cell}' holds '，'",
            hint_zh="全角的“，”不分隔单元格，请改成半角的“,”。",
            hint_en="A full-width comma parts no cells: type a plain one.",
        )
    return problem(
        Location(name, *where),
        "too-few-cells",
        zh=f"这一行有 {have} 个单元格，应为 {want} 个；缺少 {lacking}（最后一格是“{last}”）",
        en=f"the row has {have_en} instead of {want}: no {lacking} (the last cell is '{last}')",
        hint_zh="空的单元格也要有分隔符；文件末尾可能被截断。",
        hint_en="An empty cell needs its delimiter too; or the file was cut off here.",
    )


def _fault(name: str, fault: Fault) -> Problem:
    where, cell = Location(name, *fault.place), shown(fault.text)
    match fault.kind:
        case "stray-quote":
            return problem(
                where,
                "stray-quote",
                zh=f"没有加引号的单元格里出现了引号：“{cell}”",
                en=f"a quote within a cell that does not begin with one: '{cell}'",
                hint_zh="请给整个单元格加引号，并把其中的引号写两次。",
                hint_en="Put the whole cell in quotes, and double the quotes within it.",
            )
        case "text-after-quote":
            return problem(
                where,
                "stray-quote",
                zh=f"引号结束后还有文字：“{cell}”",
                en=f"text after the closing quote of the cell '{cell}'",
                hint_zh="单元格里的引号要写两次。",
                hint_en="Quotes within a cell are doubled.",
            )
        case "unterminated-quote":
            return _unterminated(where, cell, fault)
        case "carriage-return":
            return problem(
                where,
                "stray-carriage-return",
                zh=f"单元格里有单独的回车符：“{cell}”",
                en=f"a carriage return without a line feed in the cell '{cell}'",
                hint_zh="行尾应为 LF 或 CRLF；单元格内换行要加引号。",
                hint_en="Lines end with LF or CRLF; a line break within a cell needs quotes.",
            )


def _unterminated(where: Location, cell: str, fault: Fault) -> Problem:
    zh, en = "引号没有结束", "the quote is never closed"
    if fault.closed is not None:
        line, column = fault.closed
        zh = f"引号到第 {line} 行第 {column} 列才结束，而其后还有文字"
        en = f"the quote closes only at line {line}, column {column}, with text after it"
    return problem(
        where,
        "unterminated-quote",
        zh=f"{zh}：“{cell}”",
        en=f"{en}: '{cell}'",
        hint_zh="请补上结束的引号；单元格里的引号要写两次。",
        hint_en="Close it at the cell's end; quotes within a cell are doubled.",
    )


def lines_end_in_cr(text: str) -> bool:
    """Tell whether ``text``, a file's only line, is many that end in CR alone."""
    return "\n" not in text and text.count("\r") > 1


def ends_in_cr(name: str) -> Problem:
    """Return the problem of a file that spreadsheets call a CSV for Macintosh."""
    return problem(
        Location(name, 1),
        "stray-carriage-return",
        zh="各行只以回车符（CR）结尾",
        en="the lines end in a carriage return alone",
        hint_zh="请另存为“CSV UTF-8”，而不是“CSV（Macintosh）”。",
        hint_en="Save it as 'CSV UTF-8' and not as 'CSV (Macintosh)'.",
    )
