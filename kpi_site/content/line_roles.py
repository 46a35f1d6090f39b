"""What a line of a scorecard does to the total: deduct, bonus, veto (specification.md#roles)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Bonus, Deduct, Line, Veto
from kpi_site.content.record import key, record
from kpi_site.content.scalars import NOT_NEGATIVE, NUMBER, name_of, number_between
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.problems import Location, Message

_POSITIVE = number_between(0)

DEDUCT: Shape[Deduct] = record(
    Deduct,
    key("each", _POSITIVE, required=True),
    key("at_most", _POSITIVE),
    name="deduct",
    placed=True,
)
BONUS: Shape[Bonus] = record(
    Bonus,
    key("each", _POSITIVE),
    key("at_most", _POSITIVE),
    name="bonus",
    placed=True,
)


def _one_condition(veto: Veto, node: Node, reading: FileReading) -> Veto | Invalid:
    """Report a veto that cannot strike, or that says two things of the total."""
    if veto.above is None and veto.below is None:
        message = Message("没有写何时否决", "nothing says when it strikes")
        hint = Message(
            "写 above（高于多少）或 below（低于多少）。", "Write 'above' or 'below' with a number."
        )
        return reading.report(node.where, "veto-without-condition", message, hint)
    if veto.above is not None and veto.below is not None and veto.below > veto.above:
        return reading.report(
            _place(node, "below"),
            "veto-without-condition",
            Message(
                "below 高于 above：任何值都会否决", "'below' is over 'above': every value strikes"
            ),
        )
    found = [k for k in ("total", "at_most", "grade") if getattr(veto, k) is not None]
    if len(found) > 1:
        return _exclude(_place(node, found[1]), found[0], found[1], reading)
    return veto


VETO: Shape[Veto] = checked(
    record(
        Veto,
        key("above", NUMBER),
        key("below", NUMBER),
        key("total", NOT_NEGATIVE),
        key("at_most", NOT_NEGATIVE),
        key("grade", name_of("grade")),
        name="veto",
        placed=True,
    ),
    _one_condition,
)


def one_role(line: Line, node: Node, reading: FileReading) -> Line:
    """Report keys of a line that exclude each other, or that have no points to speak of."""
    for one, other in _pairs(line):
        _exclude(_place(node, other), one, other, reading)
    if line.cap is not None and line.floor is not None and line.cap < line.floor:
        message = Message("cap 低于 floor", "'cap' is below 'floor'")
        reading.report(_place(node, "cap"), "points-order", message)
    unused = [k for k in ("take", "cap", "floor") if getattr(line, k) is not None]
    if unused and not line.earns and (line.deduct or line.bonus or line.veto):
        message = Message(
            f"这一行不按标准得分，{unused[0]} 没有作用",
            f"the line earns no points by standards, so '{unused[0]}' says nothing",
        )
        hint = Message(f"请删去 {unused[0]}。", f"Take '{unused[0]}' out.")
        reading.report(_place(node, unused[0]), "line-without-points", message, hint)
    return line


def ends_after_start(line: Line, node: Node, reading: FileReading) -> Line:
    """Report a line that ends before it begins."""
    if line.start is not None and line.until is not None and line.until.last < line.start.first:
        message = Message(
            f"这一行到 {line.until} 为止，而 {line.start} 才开始",
            f"the line holds until {line.until}, and begins with {line.start}",
        )
        reading.report(_place(node, "until"), "line-never-holds", message)
    return line


def _pairs(line: Line) -> Iterator[tuple[str, str]]:
    """Yield the pairs of keys that say two things of the line's part in the total."""
    if line.deduct is not None and line.bonus is not None:
        yield "deduct", "bonus"
    elif line.bonus is not None and line.weight is not None:
        yield "weight", "bonus"


def _exclude(where: Location, one: str, other: str, reading: FileReading) -> Invalid:
    message = Message(f"{one} 与 {other} 只能用一个", f"'{one}' and '{other}' exclude each other")
    return reading.report(where, "keys-exclude-each-other", message)


def _place(node: Node, name: str) -> Location:
    """Return the place of a key's value."""
    value = node.get(name) if isinstance(node, Mapping) else None
    return node.where if value is None else value.where
