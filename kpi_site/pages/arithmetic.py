"""The formula as mathematics: in words, with a period's numbers, and in worked examples."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.wording.markdown import cell


@dataclass(frozen=True, slots=True)
class FormulaView:
    """The formula as mathematics, filled in with ``period``'s numbers, and as written."""

    symbols: Markup
    filled: Markup
    period: str
    code: str


@dataclass(frozen=True, slots=True)
class ExampleView:
    """A worked example with its arithmetic."""

    filled: Markup
    expect: str
    because: Markup


def formula(indicator: Indicator) -> FormulaView:
    """Return the card's formula as written."""
    code = indicator.formula.code.text
    return FormulaView(Markup("<code>{}</code>").format(Markup(cell(code))), Markup(), "", code)  # noqa: S704
