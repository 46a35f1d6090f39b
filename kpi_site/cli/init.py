"""``kpi-site init``: a new, small site that builds at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.asking import ask, end_refused, on_terminal
from kpi_site.cli.shared import Lang, app, messages_in, say_lines, says, today, wrong_usage
from kpi_site.problems import Message, did_you_mean

if TYPE_CHECKING:
    from kpi_site.authoring.start import Named
    from kpi_site.catalog import Language

Departments = Annotated[
    list[str] | None,
    typer.Option(
        "--department",
        metavar="ID=NAME",
        help=says(
            "部门，如 sales=销售部/Sales；可重复",
            "A department, as sales=销售部/Sales (repeatable)",
        ),
    ),
]


@app.command(
    help=says(
        "建一个新站点：一个数据集、三张卡、一张记分卡、一份报告，立即可以生成。",
        "Start a new site: a dataset, three cards, a scorecard, a report; it builds at once.",
    )
)
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=says("空文件夹", "An empty folder, or a new one"))
    ],
    name: Annotated[
        str | None, typer.Option("--name", help=says("公司名称", "The company's name"))
    ] = None,
    name_en: Annotated[
        str | None,
        typer.Option("--name-en", help=says("公司的英文名称", "The company's name in English")),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language",
            metavar="zh|en",
            help=says("站点的语言，第一种是默认；可重复", "A language; the first is the default"),
        ),
    ] = None,
    department: Departments = None,
    wheels: Annotated[
        Path | None,
        typer.Option(
            "--wheels",
            metavar="DIR",
            help=says(
                "离线安装包里的 wheels/，复制为手册自己的",
                "The wheels of an offline bundle, to be the handbook's own",
            ),
        ),
    ] = None,
    lang: Lang = None,
) -> None:
    """Write the files; what is not given is asked on a terminal, else a sample stands for it."""
    messages = messages_in(lang)
    from kpi_site.authoring.start import Start, free_folder, write_site

    if refusal := free_folder(folder):
        raise end_refused(refusal, messages)
    _are_wheels(wheels, messages)
    languages = _languages(language, messages)
    zh, en = _names(name, name_en, languages, messages)
    departments = _departments(department, languages, messages)
    count = write_site(folder, Start(zh, en, languages, departments, today(), wheels))
    say_lines(
        Message(
            f"已在 {folder} 写入 {count} 个文件。接下来：\n  cd {folder}\n  make check\n"
            "  make serve",
            f"{count} files are written in {folder}. Next:\n  cd {folder}\n  make check\n"
            "  make serve",
        ).get(messages)
    )
    _in_git(folder, messages)


def _are_wheels(wheels: Path | None, messages: str) -> None:
    from kpi_site.authoring.packing import SUMS

    if wheels is not None and not (wheels / SUMS).is_file():
        wrong = Message(
            f"{wheels} 不是 kpi-site bundle 写出的 wheels/",
            f"{wheels} is no folder of wheels of kpi-site bundle",
        )
        raise wrong_usage(wrong, messages)


def _in_git(folder: Path, messages: str) -> None:
    """Make the folder a repository where it is in none, or say how."""
    from kpi_site.authoring.repository import in_repository, make_repository

    if not in_repository(folder) and not make_repository(folder):
        how = Message(
            "还没有 git 仓库：安装 git 后，在这个文件夹里运行 git init -b main。",
            "There is no git repository yet: install git, and run git init -b main in the folder.",
        )
        say_lines(how.get(messages))


def _languages(given: list[str] | None, messages: str) -> tuple[Language, ...]:
    question = Message("语言（zh、en 或 zh,en）", "Languages (zh, en or zh,en)")
    told = given or ([ask(question, messages, "zh,en")] if on_terminal() else [])
    words = ",".join(told).replace(" ", "").split(",") if told else []
    found: list[Language] = []
    for word in words:
        if word not in {"zh", "en"}:
            hint = did_you_mean(word, ("zh", "en"))
            tail = f" {hint.get(messages)}" if hint else ""
            wrong = Message(f"没有语言“{word}”。{tail}", f"no language '{word}'.{tail}")
            raise wrong_usage(wrong, messages)
        found.append("zh" if word == "zh" else "en")
    return tuple(dict.fromkeys(found)) or ("zh", "en")


def _names(
    name: str | None, name_en: str | None, languages: tuple[Language, ...], messages: str
) -> tuple[str, str]:
    """Return the company's name in Chinese and English; one stands for a missing other."""
    if on_terminal():
        if name is None and "zh" in languages:
            name = ask(Message("公司名称", "The company's name"), messages)
        if name_en is None and "en" in languages:
            english = Message("公司的英文名称", "The company's name in English")
            name_en = ask(english, messages, name)
    return name or name_en or "我们公司", name_en or name or "Our company"


def _departments(
    given: list[str] | None, languages: tuple[Language, ...], messages: str
) -> tuple[Named, ...]:
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.authoring.start import DEPARTMENTS, department

    words = list(given or ())
    if not words and on_terminal():
        question = Message(
            "部门，如 sales=销售部/Sales，用逗号隔开（回车用示例部门）",
            "Departments, as sales=销售部/Sales, with commas between (Enter: samples)",
        )
        words = [w.strip() for w in re.split("[,，;；]", ask(question, messages, "")) if w.strip()]
    found: dict[str, Named] = {}
    for word in words:
        one = department(word, languages)
        if isinstance(one, Refusal):
            raise end_refused(one, messages)
        found.setdefault(one.id, one)
    return tuple(found.values()) or DEPARTMENTS
