"""Weights of a scored scorecard add up, and its lines have results and standards.

Rules: specification.md#scorecard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from kpi_site.catalog import FULL, Indicator, Line, RankGrade, Scorecard
from kpi_site.content.draft import Draft, Entry
from kpi_site.periods import Grain, Period
from kpi_site.problems import Location, Message, Name, Problem, did_you_mean, unknown


def weights_add_up(draft: Draft) -> Iterator[Problem]:
    """Report weights that are missing, negative, or do not come to exactly 100."""
    for entry, scorecard in _scorecards(draft):
        lines = tuple(scorecard.all_lines())
        for line in lines:
            if line.weight is not None and line.weight < 0:
                where = entry.place_within(line.where, "weight")
                yield Problem(
                    where,
                    "negative-weight",
                    Message(
                        f"权重不能为负：{line.weight}", f"a weight is not negative: {line.weight}"
                    ),
                )
        negative = any(line.weight is not None and line.weight < 0 for line in lines)
        if scorecard.scored and "lines" not in entry.damaged and not negative:
            for held in _stretches(lines):
                yield from _total(entry, scorecard, held)


def _stretches(lines: tuple[Line, ...]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines that hold together, from each day on which one begins or has ended."""
    days = {date.min}
    days |= {line.start.first for line in lines if line.start is not None}
    days |= {line.until.last + timedelta(days=1) for line in lines if line.until is not None}
    found = (tuple(line for line in lines if line.holds(day)) for day in sorted(days))
    yield from dict.fromkeys(held for held in found if held)


def _total(
    entry: Entry[Scorecard], scorecard: Scorecard, lines: tuple[Line, ...]
) -> Iterator[Problem]:
    """Yield what the weights lack; a scorecard without any starts from points instead."""
    missing = [line for line in lines if line.weight is None and line.kind == "line"]
    weighed = any(line.weight is not None for line in lines)
    if weighed and scorecard.start is not None:
        message = Message("有权重的记分卡不写 start", "a scorecard with weights has no 'start'")
        yield Problem(entry.place("start"), "keys-exclude-each-other", message)
    if not weighed and not missing and scorecard.starts_from is None:
        message = Message(
            "没有一行有权重，也没有 start", "no line has a weight, and there is no 'start'"
        )
        hint = Message(
            "写 start: 100，或给各行权重。", "Write start: 100, or give the lines weights."
        )
        yield Problem(entry.place("lines"), "missing-weight", message, hint)
    for line in missing:
        yield Problem(
            line.where,
            "missing-weight",
            Message(
                f"计分的记分卡中，“{line.indicator}”没有权重",
                f"'{line.indicator}' has no weight in a scored scorecard",
            ),
        )
    total = sum((line.weight for line in lines if line.weight is not None), Decimal(0))
    if weighed and not missing and total != FULL:
        yield Problem(
            entry.place("lines"),
            "weights-total",
            Message(
                f"权重合计 {total:f}，应为 100", f"the weights add up to {total:f}, not to 100"
            ),
        )


def lines_are_not_too_short(draft: Draft) -> Iterator[Problem]:
    """Report a cycle shorter than a line's card has: there is no such result.

    It is told where it is written: once for the scorecard's own, else at the line.
    """
    cards = {
        entry.name: entry.value.cycle
        for entry in draft.indicators
        if entry.value is not None and "cycle" not in entry.damaged
    }
    for entry, scorecard in _scorecards(draft):
        if "cycle" in entry.damaged:
            continue
        found = {
            line: cards[line.indicator]
            for line in scorecard.all_lines()
            if line.indicator in cards
            and (line.cycle or scorecard.cycle).rank < cards[line.indicator].rank
        }
        for line, of_card in found.items():
            if line.cycle:
                where = entry.place_within(line.where, "cycle")
                yield _too_short(where, line.cycle, {line.indicator: of_card})
        inherited = {line.indicator: of_card for line, of_card in found.items() if not line.cycle}
        if inherited:
            yield _too_short(entry.place("cycle"), scorecard.cycle, inherited)


def lines_have_such_periods(draft: Draft) -> Iterator[Problem]:
    """Report lines by a period that their card does without (``longer: false``)."""
    cards = {
        entry.name: entry.value
        for entry in draft.indicators
        if entry.value is not None and entry.damaged.isdisjoint({"cycle", "longer"})
    }
    for entry, scorecard in _scorecards(draft):
        for line in scorecard.all_lines() if "cycle" not in entry.damaged else ():
            card, cycle = cards.get(line.indicator), line.cycle or scorecard.cycle
            if line.take:
                continue  # its points are those of the cycles
            if card is not None and card.cycle.rank < cycle.rank and cycle not in card.grains:
                yield no_longer_periods(line.indicator.where, card, cycle)


def no_longer_periods(where: Location, card: Indicator, cycle: Grain) -> Problem:
    """Return the problem of asking ``card`` for results by ``cycle``, which it does without."""
    why = (
        Message("", "")
        if card.longer
        else Message("写了 longer: false，", "says longer: false: it ")
    )
    return Problem(
        where,
        "no-longer-periods",
        Message(
            f"指标“{card.id}”{why.zh}没有按 {cycle} 的结果",
            f"the indicator '{card.id}' {why.en}has no results by {cycle}",
        ),
    )


def _too_short(where: Location, cycle: Grain, cards: Mapping[Name, Grain]) -> Problem:
    listed_zh = "、".join(f"“{name}”（{of_card}）" for name, of_card in cards.items())
    listed_en = ", ".join(f"'{name}' ({of_card})" for name, of_card in cards.items())
    return Problem(
        where,
        "cycle-too-short",
        Message(
            f"周期（{cycle}）短于指标的周期：{listed_zh}",
            f"the cycle ({cycle}) is shorter than that of {listed_en}",
        ),
    )


def parts_are_dimensions_of_the_card(draft: Draft) -> Iterator[Problem]:
    """Report a line about one member of a dimension that the card is not broken down by."""
    cards = {entry.name: entry for entry in draft.indicators if entry.value is not None}
    for _, scorecard in _scorecards(draft):
        for line in scorecard.all_lines():
            card = cards.get(line.indicator)
            if line.of is None or card is None or card.value is None:
                continue
            known = card.value.dimensions
            if "dimensions" not in card.damaged and line.of.dimension not in known:
                dimension = line.of.dimension
                message = Message(
                    f"指标“{line.indicator}”没有维度“{dimension}”",
                    f"the indicator '{line.indicator}' has no dimension '{dimension}'",
                )
                hint = did_you_mean(dimension, known)
                yield Problem(dimension.where, "unknown-dimension", message, hint)


def scored_lines_have_standards(draft: Draft) -> Iterator[Problem]:
    """Warn of a scored line that can never get points, or not yet: no thresholds hold."""
    through = draft.catalog.site.data_through
    cards = {entry.name: entry for entry in draft.indicators if entry.value is not None}
    for entry, scorecard in _scorecards(draft):
        for line in scorecard.all_lines() if scorecard.scored else ():
            card = cards.get(line.indicator)
            if card is None or card.value is None or "lines" in entry.damaged:
                continue
            if card.damaged & {"thresholds", "direction", "points", "steps"}:
                continue
            if line.deduct or line.kind != "line":
                continue
            if not (line.judges or card.value.judges or card.value.retired):
                yield Problem(
                    line.where,
                    "line-without-standard",
                    Message(
                        f"“{line.indicator}”没有阈值，永远得不到分数",
                        f"'{line.indicator}' has no thresholds, so it never gets points",
                    ),
                    severity="warning",
                )
            elif through is not None and (start := _later(line, card.value, through)):
                yield Problem(
                    line.where,
                    "line-without-standard",
                    Message(
                        f"“{line.indicator}”的阈值从 {start} 起才有，到 {through} 都得不到分数",
                        f"the thresholds of '{line.indicator}' begin with {start}, so up to "
                        f"{through} it gets no points",
                    ),
                    severity="warning",
                )


def _later(line: Line, card: Indicator, through: date) -> Period | None:
    """Return the first period with thresholds, if there are none up to ``through``."""
    standards = line.thresholds or card.thresholds
    starts = [standard.start for standard in standards if standard.start is not None]
    if not standards or len(starts) < len(standards) or not line.holds(through):
        return None
    first = min(starts, key=lambda period: period.first)
    return first if first.first > through else None


def totals_are_scored(draft: Draft) -> Iterator[Problem]:
    """Report keys that speak of the total in a scorecard that has none."""
    for entry, scorecard in _scorecards(draft):
        if scorecard.scored or "scored" in entry.damaged:
            continue
        own = {"start": scorecard.start is not None, "grades": bool(scorecard.grades)}
        found = [(entry.place(name), name) for name, given in own.items() if given]
        for line in scorecard.all_lines():
            keys = ("deduct", "bonus", "veto", "take", "cap", "floor")
            given_keys = (key for key in keys if getattr(line, key) is not None)
            found += [(entry.place_within(line.where, key), key) for key in given_keys]
        for where, name in found:
            message = Message(
                f"不计分的记分卡没有总分，{name} 没有作用",
                f"the scorecard is not scored, so '{name}' says nothing",
            )
            yield Problem(where, "needs-scored", message)


def members_have_lines(draft: Draft) -> Iterator[Problem]:
    """Report lines of a scorecard for each member whose cards cannot be broken down so."""
    cards = {e.name: e for e in draft.indicators if e.value is not None}
    for entry, scorecard in _scorecards(draft):
        lines = tuple(scorecard.all_lines())
        shared = [line for line in lines if line.shared]
        if "for_each" in entry.damaged:
            continue
        if scorecard.for_each is None or len(shared) == len(lines):
            for line in shared[:1]:
                where = entry.place_within(line.where, "shared")
                message = Message(
                    "没有按成员计算的行，shared 没有作用",
                    "no line is computed for each member, so 'shared' says nothing",
                )
                yield Problem(where, "shared-without-members", message)
            continue
        for line in lines:
            card = cards.get(line.indicator)
            if not line.shared and card is not None and card.value is not None:
                known = () if "dimensions" in card.damaged else card.value.dimensions
                yield from _of_members(entry, line, scorecard.for_each, known)


def _of_members(
    entry: Entry[Scorecard], line: Line, dimension: Name, known: tuple[Name, ...]
) -> Iterator[Problem]:
    if line.of is not None:
        where = entry.place_within(line.where, "of")
        message = Message("按成员计算的行不写 of", "a line for each member has no 'of' of its own")
        hint = Message(
            "大家共用的行写 shared: true。",
            "Write shared: true with a line that all have in common.",
        )
        yield Problem(where, "keys-exclude-each-other", message, hint)
    elif known and dimension not in known:
        message = Message(
            f"指标“{line.indicator}”没有维度“{dimension}”",
            f"the indicator '{line.indicator}' has no dimension '{dimension}'",
        )
        hint = did_you_mean(dimension, known) or Message(
            "给卡片加上这个维度；大家共用的行写 shared: true。",
            "Give the card that dimension; a line that all have in common is shared: true.",
        )
        yield Problem(line.indicator.where, "unknown-dimension", message, hint)


def grades_are_known(draft: Draft) -> Iterator[Problem]:
    """Report grades by rank without members to rank, and vetoes that name no grade."""
    for entry, scorecard in _scorecards(draft):
        grades = scorecard.grades
        if scorecard.for_each is None and "for_each" not in entry.damaged:
            for grade in [g for g in grades if isinstance(g, RankGrade)][:1]:
                message = Message(
                    "按名次定等的记分卡要写 for_each", "grades by rank need 'for_each'"
                )
                yield Problem(grade.where, "grades-by-rank", message)
        if "grades" in entry.damaged or "scoring" in draft.site.damaged:
            continue
        for line in scorecard.all_lines():
            wanted = line.veto.grade if line.veto else None
            names = [g.name for g in grades or draft.catalog.site.scoring.grades]
            texts = [text for name in names for text in (name.plain, name.zh, name.en) if text]
            if wanted is not None and wanted not in texts:
                kind = Message("等级", "grade")
                yield unknown(wanted.where, "unknown-grade", kind, wanted, texts)


def lines_are_not_retired(draft: Draft) -> Iterator[Problem]:
    """Warn of a line on which a retired card still stands: it is empty, or counts no more."""
    cards = {entry.name: entry.value for entry in draft.indicators if entry.value is not None}
    for _, scorecard in _scorecards(draft):
        for line in scorecard.all_lines():
            card = cards.get(line.indicator)
            if card is None:
                continue
            if card.ends is not None and card.status != "draft":
                if line.until is None or not card.lives(line.until.last):
                    yield _beyond_its_card(scorecard, line, card, card.ends)
            elif card.retired:
                yield _retired(scorecard, line, card)


def _beyond_its_card(scorecard: Scorecard, line: Line, card: Indicator, ends: Period) -> Problem:
    title = scorecard.title
    begins = Message("由下一期间起的行接替", "let another line begin with the next period")
    if card.successor is not None:
        begins = Message(
            f"由“{card.successor}”从下一期间起的行接替",
            f"let a line of '{card.successor}' begin with the next period",
        )
    return Problem(
        line.indicator.where,
        "retired-line",
        Message(
            f"“{line.indicator}”在{ends}之后停用，此后仍在记分卡“{title.get('zh')}”上："
            "这一行不再有结果",
            f"'{line.indicator}' is retired after {ends} and stands on the scorecard "
            f"'{title.get('en')}' beyond that: its line has no results there",
        ),
        Message(
            f"给这一行写 until: {ends}，{begins.zh}（from）。",
            f"Write until: {ends} on the line, and {begins.en} (from).",
        ),
        severity="warning",
    )


def _retired(scorecard: Scorecard, line: Line, card: Indicator) -> Problem:
    title, next_card = scorecard.title, card.successor
    return Problem(
        line.indicator.where,
        "retired-line",
        Message(
            f"“{line.indicator}”已停用，仍在记分卡“{title.get('zh')}”上：这一行不再计入",
            f"'{line.indicator}' is retired and still stands on the scorecard "
            f"'{title.get('en')}': its line counts no more",
        ),
        Message(f"请改用接替它的指标“{next_card}”。", f"Put its successor '{next_card}' there.")
        if next_card
        else Message(
            "请删除这一行，并重新分配权重。", "Delete the line, and share out its weight."
        ),
        severity="warning",
    )


def _scorecards(draft: Draft) -> Iterator[tuple[Entry[Scorecard], Scorecard]]:
    return ((entry, entry.value) for entry in draft.scorecards if entry.value is not None)
