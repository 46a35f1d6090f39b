"""``kpi-site rechain``: editions of this branch behind those of another."""

from __future__ import annotations

from typing import Annotated

import typer

from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    site_options,
    wrong_usage,
)
from kpi_site.problems import Message


@app.command(
    help=says(
        "两个分支都发布过：把本分支的各版接在另一分支的后面。",
        "Two branches have published: bind this one's editions behind those of the other.",
    )
)
def rechain(
    branch: Annotated[
        str,
        typer.Argument(
            metavar="[BRANCH]", help=says("已经发布的分支", "The branch whose editions stay first")
        ),
    ] = "main",
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Take the ledger of ``branch`` and add the editions that stand here alone."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site import publishing
    from kpi_site.diff.git import GitError, committed_file
    from kpi_site.editions.ledger import LEDGER

    try:
        other = committed_file(options.root, branch, LEDGER)
    except GitError as error:
        raise wrong_usage(error.message, language) from None
    lines, problems = publishing.rechain(options.root, other)
    if problems:
        print_problems(problems, language)
        return
    for line in lines:
        say(f"{line.number}  {line.period} #{line.edition}  {line.chain}")
    said = Message(
        f"台账：{len(lines)} 版接在 {branch} 的后面。请提交 {LEDGER}。",
        f"ledger: {len(lines)} behind those of {branch}. Commit {LEDGER}.",
    )
    say(said.get(language))
