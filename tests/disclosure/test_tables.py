"""Random tables as sites: nothing hidden can be worked out, and hardly more is hidden than must be.

``python -m benchmarks --only tables`` tries 400 of them.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_site.disclosure import choose
from tests.disclosure.reader import Reader, fewest, look, recovered, short, too_few
from tests.disclosure.tables import AMOUNTS, KINDS, draw
from tests.disclosure.worlds import Line, World, Worlds


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def sound(reader: Reader) -> None:
    assert not [c for c in reader.cells if reader.small(c) and c not in reader.hidden]
    assert not recovered(reader)
    assert not [*short(reader)]
    assert not [*too_few(reader)]


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_nothing_hidden_can_be_worked_out(number: int, root: Path) -> None:
    """One of each kind."""
    drawn = draw(number)
    assert 5 <= drawn.cells <= 40
    sound(look(drawn, root / str(number)))


@pytest.mark.parametrize("number", [2, 17, 44])
def test_nor_of_amounts_added_up_in_several_ways(number: int, root: Path) -> None:
    """Scores, extra points, twice the scores, both together: of all, of those done, of others."""
    sound(look(draw(number, AMOUNTS), root / f"amounts{number}"))


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 1_000_000))
def test_nor_in_others(number: int, root: Path) -> None:
    sound(look(draw(number), root / str(number)))


@pytest.mark.parametrize("number", [2, 26, 42])
def test_nor_where_what_is_hidden_stays_so(
    number: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in parts of very many cells: each round only adds to those before."""
    monkeypatch.setattr(choose, "_MOST_EXACT", 0)
    monkeypatch.setattr(choose, "_PATIENCE", 0)
    sound(look(draw(number), root / f"kept{number}"))


@pytest.mark.parametrize("number", [2, 15, 26, 42, 43])
def test_hardly_more_is_hidden_than_must_be(number: int, root: Path) -> None:
    reader = look(draw(number), root / str(number))
    least = fewest(reader)
    assert least is not None
    assert len(reader.hidden) <= 1.3 * least


def test_the_reader_of_the_tests(root: Path) -> None:
    """It works a figure out where it is hidden alone, and finds a world where it is not."""
    reader = look(draw(1), root / "1")
    (cell, *_) = sorted(c for c in reader.hidden if c[1] == "month")
    (asked,) = reader.sums([cell])
    others = reader.sums(reader.cells) - {asked}
    most = Fraction(reader.true(asked))
    assert reader.knowing(others).reach(asked, 1, most) == 0
    assert reader.knowing(reader.told).reach(asked, 1, most) > 0


def test_its_worlds_hold_exactly() -> None:
    """Three unknowns of which two sums are known: 7 = a + b, 3 b <= c <= 10."""
    worlds = Worlds(3, [Line({0: 1, 1: 1}, 7, 7), Line({1: 3, 2: -1}, None, 0),
                        Line({2: 1}, None, 10)])  # fmt: skip
    assert worlds.holds(World([11, 10, 30], 3))
    assert worlds.holds(World([11 * 10**30, 10**31, 3 * 10**31], 3 * 10**30))
    assert not worlds.holds(World([11 * 10**30, 10**31 + 1, 3 * 10**31], 3 * 10**30))
    assert not worlds.holds(World([8, -1, 0], 1))
    for end, most in ((Fraction(100), Fraction(10, 3)), (Fraction(3, 2), Fraction(3, 2))):
        assert worlds.furthest({1: 1}, end).total({1: 1}) == most
