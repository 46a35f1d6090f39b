"""Places as editors count them: lines from 0, and the units of an encoding within a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from kpi_site.content.yaml_text import YamlText
from kpi_site.problems import Location

Units = Literal["utf-8", "utf-16", "utf-32"]
_WIDTHS: Final[dict[Units, tuple[str, int]]] = {
    "utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4),
}  # fmt: skip


@dataclass(frozen=True)
class Lines:
    """A text whose places are told in lines and ``units``."""

    text: str
    units: Units = "utf-16"

    @cached_property
    def _text(self) -> YamlText:
        return YamlText("", self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line of the character at ``offset``, and the units before it."""
        line, column = self._text.place(min(offset, len(self.text)))
        _, text = self._text.line(line - 1)
        return line - 1, self._count(text[: column - 1])

    def offset(self, line: int, units: int) -> int:
        """Return the offset of the character that has ``units`` before it in ``line``."""
        start, text = self._text.line(line)
        encoding, width = _WIDTHS[self.units]
        before = text.encode(encoding, "surrogatepass")[: units * width]
        return start + len(before.decode(encoding, "ignore"))

    def offset_of(self, where: Location) -> int:
        """Return the offset of a problem's place."""
        start, text = self._text.line(max(where.line, 1) - 1)
        return start + min(max(where.column, 1) - 1, len(text))

    def line_of(self, where: Location) -> tuple[int, int]:
        """Return where the line of a problem begins and ends."""
        start, text = self._text.line(max(where.line, 1) - 1)
        return start, start + len(text)

    def _count(self, text: str) -> int:
        encoding, width = _WIDTHS[self.units]
        return len(text.encode(encoding, "surrogatepass")) // width
