"""Worked examples as a person reads them: given, expected, got, and the arithmetic between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kpi_site.catalog import Catalog, Example, Indicator
from kpi_site.content.draft import Draft, Entry, term_names
from kpi_site.content.rules.standards import names_are_known
from kpi_site.formula.examples import given_operands, run_example, shown
from kpi_site.formula.steps import steps
from kpi_site.problems import Message
from kpi_site.scoring import example_points, points_agree
from kpi_site.sql.nodes import columns
from kpi_site.words import word

_NEEDED = {
    "formula", "terms", "examples", "unit", "decimals", "thresholds", "points", "steps",
    "direction",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """One worked example and what became of it."""

    card: Indicator
    example: Example
    got: str
    holds: bool
    earned: Decimal | None = None


def runnable(entry: Entry[Indicator]) -> bool:
    """Tell whether the card is sound enough for its examples to be computed."""
    if entry.value is None or entry.damaged & _NEEDED:
        return False
    known = set(term_names(entry) or ())
    used = {column.name for column in columns(entry.value.formula.node)}
    given = {name for example in entry.value.examples for name in example.given}
    return used | given <= known and names_are_known(entry.value, known)


def trials(catalog: Catalog, entries: Iterable[Entry[Indicator]]) -> tuple[Trial, ...]:
    """Run every worked example of the cards that are `runnable`, in the order of the files."""
    return tuple(
        _trial(catalog, entry.value.tested(example), example)
        for entry in entries
        if entry.value is not None and runnable(entry)
        for example in entry.value.examples
    )


def chosen(draft: Draft, indicator: str | None) -> tuple[Entry[Indicator], ...]:
    """Return the card called ``indicator`` (none, where there is no such card), or all."""
    return tuple(e for e in draft.indicators if indicator in {None, e.name})


def _trial(catalog: Catalog, card: Indicator, example: Example) -> Trial:
    outcome = run_example(card, example)
    if "expect_points" not in example.expects:
        return Trial(card, example, shown(outcome.value), outcome.agrees)
    earned = example_points(catalog, card, example).points
    holds = outcome.agrees and points_agree(example, earned)
    return Trial(card, example, shown(outcome.value), holds, earned)


def trial_lines(trial: Trial, language: str) -> Iterator[str]:
    """Yield a line with the place, then given, expected, got and the arithmetic, indented."""
    card, example = trial.card, trial.example
    mark = "✓" if trial.holds else "✗"
    yield f"{mark} {example.where}: {card.id} · {card.name.get(language)}"
    given = (f"{name} = {_number(number, language)}" for name, number in example.given.items())
    facts = [("given", ", ".join(given))]
    if example.period is not None:
        facts.insert(0, ("example_version", str(example.period)))
    if "expect" in example.expects:
        facts.append(("outcome_expected", _number(example.expect, language)))
    facts.append(("got", trial.got))
    if "expect_points" in example.expects:
        facts.append(("points_expected", _number(example.expect_points, language)))
        facts.append(("points_earned", _number(trial.earned, language)))
    if example.because is not None:
        facts.append(("because", " ".join(example.because.get(language).split())))
    written = tuple(steps(card.formula.node, given_operands(card, example)))
    facts.append(("arithmetic", " ".join(card.formula.code.text.split())))
    facts += [("", f"= {step}") for step in written]
    widest = max(len(word(name, language)) for name, _ in facts if name)
    for name, text in facts:
        yield f"    {_label(name, widest, language)}{text}"


def summary(
    tried: Iterable[Trial], entries: Iterable[Entry[Indicator]], language: str
) -> Iterator[str]:
    """Yield how many examples hold and fail, and the cards that have none or cannot be run."""
    found, cards = tuple(tried), tuple(entries)
    fail = sum(not trial.holds for trial in found)
    hold = len(found) - fail
    yield Message(
        f"{len(cards)} 张指标卡，{len(found)} 个算例：{hold} 个成立，{fail} 个不成立",
        f"{_count(len(cards), 'card')}, {_count(len(found), 'example')}: {hold} hold, {fail} fail",
    ).get(language)
    bare = [e.name for e in cards if runnable(e) and e.value is not None and not e.value.examples]
    if bare:
        said = Message("没有算例：", "without an example: ").get(language)
        yield f"{said}{', '.join(bare)}"


def _label(name: str, widest: int, language: str) -> str:
    text = word(name, language) if name else ""
    gap = widest - len(text)
    return text + (" " * gap * 2 if language == "zh" else " " * gap) + "  "


def _number(number: object, language: str) -> str:
    return word("missing", language) if number is None else str(number)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
