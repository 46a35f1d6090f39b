"""What a word means: a key's documentation; a name's title, text, and where it stands now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_site import yaml_core
from kpi_site.content.yaml_source import Mapping, Node, Sequence
from kpi_site.editor.found import find
from kpi_site.editor.known import Known
from kpi_site.editor.shapes import shapes_at
from kpi_site.editor.spot import Path
from kpi_site.editor.view import View
from kpi_site.editor.words import KEY, Word
from kpi_site.story.reading import now
from kpi_site.story.teller import make_teller
from kpi_site.wording.markdown import code, elsewhere, words
from kpi_site.words import word as said


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the characters from ``start`` to ``end`` mean, in Markdown."""

    start: int
    end: int
    markdown: str


def meaning(view: View, file: str, tree: Node | None, offset: int, language: str) -> Meaning | None:
    """Return what the word at ``offset`` means; None where there is nothing to tell."""
    found = find(view, file, tree, offset)
    if found is None or tree is None:
        return None
    word, name = found
    lines = _of_key(view, file, tree, word, language) if word.what == KEY else ()
    if name is not None:
        lines = _of_name(view, name, language)
    text = "\n\n".join(line for line in lines if line)
    return Meaning(word.start, word.end, text) if text else None


def _of_key(view: View, file: str, tree: Node, word: Word, language: str) -> Iterator[str]:
    key = str(word.path[-1])
    kind = view.files[file][0]
    for shape in shapes_at(kind, word.path[:-1], lambda path: _keys(tree, path)):
        inner = shape.get("properties", {}).get(key)
        if inner is None or f"x-{language}" not in inner:
            continue
        yield f"**{words(key)}**"
        yield str(inner[f"x-{language}"])
        for example in inner.get("examples", ())[:1]:
            yield f"`{key}: {yaml_core.dump([example], flow=True).strip()[1:-1]}`"
        return


def _keys(tree: Node, path: Path) -> frozenset[str]:
    node: Node | None = tree
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
    return (
        frozenset(key.text for key, _ in node.entries) if isinstance(node, Mapping) else frozenset()
    )


def _of_name(view: View, name: Known, language: str) -> Iterator[str]:
    title = name.title.get(language) if name.title else ""
    own = f"**{words(name.name)}**"
    yield f"**{words(title)}** ({code(name.name)})" if title else own
    if name.note:
        yield code(name.note)
    if name.what == "indicator":
        yield words(_standing(view, name.name, language))
    if name.about:
        yield elsewhere(name.about.get(language))


def _standing(view: View, card: str, language: str) -> str:
    """Return the newest closed figure of ``card`` with its state and level; "" without figures."""
    figures = view.figures
    indicator = figures.catalog.indicators.get(card) if figures else None
    if figures is None or indicator is None:
        return ""
    found = now(make_teller(figures, language), indicator)
    if found is None:
        return said("no_results", language)
    reading = found.reading
    state = "" if reading.state.value == "ok" else reading.state_words
    level = reading.level_words if reading.has_value else ""
    parts = (reading.text, state, level)
    return f"{reading.period}: " + " · ".join(part for part in parts if part)
