"""``kpi-site schema``: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_site.cli.shared import Lang, Root, app, messages_in, say, says, site_options, wrong_usage
from kpi_site.problems import Message

FOLDER = "schemas"


@app.command(
    help=says(
        "写出各种文件的 JSON Schema，供编辑器补全和校验。",
        "Write the JSON Schema of each kind of file, for editors to complete and check by.",
    )
)
def schema(
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help=says("写到哪里（默认：站点的 schemas/）", "Where (default: the site's schemas/)"),
        ),
    ] = None,
    lang: Lang = None,
) -> None:
    """Write a file for each kind; only what differs is written."""
    language = messages_in(lang)
    folder = out or site_options(root, language).root / FOLDER
    if folder.is_file():
        message = Message(f"{folder} 不是文件夹", f"{folder} is not a folder")
        raise wrong_usage(message, language)
    from kpi_site.content import schema_files
    from kpi_site.files import write_out

    written = [file.path for file in schema_files() if write_out(folder / file.path, file.data)]
    done = Message(
        f"{folder}：改动 {len(written)} 个文件", f"{folder}: {len(written)} files changed"
    )
    say(done.get(language))
