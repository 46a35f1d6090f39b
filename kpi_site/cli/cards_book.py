"""``kpi-site export-cards`` and ``import-cards``: cards and scorecards in a spreadsheet."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.cli.asking import end_refused
from kpi_site.cli.rename import DryRun
from kpi_site.cli.shared import (
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    site_options,
    writing,
)
from kpi_site.problems import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpi_site.authoring.book.coming_back import Outcome
    from kpi_site.authoring.book.dictionary import Found
    from kpi_site.authoring.edits import Rewrite
    from kpi_site.options import Options

File = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=says("工作簿", "The workbook"))]


Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="KEY=HEAD",
        help=says(
            "导入公司自己的指标词典：哪一列是什么，如 name=指标名称；可重复",
            "Take a dictionary of your own: which column is what, as name=KPI (repeatable)",
        ),
    ),
]


@app.command(
    "export-cards",
    help=says(
        "把指标卡和记分卡写成一个工作簿，供只用电子表格的人修改。",
        "Write cards and scorecards as a workbook, for people with only a spreadsheet.",
    ),
)
def export_cards(file: File, root: Root = None, lang: Lang = None) -> None:
    """Write the workbook; one that is there is written over."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.book.rows import rows_of
    from kpi_site.authoring.book.writing import to_workbook
    from kpi_site.content import read_draft
    from kpi_site.files import write_out

    draft, problems = read_draft(options.root, today=options.today)
    if not draft.readable:
        print_problems(problems, language)
    rows, wrong = rows_of(draft)
    if wrong:
        print_problems(wrong, language)
    write_out(file, to_workbook(draft.catalog, rows))
    lines = sum(row.kind == "line" for row in rows["scorecards"])
    say(Message(
        f"已写入 {file}：{len(rows['cards'])} 张指标卡，{lines} 个考核项",
        f"{file} is written: {len(rows['cards'])} cards, {lines} lines of scorecards",
    ).get(language))  # fmt: skip


@app.command(
    "import-cards",
    help=says(
        "读回工作簿：只写入改动过的格子；有错则什么也不写。",
        "Take a workbook back: only edited cells are written, and nothing where one is wrong.",
    ),
)
def import_cards(
    file: File,
    maps: Maps = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", help=says("与 --map 同用：哪个工作表", "With --map: which sheet")),
    ] = None,
    department: Annotated[
        str | None,
        typer.Option(
            "--department",
            help=says("与 --map 同用：没有部门列时的部门", "With --map: the department of rows"),
        ),
    ] = None,
    dry_run: DryRun = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Compare the workbook with the files, and change these at the cells that were edited."""
    language = messages_in(lang)
    options = site_options(root, language)
    if maps:
        _dictionary(options, file, maps, (sheet, department), language, dry_run=dry_run)
        return
    with nullcontext() if dry_run else writing(options.root, language):
        found = _taken_back(options, file, language)
        rewrites, edited = found.rewrites, found.edited
        if found.warnings:
            print_problems(found.warnings, language)
        for rewrite in rewrites:
            _show(rewrite)
        if not rewrites:
            same = Message("工作簿没有改动任何内容。", "The workbook changes nothing.")
            say(same.get(language))
        elif dry_run:
            nothing = Message("只是预览，没有改动。", "This was a dry run: nothing is changed.")
            say(nothing.get(language))
        else:
            _write(options, file, rewrites)
            say(Message(
                f"已写入 {len(rewrites)} 个文件，{edited} 处改动。",
                f"{_count(len(rewrites), 'file')} written, {_count(edited, 'change')}.",
            ).get(language))  # fmt: skip


def _dictionary(
    options: Options,
    file: Path,
    maps: list[str],
    where: tuple[str | None, str | None],
    language: str,
    *,
    dry_run: bool,
) -> None:
    """Make draft cards of a dictionary's rows."""
    from kpi_site.authoring.book.dictionary import drafts_of, mapped
    from kpi_site.authoring.new_file import unknown_department
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.content import read_draft

    columns = mapped(maps)
    if isinstance(columns, Refusal):
        raise end_refused(columns, language)
    _is_there(file, language)
    sheet, department = where
    with nullcontext() if dry_run else writing(options.root, language):
        draft, problems = read_draft(options.root, today=options.today)
        if not draft.readable:
            print_problems(problems, language)
        if department is not None and (wrong := unknown_department(draft, department)):
            raise end_refused(wrong, language)
        found = drafts_of(
            draft, file, columns, sheet=sheet, department=department, today=options.today
        )
        if found.problems:
            print_problems(found.problems, language)
        for rewrite in found.rewrites:
            say(rewrite.target)
        for each in _told_of(found):
            say(each.get(language))
        if not dry_run:
            _write(options, file, tuple(found.rewrites))
        count = len(found.rewrites)
        done = Message(f"{count} 张草稿", _count(count, "draft card"))
        tail = Message("（只是预览，没有写入）", " (a dry run: nothing is written)")
        say(done.get(language) + (tail.get(language) if dry_run else ""))


def _told_of(found: Found) -> Iterator[Message]:
    """Yield what of the dictionary has become no card, and names that come twice."""
    for there in found.there:
        yield Message(f"已有，跳过：{there}", f"there already, passed over: {there}")
    for passed in found.passed:
        yield Message(f"不是指标，跳过：{passed}", f"no indicator, passed over: {passed}")
    for twice, again in found.twice:
        if again:
            yield Message(f"重名，跳过：{twice}", f"the same name, passed over: {twice}")
        else:
            yield Message(
                f"重名，在另一个部门：{twice}", f"the same name in another department: {twice}"
            )
    if found.ignored:
        heads = [" ".join(head.split()) for head in found.ignored]
        yield Message(
            f"没有对应的列，没有读取：{'、'.join(heads)}",
            f"columns that no --map names, not read: {', '.join(heads)}",
        )


def _is_there(file: Path, language: str) -> None:
    from kpi_site.authoring.refusal import misused

    if not file.is_file():
        raise end_refused(misused(f"没有文件 {file}", f"there is no file {file}"), language)


def _taken_back(options: Options, file: Path, language: str) -> Outcome:
    """Return what the workbook makes of the files; problems end the command."""
    from kpi_site.authoring.book.coming_back import compared, outcome
    from kpi_site.authoring.book.reading import read_book
    from kpi_site.authoring.book.rows import rows_of
    from kpi_site.content import read_draft

    _is_there(file, language)
    draft, problems = read_draft(options.root, today=options.today)
    if not draft.readable:
        print_problems(problems, language)
    rows, wrong = rows_of(draft)
    book, unread = read_book(file, file.name, draft.catalog.site.languages)
    if wrong or unread:
        print_problems((*wrong, *unread), language)
    found = outcome(draft, compared(draft, rows, book), today=options.today)
    if isinstance(found, tuple):
        print_problems(found, language)
        raise typer.Exit(1)
    return found


def _show(rewrite: Rewrite) -> None:
    if rewrite.file != rewrite.target:
        say(f"{rewrite.file} → {rewrite.target}")
    for number, line in rewrite.changed_lines():
        say(f"{rewrite.target}:{number}: {line if len(line) <= 90 else line[:89] + '…'}")


def _write(options: Options, file: Path, rewrites: tuple[Rewrite, ...]) -> None:
    from kpi_site.authoring.edits import carry_out

    what = Message(f"导入 {file.name}", f"import {file.name}")
    carry_out(options.root, what, rewrites)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
