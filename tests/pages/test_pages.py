"""Pages: what they hold, that data stays data, and that every address leads somewhere."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import markdown
import pytest
import yaml

from kpi_site import downloads
from kpi_site.catalog import CardTexts, Text, Threshold
from kpi_site.files import File
from kpi_site.pages.context import make_context
from kpi_site.results import Result, State
from kpi_site.scoring import score
from kpi_site.story.off_target import tell_off_targets
from kpi_site.story.reading import read
from kpi_site.story.report_scope import make_scope
from kpi_site.story.scorecard import line_counts
from kpi_site.story.standards import threshold_texts
from kpi_site.story.teller import make_teller
from tests.pages.conftest import with_history

GOLDEN = Path(__file__).parent / "golden"
EVIL = 'a|b <i>*x*</i> {: onclick="go()"} [l](javascript:u) `c` &amp; ---'
ODD = 'a|b <i>*x*</i> {: onclick="go()"} [l](u) `c` 中文'  # a member of the sample
EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc",
    "pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences",
]  # fmt: skip
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "path", "line", "rect", "circle"}


class Page(HTMLParser):
    """A rendered page: its tags with attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        front, body = re.fullmatch(r"---\n(.*?)\n---\n\n(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
        self.front: dict[str, Any] = yaml.safe_load(front)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.excluded: list[str] = []
        self.html = markdown.markdown(body, extensions=EXTENSIONS)
        self.feed(self.html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words)).strip()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def ids(self) -> set[str]:
        return {attrs["id"] or "" for _, attrs in self.tags if "id" in attrs}


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def files(sample: Any, language: str) -> dict[str, str]:
    pages: dict[str, str] = sample.pages(language)
    return pages


@pytest.fixture(scope="module")
def pages(files: Mapping[str, str]) -> dict[str, Page]:
    return {path: Page(text) for path, text in files.items() if path.endswith(".md")}


@pytest.mark.parametrize(
    "path", ["index.md", "indicators/attainment.md", "scorecards/company.md", "reports/2026-10.md"]
)
def test_golden(sample: Any, path: str) -> None:
    """The whole text of four pages; KPI_GOLDEN=1 writes them anew, to be read in the diff."""
    for language in ("zh", "en"):
        golden = GOLDEN / language / path
        text = sample.pages(language)[path]
        if os.environ.get("KPI_GOLDEN"):
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8")


def test_all_addresses_of_the_design(files: Mapping[str, str]) -> None:
    assert {path for path in files if path.endswith(".md")} == {
        "index.md",
        "actions/index.md",
        "datasets/index.md",
        "datasets/orders.md",
        "departments/index.md",
        "departments/sales.md",
        "departments/service.md",
        "glossary.md",
        "indicators/attainment.md",
        "indicators/by-cycle.md",
        "indicators/by-status.md",
        "indicators/by-owner.md",
        "indicators/growth.md",
        "indicators/handling_days.md",
        "indicators/index.md",
        "indicators/revenue.md",
        "indicators/what-changed.md",
        "perspectives/customer.md",
        "perspectives/finance.md",
        "perspectives/index.md",
        "reports/2026-10.md",
        "reports/2026-10/annex.md",
        "reports/index.md",
        "scorecards/company.md",
        "scorecards/index.md",
        "scorecards/watch.md",
    }


def test_every_address_on_a_page_leads_to_a_file(
    sample: Any, files: Mapping[str, str], pages: Mapping[str, Page]
) -> None:
    made = downloads.files(sample)
    published = {_published(path): path for path in [*files, *(f.path for f in made)]}
    for path, page in pages.items():
        for address in _addresses(page):
            target, _, fragment = unquote(address).partition("#")
            found = posixpath.normpath(posixpath.join(_folder(path), target or "."))
            where = "" if found == "." else found
            assert where in published, f"{path}: {address}"
            if fragment:
                assert fragment in pages[published[where]].ids(), f"{path}: {address}"


def _addresses(page: Page) -> Iterator[str]:
    for tag, attrs in page.tags:
        found = attrs.get("href") if tag == "a" else attrs.get("data-spec")
        if found is not None:
            yield found


def _folder(path: str) -> str:
    return posixpath.dirname(path) if path.endswith("index.md") else path.removesuffix(".md")


def _published(path: str) -> str:
    return _folder(path) if path.endswith(".md") else path


def test_ids_are_unique(pages: Mapping[str, Page]) -> None:
    for path, page in pages.items():
        found = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(found) == len(set(found)), path


def test_markdown_leaves_no_trace_of_its_own_marks(pages: Mapping[str, Page]) -> None:
    cut = "|".join(f"{re.escape(ODD[:n])}…" for n in range(len(ODD), 3, -1))  # in a picture
    for path, page in pages.items():
        shown = re.sub(cut, "", page.text.replace(ODD, ""))
        assert not re.search(r"\{ ?#|\{%|\{\{|&#\d|<div|</", shown), path


def test_tables_of_data_stay_out_of_the_search_index(pages: Mapping[str, Page]) -> None:
    for path in ("indicators/attainment.md", "scorecards/company.md", "index.md"):
        html = pages[path].html
        for table in re.finditer("<table", html):
            before = html[: table.start()]
            boxes = re.findall(r"<(?:div|details)[^>]*>|</(?:div|details)>", before)
            assert any("data-search-exclude" in b for b in _open_boxes(boxes)), path


def _open_boxes(boxes: list[str]) -> list[str]:
    kept: list[str] = []
    for box in boxes:
        if box.startswith("</"):
            kept.pop()
        else:
            kept.append(box)
    return kept


def test_a_card_opens_with_what_people_ask_first(pages: Mapping[str, Page], language: str) -> None:
    page = pages["indicators/attainment.md"]
    zh = language == "zh"
    order = (
        ["销售目标达成率", "销售完成率",
         "实际销售额占计划的比例", "88.8%", "未达基准值", "−7.3个百分点",
         "怎样计算",
         "数据来自哪里", "口径与责任", "走势与数值", "分组情况", "评价标准", "算例", "在哪些记分卡",
         "改进措施", "变更记录", "相关指标"]
        if zh else
        ["Sales target attainment", "销售完成率",
         "Actual sales as a share", "88.8%", "below baseline",
         "−7.3 pp", "How it is computed", "Where the numbers come from", "Who answers",
         "How it has gone", "How it breaks down", "Thresholds", "Worked examples",
         "Where it counts", "Actions", "What changed", "Related"]
    )  # fmt: skip
    text = "".join(page.words)
    places = [text.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert page.front["edit_path"] == "content/indicators/sales/attainment.yml"


def test_the_table_of_values(pages: Mapping[str, Page], files: Mapping[str, str]) -> None:
    text = files["indicators/attainment.md"]
    # October: 0.8875 shown half away from zero, against 0.96 in September and 0.97 a year ago
    row = next(line for line in text.splitlines() if "<td>88.8</td>" in line)
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)
    bad = re.search(r"<small>(差|worse)</small> ", row)
    assert bad is not None  # said in a word, not by the colour alone
    assert [cell.replace(bad[0], "") for cell in cells[1:4]] == ["88.8", "−7.3", "−8.3"]
    assert f'class="kpi-bad">{bad[0]}−7.3' in row
    assert "✕" in cells[4]
    assert cells[5:] == ["0.0", "100"]
    march = next(x for x in text.splitlines() if re.search(r"2026年3月|Mar 2026", x))
    assert "—" in march
    assert not re.search(r"<td>0(\.0)?</td>", march)


def test_a_breakdown_is_sorted_by_the_divisor_and_keeps_odd_names(
    pages: Mapping[str, Page],
) -> None:
    text = pages["indicators/attainment.md"].text
    assert ODD in text
    html = pages["indicators/attainment.md"].html
    table = html[html.index('id="breakdowns"') :]
    names = [unescape(n) for n in re.findall(r'<th scope="row">(.*?)</th>', table)]
    assert names[3] in {"未填", "not given"}
    assert tuple(names[:3]) in {("北区", ODD, "南区"), ("North", ODD, "South")}


def test_parts_that_do_not_come_to_the_whole_are_named(
    pages: Mapping[str, Page], language: str
) -> None:
    text = pages["indicators/revenue.md"].text
    # 1,000,000 + 600,000 + 40,000 against 1,651,000, and sums must add up
    said = (
        "各组合计为164.0万元，与总体165.1万元不等"
        if language == "zh"
        else ("The parts come to CNY 1,640.0 k, the whole is CNY 1,651.0 k: they should agree.")
    )
    assert said in text.replace("\u00a0", " ")


def test_a_scorecard_shows_its_sum(pages: Mapping[str, Page], language: str) -> None:
    page = pages["scorecards/company.md"]
    # Q3: 0.98 reaches the challenge (120); 4.25 days lie 0.75 of the way from 5 to 4 (90 points);
    # revenue has no thresholds: (60 × 120 + 25 × 90) ÷ 85 = 9450 ÷ 85 = 111.176…
    assert "(60 × 120 + 25 × 90) ÷ 85 = 111.2" in page.text
    assert ("优秀" if language == "zh" else "Outstanding") in page.text
    assert ("无数据" if language == "zh" else "no data") in page.text
    table = page.html[page.html.index("kpi-tree") :].partition("</table>")[0]
    assert re.findall(r'<a href="\.\./\.\./indicators/(\w+)/', table) == [
        "attainment", "handling_days", "revenue",
    ]  # fmt: skip


def test_a_scorecard_has_its_lines_in_the_periods_before(
    files: Mapping[str, str], language: str
) -> None:
    """Attainment in the quarters up to Q3 2026; Q1 2025 is not among the last six."""
    text = files["scorecards/company.md"]
    part = text[text.index("{ #earlier }") :].partition("</table>")[0]
    heads = re.findall(r'<th scope="col">([^<]*)</th>', part)[2:]
    assert len(heads) == 6
    row = next(line for line in part.splitlines() if "/attainment/" in line)
    shown = [re.sub(r"<.*", "", unescape(c)) for c in re.findall(r"<td>(.*?)</td>", row)[1:]]
    assert [c.strip() for c in shown] == ["91.0%", "94.0%", "95.0%", "93.0%", "95.0%", "98.0%"]
    points = {"zh": "120.0分", "en": "120.0 points"}[language]
    assert unescape(row).count(points) >= 1  # the challenge is reached


def test_the_home_page_ranks_what_is_off_target(pages: Mapping[str, Page]) -> None:
    html = pages["index.md"].html
    part = html[html.index('id="off-target"') : html.index('id="ways-in"')]
    # attainment lies (0.95 − 0.8875) ÷ 0.05 = 1.25 steps below, handling (4.25 − 4) ÷ 1
    assert re.findall(r'href="indicators/(\w+)/', part) == ["attainment", "handling_days"]


def test_home_and_department_pages_tell_what_changed_by_signal(sample: Any, language: str) -> None:
    with_signal = with_history(sample).pages(language)
    wanted = {"zh": "低于下限89.4%：这是变化，不是偶然。", "en": "Below its lower limit of 89.4%"}
    for path in ("index.md", "departments/sales.md", "perspectives/customer.md"):
        page = Page(with_signal[path])
        part = page.html[page.html.index('id="moved"') :]
        assert re.findall(r'href="[./]*indicators/(\w+)/', part)[0] == "attainment"
        assert wanted[language] in page.text
        assert 'id="moved"' not in sample.pages(language)[path]


def test_a_card_says_whether_its_value_is_a_signal(sample: Any, language: str) -> None:
    files = with_history(sample).pages(language)
    page = Page(files["indicators/attainment.md"])
    chance = {
        "zh": "目标值95.0%在界限之内：达不达到，凭的是偶然。",
        "en": "Its target of 95.0% lies within the limits: chance decides whether it is met.",
    }
    assert chance[language] in page.text
    assert 'class="band"' in page.html
    assert 'class="signal-bad"' in page.html
    assert 'class="band"' not in sample.pages(language)["indicators/attainment.md"]


def test_other_language_is_marked(sample: Any) -> None:
    zh, en = (Page(sample.pages(x)["indicators/handling_days.md"]) for x in ("zh", "en"))
    assert "not yet in English" in en.text
    assert "尚无中文" not in zh.text
    assert any(attrs.get("lang") == "zh" for attrs in en.all("span"))


def test_draft_points_to_its_successor(pages: Mapping[str, Page], language: str) -> None:
    page = pages["indicators/growth.md"]
    assert ("草案" if language == "zh" else "draft") in page.text
    assert any(a.get("href") == "../revenue/" for a in page.all("a"))


def test_a_report_is_marked_as_draft_and_comments_on_what_is_off(
    pages: Mapping[str, Page], language: str
) -> None:
    text = pages["reports/2026-10.md"].text + pages["reports/2026-10/annex.md"].text
    words = ("草稿", "两个大单推迟", "已逾期", "周期更长的指标", "核对") if language == "zh" else (
        "Draft", "Two large orders moved", "overdue", "Indicators with a longer cycle", "verified"
    )  # fmt: skip
    for part in words:
        assert part in text


def test_a_dataset_tells_how_fresh_it_is(pages: Mapping[str, Page], language: str) -> None:
    page = pages["datasets/orders.md"]
    short = "比网站的数据截止日早" if language == "zh" else "days short"
    assert short not in page.text  # its newest day lies in the newest month
    for part in ("12,345", "amount >= 0", "big", "order_id"):
        assert part in page.text


def test_facts_that_miss_the_newest_month_fall_short(sample: Any) -> None:
    old = replace(sample.tables["orders"], last=date(2026, 9, 29))
    pages = replace(sample, tables={"orders": old}).pages("en")
    assert "32 days short" in Page(pages["datasets/orders.md"]).text


def test_what_follows_the_first_paragraph_comes_after_the_value(sample: Any) -> None:
    long = CardTexts(Text("Sums it up.\n\n- **Returns** count.\n"))
    catalog = replace(sample.catalog, texts={**sample.catalog.texts, "revenue": long})
    pages = replace(sample, catalog=catalog).pages("en")
    page, listed = pages["indicators/revenue.md"], pages["indicators/index.md"]
    order = [page.index(part) for part in ("\nSums it up.", "kpi-now-value", "- **Returns**")]
    assert order == sorted(order)
    assert "Sums it up" in listed
    assert "Returns" not in listed


@pytest.mark.parametrize(
    ("value", "text", "tone"),
    [("0.95", "+2.0\xa0pp", "bad"), ("0.89", "−2.0\xa0pp", "good"), ("0.85", "+2.0\xa0pp", "bad")],
)
def test_around_a_centre_the_target_is_a_distance(
    sample: Any, value: str, text: str, tone: str
) -> None:
    card = replace(sample.catalog.indicators["growth"], centre=Decimal("0.90"))
    limits = (Decimal("0.06"), Decimal("0.03"), Decimal("0.015"))
    threshold = Threshold(*limits)
    ctx = make_context(sample, "en")
    assert threshold_texts(ctx, card, threshold) == ("±6.0%", "±3.0%", "±1.5%")
    result = Result(
        sample.catalog.reports["2026-10"].period, Decimal(value), State.OK, threshold=threshold
    )
    found = read(ctx, card, result, None).to_target
    assert found is not None
    assert (found.text, found.tone) == (text, tone)


def test_charts_hold_the_published_numbers(files: Mapping[str, str]) -> None:
    specs = {
        path: json.loads(text)
        for path, text in files.items()
        if path.startswith("charts/") and not path.startswith("charts/reports/")
    }
    assert set(specs) == {
        "charts/attainment-trend.json", "charts/attainment-targets.json",
        "charts/attainment-by-1.json",
        "charts/growth-trend.json", "charts/handling_days-trend.json",
        "charts/revenue-trend.json", "charts/revenue-running.json", "charts/revenue-by-1.json",
        "charts/scorecards/company-why.json",
    }  # fmt: skip
    assert "0.8875" in files["charts/attainment-trend.json"]


def test_evil_texts_everywhere_stay_texts(sample: Any) -> None:
    """One hostile text as every name and label of the site: nothing of it comes alive."""
    evil = Text(zh=EVIL, en=EVIL)
    card = sample.catalog.indicators["attainment"]
    terms = tuple(replace(t, label=evil) for t in card.terms)
    card = replace(
        card, name=evil, terms=terms,
        examples=tuple(replace(e, because=evil) for e in card.examples),
        changes=tuple(replace(c, what=evil) for c in card.changes),
    )  # fmt: skip
    texts = CardTexts(evil, evil, evil, evil, evil, evil, evil, (EVIL,))
    catalog = replace(
        sample.catalog,
        indicators={**sample.catalog.indicators, card.id: card},
        texts={**sample.catalog.texts, card.id: texts},
    )
    site = replace(catalog.site, organisation=evil)
    for path, text in replace(sample, catalog=replace(catalog, site=site)).pages("zh").items():
        if path.endswith(".md"):
            page = Page(text)
            for tag, attrs in page.tags:
                assert not [k for k in attrs if k.startswith("on")], (path, tag, attrs)
                assert not (attrs.get("href") or "").startswith("javascript"), path
                assert tag != "i" or "aria-hidden" in attrs or attrs["role"] == "img", path
            assert "<i>" not in page.front["title"]


def test_a_site_with_cards_alone(sample: Any) -> None:
    bare = replace(sample.catalog, scorecards={}, reports={}, actions={}, datasets={})
    found = replace(sample, catalog=bare, tables={}, results={}, scores={}).pages("en")
    assert [p for p in found if p.split("/")[0] in {"scorecards", "reports", "actions"}] == []
    page = Page(found["indicators/attainment.md"])
    assert "How it has gone" not in page.text
    assert "How it is computed" in page.text


def test_pages_are_small(sample: Any) -> None:
    found = sample.pages("zh")
    for path, text in found.items():
        assert len(File(path, text).data) < 50_000, path


def _with(sample: Any, name: str, **changes: Any) -> Any:
    """Return the company with one card changed, and scored anew."""
    cards = dict(sample.catalog.indicators)
    cards[name] = replace(cards[name], **changes)
    catalog = replace(sample.catalog, indicators=cards)
    return replace(sample, catalog=catalog, scores=score(catalog, sample.results))


def test_a_retired_card_is_in_no_count_and_in_no_list(sample: Any) -> None:
    # handling_days misses its target; it is the only card of the customer service department.
    retired = _with(sample, "handling_days", status="retired")
    before, after = (s.pages("en") for s in (sample, retired))
    row = re.compile(r'<tr><th scope="row"><a href="service/">.*?</tr>')
    assert _numbers(row.search(before["departments/index.md"])) == ["1", "1"]
    assert _numbers(row.search(after["departments/index.md"])) == ["1"]  # listed, not judged
    assert "kpi-level--baseline" in before["departments/service.md"]
    assert "kpi-level--baseline" not in after["departments/service.md"]
    assert "retired" in Page(after["departments/service.md"]).text
    off = after["index.md"].partition('id="off-target"')[2].partition("#ways-in")[0]
    assert "handling_days" not in off
    card = Page(after["scorecards/company.md"])
    assert "retired" in card.text
    assert "(60 × 120) ÷ 60 = 120.0" in card.text
    told = [dict(line_counts(s.scores["company"][-1])) for s in (sample, retired)]
    assert [sum(counts.values()) for counts in told] == [3, 2]  # of its three lines


def test_a_draft_is_in_no_count_and_in_no_list(sample: Any) -> None:
    draft = _with(sample, "handling_days", status="draft")
    told = [dict(line_counts(s.scores["company"][-1])) for s in (sample, draft)]
    assert [sum(counts.values()) for counts in told] == [3, 2]
    quarter = sample.catalog.site.calendar.parse("2026-Q3")
    report = replace(sample.catalog.reports["2026-10"], period=quarter)
    names = [
        tell_off_targets(make_scope(make_teller(s, "en"), report, None)).names
        for s in (sample, draft)
    ]
    assert ["handling_days" in found for found in names] == [True, False]


def _numbers(row: re.Match[str] | None) -> list[str]:
    assert row is not None
    return re.findall(r"<td>(?:<a [^>]*>)?(\d+)<", row[0])


def test_a_site_without_targets_does_not_say_that_they_are_met(sample: Any, language: str) -> None:
    bare = sample
    for name in sample.catalog.indicators:
        bare = _without_targets(bare, name)
    text = Page(bare.pages(language)["index.md"]).text
    assert ("没有设目标值的指标。" if language == "zh" else "No indicator has a target.") in text
    assert ("均已达标" if language == "zh" else "meets it") not in text


def _without_targets(sample: Any, name: str) -> Any:
    found = sample.results.get(name)
    if found is None:
        return sample
    series = {
        key: replace(s, results=tuple(replace(r, threshold=None, points=None) for r in s.results))
        for key, s in found.series.items()
    }
    results = {**sample.results, name: replace(found, series=series)}
    return replace(_with(sample, name, thresholds=()), results=results)
