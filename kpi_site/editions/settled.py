"""Which figures of an edition are known to be what is computed today.

Comparing takes as long as computing little: results are read from where they are kept only
for that. So it is noted, for each edition, with which results of a card nothing differed; a
card's digest stands for everything that its figures depend on, this code included.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpi_site.editions.manifest import sha256, to_bytes
from kpi_site.editions.model import CARDS, Edition
from kpi_site.kept import read_sealed, write_sealed
from kpi_site.results import Results


@dataclass(frozen=True, slots=True)
class Settled:
    """A folder of notes, one file for an edition; None keeps nothing."""

    folder: Path | None

    def open_names(self, edition: Edition, results: Results) -> frozenset[str]:
        """Return the edition's cards that have to be compared again."""
        known = self._known(edition)
        names = (n.split("/")[1].split(".")[0] for n in edition.files if n.startswith(f"{CARDS}/"))
        return frozenset(n for n in names if not _same(results, n, known))

    def note(self, edition: Edition, results: Results, revised: Iterable[str]) -> None:
        """Note the results of every card but the ``revised`` ones as those of the edition."""
        if self.folder is None:
            return
        differing = frozenset(revised)
        digests = {n: r.digest for n, r in results.items() if r.digest and n not in differing}
        data = json.dumps(dict(sorted(digests.items())), indent=1).encode()
        write_sealed(self.folder / f"{_name(edition)}.json", data)

    def _known(self, edition: Edition) -> Mapping[str, str]:
        if self.folder is None:
            return {}
        kept = read_sealed(self.folder / f"{_name(edition)}.json")
        known: Mapping[str, str] = json.loads(kept) if kept is not None else {}
        return known


class Unchanged:
    """Editions of which today's computation says the very same, noted together.

    That holds for a ``base``, the digest of all that is computed today and of what it is judged
    by. A site with 120 reports asks for each of them, and of all but a few nothing differs.
    """

    def __init__(self, folder: Path | None, base: str) -> None:
        """``folder`` keeps the note; None keeps nothing."""
        self._path = None if folder is None else folder / "unchanged.json"
        self._base = base
        kept = None if self._path is None else read_sealed(self._path)
        told = json.loads(kept) if kept is not None else {}
        self._known: set[str] = set(told["editions"]) if told.get("base") == base else set()

    def __contains__(self, edition: Edition) -> bool:
        """Tell whether ``edition`` is known to say what is computed today."""
        return edition.checkpoint in self._known

    def note(self, edition: Edition) -> None:
        """Note that nothing of ``edition`` differs: its line in the ledger stands for its files."""
        if self._path is not None and edition.checkpoint:
            self._known.add(edition.checkpoint)
            told = {"base": self._base, "editions": sorted(self._known)}
            write_sealed(self._path, json.dumps(told).encode())


def _same(results: Results, name: str, known: Mapping[str, str]) -> bool:
    found = results.get(name)
    return found is not None and bool(found.digest) and known.get(name) == found.digest


def _name(edition: Edition) -> str:
    """Return a name that no other edition has, whatever its number."""
    own = edition.checkpoint.encode() or to_bytes(edition.manifest)
    return f"{edition.manifest.period}-{sha256(own)[:16]}"
