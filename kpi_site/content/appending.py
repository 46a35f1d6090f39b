"""Adding an entry to a list of a YAML file, and leaving every other character as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Map

from kpi_site.catalog import Text
from kpi_site.content.yaml_source import Mapping, Sequence, parse_yaml

_PLAIN = re.compile(r"[^\W_][\w ./+-]*[\w)]?", re.UNICODE)
_NOT_TEXT = re.compile(r"(?i)(null|true|false|~|[-+.\d].*)")


def with_entry(text: str, key: str, entry: Map[str, str]) -> str | None:
    """Return ``text`` with ``entry`` (its values in YAML) at the end of the list ``key``.

    The list is begun at the end of the file where there is none. None where the file cannot
    be added to line by line: it is not a mapping in block style, or the list is not.
    """
    tree, problems = parse_yaml(text.encode(), "")
    if problems or not isinstance(tree, Mapping):
        return None
    line = "- {" + ", ".join(f"{name}: {value}" for name, value in entry.items()) + "}"
    found = tree.get(key)
    if found is None:
        changed = f"{text.rstrip()}\n{key}:\n  {line}\n"
    elif isinstance(found, Sequence) and found.items:
        changed = _inserted(text, found, line)
    else:
        return None
    after, wrong = parse_yaml(changed.encode(), "")
    count = len(found.items) if isinstance(found, Sequence) else 0
    own = after.get(key) if isinstance(after, Mapping) else None
    sound = not wrong and isinstance(own, Sequence) and len(own.items) == count + 1
    return changed if sound else None


def _inserted(text: str, found: Sequence, line: str) -> str:
    """Put ``line`` behind the last item, at the dashes' column."""
    lines = text.splitlines(keepends=True)
    at = found.items[-1].where.line
    first = lines[found.items[0].where.line - 1]
    indent = len(first) - len(first.lstrip())
    while at < len(lines) and (
        len(lines[at]) - len(lines[at].lstrip()) > indent and lines[at].strip()
    ):
        at += 1
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join((*lines[:at], " " * indent + line + "\n", *lines[at:]))


def scalar_yaml(text: str) -> str:
    """Return ``text`` as a YAML scalar within a flow mapping: plain where that is safe."""
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def text_yaml(text: Text) -> str:
    """Return a text for readers as YAML: one scalar, or a scalar for each language."""
    if text.plain is not None:
        return scalar_yaml(text.plain)
    written = {"zh": text.zh, "en": text.en}
    return "{" + ", ".join(f"{k}: {scalar_yaml(v)}" for k, v in written.items() if v) + "}"
