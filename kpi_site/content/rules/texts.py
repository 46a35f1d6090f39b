"""Texts that a column is compared with are among those that it can hold.

Rules: specification.md#constraints.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import BalanceTerm, Dataset, Field, RowTerm, StockTerm
from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Problem, did_you_mean
from kpi_site.sql.nodes import Call, Column, Expression, Literal_, Node, walk

_COMPARED = frozenset({"=", "<>", "in"})


def compared_texts_can_occur(draft: Draft) -> Iterator[Problem]:
    """Report ``channel = 'wbe'`` where the column's ``enum`` has no such word.

    Such a condition holds for no row (or, with ``<>``, for all): a count would be 0 in silence.
    """
    for dataset, expression in _expressions(draft):
        for node in walk(expression.node):
            if isinstance(node, Call) and node.op in _COMPARED:
                yield from _never(draft, dataset, expression, node.args)


def _never(
    draft: Draft, dataset: Dataset, expression: Expression, args: tuple[Node, ...]
) -> Iterator[Problem]:
    fields = [_field(draft, dataset, arg.name) for arg in args if isinstance(arg, Column)]
    field = fields[0] if len(fields) == 1 else None
    if field is None or not field.enum:
        return
    for arg in args:
        word = arg.value if isinstance(arg, Literal_) else None
        if isinstance(word, str) and word not in field.enum:
            message = Message(
                f"列“{field.name}”不会有值“{word}”",
                f"the column '{field.name}' never holds '{word}'",
            )
            hint = did_you_mean(word, field.enum)
            yield Problem(expression.code.locate(arg.at), "never-true", message, hint)


def _field(draft: Draft, dataset: Dataset, name: str) -> Field | None:
    """Return the column as declared, if all of its dataset's columns could be read."""
    parent, dot, column = name.partition(".")
    of = dataset if not dot or dataset.field(name) else draft.catalog.datasets.get(parent)
    damaged = {entry.name for entry in draft.datasets if "schema" in entry.damaged}
    if of is None or str(of.id) in damaged:
        return None
    return of.field(name if of is dataset else column)


def _expressions(draft: Draft) -> Iterator[tuple[Dataset, Expression]]:
    """Yield every expression over rows, with the dataset that they are of."""
    for dataset in draft.catalog.datasets.values():
        yield from ((dataset, column.value) for column in dataset.derived)
        yield from ((dataset, rule.rule) for rule in dataset.rules)
    for card in draft.catalog.indicators.values():
        for term in card.terms:
            if isinstance(term, RowTerm | StockTerm | BalanceTerm):
                dataset_of = draft.catalog.datasets.get(term.dataset)
                for expression in (term.value, term.where):
                    if dataset_of is not None and expression is not None:
                        yield dataset_of, expression
