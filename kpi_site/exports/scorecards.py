"""Scorecards in a printed report: lines with points and weights, totals and grades."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.charts.why import total_bridge
from kpi_site.exports.board import Board, figure, row, table
from kpi_site.exports.code import NONE, Code, call, cell, joined, string
from kpi_site.exports.drawings import bridge
from kpi_site.exports.sections import heading
from kpi_site.story.report import ReportScorecard
from kpi_site.story.scorecard import GroupStory, LineStory, ScorecardStory


def scorecards_section(board: Board) -> Iterator[Code]:
    """Yield each scorecard of the report as scored in its period."""
    if not board.story.scorecards:
        return
    yield heading(board.w("scorecards"))
    for card in board.story.scorecards:
        yield from _scorecard(board, card)


def _scorecard(board: Board, card: ReportScorecard) -> Iterator[Code]:
    told = card.story
    yield heading(cell(f"{board.plain(told.title)} · {told.total.period}"), 2)
    if told.members:
        if told.spread and told.spread.words:
            yield call("intro", cell(told.spread.words))
        yield _ranking(board, told)
        if told.more:
            yield call("note", board.w("members_more", told.more))
        return
    yield _total(board, card) if told.scored else call("intro", board.w("unscored"))
    if told.total.vetoes:
        yield call("note", cell(" ".join(told.total.vetoes)))
    columns = [
        ("30pt", "line_no"),
        ("1fr", "Indicator"),
        ("62pt", "Value"),
        ("106pt", "three_thresholds"),
    ]
    numeric: tuple[int, ...] = (2, 3)
    rows = [_row(board, told, r) for r in told.rows]
    if told.scored:
        columns += [("36pt", "weight"), ("36pt", "Points"), ("54pt", "contribution")]
        numeric = (2, 3, 4, 5, 6)
        rows.append(_sum(board, told))
    head = [board.w(key) for _, key in columns]
    yield table((width for width, _ in columns), numeric, head, rows)
    if told.arithmetic:
        yield call("note", joined([board.w(told.formula), '"  "', cell(told.arithmetic)]))
    if told.why:
        yield call("note", cell(told.why.sentence))
        yield bridge(
            total_bridge(board.language, board.story.organisation, told.ref.name, told.why),
            board.language,
        )


def _ranking(board: Board, told: ScorecardStory) -> Code:
    """Return the members by rank, with totals and grades."""
    columns = [("36pt", "rank"), ("1fr", ""), ("54pt", "Total"), ("1fr", "grade")]
    rows = [
        row(
            string(member.rank or "–"),
            board.name(member.name),
            string(member.total.text),
            call(
                "name-cell",
                board.name(member.total.grade) if member.total.grade else NONE,
                cell(" ".join(member.total.vetoes)) if member.total.vetoes else NONE,
            ),
        )
        for member in told.first
    ]
    head = [board.w(key) if key else cell(told.head) for _, key in columns]
    return table((width for width, _ in columns), (0, 2), head, rows)


def _total(board: Board, card: ReportScorecard) -> Code:
    total = card.story.total
    if not total.text:
        return call("note", board.w("no_results"))
    change = card.change
    parts = (board.t("vs_previous"), change.arrow, change.text, change.verdict) if change else ()
    rest = (
        board.plain(total.consequence),
        " ".join(filter(None, (*parts, change.basis))) if change else "",
        board.t("state.provisional") if total.provisional else "",
        total.missing_words,
    )
    return call(
        "total-line",
        board.w("Total"),
        string(total.text),
        board.name(total.grade) if total.grade else NONE,
        cell(" · ".join(filter(None, rest))),
    )


def _row(board: Board, card: ScorecardStory, told: GroupStory | LineStory) -> Code:
    if isinstance(told, LineStory):
        return _line(board, card, told)
    words = f"{told.no} {board.plain(told.title)}"
    return call("part", "7" if card.scored else "4", cell(words), depth=str(told.depth))


def _line(board: Board, card: ScorecardStory, line: LineStory) -> Code:
    name = board.name(line.called)
    marked = name if line.level == "none" else call("level", f'"{line.level}"', name)
    cells = [
        cell(line.no),
        call("indented", str(line.depth), call("name-cell", marked, _aside(board, line))),
        figure(line.reading),
        cell(line.bare_limits),
    ]
    if card.scored:
        points = line.points if line.counted else board.t("not_counted")
        cells += [string(line.weight), string(points), string(line.contribution)]
    return row(*cells)


def _aside(board: Board, line: LineStory) -> Code:
    """Return assessed party and period of a line, where they are its own, and "retired"."""
    status = board.t("status.retired") if line.retired else ""
    parts = (board.plain(line.assessed), line.period, status, line.role, line.taken)
    found = [p for p in parts if p]
    return cell(" · ".join(found)) if found else NONE


def _sum(board: Board, card: ScorecardStory) -> Code:
    total = card.total
    cells = ['""', board.w("line_total"), '""', '""', string(total.weight_of_lines), '""',
             string(total.text)]  # fmt: skip
    return call("total", *cells)
