"""``kpi-site export`` as a program: files, names, and what it says to wrong usage."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from tests.exports.company import needs_fonts
from tests.exports.pdftext import page_texts
from tests.shell.conftest import Run


@needs_fonts
def test_a_draft_is_exported_in_every_language_and_format(mini: Path, run: Run) -> None:
    done = run("kpi_site", "export", "2026-10", "--root", mini, "--out", mini / "out")
    assert done.returncode == 0, done.stderr
    names = [f"report-2026-10-draft.{x}.{kind}" for x in ("zh", "en") for kind in ("pdf", "xlsx")]
    assert done.stdout.splitlines() == [str(mini / "out" / name) for name in names]
    text = page_texts((mini / "out" / names[2]).read_bytes())
    assert all("DRAFT" in page for page in text)
    book = openpyxl.load_workbook(io.BytesIO((mini / "out" / names[3]).read_bytes()))
    assert "All figures" in book.sheetnames


def test_one_format_in_one_language_lands_where_one_stands(mini: Path, run: Run) -> None:
    words = ("export", "2026-10", "--xlsx", "--language", "zh", "--root", mini)
    done = run("kpi_site", *words, cwd=mini / "data")
    assert done.returncode == 0, done.stderr
    assert [p.name for p in (mini / "data").glob("report-*")] == ["report-2026-10-draft.zh.xlsx"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026-11",), "no report '2026-11'. Did you mean '2026-10'?"),
        (("2026-10", "--edition", "1"), "no edition of 2026-10 '1'"),
        (("2026-10", "--language", "em"), "no language 'em'. Known here: zh, en."),
        (("2026-10", "--draft", "--edition", "1"), "use either --draft or --edition"),
    ],
)
def test_wrong_usage_says_what_there_is(
    mini: Path, run: Run, words: tuple[str, ...], said: str
) -> None:
    done = run("kpi_site", "export", *words, "--root", mini)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == said
