"""Links in texts lead to pages that there will be (specification.md#dead-links).

A text is a part of the page of its card, dataset or scorecard, so its links start there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from kpi_site.content.draft import Draft, Entry
from kpi_site.content.yaml_source import Mapping, Node, Scalar
from kpi_site.problems import Message, Problem, did_you_mean

_TEXTS: Final = {  # the keys of each kind whose texts are Markdown with links
    "indicators": ("definition", "purpose", "notes"),
    "datasets": ("description",),
    "scorecards": ("about",),
}
_CODE: Final = re.compile(r"(`+).+?\1", re.DOTALL)
_LINK: Final = re.compile(
    r"(?<!\\)\]\(\s*<?(?P<target>[^)\s>]+)|^ {0,3}\[[^\]^\n]+\]:\s*<?(?P<named>[^\s>]+)",
    re.MULTILINE,
)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|/|#", re.IGNORECASE)


def links_lead_somewhere(draft: Draft) -> Iterator[Problem]:
    """Report a link to a page or file that the site will not have."""
    site = draft.catalog.site
    if not draft.readable:
        return
    made = frozenset(_pages(draft))
    for language in site.languages:
        folder = site.root / "docs" / language
        written = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
        for kind, entry in _entries(draft):
            for node in _scalars(entry, kind, language):
                yield from _dead(node, f"{kind}/{entry.name}.md", made | written)


def _entries(draft: Draft) -> Iterator[tuple[str, Entry[object]]]:
    yield from (("indicators", entry) for entry in draft.indicators)  # type: ignore[misc]
    yield from (("datasets", entry) for entry in draft.datasets)  # type: ignore[misc]
    yield from (("scorecards", entry) for entry in draft.scorecards)  # type: ignore[misc]


def _scalars(entry: Entry[object], kind: str, language: str) -> Iterator[Scalar]:
    """Yield the texts that stand in ``language`` on the entry's page, fallbacks as well."""
    for key in _TEXTS[kind]:
        found: Node | None = entry.mapping.get(key)
        if isinstance(found, Mapping):
            own = found.get(language)
            found = own or next((value for _, value in found.entries), None)
        if isinstance(found, Scalar) and found.kind == "string":
            yield found


def _dead(node: Scalar, page: str, known: frozenset[str]) -> Iterator[Problem]:
    text = _CODE.sub(lambda m: " " * len(m[0]), node.text)
    for match in _LINK.finditer(text):
        group = "target" if match["target"] else "named"
        target = match[group]
        path = unquote(re.split(r"[#?]", target)[0])
        if _ELSEWHERE.match(target) or not path or path.endswith("/"):
            continue
        asked = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if asked in known or asked.startswith(("data/", "charts/")) or _of_report(asked, known):
            continue
        near = {posixpath.relpath(p, posixpath.dirname(page)): p for p in known}
        yield Problem(
            node.code().locate(match.start(group)),
            "dead-link",
            Message(f"链接“{target}”没有对应的页面", f"the link '{target}' leads to no page"),
            did_you_mean(path, near),
        )


def _of_report(asked: str, known: frozenset[str]) -> bool:
    """Tell whether a page below a report's address belongs to a report that there is."""
    parts = asked.split("/")
    return parts[0] == "reports" and len(parts) > 2 and f"reports/{parts[1]}.md" in known


def _pages(draft: Draft) -> Iterator[str]:
    """Yield the pages that the site will make, as files below a language's root."""
    site = draft.catalog.site
    yield from ("index.md", "indicators/index.md", "indicators/by-cycle.md")
    yield from ("indicators/by-owner.md", "actions/index.md", "actions.md")
    for name in draft.indicator_names:
        yield f"indicators/{name}.md"
    for entry in draft.indicators:
        if entry.value is not None:
            yield from (f"indicators/{former}.md" for former in entry.value.formerly)
    cards = [entry.value for entry in draft.indicators if entry.value is not None]
    for kind, units, used in (
        ("departments", site.departments, {str(c.department) for c in cards}),
        ("perspectives", site.perspectives, {str(c.perspective) for c in cards}),
    ):
        yield f"{kind}/index.md"
        yield from (f"{kind}/{unit.id}.md" for unit in units if str(unit.id) in used)
    for kind, names in (("scorecards", draft.scorecard_names), ("datasets", draft.dataset_names)):
        yield f"{kind}/index.md"
        yield from (f"{kind}/{name}.md" for name in names)
    yield "reports/index.md"
    reports = site.root / "content/reports"
    yield from (f"reports/{folder.name}.md" for folder in _folders(reports))


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir())
