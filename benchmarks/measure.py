"""CPU and memory of calls and programs, and the table of what they came to."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

RUNS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (this process and the programs it started) and seconds on the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the table: what was measured, and the most that it may be."""

    what: str
    measured: float
    target: float
    detail: str
    unit: str = "×"

    @property
    def passes(self) -> bool:
        """Tell whether the target is met."""
        return self.measured <= self.target


def cost(call: Callable[[], object], runs: int = RUNS) -> Cost:
    """Return the medians over ``runs`` calls, after none that is thrown away."""
    costs = [_once(call) for _ in range(runs)]
    return Cost(median(c.cpu for c in costs), median(c.wall for c in costs))


def side_by_side(
    one: Callable[[], object], other: Callable[[], object], runs: int = RUNS
) -> tuple[Cost, Cost]:
    """Return the medians of two calls that take turns, so that both meet the same machine."""
    pairs = [(_once(one), _once(other)) for _ in range(runs)]
    first, second = zip(*pairs, strict=True)
    return _median(first), _median(second)


def _median(costs: Iterable[Cost]) -> Cost:
    kept = list(costs)
    return Cost(median(c.cpu for c in kept), median(c.wall for c in kept))


def _once(call: Callable[[], object]) -> Cost:
    cpu, wall = _cpu(), time.perf_counter()
    call()
    return Cost(_cpu() - cpu, time.perf_counter() - wall)


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_memory(code: str, *arguments: str) -> int:
    """Run ``code`` in a Python of its own; return the most MB that it, or one it started, held."""
    ending = (
        "\nimport resource, sys"
        "\nheld = (resource.getrusage(who).ru_maxrss"
        " for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))"
        "\nprint(max(held), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code + ending, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    kilobytes = int(done.stderr.split()[-1])
    return kilobytes // 1024


def table(ratios: Iterable[Ratio]) -> str:
    """Return the ratios as a Markdown table."""
    rows = [
        f"| {r.what} | {r.measured:.2f} {r.unit} | {r.target:g} {r.unit} |"
        f" {'pass' if r.passes else 'MISS'} | {r.detail} |"
        for r in ratios
    ]
    head = "| what | measured | at most | | from |\n| --- | ---: | ---: | --- | --- |"
    return "\n".join([head, *rows])
