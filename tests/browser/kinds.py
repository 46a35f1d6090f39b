"""The kinds of pages that a site has, each by its page with the most in it."""

from __future__ import annotations

import re
from pathlib import Path

_MOST = 250_000  # characters; a longer page is a list of the same, over and over
_FIXED = {"by-cycle", "by-owner"}
_BY_ID = ("indicators", "departments", "perspectives", "scorecards", "reports", "datasets")


def pages_by_kind(language_folder: Path) -> dict[str, str]:
    """Return an address below a language's root for each kind of page in ``language_folder``.

    Kinds are read off the addresses, so that a new one is looked at without being named here;
    a kind of which some pages draw charts, and some do not, is two.
    """
    fullest: dict[str, tuple[int, str]] = {}
    for path in sorted(language_folder.rglob("index.html")):
        address = path.parent.relative_to(language_folder).as_posix()
        text = path.read_text(encoding="utf-8")
        kind = _kind(address) + (" with charts" if "data-spec=" in text else "")
        size = len(text) if len(text) <= _MOST else 0
        if size >= fullest.get(kind, (0, ""))[0]:
            fullest[kind] = (size, "" if address == "." else f"{address}/")
    return {kind: address for kind, (_, address) in sorted(fullest.items())}


def long_pages(language_folder: Path) -> list[str]:
    """Return the longest page of each kind in ``language_folder`` that has longer ones."""
    longest: dict[str, tuple[int, str]] = {}
    for path in sorted(language_folder.rglob("index.html")):
        address = path.parent.relative_to(language_folder).as_posix()
        size = len(path.read_text(encoding="utf-8"))
        if size > max(_MOST, longest.get(_kind(address), (0, ""))[0]):
            longest[_kind(address)] = (size, f"{address}/")
    return [address for _, address in longest.values()]


def _kind(address: str) -> str:
    first, *rest = address.split("/")
    if first not in (*_BY_ID, "handbook"):
        return address
    parts = (re.sub(r"\d+", "n", p) if p.startswith("edition") else p for p in rest[1:])
    named = [rest[0] if rest[0] in _FIXED else "*", *parts] if rest else []
    if first == "scorecards" and len(rest) > 1:
        named = ["*", "*"]
    return "/".join((first, *named))
