"""What is raised, and said, where arithmetic has no room for what its operands may be."""

from __future__ import annotations

from kpi_site.problems import Message, Problem
from kpi_site.sql.nodes import Code


class TooWide(ValueError):  # noqa: N818
    """A step of the arithmetic has no room for what its operands may be.

    ``at`` is the offset of its word; ``digits`` how many it may need. Raised before anything
    is computed; whoever reads facts for a card turns it into a problem. ``kept`` says that the
    arithmetic has room for it, but not the column in which it is kept.
    """

    def __init__(self, at: int, kind: str, digits: int, *, kept: bool = False) -> None:
        super().__init__(f"a {kind} may need {digits} digits")
        self.at, self.kind, self.digits, self.kept = at, kind, digits, kept


def refused(wrong: TooWide, code: Code, what: Message) -> Problem:
    """Return the problem of an expression ``what`` whose arithmetic has no room."""
    reason = _reason(wrong)
    return Problem(
        code.locate(wrong.at),
        "no-room",
        Message(f"{what.zh}：{reason.zh}", f"{what.en}: {reason.en}"),
        Message(
            "请核对列里过大的数；或先用 ROUND 减少小数位。",
            "Check the columns for numbers that are far too large, or round to fewer places first "
            "(ROUND).",
        ),
    )


def _reason(wrong: TooWide) -> Message:
    if wrong.kept:
        return Message(
            f"结果有 {wrong.digits} 位数字，整数列最大是 {2**63 - 1}",
            f"a result has {wrong.digits} digits, and a column of whole numbers holds at most "
            f"{2**63 - 1}",
        )
    if wrong.kind in _CALENDAR:
        return Message(
            "这里的日期可能在 1 至 9999 年以外", "a day may lie outside the years 1 to 9999"
        )
    return Message(
        f"这里的结果可能有 {wrong.digits} 位数字，精确计算最多 38 位",
        f"the result may need {wrong.digits} digits here, and 38 are computed exactly",
    )


_CALENDAR = frozenset({"date", "datetime"})
