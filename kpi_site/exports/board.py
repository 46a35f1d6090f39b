"""What a printed report is made from, and how its texts and figures read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpi_site import links
from kpi_site.catalog import Report, Text
from kpi_site.charts.points import Point
from kpi_site.exports.code import NONE, Code, call, cell, joined, spread, string
from kpi_site.exports.drawings import last_points, sparkline
from kpi_site.exports.rich import blocks
from kpi_site.pages.context import Context
from kpi_site.pages.report_scope import Scope, make_scope
from kpi_site.results import State
from kpi_site.story.reading import Difference, Now, Reading
from kpi_site.wording.dates import format_date, format_period
from kpi_site.words import word

NOTHING: Final[Code] = '""'


@dataclass(frozen=True, slots=True)
class Imprint:
    """Which edition is printed, and when it was published; a draft has neither."""

    number: int | None = None
    published: date | None = None

    @property
    def is_draft(self) -> bool:
        """Tell whether this is not a published edition."""
        return self.number is None or self.published is None


def imprint_words(imprint: Imprint, language: str) -> str:
    """Return edition and day of publication, or that this is a draft."""
    if imprint.is_draft or imprint.published is None:
        return word("draft_imprint", language)
    published = word("published_as", language, format_date(imprint.published, language))
    gap = "，" if language == "zh" else ", "
    return word("Edition", language, imprint.number) + gap + published


@dataclass(frozen=True, slots=True)
class Board:
    """A report in one language with all that its printed pages are made from.

    ``digest`` is that of its figures; sign-offs under another one are stale.
    """

    scope: Scope
    imprint: Imprint
    digest: str = ""

    @property
    def ctx(self) -> Context:
        """The site's values in the report's language."""
        return self.scope.ctx

    @property
    def report(self) -> Report:
        """The report."""
        return self.scope.report

    @property
    def day(self) -> date:
        """The day on which actions are shown as they stood."""
        return self.scope.day

    @property
    def own(self) -> tuple[Now, ...]:
        """The indicators with a figure of the report's very period."""
        return self.scope.own

    @property
    def language(self) -> str:
        """The language of the report."""
        return self.ctx.language

    @property
    def title(self) -> str:
        """``2026年10月报告``, ``Report for Oct 2026``."""
        return self.t("report_of", format_period(self.report.period, self.language))

    def t(self, key: str, *values: object) -> str:
        """Return words of the report."""
        return word(key, self.language, *values)

    def w(self, key: str, *values: object) -> Code:
        """Return words of the report as a literal."""
        return string(self.t(key, *values))

    def date(self, day: date) -> Code:
        """Return a day in the reader's language."""
        return string(format_date(day, self.language))

    def plain(self, text: Text | None) -> str:
        """Return a text on one line, marked where it is in the other language."""
        if text is None:
            return ""
        mark = self.t("fallback") if text.falls_back(self.language) else ""
        return text.get(self.language) + mark

    def name(self, text: Text | None) -> Code:
        """Return a short text as a literal for a narrow column."""
        return cell(self.plain(text))

    def rich(self, text: Text | None) -> Code:
        """Return a long text with its Markdown as content, or ``none``."""
        if text is None:
            return NONE
        mark = self.t("fallback") if text.falls_back(self.language) else ""
        return joined([blocks(text.get(self.language)), string(mark)])

    def trend(self, found: Now) -> tuple[Point, ...]:
        """Return the last periods of an indicator, each with the value of the year before."""
        series = self.scope.trend(found)
        return last_points(series) if series else ()

    def spark(self, found: Now, **size: float) -> Code:
        """Return the small trend of an indicator, or ``none``."""
        return sparkline([p.value for p in self.trend(found)], **size)


def make_board(ctx: Context, report: Report, imprint: Imprint, digest: str = "") -> Board:
    """Put together what the pages of ``report`` are made from.

    Actions are shown as they stood on the day of publication; in a draft on the last day of
    the period, or of the data if the period is not over.
    """
    path = links.report(report.period.label)
    return Board(make_scope(ctx, report, path, imprint.published), imprint, digest)


def figure(reading: Reading) -> Code:
    """Return a figure with its unit, or in its place the words of its state."""
    if not reading.has_value:
        return call("missing", string(reading.state_words))
    if reading.state is State.PROVISIONAL:
        return joined([string(reading.text), call("missing", string(f" {reading.mark}"))])
    return string(reading.text)


def delta(found: Difference | None, *, short: bool = False) -> Code:
    """Return a difference with its arrow, its colour and its unit; "" where there is none."""
    if found is None:
        return '""'
    text = " ".join(filter(None, (found.short if short else found.text, found.basis)))
    return call("delta", f'"{found.tone}"', string(f"{found.arrow} {text}"))


def stands(reading: Reading) -> Code:
    """Return how a figure stands against its thresholds: mark and words, or ``none``."""
    if reading.level == "none":
        return NONE
    return call("level", f'"{reading.level}"', string(reading.level_words))


def mark(reading: Reading) -> Code:
    """Return the mark of a figure's level alone."""
    return '""' if reading.level == "none" else call("mark", f'"{reading.level}"')


def table(
    widths: Iterable[Code], numeric: Iterable[int], head: Iterable[Code], rows: Iterable[Code]
) -> Code:
    """Return a table whose head repeats on every page; ``numeric`` columns stand right."""
    columns = "".join(f"{i}, " for i in numeric)
    return spread(
        "data-table", f"({', '.join(widths)})", f"({columns})", f"({', '.join(head)})", *rows
    )


def row(*cells: Code) -> Code:
    """Return a row of a table; ``none`` is an empty cell."""
    found = ("[]" if code in {NONE, NOTHING} else code for code in cells)
    return f"({', '.join(found)})"
