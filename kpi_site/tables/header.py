"""The header of a file against the declared columns: all that is wrong with it, at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kpi_site.problems import Location, Message, Problem, closest, problem
from kpi_site.tables.batch import Cell

_DELIMITERS = {
    ",": ("逗号", "comma"),
    ";": ("分号", "semicolon"),
    "\t": ("制表符", "tab"),
    "|": ("竖线", "bar"),
}


def one_line(name: str) -> str:
    """Return a name of a column in which a line break, as people put for width, is a blank."""
    if "\n" not in name and "\r" not in name:
        return name
    return " ".join(filter(None, map(str.strip, name.splitlines())))


def named(names: Sequence[str], is_meant: Callable[[str], bool]) -> tuple[str, ...]:
    """Give the columns names that have none, or that of another: ``field3``, ``amount2``.

    As Frictionless calls them: by the column's place, and by how many have the name so far. A
    name is given only if it ``is_meant``, such as one that is declared.
    """
    seen: Counter[str] = Counter()
    found = []
    for place, name in enumerate(names, start=1):
        seen[name] += 1
        more = f"{name}{seen[name]}" if name else f"field{place}"
        is_lacking = not name or seen[name] > 1
        found.append(more if is_lacking and is_meant(more) else name)
    return tuple(found)


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
    if cells and not any(_known(name, declared) for name in names):
        return (_no_names(cells[0], declared),)
    first: dict[str, Cell] = {}
    found = []
    for cell in cells:
        if cell.text in first:
            found.append(_twice(cell, first[cell.text]))
        elif cell.text not in declared:
            found.append(_undeclared(cell, missing))
        first.setdefault(cell.text, cell)
    where = cells[0].where if cells else Location("")
    renamed = {closest(name.strip(), missing) for name in names if name not in declared}
    return (*(_missing(where, name) for name in missing if name not in renamed), *found)


def with_line_of_names(
    problems: tuple[Problem, ...],
    following: Iterable[tuple[int, Sequence[str]]],
    declared: Sequence[str],
) -> tuple[Problem, ...]:
    """Say which of the ``following`` lines names the columns, where the first one does not."""
    if [found.code for found in problems] != ["no-header"]:
        return problems
    least = max(2, (len(declared) + 1) // 2) if len(declared) > 1 else 1
    for line, texts in following:
        if len({text.strip() for text in texts} & set(declared)) >= least:
            hint = Message(
                f"列名在第 {line} 行：请在数据集写 dialect: {{headerRows: [{line}]}}。",
                f"Line {line} names them: write dialect: {{headerRows: [{line}]}} in the dataset.",
            )
            return (replace(problems[0], hint=hint),)
    return problems


def _known(name: str, declared: Sequence[str]) -> bool:
    return name in declared or closest(name.strip(), declared) is not None


def _no_names(cell: Cell, declared: Sequence[str]) -> Problem:
    listed = ", ".join(declared)
    return problem(
        Location(cell.where.file, cell.where.line, 1),
        "no-header",
        zh="第一行里没有任何一个声明的列名",
        en="the first line names none of the declared columns",
        hint_zh=f"第一行应是列名：{listed}。",
        hint_en=f"Its first line must name the columns: {listed}.",
    )


def _missing(where: Location, name: str) -> Problem:
    hint = Message(
        "请补上这一列，或从数据集的 schema 中删去它。",
        "Add it to the file, or remove it from the dataset's schema.",
    )
    message = Message(f"缺少列“{name}”", f"column '{name}' is missing")
    return Problem(Location(where.file, where.line, 1), "missing-column", message, hint)


def _undeclared(cell: Cell, missing: Sequence[str]) -> Problem:
    guess = closest(cell.text.strip(), missing)
    if not cell.text:
        message = Message("有一列没有名称", "a column without a name")
        hint = Message(
            "请在文件里给它列名，或删去这一列。", "Name it in the file, or remove it there."
        )
        return Problem(cell.where, "undeclared-column", message, hint)
    hint = (
        Message(f"是不是缺少的“{guess}”？", f"Did you mean '{guess}', which is missing?")
        if guess
        else Message(
            "请在数据集的 schema 中声明它，或从文件中删去。",
            "Declare it in the dataset's schema, or remove it from the file.",
        )
    )
    message = Message(f"未声明的列“{cell.text}”", f"undeclared column '{cell.text}'")
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
