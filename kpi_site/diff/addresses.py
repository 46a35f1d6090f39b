"""Which pages a state publishes: their addresses, without making them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from kpi_site import links
from kpi_site.catalog import Catalog, Unit
from kpi_site.computed import Scores
from kpi_site.diff.sides import Side
from kpi_site.editions.publications import Publications


def page_addresses(side: Side) -> frozenset[str]:
    """Return the addresses of all pages below a language's root, as ``indicators/csat/``.

    Old addresses that only lead on are no pages. Empty where nothing could be read.
    """
    if side.figures is None:
        return frozenset()
    found = set(_generated(side.figures.catalog, side.figures.told))
    found |= set(_members(side.figures.scores))
    for language in side.figures.catalog.site.languages:
        found |= set(_hand_written(side.root / "docs" / language))
    return frozenset(found)


def _generated(catalog: Catalog, told: Publications) -> Iterator[str]:
    yield ""
    yield from _list("indicators", catalog.indicators, always=True)
    cards = catalog.indicators.values()
    if cards:
        yield "indicators/by-cycle/"
    if any(c.in_use for c in cards):
        yield from ("indicators/by-status/", "indicators/by-signal/")
    if any(texts.collector or texts.verifier for texts in catalog.texts.values()):
        yield "indicators/by-owner/"
    if cards:  # a repository tells at least which commit changed each last
        yield "indicators/what-changed/"
    yield from _units("departments", catalog.site.departments, {c.department for c in cards})
    yield from _units("perspectives", catalog.site.perspectives, {c.perspective for c in cards})
    yield from _list("scorecards", catalog.scorecards)
    yield from _reports(catalog, told)
    yield from _list("datasets", (str(d.id) for d in catalog.listed_datasets))
    if catalog.actions:
        yield "actions/"
    yield "glossary/"


def _members(scores: Scores) -> Iterator[str]:
    """Yield the pages of members of scorecards."""
    cards = (card for periods in scores.values() for card in periods)
    for key in {member.key for card in cards for member in card.members}:
        yield links.scored(key).removesuffix(".md") + "/"


def _list(kind: str, names: Iterable[str], *, always: bool = False) -> Iterator[str]:
    found = [f"{kind}/{name}/" for name in names]
    if found or always:
        yield f"{kind}/"
    yield from found


def _units(kind: str, units: Iterable[Unit], used: AbstractSet[str | None]) -> Iterator[str]:
    yield from _list(kind, (str(unit.id) for unit in units if unit.id in used))


def _reports(catalog: Catalog, told: Publications) -> Iterator[str]:
    labels = sorted({*catalog.reports, *told.editions})
    for address in _list("reports", labels):
        yield address
        if address != "reports/" and address.split("/")[1] not in told.editions:
            yield f"{address}annex/"
    for label, editions in told.editions.items():
        for edition in editions:
            yield f"reports/{label}/edition-{edition.number}/"
            yield f"reports/{label}/edition-{edition.number}/annex/"


def _hand_written(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix().removesuffix(".md")
        if not any(part.startswith(".") for part in name.split("/")):
            yield "" if name == "index" else name.removesuffix("/index") + "/"
