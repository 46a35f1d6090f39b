"""Characters that cannot be seen, and texts in which they can.

A cell, a name or a file's name may hold an escape sequence that clears a terminal, a sign
that turns the order of the letters round, or a line break after which a continuous
integration service takes what follows for a command. None of them reaches a terminal or a
log as itself: whatever is printed goes through ``line`` or ``document``.
"""

from __future__ import annotations

import re
import unicodedata

_NEVER_SEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
# What the runners of GitHub and of Azure take for commands: at a line's start, and anywhere.
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#(?:vso)?\[)")


def is_invisible(character: str) -> bool:
    """Tell whether ``character`` is a control, a format sign, a surrogate or a line's end."""
    return unicodedata.category(character) in _NEVER_SEEN


def visible(text: str) -> str:
    r"""Return ``text`` with invisible characters as escapes: ``\n``, ``\x1b``, ``\u202e``."""
    if text.isprintable():
        return text
    return "".join(_escape(c) if is_invisible(c) else c for c in text)


def _escape(character: str) -> str:
    number = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def line(text: str) -> str:
    """Return ``text`` as one line to print that nothing takes for a command."""
    return _COMMAND.sub(_defused, visible(text))


def _defused(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\\x{ord(match[0][-1]):02x}"


def document(text: str) -> str:
    """Return a text of several lines to print, each as by ``line``."""
    return "\n".join(map(line, text.split("\n")))


def json_text(text: str) -> str:
    """Return a JSON document with what cannot be seen escaped as JSON does: it means the same."""
    if text.isascii():
        return text
    return "".join(_json_escape(c) if c != "\n" and is_invisible(c) else c for c in text)


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
