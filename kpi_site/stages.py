"""From files to figures: files → Catalog → Tables → Results → scores, and what was published.

Users' mistakes come back as problems; the way stops after the stage that found errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from kpi_site.catalog import Catalog, Report
from kpi_site.compute import (
    check_answers,
    check_days,
    check_engine,
    check_room,
    compute,
    settle_through,
)
from kpi_site.computed import Computed
from kpi_site.content import kept_values, read_catalog
from kpi_site.disclosure import Choices, hide_as_before, protected
from kpi_site.disclosure.rows import told_of
from kpi_site.editions.frozen import signed_figures
from kpi_site.editions.publications import publications
from kpi_site.editions.signing import bad_signatures, figures_digest
from kpi_site.editions.small_cells import told_before
from kpi_site.editions.store import EDITIONS, Published, read_editions
from kpi_site.engine.choose import Engine, choose_engine, engine_problems
from kpi_site.figures import Figures, seen_by
from kpi_site.kept import Prints
from kpi_site.members import members_without_rows
from kpi_site.options import Options
from kpi_site.problems import (
    Message,
    Problem,
    did_you_mean,
    has_errors,
    in_order,
)
from kpi_site.reporting import missing_comments
from kpi_site.scoring import score
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables
from kpi_site.tables.snapshots import old_snapshots
from kpi_site.tables.steady import unsteady_facts
from kpi_site.tables.unheard import values_without_rows
from kpi_site.uncollected import uncollected

Progress = Callable[[str], None]
Problems = tuple[Problem, ...]


def quiet(_: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Content and data, read and checked."""

    catalog: Catalog
    tables: Mapping[str, Table]
    published: Published


def read(options: Options, *, progress: Progress = quiet) -> tuple[Facts | None, Problems]:
    """Read the content and the facts: files → Catalog → Tables."""
    keeper = options.memory.room(("content", options.cache), lambda: kept_values(options.cache))
    catalog, problems = read_catalog(options.root, today=options.today, keeper=keeper)
    if catalog is not None:
        problems = (*problems, *unknown_options(options, catalog))
        problems = (*problems, *engine_missing(options, catalog))
    if catalog is None or has_errors(problems):
        return None, in_order(problems)
    published, changed = read_editions(
        options.root, catalog.site.calendar.parse, options.cache / EDITIONS
    )
    tables, found = read_tables(catalog, options.cache, progress=progress)
    old = old_snapshots(catalog, tables, options.today)
    unsound = bad_signatures(catalog.reports.values(), published.editions, catalog.site.signers)
    problems = in_order((*problems, *changed, *found, *old, *unsound))
    if not has_errors(problems):
        found = (*check_room(catalog, tables), *check_days(catalog, tables))
        problems = in_order((*problems, *found))
    if not has_errors(problems):
        engine = engine_of(options, catalog)
        problems = in_order((*problems, *check_engine(catalog, tables, engine)))
    if not has_errors(problems):
        problems = in_order((*problems, *check_answers(catalog, tables, options.today)))
    facts = Facts(catalog, tables, published)
    return (None if has_errors(problems) else facts), problems


def engine_of(options: Options, catalog: Catalog) -> Engine:
    """Return what counts rows: as asked for, else as the site says."""
    return choose_engine(catalog, options.engine)


def engine_missing(options: Options, catalog: Catalog) -> Problems:
    """Return the problem of an engine that is not installed, if it is not."""
    return engine_problems(catalog, options.engine)


@uncollected()
def figures(options: Options, *, progress: Progress = quiet) -> tuple[Figures | None, Problems]:
    """Read and compute everything, as the audience may see it: Tables → Results → scores."""
    bare, problems = widest(options, progress=progress)
    if bare is None:
        return None, problems
    whole = replace(bare, drafts=dict(_drafts(options, bare)))
    owed = (
        missing_comments(own, own.catalog.reports[label]) for label, own in whole.drafts.items()
    )
    found = (*doubtful(bare), *chain(*owed))
    return seen_by(whole, options.audience), in_order((*problems, *found))


def doubtful(figures: Figures) -> Problems:
    """Return what is doubtful about facts that are sound: warnings, each with its place."""
    catalog, tables = figures.catalog, figures.tables
    return (
        *members_without_rows(catalog, figures.results),
        *unsteady_facts(catalog, tables),
        *values_without_rows(catalog, tables),
    )


def widest(options: Options, *, progress: Progress = quiet) -> tuple[Figures | None, Problems]:
    """Read and compute everything for the widest audience, without the drafts."""
    facts, problems = read(options, progress=progress)
    return (None if facts is None else computed(options, facts, progress=progress)), problems


def computed(options: Options, facts: Facts, *, progress: Progress = quiet) -> Figures:
    """Compute and score all of ``facts`` for the widest audience, without the drafts."""
    settled = settle_through(facts.catalog, facts.tables, options.today)
    engine, kept = engine_of(options, settled), options.cache / "results"
    results = compute(
        settled, facts.tables, kept, engine=engine, progress=progress, memory=options.memory
    )
    results = protected(
        settled,
        facts.tables,
        results,
        lambda cards: told_before(facts.published.in_order(), settled, results, cards),
        Choices(options.cache / "hidden", repr([e.chain for e in facts.published.entries])),
    )
    tables = told_of(settled, facts.tables, results)
    found = Computed(settled, tables, results, score(settled, results))
    prints = options.memory.room(Prints, Prints)
    compared = options.cache / "compared"
    told = publications(facts.published, found, options.today, compared, prints)
    return Figures(settled, tables, results, found.scores, told, facts.published.entries)


def as_of(options: Options, figures: Figures, day: date) -> Figures:
    """Return ``figures`` as they were when the data reached to ``day``, and no further."""
    through = figures.catalog.site.data_through
    if through is None or day >= through:
        return figures
    catalog = figures.catalog.through(day)
    engine, kept = engine_of(options, catalog), options.cache / "reports" / day.isoformat()
    results = compute(catalog, figures.tables, kept, engine=engine, memory=options.memory)
    results = hide_as_before(catalog, results, figures.results, day)
    tables = told_of(catalog, figures.tables, results)
    scores = score(catalog, results)
    return replace(figures, catalog=catalog, tables=tables, results=results, scores=scores)


def _drafts(options: Options, figures: Figures) -> Iterator[tuple[str, Figures]]:
    known: dict[date, Figures] = {}
    for label, report in figures.catalog.reports.items():
        if label in figures.told.editions:
            continue
        day = report.period.last
        own = known.get(day) or as_of(options, figures, day)
        known[day] = own
        yield label, replace(own, told=replace(own.told, digests={label: _digest(own, report)}))


def _digest(own: Figures, report: Report) -> str:
    """Return the digest under which a draft's signatures are good; "" where there are none."""
    if not report.signoffs:
        return ""
    return figures_digest(signed_figures(own, report))


def unknown_options(options: Options, catalog: Catalog) -> Problems:
    """Return a problem for each audience or language that the site does not have."""
    site = catalog.site
    asked: list[tuple[str, str, str, str, tuple[str, ...]]]
    asked = [("unknown-language", "语言", "language", x, site.languages) for x in options.languages]
    if options.audience:
        asked.append(("unknown-audience", "受众", "audience", options.audience, site.audiences))
    return tuple(
        Problem(
            site.where,
            code,
            Message(f"本站没有{zh}“{word}”", f"the site has no {en} '{word}'"),
            did_you_mean(word, known),
        )
        for code, zh, en, word, known in asked
        if word not in known
    )
