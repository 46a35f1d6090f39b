"""Whether published reports are what was published: each check and its outcome.

Nothing is computed here, and no facts are needed: the files of the editions, the ledger and
OpenSSH's ``ssh-keygen`` are enough (specification.md#verify).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from kpi_site import ssh
from kpi_site.editions import signing
from kpi_site.editions.ledger import LedgerLine
from kpi_site.editions.model import SIGNERS, Edition
from kpi_site.editions.signed_pdfs import sealed, signed_pdfs, strays
from kpi_site.editions.store import Published, read_editions
from kpi_site.files import File
from kpi_site.pades import CERTIFICATES
from kpi_site.periods import Grain, MonthCalendar, Period
from kpi_site.problems import Message, Problem

CONTENT: Final = "content"
_CHECKPOINT: Final = re.compile(r"([0-9]{1,9}):([0-9a-f]{64})")
SOME_PERIOD: Final = MonthCalendar().range(date(2000, 1, 1), date(2000, 1, 31), Grain.MONTH)[0]
"""Stands for the period of an edition that is proved: its days prove nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether it holds, and what it says. What is no proof but no fault is a note."""

    holds: bool
    text: Message


def proved(
    root: Path,
    *,
    period: str | None = None,
    signers: bytes | None = None,
    since: str | None = None,
) -> Iterator[Finding]:
    """Check what is published below ``root``; of one ``period`` the signatures alone.

    ``signers`` are kept ones, beside those that each edition froze; ``since`` is a checkpoint.
    """
    published, problems = read_editions(root, _any_period)
    yield from map(broken, problems)
    entries = published.entries
    if not entries and not problems:
        yield Finding(False, NOTHING)
        return
    if not problems:
        yield Finding(True, whole(entries))
    if since is not None:
        yield unchanged_since(entries, since)
    if period is not None and period not in published.editions:
        yield Finding(False, Message(f"没有发布过 {period}", f"{period} was never published"))
    for edition in _in_order(published):
        if period in {None, edition.manifest.period}:
            yield from of_edition(edition, signers)
            yield from of_pdfs(edition, signed_pdfs(root, edition), certificates(root / CONTENT))
    for name in strays(root, _in_order(published)) if not problems else ():
        told = Message(f"{name}：不属于台账里的任何一版", f"{name}: of no edition in the ledger")
        yield Finding(False, told)


def checkpoint(root: Path) -> str | None:
    """Return what to keep elsewhere: number and chain of the last publication; None if none."""
    published, problems = read_editions(root, _any_period)
    if problems or not published.entries:
        return None
    return published.entries[-1].checkpoint


def _any_period(_: str) -> Period | None:
    """Read no period: what a company's calendar makes of a label proves nothing."""
    return SOME_PERIOD


def _in_order(published: Published) -> Iterator[Edition]:
    found = {(e.manifest.period, e.number): e for own in published.editions.values() for e in own}
    for entry in published.entries:
        edition = found.get((entry.period, entry.edition))
        if edition is not None:
            yield edition


NOTHING: Final = Message("没有发布过任何报告", "nothing was ever published")


def broken(found: Problem) -> Finding:
    """Return a problem of the ledger or of an edition's file as what does not hold."""
    where = found.where
    return Finding(False, Message(f"{where}：{found.message.zh}", f"{where}: {found.message.en}"))


def whole(entries: tuple[LedgerLine, ...]) -> Message:
    """Return the words for a ledger and files that are as they were."""
    last = entries[-1]
    return Message(
        f"台账 {len(entries)} 行首尾相连，每个文件都与发布时相同；最后的链值 {last.chain}",
        f"the ledger's {len(entries)} lines follow each other, every file is as it was published; "
        f"last link {last.chain}",
    )


def unchanged_since(entries: tuple[LedgerLine, ...], given: str) -> Finding:
    """Check that a kept checkpoint is still among the lines of the ledger."""
    found = _CHECKPOINT.fullmatch(given)
    if found is None:
        return Finding(
            False,
            Message(f"“{given}”不是检查点（号:链值）", f"'{given}' is no checkpoint (number:link)"),
        )
    number, chain = int(found[1]), found[2]
    if any(entry.number == number and entry.chain == chain for entry in entries):
        return Finding(
            True,
            Message(
                f"检查点 {number} 之前没有改动或删去任何一版",
                f"nothing up to checkpoint {number} was changed or dropped",
            ),
        )
    return Finding(
        False,
        Message(
            f"检查点 {number} 不在台账里：当时或更早的某一版被改动或删去了",
            f"checkpoint {number} is not in the ledger: an edition of then or before was changed "
            "or dropped",
        ),
    )


def of_edition(edition: Edition, kept: bytes | None) -> Iterator[Finding]:
    """Check the figures of an edition against their digest, and each of its signatures."""
    told = edition.manifest
    name = Message(f"{told.period} 第 {told.number} 版", f"{told.period} edition {told.number}")
    digest = signing.figures_digest(File(n, data) for n, data in edition.files.items())
    if digest != told.figures:
        yield Finding(False, _of(name, "数字的摘要不符", "the digest of the figures differs"))
    for signoff in told.signoffs:
        role = signoff.role
        by = Message(signoff.by.get("zh"), signoff.by.get("en"))
        if signoff.signer is None:
            yield Finding(
                True,
                _of(
                    name,
                    f"{role}：{by.zh} 的记录，没有签名",
                    f"{role}: noted by {by.en}, not signed",
                ),
            )
            continue
        why = _refused(edition, signoff.role, kept)
        if why is None:
            zh = f"{role}：{signoff.signer} 于 {signoff.on} 签名有效"
            en = f"{role}: signed by {signoff.signer} on {signoff.on}"
        else:
            zh, en = (
                f"{role}：{signoff.signer} 的签名无效：{why}",
                (f"{role}: the signature of {signoff.signer} does not hold: {why}"),
            )
        yield Finding(why is None, _of(name, zh, en))


def of_pdfs(
    edition: Edition, files: Mapping[str, bytes], trusted: bytes, *, every: bool = True
) -> Iterator[Finding]:
    """Check signed PDFs of an edition, by language: that ``every`` one is, or those that are."""
    told = edition.manifest
    name = Message(f"{told.period} 第 {told.number} 版", f"{told.period} edition {told.number}")
    for holds, text in sealed(edition, files, trusted, every=every):
        yield Finding(holds, _of(name, text.zh, text.en))


def certificates(folder: Path) -> bytes:
    """Return the certificates for PDFs that lie in ``folder``; none if there is no such file."""
    path = folder / Path(CERTIFICATES).name
    return path.read_bytes() if path.is_file() else b""


def _of(name: Message, zh: str, en: str) -> Message:
    return Message(f"{name.zh}，{zh}", f"{name.en}, {en}")


def _refused(edition: Edition, role: str, kept: bytes | None) -> str | None:
    """Return why the signature of ``role`` does not hold; None if it does."""
    told = edition.manifest
    signoff = next(s for s in told.signoffs if s.role == role)
    if signoff.digest != told.figures:
        return "other figures"
    armour = edition.files.get(f"{signing.line_file(role)}.sig")
    if armour is None:
        return "no signature"
    for signers in (edition.files.get(SIGNERS, b""), kept):
        if signers is None:
            continue
        try:
            why = signing.refused(signers, told.period, signoff, armour)
        except ssh.SshError as error:
            return str(error)
        if why is not None:
            return why
    return None
