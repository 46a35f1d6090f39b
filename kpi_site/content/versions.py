"""``versions`` of a card: its formula, terms and rule for points, period by period.

Terms of all versions stand on the card together. One that a later version words anew keeps its
name there; the older one gets a name of its own (specification.md#versions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from kpi_site.catalog import Indicator, OtherTerm, PointStep, Term, Text, Version
from kpi_site.content.expressions import FORMULA
from kpi_site.content.points import POINTS, STEPS, Steps, one_rule
from kpi_site.content.record import key, record
from kpi_site.content.scalars import PERIOD
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, list_of
from kpi_site.content.terms import TERMS
from kpi_site.content.yaml_source import Node
from kpi_site.periods import Period
from kpi_site.problems import Location, Message, Name
from kpi_site.sql.nodes import Expression


@dataclass(frozen=True, slots=True)
class Written:
    """A version as it is written: what it leaves out is as before."""

    where: Location
    start: Period
    formula: Expression | None = None
    terms: tuple[Term, ...] = ()
    points: Expression | None = None
    steps: tuple[PointStep, ...] = ()


def _says_something(found: Written, node: Node, reading: FileReading) -> Written | Invalid:
    if found.formula is not None or found.terms or found.points is not None or found.steps:
        return one_rule(found, node, reading)
    message = Message("缺少键“formula”", "missing key 'formula'")
    hint = Message(
        "写从那时起的 formula，重新定义的 terms，或得分的 points 或 steps。",
        "Write the formula as it is from then on, the terms that are new, or the points or steps.",
    )
    return reading.report(node.where, "missing-key", message, hint)


def _rising(
    found: tuple[Written, ...], _: Node, reading: FileReading
) -> tuple[Written, ...] | Invalid:
    for before, after in pairwise(found):
        if after.start.first <= before.start.first:
            message = Message(
                f"{after.start} 不晚于前一个版本的 {before.start}",
                f"{after.start} is not after {before.start}, the version before",
            )
            hint = Message("按先后排列。", "They stand in order, the oldest first.")
            return reading.report(after.where, "versions-order", message, hint)
    return found


_VERSION = record(
    Written,
    key("from", PERIOD, required=True, to="start"),
    key("formula", FORMULA),
    key("terms", TERMS),
    key("points", POINTS),
    key("steps", STEPS),
    name="version",
    placed=True,
)
VERSIONS: Shape[tuple[Written, ...]] = checked(
    list_of(checked(_VERSION, _says_something), least=1), _rising
)

_Scope = Mapping[str, tuple[int, Term]]  # by name: which version words the term, and how


def with_versions(card: Indicator, written: tuple[Written, ...]) -> Indicator:
    """Return ``card`` with the terms of all versions, and as its own what the newest says."""
    if not written:
        return card
    scopes, formulas = _scopes(card, written)
    starts = [None, *(one.start for one in written)]
    named = _named(scopes, starts)
    rules = _rules(card, written)
    terms: dict[str, Term] = {}
    versions = []
    for at, scope in enumerate(scopes):
        names = {name: named[at][name] for name in scope}
        versions.append(Version(starts[at], formulas[at], names, *rules[at]))
        for name, (_, term) in scope.items():
            terms.setdefault(names[name], _as_named(term, names))
    points, steps = rules[-1]
    return replace(
        card,
        formula=formulas[-1],
        terms=tuple(terms.values()),
        points=points,
        steps=steps,
        versions=tuple(versions),
    )


def _scopes(card: Indicator, written: tuple[Written, ...]) -> tuple[list[_Scope], list[Expression]]:
    """Return the terms of each version, and its formula."""
    scopes: list[_Scope] = [{str(t.name): (0, t) for t in card.terms}]
    formulas = [card.formula]
    for number, one in enumerate(written, start=1):
        scopes.append({**scopes[-1], **{str(t.name): (number, t) for t in one.terms}})
        formulas.append(one.formula or formulas[-1])
    return scopes, formulas


def _rules(card: Indicator, written: tuple[Written, ...]) -> list[tuple[Expression | None, Steps]]:
    """Return how values earn points, by version: one stands in place of the other."""
    found = [(card.points, card.steps)]
    for one in written:
        says = one.points is not None or bool(one.steps)
        found.append((one.points, one.steps) if says else found[-1])
    return found


def _named(scopes: list[_Scope], starts: list[Period | None]) -> list[dict[str, str]]:
    """Return what each term is called on the card, by version: the newest goes by its own name."""
    found: list[dict[str, str]] = [{} for _ in scopes]
    for name in dict.fromkeys(name for scope in scopes for name in scope):
        there = [at for at, scope in enumerate(scopes) if name in scope]
        worded = groupby([(_wording(scopes[at], name), at) for at in there], lambda one: one[0])
        runs = [[at for _, at in run] for _, run in worded]
        for run, following in zip(runs, [*runs[1:], None], strict=True):
            until = f"~{starts[following[0]]}" if following else ""
            for at in run:
                found[at][name] = f"{name}{until}"
    return found


def _wording(scope: _Scope, name: str, seen: frozenset[str] = frozenset()) -> tuple[object, ...]:
    """Return what tells one wording of a term from another, also of what it is taken from."""
    if name not in scope or name in seen:
        return (name,)
    number, term = scope[name]
    if not isinstance(term, OtherTerm):
        return (number,)
    return (number, *_wording(scope, str(term.term), seen | {name}))


def _as_named(term: Term, names: Mapping[str, str]) -> Term:
    own = names[str(term.name)]
    if isinstance(term, OtherTerm):
        base = Name(names.get(str(term.term), str(term.term)), term.term.where)
        term = replace(term, term=base)
    if own == term.name:
        return term
    _, _, until = own.partition("~")
    label = Text(
        zh=f"{term.label.get('zh')}（{until} 前）", en=f"{term.label.get('en')} (before {until})"
    )
    return replace(term, name=Name(own, term.name.where), label=label)
