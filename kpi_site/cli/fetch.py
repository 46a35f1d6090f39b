"""``kpi-site fetch``: snapshots of databases, which builds read in their place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    moment,
    print_problems,
    say,
    says,
    shown_progress,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message, has_errors

if TYPE_CHECKING:
    from kpi_site.databases.fetching import Fetched
    from kpi_site.options import Options
    from kpi_site.pushing.asking import Answered


@app.command(
    help=says(
        "从数据库读取数据集，检查后存为快照；构建网站只用快照，不连数据库。",
        "Read datasets from their databases, check them, and keep snapshots; builds take these "
        "and need no database.",
    )
)
def fetch(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DATASET]...",
            help=says("只读这些（默认：全部）", "Only these (default: all of a connection)"),
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help=says(
                "分份的快照也全部重新读取", "Fetch every part again, of snapshots that have parts"
            ),
        ),
    ] = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print what was fetched, or every problem: then nothing is kept."""
    language = messages_in(lang)
    options = site_options(root, language)
    chosen = _known(options, tuple(ids or ()), language)
    from kpi_site.databases.fetching import Fetching
    from kpi_site.databases.fetching import fetch as run
    from kpi_site.pushing.asking import ask

    with shown_progress() as progress:
        asked = Fetching(options, chosen, moment(), os.environ, everything, progress)
        found, problems = run(asked)
        answered, more = ((), ()) if has_errors(problems) else ask(asked)
    for told in (*map(_told, found), *map(_answered, answered)):
        say(told.get(language))
    if problems or more:
        print_problems((*problems, *more), language)
    elif not found and not answered:
        say(
            Message(
                "没有要从数据库读取的数据集。", "No dataset takes its rows from a database."
            ).get(language)
        )


def _known(options: Options, ids: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Return ``ids``; one that is no dataset of a connection is wrong usage."""
    if not ids:
        return ids
    from kpi_site.content import read_draft

    draft, _ = read_draft(options.root, today=options.today)
    every = draft.catalog.datasets
    known = [name for name, dataset in every.items() if dataset.database is not None]
    for name in ids:
        if name in every and name not in known:
            message = Message(
                f"数据集“{name}”来自文件，不必读取",
                f"the dataset '{name}' is read from files: there is nothing to fetch",
            )
            raise wrong_usage(message, language)
        if name not in known:
            raise unknown(Message("数据集", "dataset"), name, known, language)
    return ids


def _told(fetched: Fetched) -> Message:
    snapshot = fetched.snapshot
    parts_zh = parts_en = ""
    if snapshot.partition is not None:
        parts_zh = f"，{len(snapshot.parts)} 份中新读 {fetched.new} 份"
        parts_en = f", {fetched.new} of {len(snapshot.parts)} parts anew"
    return Message(
        f"{snapshot.dataset}：{snapshot.rows:,} 行，来自 {snapshot.connection}"
        f"（{snapshot.server}）{parts_zh}",
        f"{snapshot.dataset}: {snapshot.rows:,} rows from {snapshot.connection} "
        f"({snapshot.server}){parts_en}",
    )


def _answered(one: Answered) -> Message:
    table, pushed, source = one.table, one.table.pushed, one.table.dataset.database
    assert pushed is not None
    assert source is not None
    count = len(pushed.answers)
    return Message(
        f"{table.dataset.id}：{count} 个回答，{table.rows:,} 行留在 "
        f"{source.connection}（{pushed.server}）",
        f"{table.dataset.id}: {count} answer{'' if count == 1 else 's'}, "
        f"{table.rows:,} rows stay in {source.connection} ({pushed.server})",
    )
