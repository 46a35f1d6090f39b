"""A file's text, and the places of its characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from kpi_site.problems import Location

_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class YamlText:
    """A file's text, for turning offsets into places.

    ``added`` are the offsets of characters that the file itself lacks (see ``yaml_slips``).
    """

    file: str
    text: str
    added: tuple[int, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE.finditer(self.text))]

    def line(self, number: int) -> tuple[int, str]:
        """Return the offset and the text of the line ``number``, counted from 0."""
        start = self._starts[min(number, len(self._starts) - 1)]
        end = _LINE.search(self.text, start)
        return start, self.text[start : end.start() if end else len(self.text)]

    def place(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of the character at ``offset``, both counted from 1."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        return line, offset - start + 1 - sum(start <= n < offset for n in self.added)

    def locate(self, offset: int) -> Location:
        """Return the location of the character at ``offset``."""
        return Location(self.file, *self.place(offset))
