"""The registry of problem codes: complete, told in both languages, and every example true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_site.codes import AREAS, Code, Sample, known_codes
from kpi_site.codes.page import PAGE, problems_page
from tests.codes.company import checked

ROOT = Path(__file__).parents[2]
CODES = known_codes()
SHOWN = [code for code in CODES.values() if code.wrong]

# Kebab-case words of the modules below that are no codes.
OTHER_WORDS = {
    "carriage-return", "gh-deploy", "kpi-site", "kpi-site-finish", "kpi-site-pages", "latin-1",
    "text-after-quote", "utf-16", "utf-8", "utf-8-sig", "x-names",
    "x-type",
}  # fmt: skip
# What a module that makes problems calls.
MAKES_PROBLEMS = re.compile(
    r"\b(?:Problem|problem|unknown|unknown_word|refuse)\(|reading\.report\("
)

# What no piece of a file can show: it needs a workbook, a moment, a command, an edition, or the
# calendar of years.
TOLD_IN_WORDS = {
    "line-never-holds",
    "already-published", "bad-connection-url", "beyond-calendar", "build-under-way",
    "cannot-be-edited", "calendar-days", "calendar-ends", "calendar-label", "cell-exposed",
    "change-cannot-finish",
    "change-finished", "comment-missing", "connection-failed", "content-being-written",
    "driver-missing", "edited-elsewhere", "edition-changed", "edition-file-added",
    "edition-file-missing",
    "edition-for-the-widest", "edition-format", "edition-missing", "edition-unlisted",
    "edition-without-export", "engine-missing", "engine-refuses", "error-value",
    "fetch-under-way", "figure-unsettled", "file-changed", "file-listed-twice", "ledger-broken",
    "list-not-in-block", "mkdocs-config", "mkdocs-config-unused", "mkdocs-page",
    "no-answer",
    "no-built-site", "no-chinese-font", "no-connection-url", "no-stored-value", "no-such-report",
    "no-such-sheet",
    "not-printable", "not-published-yet", "nothing-to-revise", "number-too-long",
    "out-not-a-site", "page-against-policy", "page-collision", "page-missing", "partition-failed",
    "period-not-over", "query-failed", "published-twice", "no-signers", "row-without-place",
    "signature-bad", "signature-incomplete",
    "pdf-not-signed", "pdf-signer-not-allowed",
    "signature-missing", "signature-not-made", "signed-twice", "signer-line",
    "signer-not-allowed", "signer-role",
    "signoff-missing", "signoff-stale", "snapshot-damaged", "strange-file",
    "too-long", "unfinished-draft", "unknown-signer", "unlisted-problems", "unsupported-column",
    "version-missing", "yaml-size",
}  # fmt: skip


def words_in_code() -> Iterator[tuple[str, str]]:
    """Yield what looks like a code in the modules that make problems, with the module."""
    for path in sorted((ROOT / "kpi_site").rglob("*.py")):
        text = path.read_text("utf-8")
        if not MAKES_PROBLEMS.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            word = node.value if isinstance(node, ast.Constant) else None
            if isinstance(word, str) and re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", word):
                yield word, path.relative_to(ROOT).as_posix()


def test_every_code_that_is_used_is_registered() -> None:
    strange = {f"{word} ({where})" for word, where in words_in_code() if word not in CODES}
    assert {each for each in strange if each.split()[0] not in OTHER_WORDS} == set()


def test_every_registered_code_is_used() -> None:
    assert set(CODES) - {word for word, _ in words_in_code()} == set()


def test_there_are_many_kinds_of_mistake() -> None:
    assert len(SHOWN) >= 60


@pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))
def test_a_code_is_told_in_both_languages(code: Code) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code.code)
    assert code.area in AREAS
    for text in (code.title, code.meaning, code.mend):
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"`[^`]*`", "", text.en)), text.en
    for text in (code.meaning, code.mend):
        assert text.zh.rstrip("）").endswith(("。", "？")), text.zh
        assert text.en.rstrip(")").endswith((".", "?")), text.en
    assert not code.title.zh.endswith("。")
    assert not code.title.en.endswith(".")


@pytest.mark.parametrize("code", SHOWN, ids=[code.code for code in SHOWN])
def test_the_wrong_example_is_wrong_in_this_way_alone(code: Code, tmp_path: Path) -> None:
    found = checked(tmp_path / "site", code.wrong)
    assert {p.code for p in found} == {code.code}, [p.text() for p in found]
    files = {sample.file for sample in code.wrong}
    assert found[0].where.file in files


@pytest.mark.parametrize("code", SHOWN, ids=[code.code for code in SHOWN])
def test_the_right_example_is_right(code: Code, tmp_path: Path) -> None:
    assert code.right
    right = {sample.file: sample for sample in code.right}
    if set(right) <= {sample.file for sample in code.wrong}:  # else the file has been moved
        right = {sample.file: sample for sample in code.wrong} | right
    found = checked(tmp_path / "site", right.values())
    assert found == (), [p.text() for p in found]


def test_codes_without_an_example_are_known_by_name() -> None:
    assert {code.code for code in CODES.values()} - {code.code for code in SHOWN} == TOLD_IN_WORDS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_on_problems_is_up_to_date(language: str) -> None:
    page = (ROOT / "docs" / language / PAGE).read_text("utf-8")
    assert page == problems_page(language), "run: make docs"
    for code in CODES:
        assert f" {{#{code}}}\n" in page


def test_what_cannot_be_seen_is_spelt_out() -> None:
    assert Sample("a.yml", "a:\tb\u2028\x00\n").visible == "a:\tb⟨U+2028⟩⟨U+0000⟩\n"
