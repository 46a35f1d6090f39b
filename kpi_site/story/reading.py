"""How one result reads: its number, state, level and differences, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.periods import Calendar, Grain, Period, Span
from kpi_site.results import Result, Series, State, Told
from kpi_site.scoring import Level, Tone, excess, level_of, tone
from kpi_site.story.standards import bare_limits
from kpi_site.story.teller import Teller
from kpi_site.wording.dates import format_days, format_period
from kpi_site.wording.judged import figure_text, points_bounds, points_text
from kpi_site.wording.numbers import (
    format_difference,
    format_number,
    shown,
    unit_label,
)
from kpi_site.wording.words import (
    UNJUDGED,
    state_mark,
    state_words,
    status_mark,
    status_words,
    unjudged_words,
)
from kpi_site.words import word

YEAR: Final = Span(months=12)
SPARK_POINTS: Final = 13  # a year, and the same period of the year before


@dataclass(frozen=True, slots=True)
class Delta:
    """Δ between two results, with its unit, and what it means.

    ``short`` is relative (in percent) alone for amounts that add up; ``bare`` is that, or the
    number without its unit, "" where it cannot be told. ``basis`` says "to the same
    day" where a running period is compared with the same part of an earlier one, else nothing;
    ``verdict`` says in a word whether it is good, for those who cannot see it by the colour.
    """

    text: str
    short: str
    arrow: str
    tone: Tone
    verdict: str
    basis: str = ""
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One result in words and numbers; ``text`` has the unit."""

    period: str
    text: str
    state: State
    told: Told
    mark: str
    state_words: str
    level: Level
    level_mark: str
    level_words: str
    previous: Delta | None
    year: Delta | None
    to_target: Delta | None
    unjudged: bool = False  # its card has standards, which do not judge it here
    days: str = ""  # of a period whose name does not tell them

    @property
    def has_value(self) -> bool:
        """Tell whether there is a number to show."""
        return self.state.has_value


@dataclass(frozen=True, slots=True)
class Now:
    """Where an indicator stands; ``recent`` are its values of the last periods.

    ``limits`` are baseline, target and challenge without their unit, "" where not judged;
    ``points`` what it is worth by them.
    """

    indicator: Indicator
    name: str
    unit: str
    cycle: Grain
    reading: Reading
    result: Result
    recent: tuple[Decimal | None, ...]
    limits: tuple[str, str, str]
    points: str
    foreign: bool = False  # its name is in the other language
    ended: str = ""  # where its data end, if that is early


def compare(
    ctx: Teller, indicator: Indicator, new: Result, old: Result | None, series: Series | None
) -> Delta | None:
    """Return the difference between two results of ``series``; None where one has no value."""
    if old is None:
        return None
    found = difference(ctx, indicator, new.value, old.value)
    if found is None or series is None or not series.to_same_day(new.period):
        return found
    return replace(found, basis=word("same_day", ctx.language))


def difference(
    ctx: Teller,
    indicator: Indicator,
    new: Decimal | None,
    old: Decimal | None,
    finer: int = 0,
) -> Delta | None:
    """Return Δ = ``new`` − ``old``; good or bad by the card's direction.

    A difference that rounds to nothing is no change: neither up, nor down, nor good. It has
    the card's decimals, and ``finer`` more.
    """
    change = bare_change(ctx, indicator, new, old, finer)
    if change is None or new is None or old is None:
        return None
    number, what = change
    places = indicator.decimals + finer
    text = format_difference(new, old, indicator.unit, places, ctx.language)
    same = text.startswith("±")
    return Delta(
        text=text,
        short=f"{number}%" if indicator.unit.additive and number else text,
        arrow="→" if same else "↑" if new > old else "↓",
        tone="even" if same else what,
        verdict="" if same or what == "even" else word(f"tone.{what}", ctx.language),
        bare=f"{number}%" if indicator.unit.additive and number else number,
    )


def bare_change(
    ctx: Teller,
    indicator: Indicator,
    new: Decimal | None,
    old: Decimal | None,
    finer: int = 0,
) -> tuple[str, Tone] | None:
    """Return Δ as a number without unit, and what it means; None where a value is missing.

    For amounts that add up it is relative, in percent, and "" where the base is not positive.
    """
    if new is None or old is None:
        return None
    if not indicator.unit.additive:
        change = shown(new - old, indicator.unit, ctx.language)
        number = format_number(change, indicator.decimals + finer, signed=True)
    else:
        share = (new - old) * 100 / old if old > 0 else None
        number = "" if share is None else format_number(share, 1 + finer, signed=True)
    return number, "even" if number.startswith("±") else tone(indicator, new, old)


def read(
    ctx: Teller,
    indicator: Indicator,
    result: Result,
    series: Series | None,
) -> Reading:
    """Return how ``result`` reads beside the earlier ones of its ``series``."""
    calendar = ctx.catalog.site.calendar
    language = ctx.language
    level = level_of(result, indicator)
    why = result.unjudged if result.state.has_value and not indicator.retired else None
    value = result.value if result.state.has_value else None
    return Reading(
        period=format_period(result.period, language),
        text=figure_text(value, indicator, result.threshold, language),
        state=result.state,
        told=result.told,
        mark=state_mark(result.told),
        state_words=state_words(result.told, language),
        level=level,
        level_mark=UNJUDGED if why else status_mark(level),
        level_words=unjudged_words(why, language) if why else status_words(level, language),
        previous=compare(ctx, indicator, result, previous(calendar, result.period, series), series),
        year=compare(ctx, indicator, result, year_before(calendar, result.period, series), series),
        to_target=_to_target(ctx, indicator, result),
        unjudged=why is not None,
        days=format_days(result.period, language),
    )


def _to_target(ctx: Teller, indicator: Indicator, result: Result) -> Delta | None:
    """Return how far the result is from its target.

    A distance that would read as none has up to two more decimals: what misses its target
    is not shown as on it.
    """
    value = result.value
    target = result.threshold.target if result.threshold else None
    if value is None or target is None or not result.state.has_value:
        return None
    sides = excess(indicator, value, target)
    found = [difference(ctx, indicator, *sides, finer) for finer in range(3)]
    return next((d for d in found if d and "±" not in d.short), found[0])


def previous(calendar: Calendar, period: Period, series: Series | None) -> Result | None:
    """Return what the result of ``period`` is compared with in the period just before."""
    return _compared(series, period, calendar.previous(period)) if series else None


def year_before(calendar: Calendar, period: Period, series: Series | None) -> Result | None:
    """Return what it is compared with a year earlier; None for years (see ``previous``)."""
    if series is None or period.grain is Grain.YEAR:
        return None
    return _compared(series, period, calendar.before(period, YEAR))


def _compared(series: Series, period: Period, earlier: Period | None) -> Result | None:
    return None if earlier is None else series.compared(period, earlier)


def missing(ctx: Teller, indicator: Indicator, period: Period, told: Told) -> Reading:
    """Return how an absent result reads: its state's mark and words, no number."""
    state = State.NO_DATA if told == "excluded" else told
    result = Result(period, None, state, excluded=told == "excluded")
    return read(ctx, indicator, result, None)


def main_grain(indicator: Indicator) -> Grain:
    """Return the grain at which a card is shown: its cycle; months where that is a day.

    A card without longer periods is shown by its cycle alone.
    """
    daily = indicator.cycle is Grain.DAY and indicator.longer
    return Grain.MONTH if daily else indicator.cycle


def now(ctx: Teller, indicator: Indicator, until: Period | None = None) -> Now | None:
    """Return where ``indicator`` stands: at its newest closed period, or as seen in ``until``.

    A daily card is shown by months.

    With ``until``, the card's result in that very period if it has such periods, else the
    newest one of its own cycle that ended by then.
    """
    key = ("now", str(indicator.id), until)
    return ctx.once.get(key, lambda: _now(ctx, indicator, until))


def _now(ctx: Teller, indicator: Indicator, until: Period | None) -> Now | None:
    found = ctx.results_of(indicator)
    grain = main_grain(indicator)
    if until is not None:
        grain = until.grain if until.grain in indicator.grains else indicator.cycle
    series = found.whole(grain) if found else None
    result = _current(series, until) if series else None
    return stand(ctx, indicator, series, result) if series and result else None


def stand(ctx: Teller, indicator: Indicator, series: Series, result: Result) -> Now:
    """Return where ``indicator`` stands by ``result``, one of ``series``."""
    return Now(
        indicator=indicator,
        name=ctx.name(indicator.name),
        unit=unit_label(indicator.unit, ctx.language),
        cycle=series.key.grain,
        reading=read(ctx, indicator, result, series),
        result=result,
        recent=recent(series, result),
        limits=bare_limits(ctx, indicator, result.threshold),
        points=points_text(result.points, points_bounds(ctx.catalog.site.scoring)),
        foreign=indicator.name.falls_back(ctx.language),
        ended=ctx.ended(indicator),
    )


def _current(series: Series, until: Period | None) -> Result | None:
    if until is None:
        return series.latest_closed
    if series.key.grain is until.grain:
        return series.at(until)
    ended = [r for r in series.results if r.period.last <= until.last]
    return ended[-1] if ended else None


def recent(series: Series, last: Result) -> tuple[Decimal | None, ...]:
    """Return the values of the last periods up to ``last``: what a small trend draws."""
    end = series.index(last.period)
    kept = series.results[: (end if end is not None else -1) + 1][-SPARK_POINTS:]
    return tuple(r.value for r in kept)
