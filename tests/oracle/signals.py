"""Signal or noise, worked out anew in plain Python from ``values.csv`` and the cards' YAML.

Nothing here is the product's: exact fractions, and every rule asked of every window there is.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from tests.oracle import arith, cal
from tests.oracle.content import Content, Json

Values = Sequence[Fraction | None]
_CYCLES = {"week", "ten_days", "month", "quarter"}
_ONE = {"week": {"1w"}, "ten_days": {"1w", "10d"}, "month": {"1mo"}, "quarter": {"1q", "1mo"}}


@dataclass(frozen=True)
class Xmr:
    """Mean, limits, and for each value (side, rule) or None."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    marks: tuple[tuple[str, str] | None, ...]


def xmr(values: Values) -> Xmr | None:
    """Return limits and signals of ``values``; None where there are too few."""
    known = [v for v in values if v is not None]
    ranges = [abs(a - b) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < 12 or not ranges:
        return None
    mean = sum(known, Fraction(0)) / len(known)
    average = sum(ranges, Fraction(0)) / len(ranges)
    kept = [r for r in ranges if not r > Fraction("3.267") * average]
    reach = Fraction("2.66") * sum(kept, Fraction(0)) / len(kept)
    sides = [_side(v, mean) for v in values]
    away = [Fraction(-1) if v is None else abs(v - mean) for v in values]
    two_thirds = reach * Fraction(2, 3)
    far, outside = [a > two_thirds for a in away], [a > reach for a in away]
    steps = [_step(a, b) for a, b in pairwise(values)]
    marks = tuple(_mark(i, sides, far, outside, steps) for i in range(len(values)))
    return Xmr(mean, mean - reach, mean + reach, marks)


def _side(value: Fraction | None, mean: Fraction) -> str:
    if value is None or value == mean:
        return ""
    return "high" if value > mean else "low"


def _step(old: Fraction | None, new: Fraction | None) -> str:
    return "" if old is None or new is None else _side(new, old)


def _mark(
    i: int, sides: list[str], far: list[bool], outside: list[bool], steps: list[str]
) -> tuple[str, str] | None:
    if outside[i]:
        return sides[i], "point"
    threes = [at for at in _windows(len(sides), i, 3) if len(set(sides[at])) == 1]
    if far[i] and any(sum(far[at]) >= 2 for at in threes):
        return sides[i], "two_of_three"
    if sides[i] and any(len(set(sides[at])) == 1 for at in _windows(len(sides), i, 7)):
        return sides[i], "shift"
    for at in _windows(len(sides), i, 7):  # the earliest first
        six = set(steps[at.start : at.stop - 1])
        if six in ({"high"}, {"low"}):
            return min(six), "trend"
    return None


def _windows(count: int, i: int, size: int) -> Iterator[slice]:
    """Yield every run of ``size`` neighbours that ``i`` is one of."""
    for start in range(max(0, i - size + 1), min(i, count - size) + 1):
        yield slice(start, start + size)


def _terms(content: Content, card: Json, seen: frozenset[str] = frozenset()) -> Iterator[Json]:
    names = set(arith.names(str(card["formula"])))
    done: set[str] = set()
    while names - done:
        name = min(names - done)
        done.add(name)
        term = card["terms"][name]
        yield term
        if "term" in term:
            names.add(term["term"])
        if "indicator" in term and term["indicator"] not in seen:
            other = content.indicators[term["indicator"]]
            yield from _terms(content, other, seen | {term["indicator"]})


def _charted(content: Content, card: Json, labels: list[str], values: Values) -> Values | None:
    terms = list(_terms(content, card))
    shared = any("window" in t or "to_date" in t for t in terms)
    if shared or any(t.get("lag") in _ONE[card["cycle"]] for t in terms):
        return None
    found = list(values)
    if any("at" in t or "since" in t for t in terms):
        found = _less(found, 1)
    if "season" in card:
        return _seasonal(str(card["cycle"]), int(card["season"]), labels, found)
    return found


def _seasonal(cycle: str, season: int, labels: list[str], values: Values) -> Values:
    """Take off the value a season before; of whole years that of the period of the same name."""
    per_year = {"month": 12, "quarter": 4, "ten_days": 36}.get(cycle)
    if per_year is None or season % per_year:
        return _less(values, season)
    known = dict(zip(labels, values, strict=True))
    found: list[Fraction | None] = []
    for label, new in known.items():
        old = known.get(str(int(label[:4]) - season // per_year) + label[4:])
        found.append(None if new is None or old is None else new - old)
    return found


def _less(values: Values, lag: int) -> list[Fraction | None]:
    return [
        None if i < lag or new is None or (old := values[i - lag]) is None else new - old
        for i, new in enumerate(values)
    ]


def rows(content: Content, table: bytes) -> list[dict[str, str]]:
    """Return the rows of ``signals.csv``; numbers as exact fractions in text."""
    found: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(table.decode(), newline="")):
        card = content.indicators[row["indicator"]]
        if row["grain"] == card["cycle"] in _CYCLES:
            found[row["indicator"], row["dimension"], row["member"]].append(row)
    made = []
    for (name, _, _), series in found.items():
        made += _series(content, content.indicators[name], series)
    return sorted(made, key=lambda r: (r["indicator"], r["dimension"], r["member"]))


def _series(content: Content, card: Json, series: list[dict[str, str]]) -> list[dict[str, str]]:
    since = _since(content, card, [row["period"] for row in series])
    own = series[since:]
    final = [Fraction(row["value"]) if row["state"] == "ok" else None for row in own]
    values = _charted(content, card, [row["period"] for row in own], final)
    told = xmr(values) if values is not None else None
    if values is None or told is None:
        return []
    shown = [i for i, v in enumerate(values) if v is not None]
    newest = shown[-1]
    plain = values == final
    same = {
        "mean": str(told.mean), "lower": str(told.lower), "upper": str(told.upper),
        "variation": _variation(card, told.marks[newest]),
        "assurance": _assurance(card, own[newest], told) if plain and "season" not in card else "",
    }  # fmt: skip
    keys = ("indicator", "period", "dimension", "member")
    return [
        {
            **{key: own[i][key] for key in keys}, **same, "value": str(values[i]),
            "signal": (told.marks[i] or ("", ""))[0], "rule": (told.marks[i] or ("", ""))[1],
        }
        for i in shown
    ]  # fmt: skip


def _since(content: Content, card: Json, labels: list[str]) -> int:
    fiscal = int(content.site.get("fiscal_year_start", 1))
    breaks = [c["from"] for c in card.get("changes", ()) if c.get("breaks_series")]
    at = [0]
    for label in breaks:
        inside = cal.containing(cal.start_of(str(label), fiscal), card["cycle"], fiscal).label
        at += [labels.index(inside)] if inside in labels else []
    return max(at)


def _variation(card: Json, mark: tuple[str, str] | None) -> str:
    if mark is None:
        return "common"
    good: Mapping[str, str] = {"higher": "high", "lower": "low"}
    if card.get("direction") not in good:
        return "change"
    return "improvement" if mark[0] == good[card["direction"]] else "concern"


def _assurance(card: Json, row: dict[str, str], told: Xmr) -> str:
    direction = card.get("direction", "none")
    if not row["target"] or direction == "none":
        return ""
    target = Fraction(row["target"])
    lower, upper = told.lower, told.upper
    if direction == "within":
        centre = Fraction(str(card.get("centre", 0)))
        lowest, highest = centre - target, centre + target
        inside = lowest < lower and upper < highest
        outside = highest < lower or upper < lowest
        return "met" if inside else "missed" if outside else "varies"
    if direction == "lower":
        target, lower, upper = -target, -upper, -lower
    return "met" if target < lower else "missed" if target > upper else "varies"


def differences(content: Content, values: bytes, signals: bytes) -> list[str]:
    """Return where ``signals`` differ from what they should be; numbers agree to 15 digits."""
    wanted = rows(content, values)
    told = list(csv.DictReader(io.StringIO(signals.decode(), newline="")))
    if len(wanted) != len(told):
        return [f"{len(told)} rows instead of {len(wanted)}"]
    return [f"{a} instead of {b}" for a, b in zip(told, wanted, strict=True) if not _same(a, b)]


def _same(told: dict[str, str], wanted: dict[str, str]) -> bool:
    numbers = ("value", "mean", "lower", "upper")
    if any(told[key] != wanted[key] for key in told if key not in numbers):
        return False
    size = max(abs(float(_number(wanted[key]))) for key in numbers)
    pairs = ((_number(told[key]), _number(wanted[key])) for key in numbers)
    return all(a == b or abs(float(a - b)) <= size / 10**15 for a, b in pairs)


@lru_cache(maxsize=1000)
def _number(text: str) -> Fraction:
    """Return a number; most stand in many rows."""
    return Fraction(text)
