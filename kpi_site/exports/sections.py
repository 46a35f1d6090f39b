"""What is off target and why, what moved, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.exports.board import NOTHING, Board, delta, figure, row, spark, stands, table
from kpi_site.exports.code import NONE, Code, call, cell, joined, string
from kpi_site.exports.drawings import sparkline
from kpi_site.story.actions import ActionStory, StepStory
from kpi_site.story.off_target import OffTarget
from kpi_site.story.report import CommentStory
from kpi_site.story.signals import MoveStory


def heading(words: Code, level: int = 1) -> Code:
    """Return a heading that the contents list."""
    return call("heading", words, level=str(level))


def off_target_section(board: Board) -> Iterator[Code]:
    """Yield what misses its target, with its comment and actions."""
    off = board.story.off
    if not off.names:
        return
    yield heading(board.w("off_target"))
    yield call("intro", board.w("off_target_order"))
    yield from (_off(board, miss) for miss in off.shown)
    if off.more:
        yield call("note", board.w("others_off", off.more))


def _off(board: Board, miss: OffTarget) -> Code:
    reading = miss.reading
    to_target: Code = NOTHING
    if reading.to_target is not None:
        found = reading.to_target
        shown = " ".join(filter(None, (found.arrow, found.text, found.verdict)))
        to_target = call("delta", f'"{reading.to_target.tone}"', board.w("to_target", shown))
    return call(
        "off",
        board.name(miss.name),
        figure(reading),
        to_target,
        stands(reading),
        sparkline(miss.recent),
        _told(board, miss),
    )


def _told(board: Board, miss: OffTarget) -> Code:
    """Return which actions work on an indicator, and what the report says of it."""
    parts = []
    if miss.standard_of is not None:
        words = board.w("by_standard_of", miss.standard_of.name)
        parts.append(call("par", call("muted", words)))
    if miss.why:
        parts.append(call("par", call("muted", cell(miss.why))))
    if miss.owed:
        parts.append(call("par", call("flag", board.w("comment_owed"))))
    if miss.actions:
        pairs = (f"({_status(a)}, {board.name(a.title)})" for a in miss.actions)
        parts.append(call("facts", *pairs))
    parts.append(board.rich(miss.comment))
    told = joined(parts)
    return call("card", told) if told != NONE else NONE


def moves_section(board: Board) -> Iterator[Code]:
    """Yield what is a signal, better and worse, each with the sentence that says why."""
    moved = board.story.moved
    if not moved.groups and not moved.calm:
        return
    yield heading(board.w("moved"))
    yield call("intro", string(moved.calm or moved.how))
    if not moved.groups:
        return
    head = [board.w(k) for k in ("Indicator", "Value", "col_previous", "signal", "trend")]
    rows = [
        code
        for key, own in moved.groups
        for code in (call("part", "5", board.w(key)), *(_move(m) for m in own))
    ]
    yield table(("1fr", "66pt", "88pt", "1.5fr", "56pt"), (1, 2, 4), head, rows)
    if moved.more:
        yield call("note", board.w("and_more", moved.more))


def _move(move: MoveStory) -> Code:
    now, signal = move.now, move.signal
    return row(
        cell(now.name),
        figure(now.reading),
        delta(now.reading.previous),
        cell(" ".join(filter(None, (signal.mark, signal.sentence, move.why)))),
        spark(move.trend),
    )


def comments_section(board: Board) -> Iterator[Code]:
    """Yield the comments on indicators that meet their target, or have none."""
    if not board.story.comments:
        return
    yield heading(board.w("other_comments"))
    yield from (_comment(board, told) for told in board.story.comments)


def _comment(board: Board, told: CommentStory) -> Code:
    aside = figure(told.now.reading) if told.now else NONE
    title = call("strong", board.name(told.name))
    return call("item", title, aside, call("card", board.rich(told.text)))


def actions_section(board: Board) -> Iterator[Code]:
    """Yield the actions that the report carries: owner, dates, steps and progress."""
    yield heading(board.w("actions"))
    if not board.story.actions:
        yield call("par", board.w("no_actions"))
        return
    yield call("intro", board.w("as_they_stood", board.story.day))
    yield from (_action(board, told) for told in board.story.actions)


def _action(board: Board, told: ActionStory) -> Code:
    names = board.t("comma").join(ref.name for ref in told.indicators)
    facts = [
        (board.t("action_owner"), board.name(told.owner)),
        (board.t("start"), string(told.start)),
        (board.t("due"), string(told.due)),
        (board.t("closed_on"), string(told.closed)),
        (board.t("indicators"), cell(names)),
    ]
    pairs = (f"({string(label)}, {value})" for label, value in facts if value != NOTHING)
    body = [call("facts", *pairs)]
    if told.steps:
        body.append(_steps(board, told))
    body += [
        call("par", joined([call("muted", string(on)), '"  "', board.name(note)]))
        for on, note in told.updates
    ]
    return call("item", call("strong", board.name(told.title)), _status(told),
                call("card", joined(body)))  # fmt: skip


def _status(told: ActionStory) -> Code:
    if told.overdue:
        return call("flag", string(f"{told.status_words} · {told.overdue}"))
    return call("muted", string(told.status_words))


def _steps(board: Board, told: ActionStory) -> Code:
    def row_of(step: StepStory) -> Code:
        done = call("flag", board.w("overdue")) if step.late else string(step.done)
        return row(board.name(step.what), string(step.due), done)

    head = [board.w(k) for k in ("step", "due", "done")]
    return table(("1fr", "76pt", "76pt"), (), head, [row_of(s) for s in told.steps])
