"""Our values as those of the Language Server Protocol."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lsprotocol import types as lsp

from kpi_site.content.edits import Edit
from kpi_site.editor.completion import Kind, Offer
from kpi_site.editor.lines import Lines
from kpi_site.editor.navigation import Symbol
from kpi_site.findings.texts import full_message
from kpi_site.problems import Location, Problem

_KINDS: Final[dict[Kind, lsp.CompletionItemKind]] = {
    "key": lsp.CompletionItemKind.Property,
    "choice": lsp.CompletionItemKind.EnumMember,
    "name": lsp.CompletionItemKind.Reference,
    "column": lsp.CompletionItemKind.Field,
    "term": lsp.CompletionItemKind.Variable,
    "function": lsp.CompletionItemKind.Function,
}
_WORD: Final = re.compile(r"[\w.%-]+|.")
_TEXTS: Final = frozenset({".yml", ".yaml", ".csv", ".md", ".txt"})


def position(lines: Lines, offset: int) -> lsp.Position:
    """Return the place of the character at ``offset``."""
    return lsp.Position(*lines.place(offset))


def span(lines: Lines, start: int, end: int) -> lsp.Range:
    """Return the range of the characters from ``start`` to ``end``."""
    return lsp.Range(position(lines, start), position(lines, end))


def is_text(file: str) -> bool:
    """Tell whether an editor shows the lines of ``file`` as we count them."""
    return Path(file).suffix.lower() in _TEXTS


def diagnostic(problem: Problem, lines: Lines, language: str) -> lsp.Diagnostic:
    """Return a problem, over the word at its place; over its line where it tells no column."""
    where = problem.where
    start, end = lines.line_of(where)
    if where.column:
        start = lines.offset_of(where)
        word = _WORD.match(lines.text, start, end)
        end = word.end() if word else start
    error = problem.severity == "error"
    return lsp.Diagnostic(
        range=span(lines, start, end),
        message=full_message(problem, language),
        severity=lsp.DiagnosticSeverity.Error if error else lsp.DiagnosticSeverity.Warning,
        code=problem.code,
        source="kpi-site",
    )


def item(offer: Offer, place: lsp.Range, number: int) -> lsp.CompletionItem:
    """Return an offer that takes the place of ``place``; offers keep their order."""
    about = lsp.MarkupContent(lsp.MarkupKind.Markdown, offer.about) if offer.about else None
    return lsp.CompletionItem(
        label=offer.word,
        kind=_KINDS[offer.kind],
        detail=offer.title or None,
        documentation=about,
        sort_text=f"{number:05}",
        filter_text=offer.word,
        text_edit=lsp.TextEdit(place, offer.written),
    )


def text_edits(edits: Iterable[Edit], lines: Lines) -> list[lsp.TextEdit | lsp.AnnotatedTextEdit]:
    """Return edits of one file; ``lines`` are those before them."""
    return [lsp.TextEdit(span(lines, edit.start, edit.end), edit.text) for edit in edits]


def symbol(found: Symbol, lines: Lines) -> lsp.DocumentSymbol:
    """Return a key with those within it."""
    return lsp.DocumentSymbol(
        name=found.name or " ",
        detail=found.detail,
        kind=lsp.SymbolKind.Object if found.within else lsp.SymbolKind.Key,
        range=span(lines, found.start, max(found.last, found.end)),
        selection_range=span(lines, found.start, found.end),
        children=[symbol(one, lines) for one in found.within],
    )


def place_of(where: Location, lines: Lines) -> lsp.Range:
    """Return the range of the word at ``where``."""
    start = lines.offset_of(where)
    word = _WORD.match(lines.text, start, lines.line_of(where)[1])
    return span(lines, start, word.end() if word else start)
