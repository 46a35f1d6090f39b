"""From a name to where it is defined, to all that refers to it, and to another name for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from kpi_site.authoring.edits import Rewrite, text_of
from kpi_site.authoring.references import references_to
from kpi_site.authoring.refusal import Refusal, misused, refused
from kpi_site.authoring.renaming import rename
from kpi_site.content.edits import Edit
from kpi_site.content.yaml_source import Mapping, Node, Scalar, parse_yaml
from kpi_site.editor.found import find, resolve
from kpi_site.editor.known import Known
from kpi_site.editor.view import View
from kpi_site.editor.words import Word, words
from kpi_site.problems import Location


@dataclass(frozen=True, slots=True)
class Place:
    """The characters from ``start`` to ``end`` of a file."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Renaming:
    """What a new name changes: edits by file as it is called now, and the file that moves."""

    edits: tuple[tuple[str, tuple[Edit, ...]], ...]
    moved: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A key of a file with what it holds; ``start`` to ``end`` is the key itself."""

    name: str
    detail: str
    start: int
    end: int
    last: int
    within: tuple[Symbol, ...] = ()


def definition(view: View, file: str, tree: Node | None, offset: int) -> Location | None:
    """Return where the name at ``offset`` is defined."""
    found = find(view, file, tree, offset)
    return found[1].where if found and found[1] else None


def references(
    view: View, file: str, tree: Node | None, offset: int, *, also_definition: bool
) -> tuple[Place, ...]:
    """Return every place that names the same as the name at ``offset``, in content and texts."""
    found = find(view, file, tree, offset)
    target = found[1] if found else None
    if target is None or target.where is None:
        return ()
    places = dict(_named(view, target))
    if target.what == "indicator":
        linked, _ = references_to(view.draft.catalog.site.root, target.name, view.instead)
        for file_, start, end in ((f.file, r.start, r.end) for f in linked for r in f.references):
            places.setdefault(Place(file_, start, end), False)
    wanted = (p for p, defines in places.items() if also_definition or not defines)
    return tuple(sorted(wanted, key=lambda p: (p.file, p.start)))


def _named(view: View, target: Known) -> Iterator[tuple[Place, bool]]:
    """Yield the words that lead to where ``target`` is defined, and whether it is there."""
    last = target.name.rpartition(".")[2]
    root = view.draft.catalog.site.root
    for file, (kind, _) in view.files.items():
        text = text_of(root, file, view.instead)
        if last not in text:
            continue
        tree, _ = parse_yaml(text.encode("utf-8", "surrogatepass"), file)
        if tree is None:
            continue
        for word in words(kind, tree):
            if word.name.rpartition(".")[2] == last and _leads(view, file, tree, word, target):
                yield Place(file, word.start, word.end), word.defines


def _leads(view: View, file: str, tree: Node, word: Word, target: Known) -> bool:
    found = resolve(view, file, tree, word)
    same_kind = found is not None and (found.what == "member") == (target.what == "member")
    return found is not None and same_kind and found.where == target.where


def renamed_to(
    view: View, file: str, tree: Node | None, offset: int, new: str
) -> Renaming | Refusal:
    """Return what calling the card named at ``offset`` ``new`` changes, as the command does it."""
    word = renamable(view, file, tree, offset)
    if word is None:
        return misused("这里只能改指标卡的编号", "only the id of a card can be changed here")
    plan = rename(view.draft, word.name, new, view.instead)
    if isinstance(plan, Refusal):
        return plan
    if isinstance(plan, tuple):
        return refused(plan[0].text("zh"), plan[0].text("en"))
    moved = next((r.file, r.target) for r in plan.rewrites if r.file != r.target)
    return Renaming(tuple((r.file, tuple(_edits(r))) for r in plan.rewrites), moved)


def renamable(view: View, file: str, tree: Node | None, offset: int) -> Word | None:
    """Return the word at ``offset`` if it names a card; only cards can be renamed here."""
    found = find(view, file, tree, offset)
    return found[0] if found and found[1] and found[1].what == "indicator" else None


def _edits(rewrite: Rewrite) -> Iterator[Edit]:
    """Yield the edits, line by line, that make a file's text the new one."""
    before, after = (text.splitlines(keepends=True) for text in (rewrite.before, rewrite.after))
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield Edit(starts[first], starts[last], "".join(after[start:end]))


def symbols(tree: Node | None, depth: int = 2) -> tuple[Symbol, ...]:
    """Return the keys of a file, and those within them, ``depth`` levels deep."""
    if not isinstance(tree, Mapping) or depth == 0:
        return ()
    return tuple(_symbol(key, value, depth) for key, value in tree.entries)


def _symbol(key: Scalar, value: Node, depth: int) -> Symbol:
    detail = " ".join(value.text.split())[:80] if isinstance(value, Scalar) else ""
    return Symbol(key.text, detail, *key.span, _end(key, value), symbols(value, depth - 1))


def _end(key: Scalar, value: Node) -> int:
    """Return where the last scalar of ``value`` ends."""
    if isinstance(value, Scalar):
        return max(value.span[1], key.span[1])
    parts = (
        [v for _, v in value.entries] if isinstance(value, Mapping) else getattr(value, "items", ())
    )
    return max((_end(key, part) for part in parts), default=key.span[1])
