"""``kpi-site export``: a report to take along, published or as a draft.

Rules: specification.md#commands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kpi_site.catalog import Catalog
from kpi_site.content import read_catalog
from kpi_site.editions.frozen import frozen_figures
from kpi_site.editions.model import Edition
from kpi_site.editions.signing import figures_digest
from kpi_site.editions.store import Published, read_editions
from kpi_site.exports.edition_files import (
    hidden_cards,
    pdf_of,
    report_name,
    sees_all,
    stem,
    workbook_name,
    xlsx_of,
)
from kpi_site.exports.pdf import printed
from kpi_site.exports.report import report_typ
from kpi_site.exports.sheets import to_xlsx
from kpi_site.exports.workbook import workbook_json
from kpi_site.figures import seen_by
from kpi_site.files import File
from kpi_site.options import Options
from kpi_site.problems import Location, Problem, has_errors, in_order, problem
from kpi_site.stages import Problems, Progress, as_of, figures, quiet, unknown_options
from kpi_site.story.teller import make_teller

Format = Literal["pdf", "xlsx"]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The reports of a site: those that are written, and those that were published."""

    catalog: Catalog
    published: Published

    @property
    def labels(self) -> tuple[str, ...]:
        """The periods of all reports."""
        return tuple(sorted({*self.catalog.reports, *self.published.editions}))


def read_shelf(options: Options) -> tuple[Shelf | None, Problems]:
    """Read the content and what was published, without any facts."""
    catalog, problems = read_catalog(options.root, today=options.today)
    if catalog is not None:
        problems = (*problems, *unknown_options(options, catalog))
    if catalog is None or has_errors(problems):
        return None, in_order(problems)
    published, changed = read_editions(options.root, catalog.site.calendar.parse)
    if has_errors(changed):
        return None, in_order(changed)
    return Shelf(catalog, published), ()


def export_edition(
    edition: Edition,
    languages: Collection[str],
    formats: Collection[Format],
    audience: str | None = None,
    signed: Mapping[str, bytes] | None = None,
) -> tuple[tuple[File, ...], Problems]:
    """Return the downloads of an edition, from what it froze and nothing else.

    A PDF that was ``signed``, by language, is that one.

    A narrower ``audience`` than the widest gets the workbook without what it may not see; the
    printed report was frozen for the widest alone.
    """
    hidden, whole = hidden_cards(edition, audience), sees_all(edition, audience)
    found: list[File] = []
    problems: list[Problem] = []
    for language in languages:
        name = f"{stem(edition)}.{language}"
        if "pdf" in formats:
            if not whole:
                problems.append(_not_printed_for(edition, str(audience)))
            elif report_name(language) not in edition.files:
                problems.append(_not_frozen(edition, report_name(language)))
            elif signed and language in signed:
                found.append(File(f"{name}.pdf", signed[language]))
            else:
                data, wrong = pdf_of(edition, language)
                found += [] if data is None else [File(f"{name}.pdf", data)]
                problems += [] if wrong is None else [wrong]
        if "xlsx" in formats:
            if workbook_name(language) not in edition.files:
                problems.append(_not_frozen(edition, workbook_name(language)))
            else:
                found.append(File(f"{name}.xlsx", xlsx_of(edition, language, hidden)))
    return tuple(found), tuple(dict.fromkeys(problems))


def export_draft(
    options: Options,
    label: str,
    languages: Collection[str],
    formats: Collection[Format],
    *,
    progress: Progress = quiet,
) -> tuple[tuple[File, ...], Problems]:
    """Return the downloads of a report as it would be published now, marked as a draft.

    Its figures are those at the end of its period. The report ``label`` must exist. Warnings
    about other content are left to ``check``.
    """
    computed, problems = figures(replace(options, audience=None), progress=progress)
    if computed is None:
        return (), problems
    day = computed.catalog.reports[label].period.last
    computed = seen_by(as_of(options, computed, day), options.audience)
    report = computed.catalog.reports[label]
    figures_now = tuple(frozen_figures(computed, report))
    digest = figures_digest(figures_now)
    frozen = {file.path: file.data for file in figures_now}
    wrong: list[Problem] = []

    def made() -> Iterator[File]:
        for language in languages:
            ctx = make_teller(computed, language)
            name = f"report-{label}-draft.{language}"
            if "pdf" in formats:
                data, found = printed(report_typ(ctx, report, None, digest), report.where.file)
                wrong.extend([found] if found else [])
                if data is not None:
                    yield File(f"{name}.pdf", data)
            if "xlsx" in formats:
                yield File(f"{name}.xlsx", to_xlsx(workbook_json(ctx, report), frozen))

    return tuple(made()), tuple(dict.fromkeys(wrong))


def _not_printed_for(edition: Edition, audience: str) -> Problem:
    return problem(
        Location(edition.folder),
        "edition-for-the-widest",
        zh=f"这一版的 PDF 是为最宽的受众冻结的，不能给“{audience}”",
        en=f"the PDF of this edition was frozen for the widest audience, not for '{audience}'",
        hint_zh="请用 --xlsx：工作簿会去掉他们看不到的指标。",
        hint_en="Use --xlsx: the workbook leaves out what they may not see.",
    )


def _not_frozen(edition: Edition, name: str) -> Problem:
    return problem(
        Location(f"{edition.folder}/{name}"),
        "edition-without-export",
        zh="这一版发布时没有冻结可导出的文件",
        en="this edition was published without anything to export",
        hint_zh="发布下一版（kpi-site publish --revise）即可导出；网页和 values.csv 不受影响。",
        hint_en="The next edition (kpi-site publish --revise) will have it; its pages and "
        "values.csv are there.",
    )
