"""MkDocs as a program of its own: one for each language, side by side.

It is started with a configuration file and speaks through its log; what it warns of
becomes problems. (``kpi_site.plugin`` is the other way in, from within MkDocs.)
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpi_site.problems import Location, Problem, problem
from kpi_site.swap import aside, sweep

SERVED: Final = "served"

_LINE = re.compile(r"(WARNING|ERROR|CRITICAL) *-  ?(.*)")
_TARGET = re.compile(r"contains an? (?:[a-z]+ )?link '([^']+)'")
_PAGE = re.compile(r"(?:Doc file|A reference to|page|file) '([^']+\.md)'", re.IGNORECASE)

# ``[Errno 28] No space left on device: 'from' -> 'to'``, as Python ends a traceback.
_REFUSED = re.compile(r"\[Errno (\d+)\] ([^:\n]+)(?:: '([^'\n]+)'(?: -> '([^'\n]+)')?)?\n?")
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Run:
    """A running build of one language."""

    language: str
    out: Path
    process: subprocess.Popen[str]


def start(language: str, config: Path, out: Path) -> Run:
    """Start MkDocs with the configuration file ``config`` into the folder ``out``."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    command += ["-f", str(config), "-d", str(out)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(),
        text=True,
        encoding="utf-8",
        errors="replace",
        close_fds=False,  # it shares the lock of the folder that it writes into
    )
    return Run(language, out, process)


def serve(config: Path, address: str, language: str) -> int:
    """Run MkDocs' server until it is interrupted, and return its exit code.

    ``language`` is that of the messages. Nothing is captured: this is the reader's terminal.
    MkDocs makes its pages in a temporary folder, which lies beside ``config``: the plugin removes
    it in the end, and what a killed server left is swept by the next.
    """
    command = [sys.executable, "-m", "mkdocs", "serve", "-f", str(config), "-a", address]
    home = config.with_name(SERVED)
    sweep(home)
    with aside(home) as folder:
        ours = {"NO_MKDOCS_2_WARNING": "1", "KPI_SITE_LANG": language, "TMPDIR": str(folder)}
        environment = {**os.environ, **ours}
        if os.name == "posix":  # become the server: signals reach it, and the lock stays held
            os.execve(sys.executable, command, environment)  # noqa: S606 - our own command
        return subprocess.call(command, env=environment)  # noqa: S603 - our own command


def served() -> None:
    """Remove the temporary folder of ``serve``, if this process is the server within it."""
    folder = Path(tempfile.gettempdir())
    if folder.parent.name.startswith(f".{SERVED}."):
        shutil.rmtree(folder.parent, ignore_errors=True)


def _environment() -> dict[str, str]:
    """Return the environment of a captured run: plain UTF-8 text, no news of other projects."""
    ours = {
        "NO_COLOR": "1",
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "ignore",  # MkDocs would report its dependencies' deprecations
    }
    return {**os.environ, **ours}


def finish(run: Run, docs: Path) -> tuple[Problem, ...]:
    """Wait for ``run`` and return what it warned of; ``docs`` are the hand-written pages.

    OSError when the disk refused: that is no fault of a page.
    """
    log, _ = run.process.communicate()
    refused = _REFUSED.search(log) if run.process.returncode else None
    if refused and int(refused[1]) in _DISK:
        raise OSError(int(refused[1]), refused[2], refused[4] or refused[3] or str(run.out))
    found = tuple(log_problems(log.splitlines(), run.language, docs))
    if run.process.returncode == 0 or found:
        return found
    return (page_problem(f"exit {run.process.returncode}: {log.strip()}", run.language, docs),)


def stop(run: Run) -> None:
    """End ``run`` if it is still going."""
    if run.process.poll() is None:
        run.process.kill()
        run.process.communicate()


def log_problems(lines: list[str], language: str, docs: Path) -> Iterator[Problem]:
    """Yield a problem for every warning or error in MkDocs' log."""
    for line in lines:
        match = _LINE.match(line)
        if match and not match[2].startswith("Aborted with"):
            yield page_problem(match[2], language, docs)


def page_problem(text: str, language: str, docs: Path) -> Problem:
    """Make the problem for one of MkDocs' messages, placed at the page it is about."""
    named = _PAGE.search(text)
    page = named[1] if named else ""
    written = bool(page) and (docs / language / page).is_file()
    where = Location(f"{'docs' if written else 'build/docs'}/{language}/{page}".rstrip("/"))
    link = _TARGET.search(text)
    if link is not None:
        where = _place_of_link(docs.parent, page, where, link[1])
    return problem(where, "mkdocs-page", zh=f"MkDocs 报告：{text}", en=f"MkDocs says: {text}")


def _place_of_link(root: Path, page: str, where: Location, target: str) -> Location:
    """Return where the link that MkDocs complains of is written; ``where`` if nowhere is.

    A generated page shows the texts of the file in ``content`` that bears its name, the home
    page the summary of a report.
    """
    name = Path(page).stem
    patterns = (where.file, f"content/*/{name}.yml", f"content/*/*/{name}.yml")
    reports = ("content/reports/*/report.yml",) if name == "index" else ()
    report = f"content/reports/{name}/report.yml"
    for pattern in (*patterns, report, *reports):
        for path in sorted(root.glob(pattern)):
            if path.is_symlink() or path.suffix not in {".md", ".yml"}:
                continue
            file = path.relative_to(root).as_posix()
            if file.startswith("build/"):
                continue
            lines = path.read_bytes().decode("utf-8", "replace").splitlines()
            for number, line in enumerate(lines, start=1):
                for at in re.finditer(re.escape(target), line):
                    if line[: at.start()].rstrip("< ").endswith(("](", "]:")):
                        return Location(file, number, at.start() + 1)
    return where
