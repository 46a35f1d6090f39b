"""The words of the interface as markup: values that are put in are escaped."""

from __future__ import annotations

from markupsafe import Markup

from kpi_site.words import number_of, word


def page_word(key: str, language: str, *values: object) -> Markup:
    """Return the words for ``key``, with ``values`` (escaped) in the places {0}, {1} and so on."""
    text = Markup(word(number_of(key, values), language))  # noqa: S704 - our own words
    return text.format(*values) if values else text
