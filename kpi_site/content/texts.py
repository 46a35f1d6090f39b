"""Texts for readers: one plain string, or one for each language; Markdown, but no raw HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpi_site.catalog import Text
from kpi_site.content.meanings import MEANINGS
from kpi_site.content.shapes import (
    INVALID,
    FileReading,
    Invalid,
    Shape,
    invisible,
    scalar,
    unknown_word,
    wrong_type,
)
from kpi_site.content.yaml_source import Mapping, Node, Scalar
from kpi_site.problems import Message
from kpi_site.visible import is_invisible

_LANGUAGES = ("zh", "en")
_NAMES = {"zh": Message("中文", "Chinese"), "en": Message("英文", "English")}
LONGEST = 20_000  # characters of one text
_DEEPEST = 20
_BRACKET = re.compile(r"[\[\]()]")
_MARKERS = re.compile(rf"^(?:[ \t]*(?:[-+*>]|\d+[.)])(?=[ \t])){{{_DEEPEST + 1}}}", re.MULTILINE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_HTML = re.compile(
    r"""(?<!\\)(?:
      <[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]*)?>     # an opening tag
    | <(?:script|style|iframe|object|embed|svg|img|form|link|meta|base)\b   # never closed
    | </[A-Za-z][^<>]*>? | <!-- | <!\[ | <![A-Za-z] | <\?
    | \{:?[^{}\n]*\bon[a-z]+\s*=[^{}\n]*\}        # an attribute list with an event handler
    | \]\(\s*<?\s*(?:javascript|vbscript|data):   # a link that runs code
    | \]:\s*<?\s*(?:javascript|vbscript|data):
    | <(?:javascript|vbscript|data):
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def _read_text(node: Node, reading: FileReading) -> Text | Invalid:
    if isinstance(node, Mapping):
        return _read_translations(node, reading)
    found = _words(node, reading, Message("文字，或 {zh: …, en: …}", "a text, or {zh: …, en: …}"))
    return found if isinstance(found, Invalid) else Text(plain=found)


def _words(node: Node, reading: FileReading, expected: Message) -> str | Invalid:
    """Return a text that is one, not a number or truth value, and holds no raw HTML."""
    if isinstance(node, Scalar) and node.kind not in {"string", "null"}:
        message = Message(
            f"应为{expected.zh}，实为“{node.text}”", f"expected {expected.en}, found {node.text}"
        )
        quoted = f'"{node.text}"'
        hint = Message(f"若是文字，请写 {quoted}。", f"Write {quoted} if it is a text.")
        return reading.report(node.where, "wrong-type", message, hint)
    found = scalar(node, reading, expected)
    if isinstance(found, Invalid):
        return found
    if len(found.text) > LONGEST:
        message = Message(f"文字超过 {LONGEST} 个字符", f"longer than {LONGEST} characters")
        return reading.report(found.where, "too-long", message)
    _check_characters(found, reading)
    _check_nesting(found, reading)
    _check_html(found, reading)
    return found.text


def _read_translations(node: Mapping, reading: FileReading) -> Text | Invalid:
    texts: dict[str, str] = {}
    present = {name.text for name, _ in node.entries}
    for name, value in node.entries:
        if name.text not in _LANGUAGES:
            kind = Message("语言", "language")
            unknown_word(reading, "unknown-language", kind, name, value, _LANGUAGES)
            continue
        found = _translation(name, value, reading)
        if not isinstance(found, Invalid):
            texts[name.text] = found
    if not texts:
        if present:
            return INVALID
        return wrong_type(
            node, reading, Message("文字，或 {zh: …, en: …}", "a text, or {zh: …, en: …}")
        )
    for language in () if present - set(_LANGUAGES) else _missing(present, reading):
        name_of = _NAMES[language]
        reading.report(
            node.where,
            "missing-translation",
            Message(f"缺少{name_of.zh}译文", f"the {name_of.en} translation is missing"),
            severity="warning",
        )
    return Text(zh=texts.get("zh"), en=texts.get("en"))


def _translation(name: Scalar, value: Node, reading: FileReading) -> str | Invalid:
    if isinstance(value, Scalar) and value.kind == "null":
        message = Message(f"键“{name.text}”没有值", f"key '{name.text}' has no value")
        return reading.report(name.where, "empty-value", message)
    return _words(value, reading, Message("文字", "a text"))


def _missing(present: set[str], reading: FileReading) -> Iterator[str]:
    return (language for language in reading.languages if language not in present)


def _check_characters(node: Scalar, reading: FileReading) -> None:
    """Report the first character that cannot be seen; joiners within a word or emoji may stand."""
    if node.text.isprintable():
        return
    for at, character in enumerate(node.text):
        if is_invisible(character) and character not in "\n\u200c\u200d":
            invisible(node, at, reading)
            return


def _check_nesting(node: Scalar, reading: FileReading) -> None:
    """Report brackets or marks of lists and quotations that lie deeper than anyone reads."""
    found = _MARKERS.search(node.text)
    at = found.start() if found else _too_deep(node.text)
    if at is not None:
        message = Message(f"嵌套超过 {_DEEPEST} 层", f"nested more than {_DEEPEST} levels deep")
        reading.report(node.code().locate(at), "text-nesting", message)


def _too_deep(text: str) -> int | None:
    """Return where more than the allowed number of brackets are open at once, if anywhere."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth = depth + 1 if match[0] in "[(" else max(0, depth - 1)
        if depth > _DEEPEST:
            return match.start()
    return None


def _check_html(node: Scalar, reading: FileReading) -> None:
    """Report each piece of raw HTML, or of markup that could run code, at its own place."""
    if not re.search(r"[<{\]]", node.text):
        return
    masked = _CODE_SPAN.sub(lambda match: " " * len(match[0]), node.text)
    for match in _HTML.finditer(masked):
        shown = match[0] if len(match[0]) <= 40 else match[0][:39] + "…"
        reading.report(
            node.code().locate(match.start()),
            "raw-html",
            Message(f"不允许使用 HTML：“{shown}”", f"raw HTML is not allowed: '{shown}'"),
            Message(
                "请用 Markdown；小于号请写成 \\<，或放进反引号。",
                "Use Markdown; write a less-than sign as \\<, or within backticks.",
            ),
        )


TEXT: Shape[Text] = Shape(
    _read_text,
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "title": "text",
                "properties": {
                    language: MEANINGS["text"][language].describe({"type": "string"})
                    for language in _LANGUAGES
                },
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    },
)
