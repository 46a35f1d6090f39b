"""``kpi-site rechain``: two branches that both published come together (specification.md#ledger).

The ledger has one order. What the other branch published stays as it is; the editions that
stand here and not there are bound behind it, unchanged, so that their signatures hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kpi_site.changes import Change, alone, carry_out
from kpi_site.editions import ledger
from kpi_site.editions.ledger import LEDGER, LedgerLine
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import MANIFEST, Manifest
from kpi_site.editions.on_disk import folder_of
from kpi_site.editions.store import LoneEdition, lone_editions
from kpi_site.problems import Location, Message, Problem, has_errors, problem
from kpi_site.stages import Problems


def rechain(root: Path, other: bytes) -> tuple[tuple[LedgerLine, ...], Problems]:
    """Write the ledger ``other`` with the editions that stand here alone behind its own.

    Return their lines. Nothing is written where one of them is of a report that both sides
    published, is not as it was published, or where an edition of ``other`` is not here.
    """
    with alone(root) as told:
        if has_errors(told):
            return (), told
        entries, problems = ledger.from_bytes(other) if other else ((), ())
        if problems:
            return (), problems
        found = lone_editions(root, entries)
        wrong = [*_not_here(root, entries), *(p for one in found for p in one.problems)]
        lines = list(entries)
        for one in sorted(found, key=_order):
            if not _follows(lines, one.manifest):
                own = one.manifest
                wrong.append(_published_twice(one.folder, own.period, own.number))
            lines.append(ledger.following(lines, one.manifest, one.digest))
        if wrong:
            return (), tuple(wrong)
        what = Message("接续台账", "chain the ledger")
        carry_out(root, what, [Change(LEDGER, ledger.to_bytes(lines))])
        return tuple(lines[len(entries) :]), ()


def _order(one: LoneEdition) -> tuple[object, ...]:
    return one.manifest.published, one.manifest.number, one.manifest.period


def _follows(lines: list[LedgerLine], told: Manifest) -> bool:
    own = [line for line in lines if line.period == told.period]
    previous = own[-1].sha256 if own else ""
    return (told.number, told.previous) == (len(own) + 1, previous)


def _not_here(root: Path, entries: tuple[LedgerLine, ...]) -> Iterator[Problem]:
    """Yield a problem for each edition of the other side that is not here, or is another one."""
    for entry in entries:
        folder = folder_of(entry.period, entry.edition)
        file = root / folder / MANIFEST
        if not file.is_file():
            yield problem(
                Location(folder),
                "edition-missing",
                zh="另一分支发布的这一版还不在这里",
                en="this edition, which the other branch published, is not here yet",
                hint_zh="请先合并那个分支（git merge），再运行一次。",
                hint_en="Merge that branch first (git merge), then run this again.",
            )
        elif sha256(file.read_bytes()) != entry.sha256:
            yield _published_twice(folder, entry.period, entry.edition)


def _published_twice(folder: str, period: str, number: int) -> Problem:
    return problem(
        Location(folder),
        "published-twice",
        zh=f"两边都发布了 {period} 的第 {number} 版，或它接着的前一版不同",
        en=f"both sides published edition {number} of {period}, "
        "or the edition that it follows is another one",
        hint_zh="请保留另一分支的，删去这里的，再用 kpi-site publish --revise 发布不同之处。",
        hint_en="Keep the other branch's, remove this one, and publish what differs with "
        "kpi-site publish --revise.",
    )
