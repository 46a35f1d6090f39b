"""Links in texts and hand-written pages lead to pages that there will be, for all who read them.

A text is a part of the page of its card, dataset, scorecard or report, so its links start
there. Rules: specification.md#dead-links.
"""

from __future__ import annotations

import bisect
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from kpi_site.audience import narrowed
from kpi_site.catalog import Catalog, Report, Text
from kpi_site.content.draft import Draft, Entry
from kpi_site.content.yaml_source import Mapping, Node, Scalar
from kpi_site.problems import Location, Message, Problem, did_you_mean
from kpi_site.wording.targets import leads_elsewhere, may_have_targets, targets

_TEXTS: Final = {  # the keys of each kind whose texts are Markdown with links
    "indicators": ("definition", "purpose", "notes"),
    "datasets": ("description",),
    "scorecards": ("about",),
    "reports": ("summary",),
}
_MADE: Final = ("data/", "charts/", "assets/")
_HIDDEN: Final = re.compile(r"(^|/)\.")


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages and files of one language, and which of them an audience has not.

    ``hidden`` are from the widest audience that lacks some to the narrowest.
    """

    known: frozenset[str]
    hidden: tuple[tuple[str, frozenset[str]], ...]

    def fault(self, page: str, target: str) -> tuple[Message, Message | None] | None:
        """Return what is wrong with a link on ``page``, and a hint; None if it leads somewhere."""
        path = unquote(re.split(r"[#?]", target)[0])
        if leads_elsewhere(target) or not path:
            return None
        folder = posixpath.dirname(page)
        asked: str | None = posixpath.normpath(posixpath.join(folder, path))
        if path.endswith("/"):
            asked = _answering(page, path, self.known)
        if asked is None:
            return None
        if not (asked in self.known or asked.startswith(_MADE) or _of_parent(asked, self.known)):
            near = {posixpath.relpath(one, folder or "."): one for one in self.known}
            return (
                Message(f"链接“{target}”没有对应的页面", f"the link '{target}' leads to no page"),
                did_you_mean(path, near),
            )
        for audience, lacking in self.hidden:
            if asked in lacking and page not in lacking:
                return (
                    Message(
                        f"链接“{target}”指向的页面，{audience} 看不到",
                        f"the link '{target}' leads to a page that {audience} may not see",
                    ),
                    Message(
                        f"请删除链接，或让这一页也不对 {audience} 公开。",
                        f"Drop the link, or hide this page from {audience} too.",
                    ),
                )
        return None


def links_lead_somewhere(draft: Draft) -> Iterator[Problem]:
    """Report a link to a page or file that the site, or the site of an audience, will not have."""
    site = draft.catalog.site
    if not draft.readable:
        return
    made = frozenset(_pages(draft))
    hidden = tuple(_hidden(draft.catalog))
    for language in site.languages:
        folder = site.root / "docs" / language
        written = frozenset(_files(folder))
        pages = _Pages(made | written, hidden)
        for kind, entry in _entries(draft):
            for node in _scalars(entry, kind, language):
                yield from _dead(node.text, f"{kind}/{entry.name}.md", pages, _placed(node))
        for name in sorted(written):
            if name.endswith(".md"):
                yield from _of_page(folder / name, f"docs/{language}/{name}", name, pages)


def _placed(node: Scalar) -> Callable[[int], Location]:
    """Return where a character of a text stands; worked out for a dead link alone."""
    return lambda at: node.code().locate(at)


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if not _HIDDEN.search(name) and path.is_file():
            yield name


def _of_page(path: Path, file: str, page: str, pages: _Pages) -> Iterator[Problem]:
    """Yield the dead links of a hand-written page to other Markdown pages."""
    if path.is_symlink():
        return
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def where(at: int) -> Location:
        line = bisect.bisect_right(starts, at)
        return Location(file, line, at - starts[line - 1] + 1)

    yield from _dead(text, page, pages, where, only=".md")


def _entries(draft: Draft) -> Iterator[tuple[str, Entry[object]]]:
    yield from (("indicators", entry) for entry in draft.texts)  # type: ignore[misc]
    yield from (("datasets", entry) for entry in draft.datasets)  # type: ignore[misc]
    yield from (("scorecards", entry) for entry in draft.scorecards)  # type: ignore[misc]
    for entry in draft.reports:
        folder = draft.catalog.site.root / "content/reports" / entry.name
        if not any(folder.glob("edition-*")):  # a published report says what it said then
            yield "reports", entry  # type: ignore[misc]


def _scalars(entry: Entry[object], kind: str, language: str) -> Iterator[Scalar]:
    """Yield the texts that stand in ``language`` on the entry's page, fallbacks as well."""
    if entry.sound and not any(map(may_have_targets, _spoken(entry.value, kind))):
        return
    found: list[Node | None] = [entry.mapping.get(key) for key in _TEXTS[kind]]
    comments = entry.mapping.get("comments") if kind == "reports" else None
    if isinstance(comments, Mapping):
        found += [node for _, node in comments.entries]
    for node in found:
        text = node
        if isinstance(node, Mapping):
            text = node.get(language) or next((value for _, value in node.entries), None)
        if isinstance(text, Scalar) and text.kind == "string":
            yield text


def _spoken(value: object, kind: str) -> Iterator[str]:
    """Yield the same texts of a value that says all that its file does, in every language."""
    texts: list[Text | None] = [getattr(value, key) for key in _TEXTS[kind]]
    texts += value.comments.values() if isinstance(value, Report) else ()
    for text in texts:
        if text is not None:
            yield from filter(None, (text.plain, text.zh, text.en))


def _dead(
    text: str, page: str, pages: _Pages, where: Callable[[int], Location], only: str = ""
) -> Iterator[Problem]:
    for at, target in targets(text):
        fault = pages.fault(page, target)
        if fault is not None and re.split(r"[#?]", target)[0].endswith(only):
            yield Problem(where(at), "dead-link", *fault)


def _answering(page: str, address: str, known: frozenset[str]) -> str | None:
    """Return the page that answers at an address, as the browser shows it, seen from ``page``.

    None if it lies out of the pages' own language; some page that there is not, if none answers.
    """
    stem = posixpath.normpath(posixpath.join("/", page.removesuffix(".md")))
    start = posixpath.dirname(stem) if posixpath.basename(stem) == "index" else stem
    asked = posixpath.normpath(posixpath.join(start[1:], address))
    if asked.startswith(".."):
        return None
    listed = posixpath.normpath(f"{asked}/index.md")
    return listed if listed in known else f"{asked}.md"


def _of_parent(asked: str, known: frozenset[str]) -> bool:
    """Tell whether a page below a report's address belongs to a report that there is.

    Below that of a scorecard for each member it is one of the members', known by facts alone.
    """
    parts = asked.split("/")
    if len(parts) == 3 and f"scorecards/{parts[1]}/" in known:
        return parts[0] == "scorecards"
    return parts[0] == "reports" and len(parts) > 2 and f"reports/{parts[1]}.md" in known


def _hidden(catalog: Catalog) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each audience that may not see all pages, and those that it has not."""
    every = frozenset(_narrow(catalog))
    for audience in reversed(catalog.site.audiences[:-1]):
        lacking = every - frozenset(_narrow(narrowed(catalog, audience)))
        if lacking:
            yield audience, lacking


def _narrow(catalog: Catalog) -> Iterator[str]:
    """Yield the pages that not every audience may see."""
    cards = catalog.indicators.values()
    yield from (f"indicators/{name}.md" for card in cards for name in (card.id, *card.formerly))
    yield from (f"scorecards/{name}.md" for name in catalog.scorecards)
    yield from (f"datasets/{name}.md" for name, one in catalog.datasets.items() if one.listed)
    yield from (f"departments/{card.department}.md" for card in cards)
    yield from (f"perspectives/{card.perspective}.md" for card in cards)


def _pages(draft: Draft) -> Iterator[str]:
    """Yield the pages that the site will make, as files below a language's root."""
    site = draft.catalog.site
    yield from ("index.md", "indicators/index.md", "indicators/by-cycle.md")
    yield from ("indicators/by-status.md", "indicators/by-signal.md", "indicators/by-owner.md")
    yield from ("indicators/what-changed.md", "actions/index.md", "actions.md", "glossary.md")
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
    for scorecard in draft.scorecards:
        if scorecard.value is not None and scorecard.value.for_each is not None:
            yield f"scorecards/{scorecard.name}/"
    yield "reports/index.md"
    reports = site.root / "content/reports"
    yield from (f"reports/{folder.name}.md" for folder in _folders(reports))


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_dir())
