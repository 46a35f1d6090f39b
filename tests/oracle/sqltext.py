"""A ``value`` taken apart into its aggregates, as text: DuckDB runs each one as written."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = "COUNT|SUM|AVG|MEAN|MIN|MAX|MEDIAN|QUANTILE_CONT|QUANTILE"
_HEAD = re.compile(rf"\b({_NAMES})\s*\(", re.IGNORECASE)
_FILTER = re.compile(r"\s*FILTER\s*\(\s*WHERE\b", re.IGNORECASE)
_DISTINCT = re.compile(r"\s*DISTINCT\b", re.IGNORECASE)


@dataclass(frozen=True)
class Aggregate:
    """``kind(DISTINCT argument, rest) FILTER (WHERE where)``."""

    kind: str
    distinct: bool
    argument: str
    rest: str
    where: str | None


def split(text: str) -> tuple[str, list[Aggregate]]:
    """Return the arithmetic over ``a0``, ``a1`` … and the aggregates that these stand for."""
    found: list[Aggregate] = []
    arithmetic, at = "", 0
    while head := _HEAD.search(text, at):
        end = closing(text, head.end() - 1)
        where, after = None, end + 1
        if filtered := _FILTER.match(text, after):
            stop = closing(text, text.index("(", after))
            where, after = text[filtered.end() : stop], stop + 1
        inside = text[head.end() : end]
        distinct = _DISTINCT.match(inside)
        parts = commas(inside[distinct.end() :] if distinct else inside)
        aggregate = Aggregate(
            head[1].upper(), bool(distinct), parts[0].strip(), ",".join(parts[1:]), where
        )
        arithmetic += text[at : head.start()] + f"a{len(found)}"
        found.append(aggregate)
        at = after
    return arithmetic + text[at:], found


def closing(text: str, start: int) -> int:
    """Return the place of the parenthesis that closes the one at ``start``."""
    depth = 0
    for at, character in _outside_quotes(text, start):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return at
    raise ValueError(text)


def commas(text: str) -> list[str]:
    """Split ``text`` at the commas outside of parentheses and quotes."""
    parts, depth, begin = [], 0, 0
    for at, character in _outside_quotes(text, 0):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
    return [*parts, text[begin:]]


def _outside_quotes(text: str, start: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    quote = ""
    for at in range(start, len(text)):
        character = text[at]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            found.append((at, character))
    return found
