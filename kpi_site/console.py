"""What is said to a person at a terminal or in a log, as text; printing is the caller's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kpi_site.problems import Message, Problem


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


def problem_lines(problems: Iterable[Problem], language: str) -> Iterator[str]:
    """Yield one line for each problem, warnings marked, and a count at the end."""
    found = tuple(problems)
    mark = Message("警告：", "warning: ").get(language)
    for one in found:
        place, _, rest = one.text(language).partition(": ")
        yield f"{place}: {mark if one.severity == 'warning' else ''}{rest}"
    yield counted(found, language)


def counted(problems: Iterable[Problem], language: str) -> str:
    """Return ``2 errors, 1 warning``."""
    severities = [p.severity for p in problems]
    errors, warnings = severities.count("error"), severities.count("warning")
    if language == "zh":
        return f"{errors} 个错误，{warnings} 个警告"
    return f"{_number(errors, 'error')}, {_number(warnings, 'warning')}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
