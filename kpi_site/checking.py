"""What ``check`` looks at: all of a site or some ids, with the facts or without.

Importing it stays cheap: the stages that read facts and compute are loaded when asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kpi_site.catalog import Catalog
from kpi_site.handbook import strange_pages
from kpi_site.options import Options
from kpi_site.problems import Problem, has_errors, in_order
from kpi_site.standing import Outcome, Standing

# What may be wrong in site.yml with the calendar, on which every figure depends.
_OF_CALENDAR: Final = {
    "beyond-calendar", "calendar-dataset", "holidays-dataset", "unknown-dataset"
}  # fmt: skip
Progress = Callable[[str], None]
Problems = tuple[Problem, ...]


def check(
    options: Options,
    ids: tuple[str, ...] = (),
    *,
    facts: bool = True,
    progress: Progress = lambda _: None,
) -> Problems:
    """Return every problem of content, facts, reports and the site's MkDocs file, in order.

    With ``ids``, only what concerns these: their files, and the datasets that they use. The
    worked examples are part of the content. Facts are read only if the content is sound, and
    figures are computed only if the facts are.
    """
    if ids:
        return in_order(_concerning(options, ids, facts=facts, progress=progress))
    standing = Standing(options, "check" if facts else "check --no-data", facts=facts)
    outcome = standing.outcome()
    if outcome is None:
        outcome = _looked_at(options, facts=facts, progress=progress)
        standing.keep(outcome)
    return outcome.problems


def _looked_at(options: Options, *, facts: bool, progress: Progress) -> Outcome:
    """Look at all of a site."""
    from kpi_site.content import read_catalog

    found = beside_content(options)
    if facts:
        from kpi_site.stages import figures

        made, problems = figures(options, progress=progress)
        catalog = None if made is None else made.catalog
    else:
        catalog, problems = read_catalog(options.root, today=options.today, cache=options.cache)
        problems = (*problems, *_editions(options, catalog))
    watched = () if catalog is None else (*catalog.folders, *_calendar(catalog))
    return Outcome(watched, in_order((*found, *problems)))


def beside_content(options: Options) -> Problems:
    """Return the problems of a site's MkDocs file, and of what lies among its pages."""
    from kpi_site.theme.config import read_own

    _, found = read_own(options.own_config, options.own_config.name)
    return (*found, *strange_pages(options.root))


def _calendar(catalog: Catalog) -> tuple[str, ...]:
    """Return the files of facts that are read whatever is asked for."""
    if catalog.site.periods is None:
        return ()
    from kpi_site.tables.calendar import calendar_files  # Polars takes its time

    return calendar_files(catalog)


def _places_of_calendar(catalog: Catalog) -> tuple[str, ...]:
    """Return how the places begin of what is wrong with the calendar: it concerns everything."""
    if catalog.site.periods is None:
        return ()
    from kpi_site.tables.calendar import calendar_facts

    return calendar_facts(catalog)


def _editions(options: Options, catalog: Catalog | None) -> Problems:
    """Return the problems of published editions, which are content too."""
    from kpi_site.editions.store import EDITIONS, read_editions

    return (
        read_editions(options.root, catalog.site.calendar.parse, options.cache / EDITIONS)[1]
        if catalog
        else ()
    )


def _concerning(
    options: Options, ids: tuple[str, ...], *, facts: bool, progress: Progress
) -> Problems:
    from kpi_site.content import SITE_FILE, concern, read_catalog

    about = concern(options.root, ids)
    catalog, found = read_catalog(options.root, today=options.today, cache=options.cache)
    if catalog is None:
        return tuple(p for p in found if about.covers(p.where.file) or p.where.file == SITE_FILE)
    if about.computed:
        found = (*found, *_editions(options, catalog))
    facts_first = _places_of_calendar(catalog)
    problems = tuple(
        p
        for p in found
        if about.covers(p.where.file)
        or p.where.file.startswith(facts_first)
        or (p.where.file == SITE_FILE and p.code in _OF_CALENDAR)
    )
    if not facts or has_errors(problems):
        return problems
    if about.computed:
        from kpi_site.stages import figures

        _, found = figures(options, progress=progress)
        problems = (*problems, *(p for p in found if about.covers(p.where.file)))
    from kpi_site.tables.read import read_tables

    _, found = read_tables(catalog, options.cache, only=about.datasets, progress=progress)
    return (*problems, *found)
