"""``kpi-site new``: a card, dataset, scorecard, report or action with blanks to fill in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.asking import ask_department, end_refused
from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    shown_progress,
    site_options,
    unknown,
    writing,
    wrong_usage,
)
from kpi_site.problems import Message

if TYPE_CHECKING:
    from kpi_site.authoring.new_file import FormKind
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.content.draft import Draft
    from kpi_site.files import File


Source = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help=says(
            "只用于 dataset：读数据文件，推测编码、类型和主键",
            "For a dataset: read this file, and propose encoding, types and keys",
        ),
    ),
]
Connection = Annotated[
    str | None,
    typer.Option(
        "--from-connection",
        metavar="NAME",
        help=says(
            "只用于 dataset：读数据库的表（与 --table 合用），推测类型和主键",
            "For a dataset: read a table of this connection (with --table), and propose it",
        ),
    ),
]
Table = Annotated[
    str | None,
    typer.Option("--table", metavar="TABLE", help=says("数据库的表", "The table of the database")),
]


@app.command(
    help=says(
        "新建指标卡、数据集、记分卡、报告或改进措施，需要填写的地方写作 ___。",
        "Write a new card, dataset, scorecard, report or action; ___ marks what to fill in.",
    )
)
def new(
    kind: Annotated[
        str, typer.Argument(metavar="indicator|dataset|scorecard|report|action", help="")
    ],
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help=says("编号；报告用期间", "Its id; a report's period")),
    ],
    department: Annotated[
        str | None,
        typer.Option(
            "--department", metavar="ID", help=says("负责的部门", "The department it belongs to")
        ),
    ] = None,
    source: Source = None,
    connection: Connection = None,
    table: Table = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write one file below ``content``; nothing that exists is overwritten."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.new_file import new_file
    from kpi_site.authoring.refusal import Refusal, refused
    from kpi_site.content import read_draft
    from kpi_site.files import write_out

    wanted = _kind(kind, language)
    draft, problems = read_draft(options.root, today=options.today)
    if not draft.readable:
        print_problems(problems, language)
        raise typer.Exit(1)
    if department is None and wanted != "report":
        department = ask_department(draft, language)
    made: File | Refusal
    if source is None and connection is None and table is None:
        made = new_file(
            draft, wanted, name, today=options.today, language=language, department=department
        )
    else:
        if wanted != "dataset":
            only = Message("--from 只用于 dataset", "--from goes with a dataset only")
            raise wrong_usage(only, language)
        made = _surveyed(
            draft, _origin(source, connection, table, language), name, options.cache, department,
            language,
        )  # fmt: skip
    if isinstance(made, Refusal):
        raise end_refused(made, language)
    with writing(options.root, language):
        if (options.root / made.path).exists():  # another command was quicker
            raise end_refused(refused(f"{made.path} 已存在", f"{made.path} exists"), language)
        write_out(options.root / made.path, made.data)
    say(
        Message(
            f"已写入 {made.path}。请填写每处 ___，然后运行 kpi-site check。",
            f"{made.path} is written. Fill in every ___, then run: kpi-site check",
        ).get(language)
    )


def _origin(
    source: Path | None, connection: str | None, table: str | None, language: str
) -> Path | tuple[str, str]:
    """Return the file, or the connection and its table; anything else is wrong usage."""
    if source is not None and connection is None and table is None:
        return source
    if source is None and connection is not None and table is not None:
        return connection, table
    message = Message(
        "--from-connection 要与 --table 一起写，不与 --from 一起写",
        "--from-connection goes with --table, and not with --from",
    )
    raise wrong_usage(message, language)


def _surveyed(
    draft: Draft,
    origin: Path | tuple[str, str],
    name: str,
    cache: Path,
    department: str | None,
    language: str,
) -> File | Refusal:
    """Survey file or table, and tell in a line what was read; problems end the command."""
    from kpi_site.authoring.survey.new_dataset import Proposed, dataset_from, dataset_of_table

    with shown_progress() as progress:
        if isinstance(origin, Path):
            made = dataset_from(
                draft, origin, name,
                cache=cache, department=department, language=language, progress=progress,
            )  # fmt: skip
        else:
            made = dataset_of_table(
                draft, *origin, name, environment=os.environ,
                cache=cache, department=department, language=language, progress=progress,
            )  # fmt: skip
    if isinstance(made, tuple):
        print_problems(made, language)
        raise typer.Exit(1)
    if not isinstance(made, Proposed):
        return made
    found = made.found
    comma = Message("，", ", ").get(language)
    tried = "".join(f"{message.get(language)}{comma}" for message in found.layout.tried)
    size = Message(
        f"{found.rows} 行，{len(found.columns)} 列",
        f"{found.rows} rows, {len(found.columns)} columns",
    )
    say(f"{found.file}: {tried}{size.get(language)}")
    for fault in found.faults:
        say(fault.text(language))
    return made.file


def _kind(word: str, language: str) -> FormKind:
    from kpi_site.authoring.new_file import KINDS

    found = next((kind for kind in KINDS if kind == word), None)
    if found is None:
        raise unknown(Message("种类", "kind of file"), word, KINDS, language)
    return found
