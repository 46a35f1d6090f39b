"""``content/signers``: the keys of those who may sign reports (specification.md#signatures).

OpenSSH's own format of allowed signers. A principal says a role and who takes it:
``approved@finance``; signs for any text may stand in it, as OpenSSH has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kpi_site.catalog import ROLES
from kpi_site.problems import Location, Message, Problem
from kpi_site.ssh import SIGNERS_FILE, AllowedSigner, allowed_signers

_ANY: Final = frozenset("*?")


def read_signers(root: Path) -> tuple[bytes | None, tuple[Problem, ...]]:
    """Return the file's bytes, None where there is none, and a problem for each bad line."""
    try:
        data = (root / SIGNERS_FILE).read_bytes()
    except FileNotFoundError:
        return None, ()
    except OSError as error:
        why = error.strerror or str(error)
        message = Message(f"无法读取文件：{why}", f"the file cannot be read: {why}")
        return None, (Problem(Location(SIGNERS_FILE), "unreadable-file", message),)
    signers, wrong = allowed_signers(data)
    found = [_no_signer(line) for line in wrong]
    found += [problem for signer in signers for problem in _roles(signer)]
    return data, tuple(found)


def _roles(signer: AllowedSigner) -> Iterator[Problem]:
    for principal in signer.principals:
        role, at, who = principal.partition("@")
        if not (at and who and (role in ROLES or _ANY & set(role))):
            roles = " ".join(ROLES)
            yield Problem(
                Location(SIGNERS_FILE, signer.line, 1),
                "signer-role",
                Message(
                    f"“{principal}”应为“职责@部门”，职责是 {roles} 之一",
                    f"'{principal}' should be role@department, with one of the roles {roles}",
                ),
            )


def _no_signer(line: int) -> Problem:
    return Problem(
        Location(SIGNERS_FILE, line, 1),
        "signer-line",
        Message(
            "这一行不是 OpenSSH 的 allowed signers 格式",
            "this line is not in OpenSSH's format of allowed signers",
        ),
    )
