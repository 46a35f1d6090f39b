"""``kpi-site rename`` and ``kpi-site retire``: a card's id and its end, with what refers to it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.asking import end_refused
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

if TYPE_CHECKING:
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.authoring.renaming import Plan
    from kpi_site.content.draft import Draft
    from kpi_site.options import Options
    from kpi_site.problems import Problem

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help=says("只显示，不改动", "Show what would be done; change nothing")
    ),
]


@app.command(
    help=says(
        "改一张卡的编号：移动文件，更新所有引用，旧地址转到新地址。",
        "Give a card another id: its file, every reference; the old address leads to the new one.",
    )
)
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help=says("现在的编号", "Its id now"))],
    new: Annotated[str, typer.Argument(metavar="NEW", help=says("新的编号", "Its new id"))],
    dry_run: DryRun = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Move the card and edit what names it, each word at its place."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring import renaming

    done = Message(
        f"“{old}”改为“{new}”，旧地址 indicators/{old}/ 会转到新地址。",
        f"'{old}' is '{new}' now; its old address indicators/{old}/ leads to the new one.",
    )
    what = Message(f"“{old}”改为“{new}”", f"rename '{old}' to '{new}'")
    with nullcontext() if dry_run else writing(options.root, language):
        draft = _draft(options)
        plan = renaming.rename(draft, old, new)
        _carry_out(draft, plan, (what, done), language, dry_run=dry_run)


@app.command(
    help=says(
        "停用一张卡，并列出仍引用它的地方。", "Retire a card, and list what still refers to it."
    )
)
def retire(
    card: Annotated[str, typer.Argument(metavar="ID", help=says("指标编号", "The card's id"))],
    successor: Annotated[
        str | None,
        typer.Option("--successor", metavar="ID", help=says("接替的指标", "What takes over")),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--last",
            metavar="PERIOD",
            help=says(
                "最后一个有结果的期间；默认是最近一个已结束的",
                "The last period with results; unless told the newest that is over",
            ),
        ),
    ] = None,
    dry_run: DryRun = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Set the card's last period and successor."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring import renaming

    done = Message(f"“{card}”已停用。", f"'{card}' is retired.")
    what = Message(f"停用“{card}”", f"retire '{card}'")
    with nullcontext() if dry_run else writing(options.root, language):
        draft = _draft(options)
        plan = renaming.retire(draft, card, successor, last, options.today)
        _carry_out(draft, plan, (what, done), language, dry_run=dry_run)


def _draft(options: Options) -> Draft:
    from kpi_site.content import read_draft

    return read_draft(options.root, today=options.today)[0]


def _carry_out(
    draft: Draft,
    plan: Plan | Refusal | tuple[Problem, ...],
    words: tuple[Message, Message],
    language: str,
    *,
    dry_run: bool,
) -> None:
    """Show the plan, and do it unless it is a dry run; refusals and problems end the command.

    ``words`` say what it does, and that it is done.
    """
    from kpi_site.authoring.edits import carry_out
    from kpi_site.authoring.refusal import Refusal

    if isinstance(plan, Refusal):
        raise end_refused(plan, language)
    if isinstance(plan, tuple):
        print_problems(plan, language)
        raise typer.Exit(1)
    for rewrite in plan.rewrites:
        if rewrite.file != rewrite.target:
            say(f"{rewrite.file} → {rewrite.target}")
        for number, line in rewrite.changed_lines():
            say(f"{rewrite.target}:{number}: {line if len(line) <= 90 else line[:89] + '…'}")
    if dry_run:
        nothing = Message("只是预览，没有改动。", "This was a dry run: nothing is changed.")
        say(nothing.get(language))
    else:
        what, done = words
        carry_out(draft.catalog.site.root, what, plan.rewrites)
        say(done.get(language))
    if plan.remaining:
        still = Message("仍引用它的地方：", "What still refers to it:")
        say(still.get(language))
        for reference in plan.remaining:
            say(f"{reference.where}: {reference.what.get(language)}")
