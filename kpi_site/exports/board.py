"""What a printed report is made from, and how its texts and figures read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpi_site.catalog import Report
from kpi_site.charts.points import last_points
from kpi_site.exports.code import NONE, Code, call, cell, joined, spread, string
from kpi_site.exports.drawings import sparkline
from kpi_site.exports.rich import blocks
from kpi_site.results import Series, State
from kpi_site.story.reading import Delta, Reading
from kpi_site.story.report import ReportStory, tell_report
from kpi_site.story.report_scope import last_day
from kpi_site.story.teller import Said, Teller
from kpi_site.wording.dates import format_date
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
    """A report as it is told in one language, and which edition is printed.

    ``day`` is the one on which actions are shown as they stood.
    """

    story: ReportStory
    report: Report
    imprint: Imprint
    language: str
    day: date

    def t(self, key: str, *values: object) -> str:
        """Return words of the report."""
        return word(key, self.language, *values)

    def w(self, key: str, *values: object) -> Code:
        """Return words of the report as a literal."""
        return string(self.t(key, *values))

    def plain(self, said: Said | None) -> str:
        """Return a text on one line, marked where it is in the other language."""
        return "" if said is None else said.text + self._mark(said)

    def name(self, said: Said | None) -> Code:
        """Return a short text as a literal for a narrow column."""
        return cell(self.plain(said))

    def rich(self, said: Said | None) -> Code:
        """Return a long text with its Markdown as content, or ``none``."""
        return NONE if said is None else joined([blocks(said.text), string(self._mark(said))])

    def _mark(self, said: Said) -> str:
        return self.t("fallback") if said.foreign else ""


def make_board(teller: Teller, report: Report, imprint: Imprint, digest: str = "") -> Board:
    """Tell ``report`` for its printed pages.

    Actions are shown as they stood on the day of publication; in a draft on the last day of
    the period, or of the data if the period is not over. ``digest`` is that of its figures:
    sign-offs under another one are stale.
    """
    day = imprint.published or last_day(teller, report)
    told = tell_report(teller, report, day=day, digest=digest)
    return Board(told, report, imprint, teller.language, day)


def spark(trend: Series | None, **size: float) -> Code:
    """Return the small trend of a series, or ``none``."""
    points = last_points(trend) if trend else ()
    return sparkline([p.value for p in points], **size)


def figure(reading: Reading) -> Code:
    """Return a figure with its unit, or in its place the words of its state."""
    if not reading.has_value:
        return call("missing", string(reading.state_words))
    if reading.state is State.PROVISIONAL:
        return joined([string(reading.text), call("missing", string(f" {reading.mark}"))])
    return string(reading.text)


def delta(found: Delta | None, *, short: bool = False) -> Code:
    """Return a difference with arrow, unit, and whether it is good; "" where there is none."""
    if found is None:
        return '""'
    shown = found.short if short else found.text
    text = " ".join(filter(None, (shown, found.basis, found.verdict)))
    return call("delta", f'"{found.tone}"', string(f"{found.arrow} {text}"))


def stands(reading: Reading) -> Code:
    """Return how a figure stands against its thresholds: mark and words, or ``none``."""
    if reading.level == "none":
        return call("muted", string(reading.level_words)) if reading.unjudged else NONE
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
