"""The order of members and what is told of those beyond thirty, against sums over the rows."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.charts.distribution import shares
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.pages import render
from kpi_site.problems import has_errors
from kpi_site.stages import figures
from kpi_site.story.breakdown import BreakdownStory, tell_breakdown
from kpi_site.story.teller import make_teller
from tests.figures.small import card, dataset, problems, write

TODAY = date(2026, 4, 10)
COUNT = 45
SUM = "sold: {label: Sold, from: sales, value: SUM(amount)}"
ROWS = "rows: {label: Rows, from: sales, value: COUNT(*)}"
LATE = "late: {label: Late, from: sales, value: SUM(late)}"
BEFORE = "before: {label: Before, term: sold, lag: 1mo}"
ALL = "all: {label: All, term: sold, overall: true}"
GRADES = ["senior", "junior", "head", "intern"]


def _rows() -> list[dict[str, str]]:
    """Draw sales of 45 products and of no product in two months; some only lose money."""
    chance = random.Random(7)
    rows = []
    for month in ("2026-02", "2026-03"):
        for n in range(COUNT + 1):
            for _ in range(chance.randint(0 if n % 9 == 4 else 1, 4)):
                amount = Decimal(chance.randint(-900_00 if n % 7 == 3 else 1, 900_00)) / 100
                rows.append({
                    "day": f"{month}-{chance.randint(1, 28):02}",
                    "product": f"p{n:02}" if n < COUNT else "",
                    "amount": str(amount * (n % 5 + 1)),
                    "late": str(chance.randint(0, 3)),
                    "person": f"n{chance.randint(1, 4)}",
                })  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Figures, list[dict[str, str]]]:
    rows = _rows()
    fields = ("name: product, type: string", "name: amount, type: number, decimals: 2",
              "name: late, type: integer", "name: person, type: string")  # fmt: skip
    grade = (
        "name: grade, type: string, ordered: true, "
        f"constraints: {{enum: [{', '.join(GRADES)}]}}, "
        "categories: {head: {zh: 主管, en: Head}}"
    )
    people = dataset("people", "name: person, type: string", grade, time="", more="").popitem()[1]
    people = people.replace("    - {name: day, type: date}\n", "")
    people += "  primaryKey: [person]\n"
    link = ("  foreignKeys:\n    - {fields: [person], "
            "reference: {resource: people, fields: [person]}}\n")  # fmt: skip
    by = "dimensions: [product]\n"
    files = dataset("sales", *fields, more=link) | {"content/datasets/people.yml": people}
    for found in (
        card("sold", SUM, more="dimensions: [product, people.grade]\n"),
        card("late_share", LATE, ROWS, formula="ROUND(100 * late / rows - 1, 4)", more=by),
        card("growth", SUM, BEFORE, formula="sold / before - 1", more=by),
        card("usual", "usual: {label: Usual, from: sales, value: MEDIAN(amount)}", more=by),
        card("buyers", "b: {label: B, from: sales, value: COUNT(DISTINCT person)}", more=by),
        card("share", SUM, ALL, formula="sold / all", more=by),
    ):
        files |= {k: v.replace("unit: count\n", "unit: percent\n") if "share.yml" in k else v
                  for k, v in found.items()}  # fmt: skip
    root = write(tmp_path_factory.mktemp("many"), files)
    for name, table in (("sales", rows), ("people", [
        {"person": f"n{i}", "grade": g} for i, g in enumerate(("head", "senior", "intern", ""), 1)
    ])):  # fmt: skip
        (root / "data").mkdir(exist_ok=True)
        with (root / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
    found_, told = figures(Options(root=root, today=TODAY))
    assert not has_errors(told), [p.text() for p in told]
    assert found_ is not None
    return found_, rows


def _told(computed: Figures, name: str, dimension: str = "product") -> BreakdownStory:
    teller = make_teller(computed, "en")
    found = tell_breakdown(teller, computed.catalog.indicators[name], dimension)
    assert found is not None
    assert found.period.label == "2026-03"
    return found


def _sums(rows: list[dict[str, str]], column: str, month: str = "2026-03") -> dict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row["product"]] += 0
        if row["day"].startswith(month):
            found[row["product"]] += Decimal(row[column] if column else 1)
    return found


def _names(found: BreakdownStory) -> list[str]:
    return [s.key.member for s in found.members]


def _together(found: BreakdownStory, month: str = "2026-03") -> Decimal | None:
    assert found.others is not None
    assert found.others.series is not None
    (value,) = (r.value for r in found.others.series.results if r.period.label == month)
    return value


def test_amounts_stand_by_size_and_the_others_are_their_sum(
    site: tuple[Figures, list[dict[str, str]]],
) -> None:
    computed, rows = site
    sums, found = _sums(rows, "amount"), _told(computed, "sold")
    far = sorted(sums, key=lambda name: -abs(sums[name]))[:30]
    assert min(sums[name] for name in far) < 0  # a great loss is among those that are named
    named = sorted((name for name in far if name), key=lambda name: -sums[name])
    assert _names(found) == named + [name for name in far if not name]
    rest = set(sums) - set(far)
    assert found.others is not None
    assert (found.others.count, found.others.name) == (16, "16 others")
    assert _together(found) == sum(sums[name] for name in rest)
    before = _sums(rows, "amount", "2026-02")
    assert _together(found, "2026-02") == sum(before[name] for name in rest)
    assert found.rows[-1].name == "16 others"
    assert found.rows[-1].previous is not None
    assert found.rows[-1].result.n == sum(_sums(rows, "")[name] for name in rest)
    assert found.left_out.startswith("30 of 46; the other 16 are taken together")
    none, step = Decimal(0), Decimal("0.1")
    whole = sum(sums.values(), none)  # the parts come to it, their shares as shown not quite
    parts = [*(sums[name] for name in far), sum((sums[name] for name in rest), none)]
    shown = sum(((100 * part / whole).quantize(step, ROUND_HALF_UP) for part in parts), none)
    assert found.note == f"Each share is rounded by itself; together they read {shown}%."


def test_ratios_stand_by_their_divisor_and_the_others_are_made_of_their_terms(
    site: tuple[Figures, list[dict[str, str]]],
) -> None:
    computed, rows = site
    late, count = _sums(rows, "late"), _sums(rows, "")
    found = _told(computed, "late_share")
    sizes = [count[name] for name in _names(found)]
    assert _names(found)[-1] == ""  # whose product is not told
    assert sizes[:-1] == sorted(sizes[:-1], reverse=True)
    assert len(sizes) == 30
    rest = set(count) - set(_names(found))
    assert min(sizes) >= max(count[name] for name in rest)
    ratio = Fraction(100 * sum(late[n] for n in rest)) / Fraction(sum(count[n] for n in rest)) - 1
    assert _together(found) == round(Decimal(ratio.numerator) / Decimal(ratio.denominator), 4)
    growth = _told(computed, "growth")
    left = set(count) - set(_names(growth))
    now, before = _sums(rows, "amount"), _sums(rows, "amount", "2026-02")
    wanted = Fraction(sum(now[n] for n in left)) / Fraction(sum(before[n] for n in left)) - 1
    assert abs(Fraction(_together(growth) or 0) - wanted) < Fraction(1, 10**14)


@pytest.mark.parametrize("name", ["usual", "buyers"])
def test_what_does_not_add_up_is_not_taken_together(
    site: tuple[Figures, list[dict[str, str]]], name: str
) -> None:
    computed, rows = site
    found = _told(computed, name)
    assert found.others is not None
    assert (found.others.count, found.others.series) == (16, None)
    assert len(found.rows) == 30
    assert "cannot be taken together" in found.left_out
    if name == "usual":  # a median weighs as much as it has rows
        count = _sums(rows, "")
        sizes = [count[n] for n in _names(found) if n]
        assert sizes == sorted(sizes, reverse=True)


def test_shares_of_many_members_come_to_the_whole(
    site: tuple[Figures, list[dict[str, str]]],
) -> None:
    computed, rows = site
    found = _told(computed, "share")
    assert found.others is not None
    sums = _sums(rows, "amount")
    rest = set(sums) - set(_names(found))
    wanted = Fraction(sum(sums[n] for n in rest)) / Fraction(sum(sums.values()))
    assert abs(Fraction(_together(found) or 0) - wanted) < Fraction(1, 10**14)
    card_ = computed.catalog.indicators["share"]
    whole = computed.results["share"].whole(found.period.grain)
    assert whole is not None
    positive = [s for s in found.members if all((r.value or 0) >= 0 for r in s.results)]
    drawn = shares(card_, positive, whole, "en", found.titles)
    assert drawn.names[-1] == "others"


def test_an_ordered_column_of_a_parent_decides_the_order(
    site: tuple[Figures, list[dict[str, str]]],
) -> None:
    found = _told(site[0], "sold", "people.grade")
    assert _names(found) == ["senior", "head", "intern", ""]  # nobody is a junior
    assert [row.name for row in found.rows] == ["senior", "Head", "intern", "not given"]
    assert found.others is None


def test_pages_tell_the_others_and_where_they_all_are(
    site: tuple[Figures, list[dict[str, str]]],
) -> None:
    wanted = {f"indicators/{name}.md" for name in ("sold", "usual")}
    texts = {f.path: str(f.content) for f in render(site[0], "en") if f.path in wanted}
    assert '<tr><th scope="row">16 others</th>' in texts["indicators/sold.md"]
    assert "first 30 of 46" in texts["indicators/sold.md"]
    assert "others</th>" not in texts["indicators/usual.md"]
    for text in texts.values():
        assert 'indicators/sold.csv" download' in text or 'indicators/usual.csv" download' in text


def test_an_order_needs_a_list_of_values(tmp_path: Path) -> None:
    files = dataset(
        "sales", "name: amount, type: integer", "name: size, type: string, ordered: true"
    )
    files |= card("sold", SUM) | {"data/sales.csv": "day,amount,size\n2026-01-02,1,s\n"}
    (told,) = problems(write(tmp_path, files))
    assert (told.code, told.where.line, told.where.column) == ("key-does-not-fit", 8, 34)
