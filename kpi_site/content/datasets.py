"""``content/datasets/<id>.yml``: a Data Resource and a few keys of ours.

Rules: specification.md#dataset.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kpi_site.catalog import (
    Dataset,
    Derived,
    Expect,
    ForeignKey,
    Layout,
    RowRule,
    Text,
    Totals,
    Unpivot,
    Until,
    Validity,
)
from kpi_site.content.columns import FIELDS, PATTERN
from kpi_site.content.databases import PARTITION, QUERY, TABLE, with_one_source
from kpi_site.content.expressions import CONDITION, DERIVED
from kpi_site.content.paths import PATHS
from kpi_site.content.record import key, record
from kpi_site.content.scalars import (
    BOOLEAN,
    IDENTIFIER,
    NAME,
    STRING,
    between,
    choice,
    grain,
    name_of,
)
from kpi_site.content.shapes import (
    INVALID,
    FileReading,
    Invalid,
    Shape,
    checked,
    distinct,
    list_of,
    map_of,
    one_or_many,
)
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, Scalar, Sequence
from kpi_site.periods import Grain
from kpi_site.problems import Message, Name, unknown
from kpi_site.sql.nodes import Expression

_ENCODINGS = ("utf-8", "gb18030", "gbk", "gb2312", "utf-16", "big5", "latin-1", "cp1252")


def _encoding(name: Name, _node: Node, reading: FileReading) -> Name:
    try:
        "a".encode(name)  # codecs that are not of texts fail too
    except (LookupError, ValueError):
        kind = Message("编码", "encoding")
        reading.problems.append(unknown(name.where, "unknown-encoding", kind, name, _ENCODINGS))
    return name


def _one_character(text: str, node: Node, reading: FileReading) -> str | Invalid:
    if len(text) == 1 and ord(text) < 128:
        return text
    message = Message(
        f"应为一个 ASCII 字符，实为“{text}”", f"must be one ASCII character, not '{text}'"
    )
    return reading.report(node.where, "bad-dialect", message)


def _read_missing_value(node: Node, reading: FileReading) -> str | Invalid:
    if isinstance(node, Scalar) and node.kind != "null":
        return node.text
    return STRING.read(node, reading)


def _derived(
    columns: Mapping[Name, Expression], _node: Node, _reading: FileReading
) -> tuple[Derived, ...]:
    return tuple(Derived(name, value) for name, value in columns.items())


def _foreign_key(
    fields: tuple[Name, ...], reference: tuple[Name, tuple[Name, ...], Validity | None]
) -> ForeignKey:
    return ForeignKey(fields, *reference)


def _same_length(found: ForeignKey, node: Node, reading: FileReading) -> ForeignKey | Invalid:
    if len(found.fields) == len(found.reference):
        return found
    if _length(node, "fields") == _length(node, "reference", "fields"):
        return INVALID  # a name that cannot be read has its own problem
    message = Message(
        "外键两边的列数不同", "the foreign key names a different number of columns on each side"
    )
    return reading.report(node.where, "foreign-key-length", message)


def _length(node: Node | None, *path: str) -> int:
    for step in path:
        node = node.get(step) if isinstance(node, MappingNode) else None
    return len(node.items) if isinstance(node, Sequence) else 1


def _rising(rows: tuple[int, ...], node: Node, reading: FileReading) -> tuple[int, ...] | Invalid:
    if list(rows) == sorted(set(rows)):
        return rows
    message = Message("headerRows 应由小到大", "'headerRows' must rise")
    return reading.report(node.where, "bad-layout", message)


def _range(text: str, node: Node, reading: FileReading) -> str | Invalid:
    found = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})", text.upper())
    if found is not None:
        first, last = (found[1].rjust(3), int(found[2])), (found[3].rjust(3), int(found[4]))
        if first[0] <= last[0] and first[1] <= last[1]:
            return text.upper()
    message = Message(f"“{text}”不是区域", f"'{text}' is no range of cells")
    hint = Message("例如 B4:N40。", "For example B4:N40.")
    return reading.report(node.where, "bad-layout", message, hint)


def _names_format(text: str, node: Node, reading: FileReading) -> str | Invalid:
    if text.count("{}") == 1:
        return text
    message = Message(
        f"“{text}”里要有一个 {{}}，表示列名", f"'{text}' needs one {{}}, for the column's name"
    )
    return reading.report(node.where, "bad-layout", message)


def _one_way(found: Unpivot, node: Node, reading: FileReading) -> Unpivot | Invalid:
    if bool(found.columns) != bool(found.matches):
        return found
    if isinstance(node, MappingNode) and node.get("columns") and not found.columns:
        return INVALID  # names that cannot be read have their own problems
    message = Message(
        "columns 和 matches 要写其中之一", "write 'columns' or 'matches', and not both"
    )
    return reading.report(node.where, "bad-layout", message)


# One character, written as it is or as an escape; white space counts here.
_CHARACTER = checked(
    Shape(_read_missing_value, {"type": "string", "minLength": 1, "maxLength": 1}), _one_character
)
_DIALECT: Shape[dict[str, Any]] = record(
    lambda **dialect: dialect,
    key("delimiter", _CHARACTER),
    key("quoteChar", _CHARACTER, to="quote"),
    key("headerRows", checked(one_or_many(between(1, 1000)), _rising), to="header_rows"),
    key("headerJoin", Shape(_read_missing_value, {"type": "string"}), to="header_join"),
    key("commentChar", _CHARACTER, to="comment"),
    key("skipBlankRows", BOOLEAN, to="skip_blank"),
    key("trim", BOOLEAN),
    key("sheetName", NAME, to="sheet"),
    key("range", checked(STRING, _range)),
    key("fillMerged", BOOLEAN, to="fill_merged"),
    name="dialect",
)
_UNTIL: Shape[Until] = record(
    Until,
    key("column", NAME, required=True),
    key("matches", PATTERN, required=True),
    name="until",
)
_ROWS: Shape[Until] = record(lambda until: until, key("until", _UNTIL, required=True), name="rows")
_UNPIVOT: Shape[Unpivot] = checked(
    record(
        Unpivot,
        key("columns", one_or_many(NAME)),
        key("matches", PATTERN),
        key("names_to", distinct(one_or_many(NAME)), required=True),
        key("values_to", NAME, required=True),
        key("names_format", one_or_many(checked(STRING, _names_format))),
        name="unpivot",
    ),
    _one_way,
)
_VALID = record(
    Validity,
    key("from", name_of("column"), required=True, to="since"),
    key("to", name_of("column"), to="until"),
    name="valid",
)
_REFERENCE: Shape[tuple[Name, tuple[Name, ...], Validity | None]] = record(
    lambda resource, fields, valid=None: (resource, fields, valid),
    key("resource", name_of("dataset"), required=True),
    key("fields", one_or_many(name_of("column")), required=True),
    key("valid", _VALID),
    name="reference",
)
_FOREIGN_KEY = checked(
    record(
        _foreign_key,
        key("fields", one_or_many(name_of("column")), required=True),
        key("reference", _REFERENCE, required=True),
        name="foreign_key",
    ),
    _same_length,
)
_SCHEMA: Shape[dict[str, Any]] = record(
    lambda **schema: schema,
    key("fields", FIELDS, required=True, stand_in=()),
    key("primaryKey", one_or_many(name_of("column")), to="primary_key"),
    key("foreignKeys", list_of(_FOREIGN_KEY), to="foreign_keys"),
    key(
        "missingValues",
        list_of(Shape(_read_missing_value, {"type": ["string", "number"]})),
        to="missing_values",
    ),
    name="schema",
    lenient=True,
)
_RULE = record(
    RowRule,
    key("rule", CONDITION, required=True),
    key("severity", choice("error", "warning")),
    key("message", TEXT),
    name="rule",
)
_EXPECT = record(
    Expect,
    key("every", grain(shortest=Grain.DAY), required=True),
    key("min_rows", between(1, 1_000_000_000)),
    name="expect",
)
_TOTALS = record(
    Totals,
    key("where", CONDITION, required=True),
    key("columns", one_or_many(name_of("column"))),
    name="totals",
)
_NO_SCHEMA: dict[str, Any] = {"fields": ()}


def _dataset(
    *,
    id: Name,  # noqa: A002 — the key's name
    schema: dict[str, Any],
    title: Text | None = None,
    dialect: dict[str, Any] | None = None,
    until: Until | None = None,
    unpivot: Unpivot | None = None,
    **fields: Any,
) -> Dataset:
    title = title or Text(str(id))
    dialect = dialect or {}
    own = {name: dialect[name] for name in ("delimiter", "quote", "sheet") if name in dialect}
    laid = {name: value for name, value in dialect.items() if name not in own}
    layout = Layout(**laid, until=until, unpivot=unpivot)
    fields["people"] = fields.get("people", False) or "people_key" in fields
    return Dataset(id=id, title=title, layout=layout, **(fields | own), **schema)


_KEYS: Shape[dict[str, Any]] = record(
    lambda **fields: fields,
    key("id", IDENTIFIER, required=True, stand_in=""),
    key("title", TEXT),
    key("description", TEXT),
    key("path", PATHS, to="paths"),
    key("file_to", name_of("column")),
    key("connection", name_of("connection")),
    key("table", TABLE),
    key("query", QUERY),
    key("partition", PARTITION),
    key("refetch", between(1, 1000)),
    key("push", BOOLEAN),
    key("encoding", checked(NAME, _encoding)),
    key("dialect", _DIALECT),
    key("sheet", NAME, now=Message(" dialect 的 sheetName", "sheetName of dialect")),
    key("rows", _ROWS, to="until"),
    key("unpivot", _UNPIVOT),
    key("owner", name_of("department")),
    key("source", TEXT),
    key("time", name_of("column")),
    key("undated", choice("ignore")),
    key("schema", _SCHEMA, required=True, stand_in=_NO_SCHEMA),
    key("derived", checked(map_of(DERIVED), _derived)),
    key("rules", list_of(_RULE)),
    key("totals", _TOTALS),
    key("expect", _EXPECT),
    key("people", BOOLEAN),
    key("people_key", NAME),
    key("audience", name_of("audience")),
    name="dataset",
    placed=True,
    top=True,
)
_EITHER: Final = {"anyOf": [{"required": ["path"]}, {"required": ["connection"]}]}
DATASET: Shape[Dataset] = checked(
    checked(replace(_KEYS, schema={**_KEYS.schema, **_EITHER}), with_one_source),
    lambda fields, _node, _reading: _dataset(**fields),
)


def declared_columns(tree: MappingNode) -> tuple[str | None, ...]:
    """Return the names of the columns that the file speaks of, sound or not.

    None stands for what may be columns, but without a name that can be read.
    """
    schema, derived = tree.get("schema"), tree.get("derived")
    fields = schema.get("fields") if isinstance(schema, MappingNode) else None
    own = (_name_of(item) for item in fields.items) if isinstance(fields, Sequence) else (None,)
    more = (name.text for name, _ in derived.entries) if isinstance(derived, MappingNode) else ()
    return (*own, *more)


def _name_of(field: Node) -> str | None:
    name = field.get("name") if isinstance(field, MappingNode) else None
    readable = isinstance(name, Scalar) and name.kind != "null" and name.text.strip()
    return name.text if isinstance(name, Scalar) and readable else None
