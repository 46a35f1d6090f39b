"""Cards in a workbook and back: only edited cells change, at their places, and nothing is lost."""

from __future__ import annotations

import copy
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from kpi_site.authoring.book.changing import made
from kpi_site.authoring.book.columns import HEADS, SHEETS, columns_of
from kpi_site.authoring.book.coming_back import Outcome, compared, outcome
from kpi_site.authoring.book.reading import Book, Given, GivenRow, Place, read_book
from kpi_site.authoring.book.rows import normal, rows_of
from kpi_site.authoring.book.writing import sheet_title, to_workbook
from kpi_site.authoring.edits import carry_out, read_text
from kpi_site.content import read_draft
from kpi_site.content.cards import CARD
from kpi_site.content.scorecards import DEFINITIONS, SCORECARD
from kpi_site.problems import Message, Problem, has_errors
from tests.authoring.conftest import MINI, draft_of, problems_of
from tests.shell.conftest import Run

SAMPLE = Path(__file__).parents[2]
TODAY = date(2026, 11, 5)
WHAT = Message("导入", "import")

CSAT = """\
# yaml-language-server: $schema=../../../schemas/indicator.json
id: csat   # 编号不变
name: {zh: 客户满意度, en: "Customer satisfaction"}  # 两种语言
# 定义分两段
definition:
  zh: |
    客户评分的平均值。

    - 留空不计。   # 这不是注释
  en: >-
    The mean of the
    customers' scores.
purpose: '看客户''满意''不满意'
formula: total / answers   # 总分除以份数
terms:
  # 两项
  total: {label: {zh: 评分之和, en: Sum of scores}, from: answers, value: SUM(score)}
  answers:
    label: {zh: 答卷数, en: Answers}
    from: answers   # 问卷
    value: COUNT(*)
unit: score
decimals: 1
direction: higher
cycle: month
thresholds:
  - {from: 2024, baseline: 5.0, target: 7, challenge: 9}  # 旧标准
  # 新标准
  - from: 2026
    baseline: 6    # 起码
    target: 8
    challenge: 9
perspective: customer
audience: staff
aliases:
  - CSAT   # 英文
  - "满意率"
"""
LINES = """\
id: company
title: {zh: 公司记分卡, en: Company scorecard}
cycle: quarter
lines:
  - title: {zh: 财务类, en: Finance}   # 第一组
    lines:
      - {no: "1", indicator: sales_attainment, weight: 60}
  - no: "2"
    title: {zh: 客户类, en: Customer}
    lines:
      - no: "2.1"
        indicator: csat   # 满意度
        weight: 25
        thresholds: {baseline: 6.5, target: 8}
      - {no: "2.2", indicator: nps, weight: 15}
"""
FILE = "content/indicators/service/csat.yml"
TREE = "content/scorecards/company.yml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The mini site with a card and a scorecard written in many styles, with comments."""
    return styled(tmp_path / "mini")


def styled(folder: Path) -> Path:
    shutil.copytree(MINI, folder, ignore=shutil.ignore_patterns("build", "site"))
    (folder / FILE).write_text(CSAT, encoding="utf-8")
    (folder / TREE).write_text(LINES, encoding="utf-8")
    return folder


class Workbook:
    """An exported workbook in the hands of somebody with a spreadsheet."""

    def __init__(self, site: Path, name: str = "cards.xlsx") -> None:
        self.site, self.path = site, site.parent / name
        draft = draft_of(site)
        rows, problems = rows_of(draft)
        assert problems == ()
        self.path.write_bytes(to_workbook(draft.catalog, rows))
        self.book = openpyxl.load_workbook(self.path)

    def sheet(self, name: str) -> Any:
        return self.book[sheet_title(name, "zh")]

    def head(self, name: str) -> dict[str, int]:
        return {cell.value: cell.column for cell in self.sheet(name)[HEADS]}

    def cell(self, name: str, key: str, column: str) -> Any:
        sheet, head = self.sheet(name), self.head(name)
        own = head["id" if name == "cards" else "key"]
        rows = range(HEADS + 1, sheet.max_row + 1)
        row = next(r for r in rows if sheet.cell(r, own).value == key)
        return sheet.cell(row, head[column])

    def edit(self, name: str, key: str, column: str, value: object) -> Any:
        cell = self.cell(name, key, column)
        cell.value = value
        return cell

    def add(self, name: str, **cells: object) -> int:
        sheet, head = self.sheet(name), self.head(name)
        row = sheet.max_row + 1
        for column, value in cells.items():
            sheet.cell(row, head[column.replace("__", ".")]).value = value
        return int(row)

    def insert(self, name: str, below: str, **cells: object) -> None:
        at = self.cell(name, below, "key").row + 1
        sheet, head = self.sheet(name), self.head(name)
        sheet.insert_rows(at)
        for column, value in cells.items():
            sheet.cell(at, head[column.replace("__", ".")]).value = value

    def back(self) -> Outcome | tuple[Problem, ...]:
        """Save the workbook, read it again, and return what it would make of the files."""
        self.book.save(self.path)
        draft = draft_of(self.site)
        rows, _ = rows_of(draft)
        book, problems = read_book(self.path, self.path.name, draft.catalog.site.languages)
        if problems:
            return problems
        return outcome(draft, compared(draft, rows, book), today=TODAY)

    def taken(self) -> dict[str, str]:
        """Take the workbook back; return the new texts of the files that changed."""
        found = self.back()
        assert isinstance(found, Outcome), found
        carry_out(self.site, WHAT, found.rewrites)
        assert not has_errors(problems_of(self.site))
        return {rewrite.target: read_text(self.site / rewrite.target) for rewrite in found.rewrites}


def lines(problems: Outcome | tuple[Problem, ...], language: str = "en") -> list[str]:
    assert isinstance(problems, tuple), problems
    return [problem.text(language) for problem in problems]


# --- there and back --------------------------------------------------------------------------


def test_the_sample_company_comes_back_without_a_byte_changed(tmp_path: Path, run: Run) -> None:
    shutil.copytree(SAMPLE / "content", tmp_path / "content")
    shutil.copytree(SAMPLE / "data", tmp_path / "data")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.yml")}
    done = run("kpi_site", "export-cards", "cards.xlsx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done
    cards = sum(1 for p in before if p.is_relative_to(tmp_path / "content/indicators"))
    assert done.stdout.startswith(f"cards.xlsx is written: {cards} cards, ")
    book = openpyxl.load_workbook(tmp_path / "cards.xlsx")  # a program saves it again
    book.save(tmp_path / "again.xlsx")
    for name in ("cards.xlsx", "again.xlsx"):
        done = run("kpi_site", "import-cards", name, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "The workbook changes nothing.\n"), done
    assert {p: p.read_bytes() for p in tmp_path.rglob("*.yml")} == before


def test_cells_are_written_at_their_places_and_comments_stay(site: Path) -> None:
    book = Workbook(site)
    book.edit("cards", "csat", "name.en", "Satisfaction: all customers")
    book.edit("cards", "csat", "definition.zh", "全部评分的平均值。\n\n- 留空的不计。")
    book.edit("cards", "csat", "formula", "total / (answers)")
    book.edit("cards", "csat", "thresholds.target", 8.25)
    book.edit("cards", "csat", "decimals", 2)
    book.edit("cards", "csat", "aliases", "CSAT、顾客满意度")
    book.edit("thresholds", "csat#1", "challenge", 9.5)
    book.edit("cards", "csat", "related", "nps, revenue")
    assert book.taken() == {
        FILE: CSAT.replace('"Customer satisfaction"', '"Satisfaction: all customers"')
        .replace("    客户评分的平均值。\n\n    - 留空不计。   # 这不是注释",
                 "    全部评分的平均值。\n\n    - 留空的不计。")
        .replace("total / answers ", "total / (answers) ")
        .replace("target: 8\n", "target: 8.25\n")
        .replace("decimals: 1", "decimals: 2")
        .replace('  - "满意率"\n', "  - 顾客满意度\nrelated: [nps, revenue]\n")
        .replace("target: 7, challenge: 9}", "target: 7, challenge: 9.5}")
    }  # fmt: skip


def test_lines_are_written_at_their_places(site: Path) -> None:
    book = Workbook(site)
    book.edit("scorecards", "company", "title.zh", "公司级记分卡")
    book.edit("scorecards", "company", "assessed.en", "The company")
    book.edit("scorecards", "company/1/1", "weight", 50)
    book.edit("scorecards", "company/2/1", "weight", 35)
    book.edit("scorecards", "company/2/1", "thresholds.challenge", 9)
    book.edit("scorecards", "company/2/2", "notes.zh", "新增")
    assert book.taken() == {
        TREE: LINES.replace("公司记分卡, en: Company scorecard}\n",
                            "公司级记分卡, en: Company scorecard}\nassessed: {en: The company}\n")
        .replace("weight: 60", "weight: 50").replace("weight: 25", "weight: 35")
        .replace("target: 8}", "target: 8, challenge: 9}")
        .replace("weight: 15}", "weight: 15, notes: {zh: 新增}}")
    }  # fmt: skip


def test_a_cleared_cell_takes_its_key_out_and_leaves_its_comment(site: Path) -> None:
    book = Workbook(site)
    book.edit("cards", "csat", "purpose.zh", None)
    book.edit("cards", "csat", "definition.en", None)
    book.edit("cards", "csat", "thresholds.baseline", None)
    book.edit("scorecards", "company/2", "no", None)
    book.edit("scorecards", "company/2/1", "thresholds.baseline", None)
    assert book.taken() == {
        FILE: CSAT.replace("purpose: '看客户''满意''不满意'\n", "")
        .replace("  en: >-\n    The mean of the\n    customers' scores.\n", "")
        .replace("    baseline: 6    # 起码\n", "    # 起码\n"),
        TREE: LINES.replace('  - no: "2"\n    title', "  - title").replace("baseline: 6.5, ", ""),
    }


def test_new_rows(site: Path) -> None:
    book = Workbook(site)
    book.insert("scorecards", "company/1/1", scorecard="company", no="1.2", indicator="revenue",
                notes__zh="只看不评")  # fmt: skip
    book.insert("scorecards", "company/1/1", scorecard="company", no="1.1", indicator="nps",
                weight=0, thresholds__target=40)  # fmt: skip
    book.add("thresholds", of_what="nps", **{"from": 2027}, baseline=10, target=35)
    book.add("thresholds", of_what="csat", **{"from": 2027}, target=8.5)
    book.add("thresholds", of_what="company/2/1", **{"from": 2027}, target=8.6)
    made_of = book.taken()
    nps = (MINI / "content/indicators/service/nps.yml").read_text("utf-8")
    assert made_of == {
        FILE: CSAT.replace("    challenge: 9\npersp",
                           "    challenge: 9\n  - {from: 2027, target: 8.5}\npersp"),
        "content/indicators/service/nps.yml": nps.replace(
            "thresholds: {baseline: 0, target: 30, challenge: 50}\n",
            "thresholds:\n  - {baseline: 0, target: 30, challenge: 50}\n"
            "  - {from: 2027, baseline: 10, target: 35}\n",
        ),
        TREE: LINES.replace(
            "weight: 60}\n",
            "weight: 60}\n"
            '      - {no: 1.1, indicator: nps, weight: 0, thresholds: {target: 40}}\n'
            "      - {no: 1.2, indicator: revenue, notes: {zh: 只看不评}}\n",
        ).replace(
            "        thresholds: {baseline: 6.5, target: 8}\n",
            "        thresholds:\n          - {baseline: 6.5, target: 8}\n"
            "          - {from: 2027, target: 8.6}\n",
        ),
    }  # fmt: skip


def test_a_new_card(site: Path) -> None:
    book = Workbook(site)
    book.add(
        "cards", id="answers_count", department="service", name__zh="答卷数",
        definition__zh="收回的答卷。\n\n- 空卷也算。", definition__en="Sheets: all of them.",
        formula="answers", terms="answers: {from: answers, value: COUNT(*)}", unit="count",
        cycle="month", direction="higher", thresholds__target=3, aliases="答卷, 问卷",
        status="draft",
    )  # fmt: skip
    assert book.taken() == {
        "content/indicators/service/answers_count.yml": """\
# yaml-language-server: $schema=../../../schemas/indicator.json
id: answers_count
name: {zh: 答卷数}
definition:
  zh: |-
    收回的答卷。

    - 空卷也算。
  en: "Sheets: all of them."
formula: answers
terms:
  answers: {from: answers, value: COUNT(*)}
unit: count
direction: higher
cycle: month
thresholds: {target: 3}
aliases: [答卷, 问卷]
status: draft
"""
    }


def test_a_card_moves_with_its_department(site: Path) -> None:
    book = Workbook(site)
    book.edit("cards", "csat", "department", "sales")
    book.edit("cards", "csat", "decimals", 0)
    moved = "content/indicators/sales/csat.yml"
    assert book.taken() == {moved: CSAT.replace("decimals: 1", "decimals: 0")}
    assert not (site / FILE).exists()


def test_windows_files_keep_their_marks_and_line_ends(site: Path) -> None:
    data = b"\xef\xbb\xbf" + CSAT.replace("\n", "\r\n").encode()
    (site / FILE).write_bytes(data)
    book = Workbook(site)
    book.edit("cards", "csat", "definition.zh", "甲。\n\n乙。")
    book.edit("cards", "csat", "notes.en", "One\n\nTwo")
    book.taken()
    text = (site / FILE).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert "  zh: |\r\n    甲。\r\n\r\n    乙。\r\n  en: >-" in text.decode()


# --- what the workbook offers ----------------------------------------------------------------


def test_every_key_has_a_column_that_explains_itself(site: Path) -> None:
    columns = {sheet: columns_of(sheet, ("zh", "en")) for sheet in SHEETS}
    of_cards = {c.path[0] for c in columns["cards"] if c.path}
    of_lines = {c.path[0] for c in columns["scorecards"] if c.path}
    assert of_cards == set(properties(CARD.schema))
    keys = {*properties(DEFINITIONS["line"]), *properties(SCORECARD.schema)}
    assert of_lines == keys - {"id", "lines"}
    book = Workbook(site)
    for sheet, expected in columns.items():
        heads = book.sheet(sheet)[1]
        assert [head.value for head in heads] == [c.label("zh") for c in expected]
        for head, column in zip(heads, expected, strict=True):
            note = head.comment.text
            assert column.meaning is not None
            assert column.meaning.text.zh in note
            assert column.meaning.text.en in note
        assert book.sheet(sheet).freeze_panes.endswith("3")


def properties(schema: Any) -> Mapping[str, object]:
    found: Mapping[str, object] = schema["properties"]
    return found


def test_choices_are_offered(site: Path) -> None:
    book = Workbook(site)
    sheet, head = book.sheet("cards"), book.head("cards")
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        first = str(rule.sqref).split(":")[0]
        name = next(n for n, at in head.items() if at == sheet[first].column)
        offered[name] = rule.formula1
    assert offered["direction"] == '"higher,lower,within,none"'
    assert offered["status"] == '"active,draft,retired"'
    lists = book.book["lists"]
    letter = offered["department"].split("$")[1]
    assert [c.value for c in lists[letter] if c.value] == ["sales", "service"]
    letter = offered["successor"].split("$")[1]
    assert [c.value for c in lists[letter]] == ["revenue", "sales_attainment", "csat", "nps"]


def test_a_percentage_is_shown_as_one(site: Path) -> None:
    cell = Workbook(site).cell("cards", "sales_attainment", "thresholds.target")
    assert (cell.value, cell.number_format) == (1, "0.0###%")


# --- what is wrong ---------------------------------------------------------------------------


def test_mistakes_are_told_by_sheet_row_and_column_and_nothing_is_written(
    site: Path, run: Run
) -> None:
    book = Workbook(site)
    good = book.edit("cards", "nps", "decimals", 1)
    cells = [
        book.edit("cards", "csat", "decimals", 13),
        book.edit("cards", "csat", "cycle", "monthly"),
        book.edit("cards", "csat", "formula", None),
        book.edit("scorecards", "company/1/1", "weight", "60%"),
        book.edit("scorecards", "company/1", "weight", 5),
        book.edit("thresholds", "csat#1", "target", "高"),
    ]
    book.edit("cards", "nps", "terms", "answers: {from: answers")
    book.book.save(book.path)
    before = {p: p.read_bytes() for p in site.rglob("*") if p.is_file()}
    done = run("kpi_site", "import-cards", book.path, "--lang", "zh", cwd=site)
    assert done.returncode == 1
    assert "缺少键“formula”" in done.stdout
    assert "分组没有“weight”这个键" in done.stdout
    assert "[yaml-syntax]" in done.stdout
    assert {p: p.read_bytes() for p in before} == before
    book.edit("cards", "csat", "formula", "total / answers")
    book.edit("scorecards", "company/1", "weight", None)
    book.cell("cards", "nps", "terms").value = None
    book.edit("cards", "nps", "terms", Workbook(site, "b.xlsx").cell("cards", "nps", "terms").value)
    found = lines(book.back())
    for cell in (cells[0], cells[1], cells[3], cells[5]):
        place = f"cards.xlsx:{cell.row}:{cell.column}: {cell.parent.title}!{cell.coordinate}: "
        assert sum(line.startswith(place) for line in found) == 1, (place, found)
    assert any("expected a number, found the percentage '60%'" in line for line in found)
    assert any("Did you mean 'month'?" in line for line in found)
    assert good.value == 1
    assert {p: p.read_bytes() for p in before} == before


def test_a_cell_edited_in_both_is_a_conflict_and_one_edited_in_the_file_stays(site: Path) -> None:
    book = Workbook(site)
    text = CSAT.replace("decimals: 1", "decimals: 3").replace(
        "direction: higher", "direction: lower"
    )
    text = text.replace(
        "baseline: 5.0, target: 7, challenge: 9", "baseline: 9, target: 7, challenge: 5"
    )
    text = text.replace("baseline: 6 ", "baseline: 9 ").replace("challenge: 9\n", "challenge: 6\n")
    (site / FILE).write_text(text, encoding="utf-8")
    tree = LINES.replace(
        "thresholds: {baseline: 6.5, target: 8}", "thresholds: {baseline: 8.5, target: 8}"
    )
    (site / TREE).write_text(tree, encoding="utf-8")
    cell = book.edit("cards", "csat", "decimals", 2)
    book.edit("cards", "nps", "decimals", 1)
    (told,) = lines(book.back())
    assert told == (
        f"cards.xlsx:{cell.row}:{cell.column}: 指标卡!{cell.coordinate}: the file was edited here "
        "too since the export, and says '3' now. Export again and edit the new workbook, or "
        "write what the file says now."
    )
    cell.value = 3
    assert set(book.taken()) == {"content/indicators/service/nps.yml"}
    assert (site / FILE).read_text("utf-8") == text


def test_rows_and_columns_that_are_gone_change_nothing(site: Path) -> None:
    book = Workbook(site)
    sheet = book.sheet("cards")
    sheet.delete_rows(book.cell("cards", "nps", "id").row)
    sheet.delete_cols(book.head("cards")["definition.zh"])
    del book.book[sheet_title("thresholds", "zh")]
    book.edit("cards", "csat", "decimals", 2)
    assert book.taken() == {FILE: CSAT.replace("decimals: 1", "decimals: 2")}


def row(sheet: str, **cells: object) -> Callable[[Workbook], object]:
    return lambda book: book.add(sheet, **cells)


def cell(*words: str) -> Callable[[Workbook], object]:
    return lambda book: book.edit(*words)


def key(name: str) -> Callable[[Workbook], object]:
    return lambda book: setattr(book.sheet("cards").cell(HEADS, 3), "value", name)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (row("cards", id="Bad Id", department="sales"), "'Bad Id' is not a valid id"),
        (row("cards", id="x", department="sale"), "unknown department 'sale'. Did you"),
        (row("cards", id="nps", department="sales"), "'nps' stands on row "),
        (row("scorecards", key="company/9", scorecard="company"), "no place 'company/9'"),
        (row("scorecards", scorecard="other", no="1"), "below a row of the scorecard 'other'"),
        (row("thresholds", of_what="npss", target=1), "no card or line 'npss'. Did you"),
        (cell("scorecards", "company/1", "scorecard", "x"), "tells the place of the row"),
        (cell("cards", "nps", "decimals", "=1+"), "a formula without a value"),
        (cell("cards", "nps", "decimals", "#DIV/0!"), "the cell holds the error #DIV/0!"),
        (key("nam.zh"), "there is no column 'nam.zh'"),
        (key("id"), "the column 'id' stands twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_back(
    site: Path, spoil: Callable[[Workbook], object], told: str
) -> None:
    book = Workbook(site)
    spoil(book)
    assert any(told in line for line in lines(book.back())), lines(book.back())


def test_a_file_that_is_none(site: Path, run: Run) -> None:
    (site / "no.xlsx").write_bytes(b"no workbook")
    done = run("kpi_site", "import-cards", "no.xlsx", cwd=site)
    assert done.returncode == 1
    assert "no.xlsx: the XLSX file cannot be read" in done.stdout
    done = run("kpi_site", "import-cards", "none.xlsx", cwd=site)
    assert (done.returncode, done.stderr) == (2, "there is no file none.xlsx\n")
    openpyxl.Workbook().save(site / "other.xlsx")
    done = run("kpi_site", "import-cards", "other.xlsx", cwd=site)
    assert "none of the exported sheets is there" in done.stdout


# --- the law -----------------------------------------------------------------------------------

WORDS = st.one_of(
    st.sampled_from([
        "", "5", "0.50", "true", "null", "~", "a: b # c", "- x", "[a, b]", "{a: b}", "'q'", "#c",
        "x\n\n- y\n", "two\nlines", "  lead", "q\"uo'te", "a\\b", "@", "%", "!t", "&a", "*b", "|",
        "> 1", "end:", "\u2028", "tab\tx", "中文：全角", "CASE WHEN a > 1 THEN 1 END", "a, b、c",
    ]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
)  # fmt: skip


class Law(tuple[Any, ...]):
    __slots__ = ()

    def __repr__(self) -> str:
        return "the site, its rows, and their cells"


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A site with its rows, and every cell of them: sheet, row and column."""
    root = styled(tmp_path_factory.mktemp("law") / "mini")
    draft = read_draft(root, today=TODAY)[0]
    rows = rows_of(draft)[0]
    cells = [
        (sheet, row, column)
        for sheet in SHEETS
        for row in rows[sheet]
        for column in columns_of(sheet, ("zh", "en"))
        if column.path and column.name != "id" and row.takes(column)
    ]
    return Law((root, draft, rows, cells))


def own_yaml(text: str) -> Any:
    """Read YAML with another parser than the product's."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def without(values: Any, path: tuple[str | int, ...]) -> Any:
    """Return the values but for the one at ``path``, and for what held nothing else."""
    changed = copy.deepcopy(values)
    for depth in range(len(path), 0, -1):
        held = changed
        for step in path[: depth - 1]:
            held = held[step] if not isinstance(held, dict) or step in held else None
            if held is None:
                break
        last = path[depth - 1]
        empty = isinstance(held, dict) and held.get(last) in ({}, [], "")
        if isinstance(held, dict) and last in held and (depth == len(path) or empty):
            del held[last]
    return changed


def value_at(values: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(values, str):
            return values  # one text for both languages
        values = values.get(step) if isinstance(values, dict) else values[int(step)]
        if values is None:
            return None
    return values


def comments(text: str) -> list[str]:
    """Return the comments: the site's own are Chinese, and none of its values has such a mark."""
    return sorted(re.findall(r"# (?!这不是)[\u4e00-\u9fff]+|# yaml-language-server.*", text))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 9999), word=WORDS)
@example(number=8999, word="- x")
def test_the_edit_of_one_cell_changes_only_its_field(law: Any, number: int, word: str) -> None:
    root, draft, rows, known = law
    languages = draft.catalog.site.languages
    sheet, row, column = known[number % len(known)]
    columns = columns_of(sheet, languages)
    word = normal(word)
    cells = {c.name: Given(normal(row.cells[c.name]), Place("b.xlsx", sheet, 3, n))
             for n, c in enumerate(columns, start=1)}  # fmt: skip
    assume(cells[column.name].text != word)
    cells[column.name] = Given(word, cells[column.name].at)
    given_row = GivenRow(3, cells, Place("b.xlsx", sheet, 3, 1))
    coming = compared(draft, rows, Book({sheet: (given_row,)}, None))
    if coming.problems:
        assert [p.code for p in coming.problems] == ["missing-key"]
        return
    before = read_text(root / row.file)
    after, problems = made(before, coming.changes[row.file], languages)
    if problems:
        assert after == before
        assert column.kind == "any" or problems[0].code == "cannot-be-edited"
        return
    shown = comments(str(row.cells[column.name])) if column.kind == "any" else []
    lost = Counter(comments(before)) - Counter(comments(after))
    assert lost <= Counter(shown), "a comment went that the cell did not show"
    path = row.path(column)
    was, now = own_yaml(before), own_yaml(after)
    if column.kind == "text" and isinstance(value_at(was, path), dict):
        path = (*path, str(column.language))
    elif column.kind == "text" and isinstance(value_at(now, path), dict):
        now_text = value_at(now, path)
        if isinstance(value_at(was, path), str):  # one text became one for each language
            assert now_text[languages[0]].rstrip("\n") == value_at(was, path).rstrip("\n")
    assert without(now, path) == without(was, path)
    found = value_at(now, path)
    if isinstance(found, dict) and column.kind == "text":
        found = found[str(column.language)]
    if column.kind in {"text", "word", "code"}:
        assert (found or "").rstrip("\n").rstrip() == word
