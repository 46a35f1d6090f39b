"""The oracle's rows against those of a built site, with a listing of what differs."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from fractions import Fraction

from tests.oracle.engine import Key, Oracle

NUMBERS = ("value", "points", "baseline", "target", "challenge")


def differences(oracle: Oracle, values: bytes, terms: bytes) -> list[str]:
    """Return what ``values.csv`` and ``terms.csv`` have wrong, a line for each difference."""
    return [*_values(oracle, _rows(values)), *_terms(oracle, _rows(terms))]


def listing(found: list[str], most: int = 40) -> str:
    """Return the first differences as text, and how many more there are."""
    more = [f"… and {len(found) - most} more"] if len(found) > most else []
    return "\n".join([f"{len(found)} differences", *found[:most], *more])


def _rows(content: bytes) -> dict[Key, dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    found = {Key(*(row.get(name, "") for name in Key._fields)): row for row in rows}
    assert len(found) == len(rows), "two rows with the same key"
    return found


def _values(oracle: Oracle, actual: dict[Key, dict[str, str]]) -> Iterator[str]:
    expected = oracle.values()
    yield from _keys("values", set(expected), set(actual))
    for key in sorted(expected.keys() & actual.keys()):
        row, want = actual[key], expected[key]
        for name in NUMBERS:
            yield from _number(key, name, row[name], getattr(want, name))
        for name in ("state", "unit"):
            if row[name] != getattr(want, name):
                yield f"{_show(key)} {name}: {row[name]}, expected {getattr(want, name)}"
        if want.value is not None and row["n"] != ("" if want.n is None else str(want.n)):
            yield f"{_show(key)} n: {row['n'] or 'nothing'}, expected {want.n}"


def _terms(oracle: Oracle, actual: dict[Key, dict[str, str]]) -> Iterator[str]:
    expected = oracle.terms()
    actual = {key: row for key, row in actual.items() if "~" not in key.term}  # older wordings
    yield from _keys("terms", set(expected), set(actual))
    for key in sorted(expected.keys() & actual.keys()):
        row, want = actual[key], expected[key]
        outcome = want.outcome if isinstance(want.outcome, Fraction) else None
        yield from _number(key, "value", row["value"], outcome)
        if outcome is not None and row["n"] != ("" if want.n is None else str(want.n)):
            yield f"{_show(key)} n: {row['n'] or 'nothing'}, expected {want.n}"


def _keys(file: str, expected: set[Key], actual: set[Key]) -> Iterator[str]:
    yield from (f"{file}: missing row {_show(key)}" for key in sorted(expected - actual))
    yield from (f"{file}: surplus row {_show(key)}" for key in sorted(actual - expected))


def _number(key: Key, name: str, text: str, want: Fraction | None) -> Iterator[str]:
    if want is None or not text:
        if want is not None or text:
            shown = "nothing" if want is None else float(want)
            yield f"{_show(key)} {name}: {text or 'nothing'}, expected {shown}"
        return
    if not math.isclose(Fraction(text), want, rel_tol=1e-9, abs_tol=1e-12):
        yield f"{_show(key)} {name}: {text}, expected {float(want)!r}"


def _show(key: Key) -> str:
    group = f" {key.dimension}={key.member!r}" if key.dimension else ""
    return f"{'.'.join(filter(None, key[:2]))} {key.grain} {key.period}{group}"
