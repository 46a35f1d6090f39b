"""What stands among and below the rows of a file: empty lines, remarks, notes, other tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kpi_site.authoring.survey.across import Grid, escaped
from kpi_site.catalog import Layout, Until
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.total_words import CALLED, TOTAL_WORDS

_HERE: Final = Location("")
_NOTE: Final = re.compile(
    r"^(注|备注|说明|附注|制表|编制|审核|复核|填表|负责人|来源|数据来源|资料来源|Notes?\b|Sources?\b|Remarks?\b"
    r"|Stand:|Prepared by|Approved by|Signature|Erstellt|Geprüft|Unterschrift|作成者|承認"
    r"|\([0-9,]+ rows?\)|共 ?[0-9,]+ ?[条笔行]|Copyright\b|Grand Totals? \("
    r"|Quellen?\b|Hinweis|Anmerkung|Fuente\b|Nota\b|Remarques?\b|Fonte\b|Bron\b)"
)
_OPENING: Final = re.compile(r"[^0-9:：]{2,24}[:：]?|.{1,24}")  # of a note, before what changes


def what_ends(
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


def rule(cells: Sequence[str]) -> str | None:
    """Return the sign of which a line across the page is made, as lists of SAP have them."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return told[0][0] if len(told) == 1 and re.fullmatch(r"[-=_*+]{5,}", told[0]) else None


def _mark(below: Grid) -> str | None:
    """Return the sign with which lines begin that are no rows: remarks, lines across the page.

    Remarks hold less than the rows do: orders that are called #1001 are rows.
    """
    lines = [cells for _, cells in below if cells and not rule(cells)]
    remarks = [_filled(cells) for cells in lines if cells[0].startswith("#")]
    rows = sorted(_filled(cells) for cells in lines if not cells[0].startswith("#"))
    if remarks and rows and max(remarks) <= rows[len(rows) // 2] // 2:
        return "#"
    rules = {cells[0][:1] for _, cells in below if cells and rule(cells)}
    rules -= {"", *(cells[0][:1] for cells in lines)}
    return rules.pop() if len(rules) == 1 else None


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _end(rows: Grid, columns: Sequence[str]) -> Until | None:
    """Return what begins what stands below the rows: another table, a total, a word for a note."""
    rows = [row for row in rows if not rule(row[1])]
    if (other := _other_table(rows)) is not None:
        until = _until(rows, other, columns, whole=True)
        if until is not None:
            return until
    tail, few = len(rows), max(2, min(3, (len(columns) + 1) // 2))
    while tail and (_filled(rows[tail - 1][1]) < few or _NOTE.match(_first(rows[tail - 1][1]))):
        tail -= 1
    if tail == len(rows) or not tail or len(columns) < 3:
        return None  # a total at the very end is better checked than left out
    for index, cell in enumerate(rows[tail - 1][1]):
        if cell.strip() in TOTAL_WORDS and index < len(columns):
            return Until(Name(columns[index], _HERE), f"^{escaped(cell.strip())}$")
    return _until(rows, tail, columns, whole=False)


def _other_table(rows: Grid) -> int | None:
    """Return which row names the columns of another table.

    Words alone stand there, all different, where all rows above have digits; what follows is
    like the row, or unlike those above.
    """
    counted: set[int] | None = None
    for i, (_, cells) in enumerate(rows[:-1]):
        words = [cell.strip() for cell in cells if cell.strip()]
        if (
            counted is not None and i > 2
            and sum(bool(cell_of(cells, j)) for j in counted) > 1
            and not any(c.isdigit() for word in words for c in word)
            and len({*words}) == len(words) and not any(map(_is_called, words))
            and not all(_is_counted(rows[i + 1][1], j) for j in counted)
        ):  # fmt: skip
            return i
        told = {j for j, cell in enumerate(cells) if cell.strip()}
        digits = {j for j in told if _is_counted(cells, j)}
        counted = digits if counted is None else counted - (told - digits)
    return None


def _is_called(word: str) -> bool:
    return word in TOTAL_WORDS or re.search(CALLED, word) is not None


def _is_counted(cells: Sequence[str], index: int) -> bool:
    return any(c.isdigit() for c in cell_of(cells, index))


def _until(rows: Grid, at: int, columns: Sequence[str], *, whole: bool) -> Until | None:
    """Return the end of the rows by the first words of the row ``at``, by all of them or a part."""
    note = rows[at][1]
    index = next(i for i, cell in enumerate(note) if cell.strip())
    if index >= len(columns):
        return None
    text = note[index].strip()
    before = [cell_of(row, index) for _, row in rows[:at]]
    if whole or text in TOTAL_WORDS:  # its sums are formulas that were never worked out
        sound = not whole or text not in before
        return Until(Name(columns[index], _HERE), f"^{escaped(text)}$") if sound else None
    told, apart = _NOTE.match(text), rows[at][0] > rows[at - 1][0] + 1
    opening = told or (_OPENING.match(text) if apart else None)
    if opening is None or any(cell.startswith(opening[0]) for cell in before):
        return None
    told_so = re.sub("[0-9]+", "[0-9]+", escaped(opening[0].rstrip()))  # the next file has others
    return Until(Name(columns[index], _HERE), f"^{told_so}")


def _first(cells: Sequence[str]) -> str:
    return next((cell.strip() for cell in cells if cell.strip()), "")


def cell_of(row: Sequence[str], index: int) -> str:
    """Return a cell without blanks around it; nothing behind the end of its row."""
    return row[index].strip() if index < len(row) else ""
