"""The core schema of YAML 1.2 (1.2.2, section 10.3.2): what a plain scalar means.

The parser is PyYAML's; its own tables follow YAML 1.1, where ``no`` is false, ``1:30`` is 90
and ``2026-10-31`` a day. Here these are texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import yaml

Kind = Literal["string", "integer", "float", "boolean", "null"]

PLAIN: Mapping[Kind, re.Pattern[str]] = MappingProxyType({
    "null": re.compile(r"null|Null|NULL|~|"),
    "boolean": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "integer": re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    "float": re.compile(
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    ),
})  # fmt: skip
"""The schema's table, in its order: the first that matches the whole scalar; else a string."""

_TAGS = {"null": "null", "boolean": "bool", "integer": "int", "float": "float"}
_MAY_START = re.compile(r"[-+.~0-9nNtTfF]|$")  # a quick no for most texts


def kind_of(text: str) -> Kind:
    """Return what the plain scalar ``text`` is."""
    if _MAY_START.match(text):
        for kind, pattern in PLAIN.items():
            if pattern.fullmatch(text):
                return kind
    return "string"


def load(text: str) -> object:
    """Return one trusted document (a file of this program) as plain values.

    Raises yaml.YAMLError where the text is no YAML, ValueError for a key that stands twice.
    """
    return _value(yaml.compose(text, Loader=yaml.CBaseLoader))


def _value(node: yaml.Node | None) -> object:
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        found = {_value(name): _value(value) for name, value in node.value}
        if len(found) < len(node.value):
            raise ValueError(f"a key stands twice: {node.start_mark}")
        return found
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else _scalar(node.value)
    return None


def _scalar(text: str) -> object:
    match kind_of(text):
        case "null":
            return None
        case "boolean":
            return text.lower() == "true"
        case "integer":
            return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
        case "float":
            return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))
        case "string":
            return text


class _Dumper(yaml.SafeDumper):
    """Quotes a text exactly where this schema would take it for something else."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Escape the breaks of YAML 1.1 that 1.2 reads as text; PyYAML would fold lines at them."""
    style = '"' if _OTHER_BREAKS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
_Dumper.add_representer(str, _represent_text)


for _kind, _pattern in PLAIN.items():
    _Dumper.add_implicit_resolver(
        f"tag:yaml.org,2002:{_TAGS[_kind]}", re.compile(rf"(?:{_pattern.pattern})\Z"), [None]
    )


def dump(value: object, *, flow: bool | None) -> str:
    """Return plain values as YAML.

    On one line stand all collections (``flow`` True), none (False), or the innermost (None).
    """
    dumped: str = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=flow,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    return dumped
