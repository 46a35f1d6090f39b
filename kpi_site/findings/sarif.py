"""SARIF 2.1.0, the format in which code hosts take findings; its rules are the registry."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from kpi_site import __version__
from kpi_site.codes import Code, known_codes
from kpi_site.findings.texts import full_message
from kpi_site.problems import Problem
from kpi_site.visible import json_text

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def sarif(problems: Iterable[Problem], below: str, language: str) -> Iterator[str]:
    """Yield one SARIF document; columns count characters, paths begin at the repository."""
    rules = known_codes()
    numbers = {name: position for position, name in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "kpi-site",
                "version": __version__,
                "rules": [_rule(code, language) for code in rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, numbers, below, language) for found in problems],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json_text(json.dumps(document, ensure_ascii=False, indent=2))


def _rule(code: Code, language: str) -> dict[str, Any]:
    other = "en" if language == "zh" else "zh"
    both = [_help(code, each) for each in (language, other)]
    return {
        "id": code.code,
        "shortDescription": {"text": code.title.get(language)},
        "fullDescription": {"text": code.meaning.get(language)},
        "help": {"text": "\n\n".join(both), "markdown": "\n\n---\n\n".join(both)},
    }


def _help(code: Code, language: str) -> str:
    return "\n\n".join(part.get(language) for part in (code.title, code.meaning, code.mend))


def _result(found: Problem, numbers: dict[str, int], below: str, language: str) -> dict[str, Any]:
    where = found.where
    place: dict[str, Any] = {
        "artifactLocation": {
            "uri": quote(os.fsencode(f"{below}{where.file}")),
            "uriBaseId": "%SRCROOT%",
        }
    }
    if where.line:
        column = {"startColumn": where.column} if where.column else {}
        place["region"] = {"startLine": where.line, **column}
    rule = {"ruleIndex": numbers[found.code]} if found.code in numbers else {}
    return {
        "ruleId": found.code,
        **rule,
        "level": found.severity,
        "message": {"text": full_message(found, language)},
        "locations": [{"physicalLocation": place}],
    }
