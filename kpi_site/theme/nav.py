"""The navigation: sections and what stands in them, never the cards themselves.

Every page carries the whole tree, so its size must not grow with the number of cards
(752 kB a page against 21 kB). Departments and perspectives lead to the cards. Rules:
specification.md#navigation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kpi_site.catalog import Catalog
from kpi_site.links import GLOSSARY
from kpi_site.words import word

Nav = list["str | dict[str, str | Nav]"]


def navigation(
    catalog: Catalog, pages: Iterable[str], handbook: Iterable[str], language: str
) -> Nav:
    """Return MkDocs' ``nav`` over the ``pages`` that exist (paths of Markdown files).

    Units stand in the order of ``site.yml``, scorecards in that of their files. Of cards,
    reports and datasets only the lists are named, because their number grows. ``handbook`` are the
    hand-written pages, in order; behind them stands the glossary.
    """
    have = frozenset(pages)
    site = catalog.site
    units: Mapping[str, Iterable[str]] = {
        "indicators": ("by-status", "by-signal", "by-cycle", "by-owner", "what-changed"),
        "departments": [unit.id for unit in site.departments],
        "perspectives": [unit.id for unit in site.perspectives],
        "scorecards": catalog.scorecards,
        "reports": (),
        "actions": (),
        "datasets": (),
    }
    nav: Nav = [page for page in ("index.md",) if page in have]
    for section, ids in units.items():
        found = [p for p in _candidates(section, ids) if p in have]
        if found:
            nav.append({word(section, language): list(found)})
    guide: Nav = [*handbook, *(page for page in (GLOSSARY,) if page in have)]
    if guide:
        nav.append({word("handbook", language): guide})
    return nav


def _candidates(section: str, ids: Iterable[str]) -> Iterator[str]:
    yield f"{section}/index.md"
    for id_ in ids:
        yield f"{section}/{id_}.md"
        yield f"{section}/{id_}/index.md"
