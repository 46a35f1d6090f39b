"""The key ``chart`` of a card: a word, a list of words, or a mapping by place.

Rules: specification.md#charts.
"""

from __future__ import annotations

from typing import Final

from kpi_site.catalog.charts import MAIN_CHARTS, MEMBER_CHARTS, ChartWish, MainChart, MemberChart
from kpi_site.content.meanings import MEANINGS
from kpi_site.content.scalars import choice
from kpi_site.content.shapes import (
    FileReading,
    Invalid,
    Shape,
    checked,
    distinct,
    map_of,
    one_or_many,
)
from kpi_site.content.yaml_source import Mapping, Node
from kpi_site.problems import Message

_NONE: Final = "none"
_MAIN: Final = "main"


def _alone(words: tuple[str, ...], node: Node, reading: FileReading) -> tuple[str, ...] | Invalid:
    """Turn ``none`` into no chart; report it beside others."""
    if _NONE not in words:
        return words
    if len(words) == 1:
        return ()
    message = Message("none 不能与别的图同写", "'none' stands alone, without other charts")
    return reading.report(node.where, "chart-does-not-fit", message)


def _words(*kinds: str) -> Shape[tuple[str, ...]]:
    return checked(distinct(one_or_many(choice(*kinds, _NONE))), _alone)


_ANY: Final = _words(*MAIN_CHARTS, *MEMBER_CHARTS)
_PLACES: Final = {_MAIN: _words(*MAIN_CHARTS)}
_MEMBERS: Final = _words(*MEMBER_CHARTS)


def _read(node: Node, reading: FileReading) -> ChartWish | Invalid:
    if isinstance(node, Mapping):
        return _read_places(node, reading)
    words = _ANY.read(node, reading)
    if isinstance(words, Invalid):
        return words
    if not words:
        return ChartWish((), ())
    return ChartWish(_main(words), _members(words))


def _read_places(node: Mapping, reading: FileReading) -> ChartWish | Invalid:
    """Read what each place has; a name that is no dimension of the card is found by a rule."""
    main: tuple[str, ...] | None = None
    rest = []
    for name, value in node.entries:
        if name.text == _MAIN:
            found = _PLACES[_MAIN].read(value, reading)
            main = None if isinstance(found, Invalid) else found
        else:
            rest.append((name, value))
    of = map_of(_MEMBERS).read(Mapping(node.where, tuple(rest)), reading)
    if isinstance(of, Invalid):
        return of
    by_dimension = {name: _members(words) or () for name, words in of.items()}
    return ChartWish(None if main is None else _main(main) or (), None, by_dimension)


def _main(words: tuple[str, ...]) -> tuple[MainChart, ...] | None:
    return tuple(kind for word in words for kind in MAIN_CHARTS if kind == word) or None


def _members(words: tuple[str, ...]) -> tuple[MemberChart, ...] | None:
    return tuple(kind for word in words for kind in MEMBER_CHARTS if kind == word) or None


def _schema() -> dict[str, object]:
    meaning = MEANINGS["chart"][_MAIN]
    places = {
        "title": "chart",
        "type": "object",
        "properties": {_MAIN: meaning.describe(_PLACES[_MAIN].schema)},
        "required": [],
        "additionalProperties": _MEMBERS.schema,
    }
    return {"anyOf": [_ANY.schema, places]}


CHART: Final[Shape[ChartWish]] = Shape(_read, _schema())
