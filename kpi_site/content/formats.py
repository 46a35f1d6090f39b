"""The format of the content: which one this program writes, and what older ones spell otherwise.

``format`` in ``site.yml`` tells it; the policy is specification.md#format. A key that a newer
format spells otherwise is declared with ``key(…, now=Message(…))``; its step in
`kpi_site.authoring.migrating` rewrites it.
"""

from __future__ import annotations

from typing import Final

from kpi_site.content.yaml_source import Scalar
from kpi_site.problems import Location, Message, Problem

FIRST: Final = 1
"""The format of content that says none."""
FORMAT: Final = 2
"""The newest format: what `init` writes. All from the first on are read."""
TOO_NEW: Final = "format-too-new"


def old_spelling(word: Scalar, now: Message, written: int) -> Problem:
    """Return the problem of a key that is called ``now`` since the newest format.

    It is a warning in content of an older format, which means what it always did.
    """
    old = Message(f"“{word.text}”是旧写法", f"'{word.text}' is an old spelling")
    gone = Message(
        f"格式 {FORMAT} 里没有这个“{word.text}”", f"format {FORMAT} has no '{word.text}' here"
    )
    hint = Message(
        f"请写{now.zh}；kpi-site migrate 会全部改好。",
        f"Write {now.en}; kpi-site migrate rewrites all of them.",
    )
    if written < FORMAT:
        return Problem(word.where, "old-spelling", old, hint, "warning")
    return Problem(word.where, "old-spelling", gone, hint)


def too_new(where: Location, written: int) -> Problem:
    """Return the problem of content that a newer program wrote."""
    return Problem(
        where,
        TOO_NEW,
        Message(
            f"内容是格式 {written}，这个程序只读到格式 {FORMAT}",
            f"the content is of format {written}; this program reads formats up to {FORMAT}",
        ),
        Message(
            "请升级 kpi-site；其余内容没有读取。",
            "Upgrade kpi-site; nothing else of the content was read.",
        ),
    )
