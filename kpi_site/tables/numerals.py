"""Numbers as people write them, by what a column declares; exact, and nothing is guessed.

A sign that changes the size (万, %, k) is read where it is declared and refused elsewhere, and
the cells of a column have one currency or unit: 12 EUR and 12 USD are not added up.
Rules: specification.md#notation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Final, Literal

import polars as pl

from kpi_site.catalog import Field, Notation
from kpi_site.exact import WHOLE

NONE: Final = "?"  # stands for a cell that is no number in the declared notation
_PLAIN: Final = Notation()

# Full-width forms, other blanks, minus signs and apostrophes as the plain ones.
UNIFIED: Final[dict[int, int]] = {
    **{0xFF01 + i: 0x21 + i for i in range(94)},
    **{ord(blank): ord(" ") for blank in "\u3000\u00a0\u2009\u202f"},
    **{ord(sign): ord(plain) for sign, plain in zip("−’￥￡", "-'¥£", strict=True)},
}

_UNIFIED: Final = [*map(chr, UNIFIED)], [*map(chr, UNIFIED.values())]


def unified(texts: pl.Series) -> pl.Series:
    """Return a column of texts with plain digits and signs."""
    return texts.str.replace_many(*_UNIFIED)


_SCALES: Final = {
    "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11,
    "万亿": 12, "k": 3, "K": 3, "thousand": 3, "Tsd.": 3, "M": 6, "mn": 6, "mio": 6, "Mio": 6,
    "Mio.": 6, "million": 6, "B": 9, "bn": 9, "Mrd": 9, "Mrd.": 9, "billion": 9,
    "lakh": 5, "lakhs": 5, "lac": 5, "crore": 7, "crores": 7, "Cr": 7, "Cr.": 7,
}  # fmt: skip
_WORDS: Final = sorted(_SCALES, key=len, reverse=True)
# 千克 is a unit, not thousands; 千元 is thousands.
_SCALED_UNIT: Final = re.compile(
    r"^(?:[十百千万]*[万亿]|千(?![克米瓦伏卡赫字焦帕])|(?:"
    + "|".join(re.escape(word) for word in _WORDS if word.isascii())
    + r")(?![A-Za-z]))"
)
_SAME_UNIT: Final = {
    "元": "¥", "人民币": "¥", "CNY": "¥", "RMB": "¥", "圆": "¥", "USD": "$", "US$": "$",
    "EUR": "€", "GBP": "£",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it was written: its value, its unit, and whether a word for the scale stood."""

    value: Decimal
    unit: str = ""
    scaled: bool = False
    moved: bool = False  # the value is not the digits as they stand

    @property
    def plain(self) -> str:
        """The value as ``-1234.50``; without closing zeros, where the point has moved."""
        text = format(self.value, "f")
        return text.rstrip("0").rstrip(".") if self.moved and "." in text else text


@dataclass(slots=True)
class Habits:
    """How the first cells of columns are written, by name: all others must follow."""

    units: dict[str, str] = field(default_factory=dict)
    scaled: dict[str, bool] = field(default_factory=dict)


def read_numeral(text: str, notation: Notation) -> Numeral | None:
    """Return the number that ``text`` writes, None if it is none in this notation."""
    unified = text.translate(UNIFIED)
    if notation.clock is not None:
        return _duration(unified, notation.clock)
    negative = False
    if notation.negative == "parentheses" and (inside := _IN_BRACKETS.fullmatch(unified)):
        before, unified, after = inside.groups()
        unified, negative = before + unified + after, True
    elif notation.negative == "trailing" and unified.endswith("-"):
        unified, negative = unified[:-1].rstrip(), True
    found = _pattern(notation).fullmatch(unified)
    if found is None or (found["sign"] and (found["second"] or negative)):
        return None
    if negative and found["second"]:
        return None
    unit = _unit(found["before"] or "", found["after"] or "")
    if unit is None:
        return None
    digits = found["number"].replace(notation.group or "", "").replace(notation.decimal, ".")
    sign = "-" if negative or "-" in (found["sign"], found["second"]) else ""
    value = WHOLE.create_decimal(sign + digits + (found["exponent"] or ""))
    if notation.percent:
        value = WHOLE.scaleb(value, -2)
    if notation.multiplier != 1:
        value = WHOLE.multiply(value, notation.multiplier)
    moved = notation.percent or notation.multiplier != 1 or bool(found["exponent"])
    return Numeral(value, unit, bool(found["scale"]), moved)


_CLOCK: Final = re.compile(r"([+-]?)([0-9]+):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]+)?))?")


def _duration(text: str, unit: Literal["minutes", "seconds"]) -> Numeral | None:
    """Return how long hours, minutes and seconds are; minutes have no part."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    seconds = Decimal(found[4] or 0)
    if unit == "minutes" and seconds:
        return None
    value = Decimal(minutes) if unit == "minutes" else WHOLE.add(Decimal(minutes * 60), seconds)
    return Numeral(WHOLE.minus(value) if found[1] == "-" else value, moved=True)


_IN_BRACKETS: Final = re.compile(r"([^()\d]*)\(([^()]*)\)([^()\d]*)")


def _unit(before: str, after: str) -> str | None:
    """Return the unit of a number; None where it has two, or one that tells another size."""
    words = [word for word in (before.strip(), after.strip()) if word]
    units = {_SAME_UNIT.get(word, word) for word in words}
    if len(units) > 1 or any(_SCALED_UNIT.match(word) for word in words):
        return None
    return units.pop() if units else ""


@cache
def _pattern(notation: Notation) -> re.Pattern[str]:
    point = re.escape(notation.decimal)
    whole = "[0-9]+"
    if notation.group is not None:
        comma = re.escape(notation.group)
        threes = rf"[0-9]{{1,3}}(?:{comma}[0-9]{{3}})+"
        indian = rf"[0-9]{{1,2}}(?:{comma}[0-9]{{2}})+{comma}[0-9]{{3}}"
        whole = rf"(?:{threes}|{indian}|[0-9]+)"
    number = rf"(?P<number>{whole}(?:{point}[0-9]*)?|{point}[0-9]+)"
    exponent = r"(?P<exponent>[eE][+-]?[0-9]{1,3})?" if notation.exponent else "(?P<exponent>)"
    unit = r"(?:[^0-9+\-()\[\].,'%‰]|(?<=[A-Za-z])\.)*?"
    before, after, gap = ("", "", "") if notation.bare else (unit, unit, " *")
    second = "" if notation.bare else "[+-]?"
    scale = " *" + _alternatives(notation.multiplier) if notation.multiplier != 1 else "(?P<scale>)"
    percent = " *%" if notation.percent else ""
    return re.compile(
        rf"(?P<sign>[+-]?){gap}(?P<before>{before})(?P<second>{second}){gap}{number}{exponent}"
        rf"{scale}{percent}(?P<after>{after})"
    )


def _alternatives(multiplier: Decimal) -> str:
    words = [re.escape(w) for w in _WORDS if Decimal(10) ** _SCALES[w] == multiplier]
    return rf"(?P<scale>{'|'.join(words)})?" if words else "(?P<scale>)"


def plain_numbers(texts: pl.Series, declared: Field, habits: Habits) -> pl.Series:
    """Return a column of texts as plain numbers, ``NONE`` where a cell is no number.

    So it is, too, where a cell has another unit than the column's first ones, or alone lacks
    (or has) the word for the scale. ``habits`` holds what those had, over batches.
    """
    notation = declared.notation or _PLAIN
    quick = _quickly(texts, notation)
    rest = texts if quick is None else texts.filter(quick.is_null() & texts.is_not_null())
    if rest.null_count() == rest.len():
        return texts if quick is None else quick
    different = rest.drop_nulls().unique(maintain_order=True)
    plain = [_habitual(read_numeral(t, notation), str(declared.name), habits) for t in different]
    read = rest.replace_strict(different, pl.Series(plain, dtype=pl.String), default=None)
    if quick is None:
        return read
    return quick.scatter((quick.is_null() & texts.is_not_null()).arg_true(), read)


def _habitual(found: Numeral | None, name: str, habits: Habits) -> str:
    if found is None:
        return NONE
    if found.unit and habits.units.setdefault(name, found.unit) != found.unit:
        return NONE
    if found.value and habits.scaled.setdefault(name, found.scaled) != found.scaled:
        return NONE
    return found.plain


def _quickly(texts: pl.Series, notation: Notation) -> pl.Series | None:
    """Return what whole columns at a time can read: digits, groups of three, a decimal sign."""
    known = not notation.percent and notation.multiplier == 1 and notation.bare
    if not known or notation.clock is not None:
        return None
    whole = "[0-9]+"
    if notation.group is not None:
        whole = rf"(?:[0-9]{{1,3}}(?:[{notation.group}][0-9]{{3}})+|[0-9]+)"
    cell = pl.col(texts.name)
    plain = cell
    if notation.group is not None:
        plain = cell.str.replace_all(notation.group, "", literal=True)
    if notation.decimal != ".":
        plain = plain.str.replace(notation.decimal, ".", literal=True)
    sign, behind = "[+-]?", ""
    if notation.negative == "trailing":
        sign, behind = "", "-?"
        number = plain.str.strip_suffix("-")
        plain = pl.when(plain.str.ends_with("-")).then("-" + number).otherwise(plain)
    fits = cell.str.contains(rf"^{sign}{whole}(?:[{notation.decimal}][0-9]*)?{behind}$")
    return texts.to_frame().select(pl.when(fits).then(plain).alias(texts.name)).to_series()


def spelled(text: str, notation: Notation) -> str:
    """Write a plain number of a typed cell in the column's notation: a value is no text."""
    if notation.percent:
        text = format(WHOLE.scaleb(Decimal(text), 2), "f") + "%"
    return text.replace(".", notation.decimal)


def of_values(declared: Field) -> Field:
    """Return the column as its typed numbers are read: as they are, times the multiplier."""
    known = declared.notation
    if known is None:
        return declared
    left = None if known.multiplier == 1 else Notation(multiplier=known.multiplier)
    return replace(declared, notation=left)


def sample(notation: Notation) -> str:
    """Return a number as the column writes it, for readers: ``1.234,5``."""
    if notation.clock is not None:
        return "1:30" if notation.clock == "minutes" else "1:30:05"
    point = notation.decimal
    number = f"12{point}5%" if notation.percent else f"1{notation.group or ''}234{point}5"
    if not notation.bare:
        number = f"¥{number}"
    if notation.negative:
        number += f" ({number})" if notation.negative == "parentheses" else f" {number}-"
    if notation.exponent:
        number += " 1e3"
    return number if notation != Notation(full_width=True) else "１２３"
