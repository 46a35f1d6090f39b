"""Random tables about few people, as whole sites: what is counted in them, and by which cards.

A table is drawn from its number alone, so that a finding can be made again. It has 5 to 40 cells
with its totals: a line of members, months and members, two dimensions, teams within units, cards
that share terms or leave a part out, means, amounts that are added up in several ways. The rest
(quarters, half years) comes on top.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.disclosure.survey import SITE
from tests.figures.small import card, dataset, write

KINDS: Final = ("line", "months", "two", "crossed", "units", "parts", "shared", "means")
AMOUNTS: Final = "amounts"
COUNTS: Final = (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 17, 22, 30, 45, 70)
MIN_COUNT: Final = 5
PROTECTION: Final = 0.5
SPLIT: Final = frozenset({"parts", "shared", AMOUNTS})
"""Kinds of tables in which some are done and others not."""
FIELDS: Final = (
    "name: team, type: string",
    "name: unit, type: string",
    "name: channel, type: string",
    "name: done, type: boolean",
    "name: score, type: integer, constraints: {required: true, minimum: 1, maximum: 5}",
    "name: extra, type: integer, constraints: {required: true, minimum: 0, maximum: 9}",
)
ADDED: Final = {
    "s": (0, 1, 0), "e": (0, 0, 1), "2s": (0, 2, 0), "s+e": (0, 1, 1), "s-e": (0, 1, -1),
    "n": (1, 0, 0),
}  # fmt: skip
"""What is added up: so many times rows, scores and extra points."""
WRITTEN: Final = {
    "s": "score", "e": "extra", "2s": "score * 2", "s+e": "score + extra", "s-e": "score - extra",
}  # fmt: skip


class Micro(NamedTuple):
    """The rows of one kind in one month: nothing finer is counted by any card."""

    month: int
    team: str
    unit: str
    channel: str
    done: bool


Meets = Callable[[Micro], bool]
"""Tells which rows a term counts."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a term adds up: rows, and ``value`` as well (a key of `ADDED`) of those ``valued``."""

    meets: Meets = lambda _: True
    base: bool = True  # in the divisor, or the only one
    value: str = ""
    valued: Meets = lambda _: True
    to_date: bool = False
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table: its rows by kind, and its cards, of which the terms are known by name.

    Of each row the score, and in ``extra`` the extra points.
    """

    number: int
    kind: str
    rows: dict[Micro, list[int]]
    extra: dict[Micro, list[int]]
    cards: dict[str, dict[str, Term]]
    files: dict[str, str]
    cells: int


def draw(number: int, kind: str = "") -> Drawn:
    """Return the table with this number; unless ``kind`` is told, its number tells it."""
    chance = random.Random(number)
    kind = kind or KINDS[number % len(KINDS)]
    months, teams, channels = _shape(kind, chance)
    names = [f"t{i:02}" for i in range(teams)]
    units = {name: f"u{i % max(2, teams // 3)}" for i, name in enumerate(names)}
    rows: dict[Micro, list[int]] = {}
    extra: dict[Micro, list[int]] = {}
    for month in range(1, months + 1):
        for team in names:
            for at in range(channels):
                for done in (True, False) if kind in SPLIT else (True,):
                    count = chance.choice(COUNTS)
                    scores = [chance.randint(1, 5) for _ in range(count)]
                    micro = Micro(month, team, units[team], f"c{at}", done)
                    rows[micro], extra[micro] = scores, [0] * count
                    if kind == AMOUNTS:
                        extra[micro] = [chance.randint(0, 9) for _ in scores]
    cards, files = _amounts(chance) if kind == AMOUNTS else _cards(kind, channels)
    members = {"two": teams + channels + 1, "units": teams + len({*units.values()}) + 1}
    width = members.get(kind, (teams + 1) * (channels + 1 if kind == "crossed" else 1))
    return Drawn(number, kind, rows, extra, cards, files, width * (months + (months > 1)))


def _shape(kind: str, chance: random.Random) -> tuple[int, int, int]:
    """Return how many months, teams and channels there are: 5 to 40 cells with totals."""
    match kind:
        case "line":
            return 1, chance.randint(4, 39), 1
        case "two":
            return 1, chance.randint(2, 8), chance.randint(2, 4)
        case "crossed":
            return 1, chance.randint(2, 7), chance.randint(2, 4)
        case "units":
            months = chance.randint(1, 3)
            return months, chance.randint(4, 20 // months if months > 1 else 28), 1
        case _:
            months = chance.randint(2, 6)
            return months, chance.randint(2, 40 // (months + 1) - 1), 1


def _cards(kind: str, channels: int) -> tuple[dict[str, dict[str, Term]], dict[str, str]]:
    """Return the cards' terms by name, and their files."""
    by_team = "dimensions: [team]\n"
    cards: dict[str, dict[str, Term]] = {"answers": {"number": Term()}}
    dimensions = {"two": "dimensions: [team, channel]\n", "units": "dimensions: [team, unit]\n"}
    number = "number: {from: answers, value: COUNT(*)}"
    files = card("answers", number, more=dimensions.get(kind, by_team))
    for at in range(channels) if kind == "crossed" else ():
        name = f"c{at}"
        cards[f"by_{name}"] = {"number": Term(_of_channel(name))}
        where = f"number: {{from: answers, value: COUNT(*), where: channel = '{name}'}}"
        files |= card(f"by_{name}", where, more=by_team)
    if kind in {"parts", "shared"}:
        cards["share"] = {"done": Term(lambda m: m.done, base=False), "given": Term()}
        files |= card(
            "share",
            "done: {from: answers, value: COUNT(*) FILTER (WHERE done)}",
            "given: {from: answers, value: COUNT(*)}",
            formula="done / given",
            more=by_team,
        )
    if kind == "parts":  # what is left out has a card of its own
        cards["open"] = {"number": Term(lambda m: not m.done)}
        where = "number: {from: answers, value: COUNT(*), where: NOT done}"
        files |= card("open", where, more=by_team)
        cards["closed"] = {"number": Term(lambda m: m.done)}
        where = "number: {from: answers, value: COUNT(*), where: done}"
        files |= card("closed", where, more=by_team)
    if kind == "shared":
        cards["to_date"] = {"number": Term(to_date=True)}
        text = "number: {from: answers, value: COUNT(*), to_date: year}"
        files |= card("to_date", text, more=by_team)
        cards["growth"] = {"now": Term(), "before": Term(lag=1)}
        files |= card(
            "growth",
            "now: {from: answers, value: COUNT(*)}",
            "before: {term: now, lag: 1mo}",
            formula="now - before",
            more=by_team + "longer: false\naudience: leadership\n",
        )
        cards["first"] = {"number": Term(lambda m: m.team == "t00")}
        files |= card("first", "number: {from: answers, value: COUNT(*), where: team = 't00'}")
    if kind == "means":
        cards["mean"] = {"score": Term(value="s")}
        files |= card("mean", "score: {from: answers, value: AVG(score)}", more=by_team)
    return cards, files


def _amounts(chance: random.Random) -> tuple[dict[str, dict[str, Term]], dict[str, str]]:
    """Return cards of the scores of those done, and two that add up more, for all who are there."""
    by_team = "dimensions: [team]\n"
    cards = {"closed": {"total": Term(lambda m: m.done, value="s")}}
    files = card("closed", "total: {from: answers, value: SUM(score), where: done}", more=by_team)
    for at, what in enumerate(chance.sample(sorted(WRITTEN), 2)):
        name, (words, valued) = f"all{at}", chance.choice(_VALUED)
        cards[name] = {"total": Term(value=what, valued=valued)}
        total = f"total: {{from: answers, value: SUM({WRITTEN[what]}){words}}}"
        files |= card(name, total, more=by_team)
    return cards, files


_VALUED: Final[tuple[tuple[str, Meets], ...]] = (
    ("", lambda _: True),
    (" FILTER (WHERE done)", lambda m: m.done),
    (" FILTER (WHERE NOT done)", lambda m: not m.done),
)


def _of_channel(name: str) -> Meets:
    return lambda micro: micro.channel == name


def write_site(drawn: Drawn, root: Path) -> Path:
    """Write a table as a site, with suppression as it is unless told."""
    lines = "".join(_lines(drawn))
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: {MIN_COUNT}, protection: 50}}\n",
        "data/answers.csv": "day,team,unit,channel,done,score,extra\n" + lines,
        **dataset("answers", *FIELDS, more="people: true\n"),
        **drawn.files,
    }
    return write(root, files)


def _lines(drawn: Drawn) -> Iterator[str]:
    for micro, scores in drawn.rows.items():
        for score, extra in zip(scores, drawn.extra[micro], strict=True):
            names = f"{micro.team},{micro.unit},{micro.channel},{str(micro.done).lower()}"
            yield f"2026-{micro.month:02}-10,{names},{score},{extra}\n"
