"""Distinct counts: persons of several teams and months are counted once in the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.disclosure.atoms import Axis, Quantity
from kpi_site.disclosure.attack import Attacker
from kpi_site.disclosure.book import Book
from kpi_site.disclosure.equations import equations
from kpi_site.disclosure.kinds import Kinds
from kpi_site.disclosure.sums import COUNT, Condition
from kpi_site.periods import Grain
from tests.disclosure.survey import SITE, hidden
from tests.figures.small import card, dataset, problems, write

DISTINCT = Axis("answers", ("rows", "day"), ("distinct", None))
ROWS = Axis("answers", ("rows", "day"), COUNT)
TEAMS: dict[Condition, int] = {("team", "a"): 1, ("team", "b"): 2}


def of(axis: Axis, team: str = "", first: int = 1, last: int = 1) -> Quantity:
    return Quantity(axis, frozenset({("team", team)}) if team else frozenset(), first, last)


def reaches(truth: dict[Quantity, int], asked: Quantity) -> list[float]:
    """Return how far ``asked`` may lie below and above where all the others are told."""
    book = Book(truth={q: float(v) for q, v in truth.items()})
    book.grains = {q: Grain.MONTH if q.first == q.last else Grain.YEAR for q in truth}
    book.join("answers", Kinds(3, TEAMS))
    known = equations(book)
    attacker = Attacker(book.truth, known.atoms, known.laws)
    attacker.learn(q for q in book.truth if q != asked)
    return [round(attacker.extent(asked, side).reach, 6) for side in (-1, 1)]


def test_of_members() -> None:
    """10 in all, 7 in b: a has 3 at least, and 10 at most; of 8 rows 8 at most."""
    told = {of(DISTINCT): 10, of(DISTINCT, "a"): 4, of(DISTINCT, "b"): 7}
    assert reaches(told, of(DISTINCT, "a")) == [1, 6]
    rows = {of(ROWS): 20, of(ROWS, "a"): 8, of(ROWS, "b"): 12}
    assert reaches(told | rows, of(DISTINCT, "a")) == [1, 4]


def test_of_months() -> None:
    """9 in a year of two months, of which one has 6: the other has 3 to 9."""
    told = {of(DISTINCT, "", 1, 2): 9, of(DISTINCT): 6, of(DISTINCT, "", 2, 2): 5}
    assert reaches(told, of(DISTINCT, "", 2, 2)) == [2, 4]


def test_persons_with_several_rows(tmp_path: Path) -> None:
    """Three persons of team a answer four times each: 12 answers, and still three persons."""
    sizes = {"a": 3, "b": 12, "c": 20, "d": 30}
    rows = "".join(
        f"2026-01-1{i},{team},{team}{person}\n"
        for team, size in sizes.items() for person in range(size) for i in range(4)
    )  # fmt: skip
    for key, found in (("people: true", set()), ("people_key: who", {"a", "b", "c"})):
        files = {
            "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
            "data/answers.csv": "day,team,who\n" + rows,
            **dataset("answers", "name: team, type: string", "name: who, type: string",
                      more=f"{key}\n"),
            **card("number", "number: {from: answers, value: COUNT(*)}",
                   more="dimensions: [team]\n"),
        }  # fmt: skip
        told = hidden(write(tmp_path / key[:10].strip(": "), files))
        assert {k[3] for k in told if k[1] == "month"} == found


def test_the_column_of_persons_must_be_there(tmp_path: Path) -> None:
    files = {
        **dataset("answers", "name: who, type: string", more="people_key: whom\n"),
        "data/answers.csv": "day,who\n",
        **card("number", "number: {from: answers, value: COUNT(*)}"),
    }
    (found,) = problems(write(tmp_path, files))
    assert (found.code, found.where.file) == ("unknown-column", "content/datasets/answers.yml")


@pytest.mark.parametrize("answers", [1, 3])
def test_the_persons_of_a_small_team_need_company(tmp_path: Path, answers: int) -> None:
    """Three persons, however often they answer; no person is in two teams."""
    sizes = {"a": 3, "b": 12, "c": 20, "d": 30}
    lines = [
        f"2026-01-1{i},{team},{team}{person}\n"
        for team, size in sizes.items() for person in range(size) for i in range(answers)
    ]  # fmt: skip
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
        "data/answers.csv": "day,team,who\n" + "".join(lines),
        **dataset("answers", "name: team, type: string", "name: who, type: string",
                  more="people: true\n"),
        **card("who", "number: {from: answers, value: COUNT(DISTINCT who)}",
               more="dimensions: [team]\n"),
    }  # fmt: skip
    found = {key[3] for key in hidden(write(tmp_path, files)) if key[1] == "month"}
    assert found == {"a", "b", "c"}  # b alone could have as many rows more as a has: too few
