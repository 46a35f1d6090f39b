"""Making many values without looking for circles among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_ALLOCATIONS: Final = (50_000, 20, 10)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let Python's collector of circles look seldom meanwhile.

    A site is a million values that hold no circles and live until it is made. By its own measure
    Python walks them again and again, the more there are the longer.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_ALLOCATIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
