"""MkDocs' way in: a bare ``mkdocs build`` or ``mkdocs serve`` makes the whole site.

``KpiSitePlugin`` stands in a site's ``mkdocs.yml``: it generates, hands MkDocs the first
language's configuration in place of the site's own, has the other languages built beside
it, and swaps the result in.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mkdocs.config import config_options, load_config
from mkdocs.config.base import Config
from mkdocs.exceptions import Abort
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.utils import CountHandler

from kpi_site import mkdocs_run, site
from kpi_site.building import alone
from kpi_site.console import counted, message_language, refused_by_disk
from kpi_site.memory import Memory
from kpi_site.options import Options
from kpi_site.problems import Problem
from kpi_site.swap import aside

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer

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
        self._memory = Memory()

    def on_startup(self, *, command: Command, dirty: bool) -> None:
        """Note whether MkDocs builds or serves."""
        self._command, self._dirty = command, dirty

    def on_shutdown(self) -> None:
        """Leave nothing half-built behind."""
        self._under_way.close()
        mkdocs_run.served()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Generate, start the other languages, and return the first one's configuration."""
        self._under_way.close()
        try:
            return self._begun(self._options(config))
        except OSError as error:
            self._under_way.close()
            raise Abort(refused_by_disk(error, _language())) from error
        except BaseException:
            self._under_way.close()
            raise

    def _begun(self, options: Options) -> MkDocsConfig:
        refused = self._under_way.enter_context(alone(options))
        generated, problems = (None, refused) if refused else site.generate(options)
        _log(problems)
        if generated is None:
            raise Abort(counted(problems, _language()))
        self._watched = generated.watched
        return self._first_language(options, generated)

    def _first_language(self, options: Options, generated: site.Generated) -> MkDocsConfig:
        first, *others = generated.languages
        folder = self._under_way.enter_context(aside(options.target))
        runs = self._under_way.enter_context(site.mkdocs_runs(options, others, folder))
        counter = CountHandler()
        counter.setLevel(logging.WARNING)
        logging.getLogger("mkdocs").addHandler(counter)
        self._under_way.callback(logging.getLogger("mkdocs").removeHandler, counter)

        def finish() -> None:
            try:
                problems = site.finished(options, runs, generated.languages, folder)
            except OSError as error:
                raise Abort(refused_by_disk(error, _language())) from error
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

    def _options(self, config: MkDocsConfig) -> Options:
        own = Path(config.config_file_path or "mkdocs.yml").absolute()
        named = self.config.config
        return Options(
            root=_joined(own.parent, self.config.root),
            today=datetime.now(tz=UTC).astimezone().date(),
            out=Path(config.site_dir),
            audience=self.config.audience,
            languages=tuple(self.config.languages),
            config=_joined(own.parent, named) if named else own,
            memory=self._memory,
        )


class _NoConfig(Config):
    """No options."""


class _FinishPlugin(BasePlugin[_NoConfig]):
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
