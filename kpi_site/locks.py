"""One at a time: locks on files, which the system takes back when their process ends.

However it ends: a killed process leaves the file and no lock. POSIX locks the whole file,
Windows its first byte. Where a file system knows no locks nothing is held: a folder shared
so is for one person at a time.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_UNKNOWN: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_PAUSE: Final = 0.05  # s, between two attempts


def take(path: Path) -> int | None:
    """Lock the file ``path``, made if need be; return what holds it, None if another does."""
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        got = _lock(held) and _is(held, path)
    except OSError:
        os.close(held)
        raise
    if not got:
        os.close(held)
        return None
    return held


def give_back(held: int) -> None:
    """Let go of what ``take`` returned."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(held, 0, os.SEEK_SET)
        msvcrt.locking(held, msvcrt.LK_UNLCK, 1)
    os.close(held)


@contextmanager
def locked(path: Path, wait: float) -> Iterator[bool]:
    """Hold the lock of the file ``path``; False if another kept it for ``wait`` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait
    while (held := take(path)) is None and time.monotonic() < until:
        time.sleep(_PAUSE)
    try:
        yield held is not None
    finally:
        if held is not None:
            if os.name == "posix":  # who waits for the file will see that it is gone
                path.unlink(missing_ok=True)
            give_back(held)


def _lock(held: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
    return True


def _is(held: int, path: Path) -> bool:
    """Tell whether ``held`` is still the file at ``path``, and not one removed meanwhile."""
    try:
        return os.path.samestat(os.fstat(held), path.stat())
    except FileNotFoundError:
        return False
