"""Nothing is computed from itself: circles are errors that print the circle.

Rules: specification.md#ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpi_site.catalog import Dataset, IndicatorTerm, OtherTerm
from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Name, Problem
from kpi_site.sql.nodes import columns

Graph = Mapping[str, tuple[Name, ...]]


def indicators_do_not_circle(draft: Draft) -> Iterator[Problem]:
    """Report each card that is computed, by way of others, from itself."""
    graph = {
        str(card.id): tuple(
            term.indicator for term in card.terms if isinstance(term, IndicatorTerm)
        )
        for card in draft.catalog.indicators.values()
    }
    for start in graph:
        yield from _circle(graph, start, "circular-indicators", Message("指标", "indicator"))


def terms_do_not_circle(draft: Draft) -> Iterator[Problem]:
    """Report each term that is taken, by way of others of its card, from itself."""
    for card in draft.catalog.indicators.values():
        graph = {str(term.name): (term.term,) for term in card.terms if isinstance(term, OtherTerm)}
        for start in graph:
            yield from _circle(graph, start, "circular-terms", Message("项", "term"))


def datasets_do_not_circle(draft: Draft) -> Iterator[Problem]:
    """Report each dataset whose derived columns need, by way of parents', its own."""
    graph = {
        str(dataset.id): tuple(_parents_named(dataset))
        for dataset in draft.catalog.datasets.values()
    }
    for start in graph:
        yield from _circle(graph, start, "circular-datasets", Message("数据集", "dataset"))


def _parents_named(dataset: Dataset) -> Iterator[Name]:
    """Yield the parents whose columns derived columns use, where they are named."""
    above = {str(field.name) for field in dataset.brought}
    for derived in dataset.derived:
        for column in columns(derived.value.node):
            if column.name in above:
                yield Name(column.name.partition(".")[0], derived.value.code.locate(column.at))


def _circle(graph: Graph, start: str, code: str, kind: Message) -> Iterator[Problem]:
    """Yield the problem of the shortest circle through ``start``, where it leaves ``start``."""
    paths: list[tuple[Name, ...]] = [(name,) for name in graph[start]]
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        last = path[-1]
        if last == start:
            shown = " → ".join([start, *path])
            message = Message(f"{kind.zh}循环引用：{shown}", f"circular {kind.en}s: {shown}")
            yield Problem(path[0].where, code, message)
            return
        if last not in seen:
            seen.add(last)
            paths.extend((*path, name) for name in graph.get(last, ()))
