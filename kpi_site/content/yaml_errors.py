"""What the YAML parser's errors mean, in both languages."""

from __future__ import annotations

import re

import yaml

from kpi_site.content.yaml_text import YamlText
from kpi_site.problems import Location, Message, Problem

# The parser's words -> what a contributor should read, and how to mend it.
_KNOWN: dict[str, tuple[Message, Message | None]] = {
    "mapping values are not allowed in this context": (
        Message("这里不能再出现“键: 值”", "a 'key: value' pair cannot stand here"),
        Message(
            "请检查缩进；文字里若有冒号加空格，请给整段文字加引号。",
            "Check the indentation; quote a text that holds a colon and a space.",
        ),
    ),
    "did not find expected key": (
        Message("这里应为一个键", "a key was expected here"),
        Message("请检查缩进和引号。", "Check the indentation and the quotes."),
    ),
    "did not find expected '-' indicator": (
        Message("这里应为以“- ”开头的列表项", "a list item starting with '- ' was expected here"),
        Message("请检查缩进。", "Check the indentation."),
    ),
    "did not find expected ',' or ']'": (
        Message("列表缺少“,”或“]”", "the list lacks a ',' or ']'"),
        None,
    ),
    "did not find expected ',' or '}'": (
        Message("映射缺少“,”或“}”", "the mapping lacks a ',' or '}'"),
        None,
    ),
    "found character that cannot start any token": (
        Message("文字不能以这个字符开头", "a text cannot start with this character"),
        Message("请给文字加引号。", "Quote the text."),
    ),
    "found unexpected end of stream": (
        Message("引号没有结束", "the quotes are never closed"),
        None,
    ),
    "found unknown escape character": (
        Message("双引号中有未知的转义", "unknown escape in double quotes"),
        Message("反斜杠本身要写成 \\\\，或改用单引号。", "Write \\\\, or use single quotes."),
    ),
    "found invalid Unicode character escape code": (
        Message("双引号中的转义不是字符", "an escape in double quotes is no character"),
        Message("请直接输入这个字符。", "Type the character itself."),
    ),
    "could not find expected ':'": (
        Message("键后面缺少冒号", "a key lacks its colon"),
        Message("请检查缩进；多行文字请缩进。", "Check the indentation of texts that go on."),
    ),
    "did not find expected <document start>": (
        Message("内容在这里意外中断", "the content breaks off here"),
        Message(
            "请检查缩进：最外层的键要对齐。", "Check the indentation: the outermost keys align."
        ),
    ),
    "did not find expected node content": (
        Message("这里缺少内容", "a value is missing here"),
        None,
    ),
    "block sequence entries are not allowed in this context": (
        Message("列表项不能写在这一行", "a list item cannot stand on this line"),
        Message("请另起一行并缩进。", "Put it on a line of its own, indented."),
    ),
    "did not find expected comment or line break": (
        Message("“>”或“|”之后应换行", "a line break was expected after '>' or '|'"),
        Message("若文字以它们开头，请加引号。", "Quote a text that starts with one of them."),
    ),
    "did not find expected alphabetic or numeric character": (
        Message("文字不能以“*”或“&”开头", "a text cannot start with '*' or '&'"),
        Message("请给文字加引号。", "Quote the text."),
    ),
    "did not find expected hexdecimal number": (
        Message("双引号中的转义不完整", "an escape in double quotes is incomplete"),
        Message("反斜杠本身要写成 \\\\，或改用单引号。", "Write \\\\, or use single quotes."),
    ),
    "found unexpected document indicator": (
        Message("引号没有结束", "the quotes are never closed"),
        None,
    ),
    "found undefined tag handle": (
        Message("不允许使用类型标签", "tags are not allowed"),
        Message("若是文字，请加引号。", "Quote it if it is text."),
    ),
}
# Errors that the parser notices long after the mistake: told where what it was reading began.
_TOLD_WHERE_IT_BEGAN = {
    "found unexpected end of stream",
    "found unexpected document indicator",
    "could not find expected ':'",
    "did not find expected alphabetic or numeric character",
}
_UNCLOSED = {"did not find expected ',' or ']'", "did not find expected ',' or '}'"}


_NEEDS_QUOTES = (
    Message("文字里有冒号，没有加引号", "a text holds a colon and is not quoted"),
    Message(
        '请给整段文字加引号，如 en: "Note: share"。', 'Quote the whole text, as en: "Note: share".'
    ),
)


def _second_colon(source: YamlText, at: int) -> bool:
    """Tell whether a colon stands there in a text behind ``key:``, within braces or brackets."""
    _, line = source.line(source.place(at)[0] - 1)
    before = line[: source.place(at)[1] - 1]
    return source.text[at : at + 1] == ":" and re.search(r":\s[^,{}[\]]*$", before) is not None


def explain(error: yaml.MarkedYAMLError, source: YamlText) -> Problem:
    """Return the problem for a syntax error, at its place."""
    said, mark, began = error.problem or "error", error.problem_mark, error.context_mark
    opened = _opened_before(mark, source) if mark is not None else None
    if opened is not None:
        return _quotes_run_on(*opened, source)
    if began is not None and (mark is None or said in _TOLD_WHERE_IT_BEGAN):
        mark = began
    where = source.locate(mark.index) if mark else Location(source.file)
    generic = Message(f"YAML 语法错误：{said}", f"YAML syntax error: {said}"), None
    message, hint = _KNOWN.get(said, generic)
    if said in _UNCLOSED and mark is not None and _second_colon(source, mark.index):
        message, hint = _NEEDS_QUOTES
    elif said in _UNCLOSED and began is not None:
        line = began.line + 1
        hint = Message(f"它从第 {line} 行开始。", f"It begins on line {line}.")
    return Problem(where, "yaml-syntax", message, hint)


def _opened_before(
    mark: yaml.Mark | yaml._yaml.Mark, source: YamlText
) -> tuple[yaml.Mark, yaml.Mark] | None:
    """Return start and end of the quotes over several lines that end right where ``mark`` is.

    Quotes that were never closed end at the next ones, where the parser first wonders.
    """
    found = None
    try:
        for token in yaml.scan(source.text, Loader=yaml.CBaseLoader):
            if token.end_mark.index > mark.index:
                break
            found = token
    except yaml.YAMLError:
        pass
    if not isinstance(found, yaml.ScalarToken) or found.style not in {"'", '"'}:
        return None
    start, end = found.start_mark, found.end_mark
    return (start, end) if start.line < end.line == mark.line else None


def _quotes_run_on(start: yaml.Mark, end: yaml.Mark, source: YamlText) -> Problem:
    line = end.line + 1
    return Problem(
        source.locate(start.index),
        "yaml-syntax",
        Message(f"引号从这里开始，到第 {line} 行才结束", f"these quotes end only on line {line}"),
        Message(
            "请在文字末尾补上引号。",
            "Put the closing quotes at the end of the text.",
        ),
    )
