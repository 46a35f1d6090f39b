"""Texts and numbers as JSON: every digit, both languages, no key without a value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from kpi_site.catalog import Line, Standard, Text
from kpi_site.tidy import plain

_NUMBER: Final = "\x00number "  # no text of a card holds a control character
_MARKED = re.compile(r'"\\u0000number ([^"]*)"')


def to_json(data: Any) -> str:
    """Return ``data`` as JSON, with what ``number`` marked as numbers of all their digits."""
    return _MARKED.sub(r"\1", json.dumps(data, ensure_ascii=False, indent=1)) + "\n"


def to_json_lines(data: Mapping[str, Any]) -> str:
    """Return ``data`` as `to_json` does, but each key on a line, and each item of a list.

    So a large list is read line by line, and written in a fraction of the time.
    """
    return "{\n" + ",\n".join(f"{_line(key)}: {_lines(own)}" for key, own in data.items()) + "\n}\n"


def _lines(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _line(value)
    return "[\n" + ",\n".join(map(_line, value)) + "\n]"


def _line(value: Any) -> str:
    return _MARKED.sub(r"\1", json.dumps(value, ensure_ascii=False))


def kept(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out the keys without a value."""
    return {key: value for key, value in data.items() if value not in (None, [], {})}


def text(words: Text | None) -> dict[str, str] | None:
    """Return a text by language, as far as it is written; a plain one counts for both."""
    if words is None:
        return None
    written = {"zh": words.plain or words.zh, "en": words.plain or words.en}
    return {language: own for language, own in written.items() if own}


def number(value: Decimal | None) -> str | None:
    """Mark ``value``, so that ``to_json`` writes it as a number with all of its digits."""
    return None if value is None else _NUMBER + (plain(value) or "")


def part_json(about: Line | Standard) -> dict[str, str] | None:
    """Return the dimension and member that a line or a standard is about; None for the whole."""
    return {str(about.of.dimension): str(about.of.member)} if about.of else None
