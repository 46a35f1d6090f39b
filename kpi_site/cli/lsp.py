"""``kpi-site lsp``: a language server, for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from kpi_site.cli.shared import Root, app, messages_in, says, site_options, today, wrong_usage
from kpi_site.problems import Message


@app.command(
    help=says(
        "编辑器的语言服务器（LSP，经标准输入输出）：补全、说明、跳转、改名，边写边查。",
        "A language server for editors (LSP over stdio): completion, meanings, definitions, "
        "renaming, problems as you type.",
    )
)
def lsp(
    stdio: Annotated[  # noqa: ARG001 - editors pass it by habit; there is nothing else
        bool, typer.Option("--stdio", help=says("经标准输入输出（总是）", "Over stdio (always)"))
    ] = True,
    root: Root = None,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="zh|en",
            help=says("说明的语言（默认：站点的第一种）", "Language (default: the site's first)"),
        ),
    ] = None,
) -> None:
    """Serve until the editor ends it: every site that it opens files of, or that of --root."""
    language = messages_in(lang)
    try:
        from kpi_site.editor.server import make_server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        message = Message(
            "没有安装 pygls；请安装 kpi-site[editor]", "pygls is missing: install kpi-site[editor]"
        )
        raise wrong_usage(message, language) from None
    only = None if root is None else site_options(root, language).root.resolve()
    make_server(lang, today, only).start_io()
