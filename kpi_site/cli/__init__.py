"""``kpi-site``: the command line (DESIGN §5), one module a command or two.

Importing a command's module adds it to the program.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from kpi_site import __version__
from kpi_site.cli import build as _build
from kpi_site.cli import check as _check
from kpi_site.cli import new as _new
from kpi_site.cli import rename as _rename
from kpi_site.cli import show as _show
from kpi_site.cli import test as _test
from kpi_site.cli.shared import app, says
from kpi_site.console import message_language
from kpi_site.problems import Message

COMMANDS = (_check, _build, _new, _rename, _show, _test)
"""The modules of the commands."""


@app.callback(invoke_without_command=True)
def _program(
    version: Annotated[
        bool, typer.Option("--version", help=says("显示版本号", "Show the version"))
    ] = False,
) -> None:
    if version:
        typer.echo(f"kpi-site {__version__}")
        raise typer.Exit


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
