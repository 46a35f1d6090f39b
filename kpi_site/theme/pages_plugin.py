"""What MkDocs is told about each page of one language: its edit link, its section, its twins.

``PagesPlugin`` stands in the made configurations. It is apart from ``kpi_site.plugin``,
because each language is built in a process of its own, which needs nothing else of ours.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from html import escape, unescape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.plugins import BasePlugin

from kpi_site.links import GLOSSARY, url
from kpi_site.theme.compiled import COMPILED
from kpi_site.theme.explained import Explained, explain
from kpi_site.theme.forge import forge, form_page
from kpi_site.theme.kept_pages import STANDING, KeptPage, KeptPages
from kpi_site.uncollected import uncollected
from kpi_site.wording.markdown import bare
from kpi_site.words import word

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

_THEMES_SEARCH = ("assets/javascripts/lunr/", "assets/javascripts/workers/")
_SWITCH = re.compile(r'hreflang="(\w+)"(?= class="md-select__link")')
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
_INDENT = re.compile(r"\n\s+")


class PagesConfig(Config):
    """Options of ``kpi-site-pages`` in a made configuration."""

    language = config_options.Type(str)
    words = config_options.Type(list, default=[])
    kept = config_options.Optional(config_options.Type(str))
    kept_of = config_options.Type(str, default="")


class PagesPlugin(BasePlugin[PagesConfig]):
    """Gives each page of one language its edit link, its section and its other languages.

    In a page's front matter, ``edit_path`` names the file to edit, from the repository's
    root. With ``kept``, a folder from the configuration's own, pages that nothing changed are
    taken from it, as long as what is common to all of them (``kept_of``) is the same.
    """

    _kept: KeptPages | None = None

    def __init__(self) -> None:
        self._under_way = ExitStack()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Put our templates before the theme's."""
        self._under_way.enter_context(uncollected())
        ours = str(files("kpi_site.theme") / "overrides")
        config.theme.dirs.insert(1 if config.theme.custom_dir else 0, ours)
        self._docs = Path(config.docs_dir).parent
        self._words = [Explained(**{**w, "forms": tuple(w["forms"])}) for w in self.config.words]
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Leave out the scripts of the theme's search, which nothing asks for."""
        for file in [f for f in files if f.src_uri.startswith(_THEMES_SEARCH)]:
            files.remove(file)
        self._kept = None
        if self.config.kept is None:
            return files
        folder = Path(config.config_file_path or "").parent / self.config.kept
        self._kept = KeptPages(folder, self.config.kept_of)
        return self._kept.taken(files, config)

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Hold the navigation until the titles of its pages are known."""
        self._nav = nav
        return nav

    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        """Begin to note what the page looks at."""
        if self._kept is not None:
            self._kept.begin()
        return page

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Mark the section of a page that the navigation leaves out as the open one.

        Below what is made of a file of content stands where to ask about it at the forge; in
        the text words are explained, but in an edition, which stays as it is.
        """
        section = page.file.src_uri.partition("/")[0]
        file = files.get_file_from_path(f"{section}/index.md")
        if page.parent is None and file is not None and file.page not in (None, page):
            page.parent = file.page.parent
        if isinstance(page, KeptPage):
            return html
        if self._kept is not None:
            self._kept.rendered(page)
        if "kpi_notice" not in page.meta and page.file.src_uri != GLOSSARY:
            html = self._explained(html, page)
        return html + self._forge(page, config)

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Choose the pages that stand as they were, now that every title is known.

        Where pages are kept, it is known what else makes them: templates are compiled alike.
        """
        if self._kept is None:
            return env
        env.bytecode_cache = COMPILED
        self._kept.surround(self._nav)
        for file in files.documentation_pages():
            page = file.page
            if page is not None and self._kept.stands(page, *self._told(page, config)):
                page.meta["template"] = STANDING
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Point the edit link at the card, and the language switch at the page's twins."""
        if not _standing(page):
            page.edit_url, links = self._told(page, config)
            for entry, link in zip(config.extra["alternate"], links, strict=True):
                entry["link"] = link
        return context

    def _told(self, page: Page, config: MkDocsConfig) -> tuple[str | None, list[str]]:
        """Return where a page is edited, and where its twins are."""
        links = []
        for entry in config.extra["alternate"]:
            twin = (self._docs / entry["lang"] / page.file.src_uri).is_file()
            links.append(f"../{entry['lang']}/{page.file.url if twin else ''}")
        return self._edit_url(page, config), links

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Take the indentation out of what the theme puts around the article (9 kB a page).

        Its icons need not say in which language of marks they are drawn; and in the article,
        what Markdown alone would have taken for its own needs no cover now.

        The theme's script would also fetch a ``sitemap.xml`` beside every twin that the
        head names; the doubled word says the same to others and hides it from the script.
        The names of languages in the switch are in these languages.
        """
        if isinstance(page, KeptPage) and _standing(page):
            return page.output
        made = self._made(output)
        if self._kept is not None:
            self._kept.keep(page, made, *self._told(page, config))
        return made

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Forget the pages that are no more."""
        if self._kept is not None:
            self._kept.finish()
        self._under_way.close()

    def on_build_error(self, *, error: Exception) -> None:
        """Listen no longer."""
        if self._kept is not None:
            self._kept.give_up()
        self._under_way.close()

    @staticmethod
    def _made(output: str) -> str:
        before, article, rest = output.partition("<article")
        inside, end, after = rest.rpartition("</article>")
        before = before.replace(
            '<link rel="alternate" href', '<link rel="alternate alternate" href'
        )
        before = _SWITCH.sub(r'\g<0> lang="\1"', before)
        around = [_INDENT.sub("\n", part.replace(_NAMESPACE, "")) for part in (before, after)]
        return around[0] + article + bare(inside) + end + around[1]

    def _explained(self, html: str, page: Page) -> str:
        address = str(url(page.file.src_uri, GLOSSARY))
        return explain(html, self._words, address, word("glossary", self.config.language))

    def _forge(self, page: Page, config: MkDocsConfig) -> str:
        path = str(page.meta.get("edit_path") or "")
        if not path.startswith("content/") or not config.repo_url or not config.edit_uri:
            return ""
        title, ask = str(page.title or path), str(config.extra.get("ask_uri") or "")
        found = forge(config.repo_url, config.edit_uri, path, unescape(title), ask)
        form = form_page(str(config.extra.get("form_uri") or ""), path)
        words = (("edit_by_form", form), ("ask_here", found.ask), ("file_history", found.history))
        links = (
            f'<a href="{escape(url)}">{escape(word(key, self.config.language))}</a>'
            for key, url in words
            if url
        )
        return f'<p class="kpi-edit kpi-forge">{" · ".join(links)}</p>'

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


def _standing(page: Page) -> bool:
    return page.meta.get("template") == STANDING
