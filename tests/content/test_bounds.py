"""What nobody writes by hand is refused at its place, at once, whatever it is made of."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpi_site.checking import check
from kpi_site.content.scalars import LONGEST_ID
from kpi_site.content.shapes import MOST_ITEMS
from kpi_site.content.terms import MOST_TERMS
from kpi_site.content.texts import LONGEST
from kpi_site.content.yaml_source import (
    LARGEST_FILE,
    LONGEST_KEY,
    LONGEST_SCALAR,
    MOST_ENTRIES,
    parse_yaml,
)
from kpi_site.options import Options
from kpi_site.wording.markdown import prose
from tests.codes.company import TODAY, company, laid_over

CARD = "content/indicators/sales/attainment.yml"
DATASET = "content/datasets/orders.yml"
ACTION = "content/actions/win_back.yml"
TERMS = (
    "  actual: {from: orders, value: SUM(amount)}\n  planned: {from: orders, value: SUM(planned)}\n"
)


def found_in(site: Path, *, facts: bool = False) -> list[str]:
    found = check(Options(root=site, today=TODAY), facts=facts)
    return [f"{p.where.line}:{p.where.column} {p.code}" for p in found]


def typed(tmp_path: Path, file: str, text: str) -> list[str]:
    """Put ``text`` at the end of a file of the company, for the key that it begins with."""
    site = company(tmp_path / "site")
    base = laid_over((site / file).read_text("utf-8"), text.split(":", maxsplit=1)[0] + ": 1\n")
    kept = base.splitlines(keepends=True)[:-1]
    (site / file).write_text("".join(kept) + text, "utf-8")
    return [f.replace(f"{len(kept) + 1}:", "last:", 1) for f in found_in(site)]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (CARD, 'name: "\\U00110000"', "last:10 yaml-syntax"),
        (CARD, 'name: "\\UFFFFFFFF"', "last:10 yaml-syntax"),
        (CARD, 'name: "\\ud800"', "last:10 yaml-syntax"),
        (CARD, 'name: "a\\u202eb"', "last:9 invisible-character"),
        (CARD, 'name: "a\\u200bb"', "last:9 invisible-character"),
        (CARD, 'name: "a\\eb"', "last:9 invisible-character"),
        (CARD, "name: " + "a" * (LONGEST + 1), "last:7 too-long"),
        (CARD, "notes: " + "x" * (LONGEST_SCALAR + 1), "last:8 too-long"),
        (CARD, "formula: actual" + " + actual" * 6_000, "last:10 too-long"),
        (CARD, "definition: '" + "[" * 21 + "'", "last:34 text-nesting"),
        (CARD, "definition: '" + "1. " * 21 + "a'", "last:14 text-nesting"),
        (CARD, "definition: '" + "> + " * 11 + "a'", "last:14 text-nesting"),
        (CARD, "terms:\n" + TERMS + "".join(f"  t{i}: {{from: orders, value: COUNT(*)}}\n"
         for i in range(MOST_TERMS)), "yaml-size"),
        (CARD, "related: [" + "a, " * MOST_ITEMS + "a]", f":{11 + 3 * MOST_ITEMS} yaml-size"),
        (CARD, "related: [" + "a, " * MOST_ENTRIES + "a]", f":{11 + 3 * MOST_ENTRIES} yaml-size"),
        (DATASET, "derived:\n" + "".join(f"  d{i}: amount\n" for i in range(MOST_ITEMS + 1)),
         ":3 yaml-size"),
        (DATASET, "path: data/" + "a/" * 200 + "x.csv", "last:7 bad-path"),
        (DATASET, "path: data/" + "*/" * 200 + "x.csv", "last:7 bad-path"),
        (DATASET, "path: data/" + "a" * 300 + ".csv", "last:7 bad-path"),
        (DATASET, 'path: "data/a\\0.csv"', "last:14 invisible-character"),
        (DATASET, 'derived: {"a\\u200fb": amount}', "last:11 invisible-character"),
        (DATASET, "derived: {" + "a" * (LONGEST_KEY + 1) + ": amount}", "last:11 too-long"),
        (DATASET, "owner: " + "a" * (LONGEST_KEY + 1), "last:8 too-long"),
        (ACTION, "id: con", "last:5 reserved-id"),
        (ACTION, "id: " + "a" * (LONGEST_ID + 1), "last:5 too-long"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, file: str, text: str, expected: str) -> None:
    found = typed(tmp_path, file, text)
    assert any(one.endswith(expected) for one in found), found
    assert len(found) <= 2, found


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com1", "lpt9", "index"])
def test_ids_that_cannot_be_files_everywhere(tmp_path: Path, name: str) -> None:
    assert any(f.endswith("reserved-id") for f in typed(tmp_path, ACTION, f"id: {name}"))


@pytest.mark.parametrize("text", ["👩‍👩‍👧 a\u200cb", "上\n\n下", "１２％　…"])
def test_joiners_and_wide_blanks_may_stand_in_a_text(tmp_path: Path, text: str) -> None:
    lines = text.replace("\n", "\n  ")
    assert typed(tmp_path, CARD, f"definition: |\n  {lines}\n") == []


def test_an_id_may_be_as_long_as_said(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    name = "a" * LONGEST_ID
    text = (site / CARD).read_text("utf-8").replace("id: attainment", f"id: {name}")
    (site / CARD).with_name(f"{name}.yml").write_text(text, "utf-8")
    assert found_in(site, facts=True) == []


def test_a_large_file_is_not_even_opened(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    with (site / ACTION).open("r+b") as file:
        file.truncate(LARGEST_FILE + 1)
    assert found_in(site) == ["0:0 yaml-size"]
    assert [p.code for p in parse_yaml(b"#" * (LARGEST_FILE + 1), "x.yml")[1]] == ["yaml-size"]


def test_unknown_keys_are_told_up_to_a_limit(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    with (site / CARD).open("a", encoding="utf-8") as file:
        file.writelines(f"key{i}: 1\n" for i in range(1_000))
    found = check(Options(root=site, today=TODAY), facts=False)
    assert [p.code for p in found].count("unknown-key") == 20
    (rest,) = (p for p in found if p.code == "unlisted-problems")
    assert rest.message.en == "980 more unknown keys are not listed"


NASTY = st.sampled_from(
    ["[", "](", "![", "1. ", "> ", "+ ", "`", "*", "_", "<a ", "\\", "|", "\n", "x"]
)


@settings(max_examples=30, deadline=None)
@example("1. ", 4_000)
@example("+ ", 4_000)
@example("[", 4_000)
@given(st.lists(NASTY, min_size=1, max_size=4).map("".join), st.integers(1, LONGEST))
def test_no_text_that_is_let_through_is_slow_or_deep(piece: str, size: int) -> None:
    """The processor of Markdown is recursive, and quadratic in open brackets."""
    import markdown

    from kpi_site.content.shapes import FileReading, Invalid
    from kpi_site.content.texts import TEXT

    text = (piece * (size // len(piece) + 1))[: min(size, 5_000)]
    tree, _ = parse_yaml(("a: " + repr_yaml(text)).encode(), "x.yml")
    reading = FileReading(Path(), "x.yml")
    node = tree.get("a")  # type: ignore[union-attr]
    assert node is not None
    found = TEXT.read(node, reading)
    if not isinstance(found, Invalid) and not reading.problems:
        markdown.markdown(prose(text))


def repr_yaml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def listening(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


MADE: list[Callable[[Path], None]] = [
    lambda path: path.symlink_to("/etc/passwd"),
    lambda path: path.symlink_to("nowhere"),
    lambda path: path.symlink_to(path.name),
    os.mkfifo,
    lambda path: path.symlink_to("/dev/zero"),
    listening,
]
WAYS = ["out", "nowhere", "circle", "pipe", "device", "socket"]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
@pytest.mark.parametrize("make", MADE, ids=WAYS)
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("content/actions/pw.yml", "content/actions/pw.yml"),
        ("content/site.yml", "content/site.yml"),
        ("docs/zh/page.md", "docs/zh/page.md"),
        ("data/orders.csv", DATASET),
        ("data/more.csv", DATASET),
    ],
)
def test_what_is_no_plain_file_is_named_and_never_opened(
    tmp_path: Path, make: Callable[[Path], None], file: str, told: str
) -> None:
    site = company(tmp_path / "site")
    if file == "data/more.csv":
        text = (site / DATASET).read_text("utf-8")
        (site / DATASET).write_text(text.replace("data/orders.csv", "data/[mo]*r*.csv"), "utf-8")
    path = site / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    found = check(Options(root=site, today=TODAY))
    assert [(p.where.file, p.code) for p in found] == [(told, "strange-file")]
    assert "root:" not in found[0].text()


@pytest.mark.parametrize(
    ("name", "code"),
    [("页" * 65 + ".md", None), ("页" * 66 + ".md", "too-long"),
     ("a\u202eb.md", "invisible-character"), ("a\nb.md", "invisible-character"),
     (os.fsdecode(b"a\xff.md"), "invisible-character")],
)  # fmt: skip
def test_names_of_pages(tmp_path: Path, name: str, code: str | None) -> None:
    site = company(tmp_path / "site")
    (site / "docs/en").mkdir(parents=True)
    (site / "docs/en" / name).write_text("# A page\n", "utf-8")
    found = check(Options(root=site, today=TODAY), facts=False)
    assert [p.code for p in found] == ([code] if code else [])


def test_a_linked_folder_is_named_and_a_link_within_the_site_is_a_file(tmp_path: Path) -> None:
    site = company(tmp_path / "site")
    (site / "data/orders.csv").rename(site / "data/kept.csv")
    (site / "data/orders.csv").symlink_to("kept.csv")
    assert found_in(site, facts=True) == []
    (site / "content/indicators/other").symlink_to("sales")
    found = check(Options(root=site, today=TODAY))
    assert [(str(p.where), p.code) for p in found] == [("content/indicators/other", "strange-file")]
