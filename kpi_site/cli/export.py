"""``kpi-site export``: a report as PDF and XLSX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.shared import (
    Audience,
    Lang,
    Languages,
    ReportPeriod,
    Root,
    app,
    messages_in,
    no_such,
    print_problems,
    say,
    says,
    shown_progress,
    site_options,
    unknown,
    wrong_usage,
)
from kpi_site.problems import Message

if TYPE_CHECKING:
    from kpi_site.editions.model import Edition
    from kpi_site.exporting import Format, Shelf


Pdf = Annotated[bool, typer.Option("--pdf", help=says("只要 PDF", "The PDF (default: both)"))]
Xlsx = Annotated[bool, typer.Option("--xlsx", help=says("只要 XLSX", "The XLSX (default: both)"))]
Number = Annotated[
    int | None,
    typer.Option(
        "--edition", metavar="N", help=says("第几版（默认最新）", "Which edition (the newest)")
    ),
]
Draft = Annotated[
    bool,
    typer.Option(
        "--draft",
        help=says(
            "按现在的数字出草稿，即使已发布", "Today's figures as a draft, also if published"
        ),
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help=says("输出文件夹（默认当前）", "Where to (here)")),
]


@app.command(
    help=says(
        "把一份报告导出为 PDF 和 XLSX：已发布的取最新一版，否则为草稿。",
        "Export a report as PDF and XLSX: the newest edition, else a draft.",
    )
)
def export(
    period: ReportPeriod,
    pdf: Pdf = False,
    xlsx: Xlsx = False,
    edition: Number = None,
    draft: Draft = False,
    language: Languages = None,
    out: Out = None,
    audience: Audience = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write the files and name them; whatever cannot be made is told, the rest is made."""
    messages = messages_in(lang)
    options = site_options(root, messages, audience=audience)
    if draft and edition is not None:
        raise wrong_usage(_ONE_OF, messages)
    from kpi_site import exporting
    from kpi_site.editions.signed_pdfs import signed_pdfs
    from kpi_site.files import write_out

    shelf, problems = exporting.read_shelf(options)
    if shelf is None:
        print_problems(problems, messages)
        raise typer.Exit(1)
    chosen = _chosen(shelf, period, edition, messages, draft=draft)
    languages = _languages(shelf, chosen, tuple(language or ()), messages)
    both: tuple[tuple[Format, bool], ...] = (("pdf", pdf), ("xlsx", xlsx))
    formats = tuple(name for name, named in both if named or pdf == xlsx)
    with shown_progress() as progress:
        if chosen is not None:
            signed = signed_pdfs(options.root, chosen)
            files, problems = exporting.export_edition(chosen, languages, formats, audience, signed)
        else:
            files, problems = exporting.export_draft(
                options, period, languages, formats, progress=progress
            )
    folder = out or Path.cwd()
    for file in files:
        write_out(folder / file.path, file.data)
        say(str(folder / file.path))
    if problems:
        print_problems(problems, messages)


_ONE_OF = Message("--draft 和 --edition 只能用一个", "use either --draft or --edition")


def _chosen(
    shelf: Shelf, period: str, number: int | None, language: str, *, draft: bool
) -> Edition | None:
    """Return the edition that is asked for, None for the draft; neither is wrong usage."""
    if period not in shelf.labels:
        raise unknown(Message("报告", "report"), period, shelf.labels, language)
    own = shelf.published.editions.get(period, ())
    if draft or (number is None and not own):
        if period not in shelf.catalog.reports:
            kind = Message("草稿", "draft of the report")
            raise wrong_usage(no_such(kind, period, None), language)
        return None
    if number is None:
        return own[-1]
    found = next((e for e in own if e.number == number), None)
    if found is None:
        kind = Message(f"{period} 的版次", f"edition of {period}")
        raise unknown(kind, str(number), [str(e.number) for e in own], language)
    return found


def chosen_edition(shelf: Shelf, period: str, number: int | None, language: str) -> Edition:
    """Return the edition that is asked for, the newest if no number is; none is wrong usage."""
    known = tuple(sorted(shelf.published.editions))
    if period not in known:
        raise unknown(Message("已发布的报告", "published report"), period, known, language)
    found = _chosen(shelf, period, number, language, draft=False)
    assert found is not None
    return found


def _languages(
    shelf: Shelf, chosen: Edition | None, wanted: tuple[str, ...], messages: str
) -> tuple[str, ...]:
    known = chosen.manifest.languages if chosen else shelf.catalog.site.languages
    for word in wanted:
        if word not in known:
            raise unknown(Message("语言", "language"), word, known, messages)
    return wanted or tuple(known)
