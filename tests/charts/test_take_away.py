"""What a reader takes away of a chart: its picture, its numbers, its address."""

from __future__ import annotations

import csv
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Download, Page, expect

from kpi_site.charts.by_member import Rest
from kpi_site.charts.specs import breakdown_spec, trend_spec
from kpi_site.results import Series
from tests.charts.samples import AMOUNT, CALENDAR, MEMBERS, RATE, member_series, rate_series, series

OCTOBER = CALENDAR.parse("2026-10")
Open = Callable[..., Page]


def taken(spec: dict[str, object]) -> list[dict[str, str]]:
    meta = spec["usermeta"]
    assert isinstance(meta, dict)
    return list(csv.DictReader(meta["kpi"]["csv"].splitlines()))


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("zh", ["期间", "销售目标达成率", "状态", "基准值", "目标值", "挑战值", "上年同期"]),
        (
            "en",
            ["Period", "Sales target attainment", "State", "Baseline", "Target", "Challenge",
             "Previous year"],
        ),
    ],
)  # fmt: skip
def test_the_numbers_of_a_trend_are_exact_and_named_in_the_readers_language(
    language: str, heads: list[str]
) -> None:
    rows = taken(trend_spec(RATE, rate_series(), language))
    assert list(rows[0]) == heads
    results = rate_series().results
    assert [row[heads[0]] for row in rows] == [r.period.label for r in results]
    for row, result in zip(rows, results, strict=True):
        assert row[heads[1]] == ("" if result.value is None else str(result.value).rstrip("0"))
    assert rows[14][heads[2]] == {"zh": "无数据", "en": "no data"}[language]
    assert [row[heads[4]] for row in rows] == ["0.95"] * 18 + ["0.96"] * 22
    assert rows[30][heads[6]] == rows[18][heads[1]] != ""


def test_no_digit_is_lost_that_a_double_has_no_room_for() -> None:
    long = "12345678901234567890.1234567"
    (row,) = taken(trend_spec(AMOUNT, series(AMOUNT, [long]), "en"))
    assert row["Revenue (CNY)"] == long


def test_members_are_named_and_cannot_run_as_formulas() -> None:
    assert OCTOBER is not None
    found = member_series(RATE, 0.97, 0.02)
    first = found[0]
    found[0] = Series(first.key.__class__(first.key.grain, "region", "=1+1"), first.results, {})
    others = series(RATE, ["0.25"], "2026-10")
    spec = breakdown_spec(
        RATE, found, OCTOBER, "en", {}, dimension_title="Area", rest=Rest("9 others", 9, others)
    )
    rows = taken(spec)
    assert [r["Area"] for r in rows] == ["'=1+1", *MEMBERS[1:-1], "not given", "9 others"]
    assert {r["Period"] for r in rows} == {"2026-10"}
    assert rows[-1]["Sales target attainment"] == "0.25"
    assert rows[9]["Sales target attainment"] == ""  # hidden
    assert rows[9]["State"] == "hidden: too few people"


@pytest.fixture
def served(browser: Browser, chart_page: str) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def opened(path: str = "", **options: object) -> Page:
        context = browser.new_context(viewport={"width": 800, "height": 600}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(chart_page + path)
        return page

    yield opened
    for context in contexts:
        context.close()


def save(page: Page, way: str) -> Path:
    page.locator("figure").nth(0).get_by_role("button", name="Save or link this chart").click()
    with page.expect_download() as found:
        page.locator("figure").nth(0).locator(f"[data-way={way}]").click()
    download: Download = found.value
    assert download.suggested_filename == f"first.{way}"
    return Path(download.path())


@pytest.mark.browser
def test_without_scripts_there_is_no_menu(served: Open) -> None:
    page = served(java_script_enabled=False)
    assert page.locator("figure svg").count() == 3
    assert page.locator("figure button").count() == 0


@pytest.mark.browser
def test_the_menu_opens_and_closes_by_keyboard(served: Open) -> None:
    page = served()
    button = page.locator("#chart-first .kpi-chart__menu > button")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    ways = page.locator("#chart-first [data-way]")
    assert ways.all_inner_texts() == [
        "Picture (PNG)", "Drawing (SVG)", "Its numbers (CSV)", "Copy link",
    ]  # fmt: skip
    heights = [box["height"] for w in ways.all() if (box := w.bounding_box())]
    assert len(heights) == 4
    assert min(heights) >= 24
    page.keyboard.press("Tab")
    expect(ways.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(ways.first).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.browser
def test_the_numbers_are_saved_as_excel_reads_them(served: Open) -> None:
    saved = save(served(), "csv").read_bytes()
    assert saved.startswith(b"\xef\xbb\xbfPeriod,Sales target attainment,")
    rows = list(csv.DictReader(saved.decode("utf-8-sig").splitlines()))
    assert rows == taken(trend_spec(RATE, rate_series(), "en"))


@pytest.mark.browser
def test_the_drawing_has_title_note_and_paper(served: Open) -> None:
    svg = save(served(), "svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    for words in ("First", "Its note", "target 96.0%"):
        assert f">{words}</text>" in svg, words
    assert 'fill="#ffffff"' in svg


@pytest.mark.browser
def test_the_picture_has_twice_the_pixels_on_the_colour_of_the_page(served: Open) -> None:
    page = served()
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    saved = save(page, "png").read_bytes()
    width, height = struct.unpack(">II", saved[16:24])
    assert 1500 <= width <= 1700
    assert height >= 500
    corner = page.evaluate(
        "async (bytes) => { const image = await createImageBitmap("
        "new Blob([new Uint8Array(bytes)])); const canvas = document.createElement('canvas');"
        " const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);"
        " return [...pen.getImageData(0, 0, 1, 1).data]; }",
        list(saved),
    )
    assert corner == [18, 52, 86, 255]
    assert page.locator(".kpi-chart__slide").count() == 0


@pytest.mark.browser
def test_the_link_leads_to_the_figure(served: Open) -> None:
    page = served("?a=1#x", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#chart-far .kpi-chart__menu > button").click()
    page.locator("#chart-far [data-way=link]").click()
    expect(page.locator("#chart-far [role=status]")).to_have_text("Copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == page.url.replace("#x", "#chart-far")
    other = served(address.removeprefix(served().url))
    expect(other.locator("#chart-far figcaption")).to_be_in_viewport()
    expect(other.locator("#chart-first figcaption")).not_to_be_in_viewport()


@pytest.mark.browser
def test_what_cannot_be_had_is_said(served: Open) -> None:
    page = served()
    page.locator("#chart-missing .kpi-chart__menu > button").click()
    page.locator("#chart-missing [data-way=csv]").click()
    expect(page.locator("#chart-missing [role=status]")).to_have_text(
        "That did not work: try again"
    )
