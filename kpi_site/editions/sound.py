"""Editions that were as published when they were looked at last, and are untouched since.

To know that an edition is as it was published its manifest is read, and each of its files held
against it. Of 120 editions all but the newest were looked at before, so it is noted by what they
were known: their line in the ledger, and what the system tells of each file without reading
(``known``). Cards and looks, which editions share, are held against their digests once for all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kpi_site.editions.ledger import LedgerLine
from kpi_site.editions.model import SHARED, Manifest
from kpi_site.editions.on_disk import OnDisk, folder_of, path_of
from kpi_site.kept import code_digest, read_sealed, write_sealed

_Seals = dict[str, tuple[str, str]]  # by folder: the line in the ledger, and the files' seal


@dataclass(slots=True)
class Sound:
    """Editions known to be sound by their folders, and the shared files that they refer to."""

    there: OnDisk
    path: Path | None
    seals: _Seals
    shared: dict[str, str]

    def holds(self, line: LedgerLine) -> bool:
        """Tell whether the edition of a ``line`` is as it was when it was found sound."""
        folder = folder_of(line.period, line.edition)
        known = self.seals.get(folder)
        return known is not None and known == (line.checkpoint, self.there.seal(folder))

    def keep(self, lines: Iterable[LedgerLine], looked_at: Mapping[str, Manifest]) -> None:
        """Note that the editions of all ``lines`` are sound; those ``looked_at`` by their folders.

        One with a file that is too young to be known is looked at again the next time.
        """
        seals, shared = _Seals(), dict(self.shared)
        for line in lines:
            folder = folder_of(line.period, line.edition)
            manifest = looked_at.get(folder)
            if manifest is None:
                seals[folder] = self.seals[folder]
            elif (seal := self.there.seal(folder)) and not self.there.is_young(folder):
                seals[folder] = line.checkpoint, seal
                shared |= _shared(manifest)
        if self.path is not None and (seals, shared) != (self.seals, self.shared):
            told = {"code": code_digest(), "editions": seals, "shared": shared}
            with suppress(OSError):
                write_sealed(self.path, json.dumps(told).encode("utf-8", "surrogatepass"))


def found_sound(there: OnDisk, lines: Iterable[LedgerLine], kept: Path | None) -> Sound:
    """Return what was noted beside the digests ``kept``, as far as it still tells anything.

    That is nothing where an edition has left the ledger, or a shared file is not as it was.
    """
    path = None if kept is None else kept.with_name(f"{kept.name}-sound")
    sealed = None if path is None else read_sealed(path)
    told = json.loads(sealed) if sealed is not None else {}
    if told.get("code") == code_digest():
        shared = dict(told["shared"])
        seals = {folder: (line, seal) for folder, (line, seal) in told["editions"].items()}
        listed = {folder_of(line.period, line.edition): line.checkpoint for line in lines}
        if all(listed.get(folder) == line for folder, (line, _) in seals.items()) and all(
            there.digest(path_of("", name)) == digest for name, digest in shared.items()
        ):
            return Sound(there, path, seals, shared)
    return Sound(there, path, {}, {})


def _shared(manifest: Manifest) -> dict[str, str]:
    files = manifest.files.items()
    return {name: digest for name, digest in files if name.partition("/")[0] in SHARED}
