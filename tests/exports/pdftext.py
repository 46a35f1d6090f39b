"""The text of a PDF, page by page, as a reader could select it: glyphs by their ToUnicode map.

Only as much of the format as Typst writes: no encryption, no compressed objects.
"""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_TEXT = re.compile(rb"BT\b.*?\bET\b", re.DOTALL)
_NESTED = rb"(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*"  # balanced parentheses need no escape
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\((" + _NESTED + rb")\)|<([0-9A-Fa-f]+)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page in the order of the pages, without line breaks."""
    objects = {int(m[1]): m[2] for m in _OBJECT.finditer(pdf)}
    tree = next(o for o in objects.values() if b"/Type/Pages" in o and b"/Kids" in o)
    kids = re.search(rb"/Kids\[(.*?)\]", tree)
    assert kids
    return [_page(objects, objects[int(n)]) for n in re.findall(rb"(\d+) 0 R", kids[1])]


def _page(objects: dict[int, bytes], page: bytes) -> str:
    fonts = _fonts(objects, objects[_reference(page, b"Resources")])
    found, font = [], {}
    content = _stream(objects[_reference(page, b"Contents")])
    shown = (m for text in _TEXT.finditer(content) for m in _SHOWN.finditer(text[0]))
    for match in shown:
        if match[1]:
            font = fonts[match[1]]
            continue
        codes = bytes.fromhex(match[3].decode()) if match[3] else _literal(match[2])
        pairs = (codes[i : i + 2] for i in range(0, len(codes), 2))
        found.append("".join(font.get(int.from_bytes(p, "big"), "") for p in pairs))
    return "".join(found)


def _fonts(objects: dict[int, bytes], resources: bytes) -> dict[bytes, dict[int, str]]:
    listed = re.search(rb"/Font<<(.*?)>>", resources)
    pairs = re.findall(rb"/(f\d+) (\d+) 0 R", listed[1] if listed else b"")
    return {
        name: _map(_stream(objects[_reference(objects[int(n)], b"ToUnicode")])) for name, n in pairs
    }


def _map(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]+)>$", cmap, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _reference(holder: bytes, key: bytes) -> int:
    match = re.search(rb"/" + key + rb" (\d+) 0 R", holder)
    assert match, (key, holder)
    return int(match[1])


def _stream(holder: bytes) -> bytes:
    body = holder.partition(b"stream\n")[2].rsplit(b"\nendstream", 1)[0]
    return zlib.decompress(body)


def _literal(text: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        own = match[1]
        return bytes([int(own, 8)]) if own[:1].isdigit() else _NAMED.get(own, own)

    return _ESCAPE.sub(plain, text)
