"""``kpi-site forms``: a page with a form for each card, for a browser and a forge."""

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
    says,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message, has_errors


@app.command(
    help=says(
        "写出浏览器表单（Sveltia CMS）：每张卡一份，保存即成合并请求。",
        "Write a form for each card, for a browser (Sveltia CMS): what is saved is a pull request.",
    )
)
def forms(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help=says("写到哪里", "Where to write them"))
    ],
    backend: Annotated[
        str, typer.Option("--backend", metavar="github|gitlab", help=says("代码平台", "The forge"))
    ],
    repo: Annotated[
        str, typer.Option("--repo", metavar="OWNER/NAME", help=says("仓库", "The repository"))
    ],
    script: Annotated[
        Path | None,
        typer.Option(
            "--script",
            metavar="FILE",
            help=says("sveltia-cms.js，复制到旁边", "sveltia-cms.js, to be copied beside them"),
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help=says("平台的其他设置，如 branch=main", "Other settings of the forge: branch=main"),
        ),
    ] = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write the page and its configuration; a site with errors has none."""
    language = messages_in(lang)
    from kpi_site.authoring.form_pages import BACKENDS, form_files
    from kpi_site.content import read_draft
    from kpi_site.files import write_out

    if backend not in BACKENDS:
        raise unknown(Message("代码平台", "forge"), backend, BACKENDS, language)
    pairs = [one.partition("=") for one in setting or ()]
    for key, sign, _ in pairs:
        if not key or not sign:
            message = Message("--set 的写法是 KEY=VALUE", "--set is written KEY=VALUE")
            raise wrong_usage(message, language)
    if script is not None and not script.is_file():
        message = Message(f"没有文件 {script}", f"there is no file {script}")
        raise wrong_usage(message, language)
    options = site_options(root, language)
    draft, problems = read_draft(options.root, today=options.today, cache=options.cache)
    if has_errors(problems):
        print_problems(problems, language)
    settings = {"name": backend, "repo": repo, **{key: value for key, _, value in pairs}}
    for file in form_files(draft, settings):
        write_out(folder / file.path, file.data)
    if script is not None:
        write_out(folder / "sveltia-cms.js", script.read_bytes())
    count = sum(entry.value is not None for entry in draft.indicators)
    done = Message(f"{folder}：{count} 张卡的表单", f"{folder}: forms of {count} cards")
    say(done.get(language))
