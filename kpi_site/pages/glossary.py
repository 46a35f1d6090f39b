"""The page of all words that are explained, ``glossary/`` (specification.md#explained)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kpi_site.files import File
from kpi_site.links import GLOSSARY
from kpi_site.pages.context import Context
from kpi_site.pages.letters import initial
from kpi_site.pages.template import alone, page

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class WordView:
    """A word: ``others`` are the other ways to write it, each with its language."""

    id: str
    name: Markup
    others: tuple[tuple[str, str], ...]
    text: Markup


def glossary_page(ctx: Context) -> File:
    """Return the page: every word by its first letter, a site's own among those of all."""
    words = []
    for term in sorted(ctx.catalog.glossary, key=lambda t: initial(ctx.name(t.name))):
        forms = dict.fromkeys((*term.forms("zh"), *term.forms("en")))
        others = (form for form in forms if form != ctx.name(term.name))
        languages = (("zh" if _CHINESE.search(form) else "en", form) for form in others)
        words.append(
            WordView(str(term.id), ctx.inline(term.name), tuple(languages), ctx.inline(term.text))
        )
    title = str(ctx.t("glossary"))
    return page(GLOSSARY, "glossary.md.j2", ctx.language, words, alone(title))
