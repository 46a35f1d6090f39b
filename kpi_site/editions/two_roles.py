"""Three roles are three pairs of eyes: no key and no name signs for two of them.

Rules: specification.md#signatures.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kpi_site.catalog import ROLES, Signoff
from kpi_site.problems import Message, Problem

_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 4  # bytes


def standing(signoffs: Iterable[Signoff], digest: str) -> tuple[Signoff, ...]:
    """Return the newest sign-off of each role under the figures with this digest."""
    found = {one.role: one for one in signoffs if one.digest == digest}
    return tuple(found[role] for role in ROLES if role in found)


def signed_twice(signoffs: Sequence[Signoff]) -> Iterator[Problem]:
    """Yield a problem for each sign-off whose name or key has signed for another role.

    ``signoffs`` are in the order in which they count; the newest of a role stands for it.
    """
    by_role = {one.role: one for one in signoffs}
    known: list[Signoff] = []
    for one in by_role.values():
        for other in known:
            if (same := _same(one, other)) is not None:
                yield _twice(one, other, same)
                break
        known.append(one)


def _same(one: Signoff, other: Signoff) -> Message | None:
    if key_of(one) is not None and key_of(one) == key_of(other):
        return Message("同一个密钥", "the same key")
    if one.by == other.by or (_who(one) and _who(one) == _who(other)):
        return Message("同一个名字", "the same name")
    return None


def _who(signoff: Signoff) -> str:
    return (signoff.signer or "").partition("@")[2]


def key_of(signoff: Signoff) -> bytes | None:
    """Return the public key that a signature carries, in OpenSSH's own bytes; None without one.

    A signature is ``SSHSIG``, a version, and then strings that begin with their length: the key
    is the first.
    """
    try:
        data = base64.b64decode(signoff.signature or "", validate=True)
    except binascii.Error:
        return None
    if not data.startswith(_MAGIC):
        return None
    at = len(_MAGIC) + _VERSION
    length = int.from_bytes(data[at : at + 4], "big")
    return data[at + 4 : at + 4 + length]


def _twice(one: Signoff, other: Signoff, same: Message) -> Problem:
    return Problem(
        one.where,
        "signed-twice",
        Message(
            f"“{one.role}”和“{other.role}”是{same.zh}签的",
            f"'{one.role}' and '{other.role}' are signed by {same.en}",
        ),
        Message(
            "site.yml 要求签名：三个职责由三个部门或岗位，用三个密钥来签。",
            "Where site.yml requires signatures, three departments or posts with three keys take "
            "the three roles.",
        ),
    )
