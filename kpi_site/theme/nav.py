"""The navigation: sections and what stands in them, never the cards themselves.

Every page carries the whole tree, so its size must not grow with the number of cards
(DESIGN §9: 752 kB a page against 21 kB). Departments and perspectives lead to the cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpi_site.catalog import Catalog

Nav = list["str | dict[str, str | Nav]"]

_TITLES = {
    "departments": {"zh": "部门", "en": "Departments"},
    "perspectives": {"zh": "维度", "en": "Perspectives"},
    "scorecards": {"zh": "记分卡", "en": "Scorecards"},
    "reports": {"zh": "报告", "en": "Reports"},
    "datasets": {"zh": "数据集", "en": "Datasets"},
    "handbook": {"zh": "使用手册", "en": "Guide"},
}


@dataclass(frozen=True, slots=True)
class Handbook:
    """A hand-written page: its path below ``docs/<language>/`` and its place among others."""

    path: str
    order: int

    @classmethod
    def read(cls, path: str, text: str) -> Handbook:
        """Make it from a page's text; ``order: 3`` in the front matter moves it forward."""
        front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        order = re.search(r"^order:\s*(\d+)\s*$", front[1], re.MULTILINE) if front else None
        return cls(path, int(order[1]) if order else 1_000)


def navigation(
    catalog: Catalog, pages: Iterable[str], handbook: Iterable[Handbook], language: str
) -> Nav:
    """Return MkDocs' ``nav`` over the ``pages`` that exist (paths of Markdown files).

    Units stand in the order of ``site.yml``, scorecards in that of their files. Of reports
    and datasets only the list is named, because their number grows.
    """
    have = frozenset(pages)
    site = catalog.site
    units: Mapping[str, Iterable[str]] = {
        "departments": [unit.id for unit in site.departments],
        "perspectives": [unit.id for unit in site.perspectives],
        "scorecards": catalog.scorecards,
        "reports": (),
        "datasets": (),
    }
    nav: Nav = [page for page in ("index.md",) if page in have]
    for section, ids in units.items():
        found = [p for p in _candidates(section, ids) if p in have]
        if found:
            nav.append({_TITLES[section][language]: list(found)})
    written = sorted(handbook, key=lambda page: (page.order, page.path))
    if written:
        nav.append({_TITLES["handbook"][language]: [page.path for page in written]})
    return nav


def _candidates(section: str, ids: Iterable[str]) -> Iterator[str]:
    yield f"{section}/index.md"
    for id_ in ids:
        yield f"{section}/{id_}.md"
        yield f"{section}/{id_}/index.md"
