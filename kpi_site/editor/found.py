"""Which name stands at a place, and what it is the name of."""

from __future__ import annotations

from kpi_site.content.yaml_source import Node
from kpi_site.editor.known import Known, known
from kpi_site.editor.view import View
from kpi_site.editor.words import KEY, Word, word_at


def find(view: View, file: str, tree: Node | None, offset: int) -> tuple[Word, Known | None] | None:
    """Return the word at ``offset`` of ``file`` and what it is the name of, if that is known."""
    if tree is None or file not in view.files:
        return None
    word = word_at(view.files[file][0], tree, offset)
    if word is None:
        return None
    return word, resolve(view, file, tree, word)


def resolve(view: View, file: str, tree: Node, word: Word) -> Known | None:
    """Return what ``word`` is the name of; None for a key, and for what is not known."""
    if word.what == KEY:
        return None
    path = word.path[:-1] if word.what == "member" else word.path
    return known(view.draft, word.what, view.here(file, path, tree)).get(word.name)
