"""The table in a sheet of somebody else's: which row has the heads, and what rows below it hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kpi_site.authoring.book.draft_card import Mapped
from kpi_site.authoring.book.reading import Cells, Place
from kpi_site.problems import Location, Message, Problem, did_you_mean

_LOOKED_AT: Final = 40  # rows, for the heads
_FEW: Final = 3  # columns: of fewer, a row with a name alone may well be an indicator
Texts = Mapping[str, tuple[str, Place]]
"""What a row holds by the head of the column, and where."""


_NAMES_AGAIN: Final = frozenset({
    "name", "kpi", "kpis", "kpi name", "name of kpi", "indicator", "indicator name", "indicators",
    "name of indicator", "metric", "metric name", "measure", "title", "指标", "指标名称", "名称",
})  # fmt: skip
"""What the column of names is called in a second row of heads, in another language."""


@dataclass(frozen=True, slots=True)
class _Merged:
    """Merged cells: their first row, and their columns."""

    top: int
    columns: frozenset[int]


_Heads = Mapping[int, list[str]]
"""The heads of each column, the lowest first."""
_Areas = Mapping[tuple[int, int], _Merged]
"""The merged cells that a cell is one of."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the heads that are asked for."""

    cells: Cells
    maps: Mapped
    head: int
    columns: Mapping[str, int]
    heads: _Heads
    merged: _Areas

    def rows(self, passed: list[str]) -> Iterator[Texts]:
        """Yield the rows that may be indicators; others with a text are told in ``passed``.

        Rows over which the name is merged are one, with their texts one below another.
        """
        known: dict[str, tuple[str, Place]] = {}
        for row in range(self.head + 1, self.cells.values.max_row + 1):
            texts = {h: (self._shown(row, c), self.cells.place(row, c)) for h, c in self._each()}
            name = self._name(texts)
            if known and name is not None and self._goes_on(row, name):
                known = {h: (_below(t, texts[h][0]), at) for h, (t, at) in known.items()}
                continue
            if known:
                yield known
            known = texts if self._is_one(row, name, texts, passed) else {}
        if known:
            yield known

    def _is_one(self, row: int, name: int | None, texts: Texts, passed: list[str]) -> bool:
        """Tell whether a row may be an indicator: not a name alone, nor a text across columns."""
        filled = {self.columns[h]: text for h, (text, _) in texts.items() if text}
        mapped = set(self.columns.values())
        if name is None:
            fine, told = False, next(iter(filled), None) if len(filled) > 1 else None
        else:
            alone = filled.keys() <= self._names() and len(mapped) >= _FEW
            across = (row, name) in self.merged and self.merged[row, name].columns & mapped
            again = row == self.head + 1 and filled[name].casefold() in _NAMES_AGAIN
            fine = not alone and not again and (not across or len(across) == 1)
            told = None if fine else name
        if told is not None:
            passed.append(f"{self.cells.place(row, told).name}: {_short(filled[told])}")
        return fine

    def _names(self) -> set[int]:
        return {self.columns[head] for key, head in self.maps if key.split(".")[0] == "name"}

    def _name(self, texts: Texts) -> int | None:
        """Return the first column with a name in it."""
        columns = self._names()
        return next((c for h, c in self._each() if c in columns and texts[h][0]), None)

    def _goes_on(self, row: int, name: int) -> bool:
        """Tell whether a row's name is merged with that of the row above."""
        area = self.merged.get((row, name))
        return area is not None and self.head < area.top < row

    def ignored(self) -> list[str]:
        """Return the heads of columns that nobody asks for."""
        taken = set(self.columns.values())
        return [texts[0] for column, texts in sorted(self.heads.items()) if column not in taken]

    def _each(self) -> Iterator[tuple[str, int]]:
        yield from self.columns.items()

    def _shown(self, row: int, column: int) -> str:
        """Return a cell's text; a number that the sheet shows as a percentage is one."""
        cell = self.cells.values.cell(row, column)
        text = self.cells.text(row, column).strip()
        number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
        if number and "%" in str(cell.number_format):
            return f"{(Decimal(text) * 100).normalize():f}%"
        return text


def table_of(
    opened: tuple[Any, Any], file: str, maps: Mapped, wanted: str | None, problems: list[Problem]
) -> Table | None:
    """Return the table of a workbook that has the heads; where there is none, say why."""
    values, formulas = opened
    title = _sheet(values, file, wanted, maps, problems)
    if title is None:
        return None
    cells = Cells(file, title, values[title], formulas[title], problems)
    merged = _fill_merged(values[title])
    found = _head(cells, maps)
    if found is None:
        problems += _no_head(cells, maps)
        return None
    row, texts = found
    wrong = list(_twice(cells, maps, row, texts, merged))
    if wrong:
        problems += wrong
        return None
    columns = {head: _over(texts, head)[0] for _, head in maps}
    return Table(cells, maps, row, columns, texts, merged)


def _sheet(
    values: Any, file: str, wanted: str | None, maps: Mapped, problems: list[Problem]
) -> str | None:
    """Return the sheet: the one that is asked for, else the first with the most of the heads."""
    if wanted is not None:
        if wanted in values:
            return wanted
        hint = did_you_mean(wanted, values.sheetnames)
        message = Message(f"未知的工作表“{wanted}”", f"unknown sheet '{wanted}'")
        problems.append(Problem(Location(file), "no-such-sheet", message, hint))
        return None

    def match(title: str) -> int:
        cells = Cells(file, title, values[title], values[title], [])
        return max(_wanted(maps, _heads(cells, row)) for row in _looked_at(cells))

    return str(max(values.sheetnames, key=match))


def _fill_merged(sheet: Any) -> _Areas:
    """Give every cell of merged ones what the first of them holds; return which are merged."""
    merged: dict[tuple[int, int], _Merged] = {}
    for each in [str(area) for area in sheet.merged_cells.ranges]:
        first, *others = cells = [cell for row in sheet[each] for cell in row]
        sheet.unmerge_cells(each)
        for cell in others:
            sheet.cell(cell.row, cell.column).value = first.value
            sheet.cell(cell.row, cell.column).number_format = first.number_format
        area = _Merged(first.row, frozenset(cell.column for cell in cells))
        merged |= {(cell.row, cell.column): area for cell in cells}
    return merged


def _plain(head: str) -> str:
    """Return a head as it is compared: without blanks, line breaks, and kinds of brackets."""
    text = head.translate(str.maketrans("（）：", "():")).casefold()
    return re.sub(r"\s+", "", text).rstrip(":*")


def _looked_at(cells: Cells) -> range:
    return range(1, min(cells.values.max_row, _LOOKED_AT) + 1)


def _heads(cells: Cells, row: int) -> _Heads:
    """Return the heads by column that end in a row: its own and that of the row above it."""
    own = cells.row(row)
    above = cells.row(row - 1) if row > 1 else [""] * len(own)
    both = enumerate(zip(own, above, strict=True), start=1)
    return {column: found for column, texts in both if (found := [t for t in texts if t])}


def _over(heads: _Heads, wanted: str) -> list[int]:
    """Return the columns under a head that is asked for."""
    plain = _plain(wanted)
    return [c for c, texts in heads.items() if any(_plain(text) == plain for text in texts)]


def _wanted(maps: Mapped, heads: _Heads) -> int:
    """Return how many of the heads that are asked for are there."""
    return len({_plain(head) for _, head in maps if _over(heads, head)})


def _head(cells: Cells, maps: Mapped) -> tuple[int, _Heads] | None:
    """Return the last row of the heads, and all of them by column, if they are all there."""
    wanted = {_plain(head) for _, head in maps}
    for row in _looked_at(cells):
        own = {_plain(text) for text in cells.row(row) if text}
        heads = _heads(cells, row)
        if wanted & own and _wanted(maps, heads) == len(wanted):
            return row, heads
    return None


def _twice(
    cells: Cells,
    maps: Mapped,
    row: int,
    heads: _Heads,
    merged: _Areas,
) -> Iterator[Problem]:
    """Yield each head that is asked for and stands over two columns, which are not merged."""
    for head in dict.fromkeys(head for _, head in maps):
        first, *others = _over(heads, head)
        areas = [merged[at] for at in ((row, first), (row - 1, first)) if at in merged]
        for column in [c for c in others if not any(c in a.columns for a in areas)][:1]:
            here, before = (
                cells.place(row - (_plain(cells.text(row, c)) != _plain(head)), c)
                for c in (column, first)
            )
            yield here.problem(
                "duplicate-column",
                f"列“{head}”在 {before.name} 已有一个",
                f"there is another column '{head}' at {before.name}",
                Message(
                    "请给其中一列换个名字，或写上下两行列名中不同的那一个。",
                    "Give one of them another head; of heads in two rows, tell the one that "
                    "differs.",
                ),
            )


def _no_head(cells: Cells, maps: Mapped) -> Iterator[Problem]:
    """Yield the heads that are not there, by the row that has most of them."""
    rows = {row: _heads(cells, row) for row in _looked_at(cells)}
    best = max(rows, key=lambda row: (_wanted(maps, rows[row]), len(rows[row])))
    heads = [text for texts in rows[best].values() for text in texts]
    for head in {_plain(head): head for _, head in maps}.values():
        if not _over(rows[best], head):
            yield cells.place(best, 1).problem(
                "unknown-column",
                f"这一行没有名为“{head}”的列",
                f"this row has no column '{head}'",
                did_you_mean(head, heads),
            )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _below(text: str, more: str) -> str:
    """Return a text with another below it, unless that says nothing new."""
    return "\n".join(dict.fromkeys(part for part in (*text.split("\n"), more) if part))
