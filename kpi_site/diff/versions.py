"""A definition that changes from a period on, and yet for all periods: cards without a version.

Rules: specification.md#versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from pathlib import PurePosixPath

from kpi_site.catalog import Indicator
from kpi_site.content import read_draft
from kpi_site.content.draft import Entry
from kpi_site.content.rules.formulas import used_terms
from kpi_site.diff.git import Base, GitError, Repository, find_base, repository
from kpi_site.engine.atoms import strip
from kpi_site.options import Options
from kpi_site.problems import Message, Problem, in_order
from kpi_site.sql.nodes import Expression

_CARDS = "content/indicators"


def versions_missing(
    options: Options, asked: str | None, ids: tuple[str, ...] = ()
) -> tuple[Problem, ...]:
    """Ask for a version of each card whose `changes` name a new period and that has none.

    A card's definition differs from the one in the commit called ``asked`` (found as by `diff`
    unless told) before that period, too. With ``ids``, only of these cards. Without a
    repository, or a commit in it, nothing is asked; GitError for a name that is no commit.
    """
    try:
        repo = repository(options.root)
        base = find_base(repo, asked)
    except GitError:
        if asked is not None:
            raise
        return ()
    paths = _changed(repo, base)
    if not paths:
        return ()
    draft, _ = read_draft(options.root, today=options.today, cache=options.cache)
    chosen = [e for e in draft.indicators if e.file in paths and (not ids or e.name in ids)]
    before = dict(_as_they_were(repo, base, chosen))
    if not before:
        return ()
    known = {e.file for e in chosen}
    was = read_draft(options.root, today=options.today, instead=before)[0]
    old = {e.file: e.value for e in was.indicators if e.file in known & before.keys()}
    found = (_asked(entry, old.get(entry.file)) for entry in chosen)
    return in_order(p for own in found for p in own)


def _changed(repo: Repository, base: Base) -> frozenset[str]:
    """Return the files of cards that differ from the base, or are new."""
    return frozenset(path for path in repo.differing(base.commit, _CARDS) if path.endswith(".yml"))


def _as_they_were(
    repo: Repository, base: Base, entries: list[Entry[Indicator]]
) -> Iterator[tuple[str, bytes]]:
    """Yield what each of the files said in the base, also under another name or department."""
    there = {PurePosixPath(f.path).stem: f.path for f in repo.files(base.commit, _CARDS)}
    for entry in entries:
        if entry.value is None:
            continue
        names = (entry.name, *map(str, entry.value.formerly))
        path = next((there[name] for name in names if name in there), None)
        if path is not None:
            yield entry.file, repo.content(base.commit, path)


def _asked(entry: Entry[Indicator], old: Indicator | None) -> Iterator[Problem]:
    card = entry.value
    if card is None or old is None:
        return
    told = {change.start for change in old.changes}
    for change in card.changes:
        before = change.start.first - timedelta(days=1)
        if change.start in told or _meaning(old, before) == _meaning(card, before):
            continue
        yield Problem(
            card.formula.code.locate(0),
            "version-missing",
            Message(
                f"changes 写明从{change.start}起改了口径，公式或项却对所有期间都改了："
                "此前的结果也会重算",
                f"'changes' tell of a new definition from {change.start}, but the formula or its "
                "terms are new for all periods: earlier results are computed anew, too",
            ),
            Message(
                "此前的要保持不变：公式留着原来的，新的写进 "
                f"versions: [{{from: {change.start}, …}}]。本来就要重算的，不必理会。",
                f"To keep them leave the formula as it was, and put the new one under versions: "
                f"[{{from: {change.start}, …}}]. If they are to be computed anew, leave it.",
            ),
            severity="warning",
        )
        return


def _meaning(card: Indicator, day: date) -> tuple[object, Mapping[str, object]]:
    """Return what the card computes on ``day``: its formula, and the terms that it needs."""
    own = card.on(day)
    needed = used_terms(own)
    terms = {
        str(term.name): [
            _bare(getattr(term, one.name)) for one in fields(term) if one.name != "label"
        ]
        for term in own.terms
        if term.name in needed
    }
    return strip(own.formula.node), terms


def _bare(value: object) -> object:
    return strip(value.node) if isinstance(value, Expression) else value
