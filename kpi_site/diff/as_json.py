"""A difference as JSON: an interface with a version (handbook, *Outputs for programs*)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kpi_site import __version__
from kpi_site.as_data.figures import figure_json, line_json, threshold_json, total_json
from kpi_site.as_data.values import number, part_json, to_json
from kpi_site.diff.compare import Difference, Presence
from kpi_site.diff.content import ContentChange
from kpi_site.diff.editions import EditionChange
from kpi_site.diff.facts import TableChange
from kpi_site.diff.figures import FigureChange, FirstFigures, IndicatorFigures
from kpi_site.diff.sides import Side
from kpi_site.diff.totals import LineChange, TotalChange
from kpi_site.editions.revisions import Revision
from kpi_site.problems import Problem
from kpi_site.results import Result
from kpi_site.scoring import ScoredCard
from kpi_site.visible import json_text

FORMAT: Final = "kpi-site/diff"
VERSION: Final = 1


def as_json(diff: Difference) -> str:
    """Return all that differs as one JSON document; numbers carry all of their digits."""
    names = diff.names
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": {"name": "kpi-site", "version": __version__},
        "old": {
            "name": {"zh": names.old.zh, "en": names.old.en},
            "commit": names.commit,
            "behind": names.behind,
            **_side(diff.old),
        },
        "new": {"name": {"zh": names.new.zh, "en": names.new.en}, **_side(diff.new)},
        "empty": diff.empty,
        "content": [_content(c) for c in diff.content],
        "stale_pages": list(diff.stale_pages),
        "figures": [_figures(f) for f in diff.figures],
        "first_figures": [_first(f) for f in diff.first_figures],
        "hidden_figures": [
            {"indicator": h.indicator, "hidden": h.hidden, "shown": h.shown}
            for h in diff.hidden_figures
        ],
        "scorecards": [_total(t) for t in diff.totals],
        "datasets": [_table(t) for t in diff.tables],
        "editions": [_edition(e) for e in diff.editions],
        "published": [{"report": label, "edition": n} for label, n in diff.published],
        "pages": _presence(diff.pages),
        "files": _presence(diff.files),
        "edited": list(diff.edited),
        "not_compared": list(diff.not_compared),
        "scorecards_not_compared": list(diff.scorecards_not_compared),
        "facts_not_compared": list(diff.facts_not_compared),
        "problems": [_problem(p) for p in diff.new_problems],
    }
    return json_text(to_json(document))


def _side(side: Side) -> dict[str, Any]:
    return {
        "sound": not side.partial,
        "notes": [{"zh": n.zh, "en": n.en} for n in side.notes],
        "errors": [_problem(p) for p in side.problems if p.severity == "error"],
    }


def _problem(found: Problem) -> dict[str, Any]:
    return {
        "file": found.where.file,
        "line": found.where.line or None,
        "column": found.where.column or None,
        "severity": found.severity,
        "code": found.code,
        "message": {"zh": found.message.zh, "en": found.message.en},
    }


def _content(change: ContentChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "id": change.id,
        "status": change.status,
        "former": change.former,
        "old_file": change.old_file,
        "new_file": change.new_file,
        "fields": [{"path": list(f.path), "old": f.old, "new": f.new} for f in change.fields],
        "stale": [
            {"path": list(s.path), "changed": s.changed, "left": s.left} for s in change.stale
        ],
    }


def _figures(found: IndicatorFigures) -> dict[str, Any]:
    return {
        "indicator": found.indicator,
        "former": found.former,
        "changes": [_change(c) for c in found.changes],
    }


def _first(found: FirstFigures) -> dict[str, Any]:
    return {
        "indicator": found.indicator,
        "grain": found.grain.value,
        "periods": len(found.known),
        "period": found.newest.period.label if found.newest else None,
        "new": _result(found.newest),
    }


def _change(change: FigureChange) -> dict[str, Any]:
    return {
        "grain": change.key.grain.value,
        "period": change.period.label,
        "dimension": change.key.dimension,
        "member": change.key.member,
        "old": _result(change.old),
        "new": _result(change.new),
    }


def _result(result: Result | None) -> dict[str, Any] | None:
    return None if result is None else figure_json(result) | threshold_json(result.threshold)


def _total(change: TotalChange) -> dict[str, Any]:
    return {
        "scorecard": change.scorecard,
        "period": change.period.label,
        "member": change.member,
        "old": _scored(change.old),
        "new": _scored(change.new),
        "lines": [_line(c) for c in change.lines],
    }


def _scored(card: ScoredCard | None) -> dict[str, Any] | None:
    return None if card is None else total_json(card) | {"provisional": card.provisional}


def _line(change: LineChange) -> dict[str, Any]:
    known = change.new or change.old
    assert known is not None
    return {
        "no": known.line.no,
        "indicator": str(known.indicator.id),
        "of": part_json(known.line),
        "old": line_json(change.old) if change.old else None,
        "new": line_json(change.new) if change.new else None,
    }


def _table(change: TableChange) -> dict[str, Any]:
    return {
        "dataset": change.dataset,
        "old_rows": change.old_rows,
        "new_rows": change.new_rows,
        "old_last": change.old_last.isoformat() if change.old_last else None,
        "new_last": change.new_last.isoformat() if change.new_last else None,
        "added": change.added,
        "removed": change.removed,
        "changed": change.changed,
        "columns": dict(change.columns),
        "months": list(change.months),
        "files": [
            {
                "path": f.path,
                "old": f.old.sha256 if f.old else None,
                "new": f.new.sha256 if f.new else None,
            }
            for f in change.files
        ],
    }


def _edition(change: EditionChange) -> dict[str, Any]:
    return {
        "report": change.report,
        "edition": change.edition,
        "opened": _revisions(change.opened),
        "settled": _revisions(change.settled),
    }


def _revisions(found: Iterable[Revision]) -> list[dict[str, Any]]:
    return [
        {
            "indicator": r.indicator,
            "measure": r.what,
            "period": r.period,
            "dimension": r.dimension,
            "member": r.member,
            "old": number(r.old),
            "old_state": r.old_state.value if r.old_state else None,
            "new": number(r.new),
            "new_state": r.new_state.value if r.new_state else None,
        }
        for r in found
    ]


def _presence(found: Presence) -> dict[str, Any]:
    return {"added": list(found.added), "removed": list(found.removed)}
