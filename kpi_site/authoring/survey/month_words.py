"""Months and quarters as words, in the languages in which spreadsheets come."""

from __future__ import annotations

import re
from typing import Final

_LANGUAGES: Final = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber mrz apr mai jun jul aug sept okt nov dez",
    "jan feb mär apr mai jun jul aug sep okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "jan fév mar avr mai jui jul aoû sep oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago set oct nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
)
_MONTHS: Final = {
    word: number
    for language in _LANGUAGES
    for number, word in enumerate(language.split(), start=1)
    if word != "jui"  # juin or juillet
}
_QUARTERS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "I": 1, "II": 2, "III": 3, "IV": 4}
_QUARTER: Final = re.compile(r"第?([一二三四])季度?|(I{1,3}|IV)(?:[. ].*)?|[^0-9]*([1-4])[^0-9]*")
_WITH_YEAR: Final = re.compile(
    r"([^0-9]+?)[ .'’/-]*((?:19|20)?[0-9]{2})|((?:19|20)[0-9]{2})年?[ ./-]*([^0-9]+)"
)
_WITH_DAY: Final = re.compile(r"[0-9]{1,2}\.? (?:de )?([^0-9 ]+)(?: de)? (?:19|20)[0-9]{2}")


def month_of(text: str) -> int | None:
    """Return the number of the month that ``text`` names: März, juil., 三月."""
    return _MONTHS.get(text.strip().removesuffix(".").lower())


def quarter_of(text: str) -> int | None:
    """Return the number of the quarter that ``text`` names: 第一季度, III, 2e trimestre."""
    found = _QUARTER.fullmatch(text.strip())
    part = next(filter(None, found.groups()), None) if found else None
    return None if part is None else _QUARTERS.get(part) or int(part)


def half_of(text: str) -> int | None:
    """Return the number of the half of a year that ``text`` names: H1, 上半年."""
    return {"H1": 1, "H2": 2, "上半年": 1, "下半年": 2}.get(text.strip().upper())


def month_of_day(text: str) -> str | None:
    """Return the word for the month of a day: 1. Januar 2024, 12 mars 2024, 3 de mayo de 2024."""
    found = _WITH_DAY.fullmatch(text)
    return found[1] if found and month_of(found[1]) else None


def month_and_year(text: str) -> tuple[str, str] | None:
    """Divide ``März 2024``, ``2024 mars`` into the word for the month and the year's digits."""
    found = _WITH_YEAR.fullmatch(text)
    if found is None:
        return None
    word, year = (found[1], found[2]) if found[1] else (found[4], found[3])
    return None if month_of(word) is None else (word, year)
