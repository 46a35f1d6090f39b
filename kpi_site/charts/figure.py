"""The HTML around a chart, which ``charts.js`` finds and draws into."""

from __future__ import annotations

from html import escape
from typing import Final

from kpi_site.words import word

_WAYS: Final = ("png", "svg", "csv", "link")


def figure(
    anchor: str,
    spec_address: str,
    caption: str,
    language: str,
    static_svg: str = "",
    note: str = "",
) -> str:
    """Return ``<figure class="kpi-chart">`` for a spec at ``spec_address`` (relative to the page).

    ``anchor`` is its id, and so its address on the page. ``static_svg`` is shown until, and
    unless, a reader asks for the chart; ``note`` stands below it. One block of HTML without
    empty lines, so that Markdown leaves it alone.
    """
    below = f'<p class="kpi-legend">{escape(note)}</p>' if note else ""
    return (
        f'<figure class="kpi-chart" id="{escape(anchor)}" data-spec="{escape(spec_address)}">'
        f"<figcaption>{escape(caption)}</figcaption>{_menu(language)}"
        f'<div class="kpi-chart__view">{static_svg}</div>{_hand(language)}{below}</figure>'
    )


def _hand(language: str) -> str:
    """Return the line that says that the chart answers, where it is asked by the keyboard too.

    What can be chosen in the chart then stands in this line.
    """
    words = escape(word("explore", language))
    return f'<div class="kpi-chart__hand"><button type="button">{words}</button></div>'


def _menu(language: str) -> str:
    """Return what a reader can take away of a chart; hidden until the script serves it."""
    ways = "".join(
        f'<li><button type="button" data-way="{way}">{escape(word(f"take.{way}", language))}'
        "</button></li>"
        for way in _WAYS
    )
    told = " ".join(
        f'data-{how}="{escape(word(f"take.{how}", language))}"' for how in ("copied", "failed")
    )
    name = escape(word("take", language))
    return (
        f'<div class="kpi-chart__menu" hidden><button type="button" aria-expanded="false"'
        f' aria-label="{name}" title="{name}">⋯</button>'
        f'<ul hidden>{ways}</ul><span role="status" {told}></span></div>'
    )
