"""Whatever is mixed of what: contributions add up, and are those of another implementation."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kpi_site import tidy
from kpi_site.apart import how_apart
from kpi_site.catalog import Indicator
from kpi_site.contributions import explain
from kpi_site.exact import settled
from kpi_site.formula.evaluate import Operand, evaluate
from kpi_site.formula.parse import parse_formula
from kpi_site.results import Cell, IndicatorResults, Result, Series, SeriesKey, State
from kpi_site.schema import data_terms
from kpi_site.sql.nodes import Aggregate, Code, Column
from tests.charts.samples import CALENDAR, COUNT, card, expression, name
from tests.oracle import contributions

PERIODS = [p for label in ("2026-02", "2026-03") if (p := CALENDAR.parse(label)) is not None]
AMOUNTS = st.decimals(-10_000, 10_000, places=2) | st.just(Decimal(0))
COUNTS = st.integers(0, 500).map(Decimal) | st.just(Decimal(0))
FORMULAS = ("a / b", "a - 2 * b", "1 - a / b", "(a - b) / b", "100 * a / (a + 2 * b)", "a")
Sides = list[tuple[Decimal, Decimal]]  # a and b, in each period


def made(formula: str) -> Indicator:
    """Return a card of two sums, with a dimension."""
    node, _ = parse_formula(Code(formula, "card.yml", ((1, 1),) * (len(formula) + 1)))
    assert node is not None
    own = card("指标", "Figure", COUNT)
    summed = expression(Aggregate("sum", Column("x")), "SUM(x)")
    terms = [replace(t, value=summed) for t in data_terms(own)]
    return replace(own, formula=node, terms=tuple(terms), dimensions=(name("kind"),))


def series(formula: str, key: SeriesKey, sides: Sides) -> Series:
    """Return what a card has of its two terms; no rows at all are no data."""
    node = made(formula).formula.node
    results, cells = [], []
    for period, (a, b) in zip(PERIODS, sides, strict=True):
        found: Operand = evaluate(node, {"a": a, "b": b})
        value = None if isinstance(found, State) else settled(Decimal(found))
        state = found if isinstance(found, State) else State.OK
        results.append(Result(period, value, state, 1))
        cells.append((Cell(a, State.OK, 1), Cell(b, State.OK, 1)))
    terms = {"a": tuple(c[0] for c in cells), "b": tuple(c[1] for c in cells)}
    return Series(key, tuple(results), terms)


def figures(formula: str, members: Sequence[Sides]) -> IndicatorResults:
    """Return the results of members and of the whole that they are."""
    grain = PERIODS[0].grain
    together = [
        (sum((m[i][0] for m in members), Decimal(0)), sum((m[i][1] for m in members), Decimal(0)))
        for i in range(2)
    ]
    found = {SeriesKey(grain): series(formula, SeriesKey(grain), together)}
    for number, sides in enumerate(members):
        key = SeriesKey(grain, "kind", f"m{number}")
        found[key] = series(formula, key, sides)
    return IndicatorResults("card", found, apart=how_apart(made(formula), {}))


MEMBERS = st.lists(
    st.lists(st.tuples(AMOUNTS, COUNTS), min_size=2, max_size=2), min_size=1, max_size=7
)


@given(st.sampled_from(FORMULAS), MEMBERS)
def test_contributions_add_up_to_the_change(formula: str, members: list[Sides]) -> None:
    own, results = made(formula), figures(formula, members)
    for found in explain(CALENDAR, own, results, PERIODS[1]):
        assert found.against == "previous"
        for group in found.groups:
            assert sum(part.value for part in group.parts) == found.change
            sizes = [abs(part.value) for part in group.parts]
            assert sizes == sorted(sizes, reverse=True)


@given(st.sampled_from(FORMULAS), MEMBERS)
def test_contributions_are_those_of_another_implementation(
    formula: str, members: list[Sides]
) -> None:
    own, results = made(formula), figures(formula, members)
    texts = {"a": "SUM(x)", "b": "SUM(x)"}
    values, terms = (
        list(csv.DictReader(io.StringIO(tidy.to_csv(frame).decode(), newline="")))
        for frame in (tidy.values(results, "count"), tidy.terms(results, ("a", "b")))
    )
    oracle = contributions.Oracle(
        contributions.Card(formula, texts, frozenset("ab")), values, terms
    )
    expected = oracle.of("2026-03")
    mine = {
        ("2026-03", found.against, part.kind, group.dimension, part.name): part.value
        for found in explain(CALENDAR, own, results, PERIODS[1])
        for group in found.groups
        for part in group.parts
    }
    assert mine.keys() == expected.keys()
    scale = max([abs(n) for n in expected.values()], default=Fraction(0))
    for at, value in mine.items():
        assert abs(Fraction(value) - expected[at]) <= scale * Fraction(1, 10**9)
