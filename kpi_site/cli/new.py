"""``kpi-site new``: a card, dataset, scorecard, report or action with blanks to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.asking import ask_department, end_refused
from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    no_such,
    print_problems,
    says,
    site_options,
    wrong_usage,
)
from kpi_site.problems import Message, did_you_mean

if TYPE_CHECKING:
    from kpi_site.authoring.new_file import FormKind


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
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write one file below ``content``; nothing that exists is overwritten."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.new_file import new_file
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.content import read_draft
    from kpi_site.files import write_file

    wanted = _kind(kind, language)
    draft, problems = read_draft(options.root, today=options.today)
    if not draft.readable:
        print_problems(problems, language)
        raise typer.Exit(1)
    if department is None and wanted != "report":
        department = ask_department(draft, language)
    made = new_file(
        draft, wanted, name, today=options.today, language=language, department=department
    )
    if isinstance(made, Refusal):
        raise end_refused(made, language)
    write_file(options.root / made.path, made.data)
    typer.echo(
        Message(
            f"已写入 {made.path}。请填写每处 ___，然后运行 kpi-site check。",
            f"{made.path} is written. Fill in every ___, then run: kpi-site check",
        ).get(language)
    )


def _kind(word: str, language: str) -> FormKind:
    from kpi_site.authoring.new_file import KINDS

    found = next((kind for kind in KINDS if kind == word), None)
    if found is None:
        kind = Message("种类", "kind of file")
        raise wrong_usage(no_such(kind, word, did_you_mean(word, KINDS)), language)
    return found
