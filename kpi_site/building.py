"""One build at a time, and none where the site stands already.

Importing it stays cheap: the stages that make a site are loaded where there is one to make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpi_site.changes import settle
from kpi_site.locks import locked
from kpi_site.options import Options
from kpi_site.problems import Location, Problem, in_order, problem
from kpi_site.standing import Outcome, Standing
from kpi_site.swap import aside, may_replace, sweep

Progress = Callable[[str], None]
Problems = tuple[Problem, ...]

_WAIT: Final = 600  # s, for another build of the same site


def quiet(_: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Built:
    """A published site in the folder ``out``."""

    out: Path
    languages: tuple[str, ...]


def build(options: Options, *, progress: Progress = quiet) -> tuple[Built | None, Problems]:
    """Generate, build every language aside, verify, swap in; nothing where the site stands.

    Whatever fails, ``options.target`` stays the good site that it was (specification.md#build).
    """
    with alone(options) as refused:
        if refused:
            return None, refused
        standing = Standing(options, "build", site=options.target)
        outcome = standing.outcome()
        if outcome is None:
            outcome, problems = _made(options, progress)
            if outcome is None:
                return None, problems
            standing.keep(outcome)
    return Built(options.target, outcome.languages), outcome.problems


def _made(options: Options, progress: Progress) -> tuple[Outcome | None, Problems]:
    """Make the site, whatever stands."""
    from kpi_site import site

    generated, problems = site.generate(options, progress=progress)
    if generated is None:
        return None, problems
    progress("MkDocs")
    with aside(options.target) as folder:
        with site.mkdocs_runs(options, generated.languages, folder) as runs:
            found = site.finished(options, runs, generated.languages, folder)
        problems = in_order((*problems, *found))
        if found:
            return None, problems
        site.publish(options, generated, folder)
    return Outcome(generated.watched, problems, generated.languages), problems


@contextmanager
def alone(options: Options) -> Iterator[Problems]:
    """Keep other builds of this site waiting, and yield what stands against this one.

    They share ``build/docs``: the pages for one audience must not reach the site of another.
    What killed builds left beside the target is swept, and the site that they moved is back.
    """
    with locked(options.root / "build" / "site.lock", _WAIT) as mine:
        if mine:
            sweep(options.target)
        told = settle(options.root) if mine else (_busy(),)
        yield (*(p for p in told if p.severity == "error"), *refused_target(options))


def _busy() -> Problem:
    minutes = _WAIT // 60
    return problem(
        Location("build"),
        "build-under-way",
        zh=f"另一个 kpi-site 正在生成这个网站，{minutes} 分钟内没有结束",
        en=f"another kpi-site is building this site, and was not done within {minutes} minutes",
        hint_zh="等它结束后再运行一次。",
        hint_en="Run it again when that one is done.",
    )


def refused_target(options: Options) -> Problems:
    """Return the problem of a target folder that holds something else than a built site."""
    if may_replace(options.target):
        return ()
    return (
        problem(
            Location(str(options.out or options.target)),
            "out-not-a-site",
            zh="这个文件夹里不是 kpi-site 生成的网站，不会覆盖",
            en="this folder holds something that kpi-site did not build, and is left alone",
            hint_zh="请用 --out 指定别的文件夹，或先自行清空。",
            hint_en="Name another folder with --out, or empty it yourself first.",
        ),
    )
