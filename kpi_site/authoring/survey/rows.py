"""Where the rows of a file seem to stand: titles above the head, notes below, months across."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from kpi_site.authoring.survey.month_words import month_and_year, month_of
from kpi_site.authoring.survey.notations import UNITS
from kpi_site.authoring.survey.times import tells_year
from kpi_site.catalog import Layout, Unpivot, Until
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.header import one_line
from kpi_site.tables.totals import TOTAL_WORDS, totals_among

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
    (r"^(19|20)[0-9]{2}年 ?[0-9]{1,2}月$", False),
    (rf"^({_ENGLISH})[- ](19|20)[0-9]{{2}}$", False),
    (rf"^({_ENGLISH})[- ][0-9]{{2}}$", False),
    (rf"^(19|20)[0-9]{{2}} ({_ENGLISH})$", False),
    (r"^(19|20)[0-9]{2}年?[- ]?[Qq][1-4]$", False),
    (r"^[Qq][1-4][- /](19|20)?[0-9]{2}$", False),
    (r"^(19|20)[0-9]{2}年 ?第?[一二三四]季度$", False),
    (r"^(?:KW|CW|W|Wk|Week)[ -]?[0-9]{1,2}$|^第[0-9]{1,2}[周週]$", True),
    (r"^(19|20)[0-9]{2}-?W[0-9]{2}$", False),
    (_YEARS, False),
)
_NOTE: Final = re.compile(
    r"^(注|备注|说明|附注|制表|编制|审核|来源|数据来源|资料来源|Notes?\b|Sources?\b|Remarks?\b|Stand:"
    r"|Quellen?\b|Hinweis|Anmerkung|Fuente\b|Nota\b|Remarques?\b|Fonte\b|Bron\b)"
)
_UNIT: Final = re.compile(
    r"[\[(（【].+[\])）】]|[€$¥£%‰]|[kT]€|T?EUR|k?USD|CNY|RMB|GBP|CHF|JPY|(?:Mio|Mrd)\.? ?(?:€|EUR)"
    r"|[十百千万亿]*元|件|台|个|人|次|吨|千克|公斤|小时|天|kg|t|km|m[23]?|h|hrs|min|pcs|Std\.?|Stk\.?|Stück"
)
_OPENING: Final = re.compile(r"[^0-9:：]{2,24}[:：]?|.{1,24}")  # of a note, before what changes
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
    counts = [0 if _rule(cells) else sum(bool(cell.strip()) for cell in cells) for _, cells in grid]
    typical = sorted(count for count in counts if count) or [0]
    least = max(2, (typical[len(typical) // 2] + 1) // 2)
    at = next((i for i, count in enumerate(counts) if count >= least), None)
    if at is None:
        return None
    at -= at > 0 and merged and _stands_below(grid, at)
    head = [grid[at]]
    if at + 1 < len(grid) and not _rule(grid[at + 1][1]) and _goes_on(grid, at):
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
    if merged:
        layout = replace(layout, fill_merged=True)
        notes.append(Message("有合并的单元格", "there are merged cells"))
    columns = _names(head, filled=merged)
    below = grid[at + len(head) :]
    if _has_blanks_around([*(cells for _, cells in head), *(cells for _, cells in below)]):
        layout, columns = replace(layout, trim=True), tuple(name.strip() for name in columns)
        notes.append(Message("前后有空格", "there are blanks around cells"))
    layout, more = _below(below, columns, layout, sheet=sheet)
    called += " ".join(c for _, row in grid[:at] for c in row)
    across = _across(columns, called, layout)
    if across is None and merged:
        across = _across_below(head, columns, called, layout)
    notes += more
    if across is not None:
        layout, why = across
        notes.append(why)
    return Found(layout, columns, lines[-1], tuple(notes))


def _goes_on(grid: Grid, at: int) -> bool:
    """Tell whether the head has a second row: gaps above, words alone below, values after it.

    A row of units below the names is one too.
    """
    second = grid[at + 1][1]
    first = [*grid[at][1], *[""] * (len(second) - len(grid[at][1]))]
    gaps = sum(not cell.strip() for cell in first[: len(second)])
    words = [cell for cell in second if cell.strip()]
    more = any(_is_value(cell) for _, cells in grid[at + 2 : at + 6] for cell in cells)
    if more and _are_units(words):
        return True
    filled = not any(not a.strip() and not b.strip() for a, b in zip(first, second, strict=False))
    return bool(gaps and words and more and filled) and not any(map(_is_value, words))


def _are_units(cells: Sequence[str]) -> bool:
    words = [cell.strip() for cell in cells if cell.strip()]
    return bool(words) and all(_UNIT.fullmatch(word) or word in UNITS for word in words)


def _stands_below(grid: Grid, at: int) -> bool:
    """Tell whether a row that names columns twice stands below merged names: quarters of years."""
    (line, above), (own, names) = grid[at - 1], grid[at]
    words = [name for name in names if name.strip()]
    told = sum(bool(cell.strip()) for cell in above)
    return own == line + 1 and len({*words}) < len(words) and told > 1


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
        rows[:-1] = [_filled(row, width) for row in rows[:-1]]
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


def _below(
    below: Grid, columns: Sequence[str], layout: Layout, *, sheet: bool
) -> tuple[Layout, list[Message]]:
    """Return the layout with what stands among and below the rows."""
    notes = []
    mark = _mark(below)
    if mark is not None:
        layout = replace(layout, comment=mark)
        notes.append(Message(f"有以 {mark} 开头的行", f"there are lines that begin with {mark}"))
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


def _rule(cells: Sequence[str]) -> str | None:
    """Return the sign of which a line across the page is made, as lists of SAP have them."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return told[0][0] if len(told) == 1 and re.fullmatch(r"[-=_*+]{5,}", told[0]) else None


def _mark(below: Grid) -> str | None:
    """Return the sign with which lines begin that are no rows: remarks, lines across the page."""
    opening = [cells[0][:1] for _, cells in below if cells and not _rule(cells)]
    if "#" in opening:
        return "#"
    rules = {cells[0][:1] for _, cells in below if cells and _rule(cells)} - {"", *opening}
    return rules.pop() if len(rules) == 1 else None


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
            return Until(Name(columns[index], _HERE), f"^{_escaped(cell.strip())}$")
    index = next(i for i, cell in enumerate(note) if cell.strip())
    if index >= len(columns):
        return None
    text = note[index].strip()
    if text in TOTAL_WORDS:  # its sums are formulas that were never worked out
        return Until(Name(columns[index], _HERE), f"^{_escaped(text)}$")
    told, apart = _NOTE.match(text), rows[tail][0] > rows[tail - 1][0] + 1
    opening = told or (_OPENING.match(text) if apart else None)
    if opening is None or any(_cell(row, index).startswith(opening[0]) for _, row in rows[:tail]):
        return None
    return Until(Name(columns[index], _HERE), f"^{_escaped(opening[0].rstrip())}")


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _escaped(text: str) -> str:
    return re.sub(r"[.^$*+?{}\[\]|()\\]", r"\\\g<0>", text)


def _across(columns: Sequence[str], called: str, layout: Layout) -> tuple[Layout, Message] | None:
    """Return the layout in which columns named by times become rows."""
    times = _times(columns, columns, called)
    if times is None or len(times.names) == len(columns):
        return None
    pattern = times.pattern
    wanted = ("year", "period") if pattern == _YEARS else ("month", "period")
    return times.layout(layout, pattern, (_free(wanted, columns),), columns)


def _across_below(
    head: Grid, columns: Sequence[str], called: str, layout: Layout
) -> tuple[Layout, Message] | None:
    """Return the layout in which times above (or below) other words become rows of two names.

    Such are regions below months, or plan and actual; sums among them are columns of their own.
    """
    if len(head) != 2:
        return None
    rows = [_filled(cells, len(columns)) for _, cells in head]
    for at in (0, 1):
        words = [
            [one_line(row[i]) for i in range(len(columns))] for row in (rows[at], rows[1 - at])
        ]
        sums = totals_among(pl.Series([word for word in words[1] if word], dtype=pl.String))
        pairs = [
            (time, word)
            for time, word in zip(*words, strict=True)
            if is_time(time) and word and not is_time(word) and word not in sums
        ]
        others = list(dict.fromkeys(word for _, word in pairs))
        times = _times([time for time, _ in pairs], columns, called)
        if times is None or len(times.names) != len(pairs) or len(others) < 2:
            continue
        time = f"(?:{re.sub('[$^]', '', times.pattern)})"
        word = f"(?:{'|'.join(map(_escaped, others))})"
        parts = (time, word) if at == 0 else (word, time)
        names = (_free(("month", "period"), columns), _free(("kind", "part"), columns))
        names_to = names if at == 0 else names[::-1]
        return times.layout(layout, f"^{parts[0]} {parts[1]}$", names_to, columns)
    return None


def _filled(cells: Sequence[str], width: int) -> list[str]:
    """Return a row of a head with the words of merged cells in all of their columns."""
    row = [*cells, *[""] * (width - len(cells))]
    for i in range(1, width):
        row[i] = row[i] or row[i - 1]
    return row


@dataclass(frozen=True, slots=True)
class _Times:
    """Names that are times by one pattern, how they become one with their year, and why."""

    names: Sequence[str]
    pattern: str
    format: str
    why: Message

    def layout(
        self, layout: Layout, matches: str, names_to: Sequence[str], columns: Sequence[str]
    ) -> tuple[Layout, Message]:
        """Return ``layout`` with the columns whose names have a match as rows."""
        formats = tuple("{}" if name in {"kind", "part"} else self.format for name in names_to)
        unpivot = Unpivot(
            tuple(Name(name, _HERE) for name in names_to),
            Name(_free(("value", "amount", "cell"), columns), _HERE),
            matches=matches,
            names_format=formats if self.format != "{}" else (),
        )
        return replace(layout, unpivot=unpivot), self.why


def _times(names: Sequence[str], columns: Sequence[str], called: str) -> _Times | None:
    """Return which of ``names`` are times by the pattern that most of them have."""
    patterns = [*_ACROSS, *_in_words(names)]
    counts = [sum(re.search(p, name) is not None for name in names) for p, _ in patterns]
    if max(counts) < _ENOUGH:
        return None
    pattern, lacks_year = patterns[counts.index(max(counts))]
    found = [name for name in names if re.search(pattern, name)]
    first = list(dict.fromkeys(found))[:2]
    zh, en = f"{'、'.join(first)} …横排：变成行", f"{', '.join(first)} … lie across"
    en += ": they become rows"
    whole = "{}"
    if lacks_year and not any(tells_year(name) for name in columns):
        year = next(iter(_YEAR.findall(called)), None)
        if year is None:
            zh += "；没有年份：请把年份写进文件名，再重新生成"
            en += "; no year is told: put it into the file's name, and propose again"
        else:
            whole = _with_year(found[0], year)
    return _Times(found, pattern, whole, Message(zh, en))


def _free(wanted: Sequence[str], columns: Sequence[str]) -> str:
    return next(name for name in (*wanted, "column") if name not in columns)


def is_time(name: str) -> bool:
    """Tell whether a name is that of a month, quarter or year."""
    known = any(re.search(pattern, name) for pattern, _ in _ACROSS)
    return known or month_of(name) is not None or month_and_year(name) is not None


def _in_words(columns: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the patterns of columns that are months in the words of some language."""
    alone = [name for name in columns if month_of(name)]
    dated = [name for name in columns if month_and_year(name)]
    listed = [(names, names is alone) for names in (alone, dated) if names]
    return [(f"^({'|'.join(map(_escaped, names))})$", lacks) for names, lacks in listed]


def _with_year(name: str, year: str) -> str:
    """Return how a column's name becomes a time with its year."""
    if re.search(r"[0-9]月$", name):
        return f"{year}年{{}}"
    return f"{{}}-{year}" if re.fullmatch(_ENGLISH, name) else f"{{}} {year}"
