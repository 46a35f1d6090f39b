"""``kpi-site headers``: the policy that a server sends with the pages of a built site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    say,
    say_to_programs,
    says,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message


@app.command(
    help=says(
        "打印内容安全策略（CSP），供网站的服务器使用；其中的散列值取自已生成的网站。",
        "Print the Content-Security-Policy for the site's server, with the hashes of the site "
        "as built.",
    )
)
def headers(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]",
            help=says("已生成的网站（默认 site/）", "The site as built (default: site/)"),
        ),
    ] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="header|nginx|apache|netlify",
            help=says("写成哪种配置（默认：HTTP 头）", "For which server (default: the header)"),
        ),
    ] = "header",
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print the policy to standard output, and to standard error what of the site it blocks."""
    language = messages_in(lang)
    from kpi_site.console import problem_lines
    from kpi_site.policy import FORMATS, policy_of
    from kpi_site.swap import is_site

    if format_ not in FORMATS:
        raise unknown(Message("格式", "format"), format_, FORMATS, language)
    place = folder or site_options(root, language).target
    if not is_site(place):
        message = Message(
            f"{place} 不是生成好的网站；请先运行 kpi-site build",
            f"{place} is no built site; run kpi-site build first",
        )
        raise wrong_usage(message, language)
    policy, problems = policy_of(place)
    say_to_programs(policy.said(format_))
    for line in problem_lines(problems, language) if problems else ():
        say(line, err=True)
