"""Pages in batches, each kept until something that it was made of changes.

A batch is made inside of ``Keeper.files``, where everything that it looks up in the mappings of
its context is noted. So it is given a context and the names of what it is about, never a value
that was looked up before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, TypeVar

from kpi_site.catalog import Catalog
from kpi_site.editions.publications import Publications
from kpi_site.figures import Figures
from kpi_site.files import File
from kpi_site.kept import FOUND, Keeping
from kpi_site.pages.context import Context
from kpi_site.reads import Once, Reads, Seen, Watched, WatchedSequence

T = TypeVar("T")
SITE: Final = "site"
_OPENED: Final = (Catalog, Figures, Publications)  # whose parts are watched one by one


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are made, and kept, together: under a name of their own.

    ``of`` is the name of the context that they are made of, beside the site's.
    """

    name: str
    make: Callable[[], Iterable[File]]
    of: str = SITE


@dataclass(slots=True)
class Keeper:
    """Watches contexts, and takes the batches made of them from where they are kept."""

    keeping: Keeping
    _reads: Reads = field(default_factory=Reads)
    _watched: dict[str, Seen] = field(default_factory=dict)
    _rest: dict[str, list[object]] = field(default_factory=dict)

    def watch(self, ctx: Context, name: str) -> Context:
        """Return ``ctx`` with all that it maps or lists watched under names that begin so.

        What else it holds counts for every batch that is made of it.
        """
        rest = self._rest[name] = []
        return replace(self._watch(ctx, name, rest), once=Once(self._reads))

    def files(self, batches: Iterable[Batch]) -> Iterator[File]:
        """Yield the files of all ``batches``, made or as they were kept; forget all others."""
        bases = {
            name: self.keeping.prints.of(*self._rest[SITE], *own)
            for name, own in self._rest.items()
        }
        names = []
        for batch in batches:
            names.append(batch.name)
            yield from self.keeping.traced(
                batch.name, batch.make, bases[batch.of], self._watched, self._reads
            )
        self.keeping.keep_only_traced(names)

    def _watch(self, value: T, name: str, rest: list[object]) -> T:
        changes: dict[str, object] = {}
        for one in fields(value):  # type: ignore[arg-type]
            own, label = getattr(value, one.name), f"{name}.{one.name}"
            if one.metadata.get(FOUND):
                continue
            if isinstance(own, _OPENED):
                changes[one.name] = self._watch(own, label, rest)
            elif isinstance(own, Mapping):
                changes[one.name] = self._watched[label] = Watched(label, own, self._reads)
            elif isinstance(own, Sequence) and not isinstance(own, str):
                changes[one.name] = self._watched[label] = WatchedSequence(label, own, self._reads)
            else:
                rest.append((label, own))
        watched: T = replace(value, **changes)  # type: ignore[type-var]
        return watched
