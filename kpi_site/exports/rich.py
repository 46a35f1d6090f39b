"""Authors' Markdown as Typst: paragraphs, lists, tables, bold, code and links.

Rules: specification.md#texts.

The text goes through the same cleaning as on the site's pages (``wording.markdown.prose``)
and then through the same Markdown library; what comes out is walked as HTML. An element
that is not known here loses its tags and keeps its text, so that nothing is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Final

from markdown import Markdown

from kpi_site.exports.code import Code, array, call, cell, joined, lines, one_line, string
from kpi_site.wording.markdown import prose

_VOID: Final = frozenset({"br", "hr", "img", "input"})
_BLOCKS: Final = frozenset(
    {"p", "ul", "ol", "pre", "table", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "div"}
)
_INLINE: Final = {"strong": "strong", "b": "strong", "em": "emph", "i": "emph", "del": "strike"}


@dataclass(slots=True)
class _Node:
    """An element while it is read: ``parts`` are texts and elements in order."""

    tag: str
    href: str = ""
    parts: list[str | _Node] = field(default_factory=list)


def blocks(text: str) -> Code:
    """Return an author's long text as Typst content; ``none`` for an empty one."""
    if not text.strip():
        return "none"
    return _content(_tree(_html(text)))


def _html(text: str) -> str:
    made: str = _markdown().reset().convert(prose(text))
    return made


@cache
def _markdown() -> Markdown:
    return Markdown(extensions=["tables", "sane_lists"])


class _Reader(HTMLParser):
    """Builds the tree of elements from well-formed HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, dict(attrs).get("href") or "")
        self._open[-1].parts.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


def _tree(html: str) -> _Node:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def _content(node: _Node) -> Code:
    """Return the blocks of ``node``; texts and inline elements between them form paragraphs."""
    found: list[Code] = []
    loose: list[str | _Node] = []
    for part in [*node.parts, _Node("end")]:
        if isinstance(part, str) or part.tag not in {*_BLOCKS, "end"}:
            loose.append(part)
            continue
        if any(isinstance(p, _Node) or p.strip() for p in loose):
            found.append(call("par", _inline(_Node("p", parts=loose))))
        loose = []
        if part.tag != "end":
            found.append(_block(part))
    return joined(found)


def _block(node: _Node) -> Code:
    match node.tag:
        case "ul" | "ol":
            items = [_content(p) for p in node.parts if isinstance(p, _Node)]
            return call("list" if node.tag == "ul" else "enum", *items)
        case "pre":
            return call("raw", lines(_text(node).rstrip("\n")), block="true")
        case "table":
            return _table(node)
        case "blockquote":
            return call("quote", _content(node), block="true")
        case "hr":
            return call("thin-line")
        case "div":
            return _content(node)
        case "p":
            return call("par", _inline(node))
    return call("par", call("strong", _inline(node)))  # a heading inside a text


def _table(node: _Node) -> Code:
    rows = _all(node, "tr")
    wide = max((len([c for c in r.parts if isinstance(c, _Node)]) for r in rows), default=0)
    cells = [_inline(c) for r in rows for c in r.parts if isinstance(c, _Node)]
    return call("text-table", str(wide), array(cells)) if wide else "none"


def _all(node: _Node, tag: str) -> list[_Node]:
    inner = [p for p in node.parts if isinstance(p, _Node)]
    return [found for p in inner for found in ([p] if p.tag == tag else _all(p, tag))]


def _inline(node: _Node) -> Code:
    """Return what stands in one line; spaces at its ends are dropped."""
    return joined(_pieces(node)) if node.parts else '""'


def _pieces(node: _Node) -> list[Code]:
    found: list[Code] = []
    for part in node.parts:
        if isinstance(part, str):
            found += _words(part)
        elif part.tag == "br":
            found.append(call("linebreak"))
        elif part.tag == "code":
            found.append(call("raw", string(_text(part))))
        elif part.tag == "a" and part.href.startswith(("http://", "https://", "mailto:")):
            found.append(call("link", string(part.href), joined(_pieces(part))))
        elif part.tag in _INLINE:
            found.append(call(_INLINE[part.tag], joined(_pieces(part))))
        else:
            found += _pieces(part)
    return found


def _words(text: str) -> list[Code]:
    """Return a text, with a space for white space at its ends."""
    inner = one_line(text)
    if not inner:
        return ['" "'] if text else []
    before = [] if text[0] == text[0].strip() and text[0].strip() else ['" "']
    after = [] if text[-1].strip() else ['" "']
    return [*before, cell(inner), *after]


def _text(node: _Node) -> str:
    return "".join(p if isinstance(p, str) else _text(p) for p in node.parts)
