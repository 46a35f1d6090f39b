"""The HTML around a chart, which ``charts.js`` finds and draws into."""

from __future__ import annotations

from html import escape


def figure(spec_address: str, caption: str, static_svg: str = "") -> str:
    """Return ``<figure class="kpi-chart">`` for a spec at ``spec_address`` (relative to the page).

    ``static_svg`` is shown until, and unless, the interactive chart is drawn. One block of
    HTML without empty lines, so that Markdown leaves it alone.
    """
    return (
        f'<figure class="kpi-chart" data-spec="{escape(spec_address)}">'
        f"<figcaption>{escape(caption)}</figcaption>"
        f'<div class="kpi-chart__view">{static_svg}</div></figure>'
    )
