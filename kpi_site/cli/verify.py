"""``kpi-site verify``: whether what was published is still what was published."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.shared import Lang, Root, app, messages_in, say, says, wrong_usage
from kpi_site.problems import Message

if TYPE_CHECKING:
    from kpi_site.editions.proof import Finding

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[PERIOD|FOLDER|SITE]",
        help=says(
            "报告的期间，或手册、已生成网站的文件夹；默认这里的全部报告",
            "A report's period, or the folder of a handbook or of a built site; default: every "
            "report here",
        ),
    ),
]
Signers = Annotated[
    Path | None,
    typer.Option(
        "--signers",
        metavar="FILE",
        help=says(
            "另处保存的 allowed signers（默认 content/signers）",
            "Allowed signers kept elsewhere (default: content/signers)",
        ),
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="CHECKPOINT",
        help=says(
            "从前的检查点：证明它之前没有改动", "An earlier checkpoint: nothing before it changed"
        ),
    ),
]
Checkpoint = Annotated[
    bool,
    typer.Option(
        "--checkpoint", help=says("只打印检查点", "Print the checkpoint and nothing else")
    ),
]


@app.command(
    help=says(
        "核对已发布的报告：文件、台账和签名。",
        "Check published reports: files, ledger and signatures.",
    )
)
def verify(
    what: What = None,
    signers: Signers = None,
    since: Since = None,
    checkpoint: Checkpoint = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print a line for each check; exit with 1 if one fails."""
    language = messages_in(lang)
    from kpi_site.carried.proved import site_proved
    from kpi_site.editions import proof

    folder = Path(what) if what is not None and Path(what).is_dir() else None
    site = _site(folder)
    if site is not None:
        reports = _proofs(site, root, language)
        kept = _signers(reports, signers, language) if signers else None
        _tell(site_proved(site, reports, signers=kept, since=since), language)
        return
    place = _published(folder or root or Path(), language)
    if checkpoint:
        found = proof.checkpoint(place)
        if found is None:
            raise wrong_usage(_NO_CHECKPOINT, language)
        say(found)
        return
    allowed = _signers(place, signers, language)
    period = what if folder is None else None
    _tell(proof.proved(place, period=period, signers=allowed, since=since), language)


def _tell(findings: Iterable[Finding], language: str) -> None:
    """Print a line for each finding, and exit with 1 if one does not hold."""
    good = True
    for one in findings:
        good &= one.holds
        mark = Message("通过", "ok") if one.holds else Message("不符", "FAILED")
        say(f"{mark.get(language)}  {one.text.get(language)}")
    if not good:
        raise typer.Exit(1)


_NO_CHECKPOINT = Message(
    "没有检查点：没有发布过，或有文件被改动过（不带 --checkpoint 再运行）",
    "no checkpoint: nothing was published, or files were changed (run it without --checkpoint)",
)


_NO_PROOFS = Message(
    "这个网站没有带已发布的各版（为较窄的读者生成，或出自较早的版本）：用 --root 指明手册的文件夹",
    "this site carries no editions to be checked by (it was built for a narrower audience, or by "
    "an earlier version): name the handbook's folder with --root",
)


def _site(folder: Path | None) -> Path | None:
    """Return the built site that ``folder`` is, or is a language of; None if it is none."""
    from kpi_site.swap import is_site

    if folder is None:
        return None
    return next((place for place in (folder, folder.resolve().parent) if is_site(place)), None)


def _proofs(site: Path, root: Path | None, language: str) -> Path:
    """Return the folder of the editions by which a site is checked."""
    from kpi_site.carried.files import PUBLISHED
    from kpi_site.editions.on_disk import REPORTS

    if root is not None:
        return root / REPORTS
    if not (site / PUBLISHED).is_dir():
        raise wrong_usage(_NO_PROOFS, language)
    return site / PUBLISHED


def _published(start: Path, language: str) -> Path:
    """Return the folder from ``start`` upward that holds published reports."""
    from kpi_site.content.folders import find_root
    from kpi_site.editions.on_disk import REPORTS

    place = start if (start / REPORTS).is_dir() else find_root(start)
    if place is None:
        told = Message(f"{start} 里没有已发布的报告", f"no published reports in {start}")
        raise wrong_usage(told, language)
    return place


def _signers(place: Path, given: Path | None, language: str) -> bytes | None:
    from kpi_site.ssh import SIGNERS_FILE

    if given is not None and not given.is_file():
        raise wrong_usage(Message(f"没有文件 {given}", f"no file {given}"), language)
    kept = given or place / SIGNERS_FILE
    return kept.read_bytes() if kept.is_file() else None
