"""Where a cursor stands in a YAML text that is being written, and so need not be sound.

The text before the cursor is read with a mark at its end: whatever follows, and however much
of it is still open, the parser meets the mark at the place that the cursor has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

Path = tuple[str | int, ...]
"""Keys and positions in lists, from the top of the file."""

_MARK: Final = "\ue000"  # of the private use area: nobody writes it
_ENDINGS: Final = ("", ":", '"', "'")  # a word, a key, a text in quotes
_LINE: Final = re.compile(r"\s*(?:- +)*")
_WORD: Final = re.compile(r"[\w.]*\Z")


@dataclass(frozen=True, slots=True)
class Spot:
    """A cursor's place: in a key of the mapping at ``path``, or in the value that stands there.

    ``before`` is the text of that key or value up to the cursor, ``seen`` the values before it.
    ``fresh`` tells whether a line of its own may begin there.
    """

    path: Path
    key: bool
    before: str
    seen: Mapping[Path, str]
    fresh: bool

    @property
    def word(self) -> str:
        """The last word of what stands before the cursor: letters, digits, ``_`` and dots."""
        found = _WORD.search(self.before)
        return found[0] if found else ""

    def keys(self) -> frozenset[str]:
        """Return the keys of the mapping at ``path`` that stand before the cursor."""
        depth = len(self.path)
        return frozenset(
            step
            for path in self.seen
            if len(path) > depth
            and path[:depth] == self.path
            and isinstance(step := path[depth], str)
        )


def spot_at(text: str, offset: int) -> Spot | None:
    """Return where the character ``offset`` stands; None in a comment, or after broken text."""
    start = text.rfind("\n", 0, offset) + 1
    fresh = _LINE.fullmatch(_WORD.sub("", text[start:offset])) is not None
    for ending in _ENDINGS:
        found = _Reading(fresh).read(text[:offset] + _MARK + ending)
        if found is not None:
            return found
    return None


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is open: the key that was met last, or the number of items."""

    step: str | int | None


@dataclass(slots=True)
class _Reading:
    """Follows the parser's events until it meets the mark."""

    fresh: bool
    frames: list[_Frame] = field(default_factory=list)
    seen: dict[Path, str] = field(default_factory=dict)

    def read(self, text: str) -> Spot | None:
        loader: Any = yaml.CBaseLoader(text)
        try:
            while loader.check_event():
                found = self._event(loader.get_event())
                if found is not None:
                    return found
        except yaml.YAMLError:
            return None
        return None

    def _event(self, event: Any) -> Spot | None:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(str(event.value))
        if isinstance(event, yaml.MappingStartEvent):
            self.seen.setdefault(self._path(), "")
            self.frames.append(_Frame(None))
        elif isinstance(event, yaml.SequenceStartEvent):
            self.seen.setdefault(self._path(), "")
            self.frames.append(_Frame(0))
        elif isinstance(event, yaml.CollectionEndEvent):
            self.frames.pop()
            self._next()
        return None

    def _scalar(self, value: str) -> Spot | None:
        key = bool(self.frames) and self.frames[-1].step is None
        if _MARK in value:
            path = self._path()
            before = value.partition(_MARK)[0]
            return Spot(path, key, before, self.seen, self.fresh)
        if key:
            self.frames[-1].step = value
            self.seen.setdefault(self._path(), "")
        else:
            self.seen[self._path()] = value
            self._next()
        return None

    def _path(self) -> Path:
        return tuple(frame.step for frame in self.frames if frame.step is not None)

    def _next(self) -> None:
        """Go on after a value: to the next item, or to a key."""
        if self.frames:
            step = self.frames[-1].step
            self.frames[-1].step = step + 1 if isinstance(step, int) else None
