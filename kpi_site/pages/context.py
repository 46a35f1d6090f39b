"""The teller of pages: texts as Markdown and HTML, marked where they are in the other language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from markupsafe import Markup

from kpi_site.catalog import Text
from kpi_site.figures import Figures
from kpi_site.pages.words import page_word
from kpi_site.story.teller import Said, Teller, make_teller
from kpi_site.wording.markdown import cell, opening, prose
from kpi_site.wording.targets import retargeted

Retarget = Callable[[str], str]
_BOLD = re.compile(r"&#42;&#42;(?! )(.+?)&#42;&#42;")  # ** and ` as cell() writes them
_CODE = re.compile(r"&#96;(.+?)&#96;")


@dataclass(frozen=True, slots=True)
class Context(Teller):
    """All values of a site in one language, and how its texts are written on pages."""

    def t(self, key: str, *values: object) -> Markup:
        """Return words of the interface."""
        return page_word(key, self.language, *values)

    def inline(self, text: Text | Said | None) -> Markup:
        """Return a text on one line, marked where it is in the other language."""
        said = text if isinstance(text, Said) else self.said(text)
        if said is None:
            return Markup()
        shown = cell(said.text)
        if not said.foreign or not shown:
            return Markup(shown)  # noqa: S704 - cell() left nothing active
        return (
            Markup(f'<span lang="{self._other}">{shown}</span>')  # noqa: S704
            + self._fallback_mark()
        )

    def rich(self, text: Text | Said | None) -> Markup:
        """Return a long text on one line, with its bold and code as such."""
        shown = _BOLD.sub(r"<strong>\1</strong>", str(self.inline(text)))
        return Markup(_CODE.sub(r"<code>\1</code>", shown))  # noqa: S704 - of inert text

    def opening(self, text: Text | None) -> Text | None:
        """Return the first paragraph of a long text: the sentence that says what it is."""
        return None if text is None else _each(text, lambda words: opening(words)[0])

    def rest(self, text: Text | None) -> Markup:
        """Return what follows the first paragraph, as Markdown; "" where nothing does."""
        return Markup() if text is None else Markup(prose(opening(text.get(self.language))[1]))  # noqa: S704 - prose() shows HTML as text

    def block(self, text: Text | Said | None, links: Retarget | None = None) -> Markup:
        """Return a text as paragraphs of Markdown, marked where it is in the other language.

        ``links`` says where its links lead, if they were written for another page.
        """
        said = text if isinstance(text, Said) else self.said(text)
        if said is None:
            return Markup()
        written = said.text if links is None else retargeted(said.text, links)
        shown = Markup(prose(written))  # noqa: S704 - prose() shows HTML as text
        if not said.foreign or not shown:
            return shown
        lines = (f'<div lang="{self._other}" markdown="1">', shown, "</div>", self._fallback_mark())
        return Markup("\n\n").join(map(Markup, lines))

    @property
    def _other(self) -> str:
        return "en" if self.language == "zh" else "zh"

    def _fallback_mark(self) -> Markup:
        return Markup('<small class="kpi-fallback">{}</small>').format(self.t("fallback"))


def _each(text: Text, change: Callable[[str], str]) -> Text:
    found = (None if t is None else change(t) for t in (text.plain, text.zh, text.en))
    return Text(*found)


def make_context(
    figures: Figures,
    language: str,
    audience: str | None = None,
    downloads: Mapping[str, tuple[str, ...]] | None = None,
    *,
    ending: bool = False,
) -> Context:
    """Return the teller of the pages in ``language``; see ``make_teller``."""
    told = make_teller(figures, language, audience, downloads, ending=ending)
    return Context(**{field.name: getattr(told, field.name) for field in fields(told)})
