"""A form in the browser for each card: the configuration of Sveltia CMS, made of the card itself.

A CMS knows no choice between shapes (a text, or one for each language; one threshold or many)
and no keys of one's own (terms). So each card has a form of its own, in the shape in which the
card is written; what the keys mean, and what may be chosen, come from the schema and the site.
A new card begins as a draft: all that a form can tell, and blanks for formula and terms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kpi_site.catalog import Text, Unit
from kpi_site.content import json_schemas
from kpi_site.content.blanks import BLANK
from kpi_site.content.draft import Draft, Entry
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, Scalar, Sequence
from kpi_site.files import File

Field = dict[str, Any]
Choices = Mapping[str, Mapping[str, str]]
Schema = Mapping[str, Any]

BACKENDS: Final = ("github", "gitlab")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")  # a dot would mean a field within a field
_LONG: Final = 60  # characters of a text that has more than one line of the form
_BEGUN: Final = (
    "id", "name", "definition", "purpose", "formula", "terms", "unit", "direction", "cycle",
    "notes", "collector", "source", "verifier", "perspective", "status",
)  # fmt: skip
_TEXTS: Final = {"name", "definition", "purpose", "notes", "collector", "source", "verifier"}
_BLANKS: Final = {"formula": BLANK, "terms": BLANK, "status": "draft"}

INDEX: Final = """<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{title}</title>
  </head>
  <body>
    <script src="sveltia-cms.js"></script>
  </body>
</html>
"""


def form_files(draft: Draft, backend: Mapping[str, str]) -> Iterator[File]:
    """Yield the page of the forms and its configuration; ``backend`` says where the files are."""
    yield File("index.html", INDEX.format(title="KPI"))
    text = json.dumps(configuration(draft, backend), ensure_ascii=False, separators=(",", ":"))
    yield File("config.yml", f"{text}\n")  # JSON is YAML


def configuration(draft: Draft, backend: Mapping[str, str]) -> dict[str, Any]:
    """Return what Sveltia CMS is told: a collection for each department, a file for each card."""
    site = draft.catalog.site
    choices = _choices(draft)
    return {
        "backend": dict(backend),
        "publish_mode": "editorial_workflow",
        "media_folder": "docs/images",
        "public_folder": "/images",
        "output": {"omit_empty_optional_fields": True, "yaml": {"quote": "none"}},
        "collections": [
            {
                "name": str(unit.id),
                "label": _both(unit.name),
                "format": "yaml",
                "editor": {"preview": False},
                "files": files,
            }
            for unit in site.departments
            if (files := [f for e in draft.indicators for f in _file(e, str(unit.id), choices)])
        ]
        + [
            {"divider": True},
            *(_begun(unit, site.languages, choices) for unit in site.departments),
        ],
    }


def _begun(unit: Unit, languages: Iterable[str], choices: Choices) -> dict[str, Any]:
    """Return the collection of a department's drafts: each is a card that a form has begun."""
    schema: Schema = json_schemas()["indicator"]
    properties: Mapping[str, Schema] = schema["properties"]
    fields: list[Field] = []
    for key in _BEGUN:
        options = _options((*_each(properties[key]),), choices, ())
        if key in _TEXTS:
            kind = "string" if key == "name" else "text"
            inner = [{"name": x, "label": x, "widget": kind} for x in languages]
            field: Field = {"widget": "object", "fields": inner}
        elif key in _BLANKS:
            field = {"widget": "hidden", "default": _BLANKS[key]}
        else:
            field = {"widget": "select", "options": options} if options else {"widget": "string"}
        fields.append({"name": key, "label": key, **field, **_told(key, (schema,))})
    fields[0] |= {"readonly": False, "pattern": [properties["id"]["pattern"], "a-z 0-9 _"]}
    return {
        "name": f"new-{unit.id}",
        "label": f"＋ {_both(unit.name)}",
        "label_singular": "新指标 / new indicator",
        "folder": f"content/indicators/{unit.id}",
        "format": "yaml",
        "extension": "yml",
        "create": True,
        "identifier_field": "id",
        "slug": "{{fields.id}}",
        "filter": {"field": "terms", "value": BLANK},
        "editor": {"preview": False},
        "fields": fields,
    }


def _choices(draft: Draft) -> Choices:
    """Return what may be chosen, by what it is the name of, with what readers call it."""
    site = draft.catalog.site
    return {
        "indicator": {k: _both(card.name) for k, card in draft.catalog.indicators.items()},
        "dataset": {k: _both(one.title) for k, one in draft.catalog.datasets.items()},
        "perspective": {str(u.id): _both(u.name) for u in site.perspectives},
        "audience": {str(name): str(name) for name in site.audiences},
    }


def _both(text: Text) -> str:
    """Return a text in both languages, once where they are the same."""
    return " / ".join(dict.fromkeys(t for t in (text.get("zh"), text.get("en")) if t))


def _file(entry: Entry[Any], department: str, choices: Choices) -> Iterator[dict[str, Any]]:
    if entry.value is None or str(entry.value.department) != department:
        return
    schema = json_schemas()["indicator"]
    yield {
        "name": entry.name,
        "label": f"{_both(entry.value.name)} ({entry.name})",
        "file": entry.file,
        "fields": [*_fields(entry.mapping, (schema,), choices)],
    }


def _fields(node: MappingNode, shapes: tuple[Schema, ...], choices: Choices) -> Iterator[Field]:
    """Yield a field for each key that stands there, in its order."""
    for key, value in node.entries:
        inner = tuple(x for shape in shapes for x in _at(shape, key.text))
        found = _field(value, inner, choices) if _NAME.fullmatch(key.text) else None
        if found is not None:
            yield {"name": key.text, "label": key.text, **found, **_told(key.text, shapes)}


def _told(key: str, shapes: tuple[Schema, ...]) -> Field:
    """Return what a key means, in both languages, and whether it may be left out."""
    told: Field = {"required": any(key in shape.get("required", ()) for shape in shapes)}
    for shape in shapes:
        inner = shape.get("properties", {}).get(key, {})
        if "x-zh" in inner:
            told["hint"] = f"{inner['x-zh']} / {inner['x-en']}"
            break
    if key == "id":
        told["readonly"] = True
    return told


def _field(node: Node, shapes: tuple[Schema, ...], choices: Choices) -> Field | None:
    """Return the field for what stands there; None for what a form cannot show as it is."""
    if isinstance(node, MappingNode):
        fields = [*_fields(node, shapes, choices)]
        whole = len(fields) == len(node.entries)
        return {"widget": "object", "collapsed": "auto", "fields": fields} if whole else None
    if isinstance(node, Sequence):
        return _list(node, tuple(x for shape in shapes for x in _at(shape, 0)), choices)
    if isinstance(node, Scalar):
        return _scalar(node, shapes, choices)
    return None


def _list(node: Sequence, shapes: tuple[Schema, ...], choices: Choices) -> Field | None:
    if node.items and all(isinstance(item, Scalar) for item in node.items):
        texts = [item.text for item in node.items if isinstance(item, Scalar)]
        options = _options(shapes, choices, texts)
        if options:
            return {"widget": "select", "multiple": True, "options": options}
        kinds = {item.kind for item in node.items if isinstance(item, Scalar)}
        return {"widget": "list"} if kinds == {"string"} else None
    records = [item for item in node.items if isinstance(item, MappingNode)]
    if not records or len(records) != len(node.items):
        return None
    fields: dict[str, Field] = {}
    for record in records:
        own = [*_fields(record, shapes, choices)]
        if len(own) != len(record.entries):
            return None
        for field in own:
            name = field["name"]
            if fields.setdefault(name, field)["widget"] != field["widget"]:
                return None  # a number here and arithmetic there have no field in common
            fields[name] = _merged(fields[name], field)
    everywhere = {n for n in fields if all(r.get(n) is not None for r in records)}
    listed = [{**f, "required": f["required"] and n in everywhere} for n, f in fields.items()]
    return {"widget": "list", "collapsed": True, "fields": listed}


def _merged(one: Field, other: Field) -> Field:
    """Return a field that takes what both take: the fields within, and the longer text."""
    if "fields" not in one:
        return one
    fields = {field["name"]: field for field in one["fields"]}
    for field in other["fields"]:
        known = fields.get(field["name"])
        fields[field["name"]] = field if known is None else _merged(known, field)
    return {**one, "fields": [{**f, "required": False} for f in fields.values()]}


def _scalar(node: Scalar, shapes: tuple[Schema, ...], choices: Choices) -> Field | None:
    options = _options(shapes, choices, [node.text])
    if options and node.kind == "string":
        return {"widget": "select", "options": options}
    match node.kind:
        case "boolean":
            return {"widget": "boolean"}
        case "integer" | "float":
            kind = "int" if any(x.get("type") == "integer" for x in shapes) else "float"
            return {"widget": "number", "value_type": kind}
        case "string":
            long = "\n" in node.text or len(node.text) > _LONG
            return {"widget": "text" if long else "string"}
        case _:
            return None


def _options(
    shapes: tuple[Schema, ...], choices: Choices, present: Iterable[str]
) -> list[str | dict[str, str]]:
    """Return what may be chosen, with what stands there already; nothing where all is free.

    A word that is its own label stands alone: there are many, and each card has them.
    """
    found: dict[str, str] = {}
    for shape in shapes:
        found |= choices.get(str(shape.get("x-names", "")), {})
        found |= {str(word): str(word) for word in shape.get("enum", ())}
    if found:
        found |= {word: word for word in present if word not in found}
    return [v if v == t else {"value": v, "label": f"{t} ({v})"} for v, t in found.items()]


def _at(shape: Schema, step: str | int) -> Iterator[Schema]:
    for one in _each(shape):
        inner: Any = None
        if isinstance(step, int):
            inner = one.get("items")
        elif step in one.get("properties", {}):
            inner = one["properties"][step]
        else:
            inner = one.get("additionalProperties")
        if isinstance(inner, Mapping):
            yield from _each(inner)


def _each(schema: Schema) -> Iterator[Schema]:
    if "anyOf" in schema and "properties" not in schema:
        for one in schema["anyOf"]:
            yield from _each(one)
    else:
        yield schema
