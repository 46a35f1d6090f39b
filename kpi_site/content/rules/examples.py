"""Worked examples come out as they say: they are the card's own tests.

Rules: specification.md#examples.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Indicator
from kpi_site.content.draft import Draft, Entry, term_names
from kpi_site.content.rules.standards import names_are_known
from kpi_site.formula.examples import evaluate_example
from kpi_site.problems import Message, Name, Problem, unknown
from kpi_site.scoring import evaluate_points
from kpi_site.sql.nodes import columns

_JUDGING = frozenset({"thresholds", "points", "steps", "direction", "centre", "terms"})


def examples_hold(draft: Draft) -> Iterator[Problem]:
    """Report examples that give unknown terms, or come out otherwise than expected."""
    for entry in draft.indicators:
        if entry.value is not None:
            yield from _of_card(draft, entry, entry.value)


def _of_card(draft: Draft, entry: Entry[Indicator], card: Indicator) -> Iterator[Problem]:
    known = term_names(entry)
    if known is None:
        return
    sound = not entry.damaged & {"formula", "unit", "decimals", "versions"}
    for example in card.examples:
        tested = card.tested(example)
        names = {column.name for column in columns(tested.formula.node)}
        computable = sound and names <= set(known)
        strange = [name for name in example.given if name not in known]
        for name in strange:
            where = name.where if isinstance(name, Name) else example.where
            yield unknown(where, "unknown-term", Message("项", "term"), name, known)
        if computable and not strange and "examples" not in entry.damaged:
            yield from evaluate_example(tested, example)
            if not entry.damaged & _JUDGING and names_are_known(card, known):
                yield from evaluate_points(draft.catalog, tested, example)
