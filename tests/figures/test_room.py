"""Numbers too large for 64 bits or 18 places: exact, or refused with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures.small import card, dataset, figures, problems, write

FACTS = {
    **dataset(
        "large",
        "name: n, type: integer",
        "name: v, type: number, decimals: 18",
        "name: kind, type: string",
    ),
    "data/large.csv": (
        "day,n,v,kind\n"
        "2026-03-01,5000000000000000000,0.123456789012345678,a\n"
        "2026-03-02,5000000000000000000,0.500000000000000001,b\n"
        "2026-03-03,-3,0.000000000000000001,b\n"
    ),
}
# The squares of 123456789012345678, of 500000000000000001 and of 1, added up, 36 places down.
SQUARES = 123456789012345678**2 + 500000000000000001**2 + 1
BIG = 9_000_000_000_000_000_000


def said(root: Path, value: str, more: str = "") -> list[str]:
    files = {**FACTS, **card("it", f"a: {{from: large, value: '{value}'{more}}}")}
    return [p.code for p in problems(write(root, files))]


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("SUM(n + n)", "19999999999999999994"),
        ("SUM(n * n)", "50000000000000000000000000000000000009"),
        ("SUM(n)", "9999999999999999997"),
        ("SUM(CASE WHEN n > 0 THEN n + n ELSE n END)", "19999999999999999997"),
        ("COUNT(*) FILTER (WHERE n + n > n)", "2"),
        ("MAX(n + n) - MIN(n + n)", "10000000000000000006"),
        ("SUM(v * v)", f"0.{SQUARES:036d}"),
        ("COUNT(DISTINCT n + n)", "2"),
        ("MEDIAN(n + n)", "10000000000000000000"),
    ],
)
def test_exact(tmp_path: Path, value: str, right: str) -> None:
    assert said(tmp_path, value) == []
    assert figures(tmp_path)["it 2026-03"] == right


def test_a_condition_is_exact(tmp_path: Path) -> None:
    assert said(tmp_path, "COUNT(*)", ", where: n + n > 0") == []
    assert figures(tmp_path)["it 2026-03"] == "2"


@pytest.mark.parametrize(
    ("value", "column"),
    [
        ("SUM(n * n * n)", 38),
        ("SUM(n * v * v)", 38),
        ("SUM(n * n * 6)", 28),  # each row fits in 128 bits, three of them do not
        ("AVG(n * n * 6)", 28),
    ],
)
def test_refused(tmp_path: Path, value: str, column: int) -> None:
    files = {**FACTS, **card("it", f"a: {{from: large, value: '{value}'}}")}
    (found,) = problems(write(tmp_path, files))
    assert (found.code, found.where.file) == ("no-room", "content/indicators/main/it.yml")
    assert (found.where.line, found.where.column) == (6, column)
    assert "'a' of 'it'" in found.message.en


def test_too_many_places_are_refused_in_the_text(tmp_path: Path) -> None:
    assert said(tmp_path, "SUM(v * v * v * v)") == ["sql-type"]


def test_sums_of_many_large_rows(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-{1 + i % 28:02},{BIG + i},0,a\n" for i in range(1000))
    files = {**FACTS, "data/large.csv": "day,n,v,kind\n" + rows}
    files |= card("it", "a: {from: large, value: SUM(n)}")
    found = figures(write(tmp_path, files))
    assert found["it 2026-03"] == str(BIG * 1000 + 999 * 1000 // 2)


def test_derived_columns_and_rules(tmp_path: Path) -> None:
    """64 bits keep a derived column; a rule may need more on the way."""
    name = "content/datasets/large.yml"
    sound = FACTS[name] + "derived:\n  half: (n + n) // 4\nrules:\n  - {rule: n + n >= n - 9}\n"
    files = {**FACTS, name: sound, **card("it", "a: {from: large, value: SUM(half)}")}
    assert problems(write(tmp_path, files)) == ()
    assert figures(tmp_path)["it 2026-03"] == "4999999999999999999"  # 2.5e18 twice, and -1
    wrong = FACTS[name] + "derived:\n  twice: n + n\nrules:\n  - {rule: n * n * n > 0}\n"
    found = problems(
        write(tmp_path, {name: wrong, **card("it", "a: {from: large, value: SUM(n)}")})
    )
    assert [(p.code, p.where.file, p.where.line) for p in found] == [
        ("no-room", name, 11),
        ("no-room", name, 13),
    ]
    assert "'twice': a result has 20 digits" in found[0].message.en
    assert "holds at most 9223372036854775807" in found[0].message.en
    assert "57 digits here, and 38 are computed" in found[1].message.en


def test_exact_figures_keep_all_digits(tmp_path: Path) -> None:
    """31 digits of a sum, 56 of a product of sums; a quotient has the 17 of a double."""
    files = {
        **FACTS,
        **card(
            "product",
            "a: {from: large, value: SUM(n)}",
            "b: {from: large, value: SUM(v)}",
            formula="a * a * b",
        ),
        **card("ratio", "a: {from: large, value: SUM(n)}", formula="a / 7"),
    }
    found = figures(write(tmp_path, files))
    whole = 9999999999999999997**2 * (123456789012345678 + 500000000000000001 + 1)
    digits = str(whole)
    assert found["product 2026-03"] == f"{digits[:-18]}.{digits[-18:]}".rstrip("0")
    assert found["ratio 2026-03"] == "1428571428571428571"
