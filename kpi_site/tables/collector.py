"""Problems of one dataset, up to a limit: the rest is counted, not worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kpi_site.problems import Location, Problem, in_order, problem

T = TypeVar("T")


@dataclass(slots=True)
class Collector:
    """Gathers errors up to ``limit`` (and warnings, which are few) while a dataset is read."""

    dataset: str
    limit: int
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    more: int = 0

    @property
    def sound(self) -> bool:
        """Tell whether there was no error so far."""
        return not self.errors and not self.more

    def add(self, problems: Iterable[Problem]) -> None:
        """Take problems that are made already."""
        for found in problems:
            if found.severity == "warning":
                self.warnings.append(found)
            elif len(self.errors) < self.limit:
                self.errors.append(found)
            else:
                self.more += 1

    def take(self, faults: Sequence[T]) -> Sequence[T]:
        """Return the first ``faults`` whose problems are still to be made; count the others."""
        fitting = faults[: self.limit - len(self.errors)]
        self.more += len(faults) - len(fitting)
        return fitting

    def result(self) -> tuple[Problem, ...]:
        """Return all problems by place, and how many more errors there are."""
        found = in_order((*self.errors, *self.warnings))
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
