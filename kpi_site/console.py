"""What is said to a person at a terminal or in a log, as text; printing is the caller's."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kpi_site.findings.texts import full_message
from kpi_site.problems import Message, Problem

_DRAFT: Final = "unfinished-draft"
_FEW_DRAFTS: Final = 5
_EXPLAINED = Message(
    "方括号中的代码逐条有说明：kpi-site check --explain 代码",
    "Each code in brackets is explained: kpi-site check --explain CODE",
)


FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""A disk, or one's share of it, that has no room."""

_NO_ROOM = Message(
    "。磁盘满了：请腾出空间再运行一次。已有的网站和已发布的内容都没有改动。",
    ". The disk is full: make room and run the command again. "
    "The last site, and what was published, are as they were.",
)


def message_language(asked: str | None, environment: Mapping[str, str]) -> str:
    """Return ``zh`` or ``en``: what was ``asked`` for, else what the environment says.

    ``KPI_SITE_LANG`` counts before the usual variables.
    """
    if asked in {"zh", "en"}:
        return str(asked)
    for name in ("KPI_SITE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def refused_by_disk(error: OSError, language: str) -> str:
    """Return a sentence with the file that could not be read or written, why, and what to do."""
    refused = Message("无法读写文件", "a file could not be read or written").get(language)
    said = f"{refused}: {error.filename or ''}: {error.strerror or error}"
    return said + _NO_ROOM.get(language) if error.errno in FULL else said


def problem_lines(problems: Iterable[Problem], language: str) -> Iterator[str]:
    """Yield one line for each problem, with its code, and a count at the end.

    ``file:line:column: message. Hint [code]``; warnings are marked, and before the count
    stands where codes are explained. A dictionary that became many drafts is told by a few.
    """
    found = tuple(problems)
    mark = Message("警告：", "warning: ").get(language)
    drafts = [one for one in found if one.code == _DRAFT]
    told = found if len(drafts) <= _FEW_DRAFTS + 1 else _without(found, drafts[_FEW_DRAFTS:])
    for one in told:
        warns = mark if one.severity == "warning" else ""
        yield f"{one.where}: {warns}{full_message(one, language)} [{one.code}]"
    if len(told) < len(found):
        more = len(found) - len(told)
        yield Message(
            f"另有 {more} 张草稿也没有填完，这里不再列出。"
            f"全部列出：kpi-site check --format json [{_DRAFT}]",
            f"{more} more drafts with blanks are not listed here. "
            f"All of them: kpi-site check --format json [{_DRAFT}]",
        ).get(language)
    if found:
        yield _EXPLAINED.get(language)
    yield counted(found, language)


def _without(problems: tuple[Problem, ...], some: list[Problem]) -> tuple[Problem, ...]:
    left = {id(one) for one in some}
    return tuple(one for one in problems if id(one) not in left)


def counted(problems: Iterable[Problem], language: str) -> str:
    """Return ``2 errors, 1 warning``."""
    severities = [p.severity for p in problems]
    errors, warnings = severities.count("error"), severities.count("warning")
    if language == "zh":
        return f"{errors} 个错误，{warnings} 个警告"
    return f"{_number(errors, 'error')}, {_number(warnings, 'warning')}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
