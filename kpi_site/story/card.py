"""What is told of a card: which facts, in which order, how much of a long list.

Rules: specification.md#page-order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kpi_site.catalog import CardTexts, Indicator, Unit, Version
from kpi_site.periods import Period
from kpi_site.results import Result, Series
from kpi_site.scoring import LEVEL_NAMES
from kpi_site.story.actions import ActionStory, tell_actions
from kpi_site.story.arithmetic import (
    ExampleStory,
    RuleStory,
    TermValue,
    VersionStory,
    as_of,
    rule_text,
    tell_examples,
    tell_formula,
    tell_rules,
    tell_values_of_terms,
    tell_versions,
)
from kpi_site.story.breakdown import BreakdownStory, tell_breakdowns
from kpi_site.story.card_standards import ThresholdStory, UseStory, tell_thresholds, tell_uses
from kpi_site.story.lineage import SourceStory, TermStory, tell_sources, tell_terms
from kpi_site.story.published import PublishedStory, tell_published
from kpi_site.story.reading import SPARK_POINTS, Now, Reading, now, read, stand
from kpi_site.story.signals import SignalStory, tell_signal
from kpi_site.story.standards import centre_text, threshold_points, threshold_texts
from kpi_site.story.teller import Ref, Said, Teller
from kpi_site.story.values import ValuesStory, tell_values
from kpi_site.story.why import WhyStory, tell_why
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import format_value, unit_label
from kpi_site.wording.words import cycle_word, direction_words


@dataclass(frozen=True, slots=True)
class CardFact:
    """Who answers for the figure, or how it is meant: the key of its label, and what it says.

    ``said`` is a contributor's text, ``text`` ours or a name of the site.
    """

    key: str
    said: Said | None = None
    text: str = ""
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class ChangeStory:
    """An entry of the card's history: since when, what, and whether it breaks the series.

    ``formulas`` are the one before and the one from then on, where a version begins with
    another, ``rules`` the same of what earns points.
    """

    start: str
    what: Said | None
    breaks_series: bool
    formulas: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardStory:
    """A card, in the order in which it is told; what is empty is not told.

    ``standing`` says of a draft, or of a card that has ended or will end, what that means;
    ``now`` is where it stands, ``limits`` (level, threshold) by what it is judged there, ``signal``
    whether that is more than chance, ``why`` what moved it, ``so_far`` a period that runs since;
    ``numbers`` are the
    terms' of that period, and ``recent`` its results up to it, a year and the same period of the
    year before, the oldest first.
    ``worth`` are the points of the thresholds by the straight lines.
    """

    language: str
    indicator: Indicator
    name: Said | None
    status: str
    standing: str
    successor: Ref | None
    department: Ref
    definition: Said | None
    now: Now | None
    limits: tuple[tuple[str, str], ...]
    signal: SignalStory | None
    why: tuple[WhyStory, ...]
    so_far: Reading | None
    published: tuple[PublishedStory, ...]
    formula: RuleStory
    numbers: tuple[TermValue, ...]
    terms: tuple[TermStory, ...]
    sources: tuple[SourceStory, ...]
    facts: tuple[CardFact, ...]
    purpose: Said | None
    notes: Said | None
    recent: tuple[Result, ...]
    values: tuple[ValuesStory, ...]
    breakdowns: tuple[BreakdownStory, ...]
    thresholds: tuple[ThresholdStory, ...]
    worth: tuple[str, str, str] | None
    rules: tuple[RuleStory, ...]
    examples: tuple[ExampleStory, ...]
    versions: tuple[VersionStory, ...]
    uses: tuple[UseStory, ...]
    actions: tuple[ActionStory, ...]
    changes: tuple[ChangeStory, ...]
    related: tuple[Ref, ...]
    aliases: tuple[str, ...]


def tell_card(teller: Teller, indicator: Indicator, period: Period | None = None) -> CardStory:
    """Return what is told of a card as it stands in ``period``: by default the newest closed.

    Without a result in ``period`` it stands nowhere.
    """
    current = now(teller, indicator) if period is None else _then(teller, indicator, period)
    result = current.result if current else None
    texts = teller.catalog.texts[indicator.id]
    held = as_of(teller, indicator, result.period if result else None)
    return CardStory(
        language=teller.language,
        indicator=indicator,
        name=teller.said(indicator.name),
        status=indicator.status,
        standing=_standing(teller, indicator),
        successor=teller.card_ref(indicator.successor) if indicator.successor else None,
        department=_department(teller, indicator),
        definition=teller.said(texts.definition),
        now=current,
        limits=tuple(_limits(teller, indicator, result)),
        signal=tell_signal(teller, indicator, result.period) if result else None,
        why=tell_why(teller, indicator, result.period) if result else (),
        so_far=_so_far(teller, indicator, current),
        published=tell_published(teller, indicator.id),
        formula=tell_formula(teller, indicator, result),
        numbers=tell_values_of_terms(teller, held, result),
        terms=tell_terms(teller, held),
        sources=tell_sources(teller, indicator),
        facts=tuple(f for f in _facts(teller, indicator, texts) if f.said or f.text or f.ref),
        purpose=teller.said(texts.purpose),
        notes=teller.said(texts.notes),
        recent=_recent(teller, indicator, result),
        values=tell_values(teller, indicator),
        breakdowns=tell_breakdowns(teller, indicator),
        thresholds=tell_thresholds(teller, indicator),
        worth=None if held.points or held.steps else threshold_points(teller),
        rules=tell_rules(teller, held, result),
        examples=tell_examples(teller, indicator),
        versions=tell_versions(teller, indicator),
        uses=tell_uses(teller, indicator),
        actions=tell_actions(teller, teller.actions_of.get(indicator.id, ())),
        changes=_changes(teller, indicator),
        related=tuple(teller.card_ref(r) for r in indicator.related),
        aliases=texts.aliases,
    )


def _standing(teller: Teller, indicator: Indicator) -> str:
    """Say that a card is a draft, since when it is retired, or when it will be."""
    if indicator.ends is None or indicator.status == "draft":
        return "" if indicator.in_use else teller.word(f"{indicator.status}_banner")
    last = format_period(indicator.ends, teller.language)
    if indicator.in_use:
        return teller.word("retiring_banner", last)
    since = teller.catalog.site.calendar.following(indicator.ends)
    if since is None:  # a calendar that lists no more periods
        return teller.word("retired_banner")
    return teller.word("retired_since_banner", format_period(since, teller.language), last)


def _changes(teller: Teller, indicator: Indicator) -> tuple[ChangeStory, ...]:
    """Return what changed, the newest first: what the card says, and its other versions."""
    begun = {new.start: (old, new) for old, new in pairwise(indicator.versions) if new.start}
    other = {start for start, (old, new) in begun.items() if not new.computes_as(old)}
    told = [(c.start, teller.said(c.what), c.breaks_series) for c in indicator.changes]
    dated = {start for start, *_ in told}
    told += [(start, None, True) for start in begun if start not in dated]
    return tuple(
        ChangeStory(
            start=format_period(start, teller.language),
            what=what,
            breaks_series=start in other or (breaks and start not in begun),
            formulas=_both(begun.get(start), lambda version: version.formula.code.text),
            rules=_both(begun.get(start), rule_text),
        )
        for start, what, breaks in sorted(told, key=lambda one: one[0], reverse=True)
    )


def _both(
    versions: tuple[Version, Version] | None, text: Callable[[Version], str]
) -> tuple[str, ...]:
    """Return what two versions that follow each other say; nothing where it is the same."""
    found = tuple(map(text, versions or ()))
    return found if len(set(found)) > 1 else ()


def _then(teller: Teller, indicator: Indicator, period: Period) -> Now | None:
    found = teller.results_of(indicator)
    series = found.whole(period.grain) if found else None
    result = series.at(period) if series else None
    return stand(teller, indicator, series, result) if series and result else None


def _department(teller: Teller, indicator: Indicator) -> Ref:
    return Ref("department", str(indicator.department), teller.department(indicator.department))


def _limits(
    teller: Teller, indicator: Indicator, result: Result | None
) -> Iterator[tuple[str, str]]:
    threshold = result.threshold if result else None
    if threshold is None:
        return
    centre = centre_text(teller, indicator)
    texts = threshold_texts(teller, indicator, threshold)
    yield from ((k, centre + text) for k, text in zip(LEVEL_NAMES, texts, strict=True) if text)


def _so_far(teller: Teller, indicator: Indicator, current: Now | None) -> Reading | None:
    """Return the running period where it is newer than the closed one that is shown."""
    series = _whole(teller, indicator, current.result if current else None)
    if series is None or current is None or series.latest is None:
        return None
    latest: Result = series.latest
    if latest.period == current.result.period or not latest.state.has_value:
        return None
    return read(teller, indicator, latest, series)


def _whole(teller: Teller, indicator: Indicator, result: Result | None) -> Series | None:
    found = teller.results_of(indicator)
    return found.whole(result.period.grain) if found and result else None


def _recent(teller: Teller, indicator: Indicator, result: Result | None) -> tuple[Result, ...]:
    series = _whole(teller, indicator, result)
    if series is None or result is None:
        return ()
    end = (series.index(result.period) or 0) + 1
    return series.results[max(0, end - SPARK_POINTS) : end]


def _facts(teller: Teller, indicator: Indicator, texts: CardTexts) -> Iterator[CardFact]:
    """Yield who answers for the figure, and how it is meant."""
    language = teller.language
    yield CardFact("department", ref=_department(teller, indicator))
    yield CardFact("collector", teller.said(texts.collector))
    yield CardFact("source", teller.said(texts.source))
    yield CardFact("verifier", teller.said(texts.verifier))
    yield CardFact("presentation", teller.said(texts.presentation))
    yield CardFact("cycle", text=cycle_word(indicator.cycle, language))
    yield CardFact("direction", text=_direction(teller, indicator))
    yield CardFact("unit", text=unit_label(indicator.unit, language))
    name = indicator.perspective
    if name and _known(teller.catalog.site.perspectives, name):
        yield CardFact("perspective", ref=Ref("perspective", str(name), teller.perspective(name)))
    audience = indicator.audience
    if audience in {"staff", "leadership"}:
        yield CardFact("audience", text=teller.word(f"audience.{audience}"))
    elif audience:
        yield CardFact("audience", text=audience)


def _known(units: tuple[Unit, ...], name: str) -> bool:
    return any(u.id == name for u in units)


def _direction(teller: Teller, indicator: Indicator) -> str:
    words = direction_words(indicator.direction, teller.language)
    if indicator.direction != "within":
        return words
    centre = format_value(indicator.centre, indicator.unit, indicator.decimals, teller.language)
    return f"{words} ({centre})" if teller.language == "en" else f"{words}（{centre}）"
