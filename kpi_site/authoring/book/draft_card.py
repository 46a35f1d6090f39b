"""The text of a draft card that one row of a company's dictionary comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kpi_site.authoring.book.changing import texts_yaml
from kpi_site.authoring.book.guesses import (
    CYCLES,
    DIRECTIONS,
    direction_of,
    number_of,
    unit_of,
)
from kpi_site.authoring.book.reading import Place
from kpi_site.authoring.new_file import modeline, printable
from kpi_site.content.blanks import BLANK
from kpi_site.content.yaml_set import scalar_text, with_scalar, with_snippet

LIMITS: Final = ("baseline", "target", "challenge")
_NOTHING: Final = frozenset({"-", "--", "–", "—", "——", "/", "无", "暂无", "N/A", "n/a", "NA"})
"""What people write where there is no threshold, or no unit."""
Mapped = tuple[tuple[str, str], ...]
"""The keys of a card and the heads of the columns that tell them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the dictionary: the texts of its cells by key."""

    maps: Mapped
    cells: Map[str, tuple[str, Place]]
    languages: Sequence[str]

    def one(self, key: str) -> tuple[str, Place] | None:
        """Return what the column of ``key`` holds, if it holds something."""
        for known, head in self.maps:
            if known == key and self.cells[head][0]:
                return self.cells[head]
        return None

    def place(self, key: str) -> Place:
        """Return the cell of ``key``, in whatever language."""
        return next(self.cells[head][1] for known, head in self.maps if known.split(".")[0] == key)

    def texts(self, key: str) -> dict[str, str]:
        """Return the texts of ``key`` by language; of several columns each has its head."""
        found: dict[str, str] = {}
        for language in self.languages:
            keys = {f"{key}.{language}", *([key] if language == self.languages[0] else [])}
            own = [(head, self.cells[head][0]) for known, head in self.maps if known in keys]
            own = [(head, text) for head, text in own if text]
            if own:
                colon = "：" if language == "zh" else ": "
                more = [f"**{head}**{colon}{text}" for head, text in own[1:]]
                found[language] = "\n\n".join([own[0][1], *more])
        if key == "name":
            return {language: _in_a_line(text) for language, text in found.items()}
        return found


def _in_a_line(text: str) -> str:
    """Return a name without the line breaks of its cell; Chinese goes on without a blank."""
    text = re.sub(r"(?<=[^\x00-\x7f])\s*\n\s*(?=[^\x00-\x7f])", "", text)
    return re.sub(r"\s*\n\s*", " ", text)


def card_text(row: Row, name: str, perspective: str | None, file: str) -> str:
    """Return the text of a draft card; what the dictionary does not tell is a blank."""
    place = row.place("name")
    source = f"# {printable(place.file)}, {printable(place.name)}"
    text = f"{modeline('indicator', file)}\n{source}\nid: {name}\n"
    for key in ("name", "definition", "purpose"):
        text = _with_texts(text, key, row, needed=key != "purpose")
    formula, unit = row.one("formula"), row.one("unit")
    said = f"  # {printable(formula[0])}" if formula else ""
    text += f"formula: {BLANK}{said}\nterms: {BLANK}\n"
    symbol = unit_of(unit[0]) if unit and unit[0] not in _NOTHING else BLANK
    text += f"unit: {symbol}\n"
    text += _chosen(row, "direction", DIRECTIONS, None) or _direction(row)
    text += _chosen(row, "cycle", CYCLES, BLANK)
    text += _limits(row, percent=symbol == "percent", unit=unit[0] if unit else "")
    for key in ("notes", "collector", "source", "verifier", "presentation"):
        text = _with_texts(text, key, row, needed=False)
    if perspective is not None:
        text += f"perspective: {perspective}\n"
    if (aliases := row.one("aliases")) is not None:
        words = [w.strip() for w in re.split("[,，、;；\n]", aliases[0]) if w.strip()]
        listed = ", ".join(scalar_text(w, string=False, flow=True) for w in dict.fromkeys(words))
        text += f"aliases: [{listed}]\n"
    return text + "status: draft\n"


def _with_texts(text: str, key: str, row: Row, *, needed: bool) -> str:
    told = row.texts(key)
    if not told:
        return text + (f"{key}: {BLANK}\n" if needed else "")
    if len(row.languages) == 1:
        return with_scalar(text, (key,), told[row.languages[0]], string=True)
    return with_snippet(text, (key,), texts_yaml(told))


def _chosen(row: Row, key: str, guesses: Map[str, str], default: str | None) -> str:
    """Return a key whose word is one of a few; a word that is not known stays as a comment."""
    given = row.one(key)
    if given is None:
        return f"{key}: {default}\n" if default else ""
    found = guesses.get(_word(given[0]))
    told = direction_of(text for _, text in _told(row)) if key == "direction" else None
    if told is not None and {found, told} == {"higher", "lower"}:  # ↑ beside ≤5%
        return f"{key}: {BLANK}  # {printable(given[0])}; {told}?\n"
    if found is not None:
        return f"{key}: {found}\n"
    return f"{key}: {BLANK}  # {printable(given[0])}\n"


def _word(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()


def _direction(row: Row) -> str:
    """Return the direction that thresholds tell, as ``≤60`` does."""
    found = direction_of(text for _, text in _told(row))
    return f"direction: {found}\n" if found else ""


def _told(row: Row) -> list[tuple[str, str]]:
    told = [(key, given[0]) for key in LIMITS if (given := row.one(key)) is not None]
    return [(key, text) for key, text in told if text not in _NOTHING]


def _limits(row: Row, *, percent: bool, unit: str) -> str:
    """Return the thresholds; what is no plain number stays as a comment."""
    told = _told(row)
    if not told:
        return ""
    cycle = row.one("cycle")
    known = CYCLES.get(_word(cycle[0]), "") if cycle else ""
    lines = ["thresholds:\n"]
    for key, text in told:
        number = number_of(text, percent=percent, unit=unit, cycle=known)
        same = number == text
        value = BLANK if number is None else number
        lines.append(f"  {key}: {value}" + ("\n" if same else f"  # {printable(text)}\n"))
    return "".join(lines)
