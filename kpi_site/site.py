"""The whole way, top to bottom: files → Catalog → Tables → Results → Pages → MkDocs → site.

The one place that names every stage. Users' mistakes come back as problems; the way stops
after the stage that found errors. Nothing is printed here. A disk that refuses raises OSError.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from yaml.nodes import Node

from kpi_site import downloads, mkdocs_run, pages
from kpi_site.audience import sees_all
from kpi_site.carried.files import carried
from kpi_site.catalog import Catalog, Language
from kpi_site.charts.bundle import static_files
from kpi_site.diff.history import last_commits
from kpi_site.editions.publications import revisions_csv
from kpi_site.editions.signed_pdfs import signed_pdfs
from kpi_site.exports.edition_files import export_files, folder
from kpi_site.figures import Figures
from kpi_site.files import File, write_changed, write_file
from kpi_site.handbook import read_handbook, strange_pages
from kpi_site.kept import Keeping, Prints
from kpi_site.options import Options
from kpi_site.problems import (
    Problem,
    has_errors,
    in_order,
)
from kpi_site.search import with_search
from kpi_site.stages import Problems, Progress, figures, quiet
from kpi_site.standing import common
from kpi_site.story.commits import Commits
from kpi_site.swap import swap_in, verify
from kpi_site.theme.config import language_config, made_for, read_own, value_of
from kpi_site.theme.entrance import entrance
from kpi_site.theme.forge import commit_page
from kpi_site.theme.nav import navigation
from kpi_site.thin import thin
from kpi_site.uncollected import uncollected


@dataclass(frozen=True, slots=True)
class Generated:
    """The Markdown of the ``languages`` (default one first) is written below ``build/docs``.

    ``watched`` are the folders, from the root, that the site was made of; ``for_all`` tells
    that it is the widest audience's.
    """

    title: str
    languages: tuple[Language, ...]
    changed: int
    watched: tuple[str, ...]
    for_all: bool


@uncollected()
def generate(options: Options, *, progress: Progress = quiet) -> tuple[Generated | None, Problems]:
    """Write every language's Markdown and MkDocs file below ``build``; only what changed."""
    own, found = read_own(options.own_config, options.own_config.name)
    found = (*found, *strange_pages(options.root))
    if has_errors(found):
        return None, found
    computed, problems = figures(options, progress=progress)
    problems = (*found, *problems)
    if computed is None:
        return None, in_order(problems)
    catalog = computed.catalog
    languages = _languages(options, catalog)
    charts = (File(f"assets/{n}", data) for n, data in static_files(options.cache).items())
    prints = options.memory.room(Prints, Prints).again()
    kept = Keeping(options.cache / "downloads", prints)
    commits = _commits(options, own)
    revised = revisions_csv(computed.told)
    shared = (*downloads.files(computed, kept, revised), *charts)
    changed = 0
    for language in languages:
        progress(f"build/docs/{language}")
        handbook = read_handbook(options.root, language)
        collisions: list[Problem] = []
        kept = Keeping(options.cache / "pages" / language, prints)
        exports, unprinted = _exports(options, computed, language, prints)
        made = chain(_rendered(options, computed, language, kept, exports, commits), shared)
        ours = handbook.without_collisions(made, collisions)
        files = with_search(chain(handbook.files, ours), computed, language, options.audience)
        paths, count = _write(options.docs / language, files)
        changed += count
        problems = (*problems, *unprinted, *collisions)
        nav = navigation(catalog, paths, handbook.pages, language)
        built = _built_pages(options, language)
        made_here = made_for(
            catalog, language, languages, own=own, nav=nav, files=paths, kept=built
        )
        text = language_config(language, own, made_here, own_folder=options.own_config.parent)
        write_file(options.language_config(language), text.encode())
    title = catalog.site.organisation.get(languages[0])
    for_all = sees_all(catalog, options.audience)
    done = Generated(title, languages, changed, catalog.folders, for_all)
    return (None if has_errors(problems) else done), in_order(problems)


def _rendered(
    options: Options,
    computed: Figures,
    language: Language,
    kept: Keeping,
    exports: tuple[File, ...],
    commits: Commits,
) -> Iterator[File]:
    """Yield the pages of one language."""
    by_folder: defaultdict[str, list[str]] = defaultdict(list)
    for file in exports:
        by_folder[file.path.rpartition("/")[0]].append(file.path)
    names = {e.folder: tuple(by_folder[folder(e)]) for e in computed.told.order}
    yield from exports
    yield from pages.render(
        computed, language, kept, audience=options.audience, downloads=names,
        commits=commits if sees_all(computed.catalog, options.audience) else {}, records=True,
    )  # fmt: skip


def _built_pages(options: Options, language: Language) -> dict[str, str]:
    """Return where MkDocs keeps pages, and what they have in common; nothing if that is unknown."""
    of = common(options)
    folder = options.cache / "built" / language
    home = options.language_config(language).parent
    return {"kept": os.path.relpath(folder, home), "kept_of": of} if of else {}


def _commits(options: Options, own: Node | None) -> Commits:
    """Return by which commit each card was changed last, where the site's repository tells."""
    repository, edit = value_of(own, "repo_url") or "", value_of(own, "edit_uri") or "edit/main/"

    def url(name: str) -> str:
        return commit_page(repository, edit, name) if repository else ""

    return last_commits(options.root, "content/indicators", url)


def _exports(
    options: Options, computed: Figures, language: Language, prints: Prints
) -> tuple[tuple[File, ...], Problems]:
    """Return the downloads of every edition in one language.

    A machine without Chinese fonts builds the site without PDFs, and is told so once.
    """
    kept = Keeping(options.cache / "exports", prints)
    files: list[File] = []
    problems: list[Problem] = []
    for edition in computed.told.order:
        own, found = export_files(
            edition,
            language,
            audience=options.audience,
            keeping=kept,
            signed=signed_pdfs(options.root, edition),
        )
        files += own
        problems += found
    once = {found.code: replace(found, severity="warning") for found in reversed(problems)}
    return tuple(files), tuple(once.values())


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
    """Add the front door, and what proves the editions, and swap the site in ``folder`` in.

    A narrower audience gets no proofs: a manifest names what it may not see.
    """
    proofs = carried(options.root) if generated.for_all else ()
    for file in chain(entrance(generated.title, generated.languages), proofs):
        write_file(folder / file.path, file.data)
    thin(folder, generated.languages)
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


def _languages(options: Options, catalog: Catalog) -> tuple[Language, ...]:
    wanted = options.languages or catalog.site.languages
    return tuple(x for x in catalog.site.languages if x in wanted)
