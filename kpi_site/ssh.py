"""OpenSSH's own signatures: ``ssh-keygen -Y``, allowed signers (specification.md#signatures).

Nothing of this is made again here: the program that organisations already trust signs and
verifies, and anybody can check a signature with it alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from kpi_site.files import write_file

NAMESPACE: Final = "kpi-site"
SIGNERS_FILE: Final = "content/signers"  # of a site: who may sign its reports
BESIDE: Final = "kpi-site-ssh-"  # begins the names of temporary folders
_PROGRAM: Final = "ssh-keygen"
_SECONDS: Final = 120  # a passphrase may be asked for
_KEY: Final = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)[\w@.-]*")
_FIELDS: Final = re.compile(r'(?:"[^"]*"|[^\s"])+')
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


class SshError(Exception):
    """What ``ssh-keygen`` said, or that it is not there."""


@dataclass(frozen=True, slots=True)
class AllowedSigner:
    """A line of allowed signers: whom the key stands for, and the line itself, from 1."""

    line: int
    principals: tuple[str, ...]


def available() -> bool:
    """Tell whether the program is there, new enough or not."""
    return shutil.which(_PROGRAM) is not None


def sign(key: Path, message: bytes) -> bytes:
    """Return the armoured signature of ``message`` by a private key, or one of the agent's.

    ``SshError`` with what the program said. It may ask for a passphrase on the terminal.
    """
    done = _run(["sign", "-f", str(key), "-n", NAMESPACE], message)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        raise SshError(_said(done))
    return done.stdout


def verify(
    signers: bytes, principal: str, message: bytes, signature: bytes, on: date
) -> str | None:
    """Return why ``signature`` is not one of ``principal`` under ``message``; None if it is.

    By the allowed ``signers`` as they held at noon of the day ``on``. ``SshError`` if the
    program is not there.
    """
    with tempfile.TemporaryDirectory(prefix=BESIDE) as folder:
        allowed, given = Path(folder, "signers"), Path(folder, "signature")
        write_file(allowed, signers)
        write_file(given, signature)
        moment = f"verify-time={on:%Y%m%d}1200"
        asked = ["verify", "-f", str(allowed), "-I", principal, "-n", NAMESPACE]
        done = _run([*asked, "-O", moment, "-s", str(given)], message)
    return _said(done) if done.returncode else None


def allowed_signers(data: bytes) -> tuple[tuple[AllowedSigner, ...], tuple[int, ...]]:
    """Return the lines of a file of allowed signers, and the numbers of those that are none."""
    found, wrong = [], []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        fields = _FIELDS.findall(text)
        at = next((i for i, field in enumerate(fields[1:3], 1) if _KEY.fullmatch(field)), 0)
        if not at or len(fields) <= at + 1 or not _BASE64.fullmatch(fields[at + 1]):
            wrong.append(number)
            continue
        found.append(AllowedSigner(number, tuple(fields[0].strip('"').split(","))))
    return tuple(found), tuple(wrong)


def _run(arguments: list[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which(_PROGRAM)
    if program is None:
        raise SshError(f"{_PROGRAM}: not found")
    command = [program, "-Y", *arguments]
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 — no shell, and no option comes from a file
            command,
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SshError(str(error)) from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    text = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
    return text.splitlines()[-1] if text else f"{_PROGRAM}: {done.returncode}"
