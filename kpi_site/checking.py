"""What ``check`` looks at: all of a site or some ids, with the facts or without.

Importing it stays cheap: the stages that read facts and compute are loaded when asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from kpi_site.catalog import Catalog
from kpi_site.handbook import strange_pages
from kpi_site.options import Options
from kpi_site.problems import Problem, has_errors, in_order
from kpi_site.standing import Outcome, Standing

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
    from kpi_site.theme.config import read_own

    _, found = read_own(options.own_config, options.own_config.name)
    found = (*found, *strange_pages(options.root))
    if facts:
        from kpi_site.stages import figures

        made, problems = figures(options, progress=progress)
        catalog = None if made is None else made.catalog
    else:
        catalog, problems = read_catalog(options.root, today=options.today, cache=options.cache)
        problems = (*problems, *_editions(options, catalog))
    folders = () if catalog is None else catalog.folders
    return Outcome(folders, in_order((*found, *problems)))


def _editions(options: Options, catalog: Catalog | None) -> Problems:
    """Return the problems of published editions, which are content too."""
    from kpi_site.editions.store import read_editions

    return read_editions(options.root, catalog.site.calendar.parse)[1] if catalog else ()


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
    problems = tuple(p for p in found if about.covers(p.where.file))
    if not facts or has_errors(problems):
        return problems
    if about.computed:
        from kpi_site.stages import figures

        _, found = figures(options, progress=progress)
        problems = (*problems, *(p for p in found if about.covers(p.where.file)))
    from kpi_site.tables.read import read_tables

    _, found = read_tables(catalog, options.cache, only=about.datasets, progress=progress)
    return (*problems, *found)
