"""What an audience may not see, and a difference without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from kpi_site.catalog import Catalog
from kpi_site.diff.content import ContentChange
from kpi_site.problems import Problem


@dataclass(frozen=True, slots=True)
class Hidden:
    """Ids of hidden cards, datasets and scorecards, and patterns of the files behind them."""

    ids: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    def __or__(self, other: Hidden) -> Hidden:
        return Hidden(self.ids | other.ids, self.files | other.files)

    def named_in(self, text: str | None) -> bool:
        """Tell whether ``text`` has one of the ids as a word."""
        if not text or not self.ids:
            return False
        return not self.ids.isdisjoint(re.findall(r"\w+", text))

    def holds(self, path: str) -> bool:
        """Tell whether a file is hidden, by its pattern or by an id in its path."""
        return self.named_in(path) or any(fnmatchcase(path, file) for file in self.files)

    def files_left(self, paths: Iterable[str]) -> frozenset[str]:
        """Return ``paths`` without the hidden ones."""
        return frozenset(path for path in paths if not self.holds(path))

    def content_left(self, changes: Iterable[ContentChange]) -> Iterator[ContentChange]:
        """Yield what may be told of ``changes``: other files, and of those other fields."""
        for change in changes:
            if self.ids.isdisjoint({change.id, change.former}) and not self.named_in(
                repr(change.data)
            ):
                fields = tuple(
                    f for f in change.fields if not any(map(self.named_in, (*f.path, f.old, f.new)))
                )
                if fields or not change.fields:
                    yield replace(change, fields=fields)

    def problems_left(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return ``problems`` without those in hidden files and those that name what is hidden."""
        return tuple(
            p
            for p in problems
            if not self.holds(p.where.file)
            and not self.named_in(p.message.en)
            and not self.named_in(p.message.zh)
        )


NOTHING_HIDDEN: Final = Hidden()


def hidden_between(whole: Catalog, seen: Catalog) -> Hidden:
    """Return what ``whole`` has and ``seen``, as an audience sees it, lacks."""
    if seen is whole:
        return NOTHING_HIDDEN
    listed = {str(dataset.id) for dataset in seen.listed_datasets}
    datasets = [d for d in whole.datasets.values() if str(d.id) not in listed]
    cards = [c for key, c in whole.indicators.items() if key not in seen.indicators]
    scorecards = [c for key, c in whole.scorecards.items() if key not in seen.scorecards]
    found = [(d.id, d.where) for d in datasets]
    found += [(c.id, c.where) for c in cards] + [(c.id, c.where) for c in scorecards]
    paths = (str(path) for dataset in datasets for path in dataset.paths)
    return Hidden(
        ids=frozenset(str(name) for name, _ in found),
        files=frozenset((*(where.file for _, where in found), *paths)),
    )
