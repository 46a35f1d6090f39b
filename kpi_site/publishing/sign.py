"""``kpi-site sign``: write a signature that is bound to the figures as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi_site.catalog import Catalog, Report, Text
from kpi_site.changes import alone
from kpi_site.content.edits import text_yaml, with_entry
from kpi_site.files import write_file
from kpi_site.options import Options
from kpi_site.problems import Problem, has_errors, problem
from kpi_site.publishing.freeze import report_digest
from kpi_site.publishing.wanted import wanted_report
from kpi_site.stages import Problems, Progress, as_of, quiet, widest


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was written: the report's file, the digest, and who signed."""

    file: str
    digest: str
    by: Text


def sign(
    options: Options, label: str, role: str, by: Text, *, on: date, progress: Progress = quiet
) -> tuple[Signed | None, Problems]:
    """Add a signature of ``role`` by the department or post ``by`` to the report's file.

    A department's id, or its name in either language, is written as its name in both.
    """
    with alone(options.root) as told:
        if has_errors(told):
            return None, told
        return _signed(options, label, role, by, on=on, progress=progress)


def _signed(
    options: Options, label: str, role: str, by: Text, *, on: date, progress: Progress
) -> tuple[Signed | None, Problems]:
    computed, problems = widest(options, progress=progress)
    if computed is None:
        return None, problems
    report, found = wanted_report(computed.catalog, label)
    if report is None:
        return None, found
    digest = report_digest(as_of(options, computed, report.period.last), report)
    signer = signer_of(computed.catalog, by)
    entry = {"role": role, "by": text_yaml(signer), "on": on.isoformat(), "digest": digest}
    refused = append(options, report, "signoffs", (entry,))
    return (None, refused) if refused else (Signed(report.where.file, digest, signer), ())


def signer_of(catalog: Catalog, by: Text) -> Text:
    """Return the name of the department that ``by`` means, or ``by`` itself."""
    for unit in catalog.site.departments:
        if by.plain in {str(unit.id), unit.name.get("zh"), unit.name.get("en")}:
            return unit.name
    return by


def append(
    options: Options, report: Report, key: str, entries: tuple[Mapping[str, str], ...]
) -> tuple[Problem, ...]:
    """Add ``entries`` to the list ``key`` of the report's file; the problem if it cannot be."""
    path = options.root / report.where.file
    text = path.read_bytes().decode("utf-8-sig")
    for entry in entries:
        changed = with_entry(text, key, entry)
        if changed is None:
            return (_not_a_list(report, key),)
        text = changed
    write_file(path, text.encode())
    return ()


def _not_a_list(report: Report, key: str) -> Problem:
    return problem(
        report.where,
        "list-not-in-block",
        zh=f"无法在“{key}”后面添加一项",
        en=f"no entry can be added to '{key}'",
        hint_zh=f"请删去空的“{key}: []”，或把列表写成每行一项（以 - 开头）。",
        hint_en=f"Remove an empty '{key}: []', or write the list with one entry a line ('- …').",
    )
