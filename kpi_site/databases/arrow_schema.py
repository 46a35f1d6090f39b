"""The columns of an Arrow schema by its C interface, without importing their types.

A database has types that Polars has not, and importing those ends in a panic; what they are
called must be known before.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping


class _ArrowSchema(ctypes.Structure):
    """``struct ArrowSchema`` of Arrow's C data interface."""


_ArrowSchema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_ArrowSchema))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


def columns_at(address: int) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Return the name and the metadata of each column of the schema at ``address``."""
    schema = _ArrowSchema.from_address(address)
    found = (schema.children[i].contents for i in range(schema.n_children))
    return tuple((child.name.decode(), dict(_metadata(child.metadata))) for child in found)


def _metadata(address: int | None) -> Iterator[tuple[str, str]]:
    if address is None:
        return
    pairs = ctypes.c_int32.from_address(address).value
    at = address + 4
    for _ in range(pairs):
        texts = []
        for _ in range(2):
            size = ctypes.c_int32.from_address(at).value
            texts.append(ctypes.string_at(at + 4, size).decode("utf-8", "replace"))
            at += 4 + size
        yield texts[0], texts[1]
