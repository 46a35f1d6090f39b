"""What rows of totals are called, in the languages in which people keep their lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_WORDS: Final = (
    "合计", "总计", "小计", "共计", "总合计", "合計", "小計", "総計", "합계", "총계", "소계",
    "총합계", "Total", "Subtotal", "Sub-total", "Sub total", "Grand total", "Grand Total", "Totals",
    "Sum total",
    "Gesamt", "Gesamtsumme", "Gesamtergebnis", "Insgesamt", "Summe", "Zwischensumme",
    "Total général", "Sous-total", "Total general", "Total geral", "Totale", "Totale generale",
    "Totaal", "Subtotaal", "Eindtotaal", "Итого", "Всего", "Разом", "Усього",
    "Razem", "Ogółem", "Łącznie", "Suma", "Celkem", "Spolu", "Összesen", "Ukupno", "Skupaj",
    "Toplam", "Genel toplam", "Genel Toplam", "Ara toplam", "Ara Toplam",
    "Summa", "Delsumma", "Totalt", "Sum", "I alt", "Yhteensä", "Kokku", "Σύνολο",
    "Tổng cộng", "Tổng", "Jumlah", "รวม", "รวมทั้งสิ้น", "المجموع", "الإجمالي", "סה״כ", "कुल",
)  # fmt: skip


def _spelled() -> Iterator[str]:
    for word in _WORDS:
        yield from (word, word.lower(), word.upper())


TOTAL_WORDS: Final = frozenset(_spelled())
"""What a row of totals is called where a member's name should stand."""

CALLED: Final = (
    r"(?i)(?:[合总小共総]\s*[计計]|\s汇\s*总|^\s*(?:本[日周旬月季年]\s*)?累\s*计|[합총소]\s*계|"
    r"^(?:.*[\s-]|\s*(?:sub|sous|eind))?(?:totals?|totaal|totale)(?:\s+g[eé]n[eé]rale?|\s+geral)?|"
    r"^(?:total for|total pour|summe für|totaal voor|итого по)\s.*|"
    r"^(?:.*[\s-])?(?:(?:ins)?gesamt|(?:gesamt|zwischen|end|teil)?summe|gesamtergebnis)|"
    r"^(?:.*[\s-])?(?:итого|всего|разом|усього|razem|ogółem|łącznie|celkem|spolu|összesen|ukupno"
    r"|skupaj|toplam|(?:del)?summa|totalt|i alt|yhteensä|kokku|σύνολο|tổng cộng|รวมทั้งสิ้น"
    r"|المجموع|الإجمالي|اجمالي)|^(?:suma|sum|jumlah|tổng|รวม|סה[״\"]כ|कुल)"
    r")\s*[:：]?\s*$"
)
"""The same words spaced out, with a colon, or behind a name: 合 计, 华东小计, East Total."""

BESIDE: Final = (
    r"(?i)^\s*(?:total(?: for)?|summe|gesamt|zwischensumme|sous-total|subtotal|итого(?: по)?|всего"
    r"|razem|toplam|summa|celkem|összesen)[\s:]+|"
    r"(?:[\s-]+(?:sub)?total|[\s-]+totaal|[\s-]+(?:zwischen)?summe|[\s-]+gesamt|[\s-]+ergebnis|"
    r"[\s-]+résultat|\s*[合总小]\s*计|\s*合計|\s*小計|\s*汇总|\s*[합소]\s*계"
    r"|[\s-]+(?:итого|razem|toplam[ıi]?|summa|celkem|összesen))\s*[:：]?\s*$"
)
"""What stands before or behind a member's name in the row of its total."""

SO_FAR: Final = r"(?i)累\s*计|\bytd\b|to date|kumuliert|cumul[ée]|누계"
"""In the name of a total of the year so far: 本年累计."""
