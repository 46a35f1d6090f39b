"""Values by key, each made when it is first asked for: of many publications few are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

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

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in their order."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the names."""
        return len(self.names)
