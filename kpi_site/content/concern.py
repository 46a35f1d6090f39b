"""Which files concern one card: its own, and those of the datasets that it is computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpi_site.content.folders import SITE_FILE, ContentFile, content_files
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node, Scalar, Sequence, parse_yaml

_COMPUTED: Final = frozenset({"indicator", "scorecard", "report"})


@dataclass(frozen=True, slots=True)
class Concern:
    """What is looked at when only some ids are asked for.

    ``files`` are content files from the site's root; ``datasets`` the ids whose facts count.
    ``computed`` tells whether some of it is judged by figures: a scorecard, or a report.
    """

    files: frozenset[str]
    datasets: frozenset[str]
    computed: bool

    def covers(self, file: str) -> bool:
        """Tell whether a problem in ``file`` concerns it; a report has its folder's editions."""
        folders = (name.removesuffix("report.yml") for name in self.files if "/reports/" in name)
        return file in self.files or file.startswith(tuple(folders))


def known_ids(root: Path) -> tuple[str, ...]:
    """Return the ids that one may ask for: of cards, datasets, scorecards, reports, actions."""
    found, _ = content_files(root)
    return tuple(dict.fromkeys(file.name for file in found))


def concern(root: Path, ids: tuple[str, ...]) -> Concern:
    """Return the files that ``ids`` concern; unknown ids concern none.

    A card brings the datasets of its terms, a dataset those that its foreign keys lead to; what
    is computed brings those of the company's calendar. Files that cannot be read are taken as
    far as they go.
    """
    found, _ = content_files(root)
    asked = [file for file in found if file.name in ids]
    sources = {file.name: file for file in found if file.kind == "dataset"}
    waiting = [file.name for file in asked if file.kind == "dataset"]
    if any(file.kind in _COMPUTED for file in asked):
        waiting += _calendar(root)
    for file in asked:
        if file.kind == "indicator":
            waiting += _under(_tree(file), "terms", "*", "from")
    datasets = _with_parents(sources, waiting)
    files = {file.file for file in asked} | {sources[name].file for name in datasets}
    computed = any(file.kind in {"scorecard", "report"} for file in asked)
    return Concern(frozenset(files), datasets, computed)


def _calendar(root: Path) -> Iterator[str]:
    """Yield the datasets that list the company's periods and holidays."""
    tree = _parsed(root / SITE_FILE, SITE_FILE)
    for key in ("dataset", "holidays"):
        yield from _under(tree, "calendar", key)


def _with_parents(sources: Mapping[str, ContentFile], waiting: list[str]) -> frozenset[str]:
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in sources:
            continue
        found.add(name)
        tree = _tree(sources[name])
        waiting += _under(tree, "schema", "foreignKeys", "*", "reference", "resource")
    return frozenset(found)


def _tree(file: ContentFile) -> Node | None:
    return _parsed(file.path, file.file)


def _parsed(path: Path, file: str) -> Node | None:
    try:
        return parse_yaml(path.read_bytes(), file)[0]
    except OSError:
        return None  # reading the catalog reports it


def _under(node: Node | None, *path: str) -> Iterator[str]:
    """Yield the texts at ``path``, where ``*`` is every item or value."""
    if not path:
        if isinstance(node, Scalar):
            yield node.text
        return
    step, *rest = path
    below: list[Node | None] = []
    if isinstance(node, MappingNode):
        below = [v for _, v in node.entries] if step == "*" else [node.get(step)]
    elif isinstance(node, Sequence) and step == "*":
        below = list(node.items)
    for one in below:
        yield from _under(one, *rest)
