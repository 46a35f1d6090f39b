"""Problems of one dataset, up to a limit: the rest is counted, not worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from kpi_site.problems import Location, Message, Problem, in_order, problem

T = TypeVar("T")
_OF_A_COLUMN: Final = {"no-stored-value"}
"""Codes whose problems have one cause in a column: they are told once, with their number."""


@dataclass(slots=True)
class Collector:
    """Gathers errors up to ``limit`` (and warnings, which are few) while a dataset is read."""

    dataset: str
    limit: int
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    more: int = 0
    again: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """How often each problem of a column came, by code, file and column."""

    @property
    def sound(self) -> bool:
        """Tell whether there was no error so far."""
        return not self.errors and not self.more

    def add(self, problems: Iterable[Problem]) -> None:
        """Take problems that are made already."""
        for found in problems:
            if found.severity == "warning":
                self.warnings.append(found)
            elif self._came_before(found):
                continue
            elif len(self.errors) < self.limit:
                self.errors.append(found)
            else:
                self.more += 1

    def _came_before(self, found: Problem) -> bool:
        if found.code not in _OF_A_COLUMN:
            return False
        column = (found.code, found.where.file, found.where.column)
        self.again[column] = self.again.get(column, -1) + 1
        return self.again[column] > 0

    def _counted(self, found: Problem) -> Problem:
        """Return the problem with the number of cells below that have it too."""
        more = self.again.get((found.code, found.where.file, found.where.column), 0)
        if not more:
            return found
        zh, en = found.message.zh, found.message.en
        also = Message(f"{zh}，这一列另有 {more} 格", f"{en}, and {more} more below it")
        return replace(found, message=also)

    def take(self, faults: Sequence[T]) -> Sequence[T]:
        """Return the first ``faults`` whose problems are still to be made; count the others."""
        fitting = faults[: self.limit - len(self.errors)]
        self.more += len(faults) - len(fitting)
        return fitting

    def result(self) -> tuple[Problem, ...]:
        """Return all problems by place, and how many more errors there are."""
        found = in_order((*map(self._counted, self.errors), *self.warnings))
        if not self.more:
            return found
        rest = problem(
            max(error.where for error in self.errors) if self.errors else Location(self.dataset),
            "unlisted-problems",
            zh=f"数据集“{self.dataset}”还有 {self.more} 个问题没有列出",
            en=f"{self.more} more problems in the dataset '{self.dataset}' are not listed",
            hint_zh="请先改正列出的问题。",
            hint_en="Mend those that are listed first.",
        )
        return (*found, rest)
