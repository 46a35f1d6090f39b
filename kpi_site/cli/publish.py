"""``kpi-site publish``, ``kpi-site sign`` and ``kpi-site revisions``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_site.catalog import KINDS, ROLES, RevisionKind, Text
from kpi_site.cli.shared import (
    Lang,
    ReportPeriod,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    shown_progress,
    site_options,
    wrong_usage,
)
from kpi_site.problems import Message, did_you_mean

if TYPE_CHECKING:
    from kpi_site.editions.revisions import Revision
    from kpi_site.options import Options

On = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help=says("日期（默认今天）", "The day (default: today)")),
]
Kind = Annotated[
    str | None,
    typer.Option("--type", metavar="|".join(KINDS), help=says("修订的类型", "Type of revision")),
]
Reason = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar="TEXT",
        help=says("原因（中文，或通用）", "The reason (one text for every language)"),
    ),
]
ReasonEn = Annotated[
    str | None,
    typer.Option("--reason-en", metavar="TEXT", help=says("英文的原因", "The reason in English")),
]


@app.command(help=says("冻结并发布一份报告。", "Freeze a report as a published edition."))
def publish(
    period: ReportPeriod,
    revise: Annotated[
        bool,
        typer.Option(
            "--revise", help=says("发布修订后的下一版", "Publish the next edition, revised")
        ),
    ] = False,
    type_: Kind = None,
    reason: Reason = None,
    reason_en: ReasonEn = None,
    on: On = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write an edition, or say everything that stands against it."""
    language = messages_in(lang)
    options = site_options(root, language)
    kind = _kind(type_, language)
    if revise != (kind is not None) or revise != (reason is not None):
        raise wrong_usage(_REVISE, language)
    from kpi_site import publishing

    with shown_progress() as progress:
        edition, problems = publishing.publish(
            options,
            period,
            on=_day(on, options, language),
            kind=kind,
            reason=_reason(reason, reason_en),
            progress=progress,
        )
    if edition is None or problems:
        print_problems(problems, language)
    if edition is None:
        return
    said = Message(
        f"已发布 {period} 第 {edition.number} 版：{edition.folder}（{len(edition.files)} 个文件）。"
        "请提交这些文件。",
        f"{period} is published as edition {edition.number}: {edition.folder} "
        f"({len(edition.files)} files). Commit them.",
    )
    say(said.get(language))


_REVISE = Message(
    "修订要同时写 --revise、--type 和 --reason；首次发布都不写",
    "a revision takes --revise, --type and --reason together; a first publication none of them",
)


@app.command(
    help=says("以收集、核对或批准者的身份签字。", "Sign the figures of a report, as they are now.")
)
def sign(
    period: ReportPeriod,
    role: Annotated[
        str,
        typer.Option("--role", metavar="|".join(ROLES), help=says("身份", "What is signed for")),
    ],
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="NAME",
            help=says(
                "部门，或 site.yml 的 titles", "A department, or one of the titles of site.yml"
            ),
        ),
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            help=says("OpenSSH 私钥；不写则只是记录", "OpenSSH's private key; else it is a note"),
        ),
    ] = None,
    on: On = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write a sign-off into the report's file, signed with a key or as a note."""
    language = messages_in(lang)
    options = site_options(root, language)
    if role not in ROLES:
        raise wrong_usage(_unknown("--role", role, ROLES), language)
    from kpi_site import publishing

    with shown_progress() as progress:
        signed, problems = publishing.sign(
            options,
            period,
            role,
            Text(plain=by),
            on=_day(on, options, language),
            key=key,
            progress=progress,
        )
    if signed is None:
        print_problems(problems, language)
        return
    name = signed.by.get(language)
    zh, en = ("已用密钥签名", "signed") if key else ("已记录（没有签名）", "noted, not signed")
    said = Message(
        f"{zh}：{name}（{role}），{signed.digest[:19]}…，写入 {signed.file}",
        f"{en}: {name} ({role}), {signed.digest[:19]}…, in {signed.file}",
    )
    say(said.get(language))


@app.command(
    help=says("列出已发布报告中现在会不同的数字。", "List published figures that would now differ.")
)
def revisions(
    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", help=says("默认全部报告", "Default: every report")),
    ] = None,
    record: Annotated[
        bool,
        typer.Option("--record", help=says("记入 report.yml", "Note them in report.yml")),
    ] = False,
    type_: Kind = None,
    reason: Reason = None,
    reason_en: ReasonEn = None,
    on: On = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Print pending revisions; with ``--record`` note when they were seen first, and why."""
    language = messages_in(lang)
    options = site_options(root, language)
    kind = _kind(type_, language)
    from kpi_site import publishing, stages

    with shown_progress() as progress:
        computed, problems = stages.widest(options, progress=progress)
    if computed is None:
        print_problems(problems, language)
        return
    told = computed.told.pending
    if period is not None and period not in told:
        raise wrong_usage(_unknown("PERIOD", period, tuple(told)), language)
    labels = (period,) if period else tuple(sorted(told))
    for label in labels:
        for revision in told[label]:
            say(_line(revision))
    count = sum(len(told[label]) for label in labels)
    say(Message(f"共 {count} 处", f"{count} pending").get(language))
    for label in labels if record else ():
        if not told[label]:
            continue
        day = _day(on, options, language)
        noted, found = publishing.record(
            options, label, on=day, kind=kind, reason=_reason(reason, reason_en)
        )
        if found:
            print_problems(found, language)
        if noted:
            said = Message(f"{label}：记入 {len(noted)} 处", f"{label}: {len(noted)} noted")
            say(said.get(language))


def _line(revision: Revision) -> str:
    of = ".".join(x for x in (revision.dimension, revision.member) if x)
    name = f"{revision.indicator}[{of}]" if of else revision.indicator
    old = revision.old_state if revision.old is None else f"{revision.old:f}"
    new = revision.new_state if revision.new is None else f"{revision.new:f}"
    seen = revision.first_seen.isoformat() if revision.first_seen else ""
    return (
        f"{revision.report} #{revision.edition}  {name} {revision.what} {revision.period}: "
        f"{old or '-'} -> {new or '-'}  {seen} {revision.kind or ''}".rstrip()
    )


def _kind(word: str | None, language: str) -> RevisionKind | None:
    if word is None:
        return None
    found = {str(kind): kind for kind in KINDS}.get(word)
    if found is None:
        raise wrong_usage(_unknown("--type", word, KINDS), language)
    return found


def _reason(zh: str | None, en: str | None) -> Text | None:
    if zh is None:
        return None
    return Text(zh=zh, en=en) if en else Text(plain=zh)


def _day(on: str | None, options: Options, language: str) -> date:
    if on is None:
        return options.today
    try:
        return date.fromisoformat(on)
    except ValueError:
        message = Message(
            f"--on 应为 2026-11-06 这样的日期，不是“{on}”",
            f"--on is a day such as 2026-11-06, not '{on}'",
        )
        raise wrong_usage(message, language) from None


def _unknown(what: str, word: str, known: tuple[str, ...]) -> Message:
    hint = did_you_mean(word, known)
    tail = Message(f"。{hint.zh}", f". {hint.en}") if hint else Message("", "")
    return Message(f"{what} 不能是“{word}”{tail.zh}", f"{what} cannot be '{word}'{tail.en}")
