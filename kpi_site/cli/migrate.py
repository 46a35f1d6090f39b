"""``kpi-site migrate``: the content in the newest format."""

from __future__ import annotations

from contextlib import nullcontext

import typer

from kpi_site.cli.asking import end_refused
from kpi_site.cli.rename import DryRun
from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    site_options,
    writing,
)
from kpi_site.problems import Message


@app.command(
    help=says(
        "把内容改写成最新的格式：旧写法换成新写法，含义和注释不变。",
        "Rewrite the content in the newest format: what it says, and its comments, stay.",
    )
)
def migrate(dry_run: DryRun = False, root: Root = None, lang: Lang = None) -> None:
    """Show each new line, and write the files, all or none."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.edits import carry_out
    from kpi_site.authoring.migrating import migration
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.content import read_draft
    from kpi_site.content.formats import FORMAT

    with nullcontext() if dry_run else writing(options.root, language):
        draft, problems = read_draft(options.root, today=options.today)
        if not draft.readable:
            print_problems(problems, language)
            raise typer.Exit(1)
        plan = migration(draft, options.today)
        if isinstance(plan, Refusal):
            raise end_refused(plan, language)
        if isinstance(plan, tuple):
            print_problems(plan, language)
            raise typer.Exit(1)
        for rewrite in plan.rewrites:
            for number, line in rewrite.changed_lines():
                say(f"{rewrite.file}:{number}: {line if len(line) <= 90 else line[:89] + '…'}")
        what = Message(f"内容改写为格式 {FORMAT}", f"bring the content to format {FORMAT}")
        if not dry_run:
            carry_out(options.root, what, plan.rewrites)
    told = Message(f"内容现在是格式 {FORMAT}。", f"The content is of format {FORMAT} now.")
    if not plan.rewrites:
        told = Message(f"内容已是格式 {FORMAT}。", f"The content is of format {FORMAT} already.")
    elif dry_run:
        told = Message("只是预览，没有改动。", "This was a dry run: nothing is changed.")
    say(told.get(language))
