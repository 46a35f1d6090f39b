"""Work that is killed at a given step: as by ``kill -9``, nothing after it is done.

A step is whatever changes the disk: a file opened to be written, moved, removed, a folder
made or removed. The child is forked, so the work must use no threads (Polars does).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

_CHANGES = {
    "os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink",
    "os.truncate",
}  # fmt: skip
_DIED = 9


def dies(work: Callable[[], object], step: int) -> bool:
    """Do ``work`` in a child that dies just before its ``step``; False if it had fewer."""
    child = os.fork()
    if child == 0:
        try:  # whatever happens, the child never goes on with the tests
            _die_before(step)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, _DIED}, code
    return code == _DIED


def every_step(work: Callable[[], object]) -> Iterator[int]:
    """Let ``work`` die before each of its steps in turn; it must begin anew each time."""
    step = 1
    while dies(work, step):
        yield step
        step += 1


def _die_before(step: int) -> None:
    left = step

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(args[2], int) and args[2] & os.O_ACCMODE
        if writes or event in _CHANGES:
            left -= 1
            if left == 0:
                os._exit(_DIED)

    sys.addaudithook(watch)
