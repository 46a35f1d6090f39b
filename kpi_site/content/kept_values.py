"""What was read of each content file, kept from run to run by the digest of the file.

Only a file without any problem is kept: another is read again each time, and so tells them
again. Kept values are pickles, sealed like all that is kept; reading them makes nothing but the
values of a catalog, so that a folder of kept files that others may write in runs no code.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Protocol

from kpi_site import catalog, periods, problems
from kpi_site.content.folders import ContentFile
from kpi_site.content.shapes import FileReading
from kpi_site.kept import code_digest, read_sealed, write_sealed
from kpi_site.problems import Name
from kpi_site.sql import nodes

_PARTS: Final = (catalog.__name__, nodes.__name__, periods.__name__, problems.__name__)
_MODULES: Final = tuple(
    found
    for name, found in sys.modules.items()
    if any(name == part or name.startswith(f"{part}.") for part in _PARTS)
)


def _defined(module: ModuleType) -> Iterator[type]:
    for found in vars(module).values():
        if isinstance(found, type) and found.__module__ == module.__name__:
            yield found


_KNOWN: Final = {
    (found.__module__, found.__qualname__): found
    for found in (
        *(found for module in _MODULES for found in _defined(module)),
        date, datetime, timedelta, Decimal,
    )
}  # fmt: skip


@cache
def _fields(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise pickle.UnpicklingError(f"no value of a catalog: {kind}")
    return tuple(one.name for one in fields(kind))


def _value(kind: type, *values: object) -> object:
    """Return the frozen value of a ``kind`` whose fields hold ``values``, without checks anew."""
    made: object = object.__new__(kind)
    for name, own in zip(_fields(kind), values, strict=True):
        object.__setattr__(made, name, own)
    return made


class _Pickler(pickle.Pickler):
    """Writes values as their fields: Python's own way asks each for its fields as it is read."""

    def reducer_override(self, value: object) -> Any:
        """Return how ``value`` is made again."""
        if isinstance(value, type) or not is_dataclass(value):
            return NotImplemented
        kind: type = type(value)
        return _value, (kind, *(getattr(value, name) for name in _fields(kind)))


class _Unpickler(pickle.Unpickler):
    """Makes values of the catalog, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Callable[..., object]:
        """Return a class of the catalog. Raises UnpicklingError for any other name."""
        if (module, name) == (_value.__module__, _value.__qualname__):
            return _value
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"no value of a catalog: {module}.{name}") from None


@dataclass(frozen=True, slots=True)
class Told:
    """What a file without problems says: its ``value``, its keys, the id ``written`` in it."""

    value: Any
    keys: tuple[Name, ...]
    written: Name | None


class Keeper(Protocol):
    """What remembers what files say, by the keys that `key_of` makes."""

    def get(self, key: str) -> Told | None:
        """Return what is kept under ``key``."""

    def put(self, key: str, told: Told) -> None:
        """Keep what was read."""

    def save(self) -> None:
        """Drop what nobody asked for since the last time."""


@dataclass(slots=True)
class Remembered:
    """A keeper within one process: values as they are, none of them changes."""

    before: dict[str, Told] = field(default_factory=dict)
    asked: dict[str, Told] = field(default_factory=dict)

    def get(self, key: str) -> Told | None:
        """Return what is remembered under ``key``."""
        found = self.before.get(key)
        if found is not None:
            self.asked[key] = found
        return found

    def put(self, key: str, told: Told) -> None:
        """Remember what was read."""
        self.asked[key] = told

    def save(self) -> None:
        """Forget what nobody asked for since the last time."""
        self.before, self.asked = self.asked, {}


@dataclass(slots=True)
class KeptValues:
    """The kept values of a site's files, in one file; what nobody asked for is dropped.

    What was read of them is remembered: the same value is given again.
    """

    path: Path
    before: dict[str, bytes]
    asked: dict[str, bytes] = field(default_factory=dict)
    read: Remembered = field(default_factory=Remembered)

    def get(self, key: str) -> Told | None:
        """Return what is kept under ``key``."""
        found = self.before.get(key)
        if found is None:
            return None
        known = self.read.get(key)
        if known is None:
            told = _loaded(found)
            if told is None:
                return None
            known = Told(*told)
            self.read.put(key, known)
        self.asked[key] = found
        return known

    def put(self, key: str, told: Told) -> None:
        """Keep what was read."""
        self.asked[key] = _pickled((told.value, told.keys, told.written))
        self.read.put(key, told)

    def save(self) -> None:
        """Write what was asked for, if anything else is kept, and if the disk lets us."""
        if self.asked.keys() != self.before.keys():
            with suppress(OSError):
                write_sealed(self.path, pickle.dumps(self.asked, protocol=5))
        self.before, self.asked = self.asked, {}
        self.read.save()


def _pickled(value: object) -> bytes:
    out = io.BytesIO()
    _Pickler(out, protocol=5).dump(value)
    return out.getvalue()


def kept_values(folder: Path | None) -> KeptValues | None:
    """Return what is kept in ``folder``; None where nothing is to be kept."""
    if folder is None:
        return None
    path = folder / "content"
    sealed = read_sealed(path)
    return KeptValues(path, {} if sealed is None else _loaded(sealed) or {})


def _loaded(data: bytes) -> Any:
    """Return the kept value; None where it is not one of ours."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        return None


def key_of(file: ContentFile, data: bytes, start: FileReading) -> str:
    """Return what the reading of a file depends on: its place, its bytes, the site, this code."""
    parts: Iterable[object] = (
        code_digest(), start.calendar, start.languages, start.currency, start.format,
        file.kind, file.file, file.name, file.folder, sha256(data).hexdigest(),
    )  # fmt: skip
    return sha256(repr(tuple(parts)).encode("utf-8", "surrogatepass")).hexdigest()
