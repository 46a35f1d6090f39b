"""Old addresses of cards that were renamed: each is a small page that leads to the new one.

Plain HTML beside the Markdown: it is no page of its own to navigation and search.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from string import Template
from typing import Final

from kpi_site.files import File
from kpi_site.pages import links
from kpi_site.pages.context import Context

_PAGE: Final = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<title>$name</title>
<link rel="canonical" href="$address">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url=$address">
</head>
<body><p>$words <a href="$address">$name</a></p></body>
</html>
""")
_WORDS: Final = {"zh": "这张指标卡现在的地址：", "en": "This card has moved:"}


def moved_pages(ctx: Context) -> Iterator[File]:
    """Yield ``indicators/<former id>/index.html`` for every former id of every card."""
    for indicator in ctx.catalog.indicators.values():
        for former in indicator.formerly:
            address = links.url(links.indicator(former), links.indicator(indicator.id))
            text = _PAGE.substitute(
                language=ctx.language,
                name=escape(ctx.name(indicator.name)),
                address=address,
                words=_WORDS[ctx.language],
            )
            yield File(f"indicators/{former}/index.html", text)
