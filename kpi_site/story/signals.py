"""What a value says against its natural limits: a signal or noise, in a sentence.

Rules: specification.md#variation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpi_site.catalog import Indicator
from kpi_site.periods import Period
from kpi_site.results import Series
from kpi_site.scoring import Tone
from kpi_site.signals import RULES, VARIATIONS, Behaviour, Observed, Signal, Variation, variation_of
from kpi_site.story.reading import Now
from kpi_site.story.standards import target_text
from kpi_site.story.teller import Teller
from kpi_site.story.why import tell_reason
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_difference, format_value
from kpi_site.wording.words import in_a_row

MARKS: Final[dict[Variation, str]] = {
    "improvement": "◆",
    "concern": "■",
    "change": "◎",
    "common": "",
}
MOST_MOVES: Final = 5  # of a kind that are told
_TONES: Final[dict[Variation, Tone]] = {
    "improvement": "good",
    "concern": "bad",
    "change": "even",
    "common": "even",
}
_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
_THREE: Final = 3  # of which two, or all, are beyond two thirds of the limits
_FINER: Final = 2  # more places where a value would read like the limit that it is beyond


@dataclass(frozen=True, slots=True)
class SignalStory:
    """What a value says. ``variation`` is that of this very value, with its mark and words.

    ``sentence`` tells why, ``assurance`` whether chance alone meets the target ("" where that
    cannot be told). ``limits`` are lower limit, upper limit and mean as readers see them.
    """

    observed: Observed
    variation: Variation
    mark: str
    words: str
    tone: Tone
    sentence: str
    assurance: str
    limits: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class MoveStory:
    """An indicator whose newest value is a signal, and the series that shows how it has gone.

    ``why`` says what moved it, "" where that cannot be told.
    """

    now: Now
    signal: SignalStory
    trend: Series | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class MovesStory:
    """What changed: the signals, by what they mean, and the ``rest``, which are counted alone.

    ``how`` says what is listed and in which order. ``calm`` says that nothing has changed,
    where that is true of indicators with limits; "" otherwise.
    """

    better: tuple[MoveStory, ...]
    worse: tuple[MoveStory, ...]
    changed: tuple[MoveStory, ...]
    rest: tuple[MoveStory, ...]
    how: str
    calm: str

    @property
    def more(self) -> int:
        """How many are not named."""
        return len(self.rest)

    @property
    def groups(self) -> tuple[tuple[str, tuple[MoveStory, ...]], ...]:
        """Those that are not empty, by the word that heads them."""
        found = (("better", self.better), ("worse", self.worse), ("changed", self.changed))
        return tuple(pair for pair in found if pair[1])


def tell_signal(
    teller: Teller, indicator: Indicator, period: Period, shown: Period | None = None
) -> SignalStory | None:
    """Return what the whole's value in ``period`` says; None without limits or final value.

    Where the limits lie on the mean nothing is told: every other value would be a signal.
    The sentence names the period where it is not ``shown`` beside it anyhow.
    """
    behaviour = teller.behaviour(indicator)
    observed = behaviour.at(period) if behaviour else None
    if behaviour is None or observed is None or behaviour.flat:
        return None
    variation = variation_of(indicator, observed.signal)
    say = _Saying(teller, indicator, behaviour)
    return SignalStory(
        observed=observed,
        variation=variation,
        mark=MARKS[variation],
        words=teller.word(f"variation.{variation}"),
        tone=_TONES[variation],
        sentence=say.sentence(observed, named=shown is not None and shown != period),
        assurance=say.assurance(period),
        limits=say.limits,
    )


def signal_moves(
    teller: Teller, stands: Iterable[Now], *, within: bool = False
) -> tuple[MoveStory, ...]:
    """Return the indicators whose newest value is a signal, in the order of the rules.

    Not by size: of one rule those come first that have been a signal for the shortest time,
    then those farthest beyond by the measure of their own limits. The newest value is that of
    the period in which an indicator stands, or (``within``) the last of its cycle inside it.
    """
    found = []
    for now in stands:
        period = _newest(teller, now) if within else now.result.period
        told = tell_signal(teller, now.indicator, period, now.result.period) if period else None
        if told is not None and told.observed.signal is not None:
            found.append((_rank(teller, now, told.observed, told.observed.signal), now, told))
    return tuple(MoveStory(now, told) for _, now, told in sorted(found, key=lambda f: f[0]))


def tell_moves(
    teller: Teller, stands: Collection[Now], found: Iterable[MoveStory], most: int = MOST_MOVES
) -> MovesStory:
    """Return what is told of the signals ``found`` among ``stands``: the first of each kind."""
    by_kind: dict[Variation, list[MoveStory]] = {kind: [] for kind in VARIATIONS}
    for move in found:
        by_kind[move.signal.variation].append(move)
    shown = {
        kind: tuple(_with_reason(teller, move) for move in moves[:most])
        for kind, moves in by_kind.items()
    }
    watched = any(_is_watched(teller, now.indicator) for now in stands)
    return MovesStory(
        better=shown["improvement"],
        worse=shown["concern"],
        changed=shown["change"],
        rest=tuple(move for moves in by_kind.values() for move in moves[most:]),
        how=teller.word("signals_how"),
        calm=teller.word("no_signals") if watched and not any(shown.values()) else "",
    )


def _with_reason(teller: Teller, move: MoveStory) -> MoveStory:
    now = move.now
    return replace(move, why=tell_reason(teller, now.indicator, now.result.period))


def _is_watched(teller: Teller, indicator: Indicator) -> bool:
    behaviour = teller.behaviour(indicator)
    return behaviour is not None and not behaviour.flat


def _newest(teller: Teller, now: Now) -> Period | None:
    """Return the newest period of the card's cycle that ends inside the one where it stands."""
    behaviour = teller.behaviour(now.indicator)
    inside = (o.period for o in reversed(behaviour.observed if behaviour else ()))
    return next((p for p in inside if now.result.period.holds(p.last)), None)


def _rank(
    teller: Teller, now: Now, observed: Observed, signal: Signal
) -> tuple[int, int, float, str]:
    behaviour = teller.behaviour(now.indicator)
    assert behaviour is not None
    limits = behaviour.limits
    far = abs(observed.value - limits.mean) / (limits.upper - limits.mean)
    return RULES.index(signal.rule), signal.count, -float(far), str(now.indicator.id)


def tell_band(teller: Teller, indicator: Indicator) -> str:
    """Return what the band, the line and the marks of a trend are; "" without limits."""
    behaviour = teller.behaviour(indicator)
    if behaviour is None or behaviour.flat:
        return ""
    basis = behaviour.basis
    if basis.plain:
        lower, upper, mean = _Saying(teller, indicator, behaviour).limits
        return teller.word("chart_signals", lower, upper, mean)
    how = teller.word("chart_by_season") if basis.season else teller.word("chart_by_change")
    return teller.word("chart_moving_signals", how)


@dataclass(frozen=True, slots=True)
class _Saying:
    """How one card's signals are put into words."""

    teller: Teller
    indicator: Indicator
    behaviour: Behaviour

    @property
    def limits(self) -> tuple[str, str, str]:
        """Lower limit, upper limit and mean."""
        of = self.behaviour.limits
        return self.number(of.lower), self.number(of.upper), self.number(of.mean)

    def number(self, value: Decimal, finer: int = 0) -> str:
        """Return a value, or a change, as readers see it; whole things with a tenth."""
        card, language = self.indicator, self.teller.language
        whole = card.unit.kind in {"count", "people"} and card.decimals == 0
        places = card.decimals + whole + finer
        if self.behaviour.basis.plain:
            return format_value(value, card.unit, places, language)
        return format_difference(value, Decimal(0), card.unit, places, language)

    def sentence(self, observed: Observed, *, named: bool) -> str:
        word = self.teller.word
        if observed.signal is None:
            lower, upper, _ = self.limits
            text = word("signal.none", lower, upper)
        else:
            text = word("signal.is_change", self._fact(observed, observed.signal))
        basis = self.behaviour.basis
        if not basis.plain:
            text = (
                word("signal.by_season", text) if basis.season else word("signal.by_change", text)
            )
        if named:
            when = format_period(observed.period, self.teller.language)
            return word("signal.in_period", when, text)
        return text[:1].upper() + text[1:]

    def _fact(self, observed: Observed, signal: Signal) -> str:
        """Return what makes a value a signal, without what it means."""
        word, of = self.teller.word, self.behaviour.limits
        many = self._periods(signal.count)
        limit = of.upper if signal.side == "high" else of.lower
        match signal.rule:
            case "point":
                return word(f"signal.point.{signal.side}", self._beside(limit, observed.value))
            case "two_of_three" if signal.count < _THREE:
                near = many if self.teller.language == "zh" else _NUMBERS[signal.count]
                three = self._periods(_THREE)
                return word(f"signal.two.{signal.side}", self.number(limit), three, near)
            case "two_of_three":
                return word(f"signal.three.{signal.side}", self.number(limit), many)
            case "shift":
                mean = self._beside(of.mean, observed.value)
                return word(f"signal.shift.{signal.side}", mean, many)
            case "trend":
                return word(f"signal.trend.{signal.side}", many)

    def _beside(self, limit: Decimal, value: Decimal) -> str:
        """Return a limit with as many places as tell it from the value beyond it."""
        found = ((self.number(limit, n), self.number(value, n)) for n in range(_FINER + 1))
        return next((text for text, own in found if text != own), self.number(limit))

    def _periods(self, count: int) -> str:
        """Return ``seven months`` or ``7个月``."""
        english = self.teller.language == "en" and count < len(_NUMBERS)
        number = _NUMBERS[count] if english else str(count)
        return in_a_row(self.indicator.cycle, number, self.teller.language)

    def assurance(self, period: Period) -> str:
        """Return what the target in force in ``period`` is to the limits."""
        found = self.teller.results_of(self.indicator)
        series = found.whole(period.grain) if found else None
        result = series.at(period) if series else None
        told = self.behaviour.assurance_of(self.indicator, result)
        if result is None or told is None:
            return ""
        target = target_text(self.teller, self.indicator, result.threshold)
        return self.teller.word(f"assurance.{told}", target)
