"""Everyone can read it: axe-core finds nothing on any kind of page, and what it cannot see."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.kinds import long_pages, pages_by_kind

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


class Site(Protocol):
    url: str
    folder: Path


CARD = "indicators/nps/"
PHONE = {"width": 390, "height": 844}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong on the open page, a line for each place."""
    page.evaluate(AXE_SCRIPT)
    return told(page.evaluate("(rules) => axe.run(document, rules)", RULES))


def told(found: dict[str, Any]) -> list[str]:
    """Return the violations of one run, a line for each place."""
    return [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_any_kind_of_page(
    open_page: Open, site: Site, language: str, scheme: str
) -> None:
    page = open_page(f"{language}/", color_scheme=scheme, reduced_motion="reduce")
    addresses = [*pages_by_kind(site.folder / language).values(), "404.html"]
    assert len(addresses) > 12
    for address in addresses:
        page.goto(f"{site.url}{language}/{address}", wait_until="load")
        assert violations(page) == [], address


# A long page part by part: what looks at the whole page, in one run without the rules that look
# at how every text is drawn; and these for each part of it.
DRAWN = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")
PART = 120_000  # characters
IN_PARTS = """async ([rules, drawn, most]) => {
  const off = Object.fromEntries(drawn.map((id) => [id, { enabled: false }]));
  const found = (await axe.run(document, { ...rules, rules: off })).violations;
  const only = { resultTypes: ["violations"], runOnly: { type: "rule", values: drawn } };
  const parts = [];
  const cut = (at) => {
    if (at.outerHTML.length <= most || !at.children.length) parts.push(at);
    else [...at.children].forEach(cut);
  };
  cut(document.body);
  let run = [];
  let length = 0;
  for (const [n, part] of parts.entries()) {
    run.push(part);
    length += part.outerHTML.length;
    if (length < most && n < parts.length - 1) continue;
    found.push(...(await axe.run({ include: run }, only)).violations);
    [run, length] = [[], 0];
  }
  return { violations: found };
}"""


def test_axe_finds_nothing_on_the_longest_pages(open_page: Open, site: Site) -> None:
    addresses = long_pages(site.folder / "zh")
    if not addresses:
        pytest.skip("this site has no long page")
    page = open_page("zh/", reduced_motion="reduce")
    page.set_default_timeout(120_000)
    for address in addresses:
        page.goto(f"{site.url}zh/{address}", wait_until="load")
        page.evaluate(AXE_SCRIPT)
        assert told(page.evaluate(IN_PARTS, [RULES, DRAWN, PART])) == [], address


def test_axe_finds_in_parts_what_it_finds_in_the_whole(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}", reduced_motion="reduce")
    page.locator("article h1").evaluate(
        "e => { const pale = document.createElement('p'); pale.textContent = 'pale words';"
        " pale.style.color = '#ddd'; e.after(pale);"
        " e.insertAdjacentHTML('afterend', '<img src=data:,><a href=#></a>'); }"
    )
    whole = violations(page)
    assert len(whole) >= 2
    parts = told(page.evaluate(IN_PARTS, [RULES, DRAWN, 20_000]))
    assert sorted(parts) == sorted(whole)


def test_axe_finds_nothing_on_a_card_with_its_charts_drawn(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}", reduced_motion="reduce")
    charts = page.locator("figure.kpi-chart[data-spec]")
    for figure in charts.all():
        figure.locator(".kpi-chart__hand > button").click()
    expect(page.locator(".kpi-chart__view--drawn svg.marks")).to_have_count(
        charts.count(), timeout=20_000
    )
    assert violations(page) == []


def test_axe_finds_nothing_in_an_open_search_or_on_a_phone(open_page: Open) -> None:
    page = open_page("zh/", viewport=PHONE, reduced_motion="reduce")
    assert violations(page) == []
    page.locator("label.md-header__button[for=__search]").click()
    page.keyboard.type("nps")
    expect(page.locator(".kpi-search-list a").first).to_be_visible()
    assert violations(page) == []


def test_a_word_is_explained_by_the_keyboard_alone_and_axe_finds_nothing(open_page: Open) -> None:
    for options in ({}, {"viewport": PHONE}, {"java_script_enabled": False}):
        page = open_page(f"en/{CARD}", reduced_motion="reduce", **options)
        word = page.locator("button.kpi-word[popovertarget=explained-target]")
        name = word.inner_text()
        opened = page.locator(f"#{word.get_attribute('popovertarget')}")
        expect(opened).to_be_hidden()
        word.focus()
        page.keyboard.press("Enter")
        expect(opened).to_be_visible()
        expect(opened).to_be_in_viewport()
        assert opened.locator("b").inner_text().lower() == name.lower()
        if options.get("java_script_enabled", True):
            assert violations(page) == []
        page.keyboard.press("Escape")
        expect(opened).to_be_hidden()


def test_axe_would_find_something(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}")
    page.locator("article h1").evaluate("h => h.insertAdjacentHTML('afterend', '<img src=data:,>')")
    assert any(line.startswith("image-alt") for line in violations(page))


@pytest.mark.parametrize(("language", "words"), [("zh", {"好", "差"}), ("en", {"better", "worse"})])
def test_no_difference_is_good_or_bad_by_its_colour_alone(
    site: Site, language: str, words: set[str]
) -> None:
    """A coloured difference says so in a word; what stays as it was published is let be."""
    coloured = re.compile(r'<(td|span) class="(?:kpi-delta )?kpi-(good|bad)">(.*?)</\1>')
    seen = 0
    for path in (site.folder / language).rglob("index.html"):
        if "edition-" in path.as_posix() or path.parent.parent.name == "reports":
            continue
        for _, _, inside in coloured.findall(path.read_text("utf-8")):
            if re.search(r"[↑↓]|^(<small[^>]*>[^<]*</small> )?[+−-]?\d", inside):
                seen += 1
                said = re.search(r'<small(?: class="kpi-verdict")?>(\S+?)</small>', inside)
                assert said is not None, (path, inside)
                assert said[1] in words, (path, inside)
    assert seen > 100


def test_marks_of_levels_are_no_arrows_and_are_read_out(site: Site) -> None:
    text = (site.folder / "zh" / "departments" / "index.html").parent
    pages = [p.read_text("utf-8") for p in text.rglob("index.html")]
    marks = {m for page in pages for m in re.findall(r'<i role="img" title="[^"]+">(.)</i>', page)}
    assert marks
    assert marks <= set("★●◐✕○◌")


def test_a_table_on_a_phone_keeps_the_names_of_its_rows(open_page: Open, site: Site) -> None:
    kinds = pages_by_kind(site.folder / "zh")
    address = next(address for name, address in kinds.items() if name.startswith("scorecards/*"))
    page = open_page(f"zh/{address}", viewport={"width": 320, "height": 640})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = page.evaluate(
        """() => [...document.querySelectorAll('.kpi-scroll')]
          .filter((box) => box.scrollWidth > box.clientWidth + 10 && box.querySelector('tbody th'))
          .map((box) => {
            box.scrollLeft = box.scrollWidth;
            const frame = box.getBoundingClientRect();
            const name = box.querySelector('tbody th').getBoundingClientRect();
            return [name.left - frame.left, name.right - frame.left, frame.width];
          })"""
    )
    assert found, "no table is wider than a phone"
    for left, right, width in found:
        assert 0 <= left < 2
        assert right < width * 0.6  # there is room for the figures beside them


def test_nothing_moves_for_who_wants_no_motion(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}", reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((each) => {
          const style = getComputedStyle(each);
          const longest = (text) => Math.max(...text.split(',').map(parseFloat));
          return [style.transitionDuration, style.animationDuration].some((t) => longest(t) > 0.01);
        }).map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert moving == []


def test_charts_keep_to_the_colours_that_a_reader_forces(open_page: Open) -> None:
    page = open_page(f"zh/{CARD}", forced_colors="active")
    figure = page.locator("figure.kpi-chart[data-spec]").first
    shape = figure.locator("svg.kpi-svg .actual, svg.kpi-svg .bar").first
    assert shape.evaluate("e => getComputedStyle(e).stroke") != "rgb(33, 55, 74)"
    figure.locator(".kpi-chart__hand > button").click()
    expect(figure.locator(".kpi-chart__view--drawn svg.marks")).to_be_visible(timeout=20_000)
    line = figure.locator("svg.marks path[stroke]").first
    assert line.evaluate("e => getComputedStyle(e).stroke") != "rgb(33, 55, 74)"
    token = "getComputedStyle(document.body).getPropertyValue('--kpi-actual').trim()"
    assert page.evaluate(token) == "CanvasText"


@pytest.mark.parametrize("path", [f"zh/{CARD}", "en/", "zh/departments/"])
def test_the_keyboards_place_is_always_seen(open_page: Open, path: str) -> None:
    page = open_page(path, reduced_motion="reduce")
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const at = document.activeElement;
              if (at === document.body) return true;
              const outlined = (each) => {
                const style = getComputedStyle(each);
                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
              };
              const label = at.labels && at.labels[0];
              const by = at.nextElementSibling;
              return [at, label, by].some((each) => each && outlined(each))
                || at.matches('.md-search__input') || at.outerHTML.slice(0, 120);
            }"""
        )
        assert seen is True
