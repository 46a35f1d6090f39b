"""Ways to an indicator beside departments and perspectives: by letter, status, signal, owner.

Each is one page of sections, or several where there are many cards: a page holds so many
entries that it stays under 80 kB, and names every section of all of them
(specification.md#navigation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Indicator
from kpi_site.files import File
from kpi_site.pages.batches import Batch
from kpi_site.pages.context import Context
from kpi_site.pages.definitions_feed import definitions_feed
from kpi_site.pages.letters import OTHER, initial
from kpi_site.pages.owners import Owner, owners
from kpi_site.pages.parts import Link, link_to
from kpi_site.pages.template import inert, page
from kpi_site.periods import Grain
from kpi_site.scoring import Level
from kpi_site.signals import VARIATIONS
from kpi_site.story.definitions import tell_commits, tell_definition_changes
from kpi_site.story.reading import Now
from kpi_site.story.signals import signal_moves, tell_signal
from kpi_site.story.standing import off_target, tell_run
from kpi_site.wording.words import cycle_word, status_mark, status_words

_MOST_DEFINED: Final = 180  # entries of a page with definitions
_MOST_NAMED: Final = 320  # of one with names alone
_MOST_TOLD: Final = 120  # of one with sentences
LETTERS: Final = "indicators/index.md"
CYCLES: Final = "indicators/by-cycle.md"
OWNERS: Final = "indicators/by-owner.md"
STATUS: Final = "indicators/by-status.md"
SIGNALS: Final = "indicators/by-signal.md"
CHANGES: Final = "indicators/what-changed.md"
_CHANGES_FEED: Final = "indicators/what-changed.xml"


@dataclass(frozen=True, slots=True)
class ListedCard:
    """An indicator in a list; ``aside`` stands beside its name, ``definition`` below it."""

    link: Link
    status: str
    aside: tuple[str, ...] = ()
    definition: Markup | None = None
    commit: Link | None = None  # that changed its file last


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under a small heading of a section; "" where there is one group alone."""

    title: str
    entries: tuple[ListedCard, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that the page's list of sections leads to; ``more`` is a page of its own."""

    anchor: str
    title: str
    groups: tuple[Group, ...]
    more: Link | None = None

    @property
    def count(self) -> int:
        """The number of entries."""
        return sum(len(group.entries) for group in self.groups)


@dataclass(frozen=True, slots=True)
class WayView:
    """A page: the other ways, its sections, and links with counts to all sections.

    ``feed`` is where it can be subscribed to.
    """

    title: Markup
    ways: tuple[tuple[Link, bool], ...]
    index: tuple[tuple[Link, int], ...]
    sections: tuple[Section, ...]
    feed: Link | None = None


def way_batches(ctx: Context, stands: Callable[[], Mapping[str, Now]]) -> Iterator[Batch]:
    """Yield the lists of indicators by letter, status, signal, cycle and owner, and of changes."""
    ways: tuple[tuple[str, Callable[[], Iterator[File]]], ...] = (
        ("letters", lambda: _pages(ctx, LETTERS, "indicators", _letters(ctx), _MOST_DEFINED)),
        (
            "status",
            lambda: _pages(ctx, STATUS, "by_status", _statuses(ctx, stands()), _MOST_DEFINED),
        ),
        ("signals", lambda: _pages(ctx, SIGNALS, "by_signal", _signals(ctx, stands()), _MOST_TOLD)),
        ("cycles", lambda: _pages(ctx, CYCLES, "by_cycle", _cycles(ctx), _MOST_NAMED)),
        ("owners", lambda: _pages(ctx, OWNERS, "by_owner", _owned(ctx), _MOST_NAMED)),
        ("changes", lambda: _changed(ctx)),
    )
    for name, make in ways:
        yield Batch(f"way {name}", make)


def _changed(ctx: Context) -> Iterator[File]:
    changes = _changes(ctx)
    yield from _pages(ctx, CHANGES, "definitions_changed", changes, _MOST_DEFINED, _CHANGES_FEED)
    if changes:
        yield definitions_feed(ctx, _CHANGES_FEED, "what-changed/")


def way_links(ctx: Context, path: str) -> tuple[Link, ...]:
    """Return the links to all ways in, for the page at ``path``; only to pages that exist."""
    cards, site = ctx.catalog.indicators.values(), ctx.catalog.site
    ways = (
        ("by_letter", LETTERS, True),
        ("by_status", STATUS, any(i.in_use and i.id in ctx.results for i in cards)),
        ("by_signal", SIGNALS, any(i.in_use and ctx.behaviour(i) for i in cards)),
        ("by_cycle", CYCLES, bool(cards)),
        ("by_owner", OWNERS, ctx.owned),
        (
            "by_departments",
            "departments/index.md",
            not {i.department for i in cards}.isdisjoint(u.id for u in site.departments),
        ),
        (
            "by_perspectives",
            "perspectives/index.md",
            not {i.perspective for i in cards}.isdisjoint(u.id for u in site.perspectives),
        ),
        ("by_scorecards", "scorecards/index.md", bool(ctx.catalog.scorecards)),
        (
            "definitions_changed",
            CHANGES,
            any(i.changes or i.where.file in ctx.commits for i in cards),
        ),
    )
    return tuple(Link(str(ctx.t(key)), links.url(path, to)) for key, to, there in ways if there)


def _letters(ctx: Context) -> tuple[Section, ...]:
    """Return the sections by the first letter (of the pinyin)."""
    by_letter: dict[str, list[tuple[bytes, ListedCard]]] = {}
    for key, indicator in ctx.catalog.indicators.items():
        letter, order = initial(ctx.name(indicator.name))
        texts = ctx.catalog.texts[key]
        entry = replace(
            _entry(ctx, indicator, LETTERS),
            aside=texts.aliases,
            definition=ctx.rich(ctx.opening(texts.definition)),
        )
        by_letter.setdefault(letter, []).append((order, entry))
    return tuple(
        Section("other" if letter == OTHER else letter, letter, (Group("", _ordered(found)),))
        for letter, found in sorted(by_letter.items(), key=lambda p: (p[0] == OTHER, p[0]))
    )


def _ordered(found: Iterable[tuple[bytes, ListedCard]]) -> tuple[ListedCard, ...]:
    return tuple(entry for _, entry in sorted(found, key=lambda pair: pair[0]))


def _entry(ctx: Context, indicator: Indicator, path: str) -> ListedCard:
    link = link_to(path, ctx.card_ref(indicator.id))
    return ListedCard(link, indicator.status)


_WORST_FIRST: Final[tuple[Level, ...]] = ("below", "baseline", "target", "challenge", "none")


def _statuses(ctx: Context, stands: Mapping[str, Now]) -> tuple[Section, ...]:
    """Return the sections by status, the worst first: those that the counts of it lead to.

    What misses its target stands by how far, with how long it has; the rest by department.
    """
    used = [n for n in stands.values() if n.indicator.in_use]
    found = []
    for level in _WORST_FIRST:
        own = {str(n.indicator.id): n for n in used if n.reading.level == level}
        missed = off_target(own.values())
        rest = [n.indicator for name, n in own.items() if n not in missed]
        groups = [Group("", tuple(_stand(ctx, n) for n in missed))] if missed else []
        for name, members in _by_department(ctx, rest):
            entries = (_stand(ctx, own[str(i.id)]) for i in _by_name(ctx, members))
            groups.append(Group(name, tuple(entries)))
        if groups:
            title = f"{status_mark(level)} {status_words(level, ctx.language)}".strip()
            found.append(Section(level, title, tuple(groups)))
    return tuple(found)


def _stand(ctx: Context, now: Now) -> ListedCard:
    """Return an indicator with its figure, and for how many periods running it is off target."""
    reading = now.reading
    figure = reading.text if reading.has_value else reading.state_words
    gap = reading.to_target
    short = [f"{ctx.word('vs_target')} {gap.text}"] if gap and gap.tone == "bad" else []
    ended = [now.ended] if now.ended else []
    aside = " · ".join((figure, reading.period, *ended, *short, *tell_run(ctx, now)))
    return replace(_entry(ctx, now.indicator, STATUS), aside=(aside,))


def _signals(ctx: Context, stands: Mapping[str, Now]) -> tuple[Section, ...]:
    """Return the sections by what the newest value is: a signal, or chance alone."""
    used = [n for n in stands.values() if n.indicator.in_use]
    told = {
        str(n.indicator.id): signal
        for n in used
        if (signal := tell_signal(ctx, n.indicator, n.result.period))
    }
    ranked = [str(move.now.indicator.id) for move in signal_moves(ctx, used)]
    order = [*ranked, *(name for name in told if name not in ranked)]
    found = []
    for variation in VARIATIONS:
        own = [name for name in order if told[name].variation == variation]
        entries = (
            replace(
                _entry(ctx, ctx.catalog.indicators[name], SIGNALS),
                aside=(stands[name].reading.text, told[name].sentence),
            )
            for name in own
        )
        if own:
            title = f"{told[own[0]].mark} {told[own[0]].words}".strip()
            title = title[:1].upper() + title[1:]
            found.append(Section(variation, title, (Group("", tuple(entries)),)))
    return tuple(found)


def status_list(path: str, level: Level) -> Markup:
    """Return the address of all indicators that stand at ``level``, for the page at ``path``."""
    return links.url(path, f"{STATUS}#{level}")


def _cycles(ctx: Context) -> tuple[Section, ...]:
    """Return the sections by cycle, the shortest first; each is grouped by department."""
    found = []
    for cycle in Grain:
        cards = [i for i in ctx.catalog.indicators.values() if i.cycle is cycle]
        groups = tuple(
            Group(name, tuple(_entry(ctx, i, CYCLES) for i in _by_name(ctx, members)))
            for name, members in _by_department(ctx, cards)
        )
        if groups:
            title = cycle_word(cycle, ctx.language).capitalize()
            found.append(Section(cycle.value, title, groups))
    return tuple(found)


def _by_department(
    ctx: Context, cards: Iterable[Indicator]
) -> Iterator[tuple[str, list[Indicator]]]:
    """Yield departments in the order of ``site.yml``, with their cards."""
    cards = list(cards)
    order = [str(u.id) for u in ctx.catalog.site.departments]
    for name in dict.fromkeys((*order, *(str(i.department) for i in cards))):
        members = [i for i in cards if i.department == name]
        if members:
            yield ctx.department(name), members


def _by_name(ctx: Context, cards: Iterable[Indicator]) -> list[Indicator]:
    return sorted(cards, key=lambda i: initial(ctx.name(i.name)))


def _owned(ctx: Context) -> tuple[Section, ...]:
    """Return the sections by owner: what each collects, and what it verifies."""
    return tuple(
        Section(
            f"owner-{number}",
            owner.name,
            tuple(
                Group(str(ctx.t(words)), _held(ctx, owner, role))
                for role, words in (("collector", "collects"), ("verifier", "verifies"))
                if owner.held(role)
            ),
            _department(ctx, owner),
        )
        for number, owner in enumerate(owners(ctx), 1)
    )


def _held(ctx: Context, owner: Owner, role: str) -> tuple[ListedCard, ...]:
    """Return the cards that ``owner`` answers for; beside each what the card says of it."""
    cards = {i.id: text for i, text in owner.held(role)}
    ordered = _by_name(ctx, (i for i, _ in owner.held(role)))
    return tuple(
        replace(
            _entry(ctx, i, OWNERS),
            aside=() if cards[i.id] == owner.name else (cards[i.id],),
        )
        for i in ordered
    )


def _department(ctx: Context, owner: Owner) -> Link | None:
    """Return the link to the cards of a department, with their number."""
    members = [i for i in ctx.catalog.indicators.values() if i.department == owner.department]
    if not owner.department or not members:
        return None
    text = str(ctx.t("own_cards", len(members)))
    return Link(text, links.url(OWNERS, links.department(owner.department)))


def _changes(ctx: Context) -> tuple[Section, ...]:
    """Return the changes of definitions by year, the newest first."""
    found: dict[str, list[ListedCard]] = {}
    for change in tell_definition_changes(ctx):
        card = ctx.catalog.indicators[change.ref.id]
        breaks = [str(ctx.t("breaks"))] if change.breaks_series else []
        entry = replace(
            _entry(ctx, card, CHANGES),
            aside=(" · ".join((change.since, *breaks)),),
            definition=ctx.rich(change.what),
        )
        found.setdefault(str(change.start.last.year), []).append(entry)
    years = (Section(f"y{year}", year, (Group("", tuple(own)),)) for year, own in found.items())
    committed = tuple(_committed(ctx))
    title = str(ctx.t("last_commits"))
    return (*years, *((Section("commits", title, (Group("", committed),)),) if committed else ()))


def _committed(ctx: Context) -> Iterator[ListedCard]:
    """Yield the cards by the commit that changed each last, the newest first."""
    for change in tell_commits(ctx):
        card = ctx.catalog.indicators[change.ref.id]
        yield replace(
            _entry(ctx, card, CHANGES),
            aside=(change.day,),
            definition=inert(change.commit.subject),
            commit=Link(change.commit.name, Markup.escape(change.commit.url)),
        )


def _pages(
    ctx: Context, path: str, key: str, sections: tuple[Section, ...], most: int, feed: str = ""
) -> Iterator[File]:
    """Yield as many pages as the sections need; of none, nothing (but always the first list)."""
    if not sections and path != LETTERS:
        return
    parts = paged(sections, most)
    paths = [path if n == 0 else path.replace(".md", f"-{n + 1}.md") for n in range(len(parts))]
    for own, part in zip(paths, parts, strict=True):
        view = WayView(
            title=ctx.t(key if path == LETTERS else f"{key}_title"),
            ways=tuple((link, link.url == links.url(own, path)) for link in way_links(ctx, own)),
            index=tuple(
                (Link(s.title, links.url(own, f"{p}#{s.anchor}")), s.count)
                for p, sections_ in zip(paths, parts, strict=True)
                for s in sections_
            ),
            sections=part,
            feed=Link(str(ctx.t("feed")), links.url(own, feed)) if feed else None,
        )
        yield page(own, "way.md.j2", ctx.language, view, {"title": str(ctx.t(key))})


def paged(sections: Iterable[Section], most: int) -> tuple[tuple[Section, ...], ...]:
    """Split sections into pages of at most ``most`` entries.

    A section that fits a page stays whole; a longer one fills page after page.
    """
    done: list[tuple[Section, ...]] = []
    current: list[Section] = []
    room = most
    for section in sections:
        start, part = 0, 0
        while start < section.count:
            left = section.count - start
            if room == 0 or (room < left <= most):
                done.append(tuple(current))
                current, room = [], most
            taken = min(left, room)
            current.append(_part(section, start, start + taken, part))
            start, part, room = start + taken, part + 1, room - taken
    return (*done, tuple(current))


def _part(section: Section, start: int, end: int, number: int) -> Section:
    """Return the entries from ``start`` to before ``end`` as a section that says its number."""
    entries = [(group.title, entry) for group in section.groups for entry in group.entries]
    chosen = entries[start:end]
    titles = dict.fromkeys(title for title, _ in chosen)
    groups = tuple(Group(t, tuple(e for own, e in chosen if own == t)) for t in titles)
    if not number:
        return replace(section, groups=groups)
    return replace(
        section,
        anchor=f"{section.anchor}-{number + 1}",
        title=f"{section.title} ({number + 1})",
        groups=groups,
    )
