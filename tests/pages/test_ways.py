"""The lists of all indicators: who answers for what, and pages that stay small."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from kpi_site.catalog import Text
from kpi_site.pages.owners import owner_names
from kpi_site.pages.parts import Link
from kpi_site.pages.ways import Group, ListedCard, Section, paged
from kpi_site.periods import Grain
from kpi_site.problems import Name
from kpi_site.results import SeriesKey, State
from kpi_site.story.reading import now
from kpi_site.story.standing import Run, run_of, tell_run
from kpi_site.story.teller import make_teller
from tests.pages.conftest import series, with_history


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Finance", ("Finance",)),
        ("Finance checks against the payroll", ("Finance",)),
        ("Financed by others", ("Financed by others",)),
        ("Research and development", ("Research and development",)),
        ("Sales and Finance", ("Sales", "Finance")),
        ("Sales, adding up daily", ("Sales",)),
        ("The union and Audit and Legal", ("The union", "Audit and Legal")),
        ("财务部以工资表核对", ("财务部",)),
        ("销售部、财务部", ("销售部", "财务部")),
        ("分管领导", ("分管领导",)),
        ("分管领导组织校准会", ("分管领导",)),
    ],
)
def test_whom_a_text_names(text: str, named: tuple[str, ...]) -> None:
    texts = {
        "Finance checks against the payroll", "Financed by others", "Sales", "Sales and Finance",
        "Sales, adding up daily", "The union", "The union and Audit and Legal", "Audit and Legal",
        "财务部以工资表核对", "销售部", "销售部、财务部", "分管领导", "分管领导组织校准会",
        "Finance", "Research and development",
    }  # fmt: skip
    found = owner_names(texts, ["Finance", "Research and development", "财务部"])
    assert found[text] == named


def section(name: str, *sizes: int) -> Section:
    def entry(n: int) -> ListedCard:
        return ListedCard(Link(f"{name}{n}", Markup()), "active")

    groups = tuple(Group(f"g{g}", tuple(map(entry, range(size)))) for g, size in enumerate(sizes))
    return Section(name, name, groups)


def test_pages_hold_no_more_than_they_may_and_lose_nothing() -> None:
    parts = paged([section("a", 2), section("b", 4), section("c", 4, 7), section("d", 3)], 5)
    assert [[(s.anchor, s.count) for s in part] for part in parts] == [
        [("a", 2)],
        [("b", 4), ("c", 1)],
        [("c-2", 5)],
        [("c-3", 5)],
        [("d", 3)],
    ]
    assert [g.title for g in parts[2][0].groups] == ["g0", "g1"]
    names = [e.link.name for part in parts for s in part for g in s.groups for e in g.entries]
    assert len(names) == 20
    assert paged([], 5) == ((),)


def test_many_cards_go_over_several_pages_that_name_every_section(sample: Any) -> None:
    card = sample.catalog.indicators["growth"]
    many = {
        f"card_{n:04}": replace(card, id=type(card.id)(f"card_{n:04}", card.where))
        for n in range(1000)
    }
    own = sample.catalog
    texts = {**own.texts, **dict.fromkeys(many, own.texts["growth"])}
    catalog = replace(own, indicators={**own.indicators, **many}, texts=texts)
    pages = replace(sample, catalog=catalog).pages("en")
    letters = [p for p in pages if p.startswith("indicators/index")]
    cycles = [p for p in pages if p.startswith("indicators/by-cycle")]
    assert len(letters) == 6
    assert len(cycles) == 4
    for path in (*letters, *cycles, "indicators/by-owner.md"):
        assert len(pages[path].encode()) < 60_000, path  # with its frame under 80 kB
    assert 'href="../by-cycle-4/#quarter"' in pages["indicators/by-cycle.md"]
    assert 'href="../by-cycle/#month"' in pages["indicators/by-cycle-2.md"]
    for n in range(1000):
        assert sum(pages[p].count(f'card_{n:04}/"') for p in letters) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_by_owner(sample: Any, language: str) -> None:
    text = sample.pages(language)["indicators/by-owner.md"]
    assert text.count("## ") >= 2
    assert 'href="../attainment/"' in text


def under(text: str, anchor: str) -> str:
    """Return what stands under the heading ``anchor``."""
    found = re.search(rf"^## .*{{ #{anchor} }}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_count_of_home_leads_to_the_list_that_it_counts(sample: Any, language: str) -> None:
    pages = sample.pages(language)
    counts = re.findall(
        r'<a href="indicators/by-status/#(\w+)"><b>(\d+)</b>', pages["index.md"]
    )  # fmt: skip
    assert counts
    for level, count in counts:
        listed = under(pages["indicators/by-status.md"], level)
        assert listed.count("<li>") == int(count), level
    assert 'href="indicators/by-status/#' in pages["index.md"].split("{ #off-target }")[1]


def test_counts_of_departments_lead_to_rows_of_their_tables(sample: Any) -> None:
    pages = sample.pages("en")
    linked = re.findall(r'href="([\w-]+)/#(status-\w+)">(\d+)<', pages["departments/index.md"])
    assert linked
    for name, anchor, _ in linked:
        own = pages[f"departments/{name}.md"]
        assert own.count(f'<tr id="{anchor}" data-level=') == 1, (name, anchor)
        assert f'href="./#{anchor}"' in own


def judged(sample: Any, values: list[str | State]) -> tuple[Any, Any]:
    """Return the sample with these monthly values of attainment up to October, and where it is."""
    card = sample.catalog.indicators["attainment"]
    months = series(card, SeriesKey(Grain.MONTH), values, f"2026-{11 - len(values):02}")
    own = sample.results["attainment"]
    told = replace(own, series={**own.series, SeriesKey(Grain.MONTH): months})
    teller = make_teller(replace(sample, results={**sample.results, "attainment": told}), "en")
    stand = now(teller, card)
    assert stand is not None
    return teller, stand


@pytest.mark.parametrize(
    ("values", "below", "short", "told"),
    [
        # baseline 90 %, target 95 % in 2026
        (["0.89", "0.88", "0.87"], 3, 3, ("below its baseline for 3 months running",)),
        (["0.95", "0.92", "0.89"], 1, 2, ("short of its target for 2 months running",)),
        (["0.92", "0.94", "0.89", "0.88"], 2, 4,
         ("below its baseline for 2 months running", "short of its target for 4 months running")),
        (["0.89", "0.95", "0.89"], 1, 1, ()),  # once is no row
        (["0.89", State.NO_DATA, "0.89"], 1, 1, ()),  # no row crosses a gap
        (["0.89", "0.95"], 0, 0, ()),
    ],
)  # fmt: skip
def test_how_long_a_card_has_been_off_target(
    sample: Any, values: list[str | State], below: int, short: int, told: tuple[str, ...]
) -> None:
    teller, stand = judged(sample, values)
    assert run_of(teller, stand) == Run(below, short)
    assert tell_run(teller, stand) == told


def test_by_signal_has_every_card_with_limits(sample: Any) -> None:
    """Attainment in October lies below its limits: worked out in ``with_history``."""
    pages = with_history(sample).pages("en")
    text = pages["indicators/by-signal.md"]
    listed = under(text, "concern")
    assert 'href="../attainment/"' in listed
    assert "Below its lower limit" in listed
    assert text.count("<li>") == 1
    assert "indicators/by-signal.md" not in sample.pages("en")


def test_a_department_tells_its_scorecards_what_is_off_target_and_what_is_done(sample: Any) -> None:
    """Service has one card: it misses its target, on a scorecard with a total and an action."""
    pages = sample.pages("en")
    text = pages["departments/service.md"]
    anchors = re.findall(r"^## .*{ #([\w-]+) }$", text, re.MULTILINE)
    assert anchors == [a for a in ("scorecards", "off-target", "moved", "reports", "indicators")
                       if a in anchors]  # fmt: skip
    assert {"scorecards", "off-target", "reports", "indicators"} <= set(anchors)
    cards = under(text, "scorecards")
    assert 'href="../../scorecards/company/"' in cards
    off = under(text, "off-target")
    assert 'href="../../indicators/handling_days/"' in off
    action = next(iter(sample.catalog.actions.values()))
    assert ("handling_days" in action.indicators) == ('href="../../actions/#' in off)
    assert 'href="../../reports/2026-10/' in under(text, "reports")
    assert under(text, "indicators").count("<tr") == 2


def test_a_department_has_the_comment_of_a_report_on_the_same_time(sample: Any) -> None:
    report = sample.catalog.reports["2026-10"]

    def off(label: str) -> str:
        period = sample.catalog.site.calendar.parse(label)
        told = replace(
            report,
            period=period,
            comments={sample.catalog.indicators["handling_days"].id: Text(en="Two were ill.")},
        )
        catalog = replace(sample.catalog, reports={label: told})
        pages = replace(sample, catalog=catalog).pages("en")
        return under(pages["departments/service.md"], "off-target")

    assert "Two were ill." in off("2026-Q3")  # where the card stands
    assert "Two were ill." not in off("2026-Q2")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_changes_of_definitions_have_a_page_and_a_feed(sample: Any, language: str) -> None:
    """Attainment was counted another way from January 2026 on; nothing else has changed."""
    pages = sample.pages(language)
    text = pages["indicators/what-changed.md"]
    own = under(text, "y2026")
    assert own.count("<li>") == 1
    assert 'href="../attainment/"' in own
    said = {"zh": "改按发货日统计", "en": "Counted by day of shipping"}[language]
    assert said in own
    feed = ET.fromstring(pages["indicators/what-changed.xml"])
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}summary") == said
    assert entry.findtext(f"{atom}updated") == "2026-01-01T00:00:00Z"
    link = entry.find(f"{atom}link")
    assert link is not None
    assert link.get("href") == "attainment/"
    alternate = [e.get("href") for e in feed.findall(f"{atom}link")]
    assert alternate == ["what-changed.xml", "what-changed/"]


def test_without_changes_there_is_neither(sample: Any) -> None:
    cards = {k: replace(c, changes=()) for k, c in sample.catalog.indicators.items()}
    pages = replace(sample, catalog=replace(sample.catalog, indicators=cards)).pages("en")
    assert [p for p in pages if "what-changed" in p] == []
    assert "what-changed" not in pages["indicators/index.md"]


def test_without_reports_and_scorecards_home_begins_with_the_first_cards(sample: Any) -> None:
    """Twelve cards of one department: 2 stands before 10, and what has no figure comes last."""
    card, own = sample.catalog.indicators["revenue"], sample.results["revenue"]
    named = {f"kpi_{n}": replace(card, id=Name(f"kpi_{n}", card.where)) for n in range(12, 0, -1)}
    results = {key: replace(own, indicator=key) for key in named}
    empty = series(card, SeriesKey(Grain.MONTH), [State.NO_DATA] * 3, "2026-08")
    results["kpi_1"] = replace(own, indicator="kpi_1", series={empty.key: empty})
    texts = dict.fromkeys(named, sample.catalog.texts["revenue"])
    catalog = replace(
        sample.catalog, indicators=named, texts=texts, scorecards={}, reports={}, actions={}
    )
    found = replace(sample, catalog=catalog, results=results, scores={}, drafts={}).pages("en")
    tiles = found["index.md"].partition("{ #key-figures }")[2].partition("\n## ")[0]
    shown = re.findall(r'kpi-tile-name" href="indicators/(\w+)/', tiles)
    assert shown == [f"kpi_{n}" for n in (2, 3, 4, 5, 6, 7)]
    rows = re.findall(r'<th scope="row"><a href="\.\./\.\./indicators/(\w+)/',
                      found["departments/sales.md"].partition("{ #indicators }")[2])  # fmt: skip
    assert rows == [f"kpi_{n}" for n in range(1, 13)]


def test_a_name_in_the_other_language_says_so_wherever_it_leads(sample: Any) -> None:
    """handling_days has a Chinese name alone: on English pages each link to it is marked."""
    pages = with_history(sample).pages("en")
    seen = 0
    for path, text in pages.items():
        if path.endswith(".md"):
            for link in re.findall(r"<a [^>]*>平均处理天数</a>.{0,60}", text):
                assert 'lang="zh"' in link, (path, link)
                assert "kpi-fallback" in link, (path, link)
                seen += 1
    assert seen > 5
    assert 'lang="en"' not in "".join(
        re.findall(r"<a [^>]*>平均处理天数</a>", "".join(sample.pages("zh").values()))
    )
