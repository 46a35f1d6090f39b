"""Rows of a file with a declared layout: one way for CSV and sheets, cell by cell.

Title rows, heads of several rows, comments, empty rows, an end before the file's, months that
lie across: what comes out are rows of text as from any other file, and every cell keeps the
place where it stands in the file. Rules: specification.md#file-layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from kpi_site.catalog import Dataset, Field, Layout, Unpivot
from kpi_site.problems import Location, Message, Problem, problem, unknown
from kpi_site.tables.bad_cells import bad_cell
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.broken_records import EmptyRows, header_again
from kpi_site.tables.convert import convert
from kpi_site.tables.header import check_header, one_line
from kpi_site.tables.laid_out_head import head_of, joined, names_of, no_header, told_in_head
from kpi_site.tables.lines import Line, is_blank
from kpi_site.tables.quoting import shown
from kpi_site.tables.scanner import Record
from kpi_site.tables.times import cell_reader

_ROWS = 50_000  # held at once


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Rows of the file ``name``, of which ``lines`` are read by the dataset's layout.

    ``typed`` says that the lines are of a sheet: days come in ISO, empty rows are no fault.
    """

    name: str
    dataset: Dataset
    zone: str
    typed: bool = False

    @property
    def layout(self) -> Layout:
        """The dataset's layout."""
        return self.dataset.layout

    def batches(self, lines: Iterator[Line]) -> Iterator[Batch]:
        """Yield the rows in order, or the problems that keep the lines from being read."""
        head = head_of(self, lines)
        cells = names_of(self, head)
        if not cells:
            yield _only(no_header(self))
            return
        plan = _plan(self, cells, head)
        if not isinstance(plan, _Plan):
            yield _only(*plan)
            return
        yield from _rows(self, plan, lines)

    def passes_over(self, line: Line) -> bool:
        """Tell whether the line is a comment."""
        mark = self.layout.comment
        return mark is not None and line.size > 0 and line.text(0, None).startswith(mark)

    def told(self, line: Line, index: int, declared: Field | None) -> str:
        """Return the text of a cell, without blanks around it where the layout says so."""
        text = line.text(index, declared)
        return text.strip() if self.layout.trim else text


def _only(*problems: Problem) -> Batch:
    return Batch(pl.DataFrame(), lambda _: {}, problems)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which cell of a line goes where: by its index, with the column that takes it."""

    header: tuple[str, ...]
    columns: tuple[tuple[int, Field], ...]
    across: tuple[tuple[int, tuple[Cell, ...]], ...] = ()  # cells with names that become values
    end: int | None = None  # the cell that tells the end of the rows
    values: Field | None = None
    names: tuple[Field, ...] = ()
    nameless: tuple[int, ...] = ()
    told: tuple[str, ...] = ()  # the names as they stand in the file


def _plan(
    file: LaidOut, head: Sequence[Cell], lines: Sequence[Line]
) -> _Plan | tuple[Problem, ...]:
    dataset, unpivot = file.dataset, file.layout.unpivot
    own = {str(f.name): f for f in dataset.fields}
    names: tuple[Field, ...] = ()
    values = None
    if unpivot is not None:
        names = tuple(own.pop(str(name)) for name in unpivot.names_to)
        values = own.pop(str(unpivot.values_to))
    named = [cell for cell in head if cell.text]
    across = [cell.text for cell in named if unpivot and _lies_across(cell.text, unpivot, own)]
    expected = [*own, *(map(str, unpivot.columns) if unpivot else ())]
    if problems := check_header(named, [*expected, *(n for n in across if n not in expected)]):
        return problems
    if unpivot is not None and not across:
        return (_none_across(unpivot, head[0].where),)
    index = {cell.text: i for i, cell in enumerate(head) if cell.text}
    plan = _Plan(
        tuple(cell.text for cell in head),
        tuple((index[name], declared) for name, declared in own.items()),
        tuple((index[n], _told(file, names, lines, index[n], head[index[n]])) for n in across),
        _end(file, index),
        values,
        names,
        tuple(i for i, cell in enumerate(head) if not cell.text),
        tuple(joined(file, lines, index).text for index in range(len(head))),
    )
    until = file.layout.until
    if until is not None and plan.end is None:
        return (unknown(until.column.where, "unknown-column", _COLUMN, until.column, index),)
    return _bad_names(file, plan) or _in_iso(file, plan)


def _in_iso(file: LaidOut, plan: _Plan) -> _Plan:
    """Return the plan with names that are days as the days of typed files come."""
    if not file.typed:
        return plan
    reads = [cell_reader(field, file.zone) if field.format else None for field in plan.names]
    across = tuple(
        (index, tuple(_as_day(cell, read) for cell, read in zip(cells, reads, strict=True)))
        for index, cells in plan.across
    )
    return replace(plan, across=across)


def _as_day(cell: Cell, read: Callable[[str], date | None] | None) -> Cell:
    day = read(cell.text) if read is not None else None
    return cell if day is None else cell._replace(text=day.isoformat().replace("T", " "))


_COLUMN = Message("列", "column")


def _lies_across(name: str, unpivot: Unpivot, own: Collection[str]) -> bool:
    if unpivot.matches is None:
        return name in unpivot.columns
    return name not in own and re.search(unpivot.matches, name) is not None


def _told(
    file: LaidOut, names: Sequence[Field], lines: Sequence[Line], index: int, whole: Cell
) -> tuple[Cell, ...]:
    """Return the values that a column's name makes: the whole, or what each line of it says."""
    unpivot = file.layout.unpivot
    assert unpivot is not None
    if len(names) == 1:
        parts = [whole]
    else:
        parts = [
            line.cell(index, one_line(told_in_head(file, lines, line, index))) for line in lines
        ]
    formats = unpivot.names_format or ("{}",) * len(parts)
    return tuple(
        cell._replace(text=form.replace("{}", cell.text))
        for cell, form in zip(parts, formats, strict=True)
    )


def _none_across(unpivot: Unpivot, where: Location) -> Problem:
    return problem(
        where,
        "missing-column",
        zh=f"没有列名符合 unpivot 的 {unpivot.matches}",
        en=f"no column's name matches {unpivot.matches} of 'unpivot'",
    )


def _end(file: LaidOut, index: Mapping[str, int]) -> int | None:
    until = file.layout.until
    return None if until is None else index.get(str(until.column))


def _bad_names(file: LaidOut, plan: _Plan) -> tuple[Problem, ...]:
    """Return the problems of names that are no values of their column: once, in the head."""
    found: list[Problem] = []
    for number, names in enumerate(plan.names):
        cells = list({cells[number].where: cells[number] for _, cells in plan.across}.values())
        texts = pl.DataFrame({str(names.name): [cell.text for cell in cells]})
        bad = convert(texts, file.dataset, (names,), file.zone).bad
        missing = file.dataset.missing_values
        found += (bad_cell(names, cells[row], missing, file.zone) for row, _ in bad)
    return tuple(found)


@dataclass(slots=True)
class _Group:
    """Rows that are being gathered: texts by column, and where each of them came from."""

    plan: _Plan
    rows: list[list[str]] = field(default_factory=list)
    places: list[tuple[Line, int]] = field(default_factory=list)  # the column that lay across
    problems: list[Problem] = field(default_factory=list)


def _rows(file: LaidOut, plan: _Plan, lines: Iterator[Line]) -> Iterator[Batch]:
    group, empty = _Group(plan), EmptyRows(file.name)
    ended = file.layout.until is None
    last = 0
    for line in lines:
        last = line.number
        if file.passes_over(line):
            continue
        if is_blank(line):
            if not (file.layout.skip_blank or file.typed):
                group.problems += empty.seen(Record(line.number, "", ()))
            continue
        group.problems += empty.ended()
        if _is_end(file, plan, line):
            ended = True
            break
        _take(file, plan, line, group)
        if len(group.rows) >= _ROWS:
            yield _batch(file, group)
            group = _Group(plan)
    if file.layout.skip_blank:
        empty.ended()
    group.problems += empty.ended()
    if not ended:
        group.problems.append(_no_end(file, last))
    yield _batch(file, group)


def _is_end(file: LaidOut, plan: _Plan, line: Line) -> bool:
    until = file.layout.until
    if until is None or plan.end is None:
        return False
    return re.search(until.matches, line.text(plan.end, None).strip()) is not None


def _no_end(file: LaidOut, last: int) -> Problem:
    until = file.layout.until
    assert until is not None
    return problem(
        Location(file.name, max(last, 1), 1),
        "no-end-of-rows",
        zh=f"到文件末尾也没有 {until.column} 符合 {until.matches} 的行",
        en=f"no row has a {until.column} that matches {until.matches}, up to the file's end",
        hint_zh="文件可能不完整；若本来没有，请去掉 rows 的 until。",
        hint_en="The file may have been cut off. If there is no such row, leave `until` out.",
        severity="warning",
    )


def _take(file: LaidOut, plan: _Plan, line: Line, group: _Group) -> None:
    """Add the rows that a line makes, or what is wrong with it."""
    found = line.faults(plan.header) or tuple(_surplus(plan, line))
    if not found and _names_again(file, plan, line):
        found = (header_again(Location(file.name, line.number, 1)),)
    if found:
        group.problems += found
        return
    own = [file.told(line, index, declared) for index, declared in plan.columns]
    if plan.values is None:
        group.rows.append(own)
        group.places.append((line, -1))
        return
    missing = file.dataset.missing_values
    for position, (index, cells) in enumerate(plan.across):
        value = file.told(line, index, plan.values)
        if (value == "" or value in missing) and not plan.values.required:
            continue
        group.rows.append([*own, *(cell.text for cell in cells), value])
        group.places.append((line, position))


def _surplus(plan: _Plan, line: Line) -> Iterator[Problem]:
    """Yield the problems of cells that hold something in columns without a name."""
    for index in (*plan.nameless, *range(len(plan.header), line.size)):
        if (text := line.text(index, None)).strip():
            cell = line.cell(index, text)
            place = f"{cell.label} " if cell.label else ""
            yield problem(
                cell.where,
                "too-many-cells",
                zh=f"{place}“{shown(text)}”在没有列名的列里",
                en=f"{place}'{shown(text)}' stands in a column without a name",
                hint_zh="请给该列加列名，或删去这一格；表下的说明可以用 rows 的 until 略去。",
                hint_en="Name the column, or delete the cell; notes below the rows can be left out "
                "with `until` of `rows`.",
            )


def _names_again(file: LaidOut, plan: _Plan, line: Line) -> bool:
    return all(
        one_line(file.told(line, index, None)) == name
        for index, name in enumerate(plan.told)
        if name
    )


def _batch(file: LaidOut, group: _Group) -> Batch:
    plan = group.plan
    names = [str(declared.name) for _, declared in plan.columns]
    if plan.values is not None:
        names += [str(declared.name) for declared in (*plan.names, plan.values)]
    texts = pl.DataFrame(
        [[row[i] or None for row in group.rows] for i in range(len(names))],
        schema=dict.fromkeys(names, pl.String),
    ).select(str(declared.name) for declared in file.dataset.fields)
    finder = _Finder(plan, tuple(names), tuple(group.rows), tuple(group.places))
    return Batch(texts, finder, tuple(group.problems), iso=file.typed)


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds rows among those at hand; each cell where it stands in the file."""

    plan: _Plan
    names: tuple[str, ...]
    rows: tuple[list[str], ...]
    places: tuple[tuple[Line, int], ...]

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        return {i: dict(zip(self.names, self._cells(i), strict=True)) for i in indices}

    def _cells(self, number: int) -> Iterator[Cell]:
        (line, across), texts = self.places[number], self.rows[number]
        for (index, _), text in zip(self.plan.columns, texts, strict=False):
            yield line.cell(index, text)
        if across >= 0:
            index, names = self.plan.across[across]
            yield from names
            yield line.cell(index, texts[-1])
