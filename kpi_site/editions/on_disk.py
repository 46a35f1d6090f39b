"""What stands below ``content/reports``, looked at once; the bytes of files when asked for.

Of many editions few are read: that their files are as they were published is known by digests,
and those of files that have not changed since they were read are known from before
(``known.Digests``).
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import SHARED
from kpi_site.known import Digests, Entry, known_digests, seal_of, walk

REPORTS: Final = "content/reports"
_FOLDER: Final = re.compile(r"edition-([1-9]\d*)")
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def folder_of(period: str, number: int) -> str:
    """Return an edition's folder, from the site's root."""
    return f"{REPORTS}/{period}/edition-{number}"


def path_of(folder: str, name: str) -> str:
    """Return the path of an edition's file, from the site's root."""
    shared = name.partition("/")[0] in SHARED
    return f"{REPORTS}/{name}" if shared else f"{folder}/{name}"


@dataclass(frozen=True, slots=True)
class OnDisk:
    """What stands below the reports of the site at ``root``, by names from there.

    ``below`` are the names of what is no folder, by the folders above it; ``since`` is when it
    was looked at.
    """

    root: Path
    digests: Digests
    entries: Mapping[str, Entry]
    below: Mapping[str, list[str]]
    since: int

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of a file; None if there is none. OSError if it cannot be read."""
        found = self.entries.get(name)
        if found is not None and found.is_file:
            return self.digests.of(name, found)
        path = self.root / name  # a link to a file is as good
        return sha256(path.read_bytes()) if path.is_file() else None

    def seal(self, folder: str) -> str | None:
        """Return the digest of what the system tells of all files below ``folder``.

        None where it cannot be trusted, or where what stands there is more than plain files.
        """
        return seal_of({name: self.entries[name] for name in self.below.get(folder, ())})

    def is_young(self, folder: str) -> bool:
        """Tell whether a file below ``folder`` may be written again without a trace."""
        return any(self.entries[n].is_young(self.since) for n in self.below.get(folder, ()))

    def folders(self) -> dict[tuple[str, int], str]:
        """Return the folders of editions by period and number."""
        found = {}
        for name in self.entries:
            home, _, own = name.rpartition("/")
            if own.startswith("edition-"):
                match = _FOLDER.fullmatch(own)
                key = (home.rpartition("/")[2], int(match[1]) if match else 0)
                found[key if match and name == folder_of(*key) else (name, 0)] = name
        return found

    def there(self, folder: str) -> Iterator[str]:
        """Yield what stands below ``folder``, but for what systems litter.

        Folders count for what is in them; links and pipes count, wherever they lead.
        """
        return (n for n in self.below.get(folder, ()) if n.rpartition("/")[2] not in _LITTER)


def look(root: Path, kept: Path | None = None) -> OnDisk:
    """Look at what stands below the reports; digests are known from ``kept``, else all are read."""
    start, since = len(f"{root}/"), time.time_ns()
    entries: dict[str, Entry] = {}
    below: defaultdict[str, list[str]] = defaultdict(list)
    for entry in walk(f"{root}/{REPORTS}"):
        name = entry.path[start:].encode(errors="backslashreplace").decode()
        entries[name] = entry
        if not entry.is_folder:
            home = name
            while home != REPORTS:
                home = home.rpartition("/")[0]
                below[home].append(name)
    return OnDisk(root, known_digests(kept), entries, below, since)


def not_as_published(path: Path) -> OSError:
    """Return what is raised where the bytes of ``path`` are no more those that were published."""
    why = f"{os.strerror(errno.EIO)}, not as published (kpi-site verify)"
    return OSError(errno.EIO, why, str(path))


@dataclass(frozen=True, slots=True, eq=False)  # equal as mappings are
class FrozenFiles(Mapping[str, bytes]):
    """The files of an edition by name, read when asked for.

    ``digests`` is what each must have; "" for one whose fault was told already. ``shared`` holds
    those of all editions of a site that they have in common.
    """

    digests: Mapping[str, str]
    path: Callable[[str], Path]
    shared: dict[str, bytes]
    _read: dict[str, bytes] = field(default_factory=dict)

    def __getitem__(self, name: str) -> bytes:
        """Return the bytes of a file. OSError if they are no more those that were published."""
        known = self.shared if name.partition("/")[0] in SHARED else self._read
        if name not in known:
            digest, path = self.digests[name], self.path(name)
            data = path.read_bytes()
            if digest and sha256(data) != digest:
                raise not_as_published(path)
            known[name] = data
        return known[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a file called ``name``, without reading it."""
        return name in self.digests

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the files, in the manifest's order."""
        return iter(self.digests)

    def __len__(self) -> int:
        """Count the files."""
        return len(self.digests)
