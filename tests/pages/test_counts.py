"""Every count of what stands where leads to the list that it counts (specification.md#lists)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

import pytest

from tests.pages.conftest import Sample

LINK = re.compile(r'<a href="([^"#]*)#([\w-]+-(?:challenge|target|baseline|below|none))">(.*?)</a>')
ROW = re.compile(r"<tr[^>]*>.*?</tr>", re.DOTALL)


def links(files: Mapping[str, str]) -> Iterator[tuple[str, str, str, int]]:
    """Yield (page, page that it leads to, anchor, number) of each such link."""
    for path, text in files.items():
        if path.endswith(".md"):
            own = path.removesuffix("index.md").removesuffix(".md").rstrip("/")
            for address, anchor, inside in LINK.findall(text):
                number = re.search(r"\d+", re.sub(r"<[^>]*>|&#\d+;", "", inside))
                to = posixpath.normpath(posixpath.join(own, address)) if address else own
                there = next(p for p in (f"{to}.md", f"{to}/index.md") if p in files)
                yield path, there, anchor, int(number[0]) if number else 0


@pytest.fixture
def files(sample: Sample) -> Mapping[str, str]:
    return sample.pages("en")


def test_each_leads_to_a_row_of_its_page(files: Mapping[str, str]) -> None:
    found = list(links(files))
    pages = {(page.partition("/")[0], there) for page, there, _, _ in found}
    assert {"index.md", "departments", "scorecards", "reports"} <= {first for first, _ in pages}
    for page, there, anchor, _ in found:
        place = rf'id="{re.escape(anchor)}"|#{re.escape(anchor)} \}}'
        assert len(re.findall(place, files[there])) == 1, (page, there, anchor)


def test_a_scorecard_has_as_many_lines_at_a_level_as_are_counted(files: Mapping[str, str]) -> None:
    checked = 0
    for page, there, anchor, number in links(files):
        if not there.startswith("scorecards/") or not anchor.startswith("lines-"):
            continue
        table = files[there].partition("#lines")[2].partition("</table>")[0]
        level = anchor.removeprefix("lines-")
        rows = [row for row in ROW.findall(table) if f'<td class="kpi-level--{level}">' in row]
        assert len(rows) == number, (page, there, level)
        checked += 1
    assert checked >= 2


def test_an_annex_lists_as_many_figures_as_its_report_counts(files: Mapping[str, str]) -> None:
    words = {"challenge": "challenge reached", "target": "target reached"}
    words |= {"baseline": "above baseline, below target", "below": "below baseline"}
    article, annex = files["reports/2026-10.md"], files["reports/2026-10/annex.md"]
    counted = re.search(r'<p class="kpi-levels".*?</p>', article)
    assert counted is not None
    own = annex.partition("#other-cycles")[0]
    found = re.findall(r'#[\w-]+-status-(\w+)"><b>(\d+)</b>', counted[0])
    assert found
    for level, number in found:
        if level != "none":
            assert own.count(f'<i role="img" title="{words[level]}"') == int(number), level
