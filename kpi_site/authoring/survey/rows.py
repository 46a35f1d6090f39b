"""Where the rows of a file seem to stand: titles above the head, notes below, months across."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpi_site.catalog import Layout, Unpivot, Until
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.totals import TOTAL_WORDS

Grid = Sequence[tuple[int, Sequence[str]]]  # lines by their number in the file, as texts
_HERE: Final = Location("")
_ENOUGH = 3  # columns that lie across, before they are taken for one thing
_ENGLISH: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_YEARS: Final = r"^(19|20)[0-9]{2}$"
_ACROSS: Final = (  # names of columns that are times, and whether they lack the year
    (r"^[0-9]{1,2}月$", True),
    (rf"^({_ENGLISH})$", True),
    (r"^[Qq][1-4]$|^第?[一二三四]季度$", True),
    (r"^(19|20)[0-9]{2}-[0-9]{2}(-[0-9]{2})?$", False),
    (r"^(19|20)[0-9]{2}/[0-9]{1,2}$", False),
    (r"^(19|20)[0-9]{2}年[0-9]{1,2}月$", False),
    (rf"^({_ENGLISH})[- ](19|20)[0-9]{{2}}$", False),
    (_YEARS, False),
)
_NOTE: Final = re.compile(r"^(注|备注|说明|附注|制表|编制|审核|来源|Notes?\b|Source\b|Remarks?\b)")
_YEAR: Final = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Found:
    """The layout, the names in the head, its line, and why; ``layout`` may be the ordinary one."""

    layout: Layout
    columns: tuple[str, ...]
    line: int
    notes: tuple[Message, ...] = ()


def rows_of(grid: Grid, called: str, *, merged: bool = False, sheet: bool = False) -> Found | None:
    """Return where the rows of ``grid``, the first lines of a file, stand; None without a head.

    ``called`` are the names of file and sheet, in which a year may stand. ``merged`` tells
    that cells of the ``sheet`` are; empty rows below those of a sheet are no matter.
    """
    counts = [sum(bool(cell.strip()) for cell in cells) for _, cells in grid]
    typical = sorted(count for count in counts if count) or [0]
    least = max(2, (typical[len(typical) // 2] + 1) // 2)
    at = next((i for i, count in enumerate(counts) if count >= least), None)
    if at is None:
        return None
    head = [grid[at]]
    if at + 1 < len(grid) and _goes_on(grid, at):
        second = grid[at + 1]
        head = [second] if merged and _stands_alone(second[1]) else [*head, second]
        at = at if len(head) == 2 else at + 1
    layout, notes = Layout(), []
    lines = tuple(line for line, _ in head)
    if lines != (1,):
        layout = replace(layout, header_rows=lines)
        told = ", ".join(map(str, lines))
        notes.append(Message(f"列名在第 {told} 行", f"line {told} names the columns"))
    if merged:
        layout = replace(layout, fill_merged=True)
        notes.append(Message("有合并的单元格", "there are merged cells"))
    columns = _names(head, filled=merged)
    below = grid[at + len(head) :]
    if _has_blanks_around([*(cells for _, cells in head), *(cells for _, cells in below)]):
        layout, columns = replace(layout, trim=True), tuple(name.strip() for name in columns)
        notes.append(Message("前后有空格", "there are blanks around cells"))
    layout, more = _below(below, columns, layout, sheet=sheet)
    across = _across(columns, called + " ".join(c for _, row in grid[:at] for c in row), layout)
    notes += more
    if across is not None:
        layout, why = across
        notes.append(why)
    return Found(layout, columns, lines[-1], tuple(notes))


def _goes_on(grid: Grid, at: int) -> bool:
    """Tell whether the head has a second row: gaps above, words alone below, values after it."""
    second = grid[at + 1][1]
    first = [*grid[at][1], *[""] * (len(second) - len(grid[at][1]))]
    gaps = sum(not cell.strip() for cell in first[: len(second)])
    words = [cell for cell in second if cell.strip()]
    more = any(_is_value(cell) for _, cells in grid[at + 2 : at + 6] for cell in cells)
    filled = not any(not a.strip() and not b.strip() for a, b in zip(first, second, strict=False))
    return bool(gaps and words and more and filled) and not any(map(_is_value, words))


def _stands_alone(cells: Sequence[str]) -> bool:
    """Tell whether the second row names every column, times among them: quarters above months."""
    names = [cell.strip() for cell in cells]
    return all(names) and len({*names}) == len(names) and _across(names, "", Layout()) is not None


def _is_value(text: str) -> bool:
    return re.match(r"^[+\-(¥$€]?[0-9０-９][0-9.,%万亿)]*$", text.strip()) is not None


def _names(head: Grid, *, filled: bool) -> tuple[str, ...]:
    """Return the names of columns as a layout joins them."""
    width = max(len(cells) for _, cells in head)
    rows = [[*cells, *[""] * (width - len(cells))] for _, cells in head]
    if filled:
        for row in rows[:-1]:
            for i in range(1, width):
                row[i] = row[i] or row[i - 1]
    names = []
    for parts in zip(*rows, strict=True):
        words = [part for part in parts if part.strip()]
        names.append(" ".join(w for w, b in zip(words, (None, *words), strict=False) if w != b))
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


def _has_blanks_around(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a name has blanks around it, or one in twenty cells."""
    cells = [cell for row in rows[1:] for cell in row if cell.strip()]
    odd = sum(cell != cell.strip() for cell in cells)
    names = any(cell != cell.strip() for cell in rows[0] if cell.strip())
    return names or (bool(cells) and odd * 20 >= len(cells))


def _below(
    below: Grid, columns: Sequence[str], layout: Layout, *, sheet: bool
) -> tuple[Layout, list[Message]]:
    """Return the layout with what stands among and below the rows."""
    notes = []
    if any(cells and cells[0].startswith("#") for _, cells in below):
        layout = replace(layout, comment="#")
        notes.append(Message("有以 # 开头的说明", "there are remarks that begin with #"))
    filled = [i for i, (_, cells) in enumerate(below) if any(cell.strip() for cell in cells)]
    rows = filled[-1] + 1 if filled and sheet else len(below)
    if filled and len(filled) < rows:
        layout = replace(layout, skip_blank=True)
        notes.append(Message("有空行", "there are empty rows"))
    end = _end([below[i] for i in filled], columns)
    if end is not None:
        layout = replace(layout, until=end)
        told = f"{end.column} = {end.matches}"
        notes.append(Message(f"到 {told} 的行为止", f"the rows end at {told}"))
    return layout, notes


def _end(rows: Grid, columns: Sequence[str]) -> Until | None:
    """Return what begins the notes below the rows: a total, or a word for a note."""
    tail = len(rows)
    while tail and sum(bool(cell.strip()) for cell in rows[tail - 1][1]) < 2:
        tail -= 1
    if tail == len(rows) or not tail or len(columns) < 3:
        return None  # a total at the very end is better checked than left out
    last, note = rows[tail - 1][1], rows[tail][1]
    for index, cell in enumerate(last):
        if cell.strip() in TOTAL_WORDS and index < len(columns):
            return Until(Name(columns[index], _HERE), f"^{re.escape(cell.strip())}$")
    index = next(i for i, cell in enumerate(note) if cell.strip())
    if index >= len(columns):
        return None
    if note[index].strip() in TOTAL_WORDS:  # its sums are formulas that were never worked out
        return Until(Name(columns[index], _HERE), f"^{re.escape(note[index].strip())}$")
    if word := _NOTE.match(note[index].strip()):
        return Until(Name(columns[index], _HERE), f"^{word[0]}")
    return None


def _across(columns: Sequence[str], called: str, layout: Layout) -> tuple[Layout, Message] | None:
    """Return the layout in which columns named by times become rows."""
    for pattern, lacks_year in _ACROSS:
        found = [name for name in columns if re.search(pattern, name)]
        if len(found) < _ENOUGH or len(found) == len(columns):
            continue
        year = next(iter(_YEAR.findall(called)), None)
        whole = "{}"
        if lacks_year and year is not None and not re.search(r"[Qq季]", found[0]):
            whole = f"{year}年{{}}" if "月" in found[0] else f"{{}}-{year}"
        taken = {*columns}
        wanted = ("year", "period") if pattern == _YEARS else ("month", "period")
        names_to = next(name for name in (*wanted, "column") if name not in taken)
        values_to = next(name for name in ("value", "amount", "cell") if name not in taken)
        unpivot = Unpivot(
            Name(names_to, _HERE), Name(values_to, _HERE), matches=pattern, names_format=whole
        )
        why = Message(
            f"{found[0]}、{found[1]} …横排：变成行",
            f"{found[0]}, {found[1]} … lie across: they become rows",
        )
        return replace(layout, unpivot=unpivot), why
    return None
