"""A parent's amount is not summed once for each of its children (specification.md#keys).

Through a foreign key every row brings its parent's columns along. `SUM(orders.amount)` over
payments counts an order as often as it was paid, and a mean weighs it so: a right figure of
something else than the words say. Beside a column of the rows themselves (`amount *
rates.rate`) the parent's value is a property of each row, and adding up is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Dataset, ForeignKey
from kpi_site.content.draft import Draft
from kpi_site.content.rules.terms import terms_over_datasets
from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import Aggregate, Case, Column, Expression, Node, children, columns, walk
from kpi_site.sql.types import infer_node

_WEIGHED = frozenset({"sum", "avg", "median", "quantile"})  # each row changes what comes out


def parents_are_summed_once(draft: Draft) -> Iterator[Problem]:
    """Report sums, means and medians over columns of a parent alone."""
    for term, dataset in terms_over_datasets(draft):
        if draft.doubts_expression(dataset, term.value):
            continue
        for node in walk(term.value.node):
            if isinstance(node, Aggregate):
                yield from _summed(draft, dataset, term.value, node)


def _summed(
    draft: Draft, dataset: Dataset, value: Expression, aggregate: Aggregate
) -> Iterator[Problem]:
    arg = aggregate.arg
    if arg is None or aggregate.distinct or aggregate.kind not in _WEIGHED:
        return
    brought = _of_parents(dataset)
    own = set(dataset.column_names) - brought.keys()
    if any(column.name in own for column in columns(arg)):
        return
    found, _ = infer_node(arg, draft.schemas[str(dataset.id)])
    if found is None or found.kind == "boolean":  # rows that hold a condition are counted
        return
    for column in _amounts(arg):
        parent, _, name = brought.get(column.name, column.name).partition(".")
        key = next((key for key in dataset.foreign_keys if key.dataset == parent), None)
        if key is not None and not _one_child(dataset, key):
            yield _problem(dataset, value, aggregate, column, parent, name)
            return


def _of_parents(dataset: Dataset) -> dict[str, str]:
    """Return the derived columns that are made of parents' columns alone, and one of these."""
    above = {str(field.name): str(field.name) for field in dataset.brought}
    found: dict[str, str] = {}
    for derived in dataset.derived:
        made = [(above | found).get(column.name) for column in columns(derived.value.node)]
        if made and all(made):
            found[str(derived.name)] = str(made[0])
    return found


def _amounts(node: Node) -> Iterator[Column]:
    """Yield the columns from which the value is made; not those of a CASE's conditions."""
    match node:
        case Column():
            yield node
        case Case():
            for part in (*(then for _, then in node.whens), node.default):
                if part is not None:
                    yield from _amounts(part)
        case _:
            for part in children(node):
                yield from _amounts(part)


def _one_child(dataset: Dataset, key: ForeignKey) -> bool:
    """Tell whether a parent has one row here at most, so that none is counted twice."""
    fields = set(map(str, key.fields))
    unique = [{str(field.name)} for field in dataset.fields if field.unique]
    primary = set(map(str, dataset.primary_key))
    return any(one and one <= fields for one in (primary, *unique))


def _problem(
    dataset: Dataset,
    value: Expression,
    aggregate: Aggregate,
    column: Column,
    parent: str,
    name: str,
) -> Problem:
    kind = "QUANTILE_CONT" if aggregate.kind == "quantile" else aggregate.kind.upper()
    own = str((*dataset.primary_key, dataset.fields[0].name)[0])
    meant = f"SUM(CASE WHEN {own} IS NOT NULL THEN {column.name} END)"
    return Problem(
        value.code.locate(column.at),
        "parent-summed",
        Message(
            f"{kind} 把上级表的 {column.name} 按“{dataset.id}”的每一行各算一次",
            f"{kind} counts the parent's {column.name} once for each row of '{dataset.id}'",
        ),
        Message(
            f"请改用 from: {parent}，对它自己的 {name} 汇总；若确要每行各计一次，"
            f"请写上本表的列，例如 {meant}。",
            f"Take it from the parent itself: from: {parent}, column {name}. If each row is meant "
            f"to count it, name a column of the rows beside it: {meant}.",
        ),
    )
