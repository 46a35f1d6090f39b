"""Totals of scorecards taken apart by line, on numbers small enough to be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.contributions import explain_total
from kpi_site.options import Options
from kpi_site.stages import figures
from kpi_site.story.teller import make_teller
from kpi_site.story.total_change import tell_total_why
from tests.figures.small import problems, write
from tests.figures.test_scorecards import CARDS, EVENTS, MARKS, SITE
from tests.oracle.product import TODAY

D = Decimal
MONTH = "cycle: month\nscored: true\nlines:\n"


def scored(
    root: Path, lines: str, marks: Iterable[str], events: Iterable[str] = (), language: str = "en"
) -> tuple[dict[tuple[str, str], Decimal], str]:
    """Return the parts of the change to February by kind and indicator, and the sentence."""
    files = {
        "content/site.yml": SITE,
        "content/datasets/marks.yml": MARKS,
        "content/datasets/events.yml": EVENTS,
        "data/marks.csv": "\n".join(("day,team,mark", *marks)) + "\n",
        "data/events.csv": "\n".join(("day,team,kind,size", *events)) + "\n",
        "content/scorecards/appraisal.yml": "id: appraisal\ntitle: {zh: 考核, en: Appraisal}\n"
        + MONTH
        + lines,
        **{f"content/indicators/main/{name}.yml": text for name, text in CARDS.items()},
    }
    write(root, files)
    assert [p.text() for p in problems(root) if p.severity == "error"] == []
    found, _ = figures(Options(root=root, today=TODAY))
    assert found is not None
    january, february = found.scores["appraisal"][:2]
    parts = explain_total(january, february)
    told = tell_total_why(make_teller(found, language), february)
    by_name: dict[tuple[str, str], Decimal] = {
        (p.kind, str(p.line.indicator.id) if p.line else ""): p.value for p in parts
    }
    assert len(by_name) == len(parts)
    if parts:
        assert january.total is not None
        assert february.total is not None
        assert sum(by_name.values()) == february.total - january.total
        assert [abs(p.value) for p in parts] == sorted((abs(p.value) for p in parts), reverse=True)
    return by_name, told.sentence if told else ""


WEIGHED = """\
  - {indicator: mark, weight: 75}
  - {indicator: complaints, weight: 25, deduct: {each: 5, at_most: 25}}
  - {indicator: awards, bonus: {at_most: 5}}
"""


def test_lines_deductions_and_bonuses(tmp_path: Path) -> None:
    """January: 80 % of 75 = 60, 25 - 5 = 20, 3: 83. February: 72 (90 + 102 halved), 10, 0: 82."""
    parts, sentence = scored(
        tmp_path,
        WEIGHED,
        ["2026-01-10,a,80", "2026-02-10,a,90", "2026-02-11,a,102"],
        ["2026-01-05,a,bad,0", "2026-01-06,a,good,3", *(f"2026-02-0{n},a,bad,0" for n in "123")],
    )
    assert parts == {
        ("line", "mark"): D(12), ("line", "complaints"): D(-10), ("line", "awards"): D(-3),
    }  # fmt: skip
    assert sentence == "−1.0 points from Jan 2026: mark +12.0, complaints −10.0, awards −3.0."


def test_lines_that_do_not_count_add_nothing(tmp_path: Path) -> None:
    """No events at all: the mark alone counts in both months, 80 and then 100."""
    parts, _ = scored(tmp_path, WEIGHED, ["2026-01-10,a,80", "2026-02-10,a,100"])
    assert parts == {("line", "mark"): D(20)}


def test_what_keeping_the_total_at_0_adds_is_a_part_of_its_own(tmp_path: Path) -> None:
    """100 - 60 = 40; then 100 - 180 would be -80, and is 0: -120 by complaints, +80 kept."""
    parts, sentence = scored(
        tmp_path,
        "  - {indicator: complaints, deduct: {each: 60}}\n",
        ["2026-01-10,a,80"],
        ["2026-01-05,a,bad,0", *(f"2026-02-0{n},a,bad,0" for n in "123")],
    )
    assert parts == {("line", "complaints"): D(-120), ("floor", ""): D(80)}
    assert sentence == "−40.0 points from Jan 2026: complaints −120.0, kept at 0 +80.0."


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_veto_moved_is_a_part_of_its_own(tmp_path: Path, language: str) -> None:
    """80, then 90 that a veto holds at 60: +10 by the mark, -30 by the veto."""
    parts, sentence = scored(
        tmp_path,
        "  - {indicator: mark, weight: 100}\n"
        "  - {indicator: deaths, veto: {above: 0, at_most: 60}}\n",
        ["2026-01-10,a,80", "2026-02-10,a,90"],
        ["2026-01-05,a,bad,0", "2026-02-05,a,fatal,0"],
        language,
    )
    assert parts == {("veto", "deaths"): D(-30), ("line", "mark"): D(10)}
    assert (
        sentence
        == {
            "en": "−20.0 points from Jan 2026: deaths (veto) −30.0, mark +10.0.",
            "zh": "较2026年1月 −20.0分：deaths（一票否决） −30.0、mark +10.0。",
        }[language]
    )


def test_thirds_add_up_to_the_last_digit(tmp_path: Path) -> None:
    """Of four lines of a quarter three count, a third each: one without points does not."""
    names = ("mark", "short", "stepped", "plain")
    lines = "".join(f"  - {{indicator: {name}, weight: 25}}\n" for name in names)
    parts, _ = scored(tmp_path, lines, ["2026-01-10,a,61", "2026-02-10,a,90.5"])
    # mark and short go from 61 to 90.5, stepped from 80 to 100: 29.5 / 3, 29.5 / 3, 20 / 3
    assert {key: round(float(value), 9) for key, value in parts.items()} == {
        ("line", "mark"): 9.833333333, ("line", "short"): 9.833333333,
        ("line", "stepped"): 6.666666667,
    }  # fmt: skip


def test_nothing_without_two_totals(tmp_path: Path) -> None:
    parts, sentence = scored(
        tmp_path, "  - {indicator: mark, weight: 100}\n", ["2026-02-10,a,61", "2026-03-01,a,2"],
        ["2026-01-01,a,bad,0"],
    )  # fmt: skip
    assert (parts, sentence) == ({}, "")
