"""Totals of members as they are told: first and last, ties, those without, and no more than 30."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.problems import Name
from kpi_site.scoring import ScoredCard
from kpi_site.stages import figures
from kpi_site.story.member_totals import tell_member_totals, tell_spread
from kpi_site.story.scorecard import tell_scorecard
from kpi_site.story.teller import Teller, make_teller

ROOT = Path(__file__).parents[1] / "sites" / "appraisal"


@pytest.fixture(scope="module")
def found() -> Figures:
    made, problems = figures(Options(root=ROOT, today=date(2026, 5, 20)))
    assert made is not None, [p.text() for p in problems]
    return made


def _with(found: Figures, *totals: str | None) -> tuple[Teller, ScoredCard]:
    """Return the scorecard of April with members of these totals, the greatest first."""
    (card,) = (c for c in found.scores["monthly"] if c.period.label == "2026-04")
    like = card.members[0]
    assert like.member is not None
    members = tuple(
        replace(
            like,
            member=replace(like.member, member=Name(f"m{n}", like.member.member.where)),
            total=None if total is None else Decimal(total),
        )
        for n, total in enumerate(totals)
    )
    return make_teller(found, "en"), replace(card, members=members)


@pytest.mark.parametrize(
    ("totals", "span", "words"),
    [
        (("90", "80", "70.25"), "70.3–90.0",
         "3 members with a total: the highest m0 (90.0), the lowest m2 (70.3)."),
        (("90", "90", "70", "70", "70"), "70.0–90.0",
         ("5 members with a total: the highest m0 and 1 more (90.0),"
          " the lowest m2 and 2 more (70.0).")),
        (("90", "90"), "90.0", "2 members with a total, all 90.0: m0 and 1 more."),
        (("90", None, None), "90.0", "1 member with a total: m0 (90.0). 2 have no total."),
        ((None,), "", "1 has no total."),
        ((), "", ""),
    ],
)  # fmt: skip
def test_how_totals_lie(
    found: Figures, totals: tuple[str | None, ...], span: str, words: str
) -> None:
    told = tell_spread(*_with(found, *totals))
    assert told is not None
    assert (told.range, told.words) == (span, words)


def test_a_report_names_thirty_members_and_the_page_all(found: Figures) -> None:
    teller, card = _with(found, *(str(100 - n) for n in range(42)))
    told = tell_scorecard(teller, card)
    assert [m.ref.name for m in told.first] == [f"m{n}" for n in range(30)]
    assert told.more == 12
    assert len(told.members) == 42


def test_totals_over_time_are_those_of_each_period(found: Figures) -> None:
    teller = make_teller(found, "en")
    scored = found.scores["monthly"]
    march = next(card for card in scored if card.period.label == "2026-03")
    told = tell_member_totals(teller, scored, march)
    assert told is not None
    assert [p.label for p in told.periods] == ["2026-01", "2026-02", "2026-03"]
    wanted = {
        m.member.member: [
            next((x.total for x in c.members if x.key == m.key), None) for c in scored[:3]
        ]
        for m in march.members
        if m.member
    }
    assert [name for name, _ in told.rows] == list(wanted)
    assert {name: [c.total for c in cells] for name, cells in told.rows} == wanted
    assert tell_member_totals(teller, scored[:1], scored[0]) is None
