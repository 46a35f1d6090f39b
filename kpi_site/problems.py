"""Problems as values: what is wrong, exactly where, and how to mend it.

A stage collects all of its problems and returns them; nothing here is raised.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]
_FULL_STOPS: Final = "。."


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. ``file`` is relative to the site's root, with forward slashes.

    ``line`` and ``column`` count from 1; ``column`` counts characters, not bytes.
    0 means "the whole file" (line) or "the whole line" (column).
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class Name(str):
    """A word read from a file that remembers where it stood; equal to the plain string."""

    where: Location

    def __new__(cls, text: str, where: Location) -> Name:
        """Make a string that carries ``where``."""
        self = super().__new__(cls, text)
        self.where = where
        return self

    def __reduce__(self) -> tuple[type[Name], tuple[str, Location]]:
        """Return what makes the same word again, for copies and pickles."""
        return Name, (str(self), self.where)


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """Return the sentence in ``language`` (``zh`` or anything else for English)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place. ``code`` is stable: other programs may rely on it."""

    where: Location
    code: str
    message: Message
    hint: Message | None = None
    severity: Severity = "error"

    def text(self, language: str = "en") -> str:
        """Return ``file:line:column: what. Hint`` in ``language``."""
        what = self.message.get(language)
        if self.hint is None:
            return f"{self.where}: {what.rstrip(_FULL_STOPS)}"
        gap = "" if language == "zh" else " "
        return f"{self.where}: {sentence(what, language)}{gap}{self.hint.get(language)}"


def sentence(text: str, language: str) -> str:
    """Return ``text`` with one mark at its end, its own where it asks or exclaims."""
    text = text.rstrip(_FULL_STOPS)
    if text.endswith(("?", "!", "？", "！")):
        return text
    return text + ("。" if language == "zh" else ".")


class Failure(Exception):  # noqa: N818
    """Something outside of the program refused: told in one line, not as a traceback."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


def problem(
    where: Location,
    code: str,
    *,
    zh: str,
    en: str,
    hint_zh: str | None = None,
    hint_en: str | None = None,
    severity: Severity = "error",
) -> Problem:
    """Make a problem from its sentences; both hints are given, or neither."""
    hint = Message(hint_zh, hint_en) if hint_zh and hint_en else None
    return Problem(where, code, Message(zh, en), hint, severity)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``word`` most likely means, or None.

    Compares without regard to case, so that ``Amount`` finds ``amount``.
    """
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> Message | None:
    """Return a hint naming the closest known name, or listing the few that exist."""
    names = list(known)
    guess = closest(word, names)
    if guess is not None:
        return Message(f"是不是想写“{guess}”？", f"Did you mean '{guess}'?")
    if 0 < len(names) <= 12:
        listed = ", ".join(names)
        return Message(f"可用的有：{listed}。", f"Known here: {listed}.")
    return None


def unknown(where: Location, code: str, kind: Message, word: str, known: Iterable[str]) -> Problem:
    """Make the problem for a name that leads nowhere, with its did-you-mean."""
    message = Message(f"未知的{kind.zh}“{word}”", f"unknown {kind.en} '{word}'")
    return Problem(where, code, message, did_you_mean(word, known))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether any of ``problems`` stops the build."""
    return any(p.severity == "error" for p in problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return ``problems`` by file, line and column, without repetitions."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.where, p.code)))
