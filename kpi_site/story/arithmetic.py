"""A card's arithmetic: its formula, what judges it, its worked examples, with numbers put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from kpi_site.catalog import Example, Indicator, IndicatorTerm, Limit, OtherTerm, Term, Version
from kpi_site.formula.evaluate import Operand
from kpi_site.formula.examples import run_example
from kpi_site.periods import Period
from kpi_site.results import Cell, Result, Series, SeriesKey, State
from kpi_site.scoring import LEVEL_NAMES, VALUE, card_ruler, operands, points_node
from kpi_site.sql.nodes import Code, Expression, Node
from kpi_site.story.teller import Said, Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.judged import (
    NO_BOUNDS,
    figure_text,
    points_bounds,
    points_text,
    threshold_text,
)
from kpi_site.wording.numbers import format_number, format_value
from kpi_site.wording.words import state_mark, state_words


@dataclass(frozen=True, slots=True)
class TermValue:
    """A term's number in one period; ``same_day``: cut off at the day that is running."""

    name: str
    label: Said | None
    cell: Cell
    text: str
    same_day: bool


@dataclass(frozen=True, slots=True)
class NumbersStory:
    """What goes into a rule in one period, and what comes out ("": nothing to show)."""

    period: str
    texts: Mapping[str, str]
    outcome: str
    operands: Mapping[str, Operand] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleStory:
    """A formula, a computed threshold or a rule for points: ``name`` = ``rule``."""

    name: str
    rule: Expression
    labels: Mapping[str, str]
    numbers: NumbersStory | None


@dataclass(frozen=True, slots=True)
class ExampleStory:
    """A worked example: what is given, what is expected, and why it is there.

    ``formula`` is that of the version that it tests, ``version`` says which; "" of a card that
    has but one.
    """

    formula: Expression
    version: str
    texts: Mapping[str, str]
    expected: str
    points: str
    because: Said | None


def tell_values_of_terms(
    teller: Teller, indicator: Indicator, result: Result | None
) -> tuple[TermValue, ...]:
    """Return the number of each term in the period of ``result``."""
    series, at = _place(teller, indicator, result)
    if series is None or at is None:
        return ()
    cut = series.to_same_day(series.results[at].period)
    return tuple(
        TermValue(
            name=str(term.name),
            label=teller.said(term.label),
            cell=cell,
            text=_cell_text(teller, indicator, term, cell),
            same_day=cut and _is_lagged(indicator, term),
        )
        for term in indicator.terms
        if (cell := _cell(series, term, at)) is not None
    )


def tell_formula(teller: Teller, indicator: Indicator, result: Result | None) -> RuleStory:
    """Return the card's formula, and its arithmetic in the period of ``result``."""
    numbers = None
    indicator = as_of(teller, indicator, result.period if result else None)
    texts = {t.name: t.text for t in tell_values_of_terms(teller, indicator, result)}
    if result is not None and texts:
        period = format_period(result.period, teller.language)
        numbers = NumbersStory(period, texts, _outcome(teller, indicator, result))
    return RuleStory(
        teller.name(indicator.name), indicator.formula, _labels(teller, indicator), numbers
    )


def tell_rules(
    teller: Teller, indicator: Indicator, result: Result | None
) -> tuple[RuleStory, ...]:
    """Return what judges the card by arithmetic: thresholds first, then the points."""
    return (*_limits(teller, indicator, result), *_points(teller, indicator, result))


def _limits(teller: Teller, indicator: Indicator, result: Result | None) -> Iterator[RuleStory]:
    standards = indicator.thresholds[-1:]
    if result is not None:
        ruler = card_ruler(teller.catalog, indicator).series(SeriesKey(result.period.grain))
        found = ruler.standard(result.period)
        standards = () if found is None else (found,)
    for standard in standards:
        for name, limit in zip(LEVEL_NAMES, standard.limits, strict=True):
            if isinstance(limit, Expression):
                known = getattr(result.threshold, name, None) if result is not None else None
                shown = threshold_text(known, indicator.unit, indicator.decimals, teller.language)
                yield _rule(
                    teller, indicator, name, limit, _numbers(teller, indicator, result, shown)
                )


def _points(teller: Teller, indicator: Indicator, result: Result | None) -> Iterator[RuleStory]:
    node = points_node(indicator.points, indicator.steps, indicator)
    if node is None:
        return
    numbers = None
    if result is not None:
        earned = points_text(result.points, points_bounds(teller.catalog.site.scoring))
        levels = {name: getattr(result.threshold, name, None) for name in LEVEL_NAMES}
        more = {VALUE: result.value} | {k: v for k, v in levels.items() if v is not None}
        numbers = _numbers(teller, indicator, result, earned, more)
    yield _rule(teller, indicator, "points", _expression(node), numbers)


def _numbers(
    teller: Teller,
    indicator: Indicator,
    result: Result | None,
    outcome: str,
    more: Mapping[str, Decimal | None] | None = None,
) -> NumbersStory | None:
    """Return what goes into a rule: the terms, and for points the value and the thresholds."""
    if result is None or not outcome:
        return None
    terms = tell_values_of_terms(teller, indicator, result)
    texts = {t.name: t.text for t in terms}
    known: Mapping[str, Operand] = {
        t.name: t.cell.state if t.cell.value is None else t.cell.value for t in terms
    }
    if more is not None:
        texts |= {name: "" if n is None else bare(n) for name, n in more.items()}
        if result.value is not None:
            known = operands(known, result.value, result.threshold)
    return NumbersStory(format_period(result.period, teller.language), texts, outcome, known)


def _rule(
    teller: Teller,
    indicator: Indicator,
    name: str,
    rule: Expression,
    numbers: NumbersStory | None,
) -> RuleStory:
    labels = _labels(teller, indicator)
    labels |= {level: teller.word(level) for level in LEVEL_NAMES if level not in labels}
    labels.setdefault(VALUE, teller.name(indicator.name))
    return RuleStory(teller.word(name), rule, labels, numbers)


def _labels(teller: Teller, indicator: Indicator) -> dict[str, str]:
    return {str(t.name): teller.name(t.label) for t in indicator.terms}


def _expression(node: Node) -> Expression:
    return Expression(Code("", "", ((1, 1),)), node)


def _place(
    teller: Teller, indicator: Indicator, result: Result | None
) -> tuple[Series | None, int | None]:
    """Return the whole's series that ``result`` stands in, and where."""
    found = teller.results_of(indicator)
    series = found.whole(result.period.grain) if found and result else None
    if series is not None and indicator.renamed:
        terms = {
            name: series.terms[own]
            for name, own in indicator.renamed.items()
            if own in series.terms
        }
        series = replace(series, terms=terms)
    return series, series.index(result.period) if series and result else None


def as_of(teller: Teller, indicator: Indicator, period: Period | None) -> Indicator:
    """Return the card as the version has it that holds in ``period``, or now."""
    day = teller.data_through or date.max
    return indicator.on(day if period is None else min(period.last, day))


def _cell(series: Series, term: Term, index: int) -> Cell | None:
    cells = series.terms.get(term.name, ())
    return cells[index] if index < len(cells) else None


def _is_lagged(card: Indicator, term: Term | None) -> bool:
    """Tell whether a term looks at an earlier period, itself or through others."""
    if isinstance(term, OtherTerm):
        return term.lag is not None or _is_lagged(card, card.term(term.term))
    return isinstance(term, IndicatorTerm) and term.lag is not None


def _cell_text(teller: Teller, indicator: Indicator, term: Term, cell: Cell) -> str:
    """Return a term's value as it stands in the arithmetic, or the mark of its state.

    Another card's value keeps that card's unit and places; other terms have no unit.
    """
    if cell.value is None:
        return state_mark(cell.state)
    origin = _origin(indicator, term)
    if isinstance(origin, IndicatorTerm) and origin.measure == "value":
        card = teller.catalog.indicators.get(origin.indicator)
        if card is not None:
            return format_value(cell.value, card.unit, card.decimals, teller.language)
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


def _outcome(teller: Teller, indicator: Indicator, result: Result) -> str:
    if result.value is None or not result.state.has_value:
        return f"{state_mark(result.told)} {state_words(result.told, teller.language)}"
    return figure_text(result.value, indicator, result.threshold, teller.language)


def tell_examples(teller: Teller, indicator: Indicator) -> tuple[ExampleStory, ...]:
    """Return the worked examples in the order of the card."""
    return tuple(_example(teller, indicator, e) for e in indicator.examples)


@dataclass(frozen=True, slots=True)
class VersionStory:
    """A version of a card: in which periods it holds, its formula and rule as they are written.

    ``points`` is the rule by which values earn points; "" where it is that of all versions.
    """

    when: str
    formula: str
    points: str = ""


def tell_versions(teller: Teller, indicator: Indicator) -> tuple[VersionStory, ...]:
    """Return the versions of a card, the newest first; none of a card that has but one."""
    return tuple(
        VersionStory(
            _when(teller, indicator, at),
            version.formula.code.text,
            rule_text(version) if indicator.judged_anew else "",
        )
        for at, version in reversed([*enumerate(indicator.versions)])
    )


def rule_text(version: Version) -> str:
    """Return a version's rule for points as it is written; "" of straight lines."""
    if version.points is not None:
        return version.points.code.text
    return "; ".join(
        f"from {_written(s.start)}: {_written(s.points)}"
        if s.start is not None
        else f"upto {_written(s.upto)}: {_written(s.points)}"
        for s in version.steps
    )


def _written(limit: Limit | None) -> str:
    return limit.code.text if isinstance(limit, Expression) else str(limit)


def _when(teller: Teller, indicator: Indicator, at: int) -> str:
    """Say from when to when a version holds."""
    versions = indicator.versions
    start, last = versions[at].start, at + 1 == len(versions)
    until = None if last else versions[at + 1].start
    told = [format_period(p, teller.language) for p in (start, until) if p is not None]
    if start is None:
        return teller.word("version_before", *told)
    return teller.word("version_from" if last else "version_between", *told)


def _version(teller: Teller, indicator: Indicator, example: Example) -> str:
    """Say which version an example tests."""
    if not indicator.versions:
        return ""
    held = indicator.version(example.period.last) if example.period else indicator.versions[-1]
    assert held is not None
    return _when(teller, indicator, indicator.versions.index(held))


def _example(teller: Teller, indicator: Indicator, example: Example) -> ExampleStory:
    given: Mapping[str, Decimal | None] = example.given
    version = _version(teller, indicator, example)
    indicator = indicator.tested(example)
    points = ""
    if "expect_points" in example.expects:
        earned = example.expect_points
        points = state_mark(State.NO_DATA) if earned is None else points_text(earned, NO_BOUNDS)
    return ExampleStory(
        formula=indicator.formula,
        version=version,
        texts={str(t.name): _given(given.get(t.name)) for t in indicator.terms},
        expected=_expected(teller, indicator, example),
        points=points,
        because=teller.said(example.because),
    )


def _given(value: Decimal | None) -> str:
    return state_mark(State.NO_DATA) if value is None else bare(value)


def _expected(teller: Teller, indicator: Indicator, example: Example) -> str:
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
        return format_value(expect, indicator.unit, places, teller.language)
    if expect is None:
        return state_mark(State.NO_DATA)
    state = State(expect)
    return f"{state_mark(state)} {state_words(state, teller.language)}"
