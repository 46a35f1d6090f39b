"""What one process remembers from build to build: a server builds one site again and again.

Only values that never change are remembered, beside exactly what they were made of, so that
nothing remembered can be wrong; without a memory all is made anew, or read from what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from operator import is_
from typing import Generic, Self, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered, each room under a key of its own."""

    _rooms: dict[Hashable, object] = field(default_factory=dict)

    def room(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the one value under ``key``, which ``make`` makes when it is first asked for."""
        if key not in self._rooms:
            self._rooms[key] = make()
        return cast(T, self._rooms[key])


@dataclass(slots=True)
class Same(Generic[T]):
    """Values that follow from others, given again while these are the very same.

    A key holds what is told by its words; all else that a value follows from stands in
    ``made_from``, which is remembered with it.
    """

    _before: dict[Hashable, tuple[tuple[object, ...], T]] = field(default_factory=dict)
    _known: dict[Hashable, tuple[tuple[object, ...], T]] = field(default_factory=dict)

    def again(self) -> Self:
        """Return the same for the next build: what nobody asks for in it is forgotten then."""
        self._before, self._known = self._known, {}
        return self

    def get(self, key: Hashable, made_from: tuple[object, ...]) -> T | None:
        """Return what is remembered under ``key``, if it was made of these very values."""
        known = self._known.get(key) or self._before.get(key)
        if known is None or len(known[0]) != len(made_from):
            return None
        if not all(map(is_, known[0], made_from)):
            return None
        self._known[key] = known
        return known[1]

    def put(self, key: Hashable, made_from: tuple[object, ...], value: T) -> T:
        """Remember ``value``, and return it."""
        self._known[key] = made_from, value
        return value
