"""Problems as JSON: an interface with a version (see the handbook, *Outputs for programs*)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kpi_site import __version__
from kpi_site.codes import title_of
from kpi_site.findings.texts import hint_of
from kpi_site.problems import Message, Problem
from kpi_site.visible import json_text

FORMAT = "kpi-site/problems"
VERSION = 1


def json_list(problems: Iterable[Problem], below: str, _language: str) -> Iterator[str]:
    """Yield one JSON document: an envelope, and all problems in both languages."""
    found = tuple(problems)
    severities = [each.severity for each in found]
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": {"name": "kpi-site", "version": __version__},
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "problems": [_problem(each, below) for each in found],
    }
    yield json_text(json.dumps(document, ensure_ascii=False, indent=2))


def _problem(found: Problem, below: str) -> dict[str, object]:
    where, hint = found.where, hint_of(found)
    return {
        "file": f"{below}{where.file}",
        "line": where.line or None,
        "column": where.column or None,
        "severity": found.severity,
        "code": found.code,
        "title": _both(title_of(found.code)),
        "message": _both(found.message),
        "hint": _both(hint) if hint else None,
    }


def _both(message: Message) -> dict[str, str]:
    return {"zh": message.zh, "en": message.en}
