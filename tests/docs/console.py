"""Commands of a page: plain in ``sh`` blocks, after ``$`` with their outputs in ``console``."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from kpi_site.cli.shared import app
from tests.docs.fenced import Block

ENVIRONMENT = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}


@dataclass(frozen=True)
class Command:
    """A command, and the output printed for it (empty: it is not told)."""

    words: tuple[str, ...]
    output: str


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a block in order: ``sh`` has one a line, ``console`` also outputs."""
    if block.language == "sh":
        yield from (Command(tuple(shlex.split(line)), "") for line in block.text.splitlines())
    told = block.text if block.language == "console" else ""
    for part in re.split(r"^\$ ", told, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield Command(tuple(shlex.split(line)), output)


def run(words: tuple[str, ...], root: Path, language: str) -> Result:
    """Run ``kpi-site …`` in ``root``, with messages in ``language``, in this process."""
    assert words[0] == "kpi-site"
    unset = {name: None for name in os.environ if name.startswith(("LC_", "LANG", "KPI_"))}
    with chdir(root):
        return CliRunner().invoke(app, words[1:], env={**unset, "LANG": ENVIRONMENT[language]})


def shows(output: str, printed: str) -> bool:
    """Tell whether ``output`` is what the page prints; a line ``…`` stands for any lines."""
    pattern = re.escape(printed.strip()).replace(re.escape("…\n"), r"(?:.*\n)*?")
    return re.fullmatch(pattern, output.strip()) is not None


def apply(block: Block, root: Path) -> None:
    """Write a block with a file's path as its title into a file, or change the file's lines."""
    path = root / block.title
    if block.language != "diff":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    lines = block.text.splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert text.count(f"{old[1:]}\n") == 1, old
        text = text.replace(f"{old[1:]}\n", f"{new[1:]}\n")
    path.write_text(text, encoding="utf-8")
