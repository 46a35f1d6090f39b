"""``kpi-site bundle``: the program and all that it needs, for a machine without an index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_site.cli.shared import Lang, app, messages_in, say_lines, says, wrong_usage
from kpi_site.problems import Message


@app.command(
    help=says(
        "离线安装包：程序和全部依赖的 wheel，连同校验值。",
        "An offline bundle: wheels of the program and all dependencies, with their hashes.",
    )
)
def bundle(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help=says("一个文件夹；可以是手册自己的", "A folder; a handbook's own will do"),
        ),
    ],
    python: Annotated[
        list[str] | None,
        typer.Option(
            "--python",
            metavar="3.12",
            help=says(
                "另为哪些 Python 准备 Linux x86-64 的 wheel；可重复",
                "Wheels of Linux x86-64 for this Python too (repeatable)",
            ),
        ),
    ] = None,
    lang: Lang = None,
) -> None:
    """Write the wheels, their sums, and a lock that installs nothing else."""
    messages = messages_in(lang)
    from kpi_site.authoring.bundling import make_bundle

    versions = python or []
    for one in versions:
        major, _, minor = one.partition(".")
        if major != "3" or not minor.isdigit() or int(minor) < 11:
            wrong = Message(
                f"--python 写成 3.12 这样，不能是“{one}”", f"--python is as 3.12, not '{one}'"
            )
            raise wrong_usage(wrong, messages)
    if folder.exists() and not folder.is_dir():
        raise wrong_usage(Message(f"{folder} 不是文件夹", f"{folder} is no folder"), messages)
    names = make_bundle(folder, versions)
    say_lines(Message(
        f"{folder} 中有 {len(names)} 个 wheel。在没有网络的机器上：\n"
        "  python3 -m venv .venv\n  .venv/bin/python -m pip install -r requirements.lock",
        f"{len(names)} wheels are in {folder}. On a machine without a network, in it:\n"
        "  python3 -m venv .venv\n  .venv/bin/python -m pip install -r requirements.lock",
    ).get(messages))  # fmt: skip
