"""A formula names the card's terms, and each term is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_site.catalog import Indicator, OtherTerm
from kpi_site.content.draft import Draft, Entry, term_names
from kpi_site.content.rules.standards import terms_of_standards
from kpi_site.problems import Message, Problem, unknown
from kpi_site.sql.nodes import Expression, columns

_TERM = Message("项", "term")


def formulas_name_terms(draft: Draft) -> Iterator[Problem]:
    """Report words of a formula that are no term of the card, at the word itself."""
    for entry, card in _cards(draft):
        known = term_names(entry)
        for formula in _formulas(card):
            for column in columns(formula.node):
                if known is not None and column.name not in known:
                    where = formula.code.locate(column.at)
                    yield unknown(where, "unknown-term", _TERM, column.name, known)


def _formulas(card: Indicator) -> tuple[Expression, ...]:
    """Return the formula, or those of all versions."""
    return tuple(v.formula for v in card.versions) or (card.formula,)


def terms_name_terms(draft: Draft) -> Iterator[Problem]:
    """Report ``term: x`` where the card has no term ``x``."""
    for entry, card in _cards(draft):
        known = term_names(entry)
        for term in card.terms:
            if isinstance(term, OtherTerm) and known is not None:
                name = term.term.partition("~")[0]
                if name not in known:
                    yield unknown(term.term.where, "unknown-term", _TERM, name, known)


def fixed_periods_have_results(draft: Draft) -> Iterator[Problem]:
    """Report a term that is taken in a period of a grain at which its card has no results."""
    for entry, card in _cards(draft):
        if not entry.damaged.isdisjoint({"cycle", "longer"}):
            continue
        for term in card.terms:
            if isinstance(term, OtherTerm) and term.period and term.period.grain not in card.grains:
                listed = [str(grain) for grain in card.grains]
                yield Problem(
                    entry.place("terms", term.name, "period"),
                    "fixed-period",
                    Message(
                        f"项“{term.name}”取 {term.period} 的值，而本卡没有这种长度的期间",
                        f"the term '{term.name}' is taken in {term.period}, "
                        "and the card has no periods of that length",
                    ),
                    Message(
                        f"可以是：{'、'.join(listed)}。", f"It may be one of: {', '.join(listed)}."
                    ),
                )


def terms_are_used(draft: Draft) -> Iterator[Problem]:
    """Warn of terms that neither formula nor thresholds nor points need, directly or not."""
    judged_by = terms_of_standards(draft)
    for entry, card in _cards(draft):
        if entry.damaged & {"formula", "terms"}:
            continue
        earlier = [column.name for v in card.versions for column in columns(v.node)]
        used = used_terms(card, more=[*earlier, *judged_by.get(str(card.id), ())])
        if any(card.term(name) is None for name in (*earlier, *_named(card))):
            continue  # the misspelt word may mean this term
        words = {_word(name) for name in used}
        for term in card.terms:
            if _word(term.name) not in words and _word(term.name) == term.name:
                yield Problem(
                    term.name.where,
                    "unused-term",
                    Message(
                        f"公式没有用到项“{term.name}”", f"the formula does not use '{term.name}'"
                    ),
                    severity="warning",
                )


def _word(name: str) -> str:
    """Return what a term is called in the file: older wordings have names of their own."""
    return name.partition("~")[0]


def _named(card: Indicator) -> tuple[str, ...]:
    return tuple(column.name for column in columns(card.formula.node))


def used_terms(
    card: Indicator, *, broken_down: bool = False, more: Iterable[str] = ()
) -> frozenset[str]:
    """Return the names of the terms that the formula (and what ``more`` names) needs.

    With ``broken_down``, only those that it needs for each member: not what an ``overall``
    term is taken from.
    """
    waiting = [*(column.name for column in columns(card.formula.node)), *more]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        term = card.term(name)
        if name in found or term is None:
            continue
        found.add(name)
        if isinstance(term, OtherTerm) and not (broken_down and term.overall):
            waiting.append(term.term)
    return frozenset(found)


def _cards(draft: Draft) -> Iterator[tuple[Entry[Indicator], Indicator]]:
    return ((entry, entry.value) for entry in draft.indicators if entry.value is not None)
