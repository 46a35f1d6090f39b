"""What something was made of, noted while it is made: which entries of which mappings were read.

A page reads a few of a site's many cards, tables and scores. It is kept beside the digests of
exactly these (``Keeping.traced``), so that none has to say beforehand what it will read, and
what it read cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar, overload

T = TypeVar("T")
Read = tuple[str, str | None]
"""The name of a mapping, and the key that was looked up; None for its keys and their order."""

ABSENT: Final = "absent"


class Seen(Protocol):
    """What is watched: something whose reads can be repeated."""

    def at(self, key: str | None) -> object:
        """Return what a read gave, without noting it."""


@dataclass(slots=True)
class Reads:
    """The reads of what is being made; of something within something, those of both."""

    _open: list[set[Read]] = field(default_factory=list)

    def note(self, *reads: Read) -> None:
        """Note ``reads`` for what is being made, if anything is."""
        if self._open:
            self._open[-1].update(reads)

    @contextmanager
    def noted(self) -> Iterator[set[Read]]:
        """Yield the set that gathers what is read within the block."""
        self._open.append(set())
        try:
            yield self._open[-1]
        finally:
            self.note(*self._open.pop())


@dataclass(frozen=True, slots=True, eq=False)  # equal as mappings are
class Watched(Mapping[str, T]):
    """The mapping ``whole`` under a ``name``; whatever is looked up in it is noted."""

    name: str
    whole: Mapping[str, T]
    reads: Reads

    def __getitem__(self, key: str) -> T:
        """Return the value of ``key``; that there is none is noted too."""
        self.reads.note((self.name, str(key)))
        return self.whole[key]

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a value: which keys there are is noted."""
        self.reads.note((self.name, None))
        return key in self.whole

    def __iter__(self) -> Iterator[str]:
        """Yield the keys, all of which are noted."""
        self.reads.note((self.name, None))
        return iter(self.whole)

    def __len__(self) -> int:
        """Count the keys, all of which are noted."""
        self.reads.note((self.name, None))
        return len(self.whole)

    def at(self, key: str | None) -> object:
        """Return what a read gave, without noting it."""
        if key is None:
            return tuple(self.whole)
        return self.whole.get(key, ABSENT)


@dataclass(frozen=True, slots=True, eq=False)
class WatchedSequence(Sequence[T]):
    """The sequence ``whole`` under a ``name``: whoever looks at any of it has read all of it."""

    name: str
    whole: Sequence[T]
    reads: Reads

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        """Return the value at a position, or those of a part."""
        self.reads.note((self.name, None))
        return self.whole[at]

    def __len__(self) -> int:
        """Count the values."""
        self.reads.note((self.name, None))
        return len(self.whole)

    def at(self, _: str | None) -> object:
        """Return what a read gave, without noting it."""
        return tuple(self.whole)


@dataclass(slots=True)
class Once:
    """Values that follow from others, each made once: taking one reads what it was made of."""

    reads: Reads = field(default_factory=Reads)
    _known: dict[tuple[object, ...], tuple[Any, frozenset[Read]]] = field(default_factory=dict)

    def get(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return the value of ``key``, made if nobody has asked for it before."""
        if key not in self._known:
            with self.reads.noted() as reads:
                value = make()
            self._known[key] = value, frozenset(reads)
        value, read = self._known[key]
        self.reads.note(*read)
        found: T = value
        return found
