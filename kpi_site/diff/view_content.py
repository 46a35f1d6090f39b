"""Changed cards and other content, field by field with words marked, formulas as mathematics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kpi_site.catalog import Catalog, Indicator
from kpi_site.diff.content import KINDS, ContentChange, Kind
from kpi_site.diff.document import (
    Block,
    Fold,
    Formula,
    Items,
    Line,
    Paragraph,
    Piece,
    code,
    line,
    some,
    strong,
)
from kpi_site.diff.fields import FieldChange
from kpi_site.diff.marks import colon, listed
from kpi_site.diff.plain import Plain, is_text, one_line
from kpi_site.diff.words import marked, shortened
from kpi_site.formula.latex import formula_latex, tex_text
from kpi_site.formula.words import plain_formula
from kpi_site.wording.words import aside
from kpi_site.words import word

FIELDS: Final = 40
LONGEST: Final = 600  # characters of a value that came or went
NAMES: Final = 6
_SHOWN: Final = ("unit", "cycle", "direction", "thresholds", "path", "successor")


def counts_line(changes: Iterable[ContentChange], language: str) -> Iterator[Line]:
    """Yield, for each kind, how many came, changed and went, with the names of the first."""
    found = tuple(changes)
    counts = Counter((c.kind, c.status) for c in found)
    for kind in KINDS:
        for status in ("added", "renamed", "changed", "removed"):
            count = counts[kind, status]
            if not count:
                continue
            own = [c for c in found if (c.kind, c.status) == (kind, status)]
            yield _counted(kind, status, own, language)


def _kind_word(kind: Kind, language: str) -> str:
    return word("site_settings" if kind == "site" else kind, language)


def _counted(kind: Kind, status: str, own: list[ContentChange], language: str) -> Line:
    names = [line(code(c.id)) if kind != "site" else line(code("site.yml")) for c in own[:NAMES]]
    joined = line(_kind_word(kind, language), " · ", word(f"status.{status}", language))
    joined = line(joined, f" {len(own)}", colon(language))
    for at, name in enumerate(names):
        joined = line(joined, listed(language) if at else "", name)
    return line(joined, " …" if len(own) > NAMES else "")


def content_fold(
    change: ContentChange,
    cards: tuple[Mapping[str, Indicator], Mapping[str, Indicator]],
    language: str,
) -> Fold:
    """Return what changed in a file; ``cards`` are those of both states, for their formulas."""
    title = line(_kind_word(change.kind, language), " ", _title(change, language))
    title = line(title, aside(word(f"status.{change.status}", language), language))
    blocks: list[Block] = []
    if change.status in {"added", "removed"}:
        blocks += _presented(change, cards[0 if change.status == "removed" else 1], language)
    else:
        blocks += _fields(change, cards, language)
    return Fold(title, tuple(blocks))


def _title(change: ContentChange, language: str) -> Line:
    name = _name(change.data, language)
    former = f" ← {change.former}" if change.former else ""
    own = code("site.yml" if change.kind == "site" else change.id)
    return line(strong(name) if name else "", " " if name else "", own, former)


def _name(data: Plain, language: str) -> str:
    """Return a file's name or title, as it is written."""
    if not isinstance(data, Mapping):
        return ""
    return _text(data.get("name", data.get("title")), language)


def _text(value: Plain, language: str) -> str:
    if isinstance(value, Mapping) and is_text(value):
        return str(value.get(language) or next(iter(value.values())))
    return value if isinstance(value, str) else ""


def _presented(
    change: ContentChange, cards: Mapping[str, Indicator], language: str
) -> Iterator[Block]:
    """Yield what a reader wants to know of a file that came or went."""
    lines = [line(word("file_is", language), code(change.new_file or change.old_file or ""))]
    data = change.data if isinstance(change.data, Mapping) else {}
    definition = _text(data.get("definition", data.get("about", data.get("description"))), language)
    if definition:
        lines.append(line(word("definition_is", language), _cut(definition)))
    lines += [
        line(code(key), colon(language), _cut(one_line(data[key]))) for key in _SHOWN if key in data
    ]
    yield Items(tuple(lines))
    card = cards.get(change.id)
    if change.kind == "indicator" and card is not None:
        yield _formula(card, "formula", language)


def _formula(card: Indicator, title: str, language: str) -> Formula:
    labels = {str(term.name): term.label.get(language) for term in card.terms}
    name = card.name.get(language)
    tex = f"{tex_text(name)} = {formula_latex(card.formula, labels, language=language)}"
    text = f"{name} = {plain_formula(card.formula, labels, language=language)}"
    return Formula(word(title, language), tex, text)


def _fields(
    change: ContentChange,
    cards: tuple[Mapping[str, Indicator], Mapping[str, Indicator]],
    language: str,
) -> Iterator[Block]:
    if not change.fields:
        yield Paragraph(line(word("fields_unreadable", language)))
        return
    yield Items(some((_field(f, language) for f in change.fields), FIELDS, word("more", language)))
    old, new = cards[0].get(change.former or change.id), cards[1].get(change.id)
    if change.kind != "indicator" or old is None or new is None:
        return
    first, second = (_formula(c, t, language) for c, t in
                     ((old, "formula_before"), (new, "formula_after")))  # fmt: skip
    if (first.tex, first.text) != (second.tex, second.text):
        yield first
        yield second


def _field(change: FieldChange, language: str) -> Line:
    head = line(code(" › ".join(change.path)), colon(language))
    old, new = change.old, change.new
    if old is None or new is None:
        look: Piece = Piece(_cut(new or ""), "new") if old is None else Piece(_cut(old), "gone")
        return line(head, look)
    if "".join(old.split()) == "".join(new.split()):
        return line(head, word("whitespace", language))
    pieces = [
        Piece(mark.text, "plain" if mark.kind == "same" else mark.kind)
        for mark in shortened(marked(old, new))
    ]
    if len(pieces) == 2 and not any(p.look == "plain" for p in pieces):
        pieces.insert(1, Piece(" → "))
    return line(head, tuple(pieces))


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def cards_by_id(catalog: Catalog | None) -> Mapping[str, Indicator]:
    """Return the cards of a state, as far as they were read."""
    return catalog.indicators if catalog else {}
