"""Records: mappings with known keys, declared as data and read into a value of the catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from kpi_site.content.formats import old_spelling
from kpi_site.content.meanings import MEANINGS
from kpi_site.content.shapes import (
    INVALID,
    FileReading,
    Invalid,
    Json,
    Shape,
    key_slip,
    unknown_word,
    wrong_type,
)
from kpi_site.content.yaml_source import Broken, Mapping, Node, Scalar, Sequence
from kpi_site.problems import Message, closest, has_errors

T = TypeVar("T")
_MOST_UNKNOWN = 20  # unknown keys of one mapping that are told one by one
_MAPPING = Message("“键: 值”的映射", "a mapping of keys to values")


@dataclass(frozen=True, slots=True)
class RecordKey:
    """A key of a record: its name, shape, and the field ``to`` that takes its value.

    ``stand_in`` takes the place of a required value that is missing or wrong while the rest
    of the file is checked; a file with errors never reaches the catalog. ``now`` is where newer
    formats say the same (`kpi_site.content.formats`).
    """

    name: str
    shape: Shape[Any]
    required: bool
    to: str
    stand_in: object = INVALID
    now: Message | None = None


def key(
    name: str,
    shape: Shape[Any],
    *,
    required: bool = False,
    to: str | None = None,
    stand_in: object = INVALID,
    now: Message | None = None,
) -> RecordKey:
    """Declare a key; ``to`` is the field's name where it is not the key's."""
    return RecordKey(name, shape, required, to or name, stand_in, now)


def record(
    build: Callable[..., T],
    *keys: RecordKey,
    name: str,
    placed: bool = False,
    lenient: bool = False,
    top: bool = False,
) -> Shape[T]:
    """Read a mapping by its ``keys`` into ``build(**fields)``.

    Unknown keys, missing required ones and keys without a value are reported. Optional keys
    that are absent are not passed on. With ``placed``, ``build`` is also given ``where``, the
    place of the mapping. A record with a wrong value is invalid as a whole; a ``lenient`` one
    is built without it; a ``top`` one too, and notes such keys in ``reading.damaged``.
    The record's ``name`` finds what its keys mean (`kpi_site.content.meanings`).
    """
    by_name = {declared.name: declared for declared in keys}

    def read(node: Node, reading: FileReading) -> T | Invalid:
        if isinstance(node, Scalar) and (slip := key_slip(node, by_name)) is not None:
            reading.problems.append(slip)
            return INVALID
        if not isinstance(node, Mapping):
            return wrong_type(node, reading, _MAPPING)
        misspelt = _report_unknown(node, by_name, reading)
        missing = _report_missing(node, keys, misspelt, reading)
        fields: dict[str, object] = {}
        damaged = misspelt | missing
        for word, value in node.entries:
            if word.text in by_name:
                before = len(reading.problems)
                declared = by_name[word.text]
                if declared.now is not None:
                    reading.problems.append(old_spelling(word, declared.now, reading.format))
                fields[declared.to] = _read_value(declared, word, value, reading)
                if has_errors(reading.problems[before:]) or _is_broken(value):
                    damaged.add(declared.name)
        if top:
            reading.damaged.update(damaged)
        elif not lenient and (misspelt or INVALID in fields.values()):
            return INVALID
        return _build(build, keys, fields, {"where": node.where} if placed else {})

    return Shape(read, _schema(name, keys))


def _is_broken(node: Node) -> bool:
    """Tell whether ``node``, or anything in it, had a problem before it was read."""
    match node:
        case Mapping():
            return any(_is_broken(value) for _, value in node.entries)
        case Sequence():
            return any(_is_broken(item) for item in node.items)
        case _:
            return isinstance(node, Broken)


def _report_unknown(node: Mapping, known: Iterable[str], reading: FileReading) -> set[str]:
    """Report unknown keys, and return the absent ones that were probably meant."""
    present = {name.text for name, _ in node.entries}
    misspelt = set()
    strange = 0
    for before, (name, value) in zip((None, *node.entries), node.entries, strict=False):
        strange += name.text not in known
        if strange > _MOST_UNKNOWN:
            continue
        if name.text not in known and before and _is_cut_number(before[1], name, value):
            _report_cut_number(before[1], name, reading)
            misspelt.add(before[0].text)
        elif name.text not in known:
            unknown_word(reading, "unknown-key", Message("键", "key"), name, value, known)
            meant = closest(name.text, [word for word in known if word not in present])
            misspelt |= {meant} if meant else set()
    if strange > _MOST_UNKNOWN:
        more = strange - _MOST_UNKNOWN
        message = Message(
            f"还有 {more} 个未知的键没有列出", f"{more} more unknown keys are not listed"
        )
        reading.report(node.where, "unlisted-problems", message)
    return misspelt


def _is_cut_number(before: Node, name: Scalar, value: Node) -> bool:
    """Tell whether a comma has cut a number in two: ``{target: 1,200}``."""
    empty = isinstance(value, Scalar) and value.kind == "null"
    number = isinstance(before, Scalar) and before.kind in {"integer", "float"}
    return empty and number and name.text.isdigit()


def _report_cut_number(before: Node, name: Scalar, reading: FileReading) -> None:
    first = before.text if isinstance(before, Scalar) else ""
    message = Message(
        f"逗号把数字切成了两半：{first} 和 {name.text}",
        f"the comma cuts the number in two: {first} and {name.text}",
    )
    hint = Message(f"请写 {first}.{name.text}。", f"Write {first}.{name.text}.")
    if len(name.text) == 3 and first.lstrip("-") != "0":
        hint = Message(f"请写 {first}{name.text}。", f"Write {first}{name.text}.")
    reading.report(before.where, "thousands-separator", message, hint)


def _report_missing(
    node: Mapping, keys: tuple[RecordKey, ...], misspelt: set[str], reading: FileReading
) -> set[str]:
    """Report required keys that are absent (but not those only misspelt), and return them."""
    present = {name.text for name, _ in node.entries}
    missing = {k.name for k in keys if k.required and k.name not in present | misspelt}
    for name in sorted(missing):
        message = Message(f"缺少键“{name}”", f"missing key '{name}'")
        reading.report(node.where, "missing-key", message)
    return missing


def _read_value(declared: RecordKey, name: Scalar, value: Node, reading: FileReading) -> object:
    if isinstance(value, Scalar) and value.kind == "null" and not declared.shape.nullable:
        return reading.report(
            name.where,
            "empty-value",
            Message(f"键“{name.text}”没有值", f"key '{name.text}' has no value"),
            Message("请填写，或删除这个键。", "Write a value, or remove the key."),
        )
    return declared.shape.read(value, reading)


def _build(
    build: Callable[..., T],
    keys: tuple[RecordKey, ...],
    fields: dict[str, object],
    more: dict[str, object],
) -> T | Invalid:
    for declared in keys:
        if fields.get(declared.to, INVALID) is not INVALID:
            continue
        fields.pop(declared.to, None)
        if declared.required:
            if declared.stand_in is INVALID:
                return INVALID
            fields[declared.to] = declared.stand_in
    return build(**fields, **more)


def _schema(name: str, keys: tuple[RecordKey, ...]) -> dict[str, object]:
    meanings = MEANINGS.get(name, {})
    schemas = {declared.name: _schema_of(declared) for declared in keys}
    return {
        "title": name,
        "type": "object",
        "properties": {
            word: meanings[word].describe(schema) if word in meanings else schema
            for word, schema in schemas.items()
        },
        "required": [declared.name for declared in keys if declared.required],
        "additionalProperties": False,
    }


def _schema_of(declared: RecordKey) -> Json:
    """Return a key's schema; editors strike an old spelling out."""
    if declared.now is None:
        return declared.shape.schema
    return {**declared.shape.schema, "deprecationMessage": f"{declared.now.zh} / {declared.now.en}"}
