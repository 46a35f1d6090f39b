"""Which encoding a text file may have: tried in order, and said."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from kpi_site.problems import Message

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
# A lone Chinese character between small Latin letters: more likely a letter with an accent.
_ACCENTED: Final = re.compile(r"[A-Za-z]+[\u4e00-\u9fff][a-z]*")
_WESTERN: Final = "cp1252"
_EAST: Final = {  # where the everyday characters of encodings stand, kana too
    "gb18030": (0xB0A1, 0xD7F9),
    "big5": (0xA440, 0xC67E),
    "cp932": (0x829F, 0x9872),
}
_CENTRAL: Final = "cp1250"
_CENTRAL_LETTERS: Final = (
    "[ĄĆĘŁŃŚŹŻąćęłńśźżČĎĚŇŘŠŤŮŽčďěňřšťůžĽĹŔľĺŕŐŰőűĐđĂŞŢăşţÁÂÄÉËÍÎÓÔÖÚÜÝáâäéëíîóôöúüýÇçß]"
)
_SIGN_IN_WORD: Final = re.compile("(?<=[a-z])[³¹¿¾º](?=[a-z])|[£¯](?=[a-zóñ])")  # łążľş, Ł Ż
_ACUTE: Final = frozenset("áéíóú")
_HUNGARIAN: Final = _ACUTE | frozenset("öőüű")
_CYRILLIC: Final = "cp1251"
_WORD: Final = re.compile(r"[^\W\d_]+")
_RUSSIAN: Final = re.compile(r"[А-ЯЁІЇЄҐ]?[а-яёіїєґ]+|[А-ЯЁІЇЄҐ]+")
_COMMON: Final = frozenset("оеаинтсрвлкмі")  # of its letters two in three
_KOREAN: Final = "cp949"
_SYLLABLES: Final = frozenset(
    "이다는에의가을를로하고지도서사기자시대정인일은한국전원부구수상나라어아리해보조제주공장스그있면것들만등"
    "년월성명액금매출점량총계합실객별번호비용건과소동분입급담당직업체산울경강남북광천생재품판관영교육병환"
)  # the commonest of some 2,350
_ENOUGH: Final = 6  # characters, before an encoding is doubted for them
_LOOKED_AT: Final = 20_000  # characters
_ACCENT: Final = "[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0160\u0161\u017d\u017e\u0152\u0153]"
_SIGNS: Final = frozenset("\u00a0°€£§«»’‘“”„–—…·×½¼²³µ±®©™ªº¿¡")  # beside digits, or anywhere


def _beside_letters(accent: str) -> re.Pattern[str]:
    """Return the pattern of one or two letters of a class within or beside Latin ones."""
    return re.compile(f"(?<=[A-Za-z]){accent}{{1,2}}|{accent}{{1,2}}(?=[A-Za-z])")


_BESIDE_LETTERS: Final = _beside_letters(_ACCENT)
_BESIDE_CENTRAL: Final = _beside_letters(_CENTRAL_LETTERS)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, its encoding, and what was tried; ``sure`` where bytes leave no doubt."""

    text: str
    encoding: str
    tried: tuple[Message, ...]
    sure: bool


def decode(data: bytes, *, whole: bool = True) -> Decoded | tuple[Message, ...]:
    """Return the text by the first encoding that fits, or why none does.

    A byte order mark decides. Else UTF-8, GB18030 and UTF-16 are tried, in this order: text
    of another encoding is hardly ever sound UTF-8, but often passes for GB18030, as that of
    Western and Central Europe (cp1252, cp1250), Russia (cp1251), Korea (cp949), Taiwan (Big5) and
    Japan (cp932) does. Of a file that is not read as
    a ``whole`` the last character may be cut in two.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            said = Message(
                f"文件以 {encoding} 的标记开头", f"it begins with the mark of {encoding}"
            )
            text = _decoded(data, encoding, whole)
            return Decoded(text, encoding, (said,), sure=True) if isinstance(text, str) else (text,)
    tried: list[Message] = []
    for encoding in _CANDIDATES:
        found = _decoded(data, encoding, whole)
        if encoding == "gb18030" and (letters := _by_letters(data, whole)):
            fits = Message(f"{letters[1]} 的字母成词", f"{letters[1]} gives words of its letters")
            return Decoded(*letters, (*tried, fits), sure=False)
        if encoding == "gb18030" and (other := _eastern(found, data, whole)):
            fits = Message(f"{other[1]} 的字更常用", f"{other[1]} gives everyday characters")
            return Decoded(*other, (*tried, fits), sure=False)
        if isinstance(found, str) and not (encoding == "gb18030" and _is_western(found, data)):
            doubts = _doubts(found) if encoding == "gb18030" else ()
            fits = Message(f"{encoding} 可以解码", f"{encoding} fits")
            sure = encoding == "utf-8"
            return Decoded(found, encoding, (*tried, fits, *doubts), sure)
        if not isinstance(found, str):
            tried.append(found)
    western = _decoded(data, _WESTERN, whole)
    if isinstance(western, str) and _is_latin(western):
        return Decoded(western, _WESTERN, (*tried, _ACCENTS), sure=False)
    return tuple(tried)


def _by_letters(data: bytes, whole: bool) -> tuple[str, str] | None:
    """Return the text and its encoding where it is Korean, Russian or of Central Europe."""
    for encoding, is_it in ((_KOREAN, _is_korean), (_CYRILLIC, _is_russian)):
        text = _decoded(data, encoding, whole)
        if isinstance(text, str) and is_it(text[:_LOOKED_AT]):
            return text, encoding
    central, western = _decoded(data, _CENTRAL, whole), _decoded(data, _WESTERN, whole)
    if not isinstance(central, str) or not _BESIDE_CENTRAL.search(central[:_LOOKED_AT]):
        return None
    if not _is_latin(central[:_LOOKED_AT], _BESIDE_CENTRAL):
        return None
    odd = not isinstance(western, str) or not _may_be_western(western[:_LOOKED_AT])
    odd = odd or _is_hungarian(central[:_LOOKED_AT])
    return (central, _CENTRAL) if odd else None


def _is_korean(text: str) -> bool:
    words = [c for c in text if "\u3040" <= c <= "\ud7a3"]
    hangul = sum(c >= "\uac00" for c in words)
    common = sum(c in _SYLLABLES for c in words)
    return len(words) >= _ENOUGH and hangul >= 0.97 * len(words) and common >= 0.4 * len(words)


def _is_russian(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    sound = sum(_RUSSIAN.fullmatch(word) is not None for word in words)
    letters = sum(map(len, words))
    others = sum(c > "\x7f" and not c.isalpha() and c not in _SIGNS for c in text)
    common = sum(c in _COMMON for word in words for c in word.lower())
    known = sound >= 0.9 * len(words) and 2 * common >= letters
    return known and letters >= max(2 * _ENOUGH, 3 * len(words), 10 * others)


def _may_be_western(text: str) -> bool:
    """Tell whether letters of Western Europe make sense: no signs in words, and no ø beside è."""
    mixed = "ø" in text and re.search("[èìù]", text) is not None
    return not mixed and _SIGN_IN_WORD.search(text) is None


def _is_hungarian(text: str) -> bool:
    """Tell whether letters are Hungarian's: ő, which was õ, though not that of Portuguese (õe)."""
    letters = {c for c in text.lower() if c > "\x7f" and c.isalpha()}
    return "ő" in letters and bool(letters & _ACUTE) and letters <= _HUNGARIAN and "őe" not in text


def _eastern(found: str | Message, data: bytes, whole: bool) -> tuple[str, str] | None:
    """Return the text in Big5 or cp932 and its encoding, where it is rather that than GB18030."""
    if isinstance(found, str) and _everyday(found, "gb18030", few=1.0) > 0.7:
        return None
    texts = {name: _decoded(data, name, whole) for name in ("big5", "cp932")}
    shares = {
        name: _everyday(text, name, few=0.0)
        for name, text in texts.items()
        if isinstance(text, str)
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    text = texts[best] if best else None
    return (text, best) if best and shares[best] > 0.9 and isinstance(text, str) else None


def _everyday(text: str, encoding: str, *, few: float) -> float:
    """Return the share of everyday characters among those of the East, ``few`` of very few."""
    first, last = _EAST[encoding]
    codec = "gb2312" if encoding == "gb18030" else encoding
    words = (c for c in text if "\u3040" <= c <= "\u9fff")
    looked_at = [int.from_bytes(c.encode(codec, "ignore")) for c in islice(words, _LOOKED_AT)]
    if len(looked_at) < _ENOUGH:
        return few
    return sum(first <= code <= last for code in looked_at) / len(looked_at)


def _decoded(data: bytes, encoding: str, whole: bool) -> str | Message:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=whole)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        return Message(
            f"{encoding} 不行（第 {line} 行的字节 {byte}）",
            f"not {encoding} (byte {byte} in line {line})",
        )
    if encoding.startswith("utf-16-") and "\n" not in text:
        return Message(f"{encoding} 不行（没有换行）", f"not {encoding} (no line ends)")
    if "\0" in text:
        return Message(f"{encoding} 不行（含空字符）", f"not {encoding} (NUL characters)")
    return text


_ACCENTS: Final = Message(
    f"{_WESTERN} 可以解码：西欧的字母和符号",
    f"{_WESTERN} fits: letters and signs of Western Europe",
)


def _is_western(text: str, data: bytes) -> bool:
    """Tell whether ``text``, read as GB18030, is rather one with accents.

    A letter with an accent and the letter after it read as one character, which is hardly ever
    one of GB 2312, of which everyday Chinese consists.
    """
    chinese = [char for char in text if char > "\x7f"]
    rare = sum(not char.encode("gb2312", "ignore") for char in chinese)
    western = _decoded(data, _WESTERN, whole=False)
    return 2 * rare > len(chinese) and isinstance(western, str) and _has_accents(western)


def _has_accents(text: str) -> bool:
    return _BESIDE_LETTERS.search(text) is not None and _is_latin(text)


def _is_latin(text: str, beside: re.Pattern[str] = _BESIDE_LETTERS) -> bool:
    """Tell whether nearly all but ASCII are signs, or letters within or beside Latin ones."""
    strange = sum(char > "\x7f" and char not in _SIGNS for char in text)
    accents = sum(len(word[0]) for word in beside.finditer(text))
    return 10 * accents >= 9 * strange


def _doubts(text: str) -> tuple[Message, ...]:
    accented = _ACCENTED.search(text)
    if accented is None:
        return ()
    try:
        other = _ACCENTED.sub(lambda m: m[0].encode("gb18030").decode("cp1252"), accented[0])
    except UnicodeDecodeError:
        return ()
    return (
        Message(
            f"“{accented[0]}”也可能是 cp1252 的“{other}”",
            f"'{accented[0]}' may be '{other}' in cp1252",
        ),
    )
