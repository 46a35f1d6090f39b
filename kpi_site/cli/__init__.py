"""``kpi-site``: the command line (specification.md#command-line), one module a command or two.

Importing a command's module adds it to the program.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from pkgutil import iter_modules
from typing import Annotated

import typer

from kpi_site import __version__
from kpi_site.cli.shared import app, say, says
from kpi_site.console import message_language, refused_by_disk
from kpi_site.problems import Failure

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")  # it adds its command to the program


@app.callback(invoke_without_command=True)
def _program(
    version: Annotated[
        bool, typer.Option("--version", help=says("显示版本号", "Show the version"))
    ] = False,
) -> None:
    if version:
        say(f"kpi-site {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; what refuses outside is told in one line, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a code page without Chinese is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Failure as failure:
        say(failure.message.get(message_language(None, os.environ)), err=True)
        sys.exit(1)
    except OSError as error:
        say(refused_by_disk(error, message_language(None, os.environ)), err=True)
        sys.exit(1)
