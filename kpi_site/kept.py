"""What is kept from build to build: files under a digest of everything that they are made of.

A wrong digest would be a stale figure, so nothing here guesses: ``Prints.of`` takes in every
part of a value and refuses what it does not know, and ``code_digest`` stands for our own code.
And a disk may fail, so every kept file is sealed with the digest of its content: what was
damaged is not there, and is made anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, cast
from urllib.parse import quote

from kpi_site.files import File, being_written, write_file
from kpi_site.problems import Location
from kpi_site.reads import Reads, Seen
from kpi_site.results import IndicatorResults
from kpi_site.sql.nodes import Code
from kpi_site.tables.model import Table

_PACKAGE: Final = Path(__file__).parent
_MAKERS: Final = ("altair", "highspy", "Jinja2", "MarkupSafe", "polars", "typst", "xlsxwriter")


@cache
def code_digest() -> str:
    """Return the digest of this package's files, and of the libraries that shape its output."""
    found = hashlib.sha256(
        repr([sys.version, *((name, version(name)) for name in _MAKERS)]).encode()
    )
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            data = path.read_bytes()
            found.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(data)}\n".encode() + data)
    return found.hexdigest()


def write_sealed(path: Path, content: bytes) -> None:
    """Keep ``content`` under a line with its seal. Raises OSError when the disk refuses."""
    write_file(path, _seal(path.name, content) + b"\n" + content)


def read_sealed(path: Path) -> bytes | None:
    """Return what was kept; None if there is nothing, or not what was written there."""
    try:
        seal, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if seal == _seal(path.name, content) else None


def _seal(name: str, content: bytes) -> bytes:
    """Return the digest of a kept file's content and name: another's content is no good."""
    return hashlib.sha256(name.encode() + b"\n" + content).hexdigest().encode()


FOUND: Final = "found"
"""In a field's metadata: what it holds follows from the other fields."""


class Prints:
    """Digests of values by their content. A part that many values share is walked once."""

    def __init__(self) -> None:
        # With each digest its value: an id is only good while the value lives.
        self._known: dict[int, tuple[object, str]] = {}
        self._before: dict[int, tuple[object, str]] = {}

    def again(self) -> Prints:
        """Return the same for the next build: what nobody asks for in it is forgotten then."""
        self._before, self._known = self._known, {}
        return self

    def of(self, *values: object) -> str:
        """Return the digest of ``values`` and of the code; TypeError for an unknown kind."""
        return _digest(code_digest() + self._text(values))

    def _text(self, value: object) -> str:
        """Return a text that is the same for equal values alone."""
        kind: type = type(value)
        match _nature(kind):
            case "plain":
                return f"{kind.__name__} {str(value)!r}"
            case "bytes":
                return f"bytes {hashlib.sha256(cast(bytes, value)).hexdigest()}"
            case "sequence":
                return f"({','.join(map(self._text, cast(Iterable[object], value)))})"
            case "mapping":
                items = cast(Mapping[object, object], value).items()
                return f"{{{','.join(f'{self._text(k)}:{self._text(v)}' for k, v in items)}}}"
            case "value":
                known = self._known.get(id(value))
                if known is None:
                    known = self._before.get(id(value))
                    if known is None:
                        known = value, _digest(kind.__name__ + self._text(_parts(value)))
                    self._known[id(value)] = known
                return known[1]
        raise TypeError(f"no digest for {kind}")


@cache
def _nature(kind: type) -> Literal["plain", "bytes", "sequence", "mapping", "value"] | None:
    """Return how values of a ``kind`` are told: many thousands are, and of few kinds."""
    if issubclass(kind, NoneType | str | int | Decimal | date | timedelta | Path):
        return "plain"
    if issubclass(kind, bytes):
        return "bytes"
    if issubclass(kind, Sequence) and not is_dataclass(kind):
        return "sequence"
    if issubclass(kind, Mapping):
        return "mapping"
    return "value" if is_dataclass(kind) else None


def _parts(value: object) -> tuple[object, ...]:
    """Return what a value is known by: no places within a file, and digests of bulk.

    What a value found out about itself (``FOUND``) follows from the rest.
    """
    if isinstance(value, IndicatorResults):
        if not value.digest:
            raise TypeError(f"results of {value.indicator} without a digest")
        return (value.indicator, value.digest)
    kind: type = type(value)
    return tuple(getattr(value, name) for name in _names(kind))


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the fields by which values of a ``kind`` are known: asking for them is slow."""
    if kind in _KNOWN_BY:
        return _KNOWN_BY[kind]
    left_out = {"parquet", "pushed"} if kind is Table else ()
    return tuple(f.name for f in fields(kind) if not (f.metadata.get(FOUND) or f.name in left_out))


_KNOWN_BY: Final[Mapping[type, tuple[str, ...]]] = {Location: ("file",), Code: ("text", "file")}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Keeping:
    """A folder of kept files: one set for each name, beside the digest of what made it."""

    folder: Path
    prints: Prints
    _lookups: dict[tuple[str, str | None], str] = field(default_factory=dict, compare=False)

    def files(
        self, name: str, make: Callable[[], Iterable[File]], *made_from: object
    ) -> tuple[File, ...]:
        """Return the files kept as ``name`` if ``made_from`` is unchanged; else make them.

        ``make`` may look at nothing but ``made_from``, which hold what ``Prints`` knows.
        """
        digest = self.prints.of(*made_from)
        found = self._load(name, digest)
        if found is None:
            found = tuple(make())
            write_sealed(self.folder / name, _packed({"digest": digest}, found))
        return found

    def traced(
        self,
        name: str,
        make: Callable[[], Iterable[File]],
        base: str,
        watched: Mapping[str, Seen],
        reads: Reads,
    ) -> tuple[File, ...]:
        """Return the files kept as ``name`` if nothing that they were made of is changed.

        That is ``base``, a digest, and what ``make`` has looked up in the ``watched`` mappings.
        """
        path = self.folder / quote(name)
        found = self._as_before(path, base, watched)
        if found is None:
            with reads.noted() as noted:
                found = tuple(make())
            told = [(*read, self._seen(watched, *read)) for read in sorted(noted, key=str)]
            write_sealed(path, _packed({"digest": base, "reads": told}, found))
        return found

    def _as_before(
        self, path: Path, base: str, watched: Mapping[str, Seen]
    ) -> tuple[File, ...] | None:
        kept = _head(path)
        if kept is None or kept[0]["digest"] != base:
            return None
        head, data = kept
        same = all(m in watched and self._seen(watched, m, k) == d for m, k, d in head["reads"])
        return _files(head, data) if same else None

    def _seen(self, watched: Mapping[str, Seen], name: str, key: str | None) -> str:
        """Return the digest of what a lookup gives; each is made once."""
        if (name, key) not in self._lookups:
            self._lookups[name, key] = self.prints.of(watched[name].at(key))
        return self._lookups[name, key]

    def keep_only_traced(self, names: Iterable[str]) -> None:
        """Remove whatever ``traced`` has kept under other names."""
        self.keep_only(map(quote, names))

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove whatever is kept under other names."""
        if self.folder.is_dir():
            wanted = set(names)
            for path in [path for path in self.folder.iterdir() if path.name not in wanted]:
                if not being_written(path):
                    path.unlink(missing_ok=True)

    def _load(self, name: str, digest: str) -> tuple[File, ...] | None:
        kept = _head(self.folder / name)
        return _files(*kept) if kept is not None and kept[0]["digest"] == digest else None


def _packed(head: Mapping[str, Any], files: tuple[File, ...]) -> bytes:
    """Return files behind a line that says what they were made of, and where each ends."""
    told = {**head, "files": [(file.path, len(file.data)) for file in files]}
    return b"".join((json.dumps(told).encode(), b"\n", *(file.data for file in files)))


def _head(path: Path) -> tuple[dict[str, Any], bytes] | None:
    """Return the line of what is kept at ``path``, and what is behind it; None if nothing is."""
    kept = read_sealed(path)
    if kept is None:
        return None
    first, _, data = kept.partition(b"\n")
    return json.loads(first), data


def _files(head: Mapping[str, Any], data: bytes) -> tuple[File, ...]:
    found, start = [], 0
    for path, size in head["files"]:
        found.append(File(path, data[start : start + size]))
        start += size
    return tuple(found)
