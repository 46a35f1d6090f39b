"""What a dialect gets to print an operation from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpi_site.problems import Message
from kpi_site.sql.kinds import Bound, SqlType

if TYPE_CHECKING:
    from kpi_site.sql.printing.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Printed:
    """A part of an expression as SQL, with all that its Polars twin (`Operand`) knows too.

    Durations are whole microseconds, a ``number`` is a decimal of 38 digits with its scale.
    ``at`` is the offset of its own word in the card's text.
    """

    text: str
    type: SqlType
    constant: object = None
    literal: bool = False
    bound: Bound | None = None
    offset: str | None = None
    at: int = 0


Parts = Sequence[Printed]
Print = Callable[["Dialect", Parts, SqlType], str]
"""How an operation is written: in words of a dialect, from its operands, as a result's type."""


class Refused(ValueError):  # noqa: N818
    """An engine cannot promise the exact meaning of the word at offset ``at``.

    Raised before anything is computed; whoever reads a card for an engine makes it a problem.
    """

    def __init__(self, at: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.at, self.reason = at, Message(zh, en)
