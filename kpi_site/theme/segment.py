"""Chinese words for the search index, cut so that a word inside a longer one is found.

The theme cuts text with jieba, which prefers long words: 销售收入 stays whole, and a
search for 收入 finds nothing. It looks a query up in the index by its longest known words,
leaving out the last character: once 人 stands there as a word, 人员 is searched as 人.
So long words are cut into those that they are made of, and a single character carries an
invisible joiner that keeps it from being taken for a word of a query.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from functools import cache
from math import log

GAP = "\u200b"  # between words, as the theme puts it
JOINER = "\u2060"

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_HAN}]+(?:{GAP}[{_HAN}]+)*")
_NEVER_FIRST = frozenset("的了和与及或在按为由对从每各当本该其是将以于至到被让把向")
"""Characters that no name of an indicator starts with, but many sentences do."""


def finer(text: str) -> str:
    """Return ``text`` with its Chinese words cut further than jieba cut them."""
    return _RUN.sub(lambda run: _finer_run(run[0]), text)


@cache
def _finer_run(run: str) -> str:
    words = [part for word in run.split(GAP) for part in parts(word, _frequencies())]
    first, *rest = words
    marked = [first if first not in _NEVER_FIRST else first + JOINER]
    marked += [word + JOINER if len(word) == 1 else word for word in rest]
    return GAP.join(marked)


def parts(word: str, known: Mapping[str, int]) -> tuple[str, ...]:
    """Cut ``word`` into the fewest known words of two characters and more.

    Characters between them stand alone; a word without known ones inside stays whole. Among
    equal cuts the one of the more frequent words wins. ``known`` maps words to frequencies.
    """
    if len(word) <= 2:
        return (word,)
    best: list[tuple[int, float, tuple[str, ...]]] = [(0, 0.0, ())]
    for end in range(1, len(word) + 1):
        choices = []
        for start in range(end):
            piece = word[start:end]
            frequency = known.get(piece, 0) if len(piece) > 1 else 1
            if piece != word and frequency > 0:
                count, cost, before = best[start]
                choices.append((count + 1, cost - log(frequency), (*before, piece)))
        best.append(min(choices))
    found = best[-1][2]
    if max(map(len, found)) == 1:
        return (word,)
    return tuple(part for piece in found for part in parts(piece, known))


@cache
def _frequencies() -> Mapping[str, int]:
    with warnings.catch_warnings():  # its source has escapes that newer Pythons dislike
        warnings.simplefilter("ignore")
        import jieba

    jieba.initialize()
    frequencies: Mapping[str, int] = jieba.dt.FREQ
    return frequencies
