"""The whole way, top to bottom: files → Catalog → Tables → Results → Pages → MkDocs → site.

The one place that names every stage. Users' mistakes come back as problems; the way stops
after the stage that found errors. Nothing is printed here. A disk that refuses raises OSError.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath

from kpi_site import downloads, mkdocs_run, pages
from kpi_site.audience import narrowed
from kpi_site.catalog import Catalog, Language
from kpi_site.charts.bundle import static_files
from kpi_site.compute import compute, settle_through
from kpi_site.content import read_catalog
from kpi_site.editions.publications import Publications, publications
from kpi_site.editions.publications import seen_by as told_to
from kpi_site.editions.store import Published, read_editions
from kpi_site.files import File, write_changed, write_file
from kpi_site.handbook import read_handbook
from kpi_site.kept import Keeping, Prints
from kpi_site.options import Options
from kpi_site.problems import (
    Location,
    Message,
    Problem,
    did_you_mean,
    has_errors,
    in_order,
    problem,
)
from kpi_site.reporting import missing_comments
from kpi_site.results import Results
from kpi_site.scoring import ScoredCard, score
from kpi_site.swap import aside, may_replace, swap_in, verify
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables
from kpi_site.theme.config import language_config, made_for, read_own
from kpi_site.theme.entrance import entrance
from kpi_site.theme.nav import navigation

Progress = Callable[[str], None]
Problems = tuple[Problem, ...]
Scores = Mapping[str, tuple[ScoredCard, ...]]


def quiet(_: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Content and data, read and checked."""

    catalog: Catalog
    tables: Mapping[str, Table]
    published: Published


@dataclass(frozen=True, slots=True)
class Figures:
    """What was computed, beside what it was computed from."""

    catalog: Catalog
    tables: Mapping[str, Table]
    results: Results
    scores: Scores
    told: Publications

    @property
    def parts(self) -> tuple[Catalog, Mapping[str, Table], Results, Scores]:
        """Everything, in the order in which pages and downloads take it."""
        return self.catalog, self.tables, self.results, self.scores


@dataclass(frozen=True, slots=True)
class Generated:
    """The Markdown of the ``languages`` (default one first) is written below ``build/docs``.

    ``watched`` are the folders, from the root, that the site was made of.
    """

    title: str
    languages: tuple[Language, ...]
    changed: int
    watched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """A published site in the folder ``out``."""

    out: Path
    languages: tuple[Language, ...]


def read(options: Options, *, progress: Progress = quiet) -> tuple[Facts | None, Problems]:
    """Read the content and the facts: files → Catalog → Tables."""
    catalog, problems = read_catalog(options.root, today=options.today)
    if catalog is not None:
        problems = (*problems, *_unknown_options(options, catalog))
    if catalog is None or has_errors(problems):
        return None, in_order(problems)
    published, changed = read_editions(options.root, catalog.site.calendar)
    tables, found = read_tables(catalog, options.cache, progress=progress)
    problems = in_order((*problems, *changed, *found))
    facts = Facts(catalog, tables, published)
    return (None if has_errors(problems) else facts), problems


def check(options: Options, *, progress: Progress = quiet) -> Problems:
    """Return every problem of content, facts, reports and the site's MkDocs file, in order."""
    _, found = read_own(options.own_config, options.own_config.name)
    _, problems = figures(options, progress=progress)
    return in_order((*found, *problems))


def figures(options: Options, *, progress: Progress = quiet) -> tuple[Figures | None, Problems]:
    """Read and compute everything, as the audience may see it: Tables → Results → scores."""
    facts, problems = read(options, progress=progress)
    if facts is None:
        return None, problems
    settled = settle_through(facts.catalog, facts.tables, options.today)
    results = compute(settled, facts.tables, options.cache / "results", progress=progress)
    scores = score(settled, results)
    told = publications(facts.published, settled, results, scores, options.today)
    whole = Figures(settled, facts.tables, results, scores, told)
    owed = (
        missing_comments(settled, results, scores, report)
        for label, report in settled.reports.items()
        if label not in told.editions
    )
    return seen_by(whole, options.audience), in_order((*problems, *chain(*owed)))


def seen_by(figures: Figures, audience: str | None) -> Figures:
    """Return what ``audience`` may see of ``figures``; None is the widest."""
    catalog = narrowed(figures.catalog, audience)
    if catalog is figures.catalog:
        return figures
    seen = {key: found for key, found in figures.results.items() if key in catalog.indicators}
    told = told_to(figures.told, audience)
    return Figures(catalog, figures.tables, seen, score(catalog, seen), told)


def generate(options: Options, *, progress: Progress = quiet) -> tuple[Generated | None, Problems]:
    """Write every language's Markdown and MkDocs file below ``build``; only what changed."""
    own, found = read_own(options.own_config, options.own_config.name)
    if has_errors(found):
        return None, found
    computed, problems = figures(options, progress=progress)
    problems = (*found, *problems)
    if computed is None:
        return None, in_order(problems)
    catalog = computed.catalog
    languages = _languages(options, catalog)
    charts = (File(f"assets/{n}", data) for n, data in static_files(options.cache).items())
    prints = Prints()
    kept = Keeping(options.cache / "downloads", prints)
    shared = (*downloads.files(*computed.parts, kept), *charts)
    changed = 0
    for language in languages:
        progress(f"build/docs/{language}")
        handbook = read_handbook(options.root, language)
        collisions: list[Problem] = []
        kept = Keeping(options.cache / "pages" / language, prints)
        made = chain(pages.render(*computed.parts, language, kept), shared)
        ours = handbook.without_collisions(made, collisions)
        paths, count = _write(options.docs / language, chain(handbook.files, ours))
        changed += count
        problems = (*problems, *collisions)
        nav = navigation(catalog, paths, handbook.pages, language)
        made_here = made_for(catalog.site, language, languages, own=own, nav=nav, files=paths)
        text = language_config(language, own, made_here, own_folder=options.own_config.parent)
        write_file(options.language_config(language), text.encode())
    title = catalog.site.organisation.get(languages[0])
    done = Generated(title, languages, changed, _sources(catalog))
    return (None if has_errors(problems) else done), in_order(problems)


def build(options: Options, *, progress: Progress = quiet) -> tuple[Built | None, Problems]:
    """Generate, build every language aside, verify, swap in.

    Whatever fails, ``options.target`` stays the good site that it was (DESIGN §7).
    """
    refused = refused_target(options)
    if refused:
        return None, refused
    generated, problems = generate(options, progress=progress)
    if generated is None:
        return None, problems
    progress("MkDocs")
    with aside(options.target) as folder:
        with mkdocs_runs(options, generated.languages, folder) as runs:
            found = finished(options, runs, generated.languages, folder)
        problems = in_order((*problems, *found))
        if found:
            return None, problems
        publish(options, generated, folder)
    return Built(options.target, generated.languages), problems


def write_serve_config(options: Options) -> Path:
    """Write the MkDocs file that serves this site with our plugin, and return its path.

    MkDocs asks for a folder of documents before the plugin can name one: ``content`` exists.
    """
    config = {
        "site_name": "kpi-site",
        "docs_dir": "../content",
        "plugins": [
            {
                "kpi-site": {
                    "root": "..",
                    "config": "../mkdocs.yml",
                    "audience": options.audience,
                    "languages": list(options.languages),
                }
            }
        ],
    }
    path = options.root / "build" / "mkdocs.serve.yml"
    write_file(path, json.dumps(config, indent=2).encode())
    return path


def refused_target(options: Options) -> Problems:
    """Return the problem of a target folder that holds something else than a built site."""
    if may_replace(options.target):
        return ()
    return (
        problem(
            Location(str(options.out or options.target)),
            "out-not-a-site",
            zh="这个文件夹里不是 kpi-site 生成的网站，不会覆盖",
            en="this folder holds something that kpi-site did not build, and is left alone",
            hint_zh="请用 --out 指定别的文件夹，或先自行清空。",
            hint_en="Name another folder with --out, or empty it yourself first.",
        ),
    )


@contextmanager
def mkdocs_runs(
    options: Options, languages: Iterable[str], folder: Path
) -> Iterator[tuple[mkdocs_run.Run, ...]]:
    """Start building the ``languages`` side by side into ``folder``; none outlives the block."""
    runs = tuple(mkdocs_run.start(x, options.language_config(x), folder / x) for x in languages)
    try:
        yield runs
    finally:
        for run in runs:
            mkdocs_run.stop(run)


def finished(
    options: Options, runs: Iterable[mkdocs_run.Run], languages: Iterable[str], folder: Path
) -> Problems:
    """Wait for the ``runs`` and return their warnings, and the pages that ``folder`` lacks."""
    docs = options.root / "docs"
    found = tuple(p for run in runs for p in mkdocs_run.finish(run, docs))
    return found or verify(folder, languages, options.docs)


def publish(options: Options, generated: Generated, folder: Path) -> None:
    """Add the front door to the languages built in ``folder``, and swap it in."""
    for file in entrance(generated.title, generated.languages):
        write_file(folder / file.path, file.data)
    swap_in(folder, options.target)


def _write(folder: Path, files: Iterable[File]) -> tuple[list[str], int]:
    """Bring ``folder`` in line with ``files``; return their paths and how many differed."""
    paths: list[str] = []

    def noted() -> Iterator[File]:
        for file in files:
            paths.append(file.path)
            yield file

    written = write_changed(folder, noted())
    return paths, len(written.changed) + len(written.removed)


def _sources(catalog: Catalog) -> tuple[str, ...]:
    """Return the top folders of everything that a build reads, from the site's root."""
    paths = (path for dataset in catalog.datasets.values() for path in dataset.paths)
    return tuple(dict.fromkeys(("content", "docs", *(PurePosixPath(p).parts[0] for p in paths))))


def _languages(options: Options, catalog: Catalog) -> tuple[Language, ...]:
    wanted = options.languages or catalog.site.languages
    return tuple(x for x in catalog.site.languages if x in wanted)


def _unknown_options(options: Options, catalog: Catalog) -> Problems:
    """Return a problem for each audience or language that the site does not have."""
    site = catalog.site
    asked = [("受众", "audience", options.audience, site.audiences)] if options.audience else []
    asked += [("语言", "language", x, site.languages) for x in options.languages]
    return tuple(
        Problem(
            site.where,
            f"unknown-{en}",
            Message(f"本站没有{zh}“{word}”", f"the site has no {en} '{word}'"),
            did_you_mean(word, known),
        )
        for zh, en, word, known in asked
        if word not in known
    )
