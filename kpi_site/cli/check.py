"""``kpi-site check``: every problem of content and data."""

from __future__ import annotations

from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    says,
    shown_progress,
    site_options,
)


@app.command(
    help=says(
        "检查全部内容和数据，一次列出所有问题。", "Check all content and data; list every problem."
    )
)
def check(root: Root = None, lang: Lang = None) -> None:
    """Print every problem in order, then how many there are."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site import site

    with shown_progress() as progress:
        problems = site.check(options, progress=progress)
    print_problems(problems, language)
