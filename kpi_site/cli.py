"""``kpi-site``: the command line (DESIGN §5).

Heavy libraries are imported inside the commands, so that help and completion stay quick.
Findings go to standard output, wrong usage and progress to standard error. Exit codes:
0 good, 1 problems found, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site import __version__
from kpi_site.console import message_language, problem_lines
from kpi_site.problems import Message, Problem, did_you_mean, has_errors

if TYPE_CHECKING:
    from kpi_site.catalog import Catalog
    from kpi_site.options import Options
    from kpi_site.periods import Period
    from kpi_site.results import IndicatorResults

HELP = message_language(None, os.environ)
"""The language of help texts: the environment's, because they exist before any option."""


def _says(zh: str, en: str) -> str:
    return zh if HELP == "zh" else en


app = typer.Typer(
    help=_says(
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
        help=_says(
            "站点文件夹（默认：最近的含 content/site.yml 的文件夹）",
            "The site's folder (default: the nearest one with content/site.yml)",
        ),
    ),
]
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="zh|en", help=_says("提示信息的语言", "Language of messages")),
]
Audience = Annotated[
    str | None,
    typer.Option(
        "--audience", help=_says("为哪类受众（默认：最宽的）", "For whom (default: the widest)")
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        metavar="zh|en",
        help=_says("只生成这些语言", "Only these languages (repeatable)"),
    ),
]


@app.callback(invoke_without_command=True)
def _program(
    version: Annotated[
        bool, typer.Option("--version", help=_says("显示版本号", "Show the version"))
    ] = False,
) -> None:
    if version:
        typer.echo(f"kpi-site {__version__}")
        raise typer.Exit


@app.command(
    help=_says(
        "检查全部内容和数据，一次列出所有问题。", "Check all content and data; list every problem."
    )
)
def check(root: Root = None, lang: Lang = None) -> None:
    """Print every problem in order, then how many there are."""
    language = _message_language(lang)
    options = _options(root, language)
    from kpi_site import site

    with _progress() as progress:
        problems = site.check(options, progress=progress)
    _print_problems(problems, language)


@app.command(help=_says("生成网站（默认到 site/）。", "Build the site (into site/ by default)."))
def build(
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help=_says("输出文件夹", "The folder to publish into")
        ),
    ] = None,
    audience: Audience = None,
    language: Languages = None,
    lang: Lang = None,
) -> None:
    """Build every language aside, verify, and swap it in; a failure leaves the last site."""
    messages = _message_language(lang)
    options = _options(root, messages, out=out, audience=audience, languages=language)
    from kpi_site import site

    with _progress() as progress:
        built, problems = site.build(options, progress=progress)
    if built is None or problems:
        _print_problems(problems, messages)
    if built is not None:
        done = Message("网站已生成：", "The site is built: ").get(messages)
        typer.echo(f"{done}{built.out} ({', '.join(built.languages)})")


@app.command(
    help=_says("在浏览器中预览，改动后自动刷新。", "Serve the site, live: it follows every change.")
)
def serve(
    root: Root = None,
    address: Annotated[
        str,
        typer.Option("--address", metavar="HOST:PORT", help=_says("监听地址", "Where to listen")),
    ] = "127.0.0.1:8000",
    audience: Audience = None,
    language: Languages = None,
    lang: Lang = None,
) -> None:
    """Hand over to MkDocs' own server, with our plugin in it."""
    messages = _message_language(lang)
    options = _options(root, messages, audience=audience, languages=language)
    from kpi_site import mkdocs_run, site

    config = site.write_serve_config(options)
    raise typer.Exit(mkdocs_run.serve(config, address, messages))


@app.command(
    help=_says("在终端显示一张指标卡及其计算过程。", "Show a card, its numbers and its arithmetic.")
)
def show(
    indicator: Annotated[
        str, typer.Argument(metavar="ID", help=_says("指标编号", "The card's id"))
    ],
    period: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERIOD]", help=_says("如 2026-10、2026-Q3、2026", "As 2026-10, 2026-Q3, 2026")
        ),
    ] = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print one card; warnings about other content are left to ``check``."""
    language = _message_language(lang)
    options = _options(root, language)
    from kpi_site import site
    from kpi_site.terminal import card_lines

    with _progress() as progress:
        figures, problems = site.figures(options, progress=progress)
    if figures is None:
        _print_problems(problems, language)
        raise typer.Exit(1)
    card = figures.catalog.indicators.get(indicator)
    if card is None:
        hint = did_you_mean(indicator, figures.catalog.indicators)
        raise _wrong_usage(_missing(Message("指标", "indicator"), indicator, hint), language)
    results = figures.results.get(indicator)
    wanted = _period(period, figures.catalog, results, language)
    for line in card_lines(card, results, wanted, language):
        typer.echo(line)


def _period(
    label: str | None, catalog: Catalog, results: IndicatorResults | None, language: str
) -> Period | None:
    """Return the period called ``label``, or end with wrong usage if the card has none such."""
    if label is None:
        return None
    found = catalog.site.calendar.parse(label)
    series = results.whole(found.grain) if results and found else None
    if found and series and series.index(found) is not None:
        return found
    kind = Message("期间", "period")
    if series and series.results:
        first, last = series.results[0].period, series.results[-1].period
        span = Message(f"有 {first} 至 {last}", f"Known are {first} to {last}")
        raise _wrong_usage(_missing(kind, label, span), language)
    wholes = [s for key, s in results.series.items() if not key.dimension] if results else []
    latest = [str(s.results[-1].period) for s in wholes if s.results]
    raise _wrong_usage(_missing(kind, label, did_you_mean(label, latest)), language)


def _options(
    root: Path | None,
    language: str,
    *,
    out: Path | None = None,
    audience: str | None = None,
    languages: Iterable[str] | None = None,
) -> Options:
    """Find the site and note what is asked of it; no site is wrong usage."""
    from datetime import UTC, datetime

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
        raise _wrong_usage(Message(zh, en), language)
    return Options(
        root=found,
        today=datetime.now(tz=UTC).astimezone().date(),
        out=out,
        audience=audience,
        languages=tuple(languages or ()),
    )


def _message_language(lang: str | None) -> str:
    language = message_language(lang, os.environ)
    if lang not in {None, "zh", "en"}:
        raise _wrong_usage(Message("--lang 只能是 zh 或 en", "--lang is zh or en"), language)
    return language


def _missing(kind: Message, name: str, hint: Message | None) -> Message:
    tail = Message(f"。{hint.zh}", f". {hint.en}") if hint else Message("", "")
    return Message(f"没有{kind.zh}“{name}”{tail.zh}", f"no {kind.en} '{name}'{tail.en}")


def _wrong_usage(message: Message, language: str) -> typer.Exit:
    """Tell what was wrong with the call, and return what ends it."""
    typer.echo(message.get(language), err=True)
    return typer.Exit(2)


def _print_problems(problems: Iterable[Problem], language: str) -> None:
    """Print problems and their count; errors end the command with 1."""
    found = tuple(problems)
    for line in problem_lines(found, language):
        typer.echo(line)
    if has_errors(found):
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done: on a terminal, and nowhere else."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update


def main() -> None:
    """Run the command line; a disk that refuses is told in one line, not as a traceback."""
    try:
        app()
    except OSError as error:
        language = message_language(None, os.environ)
        refused = Message("无法读写文件", "a file could not be read or written").get(language)
        reason = error.strerror or str(error)
        typer.echo(f"{refused}: {error.filename or ''}: {reason}", err=True)
        sys.exit(1)
