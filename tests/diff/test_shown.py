"""What readers see: Markdown that is inert and short enough, text, JSON as documented."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kpi_site.catalog import Measure, Text
from kpi_site.diff.as_json import as_json
from kpi_site.diff.document import Document, Fold, Items, Paragraph, Section, line
from kpi_site.diff.markdown import LONGEST, inert, markdown
from kpi_site.diff.numbers import apart
from kpi_site.diff.text import text_lines
from kpi_site.diff.view import document
from kpi_site.publishing import publish, sign
from kpi_site.wording.numbers import format_difference, format_number, seen_difference
from tests.diff.conftest import DONE_FILE, REVENUE_FILE, SHOP_FILE, TODAY, Shop
from tests.shell.conftest import Run, run

__all__ = ["run"]


class _Plain(HTMLParser):
    """Collects the text and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        ours = {("style", "text-align:right"), ("class", "language-math")}
        assert set(attrs) <= ours, attrs


def rendered(text: str) -> _Plain:
    """Render Markdown as forges do: tables, raw HTML, bare links."""
    page = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    return _Plain(page)


def shown(shop: Shop, language: str = "en", **more: str) -> str:
    """Return the Markdown of what changed in the shop."""
    return markdown(document(shop.diff(more.get("base")), language), "kpi-site diff", language)


def test_a_reviewer_reads_what_matters_first(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "target: 200", "target: 250")
    shop.edit(REVENUE_FILE, "全部订单的金额之和", "有效订单的金额之和")
    lines = shown(shop).splitlines()
    assert lines[0] == "<!-- kpi-site diff -->"
    text = rendered("\n".join(lines)).text
    assert "Revenue revenue: Feb 2026 thresholds" not in text
    assert "Revenue revenue: Feb 2026" not in text
    assert "Revenue revenue: Jan 2026 points 80.0 → 73.3; in all 1 month\n" in text
    assert "Shop scorecard shop: Jan 2026 76.0 → 72.0, Grade Fair → Poor; 1 period changes" in text
    assert "definition › zh: 全部有效订单的金额之和" in text
    assert "<del>全部</del><ins>有效</ins>订单的金额之和" in "\n".join(lines)
    assert f"{REVENUE_FILE} › definition: Chinese changed, English did not" in text
    assert "Jan 2026 | ¥150 | ¥150 | | 80.0 | 73.3" in " | ".join(
        part.strip() for part in "\n".join(lines).split("|")
    ).replace("|  |", "| |")


def test_in_chinese(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    text = rendered(shown(shop, "zh")).text
    assert "销售收入 revenue：2026年2月 ¥300 → ¥150，−¥150（−50.0%），得分120.0 → 80.0；" in text
    assert "共涉及2个月（2026-01 至 2026-02）、1个季度、1个半年、1个年度、2个成员" in text
    assert "改前的公式" in text
    assert "\\frac{\\text{订单金额}}{2}" in text


def test_members_alone(shop: Shop) -> None:
    shop.edit("data/orders.csv", "2,2026-01-06,south", "2,2026-01-06,north")
    text = rendered(shown(shop)).text
    # North had 100 and has 150; south had 50 and has no row left.
    assert "Revenue revenue: the whole stays; only members change: region = " in text
    assert re.search(
        r"change: region = (north; Jan 2026 ¥100 → ¥150|south; Jan 2026 ¥50 → ¥0)", text
    )


def test_folds_and_tables_are_whole(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    shop.edit(DONE_FILE, "cycle: month", "cycle: month\nnotes: {zh: 注, en: Note}")
    shop.edit(DONE_FILE, "baseline: 0.4", "baseline: 0.3")
    text = shown(shop)
    assert text.count("<details>") == text.count("</details>") > 0
    page = rendered(text)
    assert {"table", "details", "summary", "del", "ins", "code"} <= set(page.tags)
    assert not {"a", "img", "script", "h1", "h2"} & set(page.tags)


NASTY = (
    "<script>alert(1)</script> [x](javascript:1) ![y](http://a.b/c.png) `code` **bold** | cell |"
    " @everyone #1 !2 $x$ &lt; ~~gone~~ www.example.org http://example.org :smile: </details>"
)


def test_everything_from_files_is_inert(shop: Shop) -> None:
    quoted = json.dumps(NASTY)
    shop.edit(REVENUE_FILE, "en: Revenue}", f"en: {quoted}}}")
    shop.edit(REVENUE_FILE, "en: amounts}", f"en: {quoted}}}")
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 3")
    shop.edit(SHOP_FILE, "en: Shop scorecard}", f"en: {quoted}}}")
    shop.edit("data/orders.csv", "south,50.00", "sou|th<b>@x,50.00")
    text = shown(shop)
    page = rendered(text)
    assert not {"script", "a", "img", "strong", "b/"} & set(page.tags) - {"b"}
    assert "@everyone" not in page.text
    assert "#1" not in page.text
    assert NASTY.split(" [x]", maxsplit=1)[0] in page.text
    assert text.count("<details>") == text.count("</details>")
    assert set(page.tags) <= {
        "b", "br", "code", "del", "details", "em", "h3", "h4", "hr", "ins", "li", "p", "pre",
        "span", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
    }  # fmt: skip


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"))))
def test_inert_text_is_just_that_text(text: str) -> None:
    page = rendered(f"- x{inert(text)}x")
    assert page.tags in (["ul", "li"], ["ul", "li", *["span"] * text.count("$")])
    flat = re.sub(r"\s+", " ", text)
    assert page.text.strip().replace("\u200b", "") == f"x{flat}x".strip()


def test_never_longer_than_forges_take() -> None:
    folds = [
        Fold(line(f"card {n}"), (Items(tuple(line("word " * 30) for _ in range(60))),))
        for n in range(30)
    ]
    sections = (Section("Figures", tuple(folds)),)
    full = Document("t", (Paragraph(line("top")),), sections, "Cut {0}: {1}. Run {2}.")
    text = markdown(full, "kpi-site diff", "en")
    assert 40_000 < len(text) < LONGEST
    assert re.search(
        r"\*\*Cut 2\d: Figures: card \d+.* …\. Run <code>kpi-site diff</code>\.\*\*", text
    )
    assert text.count("<details>") == text.count("</details>")
    huge = Document("t", (Items(tuple(line("@" * 900) for _ in range(90))),), (), "")
    assert len(markdown(huge, "x", "en")) < LONGEST
    small = Document("t", (), (Section("Figures", tuple(folds[:2])),), "")
    assert "Cut" not in markdown(small, "x", "en")


def test_two_numbers_never_look_the_same() -> None:
    def show(value: Decimal, places: int) -> str:
        return format_number(value, places)

    assert apart(Decimal("92.41"), Decimal("92.44"), 1, show) == ("92.41", "92.44", 2)
    assert apart(Decimal("92.4"), Decimal("91.8"), 1, show) == ("92.4", "91.8", 1)
    assert apart(Decimal(1), Decimal("1.0"), 1, show) == ("1.0", "1.0", 1)
    tiny = Decimal(1), Decimal("1.00000000000000000001")
    assert apart(*tiny, 1, show)[:2] == ("1", "1.00000000000000000001")


def test_a_difference_is_never_shown_as_nothing() -> None:
    """7.949 → 7.951 minutes: 7.9 and 8.0 with one place, and the difference needs three."""

    def difference(old: str, new: str, kind: str, language: str) -> str:
        unit = Measure(kind, kind)  # type: ignore[arg-type]
        numbers = Decimal(new), Decimal(old)
        return seen_difference(lambda n: format_difference(*numbers, unit, n, language), 1)

    assert difference("7.949", "7.951", "minutes", "en") == "+0.002\u00a0minutes"
    assert difference("7.951", "7.949", "minutes", "en") == "−0.002\u00a0minutes"
    assert difference("0.61651", "0.61649", "percent", "zh") == "−0.002个百分点"
    assert difference("1", "1", "minutes", "en").startswith("±0.0")


def test_points_stay_on_their_side_of_a_threshold(shop: Shop) -> None:
    """199.99 sold in January misses the target of 200: 60 + 40 x 0.9999 = 99.996 points."""
    shop.edit("data/orders.csv", "2,2026-01-06,south,50.00", "2,2026-01-06,south,99.99")
    shop.commit()
    shop.edit("data/orders.csv", "2,2026-01-06,south,99.99", "2,2026-01-06,south,299.99")
    text = rendered(shown(shop)).text
    assert "points 99.996 → 120.0" in text
    assert re.search(r"1 Revenue\s+60\s+99.996\s+120.0", text)


def test_a_terminal(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "en: The amounts of all orders.", "en: The amounts of paid orders.")
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    lines = list(text_lines(document(shop.diff(), "en")))
    assert "    · definition › en: The amounts of [-all-]{+paid+} orders." in lines
    at = lines.index("    Formula before")
    assert lines[at : at + 4] == [
        "    Formula before", "      Revenue = amounts", "    Formula after",
        "      Revenue = amounts ÷ 2",
    ]  # fmt: skip
    assert any(
        re.fullmatch(r"    Jan 2026 +¥150 +¥75 +−¥75 \(−50.0%\) +80.0 +0.0", row) for row in lines
    )


def test_nothing_to_say(shop: Shop) -> None:
    assert shown(shop).endswith("\n\nNothing differs.\n")


def test_published_reports_that_would_show_revisions(shop: Shop) -> None:
    shop.write(
        "content/reports/2026-01/report.yml",
        "period: 2026-01\nscorecards: [shop]\nhighlights: [revenue]\n"
        "summary: {zh: 一月。, en: January.}\n",
    )
    for role in ("collected", "verified", "approved"):
        sign(shop.options, "2026-01", role, Text("sales"), on=TODAY)
    edition, problems = publish(shop.options, "2026-01", on=TODAY)
    assert edition is not None, problems
    published = shop.diff()
    assert published.published == (("2026-01", 1),)
    assert "reports/2026-01/edition-1/" in published.pages.added
    assert "This change publishes: Jan 2026, edition 1" in shown(shop)
    shop.commit()
    shop.edit("data/orders.csv", "2,2026-01-06,south,50.00", "2,2026-01-06,south,60.00")
    diff = shop.diff("HEAD")
    # January's whole and its south, the points of the whole, and the scorecard's total.
    told = [(r.indicator, r.what, r.member, r.old, r.new) for r in diff.editions[0].opened]
    assert told == [
        ("revenue", "value", "", Decimal(150), Decimal(160)),
        ("revenue", "value", "south", Decimal(50), Decimal(60)),
        ("revenue", "points", "", Decimal(80), Decimal(84)),
        ("shop", "total", "", Decimal(76), Decimal("78.4")),
    ]
    text = rendered(shown(shop, base="HEAD")).text
    assert "Jan 2026, edition 1, would show 4 revisions" in text
    shop.commit()
    shop.edit("data/orders.csv", "60.00", "50.00")
    assert [len(e.settled) for e in shop.diff("HEAD").editions] == [4]


def test_json_is_what_the_handbook_says(shop: Shop, run: Run) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 3")
    done = run("kpi_site", "diff", "--root", shop.root, "--format", "json")
    assert done.returncode == 0
    data = json.loads(done.stdout, parse_float=Decimal)
    assert (data["format"], data["version"], data["empty"]) == ("kpi-site/diff", 1, False)
    assert data["old"]["commit"] == shop.git("rev-parse", "HEAD").strip()
    change = next(c for c in data["figures"][0]["changes"] if c["period"] == "2026-02")
    assert change["new"]["value"] == 100
    assert change["old"]["points"] == 120
    assert json.loads(as_json(shop.diff()))["content"][0]["fields"] == [
        {"path": ["formula"], "old": "sold", "new": "sold / 3"}
    ]


@pytest.mark.parametrize(("words", "code"), [(("--format", "html"), 2), (("--lang", "fr"), 2)])
def test_wrong_usage(shop: Shop, run: Run, words: tuple[str, ...], code: int) -> None:
    done = run("kpi_site", "diff", "--root", shop.root, *words)
    assert (done.returncode, done.stdout) == (code, "")


def test_markdown_in_a_pipe_and_audiences(shop: Shop, run: Run) -> None:
    shop.edit(REVENUE_FILE, "perspective: finance", "perspective: finance\naudience: leadership")
    shop.commit()
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold / 2")
    done = run("kpi_site", "diff", "HEAD", "--root", shop.root)
    assert done.stdout.startswith("<!-- kpi-site diff -->\n")
    assert "¥150" in done.stdout
    done = run("kpi_site", "diff", "HEAD", "--root", shop.root, "--audience", "staff")
    assert done.returncode == 0
    assert "¥150" not in done.stdout
    # nothing else of the card either: its id, its file, its columns, its reports' comments
    shop.write("content/datasets/bonuses.yml", SECRET_DATASET)
    shop.write("data/bonuses.csv", "paid_on,payout\n2026-01-05,7\n")
    shop.edit(REVENUE_FILE, "perspective: finance\n", "perspective: finance\nnotes: hush-hush\n")
    shop.write("content/indicators/sales/bonus.yml", SECRET_CARD)
    whole = run("kpi_site", "diff", "HEAD", "--root", shop.root, "--format", "json").stdout
    for words in (("markdown",), ("json",), ("text",)):
        output = ("--format", *words, "--audience", "staff")
        told = run("kpi_site", "diff", "HEAD", "--root", shop.root, *output).stdout
        for secret in ("revenue", "bonus", "hush-hush"):
            assert secret in whole
            assert secret not in told


SECRET_DATASET = """\
id: bonuses
title: {zh: 奖金, en: Bonus ledger}
path: data/bonuses.csv
time: paid_on
schema:
  fields:
    - {name: paid_on, type: date}
    - {name: payout, type: number}
"""
SECRET_CARD = """\
id: bonus
name: {zh: 奖金, en: Bonus}
definition: {zh: 奖金合计。, en: All bonuses.}
formula: paid
terms:
  paid: {label: {zh: 合计, en: Paid}, from: bonuses, value: SUM(payout)}
unit: CNY
cycle: month
audience: leadership
"""
