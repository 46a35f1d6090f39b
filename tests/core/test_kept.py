"""What is kept, and the digests that decide whether it still holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi_site.catalog import Catalog, Text
from kpi_site.content import read_catalog
from kpi_site.files import File
from kpi_site.kept import Keeping, Prints, code_digest
from kpi_site.problems import Location
from kpi_site.reads import Once, Reads, Watched
from kpi_site.results import IndicatorResults, State
from kpi_site.sql.nodes import Code
from kpi_site.tables.model import Table

MINI = Path(__file__).parents[1] / "sites" / "mini"
UNSEEN = {(Location, "line"), (Location, "column"), (Code, "places"), (Table, "parquet")}
UNSEEN |= {(Table, "pushed")}  # all of it is in the digest


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    found, problems = read_catalog(MINI, today=date(2026, 11, 24))
    assert found is not None, problems
    return found


def _values(value: object) -> Iterator[Any]:
    """Yield every dataclass value in ``value``, itself included."""
    if is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _values(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _values(one)


def test_every_field_of_every_value_counts(catalog: Catalog) -> None:
    table = Table(catalog.datasets["orders"], Path("x"), "digest", 1, None, None, ())
    kinds = {type(value): value for value in _values((catalog, table))}
    assert len(kinds) > 20
    for kind, value in kinds.items():
        for field in fields(kind):
            changed = replace(value, **{field.name: "something else"})
            same = Prints().of(changed) == Prints().of(value)
            assert same == ((kind, field.name) in UNSEEN), (kind, field.name)


def test_results_count_by_their_digest() -> None:
    def result(name: str, digest: str) -> IndicatorResults:
        return IndicatorResults(name, {}, digest=digest)

    known = Prints().of(result("csat", "1"))
    assert known == Prints().of(result("csat", "1"))
    assert known != Prints().of(result("csat", "2"))
    assert known != Prints().of(result("nps", "1"))
    with pytest.raises(TypeError, match="csat without a digest"):
        Prints().of(result("csat", ""))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, "None"),
        (1, "1"),
        (True, 1),
        (("a", "b"), ("ab",)),
        (("a", ("b",)), (("a", "b"),)),
        (("a,b",), ("a", "b")),
        ({"a": "b"}, ("a", "b")),
        ("ok", State.OK),
        (b"ok", "ok"),
        (b"ok", repr(b"ok")),
        (Text(zh="a"), Text(en="a")),
        (Text(plain="a"), Text(plain="a'")),
    ],
)
def test_values_that_differ_have_different_digests(one: object, other: object) -> None:
    assert Prints().of(one) != Prints().of(other)


def test_a_value_of_no_known_kind_is_refused() -> None:
    for value in (object(), {"a"}, 1.5, Text):
        with pytest.raises(TypeError, match="no digest for"):
            Prints().of(value)


def test_a_digest_outlives_its_value() -> None:
    prints = Prints()
    found = {prints.of(Text(plain=str(i))) for i in range(1000)}
    assert len(found) == 1000


def test_another_process_finds_the_same_digest(catalog: Catalog) -> None:
    program = (
        "import sys, datetime, pathlib; from kpi_site.content import read_catalog;"
        "from kpi_site.kept import Prints;"
        "found, _ = read_catalog(pathlib.Path(sys.argv[1]), today=datetime.date(2026, 11, 24));"
        "print(Prints().of(found))"
    )
    run = [sys.executable, "-c", program, str(MINI)]
    out = subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout
    assert out.strip() == Prints().of(catalog)


def test_the_code_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kpi_site.kept

    package = Path(kpi_site.kept.__file__).parent
    copy = shutil.copytree(package, tmp_path / "kpi_site")
    monkeypatch.setattr(kpi_site.kept, "_PACKAGE", copy)
    before = code_digest.__wrapped__()
    template = next(copy.rglob("card.md.j2"))
    template.write_text(template.read_text("utf-8") + " ", "utf-8")
    assert code_digest.__wrapped__() != before


FILES = (File("a/b.md", "早上好\n\n"), File("c.json", b"\x00\n{}"), File("d", ""))


def _keeping(folder: Path) -> Keeping:
    return Keeping(folder, Prints())


def _no_making() -> tuple[File, ...]:
    raise AssertionError("made again")


def _plain(files: tuple[File, ...]) -> list[tuple[str, bytes]]:
    return [(file.path, file.data) for file in files]


def test_files_are_kept_under_what_made_them(tmp_path: Path) -> None:
    made = _keeping(tmp_path).files("one", lambda: FILES, "inputs")
    kept = _keeping(tmp_path).files("one", _no_making, "inputs")
    assert _plain(made) == _plain(kept) == _plain(FILES)
    other = _keeping(tmp_path).files("one", lambda: FILES[:1], "others")
    assert _plain(other) == _plain(FILES[:1])
    assert _plain(_keeping(tmp_path).files("one", lambda: FILES, "inputs")) == _plain(FILES)


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]\n", b"\xff\n", None])
def test_half_a_file_is_made_again(tmp_path: Path, spoilt: bytes | None) -> None:
    _keeping(tmp_path).files("one", lambda: FILES, "inputs")
    whole = (tmp_path / "one").read_bytes()
    (tmp_path / "one").write_bytes(whole[:-1] if spoilt is None else spoilt)
    assert _plain(_keeping(tmp_path).files("one", lambda: FILES, "inputs")) == _plain(FILES)
    assert (tmp_path / "one").read_bytes() == whole


def test_only_what_is_wanted_stays(tmp_path: Path) -> None:
    keeping = _keeping(tmp_path / "kept")
    keeping.keep_only(["one"])
    for name in ("one", "two"):
        keeping.files(name, lambda: FILES)
    keeping.keep_only(["one", "three"])
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["one"]


def _made(folder: Path, cards: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, bool]:
    """Make a file of the cards called ``names``; return it, and whether it was made anew."""
    reads, made = Reads(), []
    watched = Watched("cards", cards, reads)
    once = Once(reads)

    def upper(name: str) -> str:
        return once.get((name,), lambda: watched.get(name, "none").upper())

    def make() -> tuple[File, ...]:
        made.append(names)
        return (File("page", " ".join(upper(n) for n in names)),)

    with reads.noted():  # who asked first is not the only one that has read it
        upper("a")
    (file,) = _keeping(folder).traced("page", make, "base", {"cards": watched}, reads)
    return file.data.decode(), bool(made)


CARDS = {"a": "one", "b": "two", "c": "three"}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (CARDS, ("ONE NONE", False)),
        (CARDS | {"b": "other"}, ("ONE NONE", False)),  # not on the page
        (CARDS | {"a": "new"}, ("NEW NONE", True)),
        (CARDS | {"z": "here"}, ("ONE HERE", True)),  # there was none
        ({"b": "two"}, ("NONE NONE", True)),
    ],
)
def test_what_was_looked_up_decides(
    tmp_path: Path, after: Mapping[str, str], expected: tuple[str, bool]
) -> None:
    assert _made(tmp_path, CARDS, ("a", "z")) == ("ONE NONE", True)
    assert _made(tmp_path, after, ("a", "z")) == expected


@pytest.mark.parametrize("look", [list, len, lambda cards: "a" in cards])
def test_which_keys_there_are_counts_where_they_were_asked_for(
    look: Callable[[Mapping[str, str]], object],
) -> None:
    reads = Reads()
    with reads.noted() as noted:
        look(Watched("cards", CARDS, reads))
    assert noted == {("cards", None)}
    names = [Watched("cards", c, reads).at(None) for c in (CARDS, dict(reversed(CARDS.items())))]
    assert names == [("a", "b", "c"), ("c", "b", "a")]


def test_another_base_makes_again(tmp_path: Path) -> None:
    for base, make in (("one", lambda: FILES), ("one", _no_making), ("two", lambda: FILES)):
        made = _keeping(tmp_path).traced("page", make, base, {}, Reads())
        assert _plain(made) == _plain(FILES)
    with pytest.raises(AssertionError, match="made again"):
        _keeping(tmp_path).traced("page", _no_making, "one", {}, Reads())
