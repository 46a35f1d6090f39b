"""What can be wrong with published files, and how to mend it: each problem names its file."""

from __future__ import annotations

from typing import Final

from kpi_site.problems import Location, Message, Problem, problem

_RESTORE: Final = Message(
    "已发布的内容不再改动：请用版本管理恢复；要更正，请发布新的一版（kpi-site publish --revise）。",
    "What was published stays: restore it from version control; to correct it, "
    "publish the next edition (kpi-site publish --revise).",
)
_REMOVE: Final = Message(
    "请删除这个文件：只有 kpi-site publish 在这里写文件。",
    "Remove it: only kpi-site publish writes files here.",
)
LINE_ENDS: Final = Message(
    "只有换行符不同：请在 .gitattributes 中写上“content/reports/** -text”并提交，"
    "再恢复文件（删除后 git checkout）。",
    "Only its line ends differ: write 'content/reports/** -text' into .gitattributes, commit it, "
    "and restore the file (remove it, then git checkout).",
)


def changed(file: str, *, line_ends: bool = False) -> Problem:
    """A file differs from what was published; ``line_ends``: by Windows' line ends alone."""
    return _problem(
        file,
        "edition-changed",
        Message("这个文件在发布之后被改动过", "this file was changed after it was published"),
        LINE_ENDS if line_ends else _RESTORE,
    )


def missing(file: str) -> Problem:
    """A published file is not there, or is a folder."""
    told = Message("已发布的文件不见了", "this published file is missing")
    return _problem(file, "edition-file-missing", told, _RESTORE)


def added(file: str) -> Problem:
    """A file stands among published ones and was never published."""
    told = Message("这个文件不属于已发布的版本", "this file is not part of any published edition")
    return _problem(file, "edition-file-added", told, _REMOVE)


def gone(folder: str) -> Problem:
    """An edition of the ledger is not there."""
    told = Message("台账中已发布的这一版不见了", "this edition is in the ledger, and missing")
    return _problem(folder, "edition-missing", told, _RESTORE)


def unlisted(folder: str) -> Problem:
    """An edition is there that the ledger does not know."""
    return _problem(
        folder,
        "edition-unlisted",
        Message("发布台账中没有这一版", "the ledger of publications does not know this edition"),
        Message(
            "如果它由 kpi-site publish 发布，请用版本管理恢复 content/reports/ledger.csv；"
            "否则请删除。两个分支各自发布之后：见手册“怎样发布一个月”。",
            "If kpi-site publish made it, restore content/reports/ledger.csv from version "
            "control; otherwise remove it. After two branches published: see 'How to publish a "
            "month' in the handbook.",
        ),
    )


def unreadable(file: str) -> Problem:
    """An edition is in a format that this program does not know."""
    return _problem(
        file,
        "edition-format",
        Message("本版程序读不懂这一版的格式", "this program does not know the edition's format"),
        Message(
            "它可能由更新的 kpi-site 发布：请升级。",
            "A newer kpi-site may have published it: upgrade.",
        ),
    )


def _problem(file: str, code: str, told: Message, hint: Message) -> Problem:
    return problem(Location(file), code, zh=told.zh, en=told.en, hint_zh=hint.zh, hint_en=hint.en)
