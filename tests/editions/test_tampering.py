"""Whatever is done to what was published is found, and the file is named."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpi_site.building import build
from kpi_site.catalog import Text
from kpi_site.checking import check
from kpi_site.editions import manifest
from kpi_site.editions.ledger import LEDGER, following, from_bytes, to_bytes
from kpi_site.editions.model import Manifest
from kpi_site.editions.store import EDITIONS, read_editions
from kpi_site.kept import code_digest, read_sealed, write_sealed
from kpi_site.known import known_digests, walk
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.problems import Problem
from kpi_site.publishing import publish
from tests.editions.conftest import sign_all, snapshot

REPORT = "content/reports/2026-10"
ONE, TWO = f"{REPORT}/edition-1", f"{REPORT}/edition-2"
Harm = Callable[[Path], object]


@pytest.fixture
def two(published: Options) -> Options:
    """The site with two editions of the report of October."""
    with (published.root / "data/orders.csv").open("a") as orders:
        orders.write("Z0001,2026-10-31,south,1000.00,0.00\n")
    sign_all(published, "2026-10")
    edition, problems = publish(
        published, "2026-10", on=date(2026, 11, 21), kind="correction", reason=Text("late order")
    )
    assert edition is not None, problems
    return published


def append(file: str, text: str = "\n") -> Harm:
    def harm(root: Path) -> None:
        with (root / file).open("a", encoding="utf-8", newline="") as found:
            found.write(text)

    return harm


def replace(file: str, old: bytes, new: bytes) -> Harm:
    def harm(root: Path) -> None:
        data = (root / file).read_bytes()
        assert old in data
        (root / file).write_bytes(data.replace(old, new))

    return harm


def swap(root: Path) -> None:
    (root / ONE).rename(root / f"{REPORT}/x")
    (root / TWO).rename(root / ONE)
    (root / f"{REPORT}/x").rename(root / TWO)


def a_folder_for_the_figures(root: Path) -> None:
    (root / ONE / "values.csv").unlink()
    (root / ONE / "values.csv").mkdir()


def a_card(root: Path) -> Path:
    return min((root / "content/reports/cards").glob("csat.*.json"))


def a_look(root: Path) -> Path:
    (found,) = (root / "content/reports/looks").iterdir()  # two editions share it
    return found


HARMS: dict[str, tuple[Harm, str, str]] = {
    "a line end": (append(f"{ONE}/article.zh.md"), "edition-changed", f"{ONE}/article.zh.md"),
    "a figure": (
        replace(f"{ONE}/values.csv", b"revenue", b"revenve"),
        "edition-changed", f"{ONE}/values.csv",
    ),
    "Windows line ends": (
        replace(f"{TWO}/scores.csv", b"\n", b"\r\n"), "edition-changed", f"{TWO}/scores.csv",
    ),
    "the manifest": (
        replace(f"{ONE}/edition.json", b"2026-11-08", b"2026-11-07"),
        "edition-changed", f"{ONE}/edition.json",
    ),
    "a file gone": (
        lambda root: (root / ONE / "terms.csv").unlink(),
        "edition-file-missing", f"{ONE}/terms.csv",
    ),
    "no manifest": (
        lambda root: (root / ONE / "edition.json").unlink(),
        "edition-file-missing", f"{ONE}/edition.json",
    ),
    "a file more": (append(f"{TWO}/note.txt", "x"), "edition-file-added", f"{TWO}/note.txt"),
    "a hidden file more": (append(f"{TWO}/.note", "x"), "edition-file-added", f"{TWO}/.note"),
    "an edition gone": (lambda root: shutil.rmtree(root / ONE), "edition-missing", ONE),
    "the newest gone": (lambda root: shutil.rmtree(root / TWO), "edition-missing", TWO),
    "the report gone": (lambda root: shutil.rmtree(root / REPORT), "edition-missing", ONE),
    "editions swapped": (swap, "edition-changed", f"{ONE}/edition.json"),
    "an edition copied": (
        lambda root: shutil.copytree(root / ONE, root / f"{REPORT}/edition-3"),
        "edition-unlisted", f"{REPORT}/edition-3",
    ),
    "an edition elsewhere": (
        lambda root: shutil.copytree(root / ONE, root / "content/reports/2026-09/edition-1"),
        "edition-unlisted", "content/reports/2026-09/edition-1",
    ),
    "a strange number": (
        lambda root: shutil.copytree(root / ONE, root / f"{REPORT}/edition-01"),
        "edition-unlisted", f"{REPORT}/edition-01",
    ),
    "no ledger": (lambda root: (root / LEDGER).unlink(), "edition-unlisted", ONE),
    "a shorter ledger": (
        lambda root: (root / LEDGER).write_bytes(
            b"".join((root / LEDGER).read_bytes().splitlines(keepends=True)[:-1])
        ),
        "edition-unlisted", TWO,
    ),
    "a line of the ledger": (
        replace(LEDGER, b"2026-11-21", b"2026-11-22"), "ledger-broken", LEDGER,
    ),
    "the ledger's order": (
        lambda root: (root / LEDGER).write_bytes(
            b"".join((root / LEDGER).read_bytes().splitlines(keepends=True)[i] for i in (0, 2, 1))
        ),
        "ledger-broken", LEDGER,
    ),
    "the ledger's line ends": (replace(LEDGER, b"\n", b"\r\n"), "ledger-broken", LEDGER),
    "an empty ledger": (lambda root: (root / LEDGER).write_bytes(b""), "ledger-broken", LEDGER),
    "a strange ledger": (
        lambda root: (root / LEDGER).write_bytes(b"\xff\xfe"), "ledger-broken", LEDGER,
    ),
    "a folder in a file's place": (
        a_folder_for_the_figures,
        "edition-file-missing", f"{ONE}/values.csv",
    ),
    "an empty manifest": (
        lambda root: (root / ONE / "edition.json").write_bytes(b""),
        "edition-changed", f"{ONE}/edition.json",
    ),
    "another case": (
        lambda root: (root / ONE / "values.csv").rename(root / ONE / "Values.csv"),
        "edition-file-missing", f"{ONE}/values.csv",
    ),
    "a link to a folder": (
        lambda root: (root / ONE / "more").symlink_to(root), "strange-file", f"{ONE}/more",
    ),
    "a link to nothing": (
        lambda root: (root / ONE / "more").symlink_to("/no/where"),
        "strange-file", f"{ONE}/more",
    ),
    "an edition hidden deeper": (
        lambda root: shutil.copytree(root / ONE, root / f"{REPORT}/old/edition-1"),
        "edition-unlisted", f"{REPORT}/old/edition-1",
    ),
    "an edition moved": (
        lambda root: shutil.move(root / ONE, root / "content/reports/2026-09/edition-1"),
        "edition-missing", ONE,
    ),
    "a NUL in the ledger": (replace(LEDGER, b"2026-10,2", b"2026-10\0,2"), "ledger-broken", LEDGER),
    "a number too long": (
        append(LEDGER, f"{'9' * 5000},2026-10,1,2026-11-21,{'a' * 64},{'a' * 64}\n"),
        "ledger-broken", LEDGER,
    ),
    "an unfinished merge": (
        append(LEDGER, "<<<<<<< HEAD\n=======\n>>>>>>> main\n"), "ledger-broken", LEDGER,
    ),
    "a frozen card": (
        lambda root: a_card(root).write_text(a_card(root).read_text("utf-8") + " ", "utf-8"),
        "edition-changed", "content/reports/cards/csat.",
    ),
    "a frozen card gone": (
        lambda root: a_card(root).unlink(), "edition-file-missing", "content/reports/cards/csat.",
    ),
    "a frozen card more": (
        append("content/reports/cards/csat.0.json", "{}"),
        "edition-file-added", "content/reports/cards/csat.0.json",
    ),
    "a look": (
        lambda root: a_look(root).write_text(a_look(root).read_text("utf-8") + " ", "utf-8"),
        "edition-changed", "content/reports/looks/board.",
    ),
    "a look more": (
        append("content/reports/looks/board.0.typ", "\n"),
        "edition-file-added", "content/reports/looks/board.0.typ",
    ),
}  # fmt: skip


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be some seconds later than when the files were written, so that they are known."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3_000_000_000)


def told(options: Options, *, known: bool = True) -> tuple[Problem, ...]:
    """Return what is wrong with what was published, by what is ``known`` or by every byte."""
    kept = options.cache / EDITIONS if known else None
    return read_editions(options.root, MonthCalendar().parse, kept)[1]


@pytest.mark.parametrize("name", HARMS)
def test_harm_is_found_and_names_the_file(two: Options, later: None, name: str) -> None:
    harm, code, file = HARMS[name]
    assert told(two) == ()
    harm(two.root)
    assert told(two) == told(two, known=False)
    problems = check(two)
    assert (code, True) in {(p.code, p.where.file.startswith(file)) for p in problems}
    for found in problems:
        assert found.hint
        assert found.severity == "error"


def test_harm_is_found_in_files_that_are_known_from_before(two: Options, later: None) -> None:
    """Same size, time of its content set back: not a byte of a card, a manifest, a figure."""
    assert check(two) == ()
    kept = two.cache / EDITIONS
    names = known_digests(kept)._before
    whole = [*(two.root / ONE).iterdir(), a_card(two.root), a_look(two.root)]
    by_digest = [path for path in whole if path.name != "edition.json"]  # it is in the ledger
    assert {path.relative_to(two.root).as_posix() for path in by_digest} <= set(names)
    for path in whole:
        before, data = path.stat(), path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert {(p.code, p.where.file) for p in told(two)} == {
            ("edition-changed", path.relative_to(two.root).as_posix())
        }
        path.write_bytes(data)
    assert told(two) == ()


def opened(options: Options, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the manifests that are read where nothing is wrong and no edition is asked for."""
    found: list[str] = []
    from_bytes = manifest.from_bytes

    def noted(data: bytes, file: str) -> Manifest | None:
        found.append(file)
        return from_bytes(data, file)

    with monkeypatch.context() as patched:
        patched.setattr(manifest, "from_bytes", noted)
        assert told(options) == ()
    return found


def test_editions_that_are_known_to_be_sound_are_read_when_they_are_asked_for(
    two: Options, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [f"{folder}/edition.json" for folder in (ONE, TWO)]
    assert opened(two, monkeypatch) == both
    assert opened(two, monkeypatch) == []
    kept = two.cache / EDITIONS
    known, whole = (read_editions(two.root, MonthCalendar().parse, x)[0] for x in (kept, None))
    assert known == whole
    touched = two.root / TWO / "values.csv"
    touched.write_bytes(touched.read_bytes())
    assert opened(two, monkeypatch) == both[1:]
    note = kept.with_name("editions-sound")
    data = read_sealed(note)
    assert data is not None
    write_sealed(note, data.replace(code_digest().encode(), b"other"))
    assert opened(two, monkeypatch) == both
    note.write_bytes(note.read_bytes()[:-1])
    assert opened(two, monkeypatch) == both


def test_a_card_of_an_edition_that_left_the_ledger_is_a_stray(two: Options, later: None) -> None:
    card = two.root / "content/reports/cards/gone.000000000000.json"
    assert told(two) == ()
    note = two.cache / f"{EDITIONS}-sound"
    kept = json.loads(read_sealed(note) or b"")
    kept["editions"]["content/reports/2026-09/edition-1"] = ["3:" + "0" * 64, "0" * 64]
    card.write_text("{}")
    kept["shared"]["cards/gone.000000000000.json"] = sha(card)
    write_sealed(note, json.dumps(kept).encode())
    (found,) = told(two)
    assert (found.code, two.root / found.where.file) == ("edition-file-added", card)


def test_files_that_were_just_written_are_read_again(
    two: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is written twice in a moment may look as it did."""
    assert told(two) == ()
    assert opened(two, monkeypatch) == [f"{folder}/edition.json" for folder in (ONE, TWO)]


def test_a_manifest_is_held_against_the_ledger_when_it_is_read(two: Options, later: None) -> None:
    assert told(two) == ()
    kept = two.cache / EDITIONS
    published, problems = read_editions(two.root, MonthCalendar().parse, kept)
    append(f"{ONE}/edition.json")(two.root)
    assert problems == ()
    with pytest.raises(OSError, match=r"kpi-site verify.*edition\.json"):
        published.editions["2026-10"]


def test_a_file_is_held_against_its_digest_when_it_is_read(two: Options, later: None) -> None:
    """Were the system to lie, no page would tell what was not published."""
    assert check(two) == ()
    kept, name = two.cache / EDITIONS, f"{ONE}/values.csv"
    append(name)(two.root)
    (entry,) = walk(f"{two.root}/{name}")
    digests = known_digests(kept)
    sign = (entry.stat.st_size, entry.stat.st_mtime_ns, entry.stat.st_ctime_ns, entry.stat.st_ino)
    digests._asked = {**digests._before, name: (sign, digests._before[name][1])}
    digests.save()
    published, problems = read_editions(two.root, MonthCalendar().parse, kept)
    assert problems == ()
    with pytest.raises(OSError, match=r"kpi-site verify.*values\.csv"):
        published.editions["2026-10"][0].files["values.csv"]
    assert [p.code for p in read_editions(two.root, MonthCalendar().parse)[1]] == [
        "edition-changed"
    ]


def sha(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def only_problem(options: Options) -> Problem:
    _, problems = read_editions(options.root, MonthCalendar().parse)
    (found,) = problems
    return found


def test_a_missing_edition_does_not_bring_the_next_under_suspicion(two: Options) -> None:
    shutil.rmtree(two.root / ONE)
    assert only_problem(two).where.file == ONE


@pytest.mark.parametrize("file", [f"{ONE}/article.zh.md", f"{ONE}/edition.json", LEDGER])
def test_line_ends_that_a_tool_has_changed_are_told_with_their_cure(
    two: Options, file: str
) -> None:
    replace(file, b"\n", b"\r\n")(two.root)
    assert "content/reports/** -text" in only_problem(two).text()


def test_an_unfinished_merge_is_told_with_its_line(two: Options) -> None:
    append(LEDGER, "<<<<<<< HEAD\n=======\n>>>>>>> main\n")(two.root)
    found = only_problem(two)
    assert found.where.line == 4  # the head and two editions stand before it
    assert "How to publish a month" in found.text()


@pytest.mark.parametrize("previous", ["", "0" * 64])
def test_a_manifest_that_follows_another_edition_is_found(two: Options, previous: str) -> None:
    """Forged with care: its line of the ledger and the chain are right, what it follows is not."""
    file = two.root / TWO / "edition.json"
    first, second = from_bytes((two.root / LEDGER).read_bytes())[0]
    assert first.sha256.encode() in file.read_bytes()
    replace(f"{TWO}/edition.json", first.sha256.encode(), previous.encode())(two.root)
    edition = read_editions(two.root, MonthCalendar().parse)[0].editions["2026-10"][0]
    forged = dataclasses.replace(
        edition.manifest, number=2, published=date.fromisoformat(second.published)
    )
    line = following((first,), forged, sha(file))
    (two.root / LEDGER).write_bytes(to_bytes((first, line)))
    found = only_problem(two)
    assert (found.code, found.where.file) == ("edition-changed", f"{TWO}/edition.json")


def test_a_second_edition_cannot_be_the_first_of_the_ledger(two: Options) -> None:
    shutil.rmtree(two.root / ONE)
    _, second = from_bytes((two.root / LEDGER).read_bytes())[0]
    before = read_editions(two.root, MonthCalendar().parse)[0].editions["2026-10"][0]
    line = following((), before.manifest, second.sha256)
    (two.root / LEDGER).write_bytes(to_bytes((line,)))
    found = {(p.code, p.where.file) for p in read_editions(two.root, MonthCalendar().parse)[1]}
    assert ("edition-changed", f"{TWO}/edition.json") in found


def test_cards_that_are_all_gone_are_named_once_each(two: Options) -> None:
    cards = len(list((two.root / "content/reports/cards").iterdir()))
    shutil.rmtree(two.root / "content/reports/cards")
    _, problems = read_editions(two.root, MonthCalendar().parse)
    assert len(problems) == cards


def test_a_name_that_is_no_text_is_spelt_out(two: Options) -> None:
    Path(os.fsdecode(os.fsencode(two.root / ONE) + b"/\xff.md")).write_bytes(b"x")
    assert only_problem(two).where.file == f"{ONE}/\\udcff.md"


def test_two_branches_that_both_published_come_together(two: Options) -> None:
    """As the handbook says: main's ledger, without the branch's edition, published again."""
    main = (two.root / LEDGER).read_bytes().splitlines(keepends=True)
    (two.root / LEDGER).write_bytes(b"".join(main[:-1]))
    shutil.rmtree(two.root / TWO)
    assert check(two) == ()
    edition, problems = publish(
        two, "2026-10", on=date(2026, 11, 22), kind="correction", reason=Text("late order")
    )
    assert edition is not None, problems
    assert check(two) == ()


def test_the_build_refuses_as_well_and_keeps_the_last_site(two: Options) -> None:
    built, problems = build(two)
    assert built is not None, problems
    before = snapshot(two.root / "site")
    append(f"{ONE}/article.zh.md")(two.root)
    built, problems = build(two)
    assert built is None
    assert {p.code for p in problems} == {"edition-changed"}
    assert snapshot(two.root / "site") == before


def test_what_systems_litter_does_no_harm(two: Options) -> None:
    append(f"{ONE}/.DS_Store", "x")(two.root)
    _, problems = read_editions(two.root, MonthCalendar().parse)
    assert problems == ()
