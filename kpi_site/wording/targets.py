"""Where the links in an author's Markdown lead, and the same seen from another page.

A target is relative to the page on which the text stands (specification.md#dead-links).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

_SILENT: Final = re.compile(  # fences, code within a line, comments: nothing there is a link
    r"^(?P<fence>\s*(?:`{3,}|~{3,}))[^\n]*\n.*?^\s*(?:`{3,}|~{3,})\s*$|(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)|<!--.*?-->",
    re.DOTALL | re.MULTILINE,
)
_LINK: Final = re.compile(
    r"(?<!\\)\]\(\s*<?(?P<target>[^)\s>]+)|^ {0,3}\[(?!\^)[^\]\n]+\]:\s*<?(?P<named>[^\s>]+)",
    re.MULTILINE,
)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)


def targets(text: str) -> Iterator[tuple[int, str]]:
    """Yield each link's target and where it begins in ``text``; code holds no links."""
    if may_have_targets(text):
        yield from _targets(text)


@lru_cache(maxsize=1024)  # an editor asks for those of all pages each time someone types
def _targets(text: str) -> tuple[tuple[int, str], ...]:
    found = _LINK.finditer(_SILENT.sub(_blank, text))
    groups = ((match, "target" if match["target"] else "named") for match in found)
    return tuple((match.start(group), match[group]) for match, group in groups)


def may_have_targets(text: str) -> bool:
    """Tell at a glance whether ``text`` may hold a link: most texts do not."""
    return "](" in text or "]:" in text


def retargeted(text: str, change: Callable[[str], str]) -> str:
    """Return ``text`` with each link leading to what ``change`` makes of its target."""
    parts, done = [], 0
    for at, target in targets(text):
        parts += [text[done:at], change(target)]
        done = at + len(target)
    return "".join((*parts, text[done:]))


def leads_elsewhere(target: str) -> bool:
    """Tell whether ``target`` is an address of its own, and not relative to a page."""
    return bool(_ELSEWHERE.match(target))


def rebased(target: str, old: str, new: str) -> str:
    """Return the ``target`` of a link on the page ``old`` as one on the page ``new``."""
    if leads_elsewhere(target):
        return target
    path, mark, rest = re.split(r"([#?]|$)", target, maxsplit=1)
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(old), path)) if path else old
    return posixpath.relpath(whole, posixpath.dirname(new) or ".") + mark + rest


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
