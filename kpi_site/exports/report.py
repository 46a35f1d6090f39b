"""A report as the source of its printed form: one Typst file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Final

from kpi_site.catalog import Report
from kpi_site.exports.board import Board, Imprint, imprint_words, make_board
from kpi_site.exports.code import NONE, Code, array, call, day, string
from kpi_site.exports.departments import annex_section, departments_section
from kpi_site.exports.first_page import first_page
from kpi_site.exports.quality import quality_section, signoffs_section
from kpi_site.exports.scorecards import scorecards_section
from kpi_site.exports.sections import (
    actions_section,
    comments_section,
    moves_section,
    off_target_section,
)
from kpi_site.story.report import SECTIONS, Section
from kpi_site.story.teller import Teller


def report_typ(
    teller: Teller, report: Report, imprint: Imprint | None = None, digest: str = ""
) -> str:
    """Return ``report`` in the teller's language as a Typst document of its own.

    The text is finished: figures, words, places of lines, and the look itself are in it, so
    that it prints the same after every upgrade. It reads no file and no network. Without an
    ``imprint`` it is a draft, and says so on every page. ``digest`` is that of the figures:
    sign-offs under another one are shown as stale. Equal values give equal text.
    """
    return with_look(look(), report_body(teller, report, imprint, digest))


def look() -> str:
    """Return what gives a printed report its look: the same for every report and language."""
    return (files("kpi_site.exports") / "board.typ").read_text(encoding="utf-8")


def with_look(look_typ: str, body: str) -> str:
    """Return the document that is made of a look and a body."""
    return f"{look_typ}\n{body}"


def report_body(
    teller: Teller, report: Report, imprint: Imprint | None = None, digest: str = ""
) -> str:
    """Return the document of ``report_typ`` without its look."""
    board = make_board(teller, report, imprint or Imprint(), digest)
    body = "\n".join(f"  {part}" for part in _parts(board) if part != NONE)
    return f"#show: {_settings(board)}\n#{{\n{body}\n}}\n"


_SECTIONS: Final[dict[Section, Callable[[Board], Iterator[Code]]]] = {
    "off_target": off_target_section,
    "moved": moves_section,
    "other_comments": comments_section,
    "scorecards": scorecards_section,
    "departments": departments_section,
    "actions": actions_section,
    "data_quality": quality_section,
    "signoffs": signoffs_section,
    "annex": annex_section,
}
"""What follows the first page, which tells the summary and the key figures."""


def _parts(board: Board) -> Iterator[Code]:
    yield from first_page(board)
    yield call("pagebreak")
    yield call("contents", board.w("contents"))
    for name in SECTIONS:
        if name in _SECTIONS:
            yield from _SECTIONS[name](board)


def _settings(board: Board) -> Code:
    """Return the call that gives the document its language, title, head and foot."""
    organisation = board.story.organisation
    draft = board.imprint.is_draft
    keywords = [board.t("keywords"), board.story.period]
    keywords += [board.t("draft")] if draft else [board.t("Edition", board.imprint.number)]
    return call(
        "board.with",
        '"zh"' if board.language == "zh" else '"en"',
        '"CN"' if board.language == "zh" else '"GB"',
        string(f"{organisation} {board.story.title}"),
        string(board.story.title),
        string(organisation),
        array(map(string, keywords)),
        day(board.day),
        string(imprint_words(board.imprint, board.language)),
        string(board.t("draft").upper()) if draft else NONE,
        array(_page_words(board)),
    )


def _page_words(board: Board) -> list[Code]:
    before, between, after = board.t("page", "\0", "\0").split("\0")
    return [f'"{part}"' for part in (before, between, after)]
