"""The ledger: one line for each edition ever published, each bound to the line before it.

``content/reports/ledger.csv`` has the columns ``number, period, edition, published, sha256,
chain``. ``sha256`` is that of the edition's manifest, which holds the hashes of its files;
``chain`` is the SHA-256 of the chain before and the line's other columns, joined by spaces.
So nothing published can be changed, dropped, added or put into another order in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kpi_site.editions.faults import LINE_ENDS
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import Manifest
from kpi_site.problems import Location, Message, Problem, problem

LEDGER: Final = "content/reports/ledger.csv"
COLUMNS: Final = ("number", "period", "edition", "published", "sha256", "chain")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_COUNT: Final = re.compile(r"[1-9][0-9]{0,8}")
_MARK: Final = re.compile(rb"<{7} |={7}\r?$|>{7} ")
_RESTORE: Final = Message(
    "台账只由 kpi-site publish 追加。请用版本管理恢复原文件（git checkout）；"
    "合并了两个分支各自的发布：见手册“怎样发布一个月”。",
    "Only kpi-site publish adds to it. Restore the file from version control; if two branches "
    "that both published were merged: see 'How to publish a month' in the handbook.",
)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the ledger."""

    number: int
    period: str
    edition: int
    published: str
    sha256: str
    chain: str

    @property
    def checkpoint(self) -> str:
        """Number and link, to be kept elsewhere (specification.md#verify)."""
        return f"{self.number}:{self.chain}"

    @property
    def where(self) -> Location:
        """The line in the file; the head is line 1."""
        return Location(LEDGER, self.number + 1)


def following(entries: Sequence[LedgerLine], told: Manifest, digest: str) -> LedgerLine:
    """Return the line for the edition of the manifest ``told``, whose SHA-256 is ``digest``."""
    number = len(entries) + 1
    period, count = told.period, told.number
    published = told.published.isoformat()
    before = entries[-1].chain if entries else ""
    chain = _chain(before, number, period, count, published, digest)
    return LedgerLine(number, period, count, published, digest, chain)


def _chain(before: str, *columns: object) -> str:
    return sha256(" ".join(map(str, (before, *columns))).encode())


def to_bytes(entries: Iterable[LedgerLine]) -> bytes:
    """Return the whole ledger as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        (e.number, e.period, e.edition, e.published, e.sha256, e.chain) for e in entries
    )
    return out.getvalue().encode()


def from_bytes(data: bytes) -> tuple[tuple[LedgerLine, ...], tuple[Problem, ...]]:
    """Read the ledger; every line that cannot be, or that breaks the chain, is a problem."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return (), (_broken(Location(LEDGER)),)
    merging = _merge_mark(data)
    if merging:
        return (), (_unmerged(Location(LEDGER, merging)),)
    if not rows or tuple(rows[0]) != COLUMNS:
        return (), (_broken(Location(LEDGER, 1)),)
    entries: list[LedgerLine] = []
    problems: list[Problem] = []
    for at, row in enumerate(rows[1:], start=1):
        entry = _entry(row)
        if entry is None:
            problems.append(_broken(Location(LEDGER, at + 1)))
            continue
        before = entries[-1].chain if entries else ""
        told = (entry.number, entry.period, entry.edition, entry.published, entry.sha256)
        if entry.number != at or entry.chain != _chain(before, *told):
            problems.append(_broken(Location(LEDGER, at + 1)))
        entries.append(entry)
    if not problems and to_bytes(entries) != data:
        line_ends = to_bytes(entries) == data.replace(b"\r\n", b"\n")
        problems.append(_broken(Location(LEDGER), LINE_ENDS if line_ends else _RESTORE))
    return tuple(entries), tuple(problems[:1])  # a break makes all that follow break


def _entry(row: Sequence[str]) -> LedgerLine | None:
    if len(row) != len(COLUMNS) or not (_COUNT.fullmatch(row[0]) and _COUNT.fullmatch(row[2])):
        return None
    if not (_HASH.fullmatch(row[4]) and _HASH.fullmatch(row[5])):
        return None
    return LedgerLine(int(row[0]), row[1], int(row[2]), row[3], row[4], row[5])


def _merge_mark(data: bytes) -> int:
    """Return the first line with a mark of an unfinished merge, from 1; 0 if none."""
    lines = enumerate(data.split(b"\n"), start=1)
    return next((number for number, line in lines if _MARK.match(line)), 0)


def _broken(where: Location, hint: Message = _RESTORE) -> Problem:
    return problem(
        where,
        "ledger-broken",
        zh="发布台账被改动过：这一行与它前面的各行对不上",
        en="the ledger of publications was changed: this line does not follow from those before it",
        hint_zh=hint.zh,
        hint_en=hint.en,
    )


def _unmerged(where: Location) -> Problem:
    return problem(
        where,
        "ledger-broken",
        zh="发布台账中有未解决的合并冲突",
        en="the ledger of publications holds an unfinished merge",
        hint_zh="请取主分支的台账，删去本分支的那一版，再发布一次：见手册“怎样发布一个月”。",
        hint_en="Take the main branch's ledger, remove the edition of your own branch, and publish "
        "it again: see 'How to publish a month' in the handbook.",
    )
