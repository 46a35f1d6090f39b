"""The header of a file against the declared columns: all that is wrong with it, at once."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_site.problems import Location, Message, Problem, closest, problem
from kpi_site.tables.batch import Cell

_DELIMITERS = {
    ",": ("逗号", "comma"),
    ";": ("分号", "semicolon"),
    "\t": ("制表符", "tab"),
    "|": ("竖线", "bar"),
}


def check_header(
    cells: Sequence[Cell], declared: Sequence[str], delimiter: str | None = None
) -> tuple[Problem, ...]:
    """Return the problems of a header: columns missing, undeclared, or named twice.

    The order of the columns is free. ``delimiter`` is the declared one, for files that have one.
    """
    names = [cell.text for cell in cells]
    missing = [name for name in declared if name not in names]
    if delimiter is not None and len(cells) == 1 and missing:
        other = next((d for d in _DELIMITERS if d != delimiter and d in names[0]), None)
        if other is not None:
            return (_wrong_delimiter(cells[0], delimiter, other),)
    first: dict[str, Cell] = {}
    found = []
    for cell in cells:
        if cell.text in first:
            found.append(_twice(cell, first[cell.text]))
        elif cell.text not in declared:
            found.append(_undeclared(cell, missing))
        first.setdefault(cell.text, cell)
    where = cells[0].where if cells else Location("")
    return (*(_missing(where, name, names, declared) for name in missing), *found)


def _missing(where: Location, name: str, names: Sequence[str], declared: Sequence[str]) -> Problem:
    guess = closest(name, [other for other in names if other not in declared])
    hint = (
        Message(f"文件里有“{guess}”，是不是它？", f"The file has '{guess}': is it meant?")
        if guess
        else Message(
            "请补上这一列，或从数据集的 schema 中删去它。",
            "Add it to the file, or remove it from the dataset's schema.",
        )
    )
    message = Message(f"缺少列“{name}”", f"column '{name}' is missing")
    return Problem(Location(where.file, where.line, 1), "missing-column", message, hint)


def _undeclared(cell: Cell, missing: Sequence[str]) -> Problem:
    guess = closest(cell.text.strip(), missing)
    hint = (
        Message(f"是不是想写“{guess}”？", f"Did you mean '{guess}'?")
        if guess
        else Message(
            "请在数据集的 schema 中声明它，或从文件中删去。",
            "Declare it in the dataset's schema, or remove it from the file.",
        )
    )
    message = (
        Message(f"未声明的列“{cell.text}”", f"undeclared column '{cell.text}'")
        if cell.text
        else Message("有一列没有名称", "a column without a name")
    )
    return Problem(cell.where, "undeclared-column", message, hint)


def _twice(cell: Cell, first: Cell) -> Problem:
    return problem(
        cell.where,
        "duplicate-column",
        zh=f"列“{cell.text}”出现了两次",
        en=f"column '{cell.text}' appears twice",
        hint_zh=f"第一次在第 {first.where.column} 个字符处。",
        hint_en=f"It stands first at column {first.where.column}.",
    )


def _wrong_delimiter(cell: Cell, declared: str, other: str) -> Problem:
    zh, en = _DELIMITERS[other]
    own_zh, own_en = _DELIMITERS.get(declared, (f"“{declared}”", f"'{declared}'"))
    written = "\\t" if other == "\t" else other
    return problem(
        cell.where,
        "wrong-delimiter",
        zh=f"文件以{zh}分隔，声明的分隔符却是{own_zh}",
        en=f"the file is separated by a {en}, but the declared delimiter is a {own_en}",
        hint_zh=f'请在数据集中写 dialect: {{delimiter: "{written}"}}。',
        hint_en=f'Write dialect: {{delimiter: "{written}"}} in the dataset.',
    )
