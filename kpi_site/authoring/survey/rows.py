"""Where the rows of a file seem to stand: titles above the head, notes below, months across."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpi_site.authoring.survey.across import (
    Grid,
    filled_right,
    is_time,
    lying_across,
    lying_across_below,
    year_told,
)
from kpi_site.authoring.survey.below import cell_of, rule, what_ends
from kpi_site.authoring.survey.notations import UNITS
from kpi_site.catalog import Layout
from kpi_site.problems import Message
from kpi_site.tables.header import named, one_line

_PAIRS: Final = 20  # lines above the head that are looked at
_UNIT: Final = re.compile(
    r"[\[(（【].+[\])）】]|[€$¥£%‰]|[kT]€|T?EUR|k?USD|CNY|RMB|GBP|CHF|JPY|(?:Mio|Mrd)\.? ?(?:€|EUR)"
    r"|[十百千万亿]*元|件|台|个|人|次|吨|千克|公斤|小时|天|kg|t|km|m[23]?|h|hrs|min|pcs|Std\.?|Stk\.?|Stück"
)
_SIZE: Final = re.compile(
    r"[千万萬亿億억천] ?[元円원圆美港]|百万[元円]|\b[TkK] ?€|\bT(?:EUR|CHF|SFr)\b"
    r"|\bk(?:EUR|USD|GBP)\b|\b(?:Mio|Mrd|Tsd)\b|(?i:\b(?:thousands?|millions?|billions?|lakhs?|crores?|milliers"
    r"|miles|milh(?:ões|ares))\b)|['’]000"
)  # of amounts, as titles tell it
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Found:
    """The layout, the names in the head, its line, and why; ``layout`` may be the ordinary one."""

    layout: Layout
    columns: tuple[str, ...]
    line: int
    notes: tuple[Message, ...] = ()
    year: str | None = None  # that the file's name or a title tells
    doubts: tuple[Message, ...] = ()  # of names that were given, of amounts in thousands


def rows_of(grid: Grid, called: str, *, merged: bool = False, sheet: bool = False) -> Found | None:
    """Return where the rows of ``grid``, the first lines of a file, stand; None without a head.

    ``called`` are the names of file and sheet, in which a year may stand. ``merged`` tells
    that cells of the ``sheet`` are; empty rows below those of a sheet are no matter.
    """
    counts = [0 if rule(cells) else sum(bool(cell.strip()) for cell in cells) for _, cells in grid]
    typical = sorted(count for count in counts if count) or [0]
    least = max(2, (typical[len(typical) // 2] + 1) // 2)
    at = next((i for i, count in enumerate(counts) if count >= least), None)
    if at is None:
        return None
    at = _below_pairs(grid, counts, at)
    at += at + 2 < len(grid) and _is_no_head(grid, at, merged=merged)
    at -= at > 0 and (merged or not sheet) and _stands_below(grid, at)
    head = [grid[at]]
    if at + 1 < len(grid) and not rule(grid[at + 1][1]) and _goes_on(grid, at):
        second = grid[at + 1]
        head = [second] if merged and _stands_alone(second[1]) else [*head, second]
        at = at if len(head) == 2 else at + 1
        third = at + len(head)
        if len(head) == 2 and third < len(grid) - 1 and _are_units(grid[third][1]):
            head.append(grid[third])
    layout, notes = Layout(), []
    lines = tuple(line for line, _ in head)
    if lines != (1,):
        layout = replace(layout, header_rows=lines)
        told = ", ".join(map(str, lines))
        notes.append(Message(f"列名在第 {told} 行", f"line {told} names the columns"))
    spread = merged or (not sheet and len(head) == 2 and _comes_again(head[1][1]))
    if spread:
        layout = replace(layout, fill_merged=True)
        notes.append(_MERGED if merged else _SPREAD)
    below = grid[at + len(head) :]
    columns = _names(head, filled=spread)
    if _has_blanks_around([*(cells for _, cells in head), *(cells for _, cells in below)]):
        layout, columns = replace(layout, trim=True), tuple(name.strip() for name in columns)
        notes.append(Message("前后有空格", "there are blanks around cells"))
    columns, lacking = _given(columns, below), columns
    doubts = [*([_GIVEN] if columns != lacking else []), *_sizes(grid[:at])]
    layout, more = what_ends(below, columns, layout, sheet=sheet)
    called += " ".join(c for _, row in grid[:at] for c in row)
    across = lying_across(columns, called, layout)
    if across is None and spread:
        across = lying_across_below(head, columns, called, layout)
    notes += more
    if across is not None:
        layout, why = across
        notes.append(why)
    year = year_told(called)
    return Found(layout, columns, lines[-1], tuple(notes), year, tuple(doubts))


_MERGED: Final = Message("有合并的单元格", "there are merged cells")
_SPREAD: Final = Message(
    "表头上一行的词管到右边的空格",
    "words in the upper line of the head hold for the empty cells to their right",
)
_GIVEN: Final = Message(
    "没有列名的列叫 field 加位置，重复的列名加次数",
    "a column without a name is called field and its place, a repeated name has its number",
)


def _sizes(titles: Grid) -> Iterator[Message]:
    """Say where a title tells that amounts are in thousands or the like: 单位：万元."""
    for _, cells in titles:
        for cell in map(one_line, cells):
            if _SIZE.search(cell):
                yield Message(
                    f"标题写着“{cell.strip()}”：金额可能要在列上写 multiplier",
                    f"the title says '{cell.strip()}': amounts may need a `multiplier`",
                )


def _given(columns: tuple[str, ...], below: Grid) -> tuple[str, ...]:
    """Give the columns names that have none and hold something, or that of another.

    Times that come again are rather a head of two lines.
    """
    meant = {
        more
        for i, (name, more) in enumerate(zip(columns, named(columns, bool), strict=True))
        if (any(cell_of(cells, i) for _, cells in below) if not name else not is_time(name))
    }
    return named(columns, meant.__contains__)


def _below_pairs(grid: Grid, counts: Sequence[int], at: int) -> int:
    """Return the row of the head, where names and values in pairs stand above: account, period."""
    below = range(at, min(len(grid), at + _PAIRS))
    head = next((i for i in below if counts[i] > 2), at)
    pairs = head - at > 1 and max(counts[at:head]) <= 2
    return head if pairs and not any(map(_is_value, grid[head][1])) else at


def _is_no_head(grid: Grid, at: int, *, merged: bool) -> bool:
    """Tell whether a line is rather what a program or a page says of itself above the names.

    It has numbers, or a title at its left; the line below names every column, all differently.
    """
    first, second = grid[at][1], grid[at + 1][1]
    names = [cell.strip() for cell in second if cell.strip()]
    if len({*names}) < len(names) or any(map(_is_value, names)) or not _has_values(grid, at + 2):
        return False
    told = [cell.strip() for cell in first if cell.strip()]
    if len(names) < len(told):
        return False
    numbers = [cell for cell in told if _is_value(cell) and not _YEAR.fullmatch(cell)]
    if len(numbers) > 1 and len(names) > 2:
        return True
    full = all(cell.strip() for cell in second[: len(first)]) and not merged
    return full and len(told) * 2 <= len(names) and bool(cell_of(first, 0))


def _has_values(grid: Grid, at: int) -> bool:
    return any(_is_value(cell) for _, cells in grid[at : at + 4] for cell in cells)


def _goes_on(grid: Grid, at: int) -> bool:
    """Tell whether the head has a second row: gaps above, words alone below, values after it.

    A row of units below the names is one too.
    """
    second = grid[at + 1][1]
    first = [*grid[at][1], *[""] * (len(second) - len(grid[at][1]))]
    gaps = sum(not cell.strip() for cell in first[: len(second)])
    words = [b for a, b in zip(first, second, strict=False) if b.strip() and a.strip() != b.strip()]
    more = _has_values(grid, at + 2)
    if more and _are_units(words):
        return True
    if len(words) == 1 and cell_of(second, 0):
        return False  # a heading of the rows below it
    filled = not any(not a.strip() and not b.strip() for a, b in zip(first, second, strict=False))
    return bool(gaps and words and more and filled) and not any(map(_is_value, words))


def _are_units(cells: Sequence[str]) -> bool:
    words = [cell.strip() for cell in cells if cell.strip()]
    return bool(words) and all(_UNIT.fullmatch(word) or word in UNITS for word in words)


def _stands_below(grid: Grid, at: int) -> bool:
    """Tell whether a row that names columns twice stands below merged names: quarters of years."""
    (line, above), (own, names) = grid[at - 1], grid[at]
    told = sum(bool(cell.strip()) for cell in above)
    return own == line + 1 and _comes_again(names) and told > 1


def _comes_again(names: Sequence[str]) -> bool:
    """Tell whether some name stands twice."""
    words = [name for name in names if name.strip()]
    return len({*words}) < len(words)


def _stands_alone(cells: Sequence[str]) -> bool:
    """Tell whether the second row names every column, times among them: quarters above months."""
    names = [cell.strip() for cell in cells]
    return (
        all(names) and len({*names}) == len(names) and lying_across(names, "", Layout()) is not None
    )


def _is_value(text: str) -> bool:
    return re.match(r"^[+\-(¥$€]?[0-9０-９][0-9.,%万亿)]*$", text.strip()) is not None


def _names(head: Grid, *, filled: bool) -> tuple[str, ...]:
    """Return the names of columns as a layout joins them."""
    width = max(len(cells) for _, cells in head)
    rows = [[*cells, *[""] * (width - len(cells))] for _, cells in head]
    if filled:
        rows[:-1] = [filled_right(row, width) for row in rows[:-1]]
    names = []
    for parts in zip(*rows, strict=True):
        words = [one_line(part) for part in parts if part.strip()]
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
