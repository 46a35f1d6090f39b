"""One state of a site, read and computed as far as it is sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kpi_site.catalog import BalanceTerm, Catalog, Indicator, IndicatorTerm, RowTerm, StockTerm
from kpi_site.compute import check_engine, check_room
from kpi_site.content import SITE_FILE, read_catalog
from kpi_site.diff.hidden import NOTHING_HIDDEN, Hidden, hidden_between
from kpi_site.editions.store import Published
from kpi_site.figures import Figures, seen_by
from kpi_site.options import Options
from kpi_site.periods import ListedCalendar
from kpi_site.problems import Message, Problem, has_errors, in_order
from kpi_site.stages import Facts, computed, doubtful, engine_missing, engine_of, read
from kpi_site.tables.read import read_tables


@dataclass(frozen=True, slots=True)
class Side:
    """A state of a site in ``root``; ``files`` are those under version control, or to be.

    ``figures`` hold what could be computed: all of it unless ``partial``; None without a
    readable ``site.yml``. ``faulty`` are the files with errors. ``notes`` tell what is not
    in the state, or is not its own. ``hidden`` is what the audience may not see of it.
    """

    root: Path
    files: frozenset[str]
    figures: Figures | None
    problems: tuple[Problem, ...]
    partial: bool
    notes: tuple[Message, ...] = ()
    hidden: Hidden = NOTHING_HIDDEN

    @property
    def faulty(self) -> frozenset[str]:
        """The files with errors."""
        return frozenset(p.where.file for p in self.problems if p.severity == "error")


def read_side(
    options: Options,
    files: frozenset[str],
    notes: tuple[Message, ...] = (),
    *,
    progress: Callable[[str], None],
) -> Side:
    """Read and compute the state in ``options.root``; with errors, what does not hang on them."""
    if not (options.root / SITE_FILE).is_file():
        nothing = Message(
            "基准中还没有这个站点，一切都是新的", "the base has no site here: all is new"
        )
        return Side(options.root, files, None, (), partial=True, notes=(*notes, nothing))
    facts, problems = read(options, progress=progress)
    partial = facts is None
    if facts is None:
        facts = _sound_facts(options, progress)
    if facts is None:
        return Side(options.root, files, None, problems, partial=True, notes=notes)
    found = computed(options, facts, progress=progress)
    if not partial:
        problems = in_order((*problems, *doubtful(found)))
    seen = seen_by(found, options.audience)
    hidden = hidden_between(found.catalog, seen.catalog)
    return Side(options.root, files, seen, problems, partial, notes, hidden)


def _sound_facts(options: Options, progress: Callable[[str], None]) -> Facts | None:
    """Return the cards whose own files, facts and sources are without errors, as far as known.

    None where ``site.yml`` has errors, does not know the audience, or names an engine that is
    not installed.
    """
    catalog, problems = read_catalog(options.root, today=options.today)
    if catalog is None or any(
        p.severity == "error" and p.where.file == SITE_FILE for p in problems
    ):
        return None
    if catalog.site.periods is not None and not isinstance(catalog.site.calendar, ListedCalendar):
        return None  # its rows have errors: nobody knows what a month is
    if options.audience is not None and options.audience not in catalog.site.audiences:
        return None
    if has_errors(engine_missing(options, catalog)):
        return None
    whole = sound_part(catalog, catalog.datasets)
    tables, _ = read_tables(whole, options.cache, progress=progress)
    sound = sound_part(whole, tables)
    unfit = (*check_room(sound, tables), *check_engine(sound, tables, engine_of(options, sound)))
    refused = {problem.where.file for problem in unfit}
    cards = {k: card for k, card in sound.indicators.items() if card.where.file not in refused}
    return Facts(sound_part(replace(sound, indicators=cards), tables), tables, Published())


def sound_part(catalog: Catalog, known: Mapping[str, object]) -> Catalog:
    """Return what of ``catalog`` can be computed from the datasets ``known``.

    A dataset goes with one that it refers to, a card with a dataset or a card that it is
    made of, a scorecard with a card on one of its lines: its total would be another one.
    """
    datasets = {name: d for name, d in catalog.datasets.items() if name in known}
    while lost := [
        name
        for name, d in datasets.items()
        if any(k.dataset not in datasets for k in d.foreign_keys)
    ]:
        datasets = {name: d for name, d in datasets.items() if name not in lost}
    cards = dict(catalog.indicators)
    while gone := [name for name, card in cards.items() if not _whole(card, datasets, cards)]:
        cards = {name: card for name, card in cards.items() if name not in gone}
    return replace(
        catalog,
        datasets=datasets,
        indicators=cards,
        scorecards={
            name: card
            for name, card in catalog.scorecards.items()
            if all(line.indicator in cards for line in card.all_lines())
        },
    )


def _whole(card: Indicator, datasets: Mapping[str, object], cards: Mapping[str, Indicator]) -> bool:
    for term in card.terms:
        if isinstance(term, RowTerm | StockTerm | BalanceTerm) and term.dataset not in datasets:
            return False
        if isinstance(term, IndicatorTerm) and term.indicator not in cards:
            return False
    return True
