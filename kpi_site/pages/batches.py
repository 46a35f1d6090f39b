"""Pages in batches, each kept until something that it was made of changes.

A batch is made inside of ``Keeper.files``, where everything that it looks up in the mappings of
its context is noted. So it is given a context and the names of what it is about, never a value
that was looked up before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, TypeVar

from kpi_site.catalog import Catalog
from kpi_site.editions.publications import Publications
from kpi_site.figures import Figures
from kpi_site.files import File
from kpi_site.kept import FOUND, Keeping
from kpi_site.pages.context import Context
from kpi_site.reads import Once, Reads, Watched

T = TypeVar("T")
_OPENED: Final = (Catalog, Figures, Publications)  # whose mappings are watched one by one


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are made, and kept, together: under a name of their own."""

    name: str
    make: Callable[[], Iterable[File]]


@dataclass(slots=True)
class Keeper:
    """Watches contexts, and takes the batches made of them from where they are kept."""

    keeping: Keeping
    _reads: Reads = field(default_factory=Reads)
    _watched: dict[str, Watched[Any]] = field(default_factory=dict)
    _rest: list[object] = field(default_factory=list)

    def watch(self, ctx: Context, name: str) -> Context:
        """Return ``ctx`` with every mapping watched under names that begin with ``name``.

        What is no mapping counts for every batch.
        """
        return replace(self._watch(ctx, name), once=Once(self._reads))

    def files(self, batches: Iterable[Batch]) -> Iterator[File]:
        """Yield the files of all ``batches``, made or as they were kept; forget all others."""
        base = self.keeping.prints.of(*self._rest)
        names = []
        for batch in batches:
            names.append(batch.name)
            yield from self.keeping.traced(batch.name, batch.make, base, self._watched, self._reads)
        self.keeping.keep_only_traced(names)

    def _watch(self, value: T, name: str) -> T:
        changes: dict[str, object] = {}
        for one in fields(value):  # type: ignore[arg-type]
            own, label = getattr(value, one.name), f"{name}.{one.name}"
            if one.metadata.get(FOUND):
                continue
            if isinstance(own, _OPENED):
                changes[one.name] = self._watch(own, label)
            elif isinstance(own, Mapping):
                changes[one.name] = self._watched[label] = Watched(label, own, self._reads)
            else:
                self._rest.append((label, own))
        watched: T = replace(value, **changes)  # type: ignore[type-var]
        return watched
