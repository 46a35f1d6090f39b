"""Parents whose rows hold for a time: each row gets the one of its own day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.catalog import Validity
from kpi_site.tables.scan import scan
from tests.figures.small import card, dataset, figures, problems, write
from tests.tables.conftest import Facts, name

POSTINGS = (
    "person,department,since,until\n"
    "A,sales,2026-01-01,2026-03-15\n"
    "B,sales,2026-01-01,\n"
    "A,service,2026-03-15,\n"
)
DAYS = "person,day,hours\nA,2026-03-14,1\nA,2026-03-15,2\nB,2026-03-15,4\n,2026-03-15,8\n"


def staff(facts: Facts, postings: str = POSTINGS, *, until: str | None = "until") -> None:
    facts.add("postings", "person", "department", "since:date", "until:date")
    facts.add(
        "days", "person", "day:date", "hours:integer",
        foreign={("person",): ("postings", ("person",))}, time=name("day"),
    )  # fmt: skip
    (key,) = facts.datasets["days"].foreign_keys
    valid = Validity(name("since"), name(until) if until else None)
    facts.datasets["days"] = replace(
        facts.datasets["days"], foreign_keys=(replace(key, valid=valid),)
    )
    facts.write("data/postings.csv", postings)
    facts.write("data/days.csv", DAYS)


def departments(facts: Facts) -> list[tuple[int, str | None]]:
    tables, found = facts.read()
    assert not found, [p.text() for p in found]
    rows = scan(tables, "days", ["hours", "postings.department"]).collect().rows()
    return sorted(rows)


def test_the_row_of_the_day(facts: Any) -> None:
    staff(facts)
    assert departments(facts) == [(1, "sales"), (2, "service"), (4, "sales"), (8, None)]


def test_without_an_end_the_next_row_ends_it(facts: Any) -> None:
    """The wrong ends of the file do not matter where no key names them."""
    staff(facts, POSTINGS.replace("2026-03-15,\n", "2026-03-15,2026-03-15\n"), until=None)
    assert departments(facts) == [(1, "sales"), (2, "service"), (4, "sales"), (8, None)]
    facts.write("data/postings.csv", POSTINGS + "B,service,2026-01-01,\n")
    assert facts.faults() == ["5:11 overlapping-rows"]  # both begin on one day


@pytest.mark.parametrize(
    ("postings", "said"),
    [
        (  # the inclusive end that people often write leaves a hole, which is told
            POSTINGS.replace("01-01,2026-03-15", "01-01,2026-03-14"),
            [("data/days.csv:2:1: foreign key person: 'A' is in no row of 'postings' (person) that"
             " holds on 2026-03-14. Mend it, or add the missing row there.")],
        ),
        (
            POSTINGS.replace("01-01,2026-03-15", "01-01,2026-03-16"),
            [("data/postings.csv:4:11: person 'A' holds from 2026-03-15 on, while that of line 2"
             " (until 2026-03-16) still holds. At any time one row of a key holds. until is the"
             " first day on which a row holds no longer: the since of the next one.")],
        ),
        (
            POSTINGS.replace("01-01,2026-03-15", "01-01,"),
            [("data/postings.csv:4:11: person 'A' holds from 2026-03-15 on, while that of line 2"
             " (without an end) still holds. At any time one row of a key holds. until is the"
             " first day on which a row holds no longer: the since of the next one.")],
        ),
        (
            POSTINGS + "C,sales,,\nD,sales,2026-02-01,2026-02-01\n",
            [("data/postings.csv:5:9: since is missing: it is not known since when the row holds."
             " Write the first day on which it holds."),
             ("data/postings.csv:6:20: until '2026-02-01' is not after since '2026-02-01'. It is"
             " the first day on which the row holds no longer; so this row never holds.")],
        ),
    ],
)  # fmt: skip
def test_faults_stand_at_their_place(facts: Any, postings: str, said: list[str]) -> None:
    staff(facts, postings)
    _, found = facts.read()
    assert [p.text() for p in found] == said


def test_what_was_sound_is_checked_again_when_the_ends_count(facts: Any) -> None:
    staff(facts, POSTINGS.replace("01-01,2026-03-15", "01-01,"), until=None)
    assert facts.faults() == []
    staff(facts, POSTINGS.replace("01-01,2026-03-15", "01-01,"))
    assert facts.faults() == ["4:11 overlapping-rows"]


_DAY = st.integers(0, 40).map(lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=n))


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.sampled_from(range(41)), min_size=1, max_size=6, unique=True),
    closed=st.booleans(),
    days=st.lists(_DAY, min_size=1, max_size=8),
)
def test_as_a_loop_over_all_pairs_tells(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], closed: bool, days: list[dt.date]
) -> None:
    """Spells that meet: a row has the one spell with ``since <= day < until``, or dangles."""
    start = dt.date(2026, 1, 1)
    edges = [start + dt.timedelta(days=n) for n in sorted(cuts)]
    spells = list(zip(edges, [*edges[1:], dt.date(2026, 2, 5) if closed else None], strict=True))
    spells = [(a, b) for a, b in spells if b is None or a < b]
    facts = Facts(tmp_path_factory.mktemp("spells"))
    lines = [f"A,d{n},{a},{b or ''}\n" for n, (a, b) in enumerate(spells)]
    staff(facts, "person,department,since,until\n" + "".join(reversed(lines)))
    facts.write(
        "data/days.csv", "person,day,hours\n" + "".join(f"A,{d},{i}\n" for i, d in enumerate(days))
    )
    right = [
        next((f"d{n}" for n, (a, b) in enumerate(spells) if a <= d and (b is None or d < b)), None)
        for d in days
    ]
    lost = [i for i, found in enumerate(right) if found is None]
    if lost:
        assert facts.faults() == [f"{i + 2}:1 dangling-key" for i in lost]
    else:
        assert departments(facts) == list(enumerate(right))


SITE = {
    **dataset("postings", "name: person, type: string", "name: department, type: string",
              "name: until, type: date", time=""),
    **dataset("overtime", "name: person, type: string", "name: hours, type: integer", more=(
        "  foreignKeys:\n    - fields: [person]\n      reference: {resource: postings, "
        "fields: [person], valid: {from: day, to: until}}\n")),
    "data/postings.csv": "day,person,department,until\n2026-01-01,A,sales,2026-03-15\n"
                         "2026-03-15,A,service,\n2026-01-01,B,sales,\n",
    "data/overtime.csv": "day,person,hours\n2026-03-10,A,3\n2026-03-20,A,5\n2026-03-20,B,7\n",
    **card("overtime_hours", "h: {from: overtime, value: SUM(hours)}",
           more="dimensions: [department]\n"),
}  # fmt: skip


def test_a_card_counts_each_row_where_its_person_was(tmp_path: Path) -> None:
    """3 + 7 hours in sales, 5 in service after the move."""
    assert [p.text() for p in problems(write(tmp_path, SITE))] == []
    found = figures(tmp_path)
    assert found["overtime_hours 2026-03"] == "15"
    assert found["overtime_hours 2026-03 sales"] == "10"
    assert found["overtime_hours 2026-03 service"] == "5"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to: until", "to: untill", ["unknown-column"]),
        ("from: day", "from: person", ["not-a-time"]),
        ("time: day\n", "", ["no-time-column"]),
    ],
)
def test_what_says_when_a_row_holds(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    path = "content/datasets/overtime.yml"
    files = {name: text for name, text in SITE.items() if "indicators" not in name}
    assert old in files[path]
    files[path] = files[path].replace(old, new)
    found = [p.code for p in problems(write(tmp_path, files)) if p.severity == "error"]
    assert found == said
