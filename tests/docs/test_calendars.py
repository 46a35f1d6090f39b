"""*How to count by your own calendar*: its blocks are a site that gives what the page says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kpi_site.options import Options
from kpi_site.periods import ListedCalendar
from kpi_site.stages import figures
from tests.docs.fenced import blocks, page
from tests.docs.recipes import recipe, write_site
from tests.docs.test_cookbook import compare

NAME = "calendars"


def test_the_page_is_a_site(tmp_path: Path) -> None:
    example = recipe(NAME, page("en", NAME))
    write_site(example, tmp_path)
    found, problems = figures(Options(tmp_path, date(2026, 12, 1)))
    assert (found is not None, problems) == (True, ())
    assert found is not None
    assert isinstance(found.catalog.site.calendar, ListedCalendar)
    for line in example.lines:
        compare(line, found, example, "en")


def test_both_languages_carry_the_same() -> None:
    zh, en = (blocks(page(language, NAME)) for language in ("zh", "en"))
    assert [b.text for b in zh] == [b.text for b in en]
