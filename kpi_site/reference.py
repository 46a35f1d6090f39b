"""The reference of every key of every kind of file, as a Markdown page made from the shapes.

``python -m kpi_site.reference docs`` writes it into a folder of hand-written pages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kpi_site import yaml_core
from kpi_site.content import json_schemas

PAGE = "handbook/reference.md"

_FILES = {
    "site": "content/site.yml",
    "dataset": "content/datasets/<id>.yml",
    "indicator": "content/indicators/<department>/<id>.yml",
    "scorecard": "content/scorecards/<id>.yml",
    "report": "content/reports/<period>/report.yml",
    "action": "content/actions/<id>.yml",
    "glossary": "content/glossary.yml",
}
_WORDS = {
    "title": ("键的参考", "Reference of keys"),
    "least": ("最短的文件：", "The shortest file:"),
    "head": ("键 | 类型 | 含义与例", "Key | Type | Meaning and example"),
    "required": ("**必填**", "**required**"),
    "default": ("默认 ", "default "),
    "or": (" 或 ", " or "),
    "list": ("列表：", "list: "),
    "names": ("名称 → ", "name → "),
    "keys": ("键", "keys"),
}
_INTRO_ZH = (
    "每种文件的每个键。这一页由读取文件的程序生成，所以不会过时；编辑器里的提示也来自同一处。"
    "`a.b` 是 `a` 里面的 `b`，`a[].b` 是列表 `a` 每一条里的 `b`，`a.*.b` 中间是自取的名称。"
    "做法见[公式菜谱](formula-cookbook.md)。"
)
_INTRO_EN = (
    "Every key of every kind of file. The page is made from the very code that reads the files,"
    " so that it cannot go stale; what editors show comes from the same place. `a.b` is `b` within"
    " `a`, `a[].b` is `b` in each item of the list `a`, and in `a.*.b` the middle is a name of"
    " your own. For how to write formulas see the [cookbook](formula-cookbook.md)."
)
_TYPES = {
    "text": ("文字", "text"),
    "string": ("文字", "string"),
    "name": ("名称", "name"),
    "id": ("标识", "id"),
    "period": ("期间", "period"),
    "span": ("时间长度", "length of time"),
    "date": ("日期", "date"),
    "unit": ("单位", "unit"),
    "aggregate": ("SQL 汇总", "SQL aggregate"),
    "condition": ("SQL 条件", "SQL condition"),
    "expression": ("SQL 表达式", "SQL expression"),
    "query": ("SQL 查询", "SQL query"),
    "formula": ("算式", "arithmetic"),
    "number": ("数字", "number"),
    "integer": ("整数", "whole number"),
    "boolean": ("`true` `false`", "`true` `false`"),
    "null": ("`null`", "`null`"),
}
_RECORDS = {
    "row_term": ("项：期间内的行", "Term: rows of the period"),
    "stock_term": ("项：存量", "Term: a stock"),
    "balance_term": ("项：余额", "Term: a balance"),
    "calendar_term": ("项：日历的天数", "Term: days of the calendar"),
    "other_term": ("项：本卡片的另一项", "Term: another term of the card"),
    "indicator_term": ("项：另一张卡片", "Term: another card"),
    "line": ("一行", "A line"),
    "group": ("一组", "A group"),
}
_Schema = Mapping[str, Any]


def reference_page(language: str) -> str:
    """Return the page in ``language``: a section for each kind of file."""
    intro = _pick((_INTRO_ZH, _INTRO_EN), language)
    front = f"---\norder: 44\n---\n\n# {_word('title', language)}\n\n{intro}\n"
    return front + "".join(
        "".join(_section(kind, schema, language)) for kind, schema in json_schemas().items()
    )


def _section(kind: str, schema: _Schema, language: str) -> Iterator[str]:
    yield f"\n## `{_FILES[kind]}` {{#{kind}}}\n\n{_word('least', language)}\n\n"
    yield f"```yaml\n{yaml_core.dump(_least(schema), flow=None)}```\n"
    yield from _table(schema, language)
    for name, record in _variants(schema):
        yield f"\n### {_pick(_RECORDS[name], language)} {{#{name.replace('_', '-')}}}\n"
        yield from _table(record, language)


def _table(record: _Schema, language: str) -> Iterator[str]:
    head = _word("head", language)
    yield f"\n| {head} |\n|{' --- |' * (head.count('|') + 1)}\n"
    for cells in _rows("", record, language):
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def _rows(prefix: str, record: _Schema, language: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a record's keys, each followed by those of the records within."""
    for name, schema in record["properties"].items():
        kind = _type(schema, language)
        if name in record["required"]:
            kind += f"<br>{_word('required', language)}"
        elif "default" in schema:
            kind += f"<br>{_word('default', language)}`{_flow(schema['default'])}`"
        meaning = f"{schema[f'x-{language}']}<br>`{_flow(schema['examples'][0])}`"
        yield f"`{prefix}{name}`", kind, meaning
        for step, inner in _within(schema):
            yield from _rows(f"{prefix}{name}{step}.", inner, language)


def _within(schema: _Schema) -> Iterator[tuple[str, _Schema]]:
    """Yield the records that stand at a key, with the step to them; texts are no records."""
    options = schema.get("anyOf", ())
    if "properties" in schema:
        if schema["title"] != "text":
            yield "", schema
    elif "items" in schema:
        yield from ((f"[]{step}", inner) for step, inner in _within(schema["items"]))
    elif isinstance(schema.get("additionalProperties"), Mapping):
        if "anyOf" not in schema["additionalProperties"]:
            yield from ((f".*{s}", i) for s, i in _within(schema["additionalProperties"]))
    elif options and not _is_text(schema):
        yield from _within(options[0] if "properties" in options[0] else options[-1])


def _variants(schema: _Schema) -> Iterator[tuple[str, _Schema]]:
    """Yield the records that stand in for one another: kinds of term, lines and groups."""
    terms = schema["properties"].get("terms", {}).get("additionalProperties", {})
    yield from ((record["title"], record) for record in terms.get("anyOf", ()))
    yield from schema.get("definitions", {}).items()


def _type(schema: _Schema, language: str) -> str:
    if _is_text(schema):
        return _pick(_TYPES["text"], language)
    if "x-type" in schema:
        return _pick(_TYPES[schema["x-type"]], language)
    if "enum" in schema:
        return " ".join(f"`{word}`" for word in schema["enum"])
    if "anyOf" in schema:
        kinds = dict.fromkeys(_type(option, language) for option in schema["anyOf"])
        return _word("or", language).join(kinds)
    if "$ref" in schema:
        return _pick(_RECORDS[schema["$ref"].rpartition("/")[2]], language)
    return _plain_type(schema, language)


def _plain_type(schema: _Schema, language: str) -> str:
    kind = schema["type"]
    if kind == "array":
        return _word("list", language) + _type(schema["items"], language)
    if kind == "object" and "properties" in schema:
        return _word("keys", language)
    if kind == "object":
        return _word("names", language) + _type(schema["additionalProperties"], language)
    if not isinstance(kind, str):
        kind = "string"
    word = _pick(_TYPES[schema.get("format", kind)], language)
    if "exclusiveMinimum" in schema:
        word += f" > {schema['exclusiveMinimum']}"
        word += f" ≤ {schema['maximum']}" if "maximum" in schema else ""
    elif "maximum" in schema:
        word += f" {schema['minimum']}-{schema['maximum']}"
    return word


def _is_text(schema: _Schema) -> bool:
    return any(option.get("title") == "text" for option in schema.get("anyOf", ()))


def _least(schema: _Schema) -> dict[str, Any]:
    """Return the least file: the examples of the required keys."""
    keys = schema["properties"]
    either = schema["anyOf"][0]["required"] if "anyOf" in schema else ()
    wanted = {*schema["required"], *either}
    return {name: keys[name]["examples"][0] for name in keys if name in wanted}


def _flow(value: object) -> str:
    """Return ``value`` as YAML on one line."""
    return yaml_core.dump([value], flow=True).strip()[1:-1]


def _word(name: str, language: str) -> str:
    return _pick(_WORDS[name], language)


def _pick(words: tuple[str, str], language: str) -> str:
    return words[0] if language == "zh" else words[1]


if __name__ == "__main__":
    for _language in ("zh", "en"):
        _page = Path(sys.argv[1]) / _language / PAGE
        _page.write_text(reference_page(_language), encoding="utf-8")
