"""Changes taken apart, on numbers small enough to be worked out by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from tests.figures.small import card, dataset, write
from tests.oracle.product import built

Rows = dict[tuple[str, ...], Decimal]


def contributions(root: Path, **wanted: str) -> Rows:
    """Return the contributions by kind, dimension and member of the rows that are ``wanted``."""
    data = built(root, root / "build" / "cache").get("data/contributions.csv", b"")
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    return {
        (r["kind"], r["dimension"], r["member_or_term"]): Decimal(r["contribution"])
        for r in rows
        if wanted.items() <= r.items()
    }


def site(tmp_path: Path, rows: Mapping[str, str], *cards: Mapping[str, str]) -> Path:
    files = {"data/calls.csv": "day,channel,solved,minutes\n"}
    for row, times in rows.items():
        files["data/calls.csv"] += f"{row}\n" * int(times)
    fields = (
        "name: channel, type: string",
        "name: solved, type: integer",
        "name: minutes, type: integer",
    )
    for one in cards:
        files |= one
    return write(tmp_path, {**dataset("calls", *fields), **files})


SOLVED = card(
    "solved",
    "done: {from: calls, value: SUM(solved)}",
    "asked: {from: calls, value: COUNT(*)}",
    formula="done / asked",
    more="dimensions: [channel]\n",
)


def test_simpson(tmp_path: Path) -> None:
    """Each channel solves more than before, and all of them together less.

    February: phone 90 of 100, chat 20 of 50: 110 of 150. March: phone 28 of 30, chat 60 of 120:
    88 of 150. By rate: phone (14/15 - 9/10) x (2/3 + 1/5) / 2 = 13/900, chat (1/2 - 2/5) x
    (1/3 + 4/5) / 2 = 17/300. By mix: phone -7/15 x (11/12 - 33/50) = -539/4500, chat
    7/15 x (9/20 - 33/50) = -49/500. Together -11/75.
    """
    root = site(
        tmp_path,
        {
            "2026-02-01,phone,1,": "90", "2026-02-01,phone,0,": "10",
            "2026-02-01,chat,1,": "20", "2026-02-01,chat,0,": "30",
            "2026-03-01,phone,1,": "28", "2026-03-01,phone,0,": "2",
            "2026-03-01,chat,1,": "60", "2026-03-01,chat,0,": "60",
        },
        SOLVED,
    )  # fmt: skip
    found = contributions(root, period="2026-03", against="previous")
    by_member = {key: value for key, value in found.items() if key[0] != "term"}
    assert {key: float(value) for key, value in by_member.items()} == pytest.approx(
        {
            ("mix", "channel", "phone"): -539 / 4500,
            ("mix", "channel", "chat"): -49 / 500,
            ("rate", "channel", "chat"): 17 / 300,
            ("rate", "channel", "phone"): 13 / 900,
        },
        abs=1e-15,
    )
    assert list(by_member) == [
        ("mix", "channel", "phone"), ("mix", "channel", "chat"),
        ("rate", "channel", "chat"), ("rate", "channel", "phone"),
    ]  # fmt: skip
    # 110/150 and 88/150 have 17 digits: the sum is their difference to the last of them
    assert sum(by_member.values()) == Decimal("0.58666666666666667") - Decimal(
        "0.73333333333333333"
    )
    # as many were asked: all of it is the calls that were solved
    terms = {key[2]: value for key, value in found.items() if key[0] == "term"}
    assert terms["asked"] == 0
    assert terms["done"] == sum(by_member.values())


def test_two_terms_share_what_they_do_together(tmp_path: Path) -> None:
    """10 of 20, then 12 of 30. Done first: +1/10 and -1/5; asked first: -1/6 and +1/15."""
    root = site(
        tmp_path,
        {
            "2026-02-01,phone,1,": "10", "2026-02-01,phone,0,": "10",
            "2026-03-01,phone,1,": "12", "2026-03-01,phone,0,": "18",
        },
        SOLVED,
    )  # fmt: skip
    found = contributions(root, period="2026-03", against="previous")
    assert float(found["term", "", "done"]) == pytest.approx((1 / 10 + 1 / 15) / 2, abs=1e-15)
    assert float(found["term", "", "asked"]) == pytest.approx((-1 / 5 - 1 / 6) / 2, abs=1e-15)
    assert found["term", "", "done"] + found["term", "", "asked"] == Decimal("-0.1")


def test_a_member_that_comes_or_goes_is_all_mix(tmp_path: Path) -> None:
    """February: phone 3 of 4. March: phone 2 of 4, and mail 1 of 1. Then phone goes away.

    Phone keeps 4/5: rate (1/2 - 3/4) x 9/10 = -9/40, mix -1/5 x (5/8 - 27/40) = 1/100; mail
    takes its own rate of 1: mix 1/5 x (1 - 27/40) = 13/200. Together 3/5 - 3/4 = -3/20.
    """
    root = site(
        tmp_path,
        {
            "2026-02-01,phone,1,": "3", "2026-02-01,phone,0,": "1",
            "2026-03-01,phone,1,": "2", "2026-03-01,phone,0,": "2", "2026-03-01,mail,1,": "1",
        },
        SOLVED,
    )  # fmt: skip
    found = contributions(root, period="2026-03", dimension="channel")
    assert found == {
        ("rate", "channel", "phone"): Decimal("-0.225"),
        ("mix", "channel", "mail"): Decimal("0.065"),
        ("mix", "channel", "phone"): Decimal("0.01"),
        ("rate", "channel", "mail"): Decimal(0),
    }


def test_something_above_the_line_and_nothing_below_leaves_the_pair_whole(tmp_path: Path) -> None:
    """Solved before it is asked: in March chat has 2 done and none asked."""
    ratio = card(
        "solved",
        "done: {from: calls, value: SUM(solved)}",
        "asked: {from: calls, value: SUM(minutes)}",
        formula="done / asked",
        more="dimensions: [channel]\n",
    )
    rows = {
        "2026-01-01,phone,1,2": "1", "2026-01-01,chat,1,2": "1",
        "2026-02-01,phone,2,2": "1", "2026-02-01,chat,1,2": "1",
        "2026-03-01,phone,1,2": "1", "2026-03-01,chat,2,0": "1",
    }  # fmt: skip
    root = site(tmp_path, rows, ratio)
    assert len(contributions(root, period="2026-02", dimension="channel")) == 4
    assert contributions(root, period="2026-03", dimension="channel") == {}
    assert len(contributions(root, period="2026-03", kind="term")) == 2


def test_a_mean_is_the_sum_by_the_count_of_those_that_have_a_value(tmp_path: Path) -> None:
    """February: phone 10 and 20, chat 30: mean 20. March: phone 12, chat 24 and 36, one without.

    Shares of calls with a time: phone 2/3 and 1/3, chat 1/3 and 2/3. Phone: rate (12 - 15) / 2 =
    -3/2, mix -1/3 x (27/2 - 22) = 17/6; chat: rate (30 - 30) / 2 = 0, mix 1/3 x (30 - 22) = 8/3.
    """
    mean = card(
        "minutes",
        "mean: {from: calls, value: AVG(minutes)}",
        more="dimensions: [channel]\n",
    )
    rows = {
        "2026-02-01,phone,1,10": "1", "2026-02-01,phone,1,20": "1", "2026-02-01,chat,1,30": "1",
        "2026-03-01,phone,1,12": "1", "2026-03-01,chat,1,24": "1", "2026-03-01,chat,1,36": "1",
        "2026-03-02,chat,1,": "1",
    }  # fmt: skip
    found = contributions(site(tmp_path, rows, mean), period="2026-03", dimension="channel")
    assert {key: float(value) for key, value in found.items()} == pytest.approx(
        {
            ("mix", "channel", "phone"): 17 / 6,
            ("mix", "channel", "chat"): 8 / 3,
            ("rate", "channel", "phone"): -3 / 2,
            ("rate", "channel", "chat"): 0,
        },
        abs=1e-14,
    )
    assert sum(found.values()) == 4


def test_sums_come_apart_into_own_changes(tmp_path: Path) -> None:
    """What a member without rows had is nothing: mail comes with 7 in March."""
    total = card(
        "minutes",
        "sum: {from: calls, value: SUM(minutes)}",
        more="dimensions: [channel]\n",
    )
    rows = {
        "2026-02-01,phone,1,10": "1", "2026-02-01,chat,1,30": "1",
        "2026-03-01,phone,1,4": "1", "2026-03-01,chat,1,31": "1", "2026-03-01,mail,1,7": "1",
    }  # fmt: skip
    found = contributions(site(tmp_path, rows, total), period="2026-03")
    assert list(found.items()) == [
        (("term", "", "sum"), Decimal(2)),
        (("member", "channel", "mail"), Decimal(7)),
        (("member", "channel", "phone"), Decimal(-6)),
        (("member", "channel", "chat"), Decimal(1)),
    ]


@pytest.mark.parametrize(
    ("value", "formula"),
    [
        ("MEDIAN(minutes)", "a"),
        ("COUNT(DISTINCT solved)", "a"),
        ("MAX(minutes)", "a"),
        ("SUM(minutes)", "a * b"),
        ("SUM(minutes)", "a - 1"),
        ("SUM(minutes)", "ABS(a)"),
        ("SUM(minutes)", "CASE WHEN a > 0 THEN a ELSE 0 END"),
        ("SUM(minutes)", "a / all_of_them"),
        ("AVG(minutes)", "a + b"),
    ],
)
def test_what_cannot_be_taken_apart_by_member(tmp_path: Path, value: str, formula: str) -> None:
    other = card(
        "figure",
        f"a: {{from: calls, value: '{value}'}}",
        "b: {from: calls, value: COUNT(*)}",
        "all_of_them: {term: b, overall: true}",
        formula=formula,
        more="dimensions: [channel]\n",
    )
    rows = {
        "2026-02-01,phone,1,10": "1", "2026-02-01,chat,1,30": "1",
        "2026-03-01,phone,1,4": "1", "2026-03-01,chat,0,31": "1",
    }  # fmt: skip
    found = contributions(site(tmp_path, rows, other), period="2026-03")
    assert {kind for kind, *_ in found} == {"term"}


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        ("done / NULLIF(asked, 0)", "done / asked"),
        ("1 - done / asked", "(asked - done) / asked"),
        ("done / asked - 1", "(done - asked) / asked"),
        ("100 * done / (asked / 2)", "done * 200 / asked"),
        ("done / asked - again / asked", "(done - again) / asked"),
        ("-(done / asked) / 4", "done * -0.25 / asked"),
        ("1 / (asked / done)", "done / asked"),
    ],
)
def test_one_ratio_written_in_two_ways(tmp_path: Path, formula: str, same: str) -> None:
    terms = (
        "done: {from: calls, value: SUM(solved)}",
        "asked: {from: calls, value: COUNT(*)}",
        "again: {from: calls, value: COUNT(*) FILTER (WHERE minutes > 9)}",
    )
    rows = {
        "2026-02-01,phone,1,10": "4", "2026-02-01,phone,0,3": "3", "2026-02-01,chat,1,12": "2",
        "2026-03-01,phone,1,4": "5", "2026-03-01,chat,1,31": "1", "2026-03-01,chat,0,1": "7",
    }  # fmt: skip
    cards = [
        card(name, *terms, formula=text, more="dimensions: [channel]\n")
        for name, text in (("one", formula), ("other", same))
    ]
    root = site(tmp_path, rows, *cards)
    one, other = (
        contributions(root, period="2026-03", dimension="channel", indicator=name)
        for name in ("one", "other")
    )
    assert len(one) == 4
    assert {k: float(v) for k, v in one.items()} == pytest.approx(
        {k: float(v) for k, v in other.items()}, abs=1e-14
    )


def test_other_cards_and_earlier_periods_are_terms_too(tmp_path: Path) -> None:
    """Growth of one card's sum: a ratio of sums that add up, over two periods."""
    total = card("total", "sum: {from: calls, value: SUM(minutes)}", more="dimensions: [channel]\n")
    growth = card(
        "growth",
        "now: {indicator: total}",
        "before: {term: now, lag: 1mo}",
        formula="(now - before) / before",
        more="dimensions: [channel]\n",
    )
    rows = {
        "2026-01-01,phone,1,10": "1", "2026-01-01,chat,1,10": "1",
        "2026-02-01,phone,1,20": "1", "2026-02-01,chat,1,10": "1",
        "2026-03-01,phone,1,20": "1", "2026-03-01,chat,1,25": "1",
    }  # fmt: skip
    found = contributions(site(tmp_path, rows, total, growth), indicator="growth", period="2026-03")
    # 30/20 - 1 = 1/2, then 45/30 - 1 = 1/2; phone grew by 1, then by 0, chat by 0, then by 3/2
    assert sum(v for k, v in found.items() if k[0] == "term") == 0
    by_member = {k: float(v) for k, v in found.items() if k[1] == "channel"}
    assert by_member == pytest.approx(
        {
            ("rate", "channel", "chat"): 3 / 2 * (1 / 2 + 1 / 3) / 2,
            ("rate", "channel", "phone"): -1 * (1 / 2 + 2 / 3) / 2,
            ("mix", "channel", "chat"): -1 / 6 * (3 / 4 - 1 / 2),
            ("mix", "channel", "phone"): 1 / 6 * (1 / 2 - 1 / 2),
        },
        abs=1e-15,
    )
    assert sum(by_member.values()) == pytest.approx(0, abs=1e-15)


def test_only_final_figures_are_explained(tmp_path: Path) -> None:
    """A running period has none; a year before is looked up by its name."""
    rows = {"2025-02-01,phone,1,": "2", "2025-03-01,phone,1,": "1", "2026-03-01,phone,0,": "4"}
    root = site(tmp_path, rows, SOLVED)
    assert {key[0] for key in contributions(root, period="2026-03", against="year")} == {
        "term", "rate", "mix",
    }  # fmt: skip
    # no call in February: no figure, and nothing to be compared with
    assert contributions(root, period="2026-03", against="previous") == {}
    (root / "content" / "site.yml").write_text(
        (root / "content" / "site.yml").read_text().replace("2026-03-31", "2026-03-30")
    )
    assert contributions(root, period="2026-03") == {}


def test_more_than_seven_terms_are_not_told_apart(tmp_path: Path) -> None:
    def sums(count: int) -> Mapping[str, str]:
        names = [f"t{i}" for i in range(count)]
        terms = [f"{n}: {{from: calls, value: SUM(minutes) + {i}}}" for i, n in enumerate(names)]
        return card(f"of_{count}", *terms, formula=" + ".join(names))

    rows = {"2026-02-01,phone,1,1": "1", "2026-03-01,phone,1,3": "1"}
    root = site(tmp_path, rows, sums(7), sums(8))
    assert contributions(root, indicator="of_7", period="2026-03") == {
        ("term", "", f"t{i}"): Decimal(2) for i in range(7)
    }
    assert contributions(root, indicator="of_8") == {}
