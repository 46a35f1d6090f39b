"""What a key means: a sentence in both languages, an example, and what holds without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpi_site.problems import Message


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of one key.

    ``example`` and ``default`` are values as JSON has them; a ``default`` of None says that
    leaving the key out means just its absence (or what ``text`` says).
    """

    text: Message
    example: Any = None
    default: Any = None

    def describe(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``schema`` with description (Chinese, then English), example and default.

        ``x-zh`` and ``x-en`` hold the description in one language each.
        """
        zh, en = self.text.zh, self.text.en
        described = {**schema, "description": f"{zh}\n\n{en}", "x-zh": zh, "x-en": en}
        if self.example is not None:
            described["examples"] = [self.example]
        if self.default is not None:
            described["default"] = self.default
        return described


def means(zh: str, en: str, example: object = None, *, default: object = None) -> Meaning:
    """Write a meaning down in one call."""
    return Meaning(Message(zh, en), example, default)


Meanings = Mapping[str, Mapping[str, Meaning]]
"""By the name of a record, then by key."""
