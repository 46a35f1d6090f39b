"""Which published figures the change would revise, and which editions it publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpi_site.editions.publications import Publications
from kpi_site.editions.revisions import Revision


@dataclass(frozen=True, slots=True)
class EditionChange:
    """A published report whose newest edition would say something else than now.

    ``opened`` are revisions that the change makes or alters, ``settled`` those that it ends.
    """

    report: str
    edition: int
    opened: tuple[Revision, ...]
    settled: tuple[Revision, ...]


def edition_changes(old: Publications, new: Publications) -> tuple[EditionChange, ...]:
    """Compare the revisions pending in two states, for the newest edition that both have."""
    found = []
    for report, editions in new.editions.items():
        before = old.latest(report)
        if before is None or before.number != editions[-1].number:
            continue
        first, second = (_by_figure(told.pending.get(report, ())) for told in (old, new))
        opened = tuple(r for key, r in second.items() if not _alike(first.get(key), r))
        settled = tuple(r for key, r in first.items() if key not in second)
        if opened or settled:
            found.append(EditionChange(report, before.number, opened, settled))
    return tuple(found)


def published(old: Publications, new: Publications) -> tuple[tuple[str, int], ...]:
    """Return the editions that the change publishes: report and number."""
    known = {(e.manifest.period, e.number) for e in old.order}
    every = ((e.manifest.period, e.number) for e in new.order)
    return tuple(each for each in every if each not in known)


_Key = tuple[str, str, str, str, str]


def _by_figure(found: tuple[Revision, ...]) -> Mapping[_Key, Revision]:
    return {(r.indicator, r.what, r.period, r.dimension, r.member): r for r in found}


def _alike(one: Revision | None, other: Revision) -> bool:
    return one is not None and (one.new, one.new_state) == (other.new, other.new_state)
