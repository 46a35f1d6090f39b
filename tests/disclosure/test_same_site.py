"""Facts that differ in hidden figures alone make the same site, byte for byte.

Whatever a file tells of a hidden figure, in any form, would differ: also its rank, its scale,
whether it is above a threshold, how many rows there are. Hashes of the facts' own files do.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.site import generate
from tests.disclosure.survey import SITE
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY

JUDGED = "direction: higher\nthresholds: {baseline: 2, target: 20, challenge: 30}\n"
BY_TEAM = f"{JUDGED}dimensions: [team]\n"
ALONE = "longer: false\n"
MORE = """\
people: true
rules:
  - {rule: score > 1, severity: warning}
expect: {every: month, min_rows: 20}
"""
SCORECARD = """\
id: all
title: {zh: 全部, en: All}
assessed: {zh: 公司, en: The company}
cycle: month
scored: true
missing: exclude
lines:
  - {no: "1", indicator: answers, weight: 60}
  - {no: "2", indicator: scored, weight: 40}
"""
REPORT = """\
period: 2026-{month}
scorecards: [all]
highlights: [answers, scored]
summary: {{zh: 总结。, en: Summary.}}
"""
_HASH = re.compile(rb"\b[0-9a-f]{64}\b|<code>[0-9a-f]{12}</code>")
Answer = tuple[str, str, int | None]
"""A day, a team and a score."""


def site(root: Path, answers: list[Answer], *, longer: bool) -> dict[str, bytes]:
    """Generate the site of ``answers``; return its files, without hashes."""
    alone = "" if longer else ALONE
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
        "content/scorecards/all.yml": SCORECARD,
        "data/answers.csv": "day,team,score\n"
        + "".join(f"{day},{team},{'' if s is None else s}\n" for day, team, s in answers),
        **dataset("answers", "name: team, type: string", "name: score, type: integer", more=MORE),
        **card("answers", "number: {from: answers, value: COUNT(*)}", more=BY_TEAM + alone),
        **card("scored", "mean: {from: answers, value: AVG(score)}", more=BY_TEAM + alone),
        **card("middle", "half: {from: answers, value: MEDIAN(score)}", more=BY_TEAM + alone),
        **card(
            "share",
            "good: {from: answers, value: COUNT(*), where: score > 3}",
            "number: {from: answers, value: COUNT(*)}",
            formula="good / number",
            more=BY_TEAM + alone,
        ),
        **card(
            "growth",
            "number: {from: answers, value: COUNT(*)}",
            "before: {term: number, lag: 1mo}",
            formula="number / before",
            more=JUDGED + alone,
        ),
    }
    for month in ("02", "03"):
        files[f"content/reports/2026-{month}/report.yml"] = REPORT.format(month=month)
    write(root, files)
    done, problems = generate(Options(root=root, today=TODAY))
    assert done is not None, [p.text() for p in problems]
    docs = root / "build" / "docs"
    paths = (p for p in sorted(docs.rglob("*")) if p.is_file() and p.suffix != ".parquet")
    return {p.relative_to(docs).as_posix(): _HASH.sub(b"#", p.read_bytes()) for p in paths}


def month(number: int, **teams: int) -> list[Answer]:
    """Return the answers of a month: so many of each team, with scores from 1 to 5."""
    day = f"2026-{number:02}-10"
    return [(day, team, 1 + i % 5) for team, count in teams.items() for i in range(count)]


@pytest.mark.parametrize("few", [[5, 5, None, 1], [1, 2]])
def test_a_month_of_few(tmp_path: Path, few: list[int | None]) -> None:
    """February has 3 answers, or 4 of which one has no score, or 2: as many may break the rule."""
    own, other = (
        [
            *month(1, a=40, b=25),
            *(("2026-02-10", "a", score) for score in scores),
            *month(3, a=40, b=30),
            *month(4, a=35, b=30),
        ]
        for scores in ([4, 2, 3], few)
    )
    one = site(tmp_path / "one", own, longer=False)
    assert one == site(tmp_path / "other", other, longer=False)
    assert any(b"suppressed" in data for data in one.values())


def test_members_of_few(tmp_path: Path) -> None:
    """Team b has 3 answers in each month; of one with the same score February's moves to March."""
    own = [row for number in range(1, 10) for row in month(number, a=40, b=3)]
    other = list(own)
    other[other.index(("2026-02-10", "b", 2))] = ("2026-02-10", "a", 2)
    other[other.index(("2026-03-10", "a", 2))] = ("2026-03-10", "b", 2)
    one = site(tmp_path / "one", own, longer=True)
    assert one == site(tmp_path / "other", other, longer=True)
    assert b"2026-Q1,team,b,9,ok" in one["en/data/values.csv"]
    assert b"2026-02,team,b,,suppressed" in one["en/data/values.csv"]
