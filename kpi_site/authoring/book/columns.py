"""The sheets of the workbook and their columns: which key each is, how it is written, its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kpi_site.content.cards import CARD
from kpi_site.content.meanings import MEANINGS, Meaning
from kpi_site.content.scorecards import SCORECARD
from kpi_site.content.shapes import Shape
from kpi_site.content.units import KINDS
from kpi_site.problems import Message
from kpi_site.words import word

Kind = Literal["text", "code", "word", "list", "any"]
SheetName = Literal["cards", "scorecards", "thresholds"]
SHEETS: Final[tuple[SheetName, ...]] = ("cards", "scorecards", "thresholds")
HEADS: Final = 2  # rows: a name for readers, and the key
KEY: Final = "key"
"""The column that leads a row of a line, or of a set of thresholds, back to its place."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    ``path`` is that of its value from the row's place in the file, ``language`` that of a text.
    ``record`` and the path's last key find what it means.
    """

    name: str
    path: tuple[str, ...]
    kind: Kind
    record: str
    width: int = 14
    language: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def meaning(self) -> Meaning | None:
        """What the key means, as editors and the reference say it."""
        if not self.path:
            return _OWN.get(self.name)
        return MEANINGS.get(self.record, {}).get(self.path[-1])

    def label(self, language: str) -> str:
        """Return its name for readers."""
        key = self.path[-1] if self.path else self.name
        shared = _SHARED.get(key)
        name = word(shared, language) if shared else word(f"column.{key}", language)
        name = name[:1].upper() + name[1:]
        if self.language is None:
            return name
        return f"{name} ({word(self.language, language)})"


_SHARED: Final[Mapping[str, str]] = {
    **{name: name for name in (
        "id", "department", "definition", "purpose", "formula", "unit", "decimals", "direction",
        "cycle", "notes", "collector", "source", "verifier", "presentation", "perspective",
        "audience", "aliases", "related", "examples", "changes", "grain", "assessed", "weight",
        "veto", "baseline", "target", "challenge", "centre", "owner",
    )},
    "no": "line_no", "from": "in_force",
}  # fmt: skip
"""Columns whose name readers know from the pages."""

UNITS: Final = (*KINDS, "currency", "CNY", "USD", "EUR")
YES_NO: Final = ("true", "false")


def _means(zh: str, en: str) -> Meaning:
    return Meaning(Message(zh, en))


_OWN: Final[Mapping[str, Meaning]] = {
    "department": _means(
        "归口部门（`site.yml` 中的编号），也是文件所在的文件夹。",
        "The department that owns the card (its id in `site.yml`), and its file's folder.",
    ),
    KEY: _means(
        "这一行在文件里的位置，请勿改动。新增一行时留空。",
        "Where the row stands in its file: leave it as it is, and empty for a new row.",
    ),
    "scorecard": _means(
        "所属记分卡的编号。新行加在上一行之后。",
        "The id of the scorecard. A new row comes behind the one above it.",
    ),
    "of_what": _means(
        "属于哪张指标卡（编号），或记分卡的哪一行（它的“位置”）。",
        "The card (its id) or the line of a scorecard (its key) that the set belongs to.",
    ),
}


def columns_of(sheet: SheetName, languages: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a sheet; texts have one for each of the ``languages``."""
    made = {"cards": _cards, "scorecards": _scorecards, "thresholds": _thresholds}[sheet]
    return tuple(made(languages))


def _text(record: str, key: str, languages: Sequence[str], width: int = 24) -> Iterator[Column]:
    for language in languages:
        yield Column(f"{key}.{language}", (key,), "text", record, width, language)


def _cards(languages: Sequence[str]) -> Iterator[Column]:
    yield Column("id", ("id",), "word", "indicator", 26)
    yield Column("department", (), "word", "indicator", 20)
    for key, width in (("name", 26), ("definition", 50), ("purpose", 36)):
        yield from _text("indicator", key, languages, width)
    yield Column("formula", ("formula",), "code", "indicator", 36)
    yield Column("terms", ("terms",), "any", "indicator", 60)
    yield Column("unit", ("unit",), "any", "indicator", 12, choices=UNITS)
    yield Column("decimals", ("decimals",), "word", "indicator", 9)
    yield _choice("indicator", "direction", CARD)
    yield _choice("indicator", "cycle", CARD)
    yield from _in_force("thresholds")
    for key in ("collector", "source", "verifier", "presentation"):
        yield from _text("indicator", key, languages)
    yield from _text("indicator", "notes", languages, 36)
    yield Column("perspective", ("perspective",), "word", "indicator", 14)
    yield Column("audience", ("audience",), "word", "indicator", 12)
    yield Column("dimensions", ("dimensions",), "list", "indicator", 24)
    yield Column("aliases", ("aliases",), "list", "indicator", 24)
    yield Column("related", ("related",), "list", "indicator", 24)
    yield _choice("indicator", "status", CARD)
    yield Column("retired", ("retired",), "word", "indicator", 11)
    yield Column("successor", ("successor",), "word", "indicator", 20)
    for key in ("scale", "chart", "steps", "examples", "changes", "versions"):
        yield Column(key, (key,), "any", "indicator", 30)
    yield Column("points", ("points",), "code", "indicator", 24)
    yield Column("centre", ("centre",), "word", "indicator", 9)
    yield Column("longer", ("longer",), "word", "indicator", 9, choices=YES_NO)
    yield Column("season", ("season",), "word", "indicator", 9)
    yield Column("formerly", ("formerly",), "list", "indicator", 20)


def _scorecards(languages: Sequence[str]) -> Iterator[Column]:
    yield Column(KEY, (), "word", "", 20)
    yield Column("scorecard", (), "word", "scorecard", 18)
    yield Column("no", ("no",), "word", "line", 7)
    yield from _text("line", "title", languages, 30)
    yield Column("indicator", ("indicator",), "word", "line", 26)
    yield Column("of", ("of",), "any", "line", 18)
    yield Column("weight", ("weight",), "any", "line", 9)
    yield Column("from", ("from",), "word", "line", 11)
    yield Column("until", ("until",), "word", "line", 11)
    yield _choice("line", "cycle", SCORECARD)
    yield from _in_force("thresholds")
    for key in ("assessed", "source", "notes"):
        yield from _text("line", key, languages)
    yield Column("points", ("points",), "code", "line", 20)
    for key in ("steps", "deduct", "bonus", "veto"):
        yield Column(key, (key,), "any", "line", 20)
    yield Column("take", ("take",), "word", "line", 12, choices=("points_mean", "points_last"))
    yield Column("cap", ("cap",), "word", "line", 8)
    yield Column("floor", ("floor",), "word", "line", 8)
    yield Column("shared", ("shared",), "word", "line", 8, choices=YES_NO)
    yield Column("owner", ("owner",), "word", "scorecard", 14)
    yield from _text("scorecard", "about", languages, 40)
    yield Column("scored", ("scored",), "word", "scorecard", 8, choices=YES_NO)
    yield _choice("scorecard", "missing", SCORECARD)
    yield Column("start", ("start",), "word", "scorecard", 8)
    yield Column("for_each", ("for_each",), "any", "scorecard", 18)
    yield Column("grades", ("grades",), "any", "scorecard", 24)


def _thresholds(_languages: Sequence[str]) -> Iterator[Column]:
    yield Column(KEY, (), "word", "", 26)
    yield Column("of_what", (), "word", "", 26)
    yield Column("from", ("from",), "word", "threshold", 11)
    yield Column("grain", ("grain",), "word", "threshold", 11, choices=_choices(CARD, "cycle"))
    yield Column("of", ("of",), "any", "threshold", 20)
    yield Column("per_cycle", ("per_cycle",), "word", "threshold", 10, choices=YES_NO)
    for key in ("baseline", "target", "challenge"):
        yield Column(key, (key,), "word", "threshold", 13)


def _in_force(key: str) -> Iterator[Column]:
    """Yield the columns of the set of thresholds in force: the newest for the whole."""
    for name in ("from", "baseline", "target", "challenge"):
        yield Column(f"{key}.{name}", (key, name), "word", "threshold", 13)


def _choice(record: str, key: str, shape: Shape[Any]) -> Column:
    return Column(key, (key,), "word", record, 12, choices=_choices(shape, key))


def _choices(shape: Shape[Any], key: str) -> tuple[str, ...]:
    properties: Any = shape.schema["properties"]
    return tuple(str(each) for each in properties[key].get("enum", ()))
