"""What every command shares: the program, its common options, and how it tells of problems.

Heavy libraries are imported inside the commands, so that help and completion stay quick.
Findings go to standard output, wrong usage and progress to standard error. Exit codes:
0 good, 1 problems found, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site import visible
from kpi_site.console import message_language, problem_lines
from kpi_site.problems import Message, Problem, did_you_mean, has_errors

if TYPE_CHECKING:
    from kpi_site.options import Options

HELP = message_language(None, os.environ)
"""The language of help texts: the environment's, because they exist before any option."""


def says(zh: str, en: str) -> str:
    """Return a help text in the environment's language."""
    return zh if HELP == "zh" else en


app = typer.Typer(
    help=says(
        "指标手册与月度报告：用 YAML 写指标卡，用 CSV 存数据，一次构建得到网站。",
        "A KPI handbook and monthly report, kept as code: YAML cards and CSV facts, one site.",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it starts faster, and can be copied
)

Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help=says(
            "站点文件夹（默认：最近的含 content/site.yml 的文件夹）",
            "The site's folder (default: the nearest one with content/site.yml)",
        ),
    ),
]
ReportPeriod = Annotated[
    str,
    typer.Argument(metavar="PERIOD", help=says("如 2026-10、2026-Q3", "As 2026-10, 2026-Q3, 2026")),
]
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="zh|en", help=says("提示信息的语言", "Language of messages")),
]
Audience = Annotated[
    str | None,
    typer.Option(
        "--audience", help=says("为哪类受众（默认：最宽的）", "For whom (default: the widest)")
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        metavar="zh|en",
        help=says("只生成这些语言", "Only these languages (repeatable)"),
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help=says(
            "由什么来数行（默认：site.yml 的）", "What counts rows (default: that of site.yml)"
        ),
    ),
]


def site_options(
    root: Path | None,
    language: str,
    *,
    out: Path | None = None,
    audience: str | None = None,
    languages: Iterable[str] | None = None,
    engine: str | None = None,
) -> Options:
    """Find the site and note what is asked of it; no site is wrong usage."""
    from kpi_site.content import find_root
    from kpi_site.options import Options

    start = Path.cwd() if root is None else root.absolute()
    found = find_root(start) if root is None else start
    if found is None or not (found / "content" / "site.yml").is_file():
        zh = f"这里没有站点：{start} 及其上级文件夹中没有 content/site.yml"
        en = f"no site here: neither {start} nor a folder above it has content/site.yml"
        if root is not None:
            zh = f"这里没有站点：{start} 中没有 content/site.yml"
            en = f"no site here: {start} has no content/site.yml"
        raise wrong_usage(Message(zh, en), language)
    _settle(found, language)
    if engine is not None:
        from kpi_site.catalog import ENGINES

        if engine not in ENGINES:
            raise unknown(Message("引擎", "engine"), engine, ENGINES, language)
    return Options(
        root=found,
        today=today(),
        out=out,
        audience=audience,
        languages=tuple(languages or ()),
        engine=engine,
    )


def today() -> date:
    """Return the day on which the command runs."""
    return moment().astimezone().date()


def moment() -> datetime:
    """Return the moment at which the command runs, in UTC: the only clock."""
    return datetime.now(tz=UTC)


def messages_in(lang: str | None) -> str:
    """Return the language of messages: ``--lang``, else the environment's."""
    language = message_language(lang, os.environ)
    if lang not in {None, "zh", "en"}:
        raise wrong_usage(Message("--lang 只能是 zh 或 en", "--lang is zh or en"), language)
    return language


def say(text: str, *, err: bool = False) -> None:
    """Print one line; what cannot be seen, and what a runner would obey, as its escape."""
    typer.echo(visible.line(text), err=err)


def say_lines(text: str) -> None:
    """Print a text of several lines, each as ``say`` does."""
    typer.echo(visible.document(text.removesuffix("\n")))


def say_to_programs(text: str) -> None:
    """Print a format for programs, whose maker has escaped by its rules what cannot be seen."""
    typer.echo(text.removesuffix("\n"))


def no_such(kind: Message, name: str, hint: Message | None) -> Message:
    """Return the sentence for an id that does not exist, with its did-you-mean."""
    tail = Message(f"。{hint.zh}", f". {hint.en}") if hint else Message("", "")
    return Message(f"没有{kind.zh}“{name}”{tail.zh}", f"no {kind.en} '{name}'{tail.en}")


def unknown(kind: Message, name: str, known: Iterable[str], language: str) -> typer.Exit:
    """Tell that there is no such ``kind``, naming the closest, and return what ends it."""
    return wrong_usage(no_such(kind, name, did_you_mean(name, known)), language)


def wrong_usage(message: Message, language: str) -> typer.Exit:
    """Tell what was wrong with the call, and return what ends it."""
    say(message.get(language), err=True)
    return typer.Exit(2)


def print_problems(problems: Iterable[Problem], language: str) -> None:
    """Print problems and their count; errors end the command with 1."""
    found = tuple(problems)
    for line in problem_lines(found, language):
        say(line)
    if has_errors(found):
        raise typer.Exit(1)


def _settle(root: Path, language: str) -> None:
    """Go on with a change of content that was stopped half-way, and say so."""
    from kpi_site.changes import settle

    found = settle(root)
    for one in found:
        say(one.text(language), err=True)
    if has_errors(found):
        raise typer.Exit(1)


@contextmanager
def writing(root: Path, language: str) -> Iterator[None]:
    """Let no other command write in the content of ``root``; one that does ends this one."""
    from kpi_site.changes import alone

    with alone(root) as told:
        if told:
            print_problems(told, language)
        yield


@contextmanager
def shown_progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done: on a terminal, and nowhere else."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("") as status:
        yield lambda done: status.update(Text(visible.line(done)))
