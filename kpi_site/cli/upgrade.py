"""``kpi-site upgrade``: schemas, forge files, lock and wheel as the installed program has them."""

from __future__ import annotations

from typing import Annotated

import typer

from kpi_site.cli.asking import ask, on_terminal
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

_STATES = {
    "new": Message("新增", "new"),
    "changed": Message("更新", "renewed"),
    "edited": Message("手工改过，保留", "edited by hand, left alone"),
    "gone": Message("不再需要，删除", "needed no more, removed"),
}

_OLDER = Message(
    "内容是较早的格式，仍可使用；kpi-site migrate 会改写成最新的格式。",
    "The content is of an older format, and works; kpi-site migrate rewrites it in the newest.",
)


@app.command(
    help=says(
        "按已安装的程序更新 schema、平台文件和锁定文件；手工改过的不动。",
        "Renew schemas, forge files and lock by the installed program; hand-edited ones stay.",
    )
)
def upgrade(
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help=says("手工改过的也换成新的", "Replace files that were edited by hand, too"),
        ),
    ] = False,
    dry_run: DryRun = False,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Show what differs, and write it; what was edited by hand only when that is asked for."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site.authoring.packing import OFFLINE
    from kpi_site.authoring.start import program_files
    from kpi_site.authoring.upgrading import gone, record_of, recorded, renewals
    from kpi_site.content import read_draft
    from kpi_site.content.formats import FORMAT
    from kpi_site.files import write_out

    draft, problems = read_draft(options.root, today=options.today)
    if not draft.readable:
        print_problems(problems, language)
    lock = options.root / "requirements.lock"
    offline = lock.is_file() and f"\n{OFFLINE}\n" in lock.read_text("utf-8")
    files = program_files(draft.catalog.site.languages, offline=offline)
    with writing(options.root, language):
        found, old = renewals(options.root, files), gone(options.root, files)
        wanted = []
        for one in found:
            taken = one.state != "edited" or replace or _agreed(one.file.path, language, dry_run)
            state = "changed" if taken and one.state == "edited" else one.state
            say(f"{one.file.path}: {_STATES[state].get(language)}")
            wanted += [one.file] if taken else []
        for path in old:
            say(f"{path}: {_STATES['gone'].get(language)}")
        if not dry_run:
            for file in wanted:
                write_out(options.root / file.path, file.data)
            for path in old:
                (options.root / path).unlink()
            left = {one.file.path for one in found} - {file.path for file in wanted}
            ours = [file for file in files if file.path not in left]
            known = {p: d for p, d in recorded(options.root).items() if p in left}
            record = record_of(ours, known)
            write_out(options.root / record.path, record.data)
    nothing = Message("都是最新的。", "Everything is current.")
    preview = Message("只是预览，没有改动。", "This was a dry run: nothing is changed.")
    if not found and not old:
        say(nothing.get(language))
    elif dry_run:
        say(preview.get(language))
    if draft.catalog.site.format < FORMAT:
        say(_OLDER.get(language))


def _agreed(path: str, language: str, dry_run: bool) -> bool:
    """Ask whether a file that was edited by hand may be replaced; in a pipe it may not."""
    if dry_run or not on_terminal():
        return False
    question = Message(
        f"{path} 手工改过，换成新的？(y/n)", f"{path} was edited by hand: replace it? (y/n)"
    )
    return ask(question, language, "n").lower() in {"y", "yes", "是"}
