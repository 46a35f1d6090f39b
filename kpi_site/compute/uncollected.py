"""Making many values without looking for circles among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let Python's collector of circles rest meanwhile.

    Results hold no circles, and to look for some again and again, the more results there are the
    longer, takes a third of the time in which results are made.
    """
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()
