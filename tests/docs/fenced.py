"""Fenced blocks of a Markdown page: what a reader copies is what a test runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_FENCE = re.compile(
    r"^(`{3,})(\w*)(?:[^\n]*?title=\"([^\"]*)\")?[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL
)
_HEAD = re.compile(r"^## (.*?) \{#([a-z0-9-]+)\}\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title and its text."""

    language: str
    title: str
    text: str


def page(language: str, name: str) -> str:
    """Return the text of a handbook page."""
    return (DOCS / language / "handbook" / f"{name}.md").read_text(encoding="utf-8")


def blocks(text: str) -> tuple[Block, ...]:
    """Return the fenced blocks of ``text`` in order."""
    return tuple(Block(m[2], m[3] or "", m[4]) for m in _FENCE.finditer(text))


def sections(text: str) -> Mapping[str, str]:
    """Return the texts under the headings ``## Title {#anchor}``, by anchor."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {head[2]: text[head.end() : end] for head, end in zip(heads, ends, strict=True)}
