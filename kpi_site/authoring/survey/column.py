"""What type a column of texts seems to have: guesses with their reasons, never silent ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpi_site.authoring.survey.notations import as_texts, fitting, notation_of, notes_of
from kpi_site.authoring.survey.times import share, time_types
from kpi_site.catalog import FieldType, Notation
from kpi_site.problems import Message
from kpi_site.tables.convert import FALSE, INTEGER, TRUE
from kpi_site.tables.formats import is_counted
from kpi_site.tables.totals import is_measure, totals_among

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

_NO_NUMBER: Final = frozenset({
    "#DIV/0!",
    "nil", "Nil", "NIL", "n.a.", "N.A.", "na", "n/d", "N/D", "nd", "k.A.", "s.o.", "TBD", "tbd",
    "TBC", "tbc", "缺", "缺失", "缺测", "未测", "无数据", "暂无",
})  # fmt: skip
"""Words that are none in columns of numbers and days, and may be members in one of words."""
_THOUSANDS: Final = r"^[+-]?[0-9]{1,3}(?:\.[0-9]{3})*$"
_POINT: Final = "the point is taken to stand between thousands; it may be a decimal sign as well"
_DAY_FIRST: Final = re.compile(r"%d[/-]%m")
_NO_AMOUNT: Final = r"^[¥￥$€£] ?[-–—]$"
_NUMBER: Final = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"
_MOST = 0.95  # of the cells must fit, or the type is none
_ENOUGH = 20  # cells, before a few that do not fit are called mistakes
_FEW = 12  # different words that make a list to choose from
_LONGEST_WORD = 20  # characters; beyond this a text is prose
_ID_NAME: Final = re.compile(
    r"(?i)(?:^|[_ /])(?:id|n[or°º]\.?|code|key|account|phone|postcode|sku|plz|cuenta|compte)$"
    r"|(?:nummer|nr\.?|konto|kostenstelle|kostenart|#)$|^n[°º] |^num[eé]ro"
    r"|编号|编码|序号|代码|单号|工号|证号|卡号|号码|账号|料号"
)
_BIRTH: Final = re.compile(
    r"(?i)born|birth|^dob$|出生|生日|geburt|geboren|naissance|nacimiento|nascimento|nascita|geboorte"
)
_YES_NO: Final = frozenset(
    {"是", "否", "有", "无", "Y", "N", "y", "n", "yes", "no", "Yes", "No", "对", "错"}
)
_ODD: Final = (
    (
        r"^(?:\s+[+-]?[\d.]+\s*|[+-]?[\d.]+\s+)$",
        Message(
            "数字前后有空格：请在 dialect 中写 trim: true，再改为 type: number",
            "there are blanks around numbers: write trim: true in dialect, then type: number",
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
    notation: Notation | None = None
    enum: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    complete: bool = False
    unique: bool = False
    notes: tuple[Message, ...] = ()
    totals: tuple[str, ...] = ()  # words of rows that are totals

    @property
    def named_like_id(self) -> bool:
        """Tell whether the column's name is one of an identifier."""
        return _ID_NAME.search(self.name) is not None

    @property
    def is_share(self) -> bool:
        """Tell whether its numbers are percentages."""
        return self.notation is not None and self.notation.percent

    @property
    def tells_years(self) -> bool:
        """Tell whether it is a column of years alone."""
        form = self.format or ""
        return self.type == "date" and "%Y" in form and form.count("%") == 1

    @property
    def tells_days(self) -> bool:
        """Tell whether each row has its day, not of a birth."""
        form = self.format
        is_day = form is None or is_counted(form) or "%d" in form
        is_time = self.type in {"date", "datetime"}
        return is_time and is_day and self.complete and not self.tells_birth

    @property
    def tells_birth(self) -> bool:
        """Tell whether the column's name says when people were born."""
        return _BIRTH.search(self.name) is not None


def see(texts: pl.Series, *, typed: bool, commas: bool = False) -> Seen:
    """Guess the type of a column of texts, null where a cell is empty.

    ``typed`` says that days were typed values in the file and are written in ISO here, ``commas``
    that it comes from where decimal signs are commas: points stand between thousands, and days
    before months.
    """
    cells = texts.drop_nulls()
    words = _absent_among(cells)
    full = not words and cells.len() == texts.len()
    totals = _totals(cells) if full else frozenset()  # what is no number counts as empty
    rest = cells.filter(~cells.is_in([*words, *totals])) if words or totals else cells
    name = texts.name
    if rest.is_empty() and not totals:
        note = Message("整列为空，类型未知", "the column is empty, its type unknown")
        return Seen(name, "string", notes=(note,))
    guess = _best(_guesses(name, rest, typed=typed, commas=commas), rest.len())
    if guess is None and (none := frozenset(rest.unique()) & _NO_NUMBER):
        numbers = rest.filter(~rest.is_in([*none]))
        again = _best(_guesses(name, numbers, typed=typed, commas=commas), numbers.len())
        if again is not None and again.type != "string" and again.fits.all():
            guess, rest, words, full = again, numbers, words | none, False
    if guess is None:
        return _words(texts, cells)
    misfit = _misfit_notes(guess.type, rest.filter(~guess.fits))
    return Seen(
        name, guess.type, guess.format, guess.decimals, guess.notation,
        absent=tuple(sorted(words)), complete=full, unique=_unique(rest),
        notes=(*guess.notes, *_absent_notes(words), *misfit, *_same_as_above(guess.type, texts)),
        totals=tuple(sorted(totals)),
    )  # fmt: skip


def without_totals(texts: pl.DataFrame, columns: Sequence[Seen]) -> pl.DataFrame:
    """Return the rows that are no totals."""
    for column in columns:
        if column.totals:
            texts = texts.filter(~pl.col(column.name).is_in(column.totals).fill_null(value=False))
    return texts


def _totals(cells: pl.Series) -> frozenset[str]:
    """Return the words for a total; where all are, a measure is called so: Population, total."""
    found = totals_among(cells)
    measure = found and cells.is_in([*found]).all() and is_measure(cells)
    return frozenset() if measure else found


def _absent_among(cells: pl.Series) -> frozenset[str]:
    """Return the words for a missing value; a currency with a dash alone is an empty amount."""
    dash = cells.filter(cells.str.contains(_NO_AMOUNT)).unique().to_list()
    return frozenset(cells.unique().to_list()) & ABSENT | frozenset(dash)


def from_commas(columns: Sequence[Seen], delimiter: str | None) -> bool:
    """Tell whether columns come from where decimal signs are commas, and days go before months."""
    if any((c.notation and c.notation.decimal == ",") or _DAY_FIRST.match(c.format or "")
           for c in columns):  # fmt: skip
        return True
    points = [c for c in columns if c.type == "number" and c.notation is None]
    return delimiter == ";" and all(column.decimals == 3 for column in points)


def _best(guesses: Iterable[_Guess], cells: int) -> _Guess | None:
    """Return the narrowest type that fits every cell, else the narrowest that fits most."""
    most: _Guess | None = None
    for guess in guesses if cells else ():
        misfits = cells - int(guess.fits.sum())
        if not misfits:
            return guess
        if most is None and _is_it(cells, misfits):
            most = guess
    return most


@dataclass(frozen=True, slots=True)
class _Guess:
    """A type that a column may have: ``fits`` tells of each cell whether it is of that type."""

    type: FieldType
    fits: pl.Series
    format: str | None = None
    decimals: int | None = None
    notes: tuple[Message, ...] = ()
    notation: Notation | None = None


def _is_it(cells: int, misfits: int) -> bool:
    return not misfits or (cells >= _ENOUGH and misfits <= (1 - _MOST) * cells)


def _guesses(name: str, cells: pl.Series, *, typed: bool, commas: bool) -> Iterator[_Guess]:
    """Yield the types that are tried, the narrowest first."""
    yield _Guess("boolean", cells.is_in([*TRUE[::2], *FALSE[::2], "True", "False"]))
    for time in time_types(cells, typed=typed, day_first=commas):
        notation = Notation(full_width=True) if time.wide else None
        yield _Guess(time.type, time.fits, time.format, notes=time.notes, notation=notation)
    digits = cells.str.contains(INTEGER)
    if digits.all():
        note = _why_text(name, cells)
        if note is not None:
            yield _Guess("string", digits, notes=(note,))
    yield _Guess("integer", digits)
    numbers = cells.str.contains(_NUMBER)
    if commas and cells.str.contains(_THOUSANDS).all():
        note = Message("点当作千位分隔；也可能是小数点", _POINT)
        yield _Guess("integer", numbers, notes=(note,), notation=Notation(decimal=",", group="."))
    yield from _decimal(cells, numbers)
    if _ID_NAME.search(name):
        return  # 12M of a code is no 12 million
    yield from _written(cells)
    if typed and (notation := notation_of(cells.filter(~numbers))) and notation.clock is None:
        yield from _read_as(notation, as_texts(cells, numbers, notation))


def _written(cells: pl.Series) -> Iterator[_Guess]:
    """Yield the type of numbers that are written in a way of their own."""
    notation = notation_of(cells)
    if notation is not None:
        yield from _read_as(notation, cells)


def _read_as(notation: Notation, cells: pl.Series) -> Iterator[_Guess]:
    fits, plain = fitting(cells, notation)
    places = plain.str.extract(r"\.(\d*)$").str.len_chars().max()
    most = places if isinstance(places, int) else 0
    if most > 18:
        return
    notes = tuple(notes_of(cells, notation))
    moved = notation.percent or notation.multiplier != 1 or notation.exponent
    if not most and not moved:
        yield _Guess("integer", fits, notes=notes, notation=notation)
    else:
        told = _places(most)
        yield _Guess("number", fits, decimals=max(most, 1), notes=(*notes, told), notation=notation)


def _decimal(cells: pl.Series, numbers: pl.Series) -> Iterator[_Guess]:
    places = cells.filter(numbers).str.extract(r"\.(\d*)$").str.len_chars().max()
    if isinstance(places, int) and places <= 18:
        most = max(places, 1)
        note = _places(most)
        yield _Guess("number", numbers, decimals=most, notes=(note,))


def _places(most: int) -> Message:
    places = "1 decimal place" if most == 1 else f"{most} decimal places"
    return Message(f"小数最多 {most} 位", f"{places} at most {'was' if most == 1 else 'were'} seen")


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
        first, one = misfits[0], misfits.len() == 1
        yield Message(
            f"有 {misfits.len()} 格不是 {kind}，如“{first}”：check 会逐个指出",
            f"a cell is no {kind}, '{first}': check will name it"
            if one
            else f"{misfits.len()} cells are no {kind}, such as '{first}': check will name them",
        )
        if totals := ", ".join(sorted(totals_among(misfits))):
            yield Message(
                f"有“{totals}”：合计行会重复计算，请用 totals 说明哪些行是合计",
                f"there is '{totals}': a row of totals would count twice, declare it as `totals`",
            )


def _words(texts: pl.Series, cells: pl.Series) -> Seen:
    """Return a column of texts: a list to choose from, where there are few words."""
    distinct = cells.unique().sort().to_list()
    words = frozenset(distinct)
    absent = tuple(sorted(words & ABSENT - {"无", "空", "/"})) if len(words) > 2 else ()
    listed = [word for word in distinct if word not in absent]
    blanks = any(word != word.strip() for word in distinct)
    prose = any(len(word) > _LONGEST_WORD or word.count(" ") > 3 for word in distinct)
    odd = tuple(note for pattern, note in _ODD if _mostly(cells, pattern))[:1]
    few = len(distinct) <= _FEW and cells.len() >= max(_ENOUGH, 5 * len(distinct))
    totals = _totals(cells)
    sound = few and not (odd or blanks or prose or totals)
    notes = [*odd, *_absent_notes(frozenset(absent)), *_same_as_above("string", texts)]
    if len(words) == 2 and words <= _YES_NO:
        notes.append(_YES_OR_NO)
    if blanks:
        notes.append(_BLANKS)
    return Seen(
        texts.name, "string", enum=tuple(listed) if sound else (), absent=absent,
        complete=not absent and cells.len() == texts.len(), unique=_unique(cells),
        notes=tuple(notes), totals=tuple(sorted(totals)),
    )  # fmt: skip


def _same_as_above(kind: FieldType, texts: pl.Series) -> Iterator[Message]:
    """Say where a word seems to hold for the empty cells below it, as in an outline."""
    filled = texts.len() - texts.null_count()
    once = filled == texts.n_unique() - 1  # the empty cell aside
    named = texts.len() > 0 and texts[0] is not None
    if kind in {"string", "date"} and named and once and 1 < filled <= texts.len() // 2:
        yield Message(
            "空格若表示同上，请在文件里逐行填上",
            "if an empty cell means the one above, fill it in in the file",
        )


_BLANKS: Final = Message(
    "有的词前后有空格：可在 dialect 中写 trim: true",
    "there are blanks around some words: trim: true in dialect takes them off",
)


_YES_OR_NO: Final = Message(
    "是否两值：导出为 true 和 false，就能用 type: boolean",
    "yes or no: exported as true and false it could be a boolean",
)


def _mostly(cells: pl.Series, pattern: str) -> bool:
    """Tell whether all cells are of an odd kind or plain numbers, and some are odd."""
    odd = cells.str.contains(pattern)
    return bool(odd.any()) and share(odd | cells.str.contains(_NUMBER)) >= _MOST


def _unique(cells: pl.Series) -> bool:
    return cells.n_unique() == cells.len()
