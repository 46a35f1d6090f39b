"""Edited cells put into a file's text, each at its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import yaml

from kpi_site.authoring.book.columns import Column
from kpi_site.authoring.book.reading import Place
from kpi_site.authoring.book.rows import SEPARATORS
from kpi_site.content.cards import CARD
from kpi_site.content.scorecards import DEFINITIONS, SCORECARD
from kpi_site.content.shapes import Json
from kpi_site.content.yaml_set import (
    UneditableError,
    block_text,
    flow_text,
    scalar_text,
    with_item,
    with_scalar,
    with_snippet,
    without,
)
from kpi_site.content.yaml_source import parse_yaml
from kpi_site.content.yaml_tree import Path, YamlTree, is_block
from kpi_site.problems import Message, Problem


def _keys(schema: Json) -> tuple[str, ...]:
    return tuple(cast("Mapping[str, object]", schema["properties"]))


_ORDERS: Final = {
    "indicator": _keys(CARD.schema),
    "scorecard": _keys(SCORECARD.schema),
    "line": _keys(DEFINITIONS["line"]),
    "threshold": ("from", "grain", "of", "per_cycle", "baseline", "target", "challenge"),
}
Parts = tuple[tuple[Column, str, Place], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A cell's new text for the value at ``path``, or a new row's ``parts`` for an item there."""

    path: Path
    column: Column | None
    text: str
    at: Place
    parts: Parts = ()


def made(
    text: str, changes: Iterable[Change], languages: Sequence[str]
) -> tuple[str, tuple[Problem, ...]]:
    """Return the text with all ``changes``, and problems of those that cannot be made.

    Values are set first, then taken out, then new items come in, the last one first: so every
    path holds until its change is made.
    """
    problems = []
    for change in sorted(changes, key=_turn):
        try:
            text = _changed(text, change, languages)
        except UneditableError:
            problems.append(change.at.problem(
                "cannot-be-edited",
                "文件里这一处的写法不便自动修改，请直接改文件",
                "this place of the file is written in a way that cannot be edited safely: "
                "edit the file",
            ))  # fmt: skip
        except _WrongYamlError as error:
            problems += [_within(change.at, each) for each in error.problems]
    return text, tuple(problems)


def _turn(change: Change) -> tuple[int, int, int]:
    if change.column is not None:
        return (0 if change.text else 1), 0, 0
    last = change.path[-1]
    return (2, -last, -change.at.row) if isinstance(last, int) else (2, 0, change.at.row)


def places(changes: Sequence[Change]) -> Iterator[tuple[Path, Place]]:
    """Yield where in the changed text each cell's value stands, and the cell."""
    new = [c for c in changes if c.column is None and isinstance(c.path[-1], int)]
    for change in changes:
        path = list(change.path)
        for other in new:
            at, index = len(other.path) - 1, other.path[-1]
            same = other.path[:-1] == change.path[:at] and len(path) > at
            if not same or other is change or not isinstance(change.path[at], int):
                continue
            before = (index, other.at.row) < (change.path[at], change.at.row)
            path[at] += before if change in new else change.path[at] >= index  # type: ignore[operator]
        yield tuple(path), change.at
        for column, _, place in change.parts:
            yield (*path, *own_path(column)), place


class _WrongYamlError(ValueError):
    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(str(problems))
        self.problems = problems


def _within(at: Place, found: Problem) -> Problem:
    """Return a problem of a cell's YAML at the cell; its line there is told."""
    line = found.where.line
    message = Message(
        f"{at.name} 第 {line} 行：{found.message.zh}", f"{at.name}, line {line}: {found.message.en}"
    )
    return Problem(at.where, found.code, message, found.hint)


def _changed(text: str, change: Change, languages: Sequence[str]) -> str:
    column = change.column
    if column is None:
        return _with_row(text, change, languages)
    order = _order_of(column, change.path)
    if len(change.path) > 1 and change.path[-2] == "thresholds" and not change.text:
        return without(text, change.path)
    if column.kind == "text":
        return _with_text(text, change.path, column, change.text, languages)
    if not change.text:
        return without(text, change.path)
    if column.name.startswith("thresholds.") and YamlTree(text).at(change.path[:-1]) is None:
        inner = f"{{{change.path[-1]}: {_value(column, change.text, flow=True)}}}"
        return with_snippet(text, change.path[:-1], inner, order=_order_at(change.path[:-1]))
    if column.kind == "list":
        return _with_list(text, change.path, change.text, order)
    if column.kind == "any" and _holds_more(change.text):
        return with_snippet(text, change.path, change.text, order=order)
    return with_scalar(text, change.path, change.text, string=False, order=order)


def _with_text(text: str, path: Path, column: Column, word: str, languages: Sequence[str]) -> str:
    """Return ``text`` with a text for readers in one language."""
    order, language = _order_of(column, path), str(column.language)
    node = YamlTree(text).at(path)
    if isinstance(node, yaml.MappingNode):
        own = (*path, language)
        if not word:
            return without(text, own)
        return with_scalar(text, own, word, string=True, order=("zh", "en"))
    first = language == languages[0]
    if not word:
        return without(text, path) if first else text
    if len(languages) == 1 or (first and node is not None):
        return with_scalar(text, path, word, string=True, order=order)
    told = {} if node is None else {languages[0]: str(node.value).rstrip("\n")}
    snippet = texts_yaml({**told, language: word})
    return with_snippet(text, path, snippet, order=order)


def texts_yaml(words: Mapping[str, str]) -> str:
    """Return a text in several languages as YAML: on one line where none has more."""
    if not any("\n" in word for word in words.values()):
        inner = (f"{k}: {scalar_text(v, string=True, flow=True)}" for k, v in words.items())
        return "{" + ", ".join(inner) + "}"
    return "\n".join(f"{k}: {block_text(v)}" for k, v in words.items())


def _with_list(text: str, path: Path, written: str, order: Sequence[str]) -> str:
    """Return ``text`` with a list; items that stay keep their lines where each has its own."""
    tree = YamlTree(text)
    node = tree.at(path)
    if written.startswith(("[", "- ")) and _holds_more(written):
        told = tree.comments(*tree.span(node)) if node else []
        if Counter(told) - Counter(YamlTree(written).comments()):
            raise UneditableError(str(path))  # the cell did not show them
        return with_snippet(text, path, written, order=order)
    items = [item.strip() for item in SEPARATORS.split(written) if item.strip()]
    if isinstance(node, yaml.SequenceNode) and is_block(node) and tree.comments():
        return _item_by_item(text, path, items)
    inner = ", ".join(scalar_text(item, string=False, flow=True) for item in items)
    return with_snippet(text, path, f"[{inner}]", order=order)


def _item_by_item(text: str, path: Path, items: Sequence[str]) -> str:
    node = YamlTree(text).at(path)
    now = [item.value for item in node.value] if isinstance(node, yaml.SequenceNode) else []
    kept = [item for item in now if item in items]
    if kept != [item for item in items if item in now] or not kept:
        raise UneditableError(str(path))  # they change places
    for at in reversed(range(len(now))):
        if now[at] not in items:
            text = without(text, (*path, at))
    for at, item in enumerate(items):
        if item not in now:
            text = with_item(text, path, at, scalar_text(item, string=False, flow=False))
    return text


def _with_row(text: str, change: Change, languages: Sequence[str]) -> str:
    """Return ``text`` with a new line of a scorecard, or a new set of thresholds."""
    inner = "{}"
    for column, word, at in change.parts:
        own = Change(own_path(column), column, word, at)
        inner = _changed(f"item: {inner}", _below("item", own), languages).removeprefix("item: ")
    inner = inner.rstrip("\n")
    if isinstance(change.path[-1], int):
        return with_item(text, change.path[:-1], change.path[-1], inner)
    node = YamlTree(text).at(change.path)
    if node is None:
        return with_snippet(text, change.path, f"[{inner}]", order=_order_at(change.path))
    if isinstance(node, yaml.SequenceNode):
        return with_item(text, change.path, len(node.value), inner)
    shown = YamlTree(text).shown(change.path)
    first = shown.replace("\n", "\n  ")
    return with_snippet(text, change.path, f"- {first}\n- {flow_text(inner)}")


def _order_of(column: Column, path: Path) -> Sequence[str]:
    """Return the order of the keys beside that of ``column``: some are of scorecards too."""
    of_line = "lines" in path or path[0] == "item"
    return _ORDERS["scorecard" if column.record == "line" and not of_line else column.record]


def _order_at(path: Path) -> Sequence[str]:
    """Return the order of the keys beside the thresholds at ``path``."""
    return _ORDERS["line" if "lines" in path or path[0] == "item" else "indicator"]


def own_path(column: Column) -> Path:
    """Return where a new card, line or set has the value of ``column``."""
    return ("thresholds", column.path[-1]) if column.name.startswith("thresholds.") else column.path


def _below(name: str, change: Change) -> Change:
    return Change((name, *change.path), change.column, change.text, change.at)


def _value(column: Column, word: str, *, flow: bool) -> str:
    return scalar_text(word, string=column.kind == "text", flow=flow)


def _holds_more(written: str) -> bool:
    """Tell whether a cell's text is a list or mapping in YAML; faulty YAML is a problem."""
    tree, problems = parse_yaml(written.encode(), "")
    if problems or tree is None:
        raise _WrongYamlError(problems)
    return isinstance(YamlTree(written).root, yaml.CollectionNode)
