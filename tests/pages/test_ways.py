"""The lists of all indicators: who answers for what, and pages that stay small."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from markupsafe import Markup

from kpi_site.pages.owners import owner_names
from kpi_site.pages.parts import Link
from kpi_site.pages.ways import Group, ListedCard, Section, paged


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
    catalog = replace(sample.catalog, indicators={**sample.catalog.indicators, **many})
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
