"""Workflow commands: GitHub shows each problem beside its line of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kpi_site.codes import title_of
from kpi_site.findings.texts import full_message
from kpi_site.problems import Problem
from kpi_site.visible import visible

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}


def github(problems: Iterable[Problem], below: str, language: str) -> Iterator[str]:
    """Yield one ``::error file=…,line=…,col=…,title=…::message`` for each problem."""
    for found in problems:
        where = found.where
        title = f"{title_of(found.code).get(language)} [{found.code}]"
        properties = {"file": f"{below}{where.file}"}
        if where.line:
            properties["line"] = str(where.line)
        if where.line and where.column:
            properties["col"] = str(where.column)
        listed = ",".join(
            f"{name}={_escaped(value, _PROPERTY)}"
            for name, value in {**properties, "title": title}.items()
        )
        message = _escaped(full_message(found, language), _DATA)
        yield visible(f"::{found.severity} {listed}::{message}")


def _escaped(text: str, marks: Mapping[str, str]) -> str:
    return "".join(marks.get(letter, letter) for letter in text)
