"""Values that are made when they are asked for: of many publications few are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, overload

Key = TypeVar("Key")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)  # equal as mappings are
class WhenAsked(Mapping[str, T]):
    """What ``make`` gives for each of the ``names``, made once."""

    names: tuple[str, ...]
    make: Callable[[str], T]
    _made: dict[str, T] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, key: str) -> T:
        """Return the value of ``key``; KeyError for one that is not among the names."""
        if key not in self._made:
            if key not in self.names:
                raise KeyError(key)
            self._made[key] = self.make(key)
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        """Tell whether ``key`` is among the names; nothing is made."""
        return key in self.names

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in their order."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the names."""
        return len(self.names)


class InTurn(Sequence[T], Generic[Key, T]):
    """What ``make`` gives for each of the ``keys``, in their order; ``make`` remembers it."""

    def __init__(self, keys: tuple[Key, ...], make: Callable[[Key], T]) -> None:
        """No key is asked for before its value is."""
        self._keys, self._make = keys, make

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> InTurn[Key, T]: ...

    def __getitem__(self, at: int | slice) -> T | InTurn[Key, T]:
        """Return the value at a position, or those of a part."""
        if isinstance(at, slice):
            return InTurn(self._keys[at], self._make)
        return self._make(self._keys[at])

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._keys)
