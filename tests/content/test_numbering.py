"""Warnings of a scorecard's numbers that stand twice, and of totals that no grade is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures.small import SITE, card, dataset, problems, write

LIMITS = "direction: higher\nthresholds: {baseline: 1, target: 2, challenge: 3, per_cycle: true}\n"
HEAD = "id: year\ntitle: {zh: 年度, en: Year}\ncycle: month\nscored: true\n"
LINES = "lines:\n  - {indicator: one, weight: 40}\n  - {indicator: two, weight: 60}\n"


def told(root: Path, scorecard: str, site: str = SITE) -> list[tuple[str, str, int, int]]:
    write(
        root,
        {
            "content/site.yml": site,
            **dataset("sales", "name: amount, type: integer"),
            "data/sales.csv": "day,amount\n2026-01-05,2\n2026-03-31,3\n",
            **card("one", "sold: {from: sales, value: SUM(amount)}", more=LIMITS),
            **card("two", "rows: {from: sales, value: COUNT(*)}", more=LIMITS),
            "content/scorecards/year.yml": HEAD + scorecard,
        },
    )
    mine = {"number-twice", "total-without-grade"}
    found = [p for p in problems(root) if p.code in mine]
    assert {p.severity for p in found} <= {"warning"}
    return [(p.code, p.message.en, p.where.line, p.where.column) for p in found]


def numbered(first: str, second: str) -> str:
    """Return two lines with what each has beside card and weight."""
    return LINES.replace("{indicator: one", f"{{{first}, indicator: one").replace(
        "{indicator: two", f"{{{second}, indicator: two"
    )


def test_a_number_that_stands_twice_is_told_with_both_places(tmp_path: Path) -> None:
    # The lines are the sixth and seventh of the file; "  - {no: " is nine characters wide.
    text = "the number '1' stands on line 6, column 10 already"
    found = told(tmp_path, numbered('no: "1"', 'no: "1"'))
    assert found == [("number-twice", text, 7, 10)]


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ('no: "1"', 'no: "2"', 0),
        ('no: "1", until: 2026-02', 'no: "1", from: 2026-03', 0),
        ('no: "1", until: 2026-03', 'no: "1", from: 2026-03', 1),
        ('no: "1", from: 2026-03', 'no: "1", until: 2026-02', 0),
        ('no: "1", from: 2026-02', 'no: "1"', 1),
    ],
)
def test_a_line_may_take_over_a_number(tmp_path: Path, first: str, second: str, count: int) -> None:
    assert len(told(tmp_path, numbered(first, second))) == count


def test_each_group_numbers_its_own_lines(tmp_path: Path) -> None:
    groups = "".join(
        f'  - no: "{no}"\n    title: {{zh: 组, en: Group}}\n    lines:\n'
        f'      - {{no: "1", indicator: {name}, weight: 50}}\n'
        for no, name in (("1", "one"), ("2", "two"))
    )
    assert told(tmp_path, f"lines:\n{groups}") == []
    twice = told(tmp_path, f"lines:\n{groups}".replace('no: "2"', 'no: "1"'))
    assert [code for code, *_ in twice] == ["number-twice"]


@pytest.mark.parametrize(
    ("starts", "says"),
    [
        (("90", "60"), "a total below 60 gets no grade"),
        (("0.5", "60"), "a total below 0.5 gets no grade"),
        (("90", "0"), None),
        (("60", "-20"), None),
    ],
)
def test_low_totals_without_a_grade(
    tmp_path: Path, starts: tuple[str, str], says: str | None
) -> None:
    names = "".join(
        f"{{from: {start}, name: {{zh: {name}, en: {name}}}}}, "
        for start, name in zip(starts, "AB", strict=True)
    )
    own = [message for _, message, *_ in told(tmp_path, f"grades: [{names}]\n{LINES}")]
    assert own == ([says] if says else [])
    points = "  points: {baseline: 60, target: 100, challenge: 120}\n"
    site = f"{SITE}scoring:\n{points}  grades: [{names}]\n"
    assert [message for _, message, *_ in told(tmp_path, LINES, site)] == own


def test_without_grades_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert told(tmp_path, LINES) == []
