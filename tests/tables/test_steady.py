"""Facts that stop, thin out or have a hole; conditions on what no row has. Counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi_site.authoring.survey.new_dataset import Proposed, dataset_from
from kpi_site.content import read_draft
from tests.figures.small import SITE, card, dataset, problems, write
from tests.oracle.product import TODAY

MONTHS = [f"2025-{m:02}" for m in range(1, 13)] + ["2026-01", "2026-02", "2026-03"]


def rows(days: Iterable[str], word: str = "solved") -> str:
    return "day,outcome\n" + "".join(f"{day},{word}\n" for day in days)


def every_month(*left_out: str, many: int = 1) -> list[str]:
    return [f"{m}-{d:02}" for m in MONTHS if m not in left_out for d in range(1, many + 1)]


def every_week(*left_out: int, first: str = "2025-12-31") -> list[str]:
    """Return thirteen Wednesdays: of 2026-W01 to W13, which ends on 29 March."""
    start = date.fromisoformat(first)
    return [str(start + timedelta(7 * n)) for n in range(13) if n + 1 not in left_out]


def site(root: Path, text: str, more: str = "", **term: str) -> Path:
    where = term.get("where", "")
    condition = f", where: {where}" if where else ""
    return write(
        root,
        {
            **dataset("tickets", "name: outcome, type: string", more=more),
            "data/tickets.csv": text,
            **card("solved", f"n: {{from: tickets, value: COUNT(*){condition}}}"),
        },
    )


def told(root: Path) -> list[str]:
    found = problems(root)
    assert {p.severity for p in found} <= {"warning"}, [p.text() for p in found]
    return [f"{p.code} {p.message.en}" for p in found]


END = "facts-end the last row of 'tickets' is of "


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (every_month(), []),
        (every_month("2026-03"), [END + "2026-02-01; there is none in 2026-03"]),
        (
            every_month("2026-02", "2026-03"),
            [END + "2026-01-01; there is none in 2026-02, 2026-03"],
        ),
        (every_month("2026-01"), ["facts-missing 'tickets' has no row in 2026-01"]),
        (every_month("2025-02"), []),  # more than twelve months ago
        (every_month("2025-10", "2026-01"), []),  # two of fifteen: no such rhythm
        (every_month()[-5:-1], []),  # four months make no rhythm
        ([*every_month("2026-03"), "2025-04-07"], []),  # neither alike nor many
        (every_month("2026-03", many=10), [END + "2026-02-10; there is none in 2026-03"]),
        # Ten a month, then five and four: half is not fewer than half.
        ([*every_month("2026-03", many=10), *[f"2026-03-{d:02}" for d in range(1, 6)]], []),
        (
            [*every_month("2026-03", many=10), *[f"2026-03-{d:02}" for d in range(1, 5)]],
            ["facts-few 'tickets' has 4 rows in 2026-03, where 10 are usual"],
        ),
        (every_week(), []),
        (every_week(13), [END + "2026-03-18; there is none in 2026-W13"]),
        (every_week(5), ["facts-missing 'tickets' has no row in 2026-W05"]),
        (every_week(5, 9), []),  # two of thirteen: no such rhythm
        ([*every_week(13), "2026-01-01"], []),  # two days in a week are no rhythm of weeks
        # Ten months of ten, and one of ten still to come: rows after data_through count nowhere.
        ([*every_month(), "2026-04-01", "2026-12-01"], []),
    ],
)
def test_by_its_own_rhythm(days: list[str], found: list[str], tmp_path: Path) -> None:
    assert told(site(tmp_path, rows(days))) == found


@pytest.mark.parametrize(
    ("expect", "days", "found"),
    [
        ("{every: quarter}", every_month("2026-02", "2026-03"), []),
        ("{every: quarter}", every_month("2026-01", "2026-02", "2026-03"),
         [END + "2025-12-01; there is none in 2026-Q1"]),
        ("{every: month}", ["2025-12-01", "2026-02-01", "2026-03-01"],
         ["facts-missing 'tickets' has no row in 2026-01"]),
        ("{every: month, min_rows: 2}", ["2026-01-01", "2026-02-01", "2026-03-01"],
         ["facts-few 'tickets' has 1 row in 2026-03, where 2 are usual"]),
        # Four of usually ten are enough, says who knows.
        ("{every: month, min_rows: 4}",
         [*every_month("2026-03", many=10), *[f"2026-03-{d:02}" for d in range(1, 5)]], []),
    ],
)  # fmt: skip
def test_by_what_it_promises(
    expect: str, days: list[str], found: list[str], tmp_path: Path
) -> None:
    assert told(site(tmp_path, rows(days), f"expect: {expect}\n")) == found


def test_a_silence_longer_than_any_before(tmp_path: Path) -> None:
    """Every other day from 1 January: the longest silence is of two days."""
    first = date(2026, 1, 1)
    days = [(first + timedelta(days=2 * n)).isoformat() for n in range(43)]
    assert days[-1] == "2026-03-26"  # five days before data_through: more than twice two
    root = site(tmp_path, rows(days))
    assert told(root) == [
        END + "2026-03-26: 5 days without any up to 2026-03-31, and never more than 2 before"
    ]
    write(root, {"content/site.yml": SITE.replace("2026-03-31", "2026-03-30")})
    assert told(root) == []


GONE = "value-without-rows no row of 'tickets' has '{}' in its column 'outcome'"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("outcome = 'solved'", []),
        ("outcome = 'Solved'", [GONE.format("Solved")]),
        ("outcome IN ('solved', 'closed')", [GONE.format("closed")]),
        ("outcome <> 'Solved'", []),
        ("'open' = outcome", [GONE.format("open")]),
    ],
)  # fmt: skip
def test_a_value_that_no_row_has(where: str, found: list[str], tmp_path: Path) -> None:
    root = site(tmp_path, rows(every_month()), where=f'"{where}"')
    assert told(root) == found
    for problem in problems(root):
        assert problem.hint is not None
        assert "solved" in problem.hint.en
        assert problem.where.line == 6  # of the term


def test_a_listed_value_may_come(tmp_path: Path) -> None:
    root = site(tmp_path, rows(every_month()), where="outcome = 'open'")
    path = root / "content/datasets/tickets.yml"
    text = path.read_text("utf-8").replace(
        "type: string", "type: string, constraints: {enum: [solved, open]}"
    )
    path.write_text(text, encoding="utf-8")
    assert told(root) == []


@pytest.mark.parametrize(
    ("days", "expect"),
    [
        (every_month(many=3), "expect: {every: month, min_rows: 3}"),
        ([*every_month(many=12), "2026-01-20"], "expect: {every: month, min_rows: 6}"),
        ([f"{year}-06-30" for year in range(2020, 2026)] + ["2025-12-31"], ""),
        (["2026-01-05", "2026-02-07"], ""),
        (every_week(), "expect: {every: week, min_rows: 1}"),
    ],
)
def test_new_dataset_proposes_it(days: list[str], expect: str, tmp_path: Path) -> None:
    root = site(tmp_path, rows(every_month()))
    write(root, {"data/calls.csv": rows([*days])})
    draft = read_draft(root, today=TODAY)[0]
    found = dataset_from(
        draft, root / "data/calls.csv", "calls", cache=root / "build" / "cache",
        department="main", language="en",
    )  # fmt: skip
    assert isinstance(found, Proposed)
    lines = [line.partition("  #")[0] for line in found.file.data.decode().splitlines()]
    assert [line for line in lines if line.startswith("expect")] == ([expect] if expect else [])
