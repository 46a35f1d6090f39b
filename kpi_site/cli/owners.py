"""``kpi-site owners``: who reviews what, from the cards' departments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    say_lines,
    says,
    site_options,
    writing,
    wrong_usage,
)
from kpi_site.problems import Message, has_errors


@app.command(
    help=says(
        "由卡片、数据集、记分卡和站点的部门生成 CODEOWNERS。",
        "Make CODEOWNERS from the departments of cards, datasets, scorecards and the site.",
    )
)
def owners(
    group: Annotated[
        str | None,
        typer.Option(
            "--group",
            metavar="NAME",
            help=says("代码平台上的组织或组名", "The organisation or group on the forge"),
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help=says("写入文件", "Write the file"))
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help=says("只检查是否最新", "Only tell whether it is current")),
    ] = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print the file, write it, or end with 1 and the lines in which the one there differs."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.owners import FILE, differing_lines, group_of, owners_text
    from kpi_site.content import read_catalog
    from kpi_site.files import write_out
    from kpi_site.theme.config import read_own, value_of

    catalog, problems = read_catalog(options.root, today=options.today)
    if catalog is None or has_errors(problems):
        print_problems(problems, language)
        raise typer.Exit(1)
    repository = _repository(options.root)
    path = repository / FILE
    there = path.read_text(encoding="utf-8") if path.is_file() else None
    own, _ = read_own(options.own_config, options.own_config.name)
    found = group or group_of(there, value_of(own, "repo_url"))
    if found is None:
        no_group = Message("请用 --group 指定组织或组名", "name the organisation with --group")
        raise wrong_usage(no_group, language)
    below = options.root.resolve().relative_to(repository.resolve()).as_posix()
    text = owners_text(catalog, found, "" if below == "." else f"{below}/")
    if catalog.site.owner is None:
        say(_NO_OWNER.get(language), err=True)
    if check:
        missing, surplus = differing_lines(there or "", text)
        if missing or surplus:
            say_lines(_stale(FILE, missing, surplus).get(language))
            raise typer.Exit(1)
    elif write:
        with writing(options.root, language):
            write_out(path, text.encode())
        say(Message(f"已写入 {path}", f"{path} is written").get(language))
    else:
        say_lines(text)


_NO_OWNER = Message(
    "site.yml 没有 owner：记分卡、报告、台账和设置无人审阅",
    "site.yml has no 'owner': nobody reviews scorecards, reports, the ledger and the settings",
)


def _stale(file: str, missing: tuple[str, ...], surplus: tuple[str, ...]) -> Message:
    """Return what to change, so that a web editor is enough to mend it."""
    lines = [*(f"  + {line}" for line in missing), *(f"  - {line}" for line in surplus)]
    return Message(
        "\n".join([f"{file} 已过时。请加上标 + 的行、删去标 - 的行：", *lines,
                   "或运行 kpi-site owners --write"]),
        "\n".join([f"{file} is not current. Add the lines with +, remove those with -:", *lines,
                   "or run: kpi-site owners --write"]),
    )  # fmt: skip


def _repository(root: Path) -> Path:
    """Return the repository's folder: the nearest one with ``.git``, else the site's own."""
    start = root.resolve()
    return next((d for d in (start, *start.parents) if (d / ".git").exists()), start)
