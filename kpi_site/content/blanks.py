"""Blanks: where a new file waits for its author, as in a printed form (``name: ___``)."""

from __future__ import annotations

from typing import Final

from kpi_site.content.yaml_source import Broken, Mapping, Node, Scalar, Sequence
from kpi_site.problems import Location, Message, Problem

BLANK: Final = "___"
"""What stands in a new file for a value that its author has to write."""

_MESSAGE = Message(f"这里还没有填写（{BLANK}）", f"not filled in yet ({BLANK})")
_HINT = Message(
    f"请把 {BLANK} 换成内容；用不到的键请整行删去。",
    f"Write the value instead of {BLANK}, or delete a key that you do not need.",
)


def without_blanks(node: Node, problems: list[Problem]) -> Node:
    """Return ``node`` with each blank noted in ``problems`` and marked as broken.

    What is broken is passed over by everything that reads the tree: a blank is reported once,
    at its own place, and nothing else is said about it.
    """
    match node:
        case Scalar() if node.text.strip() == BLANK:
            return _noted(node.where, problems)
        case Sequence():
            return Sequence(node.where, tuple(without_blanks(x, problems) for x in node.items))
        case Mapping():
            return Mapping(node.where, tuple(_entries(node, problems)))
    return node


def unfinished_draft(tree: Node, problems: list[Problem], start: int) -> bool:
    """Tell whether a card is a draft with blanks: then one warning stands for all of them.

    ``problems`` from ``start`` on are those of its file. Such a card is not in the site yet.
    """
    status = tree.get("status") if isinstance(tree, Mapping) else None
    errors = [p for p in problems[start:] if p.severity == "error"]
    blanks = [p for p in errors if p.code == "unfilled-blank"]
    if not blanks or len(errors) > len(blanks):
        return False
    if not isinstance(status, Scalar) or status.text != "draft":
        return False
    count = len(blanks)
    message = Message(
        f"草稿还有 {count} 处没有填写（{BLANK}），暂不进入站点",
        f"this draft has {count} blank{'s' * (count > 1)} ({BLANK}), and is not in the site yet",
    )
    problems[start:] = [Problem(blanks[0].where, "unfinished-draft", message, _HINT, "warning")]
    return True


def _entries(node: Mapping, problems: list[Problem]) -> list[tuple[Scalar, Node]]:
    kept = []
    for key, value in node.entries:
        if key.text.strip() == BLANK:
            _noted(key.where, problems)
        else:
            kept.append((key, without_blanks(value, problems)))
    return kept


def _noted(where: Location, problems: list[Problem]) -> Broken:
    problems.append(Problem(where, "unfilled-blank", _MESSAGE, _HINT))
    return Broken(where)
