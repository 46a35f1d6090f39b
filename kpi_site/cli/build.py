"""``kpi-site build`` and ``kpi-site serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_site.cli.shared import (
    Audience,
    Engine,
    Lang,
    Languages,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    shown_progress,
    site_options,
)
from kpi_site.problems import Message


@app.command(help=says("生成网站（默认到 site/）。", "Build the site (into site/ by default)."))
def build(
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=says("输出文件夹", "The folder to publish into")),
    ] = None,
    audience: Audience = None,
    language: Languages = None,
    engine: Engine = None,
    lang: Lang = None,
) -> None:
    """Build every language aside, verify, and swap it in; a failure leaves the last site."""
    messages = messages_in(lang)
    options = site_options(
        root, messages, out=out, audience=audience, languages=language, engine=engine
    )
    from kpi_site import building

    with shown_progress() as progress:
        built, problems = building.build(options, progress=progress)
    if built is None or problems:
        print_problems(problems, messages)
    if built is not None:
        done = Message("网站已生成：", "The site is built: ").get(messages)
        say(f"{done}{built.out} ({', '.join(built.languages)})")


@app.command(
    help=says("在浏览器中预览，改动后自动刷新。", "Serve the site, live: it follows every change.")
)
def serve(
    root: Root = None,
    address: Annotated[
        str,
        typer.Option("--address", metavar="HOST:PORT", help=says("监听地址", "Where to listen")),
    ] = "127.0.0.1:8000",
    audience: Audience = None,
    language: Languages = None,
    lang: Lang = None,
) -> None:
    """Hand over to MkDocs' own server, with our plugin in it."""
    messages = messages_in(lang)
    options = site_options(root, messages, audience=audience, languages=language)
    from kpi_site import mkdocs_run, site

    config = site.write_serve_config(options)
    raise typer.Exit(mkdocs_run.serve(config, address, messages))
