"""Rename a card, or retire it: plans first, so that they can be shown before they are done."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType

from kpi_site.authoring.edits import Rewrite, read_text, text_of
from kpi_site.authoring.new_file import place_of
from kpi_site.authoring.references import Found, Reference, references_to
from kpi_site.authoring.refusal import Refusal, misused, refused
from kpi_site.catalog import Indicator
from kpi_site.content.draft import Draft, Entry
from kpi_site.content.edits import Edit, applied, replaced, with_item, with_key
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence, parse_yaml
from kpi_site.periods import Grain
from kpi_site.problems import Problem, did_you_mean


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, and the references to the card that stay as they are."""

    rewrites: tuple[Rewrite, ...]
    remaining: tuple[Reference, ...] = ()


def rename(
    draft: Draft, old: str, new: str, instead: Map[str, bytes | None] = MappingProxyType({})
) -> Plan | Refusal | tuple[Problem, ...]:
    """Plan to call the card ``old`` ``new``: its file, its id, and every reference to it.

    The card keeps ``old`` among its ``formerly``, so that the old address leads on. Refused
    where ``new`` is taken or no id; problems where a file cannot be searched for references.
    ``instead`` are files that are not written yet, as for ``read_draft``.
    """
    root = draft.catalog.site.root
    entry = _entry(draft, old)
    if isinstance(entry, Refusal):
        return entry
    target = _target(draft, entry, new)
    if isinstance(target, Refusal):
        return target
    found, problems = references_to(root, old, instead)
    if problems:
        return problems
    card = text_of(root, entry.file, instead)
    own = next((f for f in found if f.file == entry.file), Found(entry.file, card, ()))
    edits = [*_names_of_card(card, entry.file, old, new), *(r.renamed(new) for r in own.references)]
    moved = Rewrite(entry.file, target, card, applied(card, edits))
    if not _says(moved.after, target, {"id": new, "formerly": old}):
        return _by_hand(entry.file, f"id: {new}", f"formerly: [{old}]")
    others = (
        Rewrite(f.file, f.file, f.text, applied(f.text, [r.renamed(new) for r in f.references]))
        for f in found
        if f.file != entry.file
    )
    return Plan((moved, *others))


def retire(
    draft: Draft, card: str, successor: str | None, last: str | None, today: date
) -> Plan | Refusal | tuple[Problem, ...]:
    """Plan to retire ``card`` after the period ``last``; ``successor`` takes over.

    Without ``last`` it is the card's newest period that is over by ``data_through`` of
    ``site.yml``, else by ``today``. What refers to the card is only told.
    """
    entry = _entry(draft, card)
    if isinstance(entry, Refusal):
        return entry
    wrong = _wrong_successor(draft, card, successor) if successor is not None else None
    if wrong is not None:
        return wrong
    ends = _last_period(draft, entry, last, today)
    if isinstance(ends, Refusal):
        return ends
    found, problems = references_to(draft.catalog.site.root, card)
    if problems:
        return problems
    text = read_text(draft.catalog.site.root / entry.file)
    wanted = {"retired": ends, **({"successor": successor} if successor else {})}
    if _has_key(text, entry.file, "status"):  # "in use" beside it would contradict it
        wanted = {"status": "retired", **wanted}
    if _says(text, entry.file, wanted):
        return refused(f"“{card}”已经停用", f"'{card}' is retired already")
    after = text
    for key, word in wanted.items():
        after = applied(after, [with_key(after, entry.file, key, word)])
    if not _says(after, entry.file, wanted):
        return _by_hand(entry.file, *(f"{key}: {word}" for key, word in wanted.items()))
    remaining = tuple(r for f in found if f.file != entry.file for r in f.references)
    return Plan((Rewrite(entry.file, entry.file, text, after),), remaining)


def _last_period(
    draft: Draft, entry: Entry[Indicator], asked: str | None, today: date
) -> str | Refusal:
    """Return the label of the last period with results: as ``asked``, else as said, else over."""
    site, card = draft.catalog.site, entry.value
    if asked is not None:
        period = site.calendar.parse(asked)
        if period is None:
            return misused(
                f"“{asked}”不是期间（如 2026-06）", f"'{asked}' is no period such as 2026-06"
            )
        return str(period)
    if card is not None and card.ends is not None:
        return str(card.ends)
    day = site.data_through or today
    current = site.calendar.containing(day, card.cycle if card else Grain.MONTH)
    over = current if current is None or current.last <= day else site.calendar.previous(current)
    if over is None:
        return misused("请用 --last 写明最后的期间", "tell the last period with --last")
    return str(over)


def _has_key(text: str, file: str, key: str) -> bool:
    tree, _ = parse_yaml(text.encode(), file)
    return isinstance(tree, Mapping) and tree.get(key) is not None


def _entry(draft: Draft, card: str) -> Entry[Indicator] | Refusal:
    found = next((entry for entry in draft.indicators if entry.name == card), None)
    if found is not None:
        return found
    now = draft.catalog.card(card)
    if now is not None:
        return misused(f"“{card}”现在叫“{now.id}”", f"'{card}' is called '{now.id}' now")
    hint = did_you_mean(card, draft.indicator_names)
    return misused(f"没有指标“{card}”", f"no indicator '{card}'", hint)


def _target(draft: Draft, entry: Entry[Indicator], new: str) -> str | Refusal:
    if new == entry.name:
        return misused(f"“{new}”就是现在的编号", f"'{new}' is its id already")
    if entry.value is not None and new in entry.value.formerly:  # back to a former name
        return str(PurePosixPath(entry.file).with_name(f"{new}.yml"))
    return place_of(draft, "indicator", new, PurePosixPath(entry.file).parent.name)


def _names_of_card(text: str, file: str, old: str, new: str) -> list[Edit]:
    """Return the edits of ``id`` and ``formerly``; a former name that comes back is swapped."""
    tree, _ = parse_yaml(text.encode(), file)
    formerly = tree.get("formerly") if isinstance(tree, Mapping) else None
    items = formerly.items if isinstance(formerly, Sequence) else ()
    swapped = [replaced(x, old) for x in items if isinstance(x, Scalar) and x.text == new]
    return [with_key(text, file, "id", new), *(swapped or [with_item(text, file, "formerly", old)])]


def _wrong_successor(draft: Draft, card: str, successor: str) -> Refusal | None:
    """Refuse a successor that does not exist, is the card itself, or leads back to it."""
    entry = _entry(draft, successor)
    if isinstance(entry, Refusal):
        return entry
    chain = [card]
    following: str | None = successor
    while following is not None:
        if following in chain:
            way = " → ".join([*chain, following])
            return misused(f"接替成了圈：{way}", f"the successors go in a circle: {way}")
        chain.append(following)
        found = draft.catalog.indicators.get(following)
        following = str(found.successor) if found and found.successor else None
    return None


def _says(text: str, file: str, wanted: dict[str, str]) -> bool:
    """Tell whether the file's top-level keys say (or list) what is ``wanted``."""
    tree, problems = parse_yaml(text.encode(), file)
    return (
        not problems
        and isinstance(tree, Mapping)
        and all(word in _words(tree.get(key)) for key, word in wanted.items())
    )


def _words(node: Node | None) -> tuple[str, ...]:
    parts = node.items if isinstance(node, Sequence) else (node,)
    return tuple(part.text for part in parts if isinstance(part, Scalar))


def _by_hand(file: str, *lines: str) -> Refusal:
    listed = "; ".join(lines)
    return refused(
        f"{file} 的写法不便自动修改，请手工写入 {listed}",
        f"{file} is written in a way that cannot be edited safely; write by hand: {listed}",
    )
