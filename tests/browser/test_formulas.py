"""Formulas with long names: nothing of them is cut off, on a desk, on a phone, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kpi_site.formula.mathml import filled_mathml, formula_mathml
from tests.formula.test_mathml import formula

pytestmark = pytest.mark.browser

SOURCES = Path(__file__).parents[2] / "kpi_site"
ENGLISH = {
    "a": "Revenue recognised from orders that were shipped within the period and not returned",
    "b": "Revenue planned",
    "c": "Revenue planned in the supplementary budget of the second half-year",
    "d": "Costs",
}
CHINESE = {
    "a": "本期按时完成且经客户验收合格、无返工和投诉的服务订单数量合计",
    "b": "订单数",
    "c": "上年同期按时完成的服务订单数量",
    "d": "成本",
}
NAMES = {
    "en": "Attainment of the yearly sales target of all regions and product lines together",
    "zh": "按时完成并验收合格的服务订单占比",
}
NUMBERS = {"a": "1,234,567.89万元", "b": "-12.3", "c": "2,345,678.9 万元", "d": "9"}
FORMULAS = (
    "a / b",
    "(a - c) / c * 100",
    "a / (b + c + a - d) - 1",
    "1 - (a + b + c) / (a * b)",
    "a + b + c + d - a - c",
    "CASE WHEN a / b >= 1 OR NOT c > 0 THEN 5 WHEN a > 80 THEN a / b ELSE 0 END",
    "a / b / (c / d)",
    "(a + b + c) * (a - c)",
    "LEAST(a / c, GREATEST(b, c), 1.2) * 100",
)
NESTED = FORMULAS[-1]  # brackets in brackets: on a phone it scrolls


def box(inner: str) -> str:
    return f'<div class="kpi-formula">{inner}</div>'


def boxes(text: str) -> str:
    given = (("en", ENGLISH), ("zh", CHINESE))
    named = (
        formula_mathml(formula(text), labels, name=NAMES[x], language=x) for x, labels in given
    )
    filled = filled_mathml(formula(text), NUMBERS, "95.3%", language="zh")
    example = f'<div class="kpi-example">{box(filled)}<p>Because</p></div>'
    return "".join(map(box, (*named, filled))) + example


def shown(browser: Browser, width: int, texts: tuple[str, ...]) -> Page:
    sheets = (SOURCES / "charts/static/charts.css", SOURCES / "pages/static/kpi.css")
    css = "".join(path.read_text(encoding="utf-8") for path in sheets)
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(
        f'<!doctype html><meta charset="utf-8"><style>html {{ font-size: 125% }} '
        f"body {{ margin: 0; --md-default-bg-color: #fff }} {css}</style>"
        f"<body>{''.join(map(boxes, texts))}"
    )
    return page


def cut(page: Page) -> list[str]:
    """Return the formulas that are wider than their boxes."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.kpi-formula')].filter(e => e.scrollWidth > e.clientWidth)"
        ".map(e => `${e.scrollWidth} ${e.querySelector('math').getAttribute('alttext')}`)"
    )
    return found


@pytest.mark.parametrize(("width", "texts"), [(900, FORMULAS), (358, FORMULAS[:-1])])
def test_formulas_break_at_their_signs(
    browser: Browser, width: int, texts: tuple[str, ...]
) -> None:
    page = shown(browser, width, texts)
    assert page.locator(".kpi-formula").count() == 4 * len(texts)
    assert cut(page) == []
    tall = page.locator(".kpi-formula math").evaluate_all("all => all.map(e => e.clientHeight)")
    assert min(tall) > 10  # they are drawn
    page.close()


def test_formulas_have_room_on_paper(browser: Browser) -> None:
    page = shown(browser, 640, FORMULAS)  # A4 between its margins
    page.emulate_media(media="print")
    assert cut(page) == []
    page.close()


def test_what_is_still_too_wide_shows_that_it_scrolls(browser: Browser) -> None:
    page = shown(browser, 240, (NESTED,))
    wide = page.locator(".kpi-formula").first
    assert cut(page) != []
    style = "e => [getComputedStyle(e).overflowX, getComputedStyle(e).backgroundAttachment]"
    assert wide.evaluate(style) == ["auto", "local, local, scroll, scroll"]

    def edge() -> tuple[int, ...]:
        """Return the colour at the right edge, above the formula's own signs."""
        at = wide.bounding_box()
        assert at is not None
        spot = {"x": at["x"] + at["width"] - 1, "y": at["y"] + 1, "width": 1, "height": 1}
        png = list(page.screenshot(clip=spot))  # type: ignore[arg-type]
        found: list[int] = page.evaluate(
            "async (bytes) => { const image = await createImageBitmap("
            "new Blob([new Uint8Array(bytes)])); const canvas = document.createElement('canvas');"
            " const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);"
            " return [...pen.getImageData(0, 0, 1, 1).data]; }",
            png,
        )
        return tuple(found)

    assert edge()[0] < 220  # a shadow: there is more
    wide.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    assert edge() == (255, 255, 255, 255)
    page.close()


def test_a_name_is_in_lines_and_a_screen_reader_hears_one_formula(browser: Browser) -> None:
    page = shown(browser, 900, (FORMULAS[0],))
    first = page.locator("math").first
    assert (first.get_attribute("alttext") or "").startswith(NAMES["en"])
    high = page.locator("math mi > span").first.evaluate("e => e.getClientRects()[0].height")
    assert high > 40
    page.close()
