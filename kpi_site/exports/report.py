"""A report as the source of its printed form: one Typst file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from kpi_site.catalog import Report
from kpi_site.exports.board import Board, Imprint, imprint_words, make_board
from kpi_site.exports.code import NONE, Code, array, call, day, string
from kpi_site.exports.departments import annex_section, departments_section
from kpi_site.exports.first_page import first_page
from kpi_site.exports.quality import quality_section
from kpi_site.exports.scorecards import scorecards_section
from kpi_site.exports.sections import (
    actions_section,
    comments_section,
    moves_section,
    off_target_section,
)
from kpi_site.pages.context import Context
from kpi_site.wording.dates import format_period


def report_typ(
    ctx: Context, report: Report, imprint: Imprint | None = None, digest: str = ""
) -> str:
    """Return ``report`` in the language of ``ctx`` as a Typst document of its own.

    The text is finished: figures, words, places of lines, and the look itself are in it, so
    that it prints the same after every upgrade. It reads no file and no network. Without an
    ``imprint`` it is a draft, and says so on every page. ``digest`` is that of the figures:
    sign-offs under another one are shown as stale. Equal values give equal text.
    """
    board = make_board(ctx, report, imprint or Imprint(), digest)
    look = (files("kpi_site.exports") / "board.typ").read_text(encoding="utf-8")
    body = "\n".join(f"  {part}" for part in _parts(board) if part != NONE)
    return f"{look}\n#show: {_settings(board)}\n#{{\n{body}\n}}\n"


def _parts(board: Board) -> Iterator[Code]:
    yield from first_page(board)
    yield call("pagebreak")
    yield call("contents", board.w("contents"))
    yield from off_target_section(board)
    yield from scorecards_section(board)
    yield from moves_section(board)
    yield from comments_section(board)
    yield from actions_section(board)
    yield from departments_section(board)
    yield from quality_section(board)
    yield from annex_section(board)


def _settings(board: Board) -> Code:
    """Return the call that gives the document its language, title, head and foot."""
    organisation = board.ctx.organisation
    draft = board.imprint.is_draft
    keywords = [board.t("keywords"), format_period(board.report.period, board.language)]
    keywords += [board.t("draft")] if draft else [board.t("Edition", board.imprint.number)]
    return call(
        "board.with",
        '"zh"' if board.language == "zh" else '"en"',
        '"CN"' if board.language == "zh" else '"GB"',
        string(f"{organisation} {board.title}"),
        string(board.title),
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
