"""Who collects and who verifies: owners told from the free texts of the cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.pages.context import Context
from kpi_site.pages.letters import initial

_BETWEEN: Final = ("、", "和", " and ", ", ", "，")


@dataclass(frozen=True, slots=True)
class Owner:
    """A department or post; ``department`` is its id, "" for others.

    ``cards`` are (role, card, what the card says): ``collector`` or ``verifier``.
    """

    name: str
    department: str
    cards: tuple[tuple[str, Indicator, str], ...]

    def held(self, role: str) -> tuple[tuple[Indicator, str], ...]:
        """Return the cards for which it has ``role``."""
        return tuple((card, text) for own, card, text in self.cards if own == role)


def owners(ctx: Context) -> tuple[Owner, ...]:
    """Return all owners: departments in the order of ``site.yml``, then others by letter."""
    said = [
        (role, card, ctx.name(text))
        for key, card in ctx.catalog.indicators.items()
        for texts in (ctx.catalog.texts[key],)
        for role, text in (("collector", texts.collector), ("verifier", texts.verifier))
        if text is not None and ctx.name(text)
    ]
    departments = {ctx.name(u.name): str(u.id) for u in ctx.catalog.site.departments}
    names = owner_names({text for _, _, text in said}, departments)
    held: dict[str, list[tuple[str, Indicator, str]]] = {name: [] for name in departments}
    others = {name for found in names.values() for name in found} - held.keys()
    held |= {name: [] for name in sorted(others, key=initial)}
    for role, card, text in said:
        for name in names[text]:
            held[name].append((role, card, text))
    return tuple(
        Owner(name, departments.get(name, ""), tuple(cards))
        for name, cards in held.items()
        if cards
    )


def owner_names(texts: Iterable[str], departments: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return whom each of ``texts`` names.

    A text is known by itself, by the names that it joins ("Sales and Finance"), or by the
    name that it begins with ("Finance checks against the payroll"): names are those of
    departments, and texts that say nothing but a name.
    """
    texts = set(texts)
    known = {*departments, *texts}
    return {text: _named(text, known, set(departments)) for text in texts}


def _named(text: str, known: set[str], departments: set[str]) -> tuple[str, ...]:
    if text in departments:
        return (text,)
    joined = _joined(text, known - {text})
    if joined:
        return joined
    begins = [name for name in known if name != text and _begins(text, name)]
    first = [name for name in begins if name in departments]
    return (max(first, key=len) if first else min(begins, key=len),) if begins else (text,)


def _joined(text: str, known: set[str]) -> tuple[str, ...]:
    """Return the known names that ``text`` is put together from; none where it is not."""
    if text in known:
        return (text,)
    for name in sorted(known, key=lambda name: (-len(name), name)):
        for between in _BETWEEN:
            if text.startswith(name + between):
                rest = _joined(text[len(name + between) :], known)
                if rest:
                    return tuple(dict.fromkeys((name, *rest)))
    return ()


def _begins(text: str, name: str) -> bool:
    """Tell whether ``text`` begins with ``name`` as a word of its own."""
    after = text[len(name) : len(name) + 1]
    return text.startswith(name) and not (name[-1:].isascii() and after.isalnum())
