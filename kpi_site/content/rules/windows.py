"""A window column made for a period is not counted in a longer one (specification.md#results).

`COUNT(*) OVER (PARTITION BY customer_id, DATE_TRUNC('month', day))` tells each row how many
there were in its month. A quarter has no use for it: a customer with one order in each of two
months never has two. What a window column is made for stands in its ``PARTITION BY``; one that
names no time there (the row before, of the same customer) belongs to no period and may be
counted in any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kpi_site.catalog import BalanceTerm, Dataset, DataTerm, Indicator, RowTerm, StockTerm
from kpi_site.content.draft import Draft
from kpi_site.periods import Grain
from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import (
    Call,
    Column,
    Expression,
    Literal_,
    Node,
    Window,
    children,
    columns,
    walk,
)

_UNITS: Final = {
    "year": Grain.YEAR,
    "quarter": Grain.QUARTER,
    "month": Grain.MONTH,
    "week": Grain.WEEK,
}  # every other unit of a time is a day or less
_DATED: Final = frozenset({"date", "datetime"})


def windows_keep_to_their_period(draft: Draft) -> Iterator[Problem]:
    """Report terms that count a window column in periods longer than it was made for."""
    for entry in draft.indicators:
        card = entry.value
        if card is None or not entry.damaged.isdisjoint({"cycle", "longer"}):
            continue
        for term in card.terms:
            if isinstance(term, RowTerm | StockTerm | BalanceTerm):
                yield from _of_term(draft, card, term)


def _of_term(draft: Draft, card: Indicator, term: DataTerm) -> Iterator[Problem]:
    dataset = draft.catalog.datasets.get(term.dataset)
    if dataset is None:
        return
    for expression in (term.value, term.where):
        if expression is not None and not draft.doubts_expression(dataset, expression):
            yield from _of_expression(draft, card, dataset, expression)


def _of_expression(
    draft: Draft, card: Indicator, dataset: Dataset, expression: Expression
) -> Iterator[Problem]:
    for column in columns(expression.node):
        made_for = min(
            (found or card.cycle for found in _made_for(draft, dataset, column.name)),
            default=None,
            key=lambda grain: grain.rank,
        )
        longest = card.grains[-1]
        if made_for is not None and made_for.rank < longest.rank:
            yield _problem(card, expression, column, made_for)
            return


def _problem(card: Indicator, expression: Expression, column: Column, made_for: Grain) -> Problem:
    keys = ["longer: false"]
    if made_for.rank < card.cycle.rank:
        keys.insert(0, f"cycle: {made_for}")
    return Problem(
        expression.code.locate(column.at),
        "window-too-short",
        Message(
            f"窗口列“{column.name}”是按 {made_for} 算的，本卡还在更长的期间里用它",
            f"the window column '{column.name}' is made for one {made_for}, "
            "and this card counts it in longer periods too",
        ),
        Message(
            f"请在卡上写 {'、'.join(keys)}：更长的期间没有结果",
            f"Write {' and '.join(keys)} on the card: longer periods then have no result",
        ),
    )


def _made_for(draft: Draft, dataset: Dataset, name: str) -> Iterator[Grain | None]:
    """Yield the periods that the windows behind a column are made for.

    None is that of the facts themselves: the partition names a time as it stands.
    """
    found = _derived(draft, dataset, name)
    if found is not None:
        origin, expression = found
        for node in walk(expression.node):
            match node:
                case Window():
                    for part in node.partition:
                        yield from _times(draft, origin, part)
                case Column():
                    yield from _made_for(draft, origin, node.name)


def _times(draft: Draft, dataset: Dataset, node: Node) -> Iterator[Grain | None]:
    """Yield the periods into which ``node`` puts a time: those of DATE_TRUNC and its like."""
    match node:
        case Call("date_trunc" | "date_part", (Literal_(value=str(unit)), *_)):
            yield _UNITS.get(unit.lower(), Grain.DAY)
        case Call("last_day"):
            yield Grain.MONTH
        case Call("strftime", (_, Literal_(value=str(pattern)))):
            yield _of_pattern(pattern)
        case Column(name):
            found = _derived(draft, dataset, name)
            if found is not None:
                yield from _times(draft, found[0], found[1].node)
            elif (kind := draft.schemas[str(dataset.id)].get(name)) and kind.kind in _DATED:
                yield None
        case _:
            for part in children(node):
                yield from _times(draft, dataset, part)


def _of_pattern(pattern: str) -> Grain:
    """Return the period that a text like ``%Y-%m`` stands for."""
    signs = {pattern[i + 1] for i, sign in enumerate(pattern[:-1]) if sign == "%"}
    if signs <= {"Y", "y", "G"}:
        return Grain.YEAR
    return Grain.MONTH if signs <= {"Y", "y", "G", "m", "b", "B"} else Grain.DAY


def _derived(draft: Draft, dataset: Dataset, name: str) -> tuple[Dataset, Expression] | None:
    """Return the expression of a derived column, its own dataset's or a parent's."""
    parent, dot, inner = name.partition(".")
    if dot and any(key.dataset == parent for key in dataset.foreign_keys):
        origin = draft.catalog.datasets.get(parent)
        return _derived(draft, origin, inner) if origin else None
    return next(((dataset, d.value) for d in dataset.derived if d.name == name), None)
