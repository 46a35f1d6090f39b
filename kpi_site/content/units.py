"""Units of cards: the fixed ones, currencies, and symbols of one's own, with their scales."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from math import prod

from kpi_site.catalog import Measure, Scale, Text, UnitKind
from kpi_site.content.record import key, record
from kpi_site.content.scalars import NUMBER, STRING
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, scalar
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import Mapping as MappingNode
from kpi_site.content.yaml_source import Node
from kpi_site.problems import Message, closest

KINDS: tuple[UnitKind, ...] = (
    "percent", "points", "score", "count", "people", "minutes", "hours", "days",
)  # fmt: skip

# Codes of the currencies in use.
_ISO_4217 = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_ISO_4217.split())
# What people write for a code.
COMMON_NAMES = {"RMB": "CNY", "元": "CNY", "人民币": "CNY", "YUAN": "CNY", "¥": "CNY", "$": "USD"}
COMMON_NAMES |= {"€": "EUR", "EURO": "EUR", "NT$": "TWD", "NTD": "TWD"}
_NUMERALS = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_OF_THE_SITE = "currency"  # that of site.yml
_DECIMALS = {"count": 0, "people": 0, "currency": 2}

ScaleByLanguage = Mapping[str, Scale]


def default_decimals(unit: Measure) -> int:
    """Return the places shown where a card does not say: 0 for counts, 2 for money, else 1."""
    return _DECIMALS.get(unit.kind, 1)


def _positive(number: Decimal, node: Node, reading: FileReading) -> Decimal | Invalid:
    if number > 0:
        return number
    return reading.report(node.where, "out-of-range", Message("应大于 0", "must be greater than 0"))


_ONE_SCALE = record(
    Scale,
    key("symbol", STRING, required=True),
    key("divide", checked(NUMBER, _positive), required=True),
    name="one_scale",
)
SCALE: Shape[ScaleByLanguage] = record(
    lambda **scales: scales, key("zh", _ONE_SCALE), key("en", _ONE_SCALE), name="scale"
)


def _symbol(symbol: Text, scale: ScaleByLanguage | None = None) -> Measure:
    code = symbol.plain or symbol.en or symbol.zh or ""
    if code in CURRENCIES:
        return Measure("currency", code, scale=scale or {})
    return Measure("symbol", code, symbol, scale or {})


_BESIDE = Message("与 unit 并列的 scale", "scale beside unit")
_SYMBOL = record(
    _symbol, key("symbol", TEXT, required=True), key("scale", SCALE, now=_BESIDE), name="symbol"
)


def _read_unit(node: Node, reading: FileReading) -> Measure | Invalid:
    if isinstance(node, MappingNode):
        return _SYMBOL.read(node, reading)
    expected = Message("单位名称或 {symbol: …}", "a unit's name, or {symbol: …}")
    found = scalar(node, reading, expected)
    if isinstance(found, Invalid):
        return found
    if found.text in KINDS:
        return Measure(next(kind for kind in KINDS if kind == found.text), found.text)
    if found.text in CURRENCIES:
        return Measure("currency", found.text)
    if found.text == _OF_THE_SITE:
        return Measure("currency", reading.currency)
    return reading.report(
        found.where,
        "unknown-unit",
        Message(f"未知的单位“{found.text}”", f"unknown unit '{found.text}'"),
        _unit_hint(found.text),
    )


def _unit_hint(word: str) -> Message:
    named = COMMON_NAMES | {"%": "percent"}
    if match := re.fullmatch("([百千万亿]+)元", word):
        number = prod(_NUMERALS[letter] for letter in match[1])
        scale = f"{{zh: {{symbol: {word}, divide: {number}}}}}"
        return Message(
            f"请写 unit: CNY 和 scale: {scale}。", f"Write unit: CNY and scale: {scale}."
        )
    guess = named.get(word.upper()) or closest(word, (*KINDS, *sorted(CURRENCIES)))
    if guess:
        return Message(f"是不是想写“{guess}”？", f"Did you mean '{guess}'?")
    listed = ", ".join(KINDS)
    return Message(
        f"可用的有：{listed}、currency、货币代码，或 {{symbol: {word}}}。",
        f"Known here: {listed}, currency, a currency code, or {{symbol: {word}}}.",
    )


UNIT: Shape[Measure] = Shape(
    _read_unit,
    {
        "anyOf": [
            {"enum": [*KINDS, _OF_THE_SITE, *sorted(CURRENCIES)], "x-type": "unit"},
            _SYMBOL.schema,
        ]
    },
)
