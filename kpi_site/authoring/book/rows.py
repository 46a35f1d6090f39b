"""What stands in the files, row by row and cell by cell: what the workbook shows of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import yaml

from kpi_site.authoring.book.columns import Column, SheetName, columns_of
from kpi_site.authoring.edits import read_text
from kpi_site.content.draft import Draft
from kpi_site.content.yaml_source import parse_yaml
from kpi_site.content.yaml_tree import Path, YamlTree
from kpi_site.problems import Problem
from kpi_site.tables.sheet_texts import text_of
from kpi_site.words import word
from kpi_site.yaml_core import kind_of

MOST_TEXT: Final = 32_767
"""Characters that a cell holds."""
SEPARATORS: Final = re.compile("[,，、;；\n]")
Cell = str | float
RowKind = str
_FITS: Final[Mapping[RowKind, frozenset[str]]] = {
    "scorecard": frozenset({
        "key", "scorecard", "title", "about", "assessed", "cycle", "scored", "missing", "start",
        "for_each", "grades",
    }),
    "group": frozenset({"key", "scorecard", "no", "title", "notes"}),
}  # fmt: skip
_OF_SCORECARDS: Final = frozenset({"about", "scored", "missing", "start", "for_each", "grades"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, the file and the place in it that it shows, and its cells by column.

    ``kind`` is card, scorecard, group, line or set. ``owner`` is the card, scorecard or line
    that it belongs to; ``sets`` leads to the set of thresholds in force.
    """

    key: str
    file: str
    place: Path
    kind: RowKind
    owner: str = ""
    sets: Path = ()
    percent: bool = False
    cells: Mapping[str, Cell] = field(default_factory=dict)

    def path(self, column: Column) -> Path:
        """Return where in the file the value of ``column`` stands, or would."""
        if column.name.startswith("thresholds."):
            return (*(self.sets or (*self.place, "thresholds")), column.path[-1])
        return (*self.place, *column.path)

    def takes(self, column: Column) -> bool:
        """Tell whether ``column`` means something in this row."""
        name = column.path[0] if column.path else column.name
        if self.kind in _FITS:
            return name in _FITS[self.kind]
        return self.kind != "line" or name not in _OF_SCORECARDS


Rows = Mapping[SheetName, tuple[Row, ...]]


def rows_of(draft: Draft) -> tuple[Rows, tuple[Problem, ...]]:
    """Return all rows of the workbook, in the order of the files; problems of unsound YAML."""
    root, languages = draft.catalog.site.root, draft.catalog.site.languages
    columns = {sheet: columns_of(sheet, languages) for sheet in _SHEETS.values()}
    percents = {
        entry.name
        for entry in draft.indicators
        if entry.value is not None and entry.value.unit.kind == "percent"
    }
    problems: list[Problem] = []
    rows: dict[SheetName, list[Row]] = {sheet: [] for sheet in columns}
    cards = sorted((*draft.indicators, *draft.unfinished), key=lambda entry: entry.file)
    files = [(e.file, e.name, "card") for e in cards]
    for file, name, kind in [*files, *((e.file, e.name, "scorecard") for e in draft.scorecards)]:
        text = read_text(root / file)
        _, wrong = parse_yaml(text.encode(), file)
        problems += wrong
        if wrong:
            continue
        tree = YamlTree(text)
        for bare in _bare_rows(tree, Row(name, file, (), kind, name), percents):
            sheet = _SHEETS[bare.kind]
            rows[sheet].append(filled(tree, bare, columns[sheet]))
    return {sheet: tuple(found) for sheet, found in rows.items()}, tuple(problems)


_SHEETS: Final[Mapping[RowKind, SheetName]] = {
    "card": "cards", "scorecard": "scorecards", "group": "scorecards", "line": "scorecards",
    "set": "thresholds",
}  # fmt: skip


def _bare_rows(tree: YamlTree, row: Row, percents: set[str]) -> Iterator[Row]:
    """Yield ``row`` and the rows below it: lines, and sets of thresholds not in force."""
    card = row.owner if row.kind == "card" else _word(tree, (*row.place, "indicator"))
    row = replace(row, percent=card in percents)
    if row.kind not in {"card", "line"}:
        yield row
    else:
        path = (*row.place, "thresholds")
        sets = [path] if isinstance(tree.at(path), yaml.MappingNode) else [
            (*path, n) for n in range(_count(tree, path))
        ]  # fmt: skip
        plain = [
            each for each in sets if not tree.at((*each, "of")) and not tree.at((*each, "grain"))
        ]
        yield replace(row, sets=plain[-1] if plain else ())
        for number, each in enumerate(sets, start=1):
            if each not in plain[-1:]:
                yield Row(f"{row.key}#{number}", row.file, each, "set", row.key, (), row.percent)
    lines = (*row.place, "lines")
    for number in range(_count(tree, lines)):
        place = (*lines, number)
        kind = "group" if tree.at((*place, "lines")) is not None else "line"
        below = Row(f"{row.key}/{number + 1}", row.file, place, kind, row.owner)
        yield from _bare_rows(tree, below, percents)


def _count(tree: YamlTree, path: Path) -> int:
    node = tree.at(path)
    return len(node.value) if isinstance(node, yaml.SequenceNode) else 0


def _word(tree: YamlTree, path: Path) -> str:
    node = tree.at(path)
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def filled(tree: YamlTree, row: Row, columns: tuple[Column, ...]) -> Row:
    """Return ``row`` with what each of the ``columns`` shows of it."""
    languages = tuple(dict.fromkeys(c.language for c in columns if c.language))
    cells = {}
    for column in columns:
        if column.path:
            fits = row.takes(column)
            cells[column.name] = cell_of(tree, row.path(column), column, languages) if fits else ""
        else:
            own = {"key": row.key, "of_what": row.owner, "scorecard": row.owner}
            own["department"] = row.file.split("/")[-2]
            cells[column.name] = own[column.name]
    return replace(row, cells=cells)


def cell_of(tree: YamlTree, path: Path, column: Column, languages: tuple[str, ...]) -> Cell:
    """Return what the cell of ``column`` shows of the value at ``path``."""
    node = tree.at(path)
    if node is not None and column.kind == "text" and isinstance(node, yaml.MappingNode):
        node = tree.at((*path, str(column.language)))
    elif column.kind == "text" and column.language != languages[0]:
        node = None  # one text for all languages stands in the column of the first
    if node is None:
        return ""
    if column.kind == "list" and isinstance(node, yaml.SequenceNode):
        return _fitting(_listed(node, tree.shown(path)))
    if not isinstance(node, yaml.ScalarNode):
        return _fitting(tree.shown(path))
    number = _number(node) if column.kind in {"word", "any"} else None
    return _fitting(str(node.value).rstrip("\n")) if number is None else number


def _fitting(text: str) -> str:
    return text if len(text.encode("utf-16-le")) // 2 <= MOST_TEXT else TOO_LONG


TOO_LONG: Final = " / ".join(word("too_long_for_cell", language) for language in ("zh", "en"))
"""What stands in a cell that cannot hold its text."""


def _listed(node: yaml.SequenceNode, written: str) -> str:
    items = [item.value for item in node.value if isinstance(item, yaml.ScalarNode)]
    simple = len(items) == len(node.value) and not any(SEPARATORS.search(x) for x in items)
    return ", ".join(items) if simple and not "".join(items).startswith("[") else written


def _number(node: yaml.ScalarNode) -> float | None:
    """Return a number that a spreadsheet holds with all of its digits."""
    if node.style or kind_of(node.value) not in {"integer", "float"}:
        return None
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", node.value):
        return None
    number = float(node.value)
    return number if Decimal(normal(number)) == Decimal(node.value) else None


def normal(value: Any) -> str:
    """Return a cell's value as text, the same however a spreadsheet keeps it."""
    text = text_of(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.strip("\n").rstrip()


def digest(value: Any) -> str:
    """Return a short mark of a cell's value, to tell later whether it was edited."""
    import hashlib

    return hashlib.sha256(normal(value).encode()).hexdigest()[:12]


def digests(row: Row) -> str:
    """Return the marks of all cells of ``row`` as JSON."""
    return json.dumps({name: digest(value) for name, value in row.cells.items() if value != ""})
