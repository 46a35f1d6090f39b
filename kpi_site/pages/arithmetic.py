"""The formula as mathematics: in words, with a period's numbers, and in worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from kpi_site.catalog import Example, Indicator, IndicatorTerm, OtherTerm, Term
from kpi_site.formula.examples import run_example
from kpi_site.formula.mathml import filled_mathml, formula_mathml
from kpi_site.pages.context import Context
from kpi_site.pages.pictures import markup
from kpi_site.results import Cell, Result, Series, State
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import NO_BOUNDS, figure_text, points_text
from kpi_site.wording.numbers import format_number, format_value
from kpi_site.wording.words import state_mark, state_words


@dataclass(frozen=True, slots=True)
class FormulaView:
    """The formula as mathematics, filled in with ``period``'s numbers, and as written."""

    symbols: Markup
    filled: Markup
    period: str
    code: str


@dataclass(frozen=True, slots=True)
class ExampleView:
    """A worked example: its arithmetic down to what is expected, and why it is there."""

    filled: Markup
    points: str
    because: Markup


def formula(ctx: Context, indicator: Indicator, result: Result | None) -> FormulaView:
    """Return the card's formula, and its arithmetic in the period of ``result``."""
    labels = {str(t.name): ctx.name(t.label) for t in indicator.terms}
    symbols = formula_mathml(
        indicator.formula, labels, name=ctx.name(indicator.name), language=ctx.language
    )
    return FormulaView(
        symbols=markup(symbols),
        filled=_filled(ctx, indicator, result) if result else Markup(),
        period=format_period(result.period, ctx.language) if result else "",
        code=indicator.formula.code.text,
    )


def _filled(ctx: Context, indicator: Indicator, result: Result) -> Markup:
    found = ctx.results_of(indicator)
    series = found.whole(result.period.grain) if found else None
    index = series.index(result.period) if series else None
    if series is None or index is None:
        return Markup()
    texts = {
        str(t.name): cell_text(ctx, indicator, t, cell)
        for t in indicator.terms
        if (cell := _cell(series, t, index)) is not None
    }
    if not texts:
        return Markup()
    outcome = _outcome(ctx, indicator, result)
    return markup(filled_mathml(indicator.formula, texts, outcome, language=ctx.language))


def _cell(series: Series, term: Term, index: int) -> Cell | None:
    cells = series.terms.get(term.name, ())
    return cells[index] if index < len(cells) else None


def cell_text(ctx: Context, indicator: Indicator, term: Term, cell: Cell) -> str:
    """Return a term's value as it stands in the arithmetic, or the mark of its state.

    Another card's value keeps that card's unit and places; other terms have no unit.
    """
    if cell.value is None:
        return state_mark(cell.state)
    origin = _origin(indicator, term)
    if isinstance(origin, IndicatorTerm) and origin.measure == "value":
        card = ctx.catalog.indicators.get(origin.indicator)
        if card is not None:
            return format_value(cell.value, card.unit, card.decimals, ctx.language)
    return bare(cell.value)


def _origin(indicator: Indicator, term: Term) -> Term:
    """Return the term that ``term`` repeats, through any number of lags."""
    for _ in indicator.terms:
        if not isinstance(term, OtherTerm):
            break
        term = indicator.term(term.term) or term
    return term


def bare(value: Decimal) -> str:
    """Return a number without a unit: at most two decimals, four where it is below 100."""
    exponent = value.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return format_number(value, max(0, min(places, 2 if abs(value) >= 100 else 4)))


def _outcome(ctx: Context, indicator: Indicator, result: Result) -> str:
    if result.value is None or not result.state.has_value:
        return f"{state_mark(result.state)} {state_words(result.state, ctx.language)}"
    return figure_text(result.value, indicator, result.threshold, ctx.language)


def examples(ctx: Context, indicator: Indicator) -> tuple[ExampleView, ...]:
    """Return the worked examples in the order of the card."""
    return tuple(_example(ctx, indicator, e) for e in indicator.examples)


def _example(ctx: Context, indicator: Indicator, example: Example) -> ExampleView:
    given: Mapping[str, Decimal | None] = example.given
    texts = {str(t.name): _given(given.get(t.name)) for t in indicator.terms}
    filled = filled_mathml(
        indicator.formula, texts, _expected(ctx, indicator, example), language=ctx.language
    )
    points = ""
    if "expect_points" in example.expects:
        earned = example.expect_points
        points = state_mark(State.NO_DATA) if earned is None else points_text(earned, NO_BOUNDS)
    return ExampleView(markup(filled), points, ctx.rich(example.because))


def _given(value: Decimal | None) -> str:
    return state_mark(State.NO_DATA) if value is None else bare(value)


def _expected(ctx: Context, indicator: Indicator, example: Example) -> str:
    """Return what must come out; a number keeps the places that the card gives it."""
    expect = example.expect
    if "expect" not in example.expects:
        value = run_example(indicator, example).value
        expect = value.value if isinstance(value, State) else Decimal(value)
    if isinstance(expect, Decimal):
        exponent = expect.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) else 0
        shift = 2 if indicator.unit.kind == "percent" else 0
        places = max(indicator.decimals, places - shift)
        return format_value(expect, indicator.unit, places, ctx.language)
    if expect is None:
        return state_mark(State.NO_DATA)
    state = State(expect)
    return f"{state_mark(state)} {state_words(state, ctx.language)}"
