"""The choice of what is hidden is kept until something changes on which it depends."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.disclosure import choices, protection
from tests.disclosure.survey import ANSWERS, PEOPLE, hidden, survey
from tests.figures.small import card, dataset, write

MONTHS = [{"a": 3, "b": 12, "c": 20, "d": 30}] * 2
THINGS = card("orders", "number: {from: orders, value: COUNT(*)}")
NEXT = card(
    "twice", "number: {indicator: answers}", formula="number * 2", more="dimensions: [team]\n"
)
MEAN = card("mean", "score: {from: answers, value: AVG(score)}", more="dimensions: [team]\n")
SCORES = "name: score, type: integer, constraints: {required: true, minimum: 1}"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    survey(tmp_path, MONTHS, ANSWERS, MEAN)
    write(tmp_path, {"data/orders.csv": "day\n2026-01-03\n", **dataset("orders"), **THINGS})
    asked = protection.hidden_cells

    def counted(*args: object) -> object:
        made.append(1)
        return asked(*args)  # type: ignore[arg-type]

    made.clear()
    monkeypatch.setattr(choices, "hidden_cells", counted)
    assert hidden(tmp_path)
    made.clear()
    return tmp_path


made: list[int] = []
"""One for each time that it was chosen what is hidden."""


def chosen_again(root: Path) -> bool:
    made.clear()
    assert hidden(root)
    return bool(made)


def test_what_is_not_about_people_leaves_the_choice(root: Path) -> None:
    assert not chosen_again(root)
    write(root, {"data/orders.csv": "day\n2026-01-03\n2026-01-04\n"})
    assert not chosen_again(root)


def test_what_is_about_people_does_not(root: Path) -> None:
    write(root, NEXT)  # made of figures about people
    assert chosen_again(root)
    assert not chosen_again(root)
    survey(root, [*MONTHS, {"a": 9}], ANSWERS, MEAN)
    assert chosen_again(root)
    survey(root, [*MONTHS, {"a": 9}], ANSWERS, MEAN, rule="{min_count: 4}")
    assert chosen_again(root)


def test_what_readers_know_of_a_column_does_not(root: Path) -> None:
    """A score is at least 1: who knows the sum knows more of the number of scores."""
    write(root, dataset("answers", "name: team, type: string", SCORES, more=PEOPLE))
    assert chosen_again(root)
