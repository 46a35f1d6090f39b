"""A word is explained once (specification.md#glossary)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.content.draft import Draft
from kpi_site.problems import Location, Message, Problem


def words_are_explained_once(draft: Draft) -> Iterator[Problem]:
    """Report an id, or a way of writing a word, that two entries of the site's glossary claim."""
    for entry in draft.glossary:
        ids: set[str] = set()
        owners: dict[str, str] = {}
        for term in entry.value or ():
            if term.id in ids:
                yield _twice(term.id.where, term.id)
            ids.add(str(term.id))
            forms = {form.casefold() for x in ("zh", "en") for form in term.forms(x) if form}
            for form in sorted(forms):
                if owners.setdefault(form, term.id) != term.id:
                    yield _twice(entry.place_within(term.where, "also"), form)


def _twice(where: Location, word: str) -> Problem:
    return Problem(where, "listed-twice", Message(f"“{word}”重复出现", f"'{word}' is listed twice"))
