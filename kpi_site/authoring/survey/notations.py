"""How a column of texts writes its numbers, tried with the very reader of the facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, Literal

import polars as pl

from kpi_site.catalog import Field, Notation
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.numerals import NONE, UNIFIED, Habits, plain_numbers, read_numeral, spelled

_TRIED_FIRST: Final = 1000  # cells that show how numbers are written
_MULTIPLIERS: Final = {
    "万": 10**4, "亿": 10**8, "百万": 10**6, "千": 1000, "k": 1000, "K": 1000, "M": 10**6,
    "Mio.": 10**6, "Mio": 10**6, "million": 10**6, "mn": 10**6, "Mrd.": 10**9, "Mrd": 10**9,
    "bn": 10**9, "billion": 10**9, "Tsd.": 1000, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7,
    "crores": 10**7, "Cr": 10**7,
}  # fmt: skip
_SCALE: Final = re.compile(
    r"[0-9] *(百万|万|亿|千(?![克米瓦伏卡])|[kKM](?![A-Za-z])|Mio\.?|Mrd\.?|Tsd\.|(?:million|mn|bn"
    r"|billion|lakhs?|crores?)(?![A-Za-z]))|(?:₹|Rs\.?|INR) ?[0-9.,]+ *(Cr)(?![A-Za-z])"
)
UNITS: Final = frozenset({
    "¥", "$", "€", "£", "₩", "₹", "HK$", "NT$", "JPY", "HKD", "TWD", "KRW", "INR", "CHF", "CAD",
    "AUD", "SGD", "SEK", "NOK", "DKK", "Fr.", "R$", "BRL", "MXN", "zł", "PLN", "Kč", "CZK", "Ft",
    "HUF", "₽", "RUB", "kr", "円", "日元", "港元", "美元", "欧元", "英镑", "件", "台", "套", "个",
    "人", "次", "吨", "千克", "公斤", "克", "米", "千米", "公里", "小时", "分钟", "天", "kg", "g",
    "t", "km", "m", "h", "min", "hrs", "Std", "Std.", "Stk", "Stk.", "pcs", "units", "Rp", "IDR",
    "RM", "MYR", "₫", "đ", "VND", "฿", "THB", "₱", "PHP", "S$", "A$", "C$", "NZ$", "US$", "₺",
    "TRY", "TL", "₪", "ZAR", "lei", "RON", "SAR", "AED", "₴", "UAH", "Rs", "Rs.", "USD",
    "EUR", "GBP", "CNY", "RMB", "元", "원", "箱", "张", "单", "辆", "票", "车", "床", "人次",
    "例", "户", "本", "页", "份", "批", "托", "吨公里", "kWh", "度", "m²", "m³", "L", "l", "ml",
    "mg", "bed", "beds", "days", "hours", "h.", "Tage", "Stunden", "Stück", "ks", "szt.", "шт.",
    "руб.", "руб",
})  # fmt: skip
_MEASURE_FIRST: Final = re.compile(r"(?!kr|Fr|Rp|Rs|RM|TL|R\$|[A-Z]{3})[A-Za-z²³]+\.? ?[0-9]")  # L1
_CLOCK: Final = re.compile(r"-?[0-9]{1,5}:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?")
_CORE: Final = re.compile(r"[0-9][0-9.,' \u00a0\u202f’]*")


def notation_of(cells: pl.Series) -> Notation | None:
    """Return the notation in which most of ``cells`` are numbers; None if there is none.

    What is unusual must be seen: a column of plain numbers has no notation.
    """
    sample = cells.head(_TRIED_FIRST).to_list()
    if not sample or sum(bool(re.search(r"[0-9０-９]", text)) for text in sample) < len(sample):
        return None
    if all(_CLOCK.fullmatch(text) for text in sample):
        odd = cells.str.contains(r":[0-9]{2}:[0-9.]*[1-9]").any()
        return Notation(clock="seconds" if odd else "minutes")
    for notation in _candidates(sample):
        if notation != Notation() and all(_is_amount(text, notation) for text in sample[:20]):
            return notation
    return None


def _is_amount(text: str, notation: Notation) -> bool:
    """Tell whether a cell is a number with a currency or measure, and not a name with digits."""
    found = read_numeral(text, notation)
    if found is None or text != text.strip() or (found.unit and found.unit not in UNITS):
        return False
    return not _MEASURE_FIRST.match(text)


def _candidates(sample: Sequence[str]) -> Iterator[Notation]:
    full_width = any(re.search(r"[０-９]", text) for text in sample)
    texts = [text.translate(UNIFIED) for text in sample]
    found = (_SCALE.search(text) for text in texts)
    sizes = {_MULTIPLIERS[scale[1] or scale[2]] for scale in found if scale}
    multiplier = Decimal(sizes.pop()) if len(sizes) == 1 else Decimal(1)
    whole = "".join(texts)
    for decimal, group in _signs(texts):
        for bare in (True, False):
            yield Notation(
                decimal=decimal,
                group=group,
                bare=bare,
                percent="%" in whole,
                negative=_negative(texts),
                multiplier=multiplier,
                exponent=re.search(r"[0-9][eE][+-]?[0-9]", whole) is not None,
                full_width=full_width,
            )


def _negative(texts: Iterable[str]) -> Literal["parentheses", "trailing"] | None:
    """Return how numbers below nought are written, where no sign stands before them."""
    if any(re.search(r"\([^()]*[0-9]", text) for text in texts):
        return "parentheses"
    return "trailing" if any(re.search(r"[0-9] ?-$", text) for text in texts) else None


def _signs(texts: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the decimal sign and the one between thousands that the digits show, if any."""
    cores = [found[0].strip() for text in texts if (found := _CORE.search(text))]
    after_comma = [
        len(core.rpartition(",")[2].partition(".")[0]) for core in cores if core.count(",") == 1
    ]
    comma_last = any("." in core and core.rfind(",") > core.rfind(".") for core in cores)
    blank = any(re.search(r"[0-9][ \u00a0\u202f][0-9]{3}", core) for core in cores)
    quote = any(re.search(r"[0-9]['’][0-9]{3}", core) for core in cores)
    if comma_last or (after_comma and any(places != 3 for places in after_comma)):
        points = any("." in core for core in cores)
        yield ",", " " if blank else "." if points else None
    elif any("," in core for core in cores):
        yield ".", ","
    elif any(re.search(r"\.[0-9]{3}\.[0-9]{3}", core) for core in cores):
        yield ",", "."
    yield ".", " " if blank else "'" if quote else None


def notes_of(cells: pl.Series, notation: Notation) -> Iterator[Message]:
    """Say why the notation is proposed, and what is uncertain."""
    first = cells[0]
    read = read_numeral(first, notation)
    if read is not None:
        yield Message(f"如“{first}”读作 {read.plain}", f"'{first}' is read as {read.plain}")
    if notation.clock is not None:
        yield Message(
            "若不是时长而是钟点，请改为 type: string，去掉 clock",
            "if it is no duration but a time of day: type: string, without clock",
        )
    ambiguous = cells.str.contains(r"^[+-]?[0-9]{1,3},[0-9]{3}$")
    if notation.group == "," and ambiguous.all():
        yield Message("逗号也可能是小数点", "the comma may be a decimal sign as well")
    if notation.exponent:
        yield Message(
            "科学记数法：末尾数字可能已经丢失",
            "scientific notation: it may have lost digits",
        )


def as_texts(cells: pl.Series, numbers: pl.Series, notation: Notation) -> pl.Series:
    """Return cells of a sheet in which ``numbers`` are as the texts beside them: 0.9 as 90%."""
    written = [
        spelled(cell, notation) if is_number else cell
        for cell, is_number in zip(cells, numbers, strict=True)
    ]
    return pl.Series(cells.name, written, dtype=pl.String)


def fitting(cells: pl.Series, notation: Notation) -> tuple[pl.Series, pl.Series]:
    """Return which cells are numbers in the notation, and those as plain numbers."""
    declared = Field(Name(cells.name, Location("")), "number", notation=notation)
    plain = plain_numbers(cells, declared, Habits())
    fits = plain != NONE
    return fits, plain.filter(fits)
