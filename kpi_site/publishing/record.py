"""``kpi-site revisions``: what published reports would say differently, noted with its reason."""

from __future__ import annotations

from datetime import date

from kpi_site.catalog import RevisionKind, Text
from kpi_site.changes import alone
from kpi_site.content.edits import text_yaml
from kpi_site.editions.revisions import Revision
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.problems import has_errors
from kpi_site.publishing.sign import append
from kpi_site.publishing.wanted import wanted_report
from kpi_site.stages import Problems, Progress, quiet, widest


def record(
    options: Options,
    label: str,
    *,
    on: date,
    kind: RevisionKind | None = None,
    reason: Text | None = None,
    progress: Progress = quiet,
) -> tuple[tuple[Revision, ...], Problems]:
    """Note every pending revision of the report ``label`` that nobody noted, as seen ``on``.

    Return the revisions that were noted; the notes stand in the report's file.
    """
    with alone(options.root) as told:
        if has_errors(told):
            return (), told
        return _recorded(options, label, on=on, kind=kind, reason=reason, progress=progress)


def _recorded(
    options: Options,
    label: str,
    *,
    on: date,
    kind: RevisionKind | None,
    reason: Text | None,
    progress: Progress,
) -> tuple[tuple[Revision, ...], Problems]:
    computed, problems = widest(options, progress=progress)
    if computed is None:
        return (), problems
    report, found = wanted_report(computed.catalog, label)
    if report is None:
        return (), found
    fresh = unnoted(computed, label)
    edition = computed.told.latest(label)
    names = dict.fromkeys(r.indicator for r in fresh)
    entries = []
    for name in names:
        entry = {
            "edition": str(edition.number if edition else 0),
            "indicator": name,
            "first_seen": on.isoformat(),
        }
        if kind:
            entry["type"] = kind
        if reason:
            entry["reason"] = text_yaml(reason)
        entries.append(entry)
    refused = append(options, report, "revisions", tuple(entries)) if entries else ()
    return (() if refused else fresh), refused


def unnoted(computed: Figures, label: str) -> tuple[Revision, ...]:
    """Return the pending revisions of a report whose indicator its file does not name."""
    edition = computed.told.latest(label)
    report = computed.catalog.reports.get(label)
    number = edition.number if edition else 0
    noted = {str(n.indicator) for n in (report.revisions if report else ()) if n.edition == number}
    return tuple(r for r in computed.told.pending.get(label, ()) if r.indicator not in noted)
