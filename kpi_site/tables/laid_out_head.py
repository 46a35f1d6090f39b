"""The head of a file with a declared layout: which lines name the columns, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kpi_site.problems import Location, Problem, problem
from kpi_site.tables.batch import Cell
from kpi_site.tables.header import named, one_line
from kpi_site.tables.lines import Line, is_blank

if TYPE_CHECKING:
    from kpi_site.tables.laid_out import LaidOut


def head_of(file: LaidOut, lines: Iterator[Line]) -> list[Line]:
    """Return the lines that name the columns; none where one is missing."""
    wanted = file.layout.header_rows
    found: list[Line] = []
    for line in lines:
        if file.passes_over(line) and line.number not in wanted:
            continue
        if line.number in wanted or (not wanted and not is_blank(line)):
            found.append(line)
        if line.number >= max(wanted, default=0) and (wanted or found):
            break
    return found if len(found) >= max(len(wanted), 1) else []


def names_of(file: LaidOut, found: Sequence[Line]) -> tuple[Cell, ...]:
    """Return the names of the columns, of which some may be empty."""
    cells = [
        joined(file, found, index) for index in range(max((line.size for line in found), default=0))
    ]
    declared = {str(field.name) for field in file.dataset.fields}
    names = named([cell.text for cell in cells], declared.__contains__)
    cells = [cell._replace(text=name) for cell, name in zip(cells, names, strict=True)]
    while cells and not cells[-1].text:
        cells.pop()
    return tuple(cells)


def joined(file: LaidOut, lines: Sequence[Line], index: int) -> Cell:
    """Return a name of parts; cells merged from above to below have it once."""
    parts = [(line, told_in_head(file, lines, line, index)) for line in lines]
    parts = [(line, text) for line, text in parts if text.strip()]
    last = parts[-1][0] if parts else lines[-1]
    words = [text for text, before in _after([text for _, text in parts]) if text != before]
    return last.cell(index, file.layout.header_join.join(map(one_line, words)))


def told_in_head(file: LaidOut, lines: Sequence[Line], line: Line, index: int) -> str:
    """Return what a line of the head says of a column.

    A CSV file has the text of merged cells in the first of them: above the last line of the
    head it holds for the empty ones to its right.
    """
    text = file.told(line, index, None)
    if file.typed or not file.layout.fill_merged or line is lines[-1]:
        return text
    while not text.strip() and index:
        index -= 1
        text = file.told(line, index, None)
    return text


def _after(texts: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    return zip(texts, (None, *texts), strict=False)


def no_header(file: LaidOut) -> Problem:
    """Return the problem of a file that ends before its head."""
    rows = ", ".join(map(str, file.layout.header_rows)) or "1"
    return problem(
        Location(file.name, max(file.layout.header_rows, default=1), 1),
        "no-header",
        zh=f"没有列名行（第 {rows} 行）",
        en=f"there is no header (line {rows})",
        hint_zh="请核对 dialect 的 headerRows 和 range。",
        hint_en="Check headerRows and range of `dialect`.",
    )
