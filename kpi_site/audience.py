"""Who may see what: the catalog as one audience sees it.

Rules: specification.md#audiences.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_site.catalog import Action, Catalog, Dataset, Indicator, IndicatorTerm, Report
from kpi_site.schema import data_terms


def narrowed(catalog: Catalog, audience: str | None) -> Catalog:
    """Return ``catalog`` with what ``audience`` may see; None is the widest audience.

    Audiences stand from narrow to wide in ``site.yml``. A card without one is for all. A
    card that is computed from a hidden one is hidden too, and so is a scorecard with a
    hidden line: its total would tell what the line does not.

    A dataset is for the narrowest audience of the cards that use it, unless it says its own;
    one that no card uses is for all. Cards use what they read and, through foreign keys, its
    parents. What an audience's cards use and it may not see stays, but is not ``listed``.
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
        datasets=_datasets(catalog, seen, allowed),
        indicators={
            key: _card(card, seen) for key, card in catalog.indicators.items() if key in seen
        },
        texts={key: texts for key, texts in catalog.texts.items() if key in seen},
        scorecards=scorecards,
        reports={k: _report(r, seen, frozenset(scorecards)) for k, r in catalog.reports.items()},
        actions={action.id: action for action in actions if action.indicators},
    )


def sees_all(catalog: Catalog, audience: str | None) -> bool:
    """Tell whether ``audience`` is the widest of the site's; None is."""
    return audience is None or audience in catalog.site.audiences[-1:]


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


def _card(card: Indicator, seen: frozenset[str]) -> Indicator:
    return replace(
        card,
        related=tuple(r for r in card.related if r in seen),
        successor=card.successor if card.successor in seen else None,
    )


def _datasets(
    catalog: Catalog, seen: frozenset[str], allowed: frozenset[str]
) -> dict[str, Dataset]:
    """Return the datasets that the audience may see, and those that its cards need."""
    uses = {key: _used(catalog, card) for key, card in catalog.indicators.items()}
    needed = frozenset(name for key in seen for name in uses[key])
    used = frozenset(name for names in uses.values() for name in names)
    listed = frozenset(
        key
        for key, dataset in catalog.datasets.items()
        if (dataset.audience in allowed if dataset.audience else key in needed or key not in used)
    )
    return {
        key: replace(
            dataset,
            listed=key in listed,
            foreign_keys=tuple(k for k in dataset.foreign_keys if k.dataset in listed | needed),
        )
        for key, dataset in catalog.datasets.items()
        if key in listed | needed
    }


def _used(catalog: Catalog, card: Indicator) -> frozenset[str]:
    """Return the datasets that a card reads, and their parents through foreign keys."""
    found: set[str] = set()
    waiting = [str(term.dataset) for term in data_terms(card)]
    while waiting:
        name = waiting.pop()
        if name not in found and name in catalog.datasets:
            found.add(name)
            waiting += [str(key.dataset) for key in catalog.datasets[name].foreign_keys]
    return frozenset(found)


def _report(report: Report, seen: frozenset[str], scorecards: frozenset[str]) -> Report:
    return replace(
        report,
        scorecards=tuple(s for s in report.scorecards if s in scorecards),
        highlights=tuple(h for h in report.highlights if h in seen),
        comments={name: text for name, text in report.comments.items() if name in seen},
    )


def _action(action: Action, seen: frozenset[str]) -> Action:
    return replace(action, indicators=tuple(i for i in action.indicators if i in seen))
