"""Sums that are made of others: what ``SUM(a + b)`` and ``SUM(b)`` tell together is not told.

Three persons of team a are done, and what they earn stands in a card of those who are done alone.
Cards that count all persons of a team, of whom there are enough, add up the same pay otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.compute import compute
from kpi_site.disclosure import NOTHING_BEFORE
from kpi_site.disclosure.protection import secrets
from kpi_site.options import Options
from kpi_site.stages import engine_of, read
from tests.disclosure.survey import SITE, hidden, published, survey
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY

TEAMS = {"a": (3, 17), "b": (12, 8), "c": (20, 15), "d": (30, 6)}
"""How many persons are done, and how many are not."""
FIELDS = (
    "name: team, type: string",
    "name: done, type: boolean",
    "name: who, type: string",
    "name: pay, type: integer",
    "name: bonus, type: integer",
    "name: left_out, type: integer",
)
SECRET = card(
    "secret", "paid: {from: staff, value: SUM(pay), where: done}", more="dimensions: [team]\n"
)


def staff(root: Path, *values: str, derived: str = "") -> Path:
    """Write a site with the pay of those done, and a card of all for each of ``values``."""
    lines = [
        f"2026-01-10,{team},{str(done).lower()},{team}{i % 40},{100 + 7 * i},{10 + i},"
        f"{'' if i % 3 else i}\n"
        for team, counts in TEAMS.items()
        for done, count in zip((True, False), counts, strict=True)
        for i in range(count)
    ]
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
        "data/staff.csv": "day,team,done,who,pay,bonus,left_out\n" + "".join(lines),
        **dataset("staff", *FIELDS, more=f"people: true\n{derived}"),
        **SECRET,
    }
    for at, value in enumerate(values):
        files |= card(
            f"open{at}", f"paid: {{from: staff, value: '{value}'}}", more="dimensions: [team]\n"
        )
    return write(root, files)


def told(root: Path) -> dict[str, Fraction]:
    """Return what the cards of all persons tell of team a in January, and see what is hidden."""
    assert ("secret", "month", "2026-01", "a") in hidden(root)
    rows = published(root)
    found = {key[0]: row["value"] for key, row in rows.items() if key[1:3] == ("month", "2026-01")
             and key[3] == "a"}  # fmt: skip
    return {name: Fraction(value) for name, value in found.items() if value}


PAIRS: Sequence[tuple[tuple[str, ...], tuple[Fraction | int, ...]]] = [
    (("SUM(pay)", "SUM(pay) FILTER (WHERE NOT done)"), (1, -1)),
    (("SUM(2 * pay)", "SUM(pay) FILTER (WHERE NOT done)"), (Fraction(1, 2), -1)),
    (("SUM(pay) / 10", "SUM(pay) FILTER (WHERE NOT done)"), (10, -1)),
    (("SUM(pay) + 5 - 5", "SUM(pay / 4) FILTER (WHERE NOT done)"), (1, -4)),
    (("SUM(pay) - SUM(pay) FILTER (WHERE NOT done)",), (1,)),
    (("SUM(pay + bonus) FILTER (WHERE done)", "SUM(bonus) FILTER (WHERE done)"), (1, -1)),
    (("SUM(pay + bonus) FILTER (WHERE done)", "SUM(pay - bonus) FILTER (WHERE done)"),
     (Fraction(1, 2), Fraction(1, 2))),
    (("SUM(pay) FILTER (WHERE done) + SUM(bonus)", "SUM(bonus)"), (1, -1)),
    (("SUM(CASE WHEN done THEN pay ELSE 0 END)",), (1,)),
    (("SUM(CASE WHEN NOT done THEN 0 WHEN team = ''zz'' THEN 7 ELSE pay END)",), (1,)),
    (("SUM(CASE WHEN done THEN pay ELSE bonus END)", "SUM(CASE WHEN NOT done THEN bonus END)"),
     (1, -1)),
    (("SUM(both) FILTER (WHERE done)", "SUM(bonus) FILTER (WHERE done)"), (1, -1)),
    (("SUM(COALESCE(left_out, 0) + pay) FILTER (WHERE done)",
      "SUM(left_out) FILTER (WHERE done)"), (1, -1)),
    (("SUM(pay + 3) FILTER (WHERE done)", "COUNT(*) FILTER (WHERE done)"), (1, -3)),
    (("ABS(SUM(pay) FILTER (WHERE done))",), (1,)),
    (("GREATEST(SUM(pay) FILTER (WHERE done), 0)",), (1,)),
]  # fmt: skip


@pytest.mark.parametrize(("values", "weights"), PAIRS, ids=lambda x: " | ".join(map(str, x)))
def test_what_is_told_together(
    tmp_path: Path, values: tuple[str, ...], weights: tuple[Fraction | int, ...]
) -> None:
    """The figures named would tell the pay of three persons, by the weights beside them."""
    derived = "derived: {both: pay + bonus}\n"
    found = told(staff(tmp_path / "site", *values, derived=derived))
    names = [f"open{at}" for at in range(len(values))]
    secret = sum(100 + 7 * i for i in range(3))
    if all(name in found for name in names):
        total = sum(w * found[n] for n, w in zip(names, weights, strict=True))
        assert total == secret, "the weights of the test are wrong"
        raise AssertionError("told")


@pytest.mark.parametrize(
    "value",
    [
        "CASE WHEN SUM(bonus) > 0 THEN SUM(pay) FILTER (WHERE done) END",
        "CASE WHEN SUM(pay) FILTER (WHERE done) > 300 THEN 1 ELSE 0 END",
        "CASE WHEN 1 < COUNT(*) THEN 1 / SUM(pay) FILTER (WHERE done) END",
        "GREATEST(SUM(pay) FILTER (WHERE done), 50)",
        "SUM(pay) FILTER (WHERE done) / COUNT(*) * SUM(bonus)",
        "ROUND(AVG(pay) FILTER (WHERE done), 2)",
        "MEDIAN(bonus) FILTER (WHERE done)",
        "SUM(done)",
        "SUM(ABS(pay)) FILTER (WHERE done)",
        "SUM(CAST(pay AS DECIMAL(10, 2))) FILTER (WHERE done)",
        "SUM(GREATEST(pay, bonus)) FILTER (WHERE done)",
        "SUM(CASE WHEN done THEN ROUND(pay, 1) + 0 ELSE 7 END)",
        "AVG(COALESCE(left_out * 0, 0) + LEAST(pay, 999)) FILTER (WHERE done)",
    ],
)
def test_what_is_made_of_a_hidden_sum_in_any_other_way(tmp_path: Path, value: str) -> None:
    """Whatever comes of the pay of three persons is hidden with it, and so is how many they are."""
    assert "open0" not in told(staff(tmp_path, value))


def test_what_is_made_of_sums_that_are_told_is_told(tmp_path: Path) -> None:
    values = ["CASE WHEN SUM(pay) > 0 THEN SUM(bonus) / SUM(pay) ELSE 0 END", "SUM(ABS(pay))"]
    pay, bonus = (sum(first + step * i for n in TEAMS["a"] for i in range(n))
                  for first, step in ((100, 7), (10, 1)))  # fmt: skip
    found = told(staff(tmp_path, *values))
    assert round(float(found["open0"]), 12) == round(bonus / pay, 12)
    assert found["open1"] == pay


def test_an_amount_is_no_more_than_what_it_is_part_of(tmp_path: Path) -> None:
    """Pay of 321 with bonuses of 33, none below 0: who knows 354 knows that pay is no more."""
    found = told(staff(tmp_path, "SUM(pay + bonus) FILTER (WHERE done)"))
    assert "open0" not in found


@pytest.mark.parametrize("value", ["ROUND({}, -1)", "ROUND({} / 10, 1) * 10", "FLOOR({})"])
def test_a_rounded_sum_tells_nearly_as_much(tmp_path: Path, value: str) -> None:
    """321, rounded to tens: from 315 to 325 is too near. To thousands it tells 0 to 500."""
    own = "SUM(pay) FILTER (WHERE done)"
    assert "open0" not in told(staff(tmp_path / "near", value.format(own)))
    assert "open0" in told(staff(tmp_path / "far", f"ROUND({own}, -3)"))


def test_what_is_not_told_apart_is_told(tmp_path: Path) -> None:
    """Of those who are not done any pay may be: the sum of all tells nothing of three."""
    found = told(staff(tmp_path, "SUM(pay)", "SUM(bonus) FILTER (WHERE done)"))
    everyone = sum(100 + 7 * i for count in TEAMS["a"] for i in range(count))
    assert found == {"open0": everyone, "open1": 33}


def test_distinct_counts_in_a_difference(tmp_path: Path) -> None:
    """20 rows in team a, less the 3 who are done: these are known."""
    secret = card(
        "secret", "people: {from: staff, value: COUNT(DISTINCT who), where: done}",
        more="dimensions: [team]\n",
    )  # fmt: skip
    root = staff(tmp_path, "COUNT(*) - COUNT(DISTINCT who) FILTER (WHERE done)")
    write(root, secret)
    assert "open0" not in told(root)


def test_facts_that_contradict_what_must_hold_hide_everything(tmp_path: Path) -> None:
    """One of team c is gone in January and comes in February: nobody knows what figures tell."""
    sizes = {"a": 3, "b": 12, "c": 20, "d": 30}
    lines = [f"2026-01-05,{team},\n" for team, size in sizes.items() for _ in range(size)]
    by_team = "dimensions: [team]\n"
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
        **dataset("staff", "name: team, type: string", "name: gone, type: date",
                  more="people: true\n"),
        **card("heads", "number: {from: staff, value: COUNT(*), since: day, until: gone}",
               more=by_team),
        **card("came", "number: {from: staff, value: COUNT(*)}", more=by_team),
        **card("went", "number: {from: staff, value: COUNT(*), time: gone}", more=by_team),
    }  # fmt: skip
    for name, gone in (("sound", "2026-02-20"), ("odd", "2026-01-20")):
        rows = "day,team,gone\n" + "".join([*lines, f"2026-02-10,c,{gone}\n"])
        root = write(tmp_path / name, {**files, "data/staff.csv": rows})
        told = {key for key, row in published(root).items() if key[0] == "heads" and row["value"]}
        everyone = {key for key in told if not key[3] and key[2] >= "2026-01"}
        assert bool(everyone) == (name == "sound")


@pytest.mark.parametrize(
    "constraints",
    ["{minimum: 2, maximum: 4}", "{enum: ['4', '2', '3']}", "{enum: ['9', '2'], maximum: 4}"],
)
def test_a_list_of_values_bounds_them(tmp_path: Path, constraints: str) -> None:
    """The dataset's page lists what a score may be: no score is below 2 or above 4."""
    both = card("both", "total: {from: answers, value: SUM(score)}", more="dimensions: [team]\n")
    root = survey(tmp_path, [{"a": 3, "b": 9, "c": 9}], both)
    told = root / "content" / "datasets" / "answers.yml"
    text = told.read_text("utf-8").replace(
        "type: integer", f"type: integer, constraints: {constraints}"
    )
    told.write_text(text, "utf-8")
    facts = root / "data" / "answers.csv"
    facts.write_text(re.sub(r",\d$", ",2", facts.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    options = Options(root=root, today=TODAY)
    found, problems = read(options)
    assert found is not None, [p.text() for p in problems]
    engine = engine_of(options, found.catalog)
    results = compute(found.catalog, found.tables, tmp_path / "kept", engine=engine)
    known = secrets(found.catalog, found.tables, results, lambda _: NOTHING_BEFORE)
    assert known is not None
    assert {(one.least, one.most) for one in known.book.bounds.values()} == {(2.0, 4.0)}
