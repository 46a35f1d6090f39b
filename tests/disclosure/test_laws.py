"""Laws of small cells on random tables, attacked by a solver of the tests' own in fractions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.disclosure.atoms import Axis, Quantity
from kpi_site.disclosure.attack import Attacker
from kpi_site.disclosure.book import Book, CellKey, Shown
from kpi_site.disclosure.choose import make_chooser
from kpi_site.disclosure.equations import equations
from kpi_site.disclosure.kinds import Kinds
from kpi_site.disclosure.parts import Rule, parts_of, units_of
from kpi_site.disclosure.sums import COUNT, Condition
from kpi_site.periods import Grain
from kpi_site.results import SeriesKey
from tests.disclosure.simplex import largest

RULE = Rule(min_count=5, protection=0.5, numerators=False)
AXIS = Axis("answers", ("rows", "day"), COUNT)
Table = Sequence[Sequence[int]]
Place = tuple[int | None, int | None]
"""A row and a column of the table; None is the total over all of them."""

counts = st.sampled_from([0, 1, 2, 3, 4, 5, 7, 9, 12, 16, 25, 40])


def tables(rows: int, columns: int) -> st.SearchStrategy[Table]:
    wide = st.integers(2, columns).flatmap(lambda n: st.lists(counts, min_size=n, max_size=n))
    return wide.flatmap(
        lambda first: st.lists(
            st.lists(counts, min_size=len(first), max_size=len(first)), max_size=rows - 1
        ).map(lambda rest: [first, *rest])
    )


def total(table: Table, place: Place) -> int:
    row, column = place
    rows = table if row is None else [table[row]]
    return sum(sum(own) if column is None else own[column] for own in rows)


def places(table: Table) -> list[Place]:
    rows = [*range(len(table)), *([None] if len(table) > 1 else [])]
    return [*product(rows, [*range(len(table[0])), None])]


def book_of(table: Table) -> tuple[Book, dict[CellKey, Place]]:
    """Write a table of months and members with all its totals as cells of one card."""
    book, known = Book(), {}
    for row, column in places(table):
        first, last = (1, len(table)) if row is None else (row + 1, row + 1)
        rows = frozenset() if column is None else frozenset({("team", str(column))})
        quantity = Quantity(AXIS, rows, first, last)
        number = total(table, (row, column))
        grain = Grain.YEAR if row is None else Grain.MONTH
        series = SeriesKey(
            grain, "" if column is None else "team", "" if column is None else str(column)
        )
        key = CellKey("card", series, date.fromordinal(first))
        book.truth[quantity], book.grains[quantity] = number, grain
        book.cells[key] = Shown((quantity,), frozenset({quantity}), (), number, 0, (), ())
        known[key] = (row, column)
    teams: dict[Condition, int] = {("team", str(at)): 1 << at for at in range(len(table[0]))}
    book.join("answers", Kinds((1 << len(table[0])) - 1, teams))
    return book, known


def chosen(table: Table) -> set[Place]:
    book, known = book_of(table)
    units = units_of(book, RULE, ())
    found: set[Place] = set()
    for part in parts_of(book, equations(book), units, frozenset()):
        chooser = make_chooser(part, RULE)
        assert chooser is not None
        found |= {known[key] for i in chooser.choose() for key in part.units[i].cells}
    return found


def interval(table: Table, secret: set[Place], place: Place) -> tuple[Fraction, Fraction | None]:
    """Return what a reader can work out of ``place`` who sees everything but ``secret``."""
    inner = [*product(range(len(table)), range(len(table[0])))]

    def over(one: Place) -> list[int]:
        return [int(one[0] in {None, r} and one[1] in {None, c}) for r, c in inner]

    told = [(over(p), total(table, p)) for p in places(table) if p not in secret]
    high = largest(over(place), told)
    low = largest([-v for v in over(place)], told)
    assert low is not None
    return -low, high


def reached(table: Table, secret: set[Place], place: Place) -> tuple[Fraction, Fraction | None]:
    """Return how far below and above its true value a reader must think ``place`` may be."""
    low, high = interval(table, secret, place)
    true = total(table, place)
    return true - low, None if high is None else high - true


def short(table: Table, secret: set[Place]) -> Iterator[Place]:
    """Yield the cells of which a reader may learn more than is promised.

    Of a small one: half of it to each side. Of another: as much as there is to be had where
    every cell of a member is hidden, and no total that need not be.
    """
    small = {p for p in places(table) if 0 < total(table, p) < RULE.min_count}
    most = small | {p for p in places(table) if p[1] is not None and total(table, p)}
    for place in secret:
        true = Fraction(total(table, place))
        for side, got in enumerate(reached(table, secret, place)):
            if got is None or got >= true / 2:
                continue
            had = None if place in small else reached(table, most, place)[side]
            if had is None or got < min(true / 2, had) - Fraction(1, 10_000):
                yield place


def too_few(table: Table, secret: set[Place]) -> Iterator[Place]:
    """Yield the totals whose hidden parts have too few persons together."""
    for row, column in places(table):
        if (row, column) in secret:
            continue
        margins: list[list[Place]] = []
        if column is None:
            margins.append([(row, c) for c in range(len(table[0]))])
        if row is None:
            margins.append([(r, column) for r in range(len(table))])
        for margin in margins:
            own = [total(table, p) for p in margin if p in secret]
            if 0 < sum(own) < RULE.min_count <= total(table, (row, column)):
                yield row, column


@settings(max_examples=25)
@given(tables(3, 5))
def test_nothing_hidden_can_be_worked_out(table: Table) -> None:
    secret = chosen(table)
    assert {p for p in places(table) if 0 < total(table, p) < RULE.min_count} <= secret
    assert not [*short(table, secret)]
    assert not [*too_few(table, secret)]


@settings(max_examples=15)
@given(tables(2, 3))
def test_hardly_more_is_hidden_than_must_be(table: Table) -> None:
    """All choices are tried, the smallest first, until one is sound: that is the optimum."""
    secret = chosen(table)
    small = {p for p in places(table) if 0 < total(table, p) < RULE.min_count}
    others = [p for p in places(table) if total(table, p) and p not in small]
    members = [p for p in others if p[1] is not None]
    if any(p[1] is None and p not in small for p in secret):
        members = others  # totals had to go, as the last resort
    for size in range(len(secret - small) + 1):
        for more in combinations(members, size):
            tried = small | {*more}
            if not [*short(table, tried)] and not [*too_few(table, tried)]:
                assert len(secret) <= 1.3 * len(tried)
                return
    raise AssertionError("the choice itself is not sound")


@settings(max_examples=25)
@given(tables(3, 4), st.data())
def test_what_one_answer_shows_of_other_sums_may_be(table: Table, data: st.DataObject) -> None:
    book, known = book_of(table)
    found = equations(book)
    sums = {known[key]: shown.own[0] for key, shown in book.cells.items()}
    secret = data.draw(st.sets(st.sampled_from(places(table)), min_size=1))
    attacker = Attacker(book.truth, found.atoms, found.laws)
    attacker.learn(q for place, q in sums.items() if place not in secret)
    asked, side = (
        data.draw(st.sampled_from(sorted(secret, key=repr))),
        data.draw(st.sampled_from((1, -1))),
    )
    reach = attacker.extent(sums[asked], side).reach
    assert attacker.seen(sums[asked], side) == pytest.approx(reach)
    for place in secret:
        for way, most in zip((-1, 1), reached(table, secret, place), strict=True):
            assert most is None or attacker.seen(sums[place], way) <= most + Fraction(1, 10_000)
    attacker.learn(sums.values())
    assert all(attacker.seen(one, way) == 0 for one in sums.values() for way in (1, -1))


def test_the_attacker_of_the_tests() -> None:
    """x + y = 10 leaves both 0 to 10; with x + 2y = 14 besides, x is 6; x alone has no end."""
    assert largest([1, 0], [([1, 1], 10)]) == 10
    assert largest([1, 0], [([1, 1], 10), ([1, 2], 14)]) == 6
    assert largest([1, 0], [([0, 1], 3)]) is None
    assert largest([-1, 0], [([1, 1], 10), ([1, 1], 10)]) == 0


def test_the_smallest_two_do_not_do() -> None:
    """A rule of thumb, undone: of each row the two smallest, and columns tell them."""
    table = [[1, 2, 30], [10, 20, 30]]
    assert [*short(table, {(0, 0), (0, 1)})]
    assert not [*short(table, chosen(table))]
