"""Thresholds stand in the order of the card's direction (specification.md#thresholds)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from kpi_site.catalog import Direction, Indicator, Scorecard, Standard
from kpi_site.content.draft import Draft, Entry
from kpi_site.problems import Message, Problem
from kpi_site.scoring import THRESHOLDS

_Entry = Entry[Indicator] | Entry[Scorecard]
_Named = tuple[str, Decimal]
_ORDER = {
    "higher": Message("越高越好：要由低到高", "higher is better: they must rise"),
    "lower": Message("越低越好：要由高到低", "lower is better: they must fall"),
    "within": Message("与中心的距离：要由大到小", "distances from the centre: they must fall"),
}


def thresholds_follow_direction(draft: Draft) -> Iterator[Problem]:
    """Report thresholds of cards and of scorecard lines that are not strictly in order."""
    for entry in draft.indicators:
        if entry.value is not None and "direction" not in entry.damaged:
            yield from _check_all(entry, entry.value.thresholds, entry.value.direction)
    directions = {
        entry.name: entry.value.direction
        for entry in draft.indicators
        if entry.value is not None and not _direction_is_wrong(entry)
    }
    for scorecard in draft.scorecards:
        for line in scorecard.value.all_lines() if scorecard.value else ():
            if line.indicator in directions:
                yield from _check_all(scorecard, line.thresholds, directions[line.indicator])


def _check_all(
    entry: _Entry, thresholds: tuple[Standard, ...], direction: Direction
) -> Iterator[Problem]:
    if direction == "none":
        yield from map(_no_direction, thresholds[:1])
        return
    for threshold in thresholds:
        yield from _check(entry, threshold, direction)


def _check(entry: _Entry, threshold: Standard, direction: Direction) -> Iterator[Problem]:
    given = _given(threshold)
    wrong = [pair for pair in pairwise(given) if not _in_order(pair[0][1], pair[1][1], direction)]
    if wrong:
        yield _out_of_order(entry, threshold, wrong[0], direction)
    for name, value in given if direction == "within" else ():
        if value < 0:
            yield Problem(
                entry.place_within(threshold.where, name),
                "negative-distance",
                Message(
                    f"距离不能为负：{name} {value}", f"a distance is not negative: {name} {value}"
                ),
            )


def _in_order(low: Decimal, high: Decimal, direction: Direction) -> bool:
    return low < high if direction == "higher" else low > high


def _out_of_order(
    entry: _Entry, threshold: Standard, pair: tuple[_Named, _Named], direction: Direction
) -> Problem:
    """Return the problem of the first two that are not in order; the rest follows from it."""
    (left, low), (right, high) = pair
    return Problem(
        entry.place_within(threshold.where, right),
        "thresholds-order",
        Message(
            f"阈值顺序不对：{left} {low}，{right} {high}",
            f"thresholds in the wrong order: {left} {low}, {right} {high}",
        ),
        Message(
            f"{_ORDER[direction].zh}；或改 direction。",
            f"{_ORDER[direction].en.capitalize()}; or change direction.",
        ),
    )


def _no_direction(threshold: Standard) -> Problem:
    return Problem(
        threshold.where,
        "thresholds-without-direction",
        Message("有阈值，却没有方向", "there are thresholds, but no direction"),
        Message(
            "请写 direction: higher、lower 或 within。",
            "Write direction: higher, lower or within.",
        ),
    )


def _direction_is_wrong(entry: Entry[Indicator]) -> bool:
    """Tell whether a card's direction has been reported already."""
    lacks = entry.value and entry.value.direction == "none" and entry.value.thresholds
    return bool(lacks) or "direction" in entry.damaged


def _given(standard: Standard) -> list[tuple[str, Decimal]]:
    """Return the thresholds that are numbers; what is computed is judged cell by cell."""
    pairs = zip(THRESHOLDS, standard.limits, strict=True)
    return [(name, value) for name, value in pairs if isinstance(value, Decimal)]


def centre_needs_within(draft: Draft) -> Iterator[Problem]:
    """Report a ``centre`` on a card whose direction has no use for one."""
    for entry in draft.indicators:
        if entry.value is None or "direction" in entry.damaged:
            continue
        if "centre" in entry.keys and entry.value.direction != "within":
            yield Problem(
                entry.place_of_key("centre"),
                "key-does-not-fit",
                Message(
                    "centre 只用于 direction: within", "'centre' goes with direction: within only"
                ),
            )


def percentages_are_fractions(draft: Draft) -> Iterator[Problem]:
    """Warn of thresholds such as 85 for 85 %: no share or growth is judged by 1,000 % and more."""
    rates = {
        entry.name
        for entry in draft.indicators
        if entry.value is not None and entry.value.unit.kind == "percent"
    }
    for entry in draft.indicators:
        if entry.value is not None and entry.name in rates:
            yield from _not_fractions(entry, entry.value.thresholds)
    for scorecard in draft.scorecards:
        for line in scorecard.value.all_lines() if scorecard.value else ():
            if line.indicator in rates:
                yield from _not_fractions(scorecard, line.thresholds)


def _not_fractions(entry: _Entry, thresholds: tuple[Standard, ...]) -> Iterator[Problem]:
    """Report the first of each set that is 10 (1,000 %) or more."""
    for threshold in thresholds:
        high = [(name, value) for name, value in _given(threshold) if abs(value) >= 10]
        for name, value in high[:1]:
            fraction = f"{(value / 100).normalize():f}"
            yield Problem(
                entry.place_within(threshold.where, name),
                "threshold-not-fraction",
                Message(
                    f"{name} {value} 即 {value * 100:,f}%",
                    f"{name} {value} means {value * 100:,f}%",
                ),
                Message(
                    f"百分比存为小数：若是 {value}%，请写 {fraction}。",
                    f"A percentage is stored as a fraction: for {value}% write {fraction}.",
                ),
                "warning",
            )
