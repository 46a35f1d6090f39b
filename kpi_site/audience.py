"""Who may see what: the catalog as one audience sees it.

Rules: specification.md#audiences.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_site.catalog import Action, Catalog, Indicator, IndicatorTerm, Report


def narrowed(catalog: Catalog, audience: str | None) -> Catalog:
    """Return ``catalog`` with what ``audience`` may see; None is the widest audience.

    Audiences stand from narrow to wide in ``site.yml``. A card without one is for all. A
    card that is computed from a hidden one is hidden too, and so is a scorecard with a
    hidden line: its total would tell what the line does not.
    """
    levels = catalog.site.audiences
    if audience is None or audience == levels[-1]:
        return catalog
    allowed = frozenset(levels[: levels.index(audience) + 1])
    seen = _visible(catalog, allowed)
    scorecards = {
        key: card
        for key, card in catalog.scorecards.items()
        if all(line.indicator in seen for line in card.all_lines())
    }
    actions = (_action(action, seen) for action in catalog.actions.values())
    return replace(
        catalog,
        indicators={
            key: replace(card, related=tuple(r for r in card.related if r in seen))
            for key, card in catalog.indicators.items()
            if key in seen
        },
        scorecards=scorecards,
        reports={k: _report(r, seen, frozenset(scorecards)) for k, r in catalog.reports.items()},
        actions={action.id: action for action in actions if action.indicators},
    )


def _visible(catalog: Catalog, allowed: frozenset[str]) -> frozenset[str]:
    """Return the ids of the cards that are allowed, and made of allowed ones alone."""
    seen = {
        key
        for key, card in catalog.indicators.items()
        if card.audience is None or card.audience in allowed
    }
    while hidden := {key for key in seen if not _sources(catalog.indicators[key]) <= seen}:
        seen -= hidden
    return frozenset(seen)


def _sources(card: Indicator) -> set[str]:
    return {str(term.indicator) for term in card.terms if isinstance(term, IndicatorTerm)}


def _report(report: Report, seen: frozenset[str], scorecards: frozenset[str]) -> Report:
    return replace(
        report,
        scorecards=tuple(s for s in report.scorecards if s in scorecards),
        highlights=tuple(h for h in report.highlights if h in seen),
        comments={name: text for name, text in report.comments.items() if name in seen},
    )


def _action(action: Action, seen: frozenset[str]) -> Action:
    return replace(action, indicators=tuple(i for i in action.indicators if i in seen))
