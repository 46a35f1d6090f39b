"""What is off target and why, what moved, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from kpi_site.catalog import Action
from kpi_site.exports.board import NOTHING, Board, delta, figure, row, stands, table
from kpi_site.exports.code import NONE, Code, call, cell, joined, string
from kpi_site.exports.drawings import PERIODS, sparkline
from kpi_site.exports.first_page import miss_name
from kpi_site.pages.report_off import Miss, commented, misses
from kpi_site.pages.words import page_word
from kpi_site.periods import Grain
from kpi_site.reporting import owed_comments
from kpi_site.scoring import line_series
from kpi_site.story.reading import read
from kpi_site.story.standing import Move, moves, moves_by_standard
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_number
from kpi_site.words import word

_MOVES: Final = 5
_SHOWN: Final = 24  # off target; of those after them, who miss their baseline or are told of


def heading(words: Code, level: int = 1) -> Code:
    """Return a heading that the contents list."""
    return call("heading", words, level=str(level))


def off_target_section(board: Board) -> Iterator[Code]:
    """Yield every indicator that misses its target, with its comment and actions."""
    found = misses(board.scope)
    if not found:
        return
    owed = owed_comments(board.ctx.catalog, board.scope.cards, board.report)
    yield heading(board.w("off_target"))
    yield call("intro", board.w("off_target_order"))
    first = commented(found)
    spared = 0
    for at, miss in enumerate(found):
        name = str(miss.indicator.id)
        told = first[name] == miss.key
        if at >= _SHOWN and not miss.below and not (told and _is_told(board, name)):
            spared += 1
            continue
        yield _off(board, miss, told=told, owed=name in owed)
    if spared:
        yield call("note", board.w("others_off", spared))


def _is_told(board: Board, name: str) -> bool:
    """Tell whether the report has a comment on an indicator, or an action."""
    acted = any(name in action.indicators for action in board.scope.actions)
    return acted or any(name == str(key) for key in board.report.comments)


def _off(board: Board, miss: Miss, *, told: bool, owed: bool) -> Code:
    reading = read(board.ctx, miss.indicator, miss.result, None)
    to_target: Code = NOTHING
    if reading.to_target is not None:
        shown = f"{reading.to_target.arrow} {reading.to_target.text}"
        to_target = call("delta", f'"{reading.to_target.tone}"', board.w("to_target", shown))
    return call(
        "off",
        board.name(miss_name(board, miss)),
        figure(reading),
        to_target,
        stands(reading),
        _spark(board, miss),
        _told(board, miss, owed=owed) if told else NONE,
    )


def _spark(board: Board, miss: Miss) -> Code:
    """Return the small trend of what is off target: the whole's, or its one member's."""
    if miss.line is None or miss.line.of is None:
        now = board.scope.stands.get(str(miss.indicator.id))
        return board.spark(now) if now else NONE
    series = line_series(board.ctx.results, miss.line, miss.result.period.grain)
    kept = [r for r in series.results if r.period.last <= miss.result.period.last] if series else []
    return sparkline([r.value for r in kept[-PERIODS:]])


def _told(board: Board, miss: Miss, *, owed: bool) -> Code:
    """Return what the report says on an indicator, and which actions work on it."""
    parts = [board.rich(board.report.comments.get(miss.indicator.id))]
    if miss.standard_of is not None:
        words = page_word("by_standard_of", board.language, miss.standard_of.name)
        parts.insert(0, call("par", call("muted", string(words.unescape()))))
    if owed:
        parts.append(call("par", call("flag", board.w("comment_owed"))))
    actions = [a for a in board.scope.actions if miss.indicator.id in a.indicators]
    if actions:
        pairs = (f"({_status(board, a)}, {board.name(a.title)})" for a in actions)
        parts.append(call("facts", *pairs))
    told = joined(parts)
    return call("card", told) if told != NONE else NONE


def moves_section(board: Board) -> Iterator[Code]:
    """Yield the changes that are larger than usual, better ones and worse ones."""
    found, usual = changes(board)
    groups = [(key, [m for m in found if m.better is flag][:_MOVES])
              for key, flag in (("better", True), ("worse", False))]  # fmt: skip
    if not found:
        return
    yield heading(board.w("moved"))
    yield call("intro", board.w("moved_how" if usual else "moved_by_standard"))
    keys = ("Indicator", "Value", "col_previous", "usual" if usual else "by_standard", "trend")
    head = [board.w(key) for key in keys]
    rows = [
        code
        for key, own in groups
        if own
        for code in (call("part", "5", board.w(key)), *(_move(board, m) for m in own))
    ]
    yield table(("1fr", "84pt", "110pt", "84pt", "56pt"), (1, 2, 3, 4), head, rows)


def changes(board: Board) -> tuple[tuple[Move, ...], bool]:
    """Return the changes, the largest first, and whether by what is usual.

    There are too few half years and years to tell what is usual.
    """
    usual = board.report.period.grain.rank <= Grain.QUARTER.rank
    return (moves if usual else moves_by_standard)(board.ctx, board.own), usual


def _move(board: Board, move: Move) -> Code:
    now = move.now
    return row(
        cell(now.name),
        figure(now.reading),
        delta(now.reading.previous),
        string(f"× {format_number(move.times, 1)}"),
        board.spark(now),
    )


def comments_section(board: Board) -> Iterator[Code]:
    """Yield the comments on indicators that meet their target, or have none."""
    told = {m.indicator.id for m in misses(board.scope)}
    found = [
        (board.ctx.catalog.indicators[name], text)
        for name, text in board.report.comments.items()
        if name not in told and name in board.ctx.catalog.indicators
    ]
    if not found:
        return
    yield heading(board.w("other_comments"))
    for indicator, text in found:
        title = call("strong", board.name(indicator.name))
        now = board.scope.stands.get(str(indicator.id))
        aside = figure(now.reading) if now else NONE
        yield call("item", title, aside, call("card", board.rich(text)))


def actions_section(board: Board) -> Iterator[Code]:
    """Yield the actions that the report carries: owner, dates, steps and progress."""
    yield heading(board.w("actions"))
    if not board.scope.actions:
        yield call("par", board.w("no_actions"))
        return
    yield call("intro", board.w("as_they_stood", format_date(board.day, board.language)))
    ordered = sorted(board.scope.actions, key=lambda a: (a.status != "open", a.due, a.id))
    for action in ordered:
        yield _action(board, action)


def _action(board: Board, action: Action) -> Code:
    names = (board.ctx.catalog.indicators.get(i) for i in action.indicators)
    facts = [
        (board.t("action_owner"), board.name(action.owner)),
        (board.t("start"), board.date(action.start)),
        (board.t("due"), board.date(action.due)),
        (board.t("indicators"), cell(board.t("comma").join(
            board.plain(i.name) if i else str(key)
            for i, key in zip(names, action.indicators, strict=True)))),
    ]  # fmt: skip
    body = [call("facts", *(f"({string(label)}, {value})" for label, value in facts))]
    if action.steps:
        body.append(_steps(board, action))
    body += [
        call("par", joined([call("muted", board.date(u.on)), '"  "', board.name(u.note)]))
        for u in sorted(action.updates, key=lambda u: u.on, reverse=True)
    ]
    title = call("strong", board.name(action.title))
    return call("item", title, _status(board, action), call("card", joined(body)))


def _status(board: Board, action: Action) -> Code:
    words = word(f"action.{action.status}", board.language)
    if action.status == "open" and action.due < board.day:
        return call("flag", string(f"{words} · {board.t('overdue')}"))
    return call("muted", string(words))


def _steps(board: Board, action: Action) -> Code:
    def shown(day: date | None) -> Code:
        return board.date(day) if day else '""'

    rows = []
    for step in action.steps:
        late = (
            step.due is not None
            and step.done is None
            and action.status == "open"
            and step.due < board.day
        )
        done = call("flag", board.w("step_late")) if late else shown(step.done)
        rows.append(row(board.name(step.what), shown(step.due), done))
    head = [board.w(k) for k in ("step", "due", "done")]
    return table(("1fr", "76pt", "76pt"), (), head, rows)
