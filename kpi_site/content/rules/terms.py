"""The SQL of terms fits the columns of their datasets (specification.md#terms)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import BalanceTerm, Dataset, DataTerm, RowTerm, StockTerm
from kpi_site.content.draft import Draft
from kpi_site.content.rules.datasets import any_column, naming, time_column
from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import Expression
from kpi_site.sql.types import SqlType, infer


def values_are_numbers(draft: Draft) -> Iterator[Problem]:
    """Report values that name unknown columns, mix types, or are no number or duration."""
    for term, dataset in terms_over_datasets(draft):
        found, problems = _infer(draft, dataset, term.value)
        yield from naming(dataset, problems)
        if found is not None and not found.numeric and found.kind != "duration":
            yield Problem(
                term.value.code.locate(0),
                "not-a-number",
                Message(
                    f"项“{term.name}”应为数字或时长，实为 {found}",
                    f"the term '{term.name}' must be a number or a duration, "
                    f"but is of type {found}",
                ),
            )


def conditions_are_conditions(draft: Draft) -> Iterator[Problem]:
    """Report a ``where`` that names unknown columns, or is neither true nor false."""
    for term, dataset in terms_over_datasets(draft):
        if term.where is None:
            continue
        found, problems = _infer(draft, dataset, term.where)
        yield from naming(dataset, problems)
        if found is not None and found.kind not in {"boolean", "null"}:
            yield Problem(
                term.where.code.locate(0),
                "not-a-condition",
                Message(
                    f"where 应为真或假，实为 {found}",
                    f"'where' is true or false, but this is of type {found}",
                ),
            )


def times_are_times(draft: Draft) -> Iterator[Problem]:
    """Report times that are unknown or no dates, and terms whose dataset has none."""
    told: set[tuple[str, str]] = set()  # a file and a dataset without time, once
    for term, dataset in terms_over_datasets(draft):
        if isinstance(term, StockTerm):
            yield from time_column(draft, dataset, term.since)
            if term.until is not None:
                yield from time_column(draft, dataset, term.until)
        elif term.time is not None:
            yield from time_column(draft, dataset, term.time)
        elif dataset.time is None and not _time_is_damaged(draft, dataset):
            pair = (term.dataset.where.file, str(dataset.id))
            if pair not in told:
                yield _no_time(term, dataset)
            told.add(pair)


def entities_are_columns(draft: Draft) -> Iterator[Problem]:
    """Report ``last_per`` that names no column of the dataset."""
    for term, dataset in terms_over_datasets(draft):
        if isinstance(term, BalanceTerm) and term.last_per is not None:
            yield from any_column(draft, dataset, term.last_per)


def _no_time(term: RowTerm | BalanceTerm, dataset: Dataset) -> Problem:
    return Problem(
        term.dataset.where,
        "no-time-column",
        Message(
            f"数据集“{dataset.id}”没有 time 列，项“{term.name}”无法归入期间",
            f"the dataset '{dataset.id}' has no 'time', so the rows of '{term.name}' "
            "fall into no period",
        ),
        Message(
            "请在数据集或本项写明 time。", "Name a 'time' column in the dataset, or in the term."
        ),
    )


def _time_is_damaged(draft: Draft, dataset: Dataset) -> bool:
    return any(e.name == dataset.id and "time" in e.damaged for e in draft.datasets)


def _infer(
    draft: Draft, dataset: Dataset, expression: Expression
) -> tuple[SqlType | None, tuple[Problem, ...]]:
    if draft.doubts_expression(dataset, expression):
        return None, ()
    return infer(expression, draft.schemas[str(dataset.id)])


def terms_over_datasets(draft: Draft) -> Iterator[tuple[DataTerm, Dataset]]:
    """Yield the terms over datasets that could be read."""
    for card in draft.catalog.indicators.values():
        for term in card.terms:
            if isinstance(term, RowTerm | StockTerm | BalanceTerm):
                dataset = draft.catalog.datasets.get(term.dataset)
                if dataset is not None:
                    yield term, dataset
