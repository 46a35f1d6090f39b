"""What type a column of texts seems to have: guesses with their reasons, never silent ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpi_site.authoring.survey.times import share, time_types
from kpi_site.catalog import FieldType
from kpi_site.problems import Message
from kpi_site.tables.convert import FALSE, INTEGER, TRUE
from kpi_site.tables.totals import TOTAL_WORDS

ABSENT: Final = frozenset(
    {
        "NA",
        "N/A",
        "n/a",
        "#N/A",
        "NULL",
        "null",
        "None",
        "nan",
        "NaN",
        "-",
        "--",
        "—",
        "/",
        "无",
        "空",
    }
)
"""Words that often stand for a missing value in columns of numbers and days."""

_NUMBER: Final = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$"
_MOST = 0.95  # of the cells must fit, or the type is none
_ENOUGH = 20  # cells, before a few that do not fit are called mistakes
_FEW = 12  # different words that make a list to choose from
_ID_NAME: Final = re.compile(
    r"(?i)(?:^|_)(?:id|no|code|key)$|编号|序号|代码|单号|工号|证号|号码|账号"
)
_YES_NO: Final = frozenset(
    {"是", "否", "有", "无", "Y", "N", "y", "n", "yes", "no", "Yes", "No", "对", "错"}
)
_ODD: Final = (
    (
        r"^(?:\s+[+-]?[\d.]+\s*|[+-]?[\d.]+\s+)$",
        Message(
            "数字前后有空格：读取时不认。请去掉空格，再改为 type: number",
            "there are blanks around numbers, which are not read: remove them, then type: number",
        ),
    ),
    (
        r"^[+-]?[\d.,]+\s*[%％]$",
        Message(
            "像百分数：读取时不认 %。请导出为小数（12.5% 写成 0.125），再改为 type: number",
            "looks like percentages, and % is not read: export 12.5% as 0.125, then type: number",
        ),
    ),
    (
        r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$",
        Message(
            "像带千位分隔符的数：读取时不认。请导出为 1234.5，再改为 type: number",
            "looks like numbers with thousands separators, which are not read: "
            "export 1,234.5 as 1234.5, then type: number",
        ),
    ),
    (
        r"^[+-]?\d+,\d+$",
        Message(
            "像用逗号作小数点的数：读取时不认。请导出为 12.5，再改为 type: number",
            "looks like numbers with a decimal comma, which is not read: "
            "export 12,5 as 12.5, then type: number",
        ),
    ),
    (
        r"^(?:[¥￥$€£]\s*[\d.,]+|[\d.,]+\s*(?:元|万元|[¥￥$€£]))$",
        Message(
            "像带货币符号的金额：读取时不认。请只导出数字，再改为 type: number",
            "looks like amounts with a currency sign, which is not read: "
            "export the number alone, then type: number",
        ),
    ),
    (
        r"^[+-]?\d(?:\.\d+)?[eE][+-]?\d+$",
        Message(
            "像科学记数法：末尾数字可能已经丢失，读取时也不认。请重新导出",
            "looks like scientific notation, which is not read and may have lost digits: "
            "export again",
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A column as it seems to be; ``notes`` say what is uncertain, for people to judge."""

    name: str
    type: FieldType
    format: str | None = None
    decimals: int | None = None
    enum: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    complete: bool = False
    unique: bool = False
    notes: tuple[Message, ...] = ()

    @property
    def named_like_id(self) -> bool:
        """Tell whether the column's name is one of an identifier."""
        return _ID_NAME.search(self.name) is not None


def see(texts: pl.Series, *, typed: bool) -> Seen:
    """Guess the type of a column of texts, null where a cell is empty.

    ``typed`` says that days were typed values in the file and are written in ISO here.
    """
    cells = texts.drop_nulls()
    words = frozenset(cells.unique().to_list()) & ABSENT
    rest = cells.filter(~cells.is_in(list(words))) if words else cells
    name = texts.name
    if rest.is_empty():
        note = Message("整列为空，类型未知", "the column is empty, its type unknown")
        return Seen(name, "string", notes=(note,))
    for guess in _guesses(name, rest, typed=typed):
        misfits = rest.filter(~guess.fits)
        if _is_it(rest.len(), misfits.len()):
            notes = (*guess.notes, *_absent_notes(words), *_misfit_notes(guess.type, misfits))
            complete = not words and cells.len() == texts.len()
            return Seen(
                name, guess.type, guess.format, guess.decimals, absent=tuple(sorted(words)),
                complete=complete, unique=_unique(rest), notes=notes,
            )  # fmt: skip
    return _words(texts, cells)


@dataclass(frozen=True, slots=True)
class _Guess:
    """A type that a column may have: ``fits`` tells of each cell whether it is of that type."""

    type: FieldType
    fits: pl.Series
    format: str | None = None
    decimals: int | None = None
    notes: tuple[Message, ...] = ()


def _is_it(cells: int, misfits: int) -> bool:
    return not misfits or (cells >= _ENOUGH and misfits <= (1 - _MOST) * cells)


def _guesses(name: str, cells: pl.Series, *, typed: bool) -> Iterator[_Guess]:
    """Yield the types that are tried, the narrowest first."""
    yield _Guess("boolean", cells.is_in([*TRUE[::2], *FALSE[::2], "True", "False"]))
    for time in time_types(cells, typed=typed):
        yield _Guess(time.type, time.fits, time.format, notes=time.notes)
    digits = cells.str.contains(INTEGER)
    if digits.all():
        note = _why_text(name, cells)
        if note is not None:
            yield _Guess("string", digits, notes=(note,))
    yield _Guess("integer", digits)
    numbers = cells.str.contains(_NUMBER)
    yield from _decimal(cells, numbers)


def _decimal(cells: pl.Series, numbers: pl.Series) -> Iterator[_Guess]:
    places = cells.filter(numbers).str.extract(r"\.(\d*)$").str.len_chars().max()
    if isinstance(places, int) and places <= 18:
        most = max(places, 1)
        note = Message(f"小数最多 {most} 位", f"{most} decimal places at most were seen")
        yield _Guess("number", numbers, decimals=most, notes=(note,))


def _why_text(name: str, cells: pl.Series) -> Message | None:
    """Say why digits are better kept as text: they are a name, not an amount."""
    if cells.str.contains(r"^[+-]?0\d").any():
        return Message("有前导零，按文本保留", "kept as text: there are leading zeros")
    longest = cells.str.len_chars().max()
    if isinstance(longest, int) and longest >= 16:
        return Message("数字太长，按文本保留", "kept as text: too many digits for a number")
    if _ID_NAME.search(name):
        return Message(
            "全是数字，但列名像编号，按文本保留；若要计算请改为 integer",
            "kept as text: digits, but named like an identifier; `integer` if it is an amount",
        )
    return None


def _absent_notes(words: frozenset[str]) -> Iterator[Message]:
    if words:
        listed = ", ".join(sorted(words))
        yield Message(f"{listed} 当作缺失", f"{listed} taken as missing")


def _misfit_notes(kind: str, misfits: pl.Series) -> Iterator[Message]:
    if misfits.len():
        first = misfits[0]
        yield Message(
            f"有 {misfits.len()} 格不是 {kind}，如“{first}”：check 会逐个指出",
            f"{misfits.len()} cells are no {kind}, such as '{first}': check will name them",
        )
        yield from _told(frozenset(misfits.to_list()))


def _words(texts: pl.Series, cells: pl.Series) -> Seen:
    """Return a column of texts: a list to choose from, where there are few words."""
    distinct = cells.unique().sort().to_list()
    words = frozenset(distinct)
    odd = tuple(note for pattern, note in _ODD if _mostly(cells, pattern))[:1]
    few = len(distinct) <= _FEW and cells.len() >= max(_ENOUGH, 5 * len(distinct))
    enum = tuple(distinct) if few and not odd and not words & TOTAL_WORDS else ()
    return Seen(
        texts.name, "string", enum=enum, complete=cells.len() == texts.len(),
        unique=_unique(cells), notes=(*odd, *_told(words)),
    )  # fmt: skip


def _told(words: frozenset[str]) -> Iterator[Message]:
    """Say what some words probably mean: the sum of other rows, or a truth value."""
    if totals := ", ".join(sorted(words & TOTAL_WORDS)):
        yield Message(
            f"有“{totals}”：合计行会重复计算，请用 totals 说明哪些行是合计",
            f"there is '{totals}': a row of totals would count twice, declare it as `totals`",
        )
    if len(words) == 2 and words <= _YES_NO:
        yield Message(
            "是否两值：导出为 true 和 false，就能用 type: boolean",
            "yes or no: exported as true and false it could be a boolean",
        )


def _mostly(cells: pl.Series, pattern: str) -> bool:
    """Tell whether all cells are of an odd kind or plain numbers, and some are odd."""
    odd = cells.str.contains(pattern)
    return bool(odd.any()) and share(odd | cells.str.contains(_NUMBER)) >= _MOST


def _unique(cells: pl.Series) -> bool:
    return cells.n_unique() == cells.len()
