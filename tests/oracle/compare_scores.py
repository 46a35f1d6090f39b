"""The oracle's scores against ``data/scores.csv`` of a built site."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from tests.oracle.cal import P
from tests.oracle.content import Json
from tests.oracle.engine import Oracle
from tests.oracle.scorecards import Scored, Scorer, Total, flat, periods, scorecards

_Rows = list[dict[str, str]]


def score_differences(root: Path, oracle: Oracle, data: bytes) -> list[str]:
    """Return what ``scores.csv`` has wrong, a line for each difference."""
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    scorer, cards = Scorer(oracle), scorecards(root)
    wanted = {(name, p.label): p for name, card in cards.items() for p in periods(scorer, card)}
    actual = {key: list(own) for key, own in groupby(rows, lambda r: (r["scorecard"], r["period"]))}
    found = [f"scores: missing {key}" for key in wanted.keys() - actual.keys()]
    found += [f"scores: surplus {key}" for key in actual.keys() - wanted.keys()]
    for key in sorted(wanted.keys() & actual.keys()):
        found += _period(scorer, cards[key[0]], wanted[key], actual[key])
    return found


def _period(scorer: Scorer, card: Json, period: P, rows: _Rows) -> Iterator[str]:
    want = scorer.totals(card, period)
    where = f"{card['id']} {period.label}"
    own = {member: list(found) for member, found in groupby(rows, lambda r: r["member"])}
    if set(own) != set(want):
        yield f"{where}: members {sorted(own)}, expected {sorted(want)}"
        return
    for member, found in own.items():
        yield from _member(card, want[member], found, f"{where} {member}".strip())
    if "for_each" in card and card.get("scored"):
        totals = [want[member].total for member in own]
        ranked = [t for t in totals if t is not None]
        if ranked != sorted(ranked, reverse=True) or None in totals[: len(ranked)]:
            yield f"{where}: members out of rank"


def _member(card: Json, want: Total, rows: _Rows, where: str) -> Iterator[str]:
    count = len(want.lines)
    for line, row in zip(want.lines, rows[:count], strict=True):
        yield from _line(card, want, line, row, f"{where} {row['no']} {row['indicator']}")
    if not card.get("scored"):
        if rows[count:]:
            yield f"{where}: a total of what is not scored"
        return
    (total,) = rows[count:]
    yield from _number(where, "total", total["points"], want.total)
    if total["grade"] != want.grade:
        yield f"{where} grade: {total['grade'] or 'none'}, expected {want.grade or 'none'}"
    if total["state"] != want.state:
        yield f"{where} state: {total['state']}, expected {want.state}"
    if want.total is not None:
        parts = sum((Fraction(r["contribution"] or 0) for r in rows[:count]), Fraction(0))
        weighed = any("weight" in line for line in flat(card["lines"]))
        start = Fraction(0) if weighed else Fraction(str(card.get("start", 100)))
        struck = any("veto" in line.line for line in want.lines)
        if want.total and not struck and abs(start + parts - want.total) > Fraction(1, 10**9):
            yield f"{where}: rows come to {float(start + parts)}, total {float(want.total)}"


def _line(card: Json, total: Total, want: Scored, row: dict[str, str], where: str) -> Iterator[str]:
    if row["state"] != want.state:
        yield f"{where} state: {row['state']}, expected {want.state}"
    yield from _number(where, "value", row["value"], want.value)
    if row["kind"] in {"line", "bonus", "deduct"}:
        yield from _number(where, "points", row["points"], want.points)
    if not card.get("scored"):
        return
    yield from _number(where, "counted", row["counted"], want.weight)
    if "veto" not in want.line:
        added = want.moves
        weights = sum((one.weight or Fraction(0) for one in total.lines), Fraction(0))
        if want.weight is not None and want.points is not None and weights:
            added = want.weight * want.points / weights
        yield from _number(where, "contribution", row["contribution"], added)


def _number(where: str, name: str, text: str, want: Fraction | None) -> Iterator[str]:
    if (want is None) != (not text):
        shown = "nothing" if want is None else float(want)
        yield f"{where} {name}: {text or 'nothing'}, expected {shown}"
    elif want is not None and abs(Fraction(text) - want) > (1 + abs(want)) / 10**9:
        yield f"{where} {name}: {text}, expected {float(want)}"
