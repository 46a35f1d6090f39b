"""Limits and rules once more with pandas: windows and runs as its users would write them."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest

from kpi_site.signals import measure, signals

Marks = list[str]


def by_pandas(values: list[int | None]) -> tuple[tuple[float, float, float], Marks] | None:
    """Return mean, lower and upper limit, and of each value side and rule, or ""."""
    series = pd.Series(values, dtype="float64")
    ranges = series.diff().abs()
    if series.count() < 12 or not ranges.count():
        return None
    usual = ranges[~(ranges > 3.267 * ranges.mean())].mean()
    mean, reach = series.mean(), 2.66 * usual
    away = series - mean
    side = away.apply(lambda d: "" if pd.isna(d) or d == 0 else "high" if d > 0 else "low")
    found: dict[str, Any] = {
        "point": away.abs() > reach,
        "two_of_three": _two_of_three(side, away.abs() > reach * 2 / 3),
        "shift": _long(side, 7),
    }
    trend, rising = _trends(series)
    marks = []
    for i in range(len(series)):
        rule = next((name for name, holds in found.items() if holds[i]), "")
        where = side[i]
        if not rule and trend[i]:
            rule, where = "trend", rising[i]
        marks.append(f"{where} {rule}" if rule else "")
    return (mean, mean - reach, mean + reach), marks


def _two_of_three(side: Any, far: Any) -> Any:
    high, low = side.eq("high").astype(int), side.eq("low").astype(int)
    alike = (high.rolling(3).sum() == 3) | (low.rolling(3).sum() == 3)
    ends = alike & (far.astype(int).rolling(3).sum() >= 2)
    inside = ends | ends.shift(-1, fill_value=False) | ends.shift(-2, fill_value=False)
    return inside & far


def _long(kinds: Any, least: int) -> Any:
    """Tell of each value whether it is one of ``least`` or more alike in a row."""
    runs = (kinds != kinds.shift()).cumsum()
    return (kinds.groupby(runs).transform("size") >= least) & (kinds != "")


def _trends(series: Any) -> tuple[list[bool], list[str]]:
    """Return which values are in a trend, and which way the first that they are in goes."""
    step = series.diff().apply(lambda d: "" if pd.isna(d) or d == 0 else "high" if d > 0 else "low")
    runs = (step != step.shift()).cumsum()
    held, way = [False] * len(series), [""] * len(series)
    for _, own in step.groupby(runs):
        if own.iloc[0] and len(own) >= 6:
            for i in range(own.index[0] - 1, own.index[-1] + 1):
                way[i] = way[i] or own.iloc[0]
                held[i] = True
    return held, way


def drawn(seed: int) -> list[int | None]:
    """Return a series that swings, with a level that moves or a drift, and gaps."""
    random = Random(seed)
    level, drift, values = random.randint(-50, 50), random.choice([0, 0, 3, -4]), list[int | None]()
    for _ in range(random.randint(11, 40)):
        if random.random() < 0.06:
            level += random.choice([-60, 60])
        level += drift
        gap = random.random() < 0.05
        values.append(None if gap else level + random.randint(-12, 12))
    return values


def ours(values: list[int | None]) -> tuple[tuple[float, float, float], Marks] | None:
    scale = measure([None if v is None else Decimal(v) for v in values])
    if scale is None:
        return None
    marks = [f"{s.side} {s.rule}" if s else "" for s in signals(scale)]
    of = scale.limits
    return (float(of.mean), float(of.lower), float(of.upper)), marks


def test_pandas_finds_the_same() -> None:
    seen: set[str] = set()
    for seed in range(400):
        values = drawn(seed)
        told, wanted = ours(values), by_pandas(values)
        assert (told is None) == (wanted is None), seed
        if told is not None and wanted is not None:
            assert told[0] == pytest.approx(wanted[0], rel=1e-9, abs=1e-9), seed
            assert told[1] == wanted[1], seed
            seen.update(told[1])
    rules = {"point", "two_of_three", "shift", "trend"}
    assert seen >= {f"{side} {rule}" for side in ("high", "low") for rule in rules}
