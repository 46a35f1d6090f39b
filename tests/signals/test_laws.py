"""Laws of limits and signals, over random series and against an implementation of their own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.signals import Scale, measure, signals
from tests.oracle.signals import xmr

SMALL = st.integers(-6, 6).map(Decimal)  # many of them are equal, on the mean, on a limit
EXACT = st.decimals(-(10**6), 10**6, places=3, allow_nan=False, allow_infinity=False)
WALKS = st.lists(st.integers(-1, 3), min_size=12, max_size=30).map(
    lambda steps: [Decimal(sum(steps[:n]) % 11) for n in range(len(steps))]
)  # long rises, and falls from them
VALUES = st.one_of(
    WALKS,
    *(st.lists(st.one_of(of, st.none()), min_size=11, max_size=40) for of in (SMALL, EXACT)),
    st.lists(SMALL, min_size=12, max_size=40),
    st.lists(st.sampled_from([Decimal(0), Decimal(1), Decimal(1), Decimal(2)]), min_size=12),
)
Values = list[Decimal | None]


def found(values: Values) -> tuple[Scale, tuple[tuple[str, str] | None, ...]] | None:
    scale = measure(values)
    if scale is None:
        return None
    return scale, tuple((s.side, s.rule) if s else None for s in signals(scale))


@settings(max_examples=250)
@given(VALUES)
def test_another_implementation_finds_the_same(values: Values) -> None:
    told = found(values)
    wanted = xmr([None if v is None else Fraction(v) for v in values])
    if told is None or wanted is None:
        assert told is None
        assert wanted is None
        return
    scale, marks = told
    assert marks == wanted.marks
    size = max(abs(wanted.lower), abs(wanted.upper))
    for ours, theirs in (
        (scale.limits.mean, wanted.mean),
        (scale.limits.lower, wanted.lower),
        (scale.limits.upper, wanted.upper),
    ):
        assert abs(Fraction(ours) - theirs) <= size / 10**15


@given(VALUES, st.integers(1, 9), st.integers(-100, 100))
def test_signals_do_not_depend_on_unit_and_origin(values: Values, by: int, more: int) -> None:
    """Yuan or ten thousand yuan, degrees of one scale or another: the same values are signals."""
    changed = [None if v is None else v * by + more for v in values]
    before, after = found(values), found(changed)
    assert (before and before[1]) == (after and after[1])


@given(VALUES)
def test_upside_down_high_is_low(values: Values) -> None:
    before, after = found(values), found([None if v is None else -v for v in values])
    swapped = {"high": "low", "low": "high"}
    turned = before and tuple(m and (swapped[m[0]], m[1]) for m in before[1])
    assert turned == (after and after[1])


@given(VALUES)
def test_gaps_at_the_ends_change_nothing(values: Values) -> None:
    before, after = found(values), found([None, None, *values, None])
    assert before == (after and (replace(after[0], from_mean=after[0].from_mean[2:-1]),
                                 after[1][2:-1]))  # fmt: skip
