"""Typst code as text: values become literals and calls, so that no data is ever markup.

A document is written in Typst's code mode alone. A text is a string literal, in which
nothing is active but the backslash and the quotation mark: there is no way out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

Code = str
"""An expression of Typst."""

NONE: Final[Code] = "none"
_SPACE = re.compile(r"\s+")
_GONE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u2066-\u2069\u202a-\u202e\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG = re.compile("[!-~]{25,}")


def one_line(text: str) -> str:
    """Return ``text`` as readers see it, on one line.

    White space becomes one space. Control characters and marks that turn the direction of
    writing are dropped; half a surrogate pair becomes U+FFFD.
    """
    clean = _SURROGATE.sub("\ufffd", _GONE.sub("", text))
    return _SPACE.sub(" ", clean).strip()


def string(text: str) -> Code:
    """Return ``text`` on one line as a string literal: what is compiled equals it."""
    return _literal(one_line(text))


def cell(text: str) -> Code:
    """Return ``text`` as a literal for a narrow column: overlong words may break inside."""
    return _literal(_LONG.sub(_broken, one_line(text)))


def lines(text: str) -> Code:
    """Return a text whose line breaks and spaces count, such as code, as a literal."""
    own = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    kept = (_SURROGATE.sub("\ufffd", _GONE.sub("", line)) for line in own)
    return "\\n".join(_escaped(line) for line in kept).join('""')


def _broken(match: re.Match[str]) -> str:
    """Allow a break (U+200B) after every twelfth character of a long run."""
    word = match[0]
    return "\u200b".join(word[i : i + 12] for i in range(0, len(word), 12))


def _literal(text: str) -> Code:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def number(value: float) -> Code:
    """Return a length, rounded to a hundredth of a point: drawings need no more."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def day(value: date) -> Code:
    """Return a day as Typst's ``datetime``."""
    return f"datetime(year: {value.year}, month: {value.month}, day: {value.day})"


def call(name: str, *args: Code, **named: Code) -> Code:
    """Return a call of ``name``; Python's ``_`` in a parameter's name is Typst's ``-``."""
    given = [*args, *(f"{key.replace('_', '-')}: {value}" for key, value in named.items())]
    return f"{name}({', '.join(given)})"


def spread(name: str, *args: Code) -> Code:
    """Return a call with each argument on a line of its own, as a person reads a long one."""
    return f"{name}(\n" + "".join(f"    {arg},\n" for arg in args) + "  )"


def array(items: Iterable[Code]) -> Code:
    """Return an array of ``items``, also of one or none."""
    return "(" + "".join(f"{item}, " for item in items).rstrip(" ") + ")"


def joined(parts: Iterable[Code]) -> Code:
    """Return content that consists of ``parts``, one after another."""
    found = [part for part in parts if part not in {NONE, '""'}]
    if len(found) == 1:
        return found[0]
    return "{" + "; ".join(found) + "}" if found else NONE
