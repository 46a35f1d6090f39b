"""``kpi-site diff``: what a change does to cards, figures, points and grades."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.shared import (
    Audience,
    Engine,
    Lang,
    Root,
    app,
    messages_in,
    say,
    say_lines,
    say_to_programs,
    says,
    shown_progress,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message

if TYPE_CHECKING:
    from kpi_site.diff.compare import Difference

_FORMATS = ("text", "markdown", "json")
Most = Annotated[
    str | None,
    typer.Option(
        "--most",
        metavar="N|NB",
        help=says(
            "markdown 至多多少字符，或字节（如 120000B）；放不下的整节略去并列名",
            "Characters of Markdown at most, or bytes as 120000B; sections go whole, and named",
        ),
    ),
]


@app.command(
    help=says(
        "比较两个版本：卡片逐项，数值、得分、等级有何改变。",
        "Compare with a branch or commit: cards field by field, and which figures change.",
    )
)
def diff(
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="[BASE]",
            help=says(
                "分支或提交（默认：与默认分支分开之处）",
                "A branch or commit (default: where this branch left the default one)",
            ),
        ),
    ] = None,
    head: Annotated[
        bool,
        typer.Option(
            "--head", help=says("比较 HEAD，而不是工作目录", "Compare HEAD, not the work tree")
        ),
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(_FORMATS),
            help=says(
                "输出格式（默认：终端用 text，否则 markdown）",
                "The output (default: text on a terminal, else markdown)",
            ),
        ),
    ] = None,
    most: Most = None,
    audience: Audience = None,
    engine: Engine = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print what differs; 1 only where the compared state itself does not pass ``check``."""
    language = messages_in(lang)
    wanted = output or ("text" if sys.stdout.isatty() else "markdown")
    if wanted not in _FORMATS:
        raise unknown(Message("格式", "format"), wanted, _FORMATS, language)
    limit = _limit(most, language)
    options = site_options(root, language, audience=audience, engine=engine)
    from kpi_site.diff.git import GitError
    from kpi_site.diff.run import difference

    try:
        with shown_progress() as progress:
            found = difference(options, base, head=head, progress=progress)
    except GitError as error:
        raise wrong_usage(error.message, language) from error
    command = " ".join(filter(None, ("kpi-site diff", base, "--head" if head else "")))
    _show(found, wanted, command, language, limit)
    if found.new.partial:
        raise typer.Exit(1)


def _limit(most: str | None, language: str) -> tuple[int, bool] | None:
    """Read ``--most``: a number, and whether it counts bytes."""
    if most is None:
        return None
    number = most.removesuffix("B")
    if not number.isdigit() or int(number) < 4000:
        wrong = Message(
            f"--most 是不小于 4000 的数，可带 B，不能是“{most}”",
            f"--most is a number of 4000 and more, with B for bytes, not '{most}'",
        )
        raise wrong_usage(wrong, language)
    return int(number), most.endswith("B")


def _show(
    found: Difference,
    wanted: str,
    command: str,
    language: str,
    limit: tuple[int, bool] | None,
) -> None:
    if wanted == "json":
        from kpi_site.diff.as_json import as_json

        say_to_programs(as_json(found))
        return
    from kpi_site.diff.view import document

    shown = document(found, language)
    if wanted == "markdown":
        from kpi_site.diff.markdown import LONGEST, markdown

        longest, in_bytes = limit or (LONGEST, False)
        whole = f"{command} --format text"
        say_lines(markdown(shown, whole, language, longest, in_bytes=in_bytes))
        return
    from kpi_site.diff.text import text_lines

    for line in text_lines(shown):
        say(line)
