"""Connections in ``site.yml``, and datasets that take their rows from a database.

Rules: specification.md#databases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpi_site.catalog import ENGINES, SNAPSHOTS, Connection, Source
from kpi_site.content.record import key, record
from kpi_site.content.scalars import NAME, SPAN, choice, is_id
from kpi_site.content.shapes import (
    FileReading,
    Invalid,
    Shape,
    checked,
    map_of,
    scalar,
)
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node
from kpi_site.periods import Grain, Span
from kpi_site.problems import Message, Name, closest, unknown
from kpi_site.sql.nodes import Code

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BEGINS: Final = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:select|with)\b", re.IGNORECASE | re.DOTALL
)
_SOURCES: Final = ("path", "connection")
_OF_SOURCE: Final = ("connection", "table", "query", "partition", "refetch", "push")


def _read_variable(node: Node, reading: FileReading) -> Name | Invalid:
    """Read the name of a variable; what stands there instead may be a secret: it is not told."""
    found = scalar(node, reading, Message("环境变量的名称", "the name of a variable"))
    if isinstance(found, Invalid) or _VARIABLE.fullmatch(found.text):
        return found if isinstance(found, Invalid) else found.name()
    message = Message("这不是环境变量的名称", "this is no name of an environment variable")
    hint = Message(
        "请写变量名，例如 KPI_ERP_URL；网址和密码只放在环境变量里，不写进文件。",
        "Write the variable's name, such as KPI_ERP_URL; the URL with its password stays in the "
        "environment, and in no file.",
    )
    return reading.report(found.where, "bad-connection", message, hint)


def _days(span: Span, node: Node, reading: FileReading) -> int | Invalid:
    if not span.months:
        return span.days
    message = Message("应以天或周计，例如 7d", "count in days or weeks, such as 7d")
    return reading.report(node.where, "bad-connection", message)


def _named(
    connections: Mapping[Name, Connection], _node: Node, reading: FileReading
) -> Mapping[Name, Connection]:
    for name in connections:
        if not is_id(name):
            message = Message(f"标识“{name}”不合规则", f"'{name}' is not a valid id")
            hint = Message(
                "只用小写英文字母、数字和下划线，以字母开头。",
                "Use lower-case letters, digits and underscores, starting with a letter.",
            )
            reading.report(name.where, "bad-id", message, hint)
    return connections


def _engine(name: Name, _node: Node, reading: FileReading) -> Name:
    if name not in ENGINES:
        kind = Message("引擎", "engine")
        reading.problems.append(unknown(name.where, "unknown-engine", kind, name, ENGINES))
    return name


ENGINE: Shape[Name] = checked(NAME, _engine)

CONNECTIONS: Shape[Mapping[Name, Connection]] = checked(
    map_of(
        record(
            Connection,
            key(
                "url_env",
                Shape(_read_variable, {"type": "string", "pattern": f"^{_VARIABLE.pattern}$"}),
                required=True,
            ),
            key("max_age", checked(SPAN, _days)),
            key("engine", ENGINE),
            name="connection",
        )
    ),
    _named,
)


def _table(name: Name, node: Node, reading: FileReading) -> Name | Invalid:
    if all(part.strip() for part in name.split(".")) and name.count(".") <= 2:
        return name
    message = Message(f"“{name}”不是表名", f"'{name}' is no name of a table")
    hint = Message("例如 shipments、sales.shipments。", "For example shipments, sales.shipments.")
    return reading.report(node.where, "bad-query", message, hint)


def _read_query(node: Node, reading: FileReading) -> Code | Invalid:
    found = scalar(node, reading, Message("SQL 查询", "an SQL query"))
    if isinstance(found, Invalid):
        return found
    if _BEGINS.match(found.text):
        return found.code()
    message = Message("查询要以 SELECT 或 WITH 开头", "a query begins with SELECT or WITH")
    hint = Message("整张表请写 table。", "For a whole table write 'table'.")
    return reading.report(found.where, "bad-query", message, hint)


TABLE: Shape[Name] = checked(NAME, _table)
PARTITION: Shape[Grain] = checked(
    choice("month", "quarter", "year"), lambda word, _node, _reading: Grain(word)
)
QUERY: Shape[Code] = Shape(_read_query, {"type": "string", "x-type": "query"})


def with_one_source(fields: dict[str, Any], node: Node, reading: FileReading) -> dict[str, Any]:
    """Turn the keys of a database into one value, with its snapshot's files in place of a path.

    Report a dataset that says too little of where its rows come from, or too much.
    """
    written = {name.text for name, _ in node.entries} if isinstance(node, MappingNode) else set()
    given = {name: fields.pop(name) for name in _OF_SOURCE if name in fields}
    fields.setdefault("paths", ())
    faults = tuple(_faults(written))
    for name, message in faults:
        found = node.get(name) if isinstance(node, MappingNode) else None
        code = "key-does-not-fit" if found else "missing-key"
        reading.report((found or node).where, code, message)
        reading.damaged.add(name)
    if faults or not {"connection"} < given.keys() & {"connection", "table", "query"}:
        return fields
    source = Source(**given)
    files = Name(f"{SNAPSHOTS}/{fields['id']}/*", source.where)
    return {**fields, "database": source, "paths": (files,)}


def _faults(written: set[str]) -> Iterator[tuple[str, Message]]:
    """Yield the key that is wrong, or missing, and what is wrong with it."""
    if "connection" in written:
        if "path" in written:
            yield "path", Message("path 与 connection 只写其一", "write 'path' or 'connection'")
        if len(written & {"table", "query"}) != 1:
            message = Message("table 与 query 要写其中之一", "write one of 'table' and 'query'")
            yield "query" if "table" in written else "table", message
        if "refetch" in written and "partition" not in written:
            yield "refetch", Message("refetch 要与 partition 一起写", "'refetch' needs 'partition'")
        return
    own = [name for name in _OF_SOURCE if name in written]
    for name in own:
        yield name, Message(f"{name} 要与 connection 一起写", f"'{name}' needs 'connection'")
    if not own and not any(closest(word, _SOURCES) for word in written):
        yield (
            "path",
            Message("缺少键“path”（或“connection”）", "missing key 'path' (or 'connection')"),
        )
