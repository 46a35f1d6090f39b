"""An editor's session with ``kpi-site lsp``, spoken by hand over the standard streams."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markdown import Markdown

from kpi_site.authoring.edits import carry_out
from kpi_site.authoring.renaming import Plan, rename
from kpi_site.content import read_draft
from kpi_site.problems import Message
from tests.editor.client import Client, edited, shown
from tests.editor.conftest import ATTAINMENT, MINI, ORDERS, REVENUE

WORDS = {"context": {"includeDeclaration": True}}


def labels(found: Any) -> list[str]:
    return [item["label"] for item in found["items"]]


def test_a_problem_stands_under_its_word_behind_chinese_and_emoji(
    client: Client, revenue: str
) -> None:
    text = revenue.replace("订单金额", "订单😀金额").replace("SUM(amount)", "SUM(amuont)")
    client.change(REVENUE, text)
    (told,) = client.told(REVENUE, {"unknown-column"})
    assert shown(text, told["range"]) == "amuont"
    line = "  sold: {label: {zh: 订单😀金额, en: Order amounts}, from: orders, value: SUM("
    assert told["range"]["start"] == {"line": 6, "character": len(line) + 1}  # 😀 is two units
    assert told["message"] == "数据集 orders 中未知的列“amuont”。是不是想写“amount”？"
    assert told["severity"] == 1


def test_the_problems_are_those_of_check(client: Client, revenue: str, tmp_path: Path) -> None:
    text = revenue.replace("unit: CNY", "unit: CNX").replace("from: orders", "from: order")
    text = text.replace("cycle: month", "cycel: month")
    root = Path(shutil.copytree(MINI, tmp_path / "mini"))
    (root / REVENUE).write_text(text, "utf-8")
    _, problems = read_draft(root, today=date(2026, 11, 5))
    expected = [(p.where.line - 1, p.where.column - 1, p.code) for p in problems]
    assert len(expected) == 3
    client.change(REVENUE, text)
    told = client.told(REVENUE, {code for _, _, code in expected})
    starts = [(one["range"]["start"], one["code"]) for one in told]
    assert [(s["line"], s["character"], code) for s, code in starts] == expected


def test_a_broken_file_takes_nothing_from_the_others(client: Client, revenue: str) -> None:
    text = revenue.replace("formula: sold\n", "formula: {sold\n")
    client.change(REVENUE, text)
    client.told(REVENUE, {"yaml-syntax"})
    assert client.problems.get(ATTAINMENT, []) == []  # it is related to the broken card
    other = (client.root / ATTAINMENT).read_text("utf-8")
    found = client.at("hover", ATTAINMENT, other, "related: [rev")
    assert "销售收入" in found["contents"]["value"]
    found = client.at("definition", ATTAINMENT, other, "related: [rev")
    assert found["uri"].endswith(REVENUE)


def test_what_is_half_written_is_completed(client: Client, revenue: str) -> None:
    text = revenue.replace("from: orders, value: SUM(amount)}", "from: orders, value: SUM(am")
    client.change(REVENUE, text)
    found = client.at("completion", REVENUE, text, "SUM(am")
    assert {"amount", "region", "planned"} < set(labels(found))
    one = next(item for item in found["items"] if item["label"] == "amount")
    assert shown(text, one["textEdit"]["range"]) == "am"


@pytest.mark.parametrize(
    ("old", "new", "mark", "offered", "not_offered"),
    [
        ("cycle: month", "cycle: m", "cycle: m", {"month", "quarter"}, {"sales"}),
        ("unit: CNY", "unit: ", "unit: ", {"percent", "CNY"}, {"orders"}),
        ("from: orders", "from: ", "from: ", {"orders", "answers"}, {"revenue"}),
        ("formula: sold", "formula: so", "formula: so", {"sold", "COALESCE"}, {"amount", "SUM"}),
        ("audience: staff", "audience: ", "audience: ", {"staff", "leadership"}, {"finance"}),
        ("audience: staff", "related: [", "related: [", {"nps", "csat"}, {"orders"}),
        ("dimensions: [region]", "dimensions: [", "dimensions: [", {"region"}, {"amount"}),
        ("audience: staff", "thre", "\nthre", {"thresholds", "examples"}, {"unit", "zh"}),
        ("audience: staff", "thresholds: {", "thresholds: {", {"target", "of"}, {"unit"}),
        ("value: SUM(amount)", "value: COUNT(*), w", "COUNT(*), w", {"where", "time"}, {"from"}),
        ("audience: staff", "longer: ", "longer: ", {"true", "false"}, {"month"}),
        (
            "audience: staff",
            "examples:\n  - given: {so",
            "given: {so",
            {"sold"},
            {"unit", "amount"},
        ),
    ],
)  # fmt: skip
def test_what_may_stand_at_a_place_is_offered(
    client: Client,
    revenue: str,
    old: str,
    new: str,
    mark: str,
    offered: set[str],
    not_offered: set[str],
) -> None:
    assert old in revenue
    text = revenue.replace(old, new)
    client.change(REVENUE, text)
    found = set(labels(client.at("completion", REVENUE, text, mark)))
    assert offered <= found
    assert not found & not_offered


def test_a_key_and_a_name_say_what_they_mean(client: Client, revenue: str) -> None:
    found = client.at("hover", REVENUE, revenue, "decim")
    assert shown(revenue, found["range"]) == "decimals"
    assert "显示几位小数" in found["contents"]["value"]
    found = client.at("hover", REVENUE, revenue, "perspective: fin")
    assert found["contents"] == {"kind": "markdown", "value": "**财务** (`finance`)"}
    orders = (client.root / ORDERS).read_text("utf-8")
    assert client.at("hover", ORDERS, orders, "path: data/ord") is None


def test_a_text_loads_nothing_in_the_editor(client: Client, revenue: str) -> None:
    """Editors show Markdown, with pictures of other hosts: a card of a pull request has none."""
    picture = "![x](https://evil.example/seen.png)"
    hostile = rf"{picture} \<img src=x onerror=alert(1)> `{picture}`"  # as check lets it through
    text = re.sub(r"(?m)^name: .*$", f"name: {{zh: '*a* {hostile}', en: x}}", revenue)
    text = re.sub(r"(?m)^definition: .*$", f"definition: {{zh: '{hostile}', en: x}}", text)
    client.change(REVENUE, text)
    page = ""
    while "seen.png" not in page:  # the text is read aside
        found = client.at("hover", REVENUE, text, "id: rev")
        page = Markdown().convert(found["contents"]["value"])
    other = (client.root / ATTAINMENT).read_text("utf-8")
    offered = client.at("completion", ATTAINMENT, other, "related: [rev")["items"]
    (own,) = (one["documentation"]["value"] for one in offered if one["label"] == "revenue")
    page += Markdown().convert(own)
    told = [*ET.fromstring(f"<page>{page}</page>").iter()]
    assert {e.tag for e in told} <= {"page", "p", "strong", "code", "a"}
    assert {e.get("href") for e in told if e.tag == "a"} <= {"#", "https://evil.example/seen.png"}
    assert [e.text for e in told if e.tag == "code"][-1] == picture
    client.change(REVENUE, revenue)
    while "seen.png" in client.at("hover", REVENUE, revenue, "id: rev")["contents"]["value"]:
        pass


def test_an_indicator_tells_where_it_stands(client: Client, revenue: str) -> None:
    text = ""
    while "2026" not in text:  # its figures are computed aside
        found = client.at("hover", REVENUE, revenue, "id: rev")
        text = found["contents"]["value"]
    name, now, definition = text.split("\n\n")
    assert name == "**销售收入** (`revenue`)"
    orders = csv.DictReader((client.root / "data/orders.csv").read_text("utf-8").splitlines())
    october = (row["amount"] for row in orders if row["ordered_on"].startswith("2026-10"))
    amount = sum(Decimal(one) for one in october if one)
    assert now == f"2026年10月: ¥{amount:,.2f} · 不评价"
    assert definition == "当期全部订单的金额之和。"


@pytest.mark.parametrize(
    ("mark", "file", "line"),
    [
        ("from: ord", ORDERS, "id: orders"),
        ("SUM(amo", ORDERS, "- {name: amount, type"),
        ("formula: so", REVENUE, "sold: {label"),
        ("dimensions: [reg", ORDERS, "- {name: region, type"),
        ("perspective: fin", "content/site.yml", "- {id: finance"),
    ],
)
def test_a_name_leads_to_its_definition(
    client: Client, revenue: str, mark: str, file: str, line: str
) -> None:
    found = client.at("definition", REVENUE, revenue, mark)
    assert found["uri"] == client.uri(file)
    text = (client.root / file).read_text("utf-8").split("\n")
    assert text[found["range"]["start"]["line"]].strip().startswith(line)


def test_references_are_found_in_code_lists_and_keys(client: Client, revenue: str) -> None:
    found = client.at("references", REVENUE, revenue, "SUM(am", **WORDS)
    assert [one["uri"] for one in found] == [client.uri(f) for f in (ORDERS, REVENUE, ATTAINMENT)]
    without = {"context": {"includeDeclaration": False}}
    found = client.at("references", REVENUE, revenue, "SUM(am", **without)
    assert [one["uri"] for one in found] == [client.uri(f) for f in (REVENUE, ATTAINMENT)]
    text = (client.root / ATTAINMENT).read_text("utf-8")
    found = client.at("references", ATTAINMENT, text, "formula: act", **WORDS)
    assert [shown(text, one["range"]) for one in found] == ["actual"] * 3  # formula, term, example


def test_a_card_is_renamed_as_the_command_does_it(
    client: Client, revenue: str, tmp_path: Path
) -> None:
    text = revenue.replace("看规模", "看规模与走势")  # not saved: the edits fit what is typed
    client.change(REVENUE, text)
    edit = client.at("rename", REVENUE, text, "id: reve", newName="turnover")
    *changed, moved = edit["documentChanges"]
    root = Path(shutil.copytree(MINI, tmp_path / "mini"))
    (root / REVENUE).write_text(text, "utf-8")
    plan = rename(read_draft(root, today=date(2026, 11, 5))[0], "revenue", "turnover")
    assert isinstance(plan, Plan)
    carry_out(root, Message("", ""), plan.rewrites)
    assert (moved["oldUri"], moved["newUri"]) == (
        client.uri(REVENUE),
        client.uri(REVENUE.replace("revenue", "turnover")),
    )
    for one in changed:
        file = one["textDocument"]["uri"].removeprefix(client.root.as_uri()).lstrip("/")
        before = text if file == REVENUE else (client.root / file).read_text("utf-8")
        after = (root / file.replace("sales/revenue", "sales/turnover")).read_text("utf-8")
        assert before != after
        assert edited(before, one["edits"]) == after
    assert len(changed) == len(plan.rewrites) == 3


@pytest.mark.parametrize(
    ("mark", "new", "said"),
    [
        ("from: ord", "sales", "这里只能改指标卡的编号"),
        ("id: reve", "nps", "nps"),
        ("id: reve", "No id", "No id"),
    ],
)
def test_what_cannot_be_renamed_is_refused(
    client: Client, revenue: str, mark: str, new: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        client.at("rename", REVENUE, revenue, mark, newName=new)


def test_a_file_shows_its_keys(client: Client, revenue: str) -> None:
    document = {"textDocument": {"uri": client.uri(REVENUE)}}
    found = client.ask("textDocument/documentSymbol", document)
    keys = [line.partition(":")[0] for line in revenue.splitlines() if line[0].isalpha()]
    assert [one["name"] for one in found] == keys
    terms = next(one for one in found if one["name"] == "terms")
    assert [one["name"] for one in terms["children"]] == ["sold"]


def test_another_editor_counts_in_bytes_speaks_english_and_moves_no_files(tmp_path: Path) -> None:
    root = Path(shutil.copytree(MINI, tmp_path / "mini"))
    general = {"general": {"positionEncodings": ["utf-8", "utf-16"]}}
    client = Client(root, "--stdio", "--lang", "en", "--root", str(root), capabilities=general)
    assert client.can["positionEncoding"] == "utf-8"
    text = (root / REVENUE).read_text("utf-8").replace("SUM(amount)", "SUM(amuont)")
    client.open(REVENUE, text)
    (told,) = client.told(REVENUE, {"unknown-column"})
    before = text.split("\n")[6].partition("amuont")[0]
    assert told["range"]["start"]["character"] == len(before.encode())
    assert told["message"].startswith("unknown column 'amuont'")
    with pytest.raises(ValueError, match="renames no files"):
        client.at("rename", REVENUE, text, "id: reve", newName="turnover")
    assert client.ask("textDocument/hover", {
        "textDocument": {"uri": (tmp_path / "else.yml").as_uri()},
        "position": {"line": 0, "character": 0},
    }) is None  # fmt: skip
    assert client.end() == 0
