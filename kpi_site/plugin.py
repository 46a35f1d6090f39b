"""MkDocs' way in: a bare ``mkdocs build`` or ``mkdocs serve`` makes the whole site.

The only module that knows MkDocs. ``KpiSitePlugin`` stands in a site's ``mkdocs.yml``: it
generates, hands MkDocs the first language's configuration in place of the site's own, has
the other languages built beside it, and swaps the result in. ``PagesPlugin`` stands in the
made configurations and gives each page its edit link, its way up and its other languages.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urljoin

from mkdocs.config import config_options, load_config
from mkdocs.config.base import Config
from mkdocs.exceptions import Abort
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.nav import Section
from mkdocs.utils import CountHandler

from kpi_site import site
from kpi_site.console import counted, message_language
from kpi_site.problems import Problem
from kpi_site.swap import aside

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

log = logging.getLogger("mkdocs.plugins.kpi-site")

Command = Literal["build", "gh-deploy", "serve"]


class SiteConfig(Config):
    """Options of ``kpi-site`` in ``mkdocs.yml``; paths count from that file."""

    root = config_options.Type(str, default=".")
    config = config_options.Optional(config_options.Type(str))
    audience = config_options.Optional(config_options.Type(str))
    languages = config_options.ListOfItems(config_options.Type(str), default=[])


class KpiSitePlugin(BasePlugin[SiteConfig]):
    """Makes one ``mkdocs`` command build every language of a site."""

    def __init__(self) -> None:
        self._command: Command = "build"
        self._dirty = False
        self._watched: tuple[str, ...] = ()
        self._under_way = ExitStack()

    def on_startup(self, *, command: Command, dirty: bool) -> None:
        """Note whether MkDocs builds or serves."""
        self._command, self._dirty = command, dirty

    def on_shutdown(self) -> None:
        """Leave nothing half-built behind."""
        self._under_way.close()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Generate, start the other languages, and return the first one's configuration."""
        options = self._options(config)
        refused = site.refused_target(options)
        generated, problems = (None, refused) if refused else site.generate(options)
        _log(problems)
        if generated is None:
            raise Abort(counted(problems, _language()))
        self._watched = generated.watched
        self._under_way.close()
        try:
            return self._first_language(options, generated)
        except BaseException:
            self._under_way.close()
            raise

    def _first_language(self, options: site.Options, generated: site.Generated) -> MkDocsConfig:
        first, *others = generated.languages
        folder = self._under_way.enter_context(aside(options.target))
        runs = self._under_way.enter_context(site.mkdocs_runs(options, others, folder))
        counter = CountHandler()
        counter.setLevel(logging.WARNING)
        logging.getLogger("mkdocs").addHandler(counter)
        self._under_way.callback(logging.getLogger("mkdocs").removeHandler, counter)

        def finish() -> None:
            problems = site.finished(options, runs, generated.languages, folder)
            _log(problems)
            warnings = len(problems) + sum(count for _, count in counter.get_counts())
            if warnings and self._command != "serve":
                raise Abort(_stopped(warnings))
            site.publish(options, generated, folder)
            self._under_way.close()

        made = options.language_config(first)
        inner = load_config(str(made), site_dir=str(folder / first), strict=False)
        inner.plugins["kpi-site-finish"] = _FinishPlugin(finish, self._under_way.close)
        inner.plugins.on_startup(command=self._command, dirty=self._dirty)
        return inner.plugins.on_config(inner)

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]
    ) -> LiveReloadServer:
        """Watch what the site is made of, and keep the last good pages through mistakes."""

        def keep_last_good() -> None:
            try:
                builder()
            except Abort as stopped:
                log.error("%s", stopped)  # noqa: TRY400 - a user's mistake has no traceback

        server.builder = keep_last_good
        options = self._options(config)
        for path in (*(options.root / name for name in self._watched), options.own_config):
            if path.exists():
                server.watch(str(path))
        return server

    def _options(self, config: MkDocsConfig) -> site.Options:
        own = Path(config.config_file_path or "mkdocs.yml").absolute()
        named = self.config.config
        return site.Options(
            root=_joined(own.parent, self.config.root),
            today=datetime.now(tz=UTC).astimezone().date(),
            out=Path(config.site_dir),
            audience=self.config.audience,
            languages=tuple(self.config.languages),
            config=_joined(own.parent, named) if named else own,
        )


class _FinishPlugin(BasePlugin[Config]):
    """Stands last among the first language's plugins: verifies and swaps, or gives up."""

    def __init__(self, finish: Callable[[], None], give_up: Callable[[], None]) -> None:
        self._finish, self._give_up = finish, give_up

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Publish the site."""
        self._finish()

    def on_build_error(self, *, error: Exception) -> None:
        """Remove what was built aside."""
        self._give_up()


class PagesConfig(Config):
    """Options of ``kpi-site-pages`` in a made configuration."""

    language = config_options.Type(str)


class PagesPlugin(BasePlugin[PagesConfig]):
    """Gives each page of one language its edit link, its way up and its other languages.

    A page may name the page above it in its front matter (``parent``), else that is the
    list of its section; ``edit_path`` names the file to edit, from the repository's root.
    """

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Put our templates before the theme's, and keep jieba's start out of the log."""
        logging.getLogger("jieba").setLevel(logging.WARNING)
        ours = str(files("kpi_site.theme") / "overrides")
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, ours)
        self._languages = [str(entry["lang"]) for entry in config.extra["alternate"]]
        self._docs = Path(config.docs_dir).parent
        return config

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Hang a page that the navigation leaves out below the page that leads to it."""
        section = page.file.src_uri.partition("/")[0]
        file = files.get_file_from_path(str(page.meta.get("parent") or f"{section}/index.md"))
        above = file.page if file is not None else None
        if page.parent is None and above is not None and above is not page:
            page.parent = above.parent if above.is_index else _crumb(above)
        return html

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Point the edit link at the card, and the language switch at the page's twins."""
        page.edit_url = self._edit_url(page, config)
        for entry in config.extra["alternate"]:
            twin = (self._docs / entry["lang"] / page.file.src_uri).is_file()
            entry["link"] = f"../{entry['lang']}/{page.file.url if twin else ''}"
        return context

    def _edit_url(self, page: Page, config: MkDocsConfig) -> str | None:
        language = self.config.language
        written = f"docs/{language}/{page.file.src_uri}"
        path = page.meta.get("edit_path")
        if path is None and (self._docs.parent.parent / written).is_file():
            path = written
        if path is None or not config.repo_url or not config.edit_uri:
            return None
        base = config.repo_url
        if not config.edit_uri.startswith(("?", "#")):
            base = base.rstrip("/") + "/"
        return urljoin(base, config.edit_uri + quote(str(path)))


def _crumb(page: Page) -> Section:
    """Return a section for the breadcrumbs alone, which leads to ``page``."""
    crumb = Section(str(page.title), [page])
    crumb.parent = page.parent
    return crumb


def _joined(folder: Path, path: str) -> Path:
    return Path(os.path.normpath(folder / path))


def _language() -> str:
    return message_language(None, os.environ)


def _stopped(count: int) -> str:
    if _language() == "zh":
        return f"停止：{count} 个问题；原有网站保持不变"
    return f"Stopped by {count} problem(s); the last good site stays as it was"


def _log(problems: Iterable[Problem]) -> None:
    for one in problems:
        level = logging.ERROR if one.severity == "error" else logging.WARNING
        log.log(level, "%s", one.text(_language()))
