"""A card's breakdowns exist in everything that it is computed from.

Rules: specification.md#dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_site.catalog import CalendarTerm, DataTerm, Indicator, IndicatorTerm, OtherTerm, Term
from kpi_site.content.draft import Draft
from kpi_site.content.rules.formulas import used_terms
from kpi_site.content.rules.scorecards import no_longer_periods
from kpi_site.problems import Message, Name, Problem, did_you_mean
from kpi_site.schema import breaks_down
from kpi_site.sql.nodes import columns


@dataclass(frozen=True, slots=True)
class _Lack:
    """What lacks a dimension, in words, and the dimensions that it has."""

    what: Message
    known: tuple[str, ...]


def dimensions_exist(draft: Draft) -> Iterator[Problem]:
    """Report a dimension that a term's dataset, or the other card, does not have."""
    for card in draft.catalog.indicators.values():
        earlier = (column.name for v in card.versions for column in columns(v.node))
        needed = used_terms(card, broken_down=True, more=earlier)
        for dimension in card.dimensions:
            lacks: dict[str, _Lack] = {}
            for term in card.terms:
                found = _lack(draft, card, dimension, term) if term.name in needed else None
                if found is not None:
                    lacks.setdefault(_source(term), found)
            if lacks:
                yield _lacking(dimension, list(lacks.values()))


def _lacking(dimension: Name, lacks: list[_Lack]) -> Problem:
    zh = "、".join(lack.what.zh for lack in lacks)
    en = " and ".join(lack.what.en for lack in lacks)
    verb = "lacks" if len(lacks) == 1 else "lack"
    message = Message(f"{zh}没有维度“{dimension}”", f"{en} {verb} the dimension '{dimension}'")
    hint = did_you_mean(dimension, lacks[0].known)
    return Problem(dimension.where, "unknown-dimension", message, hint)


def _source(term: Term) -> str:
    match term:
        case IndicatorTerm():
            return f"indicator {term.indicator}"
        case OtherTerm() | CalendarTerm():
            return ""
        case _:
            return f"dataset {term.dataset}"


def _lack(draft: Draft, card: Indicator, dimension: Name, term: Term) -> _Lack | None:
    match term:
        case IndicatorTerm():
            return _card_lacks(draft, card, dimension, term)
        case OtherTerm() | CalendarTerm():
            return None
        case _:
            return _dataset_lacks(draft, card, dimension, term)


def _dataset_lacks(draft: Draft, card: Indicator, dimension: Name, term: DataTerm) -> _Lack | None:
    dataset = draft.catalog.datasets.get(term.dataset)
    if dataset is None or draft.doubts_dimension(dataset, dimension):
        return None
    if breaks_down(draft.catalog, card, term, dimension):
        return None
    what = Message(
        f"数据集“{dataset.id}”（项“{term.name}”）",
        f"the dataset '{dataset.id}' (term '{term.name}')",
    )
    return _Lack(what, tuple(draft.schemas[str(dataset.id)]))


def _card_lacks(
    draft: Draft, card: Indicator, dimension: Name, term: IndicatorTerm
) -> _Lack | None:
    other = draft.catalog.indicators.get(term.indicator)
    if other is None or _damaged(draft, other, "dimensions"):
        return None
    if breaks_down(draft.catalog, card, term, dimension):
        return None
    what = Message(
        f"指标“{other.id}”（项“{term.name}”）", f"the indicator '{other.id}' (term '{term.name}')"
    )
    return _Lack(what, tuple(other.dimensions))


def other_cards_have_results(draft: Draft) -> Iterator[Problem]:
    """Report a card used by one of a shorter cycle, or for a score that it cannot have."""
    for card in draft.catalog.indicators.values():
        for term in card.terms:
            if isinstance(term, IndicatorTerm):
                other = draft.catalog.indicators.get(term.indicator)
                if other is not None:
                    yield from _cycle_is_longer(draft, card, term, other)
                    yield from _score_is_missing(draft, term, other)
                    yield from _ends_before(card, term, other)


def _ends_before(card: Indicator, term: IndicatorTerm, other: Indicator) -> Iterator[Problem]:
    """Warn of a card that goes on after one that it is computed from has ended."""
    outlived = other.ends is not None and not (card.ends and other.lives(card.ends.last))
    if not outlived or card.retired or term.name not in used_terms(card):
        return
    successor = other.successor and str(other.successor)
    yield Problem(
        term.indicator.where,
        "retired-term",
        Message(
            f"本卡由“{other.id}”计算，而它在{other.ends}之后停用：此后这里没有数据",
            f"this card is computed from '{other.id}', which is retired after {other.ends}: "
            "there is no data from then on",
        ),
        Message(
            f"用 versions 写明此后由什么计算{f'（“{successor}”）' if successor else ''}，"
            "或让本卡也停用。",
            f"Say with 'versions' what it is computed from then"
            f"{f' ({successor})' if successor else ''}, or retire this card, too.",
        ),
        severity="warning",
    )


def _cycle_is_longer(
    draft: Draft, card: Indicator, term: IndicatorTerm, other: Indicator
) -> Iterator[Problem]:
    if _damaged(draft, other, "cycle", "longer") or card.cycle in other.grains:
        return
    if other.cycle.rank < card.cycle.rank:
        if not _damaged(draft, card, "cycle"):
            yield no_longer_periods(term.indicator.where, other, card.cycle)
        return
    if not _damaged(draft, card, "cycle"):
        yield Problem(
            term.indicator.where,
            "cycle-too-long",
            Message(
                f"指标“{other.id}”的周期（{other.cycle}）比本卡（{card.cycle}）长",
                f"the indicator '{other.id}' has a longer cycle ({other.cycle}) "
                f"than this card ({card.cycle})",
            ),
        )


def _score_is_missing(draft: Draft, term: IndicatorTerm, other: Indicator) -> Iterator[Problem]:
    if term.measure != "score" or _damaged(
        draft, other, "thresholds", "direction", "points", "steps"
    ):
        return
    if not other.judges:
        yield Problem(
            term.indicator.where,
            "no-score",
            Message(
                f"指标“{other.id}”没有阈值，因此没有得分",
                f"the indicator '{other.id}' has no thresholds, so no score",
            ),
        )


def _damaged(draft: Draft, card: Indicator, *keys: str) -> bool:
    entry = next(e for e in draft.indicators if e.value is card)
    return not entry.damaged.isdisjoint(keys)
