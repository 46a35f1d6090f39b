"""Arithmetic as mathematics: the formula, what judges by arithmetic, and worked examples."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kpi_site.formula.mathml import filled_mathml, formula_mathml
from kpi_site.pages.context import Context
from kpi_site.pages.pictures import markup
from kpi_site.story.arithmetic import ExampleStory, RuleStory


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in symbols, filled in with ``period``'s numbers, and as it is written."""

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
    version: str


def rule_view(ctx: Context, told: RuleStory) -> RuleView:
    """Return a rule as mathematics."""
    numbers, language = told.numbers, ctx.language
    symbols = formula_mathml(told.rule, told.labels, name=told.name, language=language)
    filled = Markup()
    if numbers is not None:
        filled = markup(filled_mathml(told.rule, numbers.texts, numbers.outcome, language=language))
    period = numbers.period if numbers else ""
    return RuleView(markup(symbols), filled, period, told.rule.code.text)


def example_view(ctx: Context, told: ExampleStory) -> ExampleView:
    """Return an example as mathematics."""
    filled = filled_mathml(told.formula, told.texts, told.expected, language=ctx.language)
    return ExampleView(markup(filled), told.points, ctx.rich(told.because), told.version)
