"""Templates, compiled once in a process: a server makes its pages again and again."""

from __future__ import annotations

from types import CodeType
from typing import Final

from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """Remembers compiled templates by the digests of their names and sources.

    They stay in the memory of this process: code that was kept on a disk could be another's.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template, if it was compiled of the same source."""
        source, code = self._known.get(bucket.key, ("", None))
        if source == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember the code of a template."""
        if bucket.code is not None:
            self._known[bucket.key] = bucket.checksum, bucket.code


COMPILED: Final = Compiled()
