"""A workbook that comes back: which cells were edited, and what that makes of the files.

A cell counts as edited where it differs from what was exported (the marks tell) and from what
the file says now. One that was edited in both is a problem, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kpi_site.authoring.book.changing import Change, made, own_path, places
from kpi_site.authoring.book.columns import KEY, SHEETS, Column, SheetName, columns_of
from kpi_site.authoring.book.reading import Book, Given, GivenRow, Place
from kpi_site.authoring.book.rows import TOO_LONG, Row, Rows, digest, normal
from kpi_site.authoring.edits import Rewrite, read_text
from kpi_site.authoring.new_file import department_ids, modeline
from kpi_site.content import read_draft
from kpi_site.content.draft import Draft
from kpi_site.content.scalars import is_id
from kpi_site.content.yaml_tree import YamlTree
from kpi_site.problems import (
    Location,
    Message,
    Problem,
    did_you_mean,
    has_errors,
    in_order,
)

_REQUIRED: Final = frozenset({"id", "formula", "terms", "unit", "cycle", "indicator"})


@dataclass(slots=True)
class Coming:
    """What a workbook asks for: changes by file, files that are new or move, and problems."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)  # the text that a new file begins with
    moved: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    edited: int = 0

    def add(self, file: str, change: Change) -> None:
        """Note a change of a file."""
        self.changes.setdefault(file, []).append(change)
        self.edited += 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files as they will be, how many cells of them were edited, and what to look at."""

    rewrites: tuple[Rewrite, ...]
    edited: int
    warnings: tuple[Problem, ...] = ()


def compared(draft: Draft, rows: Rows, book: Book) -> Coming:
    """Compare a workbook with the files, cell by cell."""
    coming = Coming()
    languages = draft.catalog.site.languages
    for sheet in SHEETS:
        known = {row.key: row for row in rows[sheet]}
        columns = {column.name: column for column in columns_of(sheet, languages)}
        seen: dict[str, GivenRow] = {}
        above: Row | None = None
        for given in book.rows.get(sheet, ()):
            key = given.text("id" if sheet == "cards" else KEY)
            if key and key in seen:
                coming.problems.append(_twice(given, key, seen[key]))
                continue
            seen[key] = given
            row = known.get(key)
            if row is not None:
                marks = None if book.marks is None else book.marks.get((sheet, key), {})
                _edited(coming, row, given, columns, marks)
                above = row
            else:
                _new_row(coming, draft, sheet, (given, key, above), (columns, rows))
    return coming


def _twice(given: GivenRow, key: str, first: GivenRow) -> Problem:
    return given.at.problem(
        "listed-twice",
        f"“{key}”已在第 {first.number} 行",
        f"'{key}' stands on row {first.number} already",
        Message("新的一行请改编号，或把“位置”留空。", "Give a new row another id, or no key."),
    )


def _edited(
    coming: Coming,
    row: Row,
    given: GivenRow,
    columns: Mapping[str, Column],
    marks: Mapping[str, str] | None,
) -> None:
    """Note the cells of a known row that were edited."""
    for name, cell in given.cells.items():
        column, now = columns[name], normal(row.cells[name])
        if cell.text == now:
            continue
        exported = None if marks is None else marks.get(name, digest(""))
        if exported == digest(cell.text):
            continue  # the file went on, and the workbook did not touch it
        if exported is not None and exported != digest(now):
            coming.problems.append(_elsewhere(cell, now))
        elif TOO_LONG in {now, cell.text}:
            coming.problems.append(_by_hand(cell.at, row.file))
        elif not column.path:
            _own_column(coming, row, column, cell)
        elif not row.takes(column):
            coming.problems.append(_misfit(cell, column, row))
        elif not cell.text and column.path[-1] in _REQUIRED:
            coming.problems.append(_missing(cell, column))
        else:
            coming.add(row.file, Change(row.path(column), column, cell.text, cell.at))


def _own_column(coming: Coming, row: Row, column: Column, cell: Given) -> None:
    """Note a card that moves to another department; other such cells only tell the place."""
    if column.name == "department":
        target = f"content/indicators/{cell.text}/{row.key}.yml"
        coming.moved[row.file] = target
        coming.edited += 1
        return
    coming.problems.append(cell.at.problem(
        "key-does-not-fit",
        f"“{column.name}”说明这一行的位置，不能改成“{cell.text}”",
        f"'{column.name}' tells the place of the row, and cannot become '{cell.text}'",
    ))  # fmt: skip


def _new_row(
    coming: Coming,
    draft: Draft,
    sheet: SheetName,
    row: tuple[GivenRow, str, Row | None],
    known: tuple[Mapping[str, Column], Rows],
) -> None:
    given, key, above = row
    columns, rows = known
    if sheet == "cards":
        _new_card(coming, draft, given, columns)
        return
    if key:
        coming.problems.append(_gone(given, key))
        return
    filled = {n: g for n, g in given.cells.items() if g.text and columns[n].path}
    if sheet == "scorecards":
        _new_line(coming, given, above, columns, filled)
        return
    owner = given.text("of_what")
    holders = {
        r.key: r for r in (*rows["cards"], *rows["scorecards"]) if r.kind in {"card", "line"}
    }
    if owner not in holders:
        coming.problems.append(given.cells.get("of_what", Given("", given.at)).at.problem(
            "unknown-indicator" if owner else "missing-key",
            f"没有指标卡或考核项“{owner}”" if owner else "没有写属于哪张卡",
            f"no card or line '{owner}'" if owner else "it is not told which card it belongs to",
            did_you_mean(owner, holders) if owner else None,
        ))  # fmt: skip
        return
    holder = holders[owner]
    parts = tuple((columns[n], g.text, g.at) for n, g in filled.items())
    path = (*holder.place, "thresholds")
    coming.add(holder.file, Change(path, None, "", given.at, parts=parts))


def _new_line(
    coming: Coming,
    given: GivenRow,
    above: Row | None,
    columns: Mapping[str, Column],
    filled: Mapping[str, Given],
) -> None:
    """Note a new line, behind the row above it in the workbook."""
    name = given.text("scorecard")
    if above is None or above.owner != name:
        coming.problems.append(given.at.problem(
            "unknown-scorecard",
            f"新的一行要写在记分卡“{name}”的行下面",
            f"a new row must stand below a row of the scorecard '{name}'",
        ))  # fmt: skip
        return
    misfits = [n for n in filled if not Row("", "", (), "line").takes(columns[n])]
    for each in misfits:
        coming.problems.append(_misfit(filled[each], columns[each], Row("", "", (), "line")))
    if above.kind in {"scorecard", "group"}:
        path, at = (*above.place, "lines"), 0
    else:
        path, at = above.place[:-1], int(above.place[-1]) + 1
    parts = tuple((columns[n], g.text, g.at) for n, g in filled.items() if n not in misfits)
    coming.add(above.file, Change((*path, at), None, "", given.at, parts=parts))


def _new_card(coming: Coming, draft: Draft, given: GivenRow, columns: Mapping[str, Column]) -> None:
    """Note a card that is not there yet: a file with what its row tells."""
    name, department = given.text("id"), given.text("department")
    at = {n: given.cells.get(n, Given("", given.at)).at for n in ("id", "department")}
    if not is_id(name):
        coming.problems.append(at["id"].problem(
            "bad-id",
            f"标识“{name}”不合规则",
            f"'{name}' is not a valid id",
            Message("只用小写英文字母、数字和下划线，以字母开头。",
                    "Use lower-case letters, digits and underscores, starting with a letter."),
        ))  # fmt: skip
        return
    if department not in department_ids(draft):
        coming.problems.append(at["department"].problem(
            "unknown-department",
            f"未知的部门“{department}”",
            f"unknown department '{department}'",
            did_you_mean(department, department_ids(draft)),
        ))  # fmt: skip
        return
    file = f"content/indicators/{department}/{name}.yml"
    coming.new[file] = f"{modeline('indicator', file)}\nid: {name}\n"
    for each, cell in given.cells.items():
        column = columns[each]
        if column.path and each != "id" and cell.text:
            coming.add(file, Change(own_path(column), column, cell.text, cell.at))


def outcome(draft: Draft, coming: Coming, *, today: date) -> Outcome | tuple[Problem, ...]:
    """Return the files as the workbook wants them, or what is wrong: then nothing is written."""
    root, languages = draft.catalog.site.root, draft.catalog.site.languages
    problems = list(coming.problems)
    rewrites = []
    for file in sorted({*coming.changes, *coming.moved}):
        before = coming.new.get(file) or read_text(root / file)
        after, wrong = made(before, coming.changes.get(file, ()), languages)
        problems += wrong
        rewrites.append(Rewrite(file, coming.moved.get(file, file), before, after))
    if problems:
        return in_order(problems)
    instead: dict[str, bytes | None] = {r.file: None for r in rewrites if r.file != r.target}
    instead |= {r.target: r.after.encode() for r in rewrites}
    was = {(p.where.file, p.code, p.message) for p in read_draft(root, today=today)[1]}
    found = read_draft(root, today=today, instead=instead)[1]
    new = [p for p in found if (p.where.file, p.code, p.message) not in was]
    told = {r.target: (r, coming.changes.get(r.file, [])) for r in rewrites}
    new = [_at_its_cell(found, told) for found in new]
    if has_errors(new):
        return in_order(new)
    changed = tuple(r for r in rewrites if r.before != r.after or r.file != r.target)
    return Outcome(changed, coming.edited, in_order(new))


def _at_its_cell(found: Problem, told: Mapping[str, tuple[Rewrite, Sequence[Change]]]) -> Problem:
    """Return a problem of a file that is to be at the cell that makes it so."""
    if found.where.file not in told or not told[found.where.file][1]:
        return found
    rewrite, changes = told[found.where.file]
    at = _nearest(rewrite, changes, found.where)
    message = Message(f"{at.name}：{found.message.zh}", f"{at.name}: {found.message.en}")
    return Problem(at.where, found.code, message, found.hint, found.severity)


def _nearest(rewrite: Rewrite, changes: Sequence[Change], where: Location) -> Place:
    """Return the cell whose value stands at ``where``: the innermost one, else the first."""
    tree = YamlTree(rewrite.after)
    lines = rewrite.after.splitlines(keepends=True)
    offset = sum(map(len, lines[: max(where.line - 1, 0)])) + max(where.column - 1, 0)
    best: tuple[int, Place] | None = None
    for path, at in places(changes):
        key = tree.key(path) if isinstance(path[-1], str) else None
        node = tree.at(path)
        if node is None:
            continue
        start, end = tree.span(node)
        start = key.start_mark.index if key is not None else start
        if start <= offset <= end and (best is None or end - start < best[0]):
            best = (end - start, at)
    return changes[0].at if best is None else best[1]


def _elsewhere(cell: Given, now: str) -> Problem:
    shown = now if len(now) <= 40 else now[:39] + "…"
    return cell.at.problem(
        "edited-elsewhere",
        f"导出之后，文件里的这一处也改过，现在是“{shown}”",
        f"the file was edited here too since the export, and says '{shown}' now",
        Message(
            "请重新导出，把改动写进新的工作簿；或把这一格改成文件里现在的内容。",
            "Export again and edit the new workbook, or write what the file says now.",
        ),
    )


def _by_hand(at: Place, file: str) -> Problem:
    return at.problem(
        "cannot-be-edited",
        f"这一处不能从工作簿改，请直接改 {file}",
        f"this cannot be edited from a workbook: edit {file}",
    )


def _misfit(cell: Given, column: Column, row: Row) -> Problem:
    kind = {"scorecard": ("记分卡", "scorecard"), "group": ("分组", "group")}
    zh, en = kind.get(row.kind, ("考核项", "line"))
    return cell.at.problem(
        "key-does-not-fit",
        f"{zh}没有“{column.path[-1]}”这个键",
        f"a {en} has no key '{column.path[-1]}'",
    )


def _missing(cell: Given, column: Column) -> Problem:
    key = column.path[-1]
    return cell.at.problem("missing-key", f"缺少键“{key}”", f"missing key '{key}'")


def _gone(given: GivenRow, key: str) -> Problem:
    return given.at.problem(
        "row-without-place",
        f"文件里没有“{key}”这个位置了",
        f"the files have no place '{key}' any more",
        Message(
            "若是新的一行，请把“位置”清空；否则请重新导出。",
            "Clear the key if the row is new, or export again.",
        ),
    )
