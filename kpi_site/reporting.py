"""What a report needs besides figures: its scorecards as scored, and the comments it owes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_site.catalog import Catalog, Report
from kpi_site.computed import Computed
from kpi_site.editions.scores import report_cards
from kpi_site.periods import Period
from kpi_site.problems import Message, Problem
from kpi_site.results import State
from kpi_site.scoring import ScoredCard, ScoredLine, line_level
from kpi_site.wording.words import state_words


def missing_comments(computed: Computed, report: Report) -> tuple[Problem, ...]:
    """Return a warning for each scored line that misses its baseline without a comment.

    It stands where the report names the scorecard; an indicator is named once. Nothing is
    asked before the period is over (specification.md#comments-owed).
    """
    cards = report_cards(computed, report)
    owed = owed_comments(computed.catalog, cards, report)
    return tuple(_asked(report, card, line) for card, line in owed.values())


def owed_comments(
    catalog: Catalog, cards: Iterable[ScoredCard], report: Report
) -> dict[str, tuple[ScoredCard, ScoredLine]]:
    """Return the lines of the report's ``cards`` that lack a comment, by indicator."""
    through = catalog.site.data_through
    if through is None or report.period.last > through:
        return {}
    told = {str(name) for name in report.comments}
    found: dict[str, tuple[ScoredCard, ScoredLine]] = {}
    for card in (each for one in cards for each in one.each):
        for line in lines_below_baseline(card, report.period):
            name = str(line.indicator.id)
            if name not in told:
                found.setdefault(name, (card, line))
    return found


def lines_below_baseline(card: ScoredCard, period: Period) -> Iterator[ScoredLine]:
    """Yield the lines of a card with a total that miss their baseline in ``period``.

    A line that is looked at over a longer period counts where that ends within ``period``.
    """
    for line in card.lines if card.scorecard.scored else ():
        if line_level(line) == "below" and period.holds(line.period.last):
            yield line


def unsettled(computed: Computed, report: Report) -> tuple[Problem, ...]:
    """Return a warning for each scored line without a value, or with a provisional one.

    A report may be published so, and says it; whoever publishes is told (specification.md#states).
    """
    found: dict[str, Problem] = {}
    for card in (each for one in report_cards(computed, report) for each in one.each):
        lines = card.lines if card.scorecard.scored else ()
        for line in lines:
            settled = line.indicator.retired or line.state in {State.OK, State.NOT_DUE}
            if not settled and report.period.holds(line.period.last):
                found.setdefault(str(line.indicator.id), _unsettled(report, card, line))
    return tuple(found.values())


def _unsettled(report: Report, card: ScoredCard, line: ScoredLine) -> Problem:
    zh, en = card.scorecard.title.get("zh"), card.scorecard.title.get("en")
    name = line.indicator.id
    state = {language: state_words(line.told, language) for language in ("zh", "en")}
    return Problem(
        next(name.where for name in report.scorecards if name == card.scorecard.id),
        "figure-unsettled",
        Message(
            f"记分卡“{zh}”中的 {name} 没有最终的数值：{state['zh']}",
            f"{name} on the scorecard '{en}' has no final value: {state['en']}",
        ),
        Message(
            "报告和总分都注明了。如果数据还会补来：这一版尚未提交，"
            "可用版本管理撤回，补齐之后再发布。",
            "The report and the total say so. If its data are still to come: the edition is not "
            "committed yet; take it back with version control, and publish when they are in.",
        ),
        "warning",
    )


def _asked(report: Report, card: ScoredCard, line: ScoredLine) -> Problem:
    no = line.line.no
    zh, en = card.scorecard.title.get("zh"), card.scorecard.title.get("en")
    name = line.indicator.id
    return Problem(
        next(name.where for name in report.scorecards if name == card.scorecard.id),
        "comment-missing",
        Message(
            f"{name} 在记分卡“{zh}”{f'第 {no} 行' if no else ''}低于基准值，报告没有说明",
            f"{name} misses its baseline on {f'line {no} of ' if no else ''}the scorecard '{en}', "
            "and the report does not comment on it",
        ),
        Message(
            f"请在 comments 下写 {name}：原因和措施。",
            f"Add '{name}' to 'comments': why, and what is done about it.",
        ),
        severity="warning",
    )
