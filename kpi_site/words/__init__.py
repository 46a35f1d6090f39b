"""The words that readers see, in Chinese and English: one table, as data, and its loader.

Every file of this folder is a subject; a key is unique among them all, and so is a text. A
text with ``{0}``, ``{1}`` has places for values. Problems have their texts where they arise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final, cast

from kpi_site import yaml_core

SUBJECTS: Final = (
    "site",
    "search",
    "figures",
    "terms",
    "charts",
    "cards",
    "signals",
    "why",
    "home",
    "scorecards",
    "datasets",
    "actions",
    "publications",
    "reports",
    "print",
    "workbook",
    "book",
    "diff",
    "terminal",
)
LANGUAGES: Final = ("zh", "en")


def _pairs() -> Iterator[tuple[str, tuple[str, str]]]:
    folder = files("kpi_site.words")
    for subject in SUBJECTS:
        text = (folder / f"{subject}.yml").read_text(encoding="utf-8")
        own = cast("dict[str, dict[str, str]]", yaml_core.load(text))
        for key, said in own.items():
            yield key, (said["zh"], said["en"])


WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(dict(_pairs()))
"""(Chinese, English) by key."""


def word(key: str, language: str, *values: object) -> str:
    """Return the words for ``key``, with ``values`` put in for {0}, {1} and so on.

    Where the first value is 1 and there are words ``key_one``, these: they are the singular.

    A key that is written with a capital, ``Period`` or ``Level.below``, gives the text with
    one: as the head of a column, or where a sentence begins. Raises ``KeyError`` for an
    unknown key: that is a mistake of ours, never a user's.
    """
    known = number_of(key[:1].lower() + key[1:], values)
    text = WORDS[known][LANGUAGES.index(language)]
    if key[:1].isupper():
        text = text[:1].upper() + text[1:]
    return text.format(*values) if values else text


def number_of(key: str, values: tuple[object, ...]) -> str:
    """Return the key of the words in the singular, if one thing is counted and there are such."""
    one = f"{key}_one"
    return one if values and str(values[0]) == "1" and one in WORDS else key


def counted(key: str, count: int, language: str, *values: object) -> str:
    """Return the words for ``key`` with a count: see `word`."""
    return word(key, language, count, *values)
