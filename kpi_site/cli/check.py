"""``kpi-site check``: every problem of content and data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.shared import (
    Engine,
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    say_to_programs,
    says,
    shown_progress,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message, Problem, has_errors, in_order

if TYPE_CHECKING:
    from kpi_site.options import Options

_FORMATS = ("text", "github", "json", "sarif")

Explain = Annotated[
    str | None,
    typer.Option(
        "--explain", metavar="CODE", help=says("说明一个问题代码", "Explain a problem's code")
    ),
]
Disclosure = Annotated[
    bool,
    typer.Option(
        "--disclosure",
        help=says(
            "像读者那样，从生成的网站推算不公布的数值",
            "Attack the built site: work out hidden figures as a reader could",
        ),
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="BASE",
        help=says(
            "与哪个分支或提交相比，口径改了而没写 versions（默认同 diff，没有则不比）",
            "The branch or commit against which definitions are looked at (as by diff; "
            "none where there is none)",
        ),
    ),
]


@app.command(
    help=says(
        "检查全部内容和数据，一次列出所有问题。", "Check all content and data; list every problem."
    )
)
def check(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...", help=says("只看与这些有关的问题", "Only what concerns these")
        ),
    ] = None,
    root: Root = None,
    output: Annotated[
        str,
        typer.Option("--format", metavar="|".join(_FORMATS), help=says("输出格式", "The output")),
    ] = "text",
    no_data: Annotated[
        bool, typer.Option("--no-data", help=says("不读数据文件", "Leave the facts unread"))
    ] = False,
    explain: Explain = None,
    disclosure: Disclosure = False,
    base: Against = None,
    engine: Engine = None,
    lang: Lang = None,
) -> None:
    """Print every problem in order, then how many there are; or explain a code."""
    language = messages_in(lang)
    if output not in _FORMATS:
        raise unknown(Message("格式", "format"), output, _FORMATS, language)
    if explain is not None:
        _explain(explain, language)
        return
    options = site_options(root, language, engine=engine)
    chosen = _known(options, ids or [], language)
    if disclosure:
        problems = _attacked(options)
    else:
        problems = _looked_at(options, chosen, not no_data)
        problems = in_order((*problems, *_against(options, base, chosen, language)))
    if output == "text":
        print_problems(problems, language)
        return
    from kpi_site.findings import FORMATS

    for line in FORMATS[output](problems, _below(options.root), language):
        say_to_programs(line)
    if has_errors(problems):
        raise typer.Exit(1)


def _looked_at(options: Options, ids: tuple[str, ...], facts: bool) -> tuple[Problem, ...]:
    from kpi_site import checking

    with shown_progress() as progress:
        return checking.check(options, ids, facts=facts, progress=progress)


def _against(
    options: Options, base: str | None, ids: tuple[str, ...], language: str
) -> tuple[Problem, ...]:
    """Return what is asked of cards that differ from the base."""
    from kpi_site.diff.git import GitError
    from kpi_site.diff.versions import versions_missing

    try:
        return versions_missing(options, base, ids)
    except GitError as error:
        raise wrong_usage(error.message, language) from error


def _attacked(options: Options) -> tuple[Problem, ...]:
    from kpi_site.attacking import attack

    with shown_progress() as progress:
        return attack(options, progress=progress)


def _known(options: Options, ids: list[str], language: str) -> tuple[str, ...]:
    """Return ``ids``; one that the site does not have is wrong usage."""
    from kpi_site.content import known_ids

    known = known_ids(options.root) if ids else ()
    for name in ids:
        if name not in known:
            raise unknown(Message("标识", "id"), name, known, language)
    return tuple(ids)


def _explain(code: str, language: str) -> None:
    from kpi_site.codes import explanation_lines, known_codes

    known = known_codes()
    if code not in known:
        raise unknown(Message("问题代码", "problem code"), code, known, language)
    for line in explanation_lines(known[code], language):
        say(line)


def _below(root: Path) -> str:
    """Return the site's folder as a prefix from the repository's: "" or ``folder/``.

    The repository is where a forge's runner says that it is, else the nearest folder with
    ``.git``; a site outside it is its own.
    """
    given = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
    root = root.resolve()
    nearest = next((d for d in (root, *root.parents) if (d / ".git").exists()), root)
    base = Path(given).resolve() if given else nearest
    inside = root.relative_to(base).as_posix() if root.is_relative_to(base) else "."
    return "" if inside == "." else f"{inside}/"
