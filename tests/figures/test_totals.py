"""Rows of totals: left out and checked, or warned of. All sums worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_site.tables.total_words import TOTAL_WORDS
from tests.figures.small import card, dataset, figures, problems, write

CARD = card("sold", "a: {from: sales, value: SUM(amount)}", more="dimensions: [region]\n") | card(
    "rows", "a: {from: sales, value: COUNT(*)}"
)
FIELDS = (
    "name: region, type: string",
    "name: city, type: string",
    "name: amount, type: number, decimals: 2",
    "name: pieces, type: integer",
)
ROWS = """\
day,region,city,amount,pieces
2026-02-01,华东,上海,10.50,1
2026-02-01,华东,杭州,20.00,2
2026-02-01,华东,小计,30.50,3
2026-02-01,华北,北京,5.25,4
2026-02-01,华北,小计,5.25,4
2026-02-01,合计,,35.75,7
2026-03-01,华东,上海,1.00,5
2026-03-01,华东,小计,1.00,5
2026-03-01,合计,,1.00,5
,合计,全部,36.75,
"""
WHERE = "totals: {where: \"region = '合计' OR city = '小计'\"}\n"


def site(root: Path, rows: str = ROWS, more: str = WHERE) -> Path:
    files = {**dataset("sales", *FIELDS, more=more), "data/sales.csv": rows, **CARD}
    return write(root, files)


def test_totals_are_left_out(tmp_path: Path) -> None:
    root = site(tmp_path)
    assert problems(root) == ()
    found = figures(root)
    assert found["sold 2026-02"] == "35.75"
    assert found["sold 2026-02 华东"] == "30.5"
    assert found["sold 2026-03"] == "1"
    assert found["rows 2026-02"] == "3"
    assert "sold 2026-02 合计" not in found


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "华东,小计,30.50,3",
            "华东,小计,31.50,3",
            4,
            "amount is 31.50, but the rows with day = '2026-02-01', region = '华东' add up to 30.5",
        ),
        (
            "合计,,35.75,7",
            "合计,,35.75,8",
            7,
            "pieces is 8, but the rows with day = '2026-02-01' add up to 7",
        ),
        (
            "合计,全部,36.75,",
            "合计,全部,36.74,",
            11,
            "amount is 36.74, but the rows add up to 36.75",
        ),
    ],
)
def test_a_total_that_does_not_add_up(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert ROWS.count(old) == 1
    (found,) = problems(site(tmp_path, ROWS.replace(old, new)))
    assert (found.code, found.where.line) == ("total-differs", line)
    assert found.message.en.removesuffix("0") == f"the total of {said}".removesuffix("0")


LEDGER = """\
day,region,city,amount,pieces
2025-12-31,华东,上海,9.00,9
2026-01-31,华东,上海,10.50,1
2026-01-31,华东,本期合计,10.50,1
2026-01-31,华东,本年累计,10.50,1
2026-02-28,华东,上海,20.00,2
2026-02-28,华北,北京,5.25,4
2026-02-28,华东,本期合计,20.00,2
2026-02-28,华东,本年累计,30.50,3
2026-02-28,华北,本年累计,5.25,4
2026-03-31,华东,本年累计,30.50,3
2026-03-31,合计,本年累计,35.75,7
"""
OF_THE_YEAR = "totals: {where: \"city IN ('本期合计', '本年累计')\"}\n"


def test_totals_of_the_year_so_far(tmp_path: Path) -> None:
    root = site(tmp_path, LEDGER, OF_THE_YEAR)
    assert problems(root) == ()
    assert figures(root)["sold 2026-02"] == "25.25"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("2026-02-28,华东,本年累计,30.50", "2026-02-28,华东,本年累计,39.50", 9, "39.50"),
        ("2026-03-31,合计,本年累计,35.75", "2026-03-31,合计,本年累计,44.75", 12, "44.75"),
    ],
)
def test_a_total_of_the_year_so_far_that_does_not_add_up(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert LEDGER.count(old) == 1
    (found,) = problems(site(tmp_path, LEDGER.replace(old, new), OF_THE_YEAR))
    assert (found.code, found.where.line) == ("total-differs", line)
    assert f"amount is {said}, but the rows of the year so far" in found.message.en


FROM_APRIL = """\
day,region,city,amount,pieces
2025-04-30,华东,上海,9.00,9
2025-12-31,华东,上海,1.00,1
2026-01-31,华东,上海,10.50,1
2026-01-31,华东,本年累计,20.50,11
2026-04-30,华东,上海,20.00,2
2026-04-30,华东,本年累计,20.00,2
"""


def test_a_year_so_far_is_the_company_s_own(tmp_path: Path) -> None:
    root = site(tmp_path, FROM_APRIL, OF_THE_YEAR)
    assert {found.where.line for found in problems(root)} == {5, 7}  # by the calendar's year
    content = root / "content" / "site.yml"
    content.write_text(content.read_text("utf-8") + "fiscal_year_start: 4\n", "utf-8")
    assert problems(root) == ()


def test_a_year_that_the_facts_do_not_begin_is_not_checked(tmp_path: Path) -> None:
    rows = LEDGER.replace("2025-12-31,华东,上海,9.00,9\n", "")
    rows = rows.replace("2026-01-31", "2026-02-01").replace("累计,10.50,1", "累计,99.00,9")
    rows = rows.replace("累计,30.50,3", "累计,119.00,11")
    assert problems(site(tmp_path, rows, OF_THE_YEAR)) == ()


def test_only_the_columns_named_are_checked(tmp_path: Path) -> None:
    rows = ROWS.replace("合计,,35.75,7", "合计,,35.75,99")
    more = WHERE.replace("}", ", columns: [amount]}")
    assert problems(site(tmp_path, rows, more)) == ()


def test_faults_of_other_rows_keep_their_lines(tmp_path: Path) -> None:
    """A bad cell, a broken rule and a repeated key stand where the file has them."""
    rows = ROWS + "2026-03-02,华西,成都,x,1\n2026-03-03,华西,成都,-1.00,1\n2026-03-02,华西,b,1,1\n"
    key = "  primaryKey: [day, region]\n"
    root = site(tmp_path, rows, key + WHERE + "rules:\n  - {rule: amount >= 0}\n")
    assert [(p.code, p.where.line) for p in problems(root)] == [
        ("duplicate-key", 3),
        ("bad-value", 12),
        ("broken-rule", 13),
        ("duplicate-key", 14),
    ]


def test_a_total_may_lack_what_other_rows_need(tmp_path: Path) -> None:
    """No key, no date, a word that is not listed: it is no row of the dataset."""
    fields = (
        "name: region, type: string, constraints: {required: true, enum: [a, b]}",
        "name: amount, type: integer",
    )
    more = "  primaryKey: [day, region]\ntotals: {where: region = 'all'}\n"
    files = {
        **dataset("sales", *fields, more=more),
        "data/sales.csv": "day,region,amount\n2026-03-01,a,1\n2026-03-01,b,2\n,all,3\n",
        **CARD,
    }
    assert problems(write(tmp_path, files)) == ()
    assert figures(tmp_path)["sold 2026-03"] == "3"


@pytest.mark.parametrize("word", sorted(TOTAL_WORDS))
def test_undeclared_totals_are_warned_of(tmp_path: Path, word: str) -> None:
    rows = f"day,region,city,amount,pieces\n2026-03-01,a,x,1,1\n2026-03-01,{word},,1,1\n" * 2
    rows = rows.replace("\nday,region,city,amount,pieces", "")
    (found,) = problems(site(tmp_path, rows, ""))
    assert (found.code, found.severity) == ("total-among-rows", "warning")
    assert (found.where.line, found.where.column) == (3, 12)
    assert found.message.en.startswith(f"2 rows have '{word}'")
    assert found.hint is not None
    assert f"region = '{word}'" in found.hint.en


@pytest.mark.parametrize(
    ("word", "warned"),
    [
        ("合 计", True), ("合　计", True), ("小计：", True), ("本月合计", True),
        ("华东 小计", True), ("华东 汇总", True), ("本年累计", True), ("累计", True),
        ("Kosten gesamt", True), ("Nord-Summe", True), ("SUMME:", True), ("TOTAL GENERAL", True),
        ("Gesamtschule", False), ("Summerland", False), ("Total Energies", False),
        ("East Total", True), ("SUB-TOTAL", True), ("total:", True), (" Totals ", True),
        ("统计", False), ("设计", False), ("会计", False), ("累计用户", False),
        ("合计外", False), ("数据汇总", False), ("Totally", False), ("Subtotals here", False),
    ],
)  # fmt: skip
def test_totals_by_other_spellings(tmp_path: Path, word: str, warned: bool) -> None:
    rows = f"day,region,city,amount,pieces\n2026-03-01,a,x,1,1\n2026-03-01,{word},,1,1\n"
    assert [p.code for p in problems(site(tmp_path, rows, ""))] == ["total-among-rows"] * warned


@pytest.mark.parametrize(
    ("word", "warned"),
    [
        ("Total Nord", True), ("Nord Ergebnis", True), ("Nord Résultat", True), ("Nord", False),
        ("Total Energies", False), ("Süd Ergebnis", False),
    ],
)  # fmt: skip
def test_a_word_beside_the_name_of_another_row(tmp_path: Path, word: str, warned: bool) -> None:
    rows = f"day,region,city,amount,pieces\n2026-03-01,Nord,x,1,1\n2026-03-01,{word},x,1,1\n"
    assert [p.code for p in problems(site(tmp_path, rows, ""))] == ["total-among-rows"] * warned


def test_all_words_for_a_total_are_in_the_hint(tmp_path: Path) -> None:
    """Taken as it is, the hint leaves out every row that was warned of."""
    rows = "day,region,city,amount,pieces\n2026-03-01,a,x,1,1\n"
    rows += "2026-03-01,华东小计,,1,1\n2026-03-01,合 计,,1,1\n2026-03-01,Owner's total,,1,1\n"
    (found,) = problems(site(tmp_path, rows, ""))
    assert found.message.en.startswith("3 rows have '华东小计' or the like in the column 'region'")
    assert found.hint is not None
    declared = found.hint.en.removeprefix("Write ").partition(" in the dataset")[0]
    assert declared == ("""totals: {where: "region IN ('Owner''s total', '华东小计', '合 计')"}""")
    root = site(tmp_path / "again", rows, declared + "\n")
    assert problems(root) == ()
    assert figures(root)["sold 2026-03"] == "1"


def test_keys_in_large_files_are_compared_with_the_words_alone(tmp_path: Path) -> None:
    rows = "day,region,city,amount,pieces\n"
    rows += "".join(f"2026-03-01,r{i},x,1,1\n" for i in range(12_000))
    rows += "2026-03-01,合计,小 计,1,1\n"
    found = problems(site(tmp_path, rows, ""))
    assert [(p.code, p.where.line, p.where.column) for p in found] == [
        ("total-among-rows", 12_002, 12), ("total-among-rows", 12_002, 15),
    ]  # fmt: skip


def test_the_warning_stays_with_the_kept_copy(tmp_path: Path) -> None:
    rows = "day,region,city,amount,pieces\n2026-03-01,合计,,1,1\n"
    root = site(tmp_path, rows, "")
    assert [p.code for p in problems(root)] == [p.code for p in problems(root)]
    assert len(problems(root)) == 1


def test_a_condition_that_is_none(tmp_path: Path) -> None:
    more = "totals: {where: amount + 1, columns: [region, nothing]}\n"
    assert [p.code for p in problems(site(tmp_path, more=more))] == [
        "not-a-condition", "key-does-not-fit", "unknown-column",
    ]  # fmt: skip
