"""The plans of a workbook's sheets: which columns they have, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final, get_args

from kpi_site.catalog import Indicator, Report
from kpi_site.contributions import AGAINST, Kind
from kpi_site.editions.model import CONTRIBUTIONS, SCORES, SIGNALS, VALUES
from kpi_site.editions.revisions import Revision
from kpi_site.editions.scores import report_cards
from kpi_site.exports.board import Imprint, imprint_words
from kpi_site.members import member_of, scored_title
from kpi_site.results import State
from kpi_site.scoring import THRESHOLDS, ScoredCard
from kpi_site.signals import RULES, VARIATIONS, Assurance, Side
from kpi_site.story.member_order import MOST_MEMBERS
from kpi_site.story.member_totals import members_head
from kpi_site.story.report import SignoffStory, tell_signoffs
from kpi_site.story.scorecard import tell_total
from kpi_site.story.standards import total_text
from kpi_site.story.teller import Teller
from kpi_site.tidy import plain
from kpi_site.wording.dates import format_date, format_days, format_period
from kpi_site.wording.judged import points_bounds
from kpi_site.wording.words import state_words
from kpi_site.words import word

Column = dict[str, Any]
Path = Sequence[str]
Sheet = dict[str, Any]
_POINTS: Final = "#,##0.0"
_GENERAL: Final = "General"
_OWN: Final = {"list": "format", "by": "indicator"}
_WRITTEN: Final = {**_OWN, "full": True}
_JUDGED: Final = {**_OWN, "beside": ["baseline", "target", "challenge"]}


def number_format(card: Indicator) -> str:
    """Return the number format of a card's values: ``0.0%``, ``#,##0.00``.

    Cells hold unscaled amounts, so an amount that readers see in 万元 with one place has
    none left here.
    """
    places = card.decimals
    if card.unit.kind != "percent" and card.unit.scale:
        places -= min(_zeros(s.divide) for s in card.unit.scale.values())
    digits = "0" + ("." + "0" * places if places > 0 else "")
    return f"{digits}%" if card.unit.kind == "percent" else f"#,##{digits}"


def _zeros(divide: Decimal) -> int:
    return divide.adjusted()


def about_sheet(ctx: Teller, report: Report, imprint: Imprint, title: str, last: date) -> Sheet:
    """Return the first sheet: what this is, and how to read the others."""
    language = ctx.language
    rows: list[list[str]] = [
        [ctx.organisation],
        [title],
        [imprint_words(imprint, language)],
        *([[days]] if (days := format_days(report.period, language)) else []),
        [word("data_through", language, format_date(last, language))],
        [],
    ]
    keys = ("figures", "numbers", "missing", "thresholds", "digits", "version")
    rows += [[word(f"about_{key}", language)] for key in keys]
    if not imprint.is_draft:  # those of a draft may be stale
        rows += [[], [word("signoffs", language)]]
        rows += [_signature(ctx, told) for told in tell_signoffs(ctx, report)]
    return {"name": word("about", language), "top": rows, "widths": [90, 26, 18, 12]}


def _signature(ctx: Teller, told: SignoffStory) -> list[str]:
    return [told.role, told.by.text if told.by else ctx.word("not_signed"), told.on, told.how]


def _words_in(language: str, *steps: str) -> list[Path]:
    """Return where a text in ``language`` stands, and the other one to fall back to."""
    other = "en" if language == "zh" else "zh"
    return [[*steps, language], [*steps, other]]


def _column(language: str, key: str, width: int, *paths: Path, **more: Any) -> Column:
    """Return a column whose cell is the first text at one of ``paths`` in a row's record."""
    return {
        "head": word(key, language),
        "width": width,
        "from": [list(path) for path in paths],
        **more,
    }


def _points(ctx: Teller) -> dict[str, Any]:
    """Return the format of points: never shown as those of a threshold that is missed."""
    bounds = points_bounds(ctx.catalog.site.scoring)
    return {"format": _POINTS, "apart": [plain(number) for number in bounds.floors]}


def figures_sheet(ctx: Teller) -> Sheet:
    """Return the sheet of ``values.csv``, row by row in its order."""
    language = ctx.language
    column = partial(_column, language)
    columns = [
        column("id", 26, ["indicator"]),
        column("Indicator", 28, *_words_in(language, "card", "name")),
        column("grain", 9, ["grain"], list="grain"),
        column("Period", 10, ["period"]),
        column("Dimension", 20, ["dimension"]),
        column("dimension_name", 16,
                *_words_in(language, "card", "dimension_names", "{dimension}", "title")),
        column("member_code", 18, ["member"]),
        column("Member", 20, *_words_in(
            language, "card", "dimension_names", "{dimension}", "members", "{member}"),
            ["member"], blank=["dimension", word("not_given", language)]),
        column("Value", 18, ["value"], number=_JUDGED),
        column("unit", 12, ["indicator"], list="unit"),
        column("state", 12, ["state"], list="state"),
        column("n", 10, ["n"], number="#,##0"),
        *(column(key.capitalize(), 12, [key], number=_WRITTEN) for key in THRESHOLDS),
        column("Points", 10, ["points"], number=_points(ctx)),
        column("version", 15, ["card", "@digest"]),
        column("exact", 24, ["value"], beyond=15),
    ]  # fmt: skip
    return {
        "name": word("all_figures", language),
        "rows": VALUES,
        "columns": columns,
        "frozen": 2,
        "landscape": True,
    }


def signals_sheet(language: str) -> Sheet:
    """Return the sheet of ``signals.csv``: final values against their natural limits."""
    column = partial(_column, language)
    columns = [
        column("id", 26, ["indicator"]),
        column("Indicator", 28, *_words_in(language, "card", "name")),
        column("Period", 10, ["period"]),
        column("Dimension", 20, ["dimension"]),
        column("Member", 20, *_words_in(
            language, "card", "dimension_names", "{dimension}", "members", "{member}"),
            ["member"], blank=["dimension", word("not_given", language)]),
        column("held_value", 18, ["value"], number=_OWN),
        column("mean", 12, ["mean"], number=_OWN),
        column("lower_limit", 12, ["lower"], number=_OWN),
        column("upper_limit", 12, ["upper"], number=_OWN),
        column("signal", 8, ["signal"], list="side"),
        column("rule", 22, ["rule"], list="rule"),
        column("newest_value", 16, ["variation"], list="variation"),
        column("target_and_limits", 18, ["assurance"], list="assurance"),
        column("exact", 24, ["value"], beyond=15),
    ]  # fmt: skip
    return {
        "name": word("signals", language),
        "rows": SIGNALS,
        "columns": columns,
        "frozen": 2,
        "landscape": True,
    }


def contributions_sheet(language: str) -> Sheet:
    """Return the sheet of ``contributions.csv``: what moved each figure, and by how much."""
    column = partial(_column, language)
    columns = [
        column("id", 26, ["indicator"]),
        column("Indicator", 28, *_words_in(language, "card", "name")),
        column("Period", 10, ["period"]),
        column("why.against", 16, ["against"], list="against"),
        column("why.kind", 14, ["kind"], list="kind"),
        column("Dimension", 20, ["dimension"]),
        column("why.part", 24, *_words_in(
            language, "card", "dimension_names", "{dimension}", "members", "{member_or_term}"),
            ["member_or_term"], blank=["dimension", word("not_given", language)]),
        column("why.adds", 18, ["contribution"], number=_OWN),
        column("unit", 12, ["indicator"], list="unit"),
        column("exact", 24, ["contribution"], beyond=15),
    ]  # fmt: skip
    return {
        "name": word("why", language),
        "rows": CONTRIBUTIONS,
        "columns": columns,
        "frozen": 2,
        "landscape": True,
    }


def contribution_lists(language: str) -> dict[str, dict[str, str]]:
    """Return the words of what ``contributions.csv`` says in codes."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    return {
        "against": {which: word(f"why.from.{which}", language) for which in AGAINST},
        "kind": {kind: word(f"why.is.{kind}", language) for kind in kinds},
    }


def signal_lists(language: str) -> dict[str, dict[str, str]]:
    """Return the words of what ``signals.csv`` says in codes."""
    assurances: tuple[Assurance, ...] = get_args(Assurance)
    return {
        "side": {side: word(f"side.{side}", language) for side in get_args(Side)},
        "rule": {rule: word(f"rule.{rule}", language) for rule in RULES},
        "variation": {kind: word(f"variation.{kind}", language) for kind in VARIATIONS},
        "assurance": {kind: word(f"assured.{kind}", language) for kind in assurances},
    }


def cards_sheet(language: str) -> Sheet:
    """Return the sheet of the definitions as they stood."""
    column = partial(_column, language)
    texts = ("definition", "purpose", "notes", "collector", "source", "verifier")
    columns = [
        column("id", 26, ["id"]),
        column("Indicator", 26, *_words_in(language, "name")),
        column("department", 18, *_words_in(language, "department_name"), ["department"]),
        column("formula", 30, ["formula"]),
        column("unit", 12, ["id"], list="unit"),
        column("decimals", 8, ["decimals"], number="0"),
        column("direction", 14, ["direction"], list="direction"),
        column("cycle", 10, ["cycle"], list="cycle"),
        *(column(key, 40 if key == "definition" else 26, *_words_in(language, key), wrap=True)
          for key in texts),
        column("version", 15, ["@digest"]),
    ]  # fmt: skip
    return {
        "name": word("cards", language),
        "rows": "cards",
        "columns": columns,
        "frozen": 2,
        "landscape": True,
    }


def scorecard_sheets(ctx: Teller, report: Report) -> Iterator[Sheet]:
    """Yield a sheet for each scorecard of the report; of members the ranking, and the first ones.

    The lines of all stand among the scores.
    """
    for card in report_cards(ctx.figures, report):
        if card.members:
            yield _ranking(ctx, card)
        for each in card.each[:MOST_MEMBERS]:
            yield _scorecard(ctx, each, ctx.language)


def _ranking(ctx: Teller, card: ScoredCard) -> Sheet:
    """Return the sheet of all members by rank, with their totals and grades."""
    heads = [
        word(key, ctx.language) for key in ("Period", "rank", "Total", "grade", "state", "veto")
    ]
    rows: list[list[Any]] = [
        [word("id", ctx.language), word("Scorecard", ctx.language), members_head(ctx, card), *heads]
    ]
    for member in card.members:
        number = {"number": str(member.total), "format": _total(ctx, member)}
        name = member_of(ctx.catalog, card.scorecard, member.member) if member.member else None
        rows.append([
            member.key,
            _title(ctx, card),
            ctx.name(name),
            format_period(card.period, ctx.language),
            "" if member.rank is None else {"number": str(member.rank), "format": _GENERAL},
            "" if member.total is None else number,
            ctx.name(member.grade.name) if member.grade else "",
            state_words(member.state, ctx.language),
            " ".join(tell_total(ctx, member).vetoes),
        ])  # fmt: skip
    return {
        "name": f"{_title(ctx, card)} {word('ranking', ctx.language)}",
        "grid": rows,
        "widths": [30, 26, 26, 14, 8, 12, 18, 14, 60],
        "landscape": True,
    }


def _scorecard(ctx: Teller, card: ScoredCard, language: str) -> Sheet:
    """Return the sheet of a scorecard: total and grade on top, then its lines."""
    column = partial(_column, language)
    columns = [
        column("line_no", 16, ["no"]),
        column("groups", 30, *_words_in(language, "line", "groups")),
        column("Line", 30, *_words_in(language, "line", "title")),
        column("assessed", 18, *_words_in(language, "line", "assessed")),
        column("id", 26, ["indicator"]),
        column("Period", 10, ["period"]),
        column("weight", 8, ["weight"], number=_GENERAL),
        column("Value", 16, ["value"], number=_JUDGED),
        column("unit", 12, ["indicator"], list="unit"),
        column("state", 12, ["state"], list="state"),
        *(column(key.capitalize(), 12, [key], number=_WRITTEN) for key in THRESHOLDS),
        column("Points", 10, ["points"], number=_points(ctx)),
        column("counted", 9, ["counted"], list="yes"),
        *([column("off_or_on", 12, ["line", "effect"], number=_POINTS)]
          if any(line.effect is not None for line in card.lines) else []),
        column("version", 15, ["card", "@digest"]),
    ]  # fmt: skip
    return {
        "name": _title(ctx, card),
        "top": _head(ctx, card, language),
        "rows": SCORES,
        "only": {"scorecard": card.key},
        "columns": columns,
        "frozen": 0,
        "landscape": True,
    }


def revisions_sheet(ctx: Teller, revisions: Sequence[Revision]) -> Sheet:
    """Return the sheet of what this edition says differently from the one before."""
    language, cards = ctx.language, ctx.catalog.indicators
    keys = ("id", "Indicator", "measure", "Period", "Dimension", "member_code", "old", "new",
            "difference", "state", "type", "reason")  # fmt: skip
    rows: list[list[Any]] = [[word(key, language) for key in keys]]
    for found in revisions:
        card = cards.get(found.indicator)
        scorecard = ctx.catalog.scorecards.get(found.indicator.partition("/")[0])
        text = card.name if card else scorecard.title if scorecard else None
        how = number_format(card) if card and found.what == "value" else _POINTS
        numbers = (found.old, found.new, found.difference)
        rows.append([
            found.indicator, text.get(language) if text else "",
            word(found.what, language), found.period, found.dimension,
            found.member, *({"number": plain(n), "format": how} if n is not None else ""
                            for n in numbers),
            state_words(found.new_state, language) if found.new_state else "",
            word(f"revision.{found.kind}", language) if found.kind else "",
            found.reason.get(language) if found.reason else "",
        ])  # fmt: skip
    widths = [26, 26, 10, 10, 18, 18, 16, 16, 16, 14, 14, 50]
    return {"name": word("revisions_short", language), "grid": rows, "widths": widths,
            "landscape": True}  # fmt: skip


def _title(ctx: Teller, card: ScoredCard) -> str:
    return ctx.name(scored_title(ctx.catalog, card.scorecard, card.member))


def _total(ctx: Teller, card: ScoredCard) -> str:
    """Return the format of a total: with as many decimals as its grade asks for."""
    decimals = total_text(ctx, card).partition(".")[2]
    return f"#,##0.{'0' * len(decimals)}"


def _head(ctx: Teller, card: ScoredCard, language: str) -> list[list[Any]]:
    scorecard = card.scorecard
    rows: list[list[Any]] = [
        [_title(ctx, card)],
        [word("Period", language), format_period(card.period, language)],
    ]
    if scorecard.assessed:
        rows.append([word("assessed", language), scorecard.assessed.get(language)])
    if scorecard.scored:
        total = (
            "" if card.total is None else {"number": str(card.total), "format": _total(ctx, card)}
        )
        weight = {"number": str(card.weight_counted), "format": _GENERAL}
        rows += [[word("Total", language), total],
                 [word("weight_counted", language), weight]]  # fmt: skip
        if card.rank is not None:
            rows.append([word("rank", language), {"number": str(card.rank), "format": _GENERAL}])
        if card.grade:
            rows.append([word("grade", language), card.grade.name.get(language)])
        rows += [[word("veto", language), text] for text in tell_total(ctx, card).vetoes]
        if card.provisional:
            rows.append([word("state", language), state_words(State.PROVISIONAL, language)])
    return [*rows, []]
