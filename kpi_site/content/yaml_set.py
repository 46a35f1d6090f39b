"""Values set at paths of a YAML text: in place, in the style they stand in, comments kept.

Each function returns the whole new text. It is read again and compared: what was asked for is
there, nothing else has changed, and no comment is lost; else there is `UneditableError`.
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import yaml

from kpi_site.content.yaml_tree import Path, YamlTree, is_block, plain
from kpi_site.yaml_core import kind_of

_ABSENT: Final = object()


class UneditableError(ValueError):
    """The file is written in a way in which the change cannot be made safely."""


def scalar_text(word: str, *, string: bool, flow: bool) -> str:
    """Return ``word`` as a scalar on one line: plain where it then says the same, else quoted.

    ``string``: it must not be read as a number, truth value or null.
    """
    wrong_kind = string and kind_of(word) != "string"
    if not wrong_kind and not _QUOTED.search(word) and _reads_as(word, word, flow=flow):
        return word
    return quoted(word)


def quoted(word: str) -> str:
    """Return ``word`` in double quotes; what breaks lines in YAML, or cannot be seen, escaped."""
    written = json.dumps(word, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


_UNSEEN: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NO_BLOCK: Final = re.compile(f"\t|{_UNSEEN.pattern}")
_QUOTED: Final = re.compile(f"[\t\n]|{_UNSEEN.pattern}")


def _reads_as(written: str, word: str, *, flow: bool) -> bool:
    if flow and "?" in word:
        return False  # parsers differ
    text = f"{{k: {written}, l: 0}}" if flow else f"k: {written}\nl: 0"
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError:
        return False
    pairs: list[tuple[yaml.Node, yaml.Node]] = getattr(node, "value", [])
    if [key.value for key, _ in pairs] != ["k", "l"]:
        return False
    found = pairs[0][1]
    return isinstance(found, yaml.ScalarNode) and not found.style and found.value == word


def with_scalar(
    text: str, path: Path, word: str, *, string: bool, order: Sequence[str] = ()
) -> str:
    """Return ``text`` with the scalar ``word`` at ``path``; a new key stands by the ``order``.

    The last line break of a block is kept or not as it was: ``word`` has none.
    """
    tree = YamlTree(text)
    node = tree.at(path)
    if node is None:
        flow = _in_flow(tree, path) or not string or "\n" not in word
        snippet = scalar_text(word, string=string, flow=True) if flow else block_text(word)
        return with_snippet(text, path, snippet, order=order)
    if not isinstance(node, yaml.ScalarNode):
        snippet = scalar_text(word, string=string, flow=_in_flow(tree, path))
        return with_snippet(text, path, snippet)
    start, end = tree.span(node)
    written = _in_style(tree, path, node, word, string=string)
    tail = node.value[len(node.value.rstrip("\n")) :] if node.style in {"|", ">"} else ""
    wanted = ("string" if string or node.style else kind_of(word), word)
    after = text[:start] + written + text[end:]
    allowed = [wanted, (wanted[0], word + tail), (wanted[0], word + "\n")]
    return _held(tree, path, after, allowed)


def _in_style(tree: YamlTree, path: Path, node: yaml.ScalarNode, word: str, *, string: bool) -> str:
    """Write ``word`` as the scalar ``node`` is written, as far as that style can say it."""
    flow = _in_flow(tree, path)
    lines = word.split("\n")
    blockable = not flow and word.strip() and not lines[0].startswith((" ", "\t"))
    blockable = (
        blockable and not _NO_BLOCK.search(word) and not any(line.isspace() for line in lines)
    )
    if node.style in {"|", ">"} and blockable:
        head, indent = _block_head(tree, node, path)
        if node.style == ">" and len(lines) > 1:
            head = "|" + head[1:]
        return _block(tree, head, indent, lines)
    if len(lines) > 1 and blockable:
        indent = tree.indent(node.start_mark.index) + 2
        if isinstance(path[-1], str) and (key := tree.key(path)) is not None:
            indent = key.start_mark.column + 2
        return _block(tree, "|-", indent, lines)
    if node.style == "'" and len(lines) == 1:
        return "'" + word.replace("'", "''") + "'"
    if node.style == '"':
        return quoted(word)
    return scalar_text(word, string=string, flow=flow)


def _block(tree: YamlTree, head: str, indent: int, lines: Iterable[str]) -> str:
    newline = _line_end(tree.text)
    return head + "".join(newline + (" " * indent + line if line else "") for line in lines)


def _block_head(tree: YamlTree, node: yaml.ScalarNode, path: Path) -> tuple[str, int]:
    """Return the first line of a block (sign and comment), and its lines' indentation."""
    start, end = tree.span(node)
    head, _, body = tree.text[start:end].replace("\r\n", "\n").partition("\n")
    first = next((line for line in body.split("\n") if line.strip()), None)
    key = tree.key(path) if isinstance(path[-1], str) else None
    usual = (key.start_mark.column if key is not None else tree.indent(start)) + 2
    head = re.sub(r"^([|>])(\d)?([+-]?)\d?", r"\1\3", head)
    if first is None:
        return head, usual
    lead = len(first) - len(first.lstrip(" "))
    lost = len(node.value.split("\n")[0]) - len(node.value.split("\n")[0].lstrip(" "))
    return head, max(lead - lost, 1)


def with_snippet(text: str, path: Path, snippet: str, *, order: Sequence[str] = ()) -> str:
    """Return ``text`` with the YAML ``snippet`` as the value at ``path``.

    Where there is none, the key is added: behind those that come before it in ``order``.
    """
    tree = YamlTree(text)
    wanted = plain(yaml.compose(snippet, Loader=yaml.CBaseLoader))
    node = tree.at(path)
    if node is None:
        return _held(tree, path, _with_new_key(tree, path, snippet, order), [wanted])
    if _is_block_text(snippet) and _in_flow(tree, path):
        snippet = flow_text(snippet)
    key = tree.key(path) if isinstance(path[-1], str) else None
    start, end = tree.span(node)
    if key is None:
        written = snippet.replace("\n", _line_end(text) + " " * (tree.indent(start) + 2))
    else:
        start, written = _under(tree, key, node, snippet)
    return _held(tree, path, text[:start] + written + text[end:], [wanted], outside=(start, end))


def _under(tree: YamlTree, key: yaml.Node, node: yaml.Node, snippet: str) -> tuple[int, str]:
    """Return where the value ``node`` of ``key`` is cut off, and what takes its place."""
    text, newline = tree.text, _line_end(tree.text)
    colon, start = text.index(":", key.end_mark.index) + 1, node.start_mark.index
    gap = text[colon:start]
    block = _is_block_text(snippet)
    lines = snippet.split("\n")
    column = key.start_mark.column + 2
    if "\n" in gap and (block or tree.comments(colon, start)):
        more = max(column - node.start_mark.column, 0)
        lead = newline + " " * (node.start_mark.column + more)
        return start, " " * more + _joined(lines, lead)
    if block:
        return colon, newline + " " * column + _joined(lines, newline + " " * column)
    return colon, " " + _joined(lines, newline + " " * column)


def _joined(lines: Sequence[str], lead: str) -> str:
    newline = lead.rstrip(" ")
    return lines[0] + "".join(lead + line if line else newline for line in lines[1:])


def _with_new_key(tree: YamlTree, path: Path, snippet: str, order: Sequence[str]) -> str:
    holder = tree.at(path[:-1])
    name = str(path[-1])
    if holder is None:
        raise UneditableError(name)
    if not isinstance(holder, yaml.MappingNode):
        raise UneditableError(name)
    before = order[: order.index(name)] if name in order else None
    known = [pair for pair in holder.value if before is None or pair[0].value in before]
    if not is_block(holder):
        return _into_flow(tree, holder, known, f"{name}: {_one_line(snippet)}")
    column = holder.start_mark.column
    newline = _line_end(tree.text)
    entry = _entry(name, snippet, column, newline)
    if not known:
        at = holder.start_mark.index
        return tree.text[:at] + entry + newline + " " * column + tree.text[at:]
    return _after_line(tree.text, tree.end(known[-1][1]) or 0, " " * column + entry)


def _entry(name: str, snippet: str, column: int, newline: str) -> str:
    if _is_block_text(snippet):
        lines = snippet.split("\n")
        inner = newline.join(" " * (column + 2) + line if line else "" for line in lines)
        return f"{name}:{newline}{inner}"
    return f"{name}: " + snippet.replace("\n", newline + " " * (column + 2))


def _into_flow(
    tree: YamlTree, holder: yaml.CollectionNode, before: Sequence[Any], written: str
) -> str:
    """Return the text with ``written`` in a list or mapping in brackets, behind ``before``."""
    if before:
        last = before[-1][1] if isinstance(before[-1], tuple) else before[-1]
        at = tree.end(last)
        return tree.text[:at] + ", " + written + tree.text[at:]
    at = holder.start_mark.index + 1
    return tree.text[:at] + written + (", " if holder.value else "") + tree.text[at:]


def _after_line(text: str, at: int, line: str) -> str:
    """Return ``text`` with ``line`` below the one on which ``at`` stands."""
    newline = _line_end(text)
    end = text.find("\n", at)
    if end < 0:
        return f"{text}{newline}{line}{newline}"
    return f"{text[: end + 1]}{line}{newline}{text[end + 1 :]}"


def with_item(text: str, path: Path, at: int, snippet: str) -> str:
    """Return ``text`` with the ``snippet`` as an item of the list at ``path``, at position ``at``.

    The snippet stands on one line. A list of one kind is begun where there is none.
    """
    tree = YamlTree(text)
    held = tree.at(path)
    line = _one_line(snippet)
    if not isinstance(held, yaml.SequenceNode):
        raise UneditableError(str(path))
    wanted: Any = tree.plain(path)
    wanted = [*wanted[:at], plain(yaml.compose(line, Loader=yaml.CBaseLoader)), *wanted[at:]]
    if not is_block(held):
        after = _into_flow(tree, held, held.value[:at], line)
    elif at == 0:
        start = held.start_mark.index
        lead = " " * held.start_mark.column
        after = f"{text[:start]}- {line}{_line_end(text)}{lead}{text[start:]}"
    else:
        lead = " " * held.start_mark.column
        after = _after_line(text, tree.end(held.value[at - 1]), f"{lead}- {line}")
    return _held(tree, path, after, [wanted])


def without(text: str, path: Path) -> str:
    """Return ``text`` without the key, or the item, at ``path``; its comments stay."""
    tree = YamlTree(text)
    holder, node = tree.at(path[:-1]), tree.at(path)
    if node is None or not isinstance(holder, yaml.CollectionNode):
        return text
    head = tree.key(path) if isinstance(path[-1], str) else node
    if len(holder.value) == 1 and len(path) > 1:
        return without(text, path[:-1])
    assert head is not None
    start, end = head.start_mark.index, tree.end(node)
    if is_block(holder):
        after = _without_lines(tree, holder, start, end)
    else:
        follows = re.compile(r"\s*,\s*").match(text, end)
        if follows is not None:
            after = text[:start] + text[follows.end() :]
        else:
            after = re.sub(r"\s*,\s*$", "", text[:start]) + text[end:]
    return _held(tree, path, after, [_ABSENT])


def _without_lines(tree: YamlTree, holder: yaml.CollectionNode, start: int, end: int) -> str:
    """Take the lines from ``start`` to ``end`` away, but for their comments."""
    text = tree.text
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop + 1
    comments = tree.comments(first, stop)
    if isinstance(holder, yaml.MappingNode) and text[first:start].strip(" "):
        following = next((k for k, _ in holder.value if k.start_mark.index > start), None)
        if following is None or tree.comments(start, following.start_mark.index):
            raise UneditableError  # it stands behind a dash, and something would be lost
        return text[:start] + text[following.start_mark.index :]
    lead = text[first:start].split("-")[0]
    kept = [f"{lead}{comment}{_line_end(text)}" for comment in comments]
    return text[:first] + "".join(kept) + text[stop:]


def block_text(word: str) -> str:
    """Return a text of several lines as a YAML block, or quoted where a block cannot say it."""
    lines = word.split("\n")
    if word.startswith(" ") or _NO_BLOCK.search(word) or any(line.isspace() for line in lines):
        return quoted(word)
    return "|-\n" + "\n".join(f"  {line}" if line else "" for line in lines)


def flow_text(snippet: str) -> str:
    """Return YAML of any style as one line in brackets."""
    return _flow(yaml.compose(snippet, Loader=yaml.CBaseLoader))


def _flow(node: yaml.Node | None) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "[" + ", ".join(_flow(item) for item in node.value) + "]"
    if isinstance(node, yaml.MappingNode):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in node.value) + "}"
    if isinstance(node, yaml.ScalarNode):
        return scalar_text(node.value, string=bool(node.style), flow=True)
    return "null"


def _one_line(snippet: str) -> str:
    return flow_text(snippet) if "\n" in snippet else snippet


def _is_block_text(snippet: str) -> bool:
    return is_block(yaml.compose(snippet, Loader=yaml.CBaseLoader))


def _in_flow(tree: YamlTree, path: Path) -> bool:
    """Tell whether the value at ``path`` stands within brackets."""
    holders = (tree.at(path[:n]) for n in range(len(path)))
    return any(isinstance(h, yaml.CollectionNode) and h.flow_style for h in holders)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _held(
    tree: YamlTree,
    path: Path,
    after: str,
    allowed: Sequence[object],
    *,
    outside: tuple[int, int] = (0, 0),
) -> str:
    """Return ``after`` if it says what it should: one of ``allowed`` at ``path``, else the same.

    No comment ``outside`` of what was shown, and so may go, is lost.
    """
    try:
        now = YamlTree(after)
        found = now.plain()
        lost = Counter(tree.comments()) - Counter(tree.comments(*outside))
        kept = lost <= Counter(now.comments())
    except yaml.YAMLError:
        raise UneditableError(str(path)) from None
    if not kept or not any(_with(tree.plain(), path, each) == found for each in allowed):
        raise UneditableError(str(path))
    return after


def _with(values: Any, path: Path, wanted: object) -> Any:
    """Return ``values`` with ``wanted`` at ``path``."""
    changed = copy.deepcopy(values)
    held = changed
    for step in path[:-1]:
        held = held[step]
    if wanted is not _ABSENT:
        held[path[-1]] = wanted
    elif path[-1] in held or isinstance(path[-1], int):
        del held[path[-1]]
    return changed
