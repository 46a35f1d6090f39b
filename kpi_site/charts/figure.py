"""The HTML around a chart, which ``charts.js`` finds and draws into."""

from __future__ import annotations

from html import escape


def figure(
    anchor: str,
    spec_address: str,
    caption: str,
    static_svg: str = "",
    note: str = "",
) -> str:
    """Return ``<figure class="kpi-chart">`` for a spec at ``spec_address`` (relative to the page).

    ``anchor`` is its id, and so its address on the page. ``static_svg`` is shown until, and
    unless, a reader asks for the chart; ``note`` stands below it. The menu of what can be
    taken away, and the button that asks, are the script's. One block of HTML without empty
    lines, so that Markdown leaves it alone.
    """
    below = f'<p class="kpi-legend">{escape(note)}</p>' if note else ""
    return (
        f'<figure class="kpi-chart" id="{escape(anchor)}" data-spec="{escape(spec_address)}">'
        f"<figcaption>{escape(caption)}</figcaption>"
        f'<div class="kpi-chart__view">{static_svg}</div><div class="kpi-chart__hand"></div>'
        f"{below}</figure>"
    )
