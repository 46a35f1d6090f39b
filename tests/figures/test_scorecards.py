"""Totals by the rules that appraisals use, worked by hand: deductions, bonuses, vetoes, ranks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.stages import figures as computed
from tests.figures.small import problems, write
from tests.oracle.product import TODAY

SITE = """\
organisation: {zh: 小公司, en: Small company}
data_through: 2026-04-15
departments:
  - {id: main, name: {zh: 本部, en: Main}}
scoring:
  grades:
    - {from: 90, name: {zh: 优, en: Excellent}}
    - {from: 60, name: {zh: 中, en: Sound}}
    - {from: 0, name: {zh: 差, en: Failed}}
"""
MARKS = """\
id: marks
path: data/marks.csv
time: day
schema:
  fields:
    - {name: day, type: date}
    - {name: team, type: string}
    - {name: mark, type: number, decimals: 2}
"""
EVENTS = """\
id: events
path: data/events.csv
time: day
schema:
  fields:
    - {name: day, type: date}
    - {name: team, type: string}
    - {name: kind, type: string}
    - {name: size, type: number, decimals: 2}
"""


def card(name: str, term: str, more: str = "") -> str:
    return f"""\
id: {name}
name: {{zh: {name}, en: {name}}}
definition: {{zh: {name}。, en: {name}.}}
formula: found
terms:
  found: {{{term}}}
unit: points
direction: higher
cycle: month
dimensions: [team]
{more}"""


CARDS = {
    "mark": card("mark", "from: marks, value: AVG(mark)", "points: value\n"),
    "plain": card("plain", "from: marks, value: AVG(mark)"),
    "stepped": card(
        "stepped",
        "from: marks, value: AVG(mark)",
        "steps: [{from: 90, points: 100}, {from: 60, points: 80}]\n",
    ),
    "short": card("short", "from: marks, value: AVG(mark)", "points: value\nlonger: false\n"),
    "complaints": card("complaints", "from: events, value: COUNT(*) FILTER (WHERE kind = 'bad')"),
    "awards": card("awards", "from: events, value: SUM(size) FILTER (WHERE kind = 'good')"),
    "deaths": card("deaths", "from: events, value: COUNT(*) FILTER (WHERE kind = 'fatal')"),
}
Row = dict[str, str]


def rows(
    root: Path,
    scorecard: str,
    marks: Iterable[str],
    events: Iterable[str] = (),
    site: str = SITE,
) -> list[Row]:
    """Return the rows of ``data/scores.csv`` of a site with one scorecard."""
    files = {
        "content/site.yml": site,
        "content/datasets/marks.yml": MARKS,
        "content/datasets/events.yml": EVENTS,
        "data/marks.csv": "\n".join(("day,team,mark", *marks)) + "\n",
        "data/events.csv": "\n".join(("day,team,kind,size", *events)) + "\n",
        "content/scorecards/appraisal.yml": "id: appraisal\ntitle: {zh: 考核, en: Appraisal}\n"
        + scorecard,
        **{f"content/indicators/main/{name}.yml": text for name, text in CARDS.items()},
    }
    write(root, files)
    assert [p.text() for p in problems(root) if p.severity == "error"] == []
    found, _ = computed(Options(root=root, today=TODAY))
    assert found is not None
    from kpi_site.downloads.scores import scores_csv

    data = scores_csv(found.catalog, found.scores)
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def totals(found: Iterable[Row], period: str) -> dict[str, tuple[str, str]]:
    """Return total and grade by member."""
    return {
        row["member"]: (row["points"], row["grade"])
        for row in found
        if row["kind"] == "total" and row["period"] == period
    }


def added(found: Iterable[Row], period: str) -> dict[str, str]:
    """Return what each row adds, by indicator."""
    return {
        r["indicator"]: r["contribution"]
        for r in found
        if r["period"] == period and r["kind"] != "total"
    }


QUARTER = "cycle: quarter\nscored: true\n"


def test_a_weighed_deduction_and_a_bonus(tmp_path: Path) -> None:
    """75 of 75, 15 left of 25 after two complaints, 3 for awards: 93."""
    found = rows(
        tmp_path,
        QUARTER
        + """\
lines:
  - {indicator: mark, weight: 75}
  - {indicator: complaints, weight: 25, deduct: {each: 5, at_most: 25}}
  - {indicator: awards, bonus: {at_most: 5}}
""",
        ["2026-01-10,a,100", "2026-02-10,a,100", "2026-03-10,a,100"],
        ["2026-01-05,a,bad,0", "2026-02-09,a,bad,0", "2026-03-03,a,good,3"],
    )
    assert totals(found, "2026-Q1") == {"": ("93", "优")}
    assert added(found, "2026-Q1") == {"mark": "75", "complaints": "15", "awards": "3"}
    first = next(r for r in found if r["period"] == "2026-Q1" and r["indicator"] == "complaints")
    assert (first["kind"], first["value"], first["points"], first["counted"]) == (
        "line", "2", "60", "25",
    )  # fmt: skip


def test_deductions_and_bonuses_have_bounds_and_no_weight(tmp_path: Path) -> None:
    """80 less 3 x 4 capped at 10, and 2 x 1.5 capped at 2.5: 72.5."""
    found = rows(
        tmp_path,
        QUARTER
        + """\
lines:
  - {indicator: mark, weight: 100}
  - {indicator: complaints, deduct: {each: 4, at_most: 10}}
  - {indicator: awards, bonus: {each: 1.5, at_most: 2.5}}
""",
        ["2026-01-10,a,80"],
        [*(f"2026-02-0{n},a,bad,0" for n in (1, 2, 3)), "2026-03-03,a,good,2"],
    )
    assert totals(found, "2026-Q1") == {"": ("72.5", "中")}
    assert added(found, "2026-Q1") == {"mark": "80", "complaints": "-10", "awards": "2.5"}
    kinds = {r["indicator"]: (r["kind"], r["points"], r["counted"]) for r in found}
    assert kinds["complaints"] == ("deduct", "", "")
    assert kinds["awards"] == ("bonus", "", "")


def test_without_weights_a_scorecard_starts_from_100_and_stays_above_0(tmp_path: Path) -> None:
    scorecard = """\
cycle: month
scored: true
lines:
  - {indicator: complaints, deduct: {each: 60}}
"""
    events = ["2026-01-05,a,bad,0", "2026-02-01,a,bad,0", "2026-02-02,a,bad,0"]
    found = rows(tmp_path, scorecard, ["2026-01-10,a,80"], [*events, "2026-03-01,a,good,1"])
    assert totals(found, "2026-01") == {"": ("40", "差")}
    assert totals(found, "2026-02") == {"": ("0", "差")}
    assert totals(found, "2026-03") == {"": ("100", "优")}


VETO = (
    QUARTER
    + """\
lines:
  - {{indicator: mark, weight: 100}}
  - {{indicator: deaths, veto: {{{veto}}}}}
"""
)


@pytest.mark.parametrize(
    ("veto", "total", "grade", "moved"),
    [
        ("above: 0, total: 0", "0", "差", "-95"),
        ("above: 0", "0", "差", "-95"),
        ("above: 0, at_most: 60", "60", "中", "-35"),
        ("above: 0, at_most: 97", "95", "优", "0"),
        ("above: 0, grade: Sound", "95", "中", "0"),
        ("above: 1, total: 0", "95", "优", ""),  # just at the bound it does not strike
        ("below: 1, total: 0", "95", "优", ""),
        ("below: 2, total: 5", "5", "差", "-90"),
    ],
)
def test_a_veto(veto: str, total: str, grade: str, moved: str, tmp_path: Path) -> None:
    found = rows(tmp_path, VETO.format(veto=veto), ["2026-01-10,a,95"], ["2026-03-03,a,fatal,0"])
    assert totals(found, "2026-Q1") == {"": (total, grade)}
    assert added(found, "2026-Q1") == {"mark": "95", "deaths": moved}


def test_a_veto_never_betters_a_grade(tmp_path: Path) -> None:
    veto = VETO.format(veto="above: 0, grade: 中")
    found = rows(tmp_path, veto, ["2026-01-10,a,20"], ["2026-03-03,a,fatal,0"])
    assert totals(found, "2026-Q1") == {"": ("20", "差")}


def test_of_several_vetoes_the_lowest_stands(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        QUARTER
        + """\
lines:
  - {indicator: mark, weight: 100}
  - {indicator: deaths, veto: {above: 0, total: 10}}
  - {indicator: complaints, veto: {above: 0, total: 40}}
""",
        ["2026-01-10,a,95"],
        ["2026-03-03,a,fatal,0", "2026-03-04,a,bad,0"],
    )
    assert totals(found, "2026-Q1") == {"": ("10", "差")}
    assert added(found, "2026-Q1") == {"mark": "95", "deaths": "-85", "complaints": "0"}


def test_points_of_a_longer_period_are_the_mean_or_the_last_of_its_cycles(tmp_path: Path) -> None:
    """60, 80 and 100: 80 for the quarter; by value it would be (60 + 80 + 3 x 100) / 5 = 88."""
    marks = ["2026-01-10,a,60", "2026-02-10,a,80", *(f"2026-03-0{n},a,100" for n in (1, 2, 3))]
    marks.append("2026-04-10,a,50")
    lines = "lines:\n  - {{indicator: mark, weight: 100, cycle: month{take}}}\n"
    taken = {
        take: totals(rows(tmp_path / name, QUARTER + lines.format(take=take), marks), period)
        for name, take, period in (
            ("value", "", "2026-Q1"),
            ("mean", ", take: points_mean", "2026-Q1"),
            ("last", ", take: points_last", "2026-Q1"),
            ("capped", ", take: points_mean, cap: 70, floor: 65", "2026-Q1"),
            # April runs: left out of a mean, and none is over
            ("running", ", take: points_mean ", "2026-Q2"),
            ("running_last", ", take: points_last ", "2026-Q2"),
        )
    }
    assert list(taken.values()) == [
        {"": ("88", "中")},
        {"": ("80", "中")},
        {"": ("100", "优")},
        {"": ("68.3333333333333", "中")},  # (65 + 70 + 70) / 3
        {"": ("", "")},
        {"": ("50", "差")},
    ]


def test_a_card_without_longer_periods_still_has_its_cycles(tmp_path: Path) -> None:
    """The last of 60 and 80 is 80; the second quarter runs, and is provisional."""
    lines = "lines:\n  - {indicator: short, weight: 100, cycle: month, take: points_last}\n"
    marks = ["2026-01-10,a,60", "2026-03-10,a,80", "2026-04-10,a,50"]
    found = rows(tmp_path, QUARTER + lines, marks)
    own = [(r["period"], r["points"], r["value"], r["state"]) for r in found if r["indicator"]]
    assert own == [("2026-Q1", "80", "", "ok"), ("2026-Q2", "50", "", "provisional")]
    assert totals(found, "2026-Q1") == {"": ("80", "中")}


def test_bounds_and_steps(tmp_path: Path) -> None:
    """No step fits 50: the floor, else 0."""
    for name, more, total in (
        ("none", "", "0"),
        ("floor", ", floor: 30", "30"),
        ("below", ", floor: -30", "0"),  # a total does not fall below 0
    ):
        lines = f"lines:\n  - {{indicator: stepped, weight: 100{more}}}\n"
        found = rows(tmp_path / name, QUARTER + lines, ["2026-01-10,a,50"])
        assert totals(found, "2026-Q1")[""][0] == total, name
        (row,) = (r for r in found if r["period"] == "2026-Q1" and r["indicator"])
        assert row["points"] == {"none": "0", "floor": "30", "below": "-30"}[name]


EACH = """\
cycle: month
scored: true
for_each: {dimension: team}
grades:
  - {best: 0.2, name: A}
  - {best: 0.9, name: B}
  - {best: 1, name: C}
lines:
  - {indicator: mark, weight: 100}
"""


def team(marks: Mapping[str, float]) -> list[str]:
    return [f"2026-01-10,{name},{mark}" for name, mark in marks.items()]


def test_grades_by_rank(tmp_path: Path) -> None:
    """Ten teams from 73 to 100: two A, seven B, one C."""
    marks = {f"d{n}": 70 + 3 * n for n in range(1, 11)}
    found = totals(rows(tmp_path, EACH, team(marks)), "2026-01")
    assert list(found) == [f"d{n}" for n in range(10, 0, -1)]  # by rank
    assert "".join(grade for _, grade in found.values()) == "AABBBBBBBC"


@pytest.mark.parametrize(
    ("marks", "grades"),
    [
        # places 2 and 3 are equal: both do not fit into the best two
        ([99, 90, 90, 80, 79, 78, 77, 76, 75, 74], "ABBBBBBBBC"),
        ([99, 99, 90, 80, 79, 78, 77, 76, 75, 74], "AABBBBBBBC"),
        ([99, 99, 99, 80, 79, 78, 77, 76, 75, 74], "BBBBBBBBBC"),
        ([99, 98, 90, 80, 79, 78, 77, 76, 75, 75], "AABBBBBBCC"),
        ([90] * 10, "CCCCCCCCCC"),
        ([90, 80, 70, 60], "BBBC"),  # a fifth of four is no whole team
        ([90], "C"),
    ],
)
def test_ties_share_the_better_grade_only_if_all_fit(
    marks: list[float], grades: str, tmp_path: Path
) -> None:
    teams = {f"d{n}": mark for n, mark in enumerate(marks)}
    found = totals(rows(tmp_path, EACH, team(teams)), "2026-01")
    assert "".join(grade for _, grade in found.values()) == grades


def test_equal_totals_are_equal_however_they_come_about(tmp_path: Path) -> None:
    """A third and two thirds of 100 make 100 again, and tie with a plain 50."""
    scorecard = """\
cycle: quarter
scored: true
for_each: {dimension: team}
grades:
  - {best: 0.5, name: A}
  - {best: 1, name: B}
lines:
  - {indicator: mark, weight: 50, cycle: month, take: points_mean}
  - {indicator: mark, weight: 50, cycle: month, take: points_mean}
"""
    marks = [f"2026-0{m},a,{mark}" for m, mark in (("1-10", 100), ("2-10", 0), ("3-10", 0))]
    marks += ["2026-01-10,b,33.33", "2026-02-10,b,33.34", "2026-03-10,b,33.33"]
    found = rows(tmp_path, scorecard, marks)
    assert totals(found, "2026-Q1") == {
        "a": ("33.3333333333333", "B"),
        "b": ("33.3333333333333", "B"),
    }


def test_members_without_a_total_stand_last_and_shared_lines_are_of_the_whole(
    tmp_path: Path,
) -> None:
    """The whole's complaints, 2, come off all; the third team has no mark in the month."""
    scorecard = """\
cycle: month
scored: true
for_each: {dimension: team}
lines:
  - {indicator: mark, weight: 100}
  - {indicator: complaints, deduct: {each: 5}, shared: true}
"""
    marks = ["2026-01-10,a,70", "2026-01-10,b,90", "2026-01-10,,20", "2026-02-10,c,50"]
    events = ["2026-01-05,a,bad,0", "2026-01-06,b,bad,0", "2026-02-06,b,good,1"]
    found = rows(tmp_path, scorecard, marks, events)
    assert totals(found, "2026-01") == {"b": ("80", "中"), "a": ("60", "中"), "c": ("", "")}
    assert list(totals(found, "2026-01"))[-1] == "c"
    shared = [
        r["value"] for r in found if r["indicator"] == "complaints" and r["period"] == "2026-01"
    ]
    assert shared == ["2", "2", "2"]


def test_a_veto_of_a_member_is_its_own(tmp_path: Path) -> None:
    scorecard = EACH + "  - {indicator: deaths, veto: {above: 0, total: 0}}\n"
    marks = {f"d{n}": 70 + 3 * n for n in range(1, 11)}
    found = rows(tmp_path, scorecard, team(marks), ["2026-01-03,d10,fatal,0"])
    by_member = totals(found, "2026-01")
    assert by_member["d10"] == ("0", "C")
    assert list(by_member)[:2] == ["d9", "d8"]
    assert by_member["d1"][1] == "B"


def test_missing_parts_are_left_out_or_nothing(tmp_path: Path) -> None:
    """60 and 30 of 100 and nothing of the last ten: 100 of 90, or 90 of 100."""
    lines = """\
lines:
  - {indicator: mark, weight: 90}
  - {indicator: stepped, of: {team: z}, weight: 10}
"""
    marks = ["2026-01-10,a,100", "2026-02-10,z,100"]
    site = SITE.replace("04-15", "02-28")
    for missing, total in (("exclude", "100"), ("zero", "90")):
        scorecard = f"cycle: month\nscored: true\nmissing: {missing}\n{lines}"
        found = totals(rows(tmp_path / missing, scorecard, marks, (), site), "2026-01")
        assert found == {"": (total, "优")}


def test_links_to_pages_of_members_are_not_dead(tmp_path: Path) -> None:
    rows(tmp_path, EACH, ["2026-01-10,a,70"])
    path = tmp_path / "content/scorecards/appraisal.yml"
    links = "about: '[a](a/) and [no](../other/a/)'\n"
    path.write_text(path.read_text("utf-8") + links, encoding="utf-8")
    (dead,) = (p for p in problems(tmp_path) if p.code == "dead-link")
    assert "other" in dead.message.en
