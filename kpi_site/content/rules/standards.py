"""What judges figures fits the card: names, grains, members, directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kpi_site.catalog import Indicator, Line, Part, PointStep, Scorecard, Standard, judged_by
from kpi_site.content.draft import Draft, Entry, term_names
from kpi_site.content.rules.scorecards import no_longer_periods
from kpi_site.nature import nature_of
from kpi_site.periods import Grain
from kpi_site.problems import Message, Name, Problem, did_you_mean, unknown
from kpi_site.results import SeriesKey
from kpi_site.scoring import LEVEL_NAMES, VALUE, line_ruler, threshold_names
from kpi_site.sql.nodes import Column, Expression, columns

_Holder = Indicator | Line
_BROKEN = frozenset({"thresholds", "points", "steps", "direction", "terms", "cycle", "formula"})


@dataclass(frozen=True, slots=True)
class _Judging:
    """A card, or a line of a scorecard, that says what its figures are judged by."""

    holder: _Holder
    entry: Entry[Indicator]
    card: Indicator
    file: Entry[Indicator] | Entry[Scorecard]

    @property
    def standards(self) -> tuple[Standard, ...]:
        """The thresholds in force: the line's own, or else the card's."""
        return self.holder.thresholds or self.card.thresholds


def _judging(draft: Draft) -> Iterator[_Judging]:
    """Yield all cards and lines that judge by something of their own."""
    cards = {entry.name: (entry, entry.value) for entry in draft.indicators if entry.value}
    for entry, card in cards.values():
        if card.judges:
            yield _Judging(card, entry, card, entry)
        for version in card.versions:
            rule = version.points, version.steps
            if any(rule) and rule != (card.points, card.steps):
                own = replace(card, thresholds=(), points=version.points, steps=version.steps)
                yield _Judging(own, entry, card, entry)
    for scorecard in draft.scorecards:
        for line in scorecard.value.all_lines() if scorecard.value else ():
            if line.indicator in cards and line.judges:
                yield _Judging(line, *cards[line.indicator], scorecard)


def _limits(holder: _Holder) -> Iterator[Expression]:
    return judged_by(holder.thresholds, None, ())


def _rules(holder: _Holder) -> Iterator[Expression]:
    return judged_by((), holder.points, holder.steps)


def terms_of_standards(draft: Draft) -> Mapping[str, set[str]]:
    """Return the names that thresholds and points use, by card; those of lines count too."""
    found: dict[str, set[str]] = {}
    for each in _judging(draft):
        for text in (*_limits(each.holder), *_rules(each.holder)):
            names = {column.name for column in columns(text.node)}
            found.setdefault(str(each.card.id), set()).update(names)
    return found


def names_are_known(card: Indicator, known: Iterable[str]) -> bool:
    """Tell whether all names in the card's thresholds and points mean something."""
    terms = {*known}
    names = {c.name for text in _limits(card) for c in columns(text.node)}
    ruled = {c.name for text in _rules(card) for c in columns(text.node)}
    return names <= terms and ruled <= terms | {VALUE, *LEVEL_NAMES}


def standards_name_terms(draft: Draft) -> Iterator[Problem]:
    """Report words in thresholds and points that mean nothing there, or two things."""
    for each in _judging(draft):
        known = term_names(each.entry)
        if known is None:
            continue
        for text in _limits(each.holder):
            for column in columns(text.node):
                if column.name not in known:
                    yield _unknown(text, column, known)
        for text in _rules(each.holder):
            for column in columns(text.node):
                yield from _of_rule(each, text, column, known)


def _unknown(text: Expression, column: Column, known: Iterable[str]) -> Problem:
    where = text.code.locate(column.at)
    return unknown(where, "unknown-term", Message("项", "term"), column.name, known)


def _of_rule(
    each: _Judging, text: Expression, column: Column, known: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield what is wrong with one name in ``points``."""
    name, is_term = column.name, column.name in known
    where = text.code.locate(column.at)
    level = name in LEVEL_NAMES and name in threshold_names(each.card, each.standards)
    formula = each.card.formula.node
    is_value = name == VALUE and not (isinstance(formula, Column) and formula.name == VALUE)
    if is_term and (level or is_value) and not _same(each, name):
        zh, en = f"“{name}”有两个意思", f"'{name}' means two things"
        hint = Message(
            "既是卡片的项，又是这里的值或阈值：请给这一项改名。",
            "It is a term of the card, and the value or threshold here: rename the term.",
        )
        yield Problem(where, "name-means-two", Message(zh, en), hint)
    elif not is_term and name not in {VALUE, *LEVEL_NAMES}:
        yield unknown(
            where, "unknown-term", Message("项", "term"), name, (*known, VALUE, *LEVEL_NAMES)
        )
    elif level and not any(_gives(s, name) for s in each.standards):
        zh, en = f"没有声明阈值 {name}", f"no thresholds give a {name}"
        hint = Message(f"请在 thresholds 里写 {name}。", f"Give a {name} under 'thresholds'.")
        yield Problem(where, "points-without-threshold", Message(zh, en), hint)


def _gives(standard: Standard, name: str) -> bool:
    return getattr(standard, name) is not None


def _same(each: _Judging, name: str) -> bool:
    """Tell whether the term is what the threshold of its name is: ``target: target``."""
    found = [getattr(s, name, None) for s in each.standards]
    nodes = [limit.node for limit in found if isinstance(limit, Expression)]
    return (
        bool(nodes)
        and len(nodes) == len(found)
        and all(isinstance(node, Column) and node.name == name for node in nodes)
    )


def standards_fit_the_card(draft: Draft) -> Iterator[Problem]:
    """Report thresholds for a grain or a member that the card has no figures for."""
    for each in _judging(draft):
        for standard in each.holder.thresholds:
            yield from _grain_fits(each, standard)
            yield from _member_fits(each, standard)
            yield from _adds_up(draft, each, standard)


def _grain_fits(each: _Judging, standard: Standard) -> Iterator[Problem]:
    card, found = each.card, standard.grain
    if found is None or "cycle" in each.entry.damaged or found in card.cycle.and_longer():
        return
    where = each.file.place_within(standard.where, "grain")
    if found.rank > card.cycle.rank:
        yield no_longer_periods(where, card, found)
        return
    message = Message(
        f"grain: {found} 短于卡片的周期（{card.cycle}）",
        f"grain: {found} is shorter than the card's cycle ({card.cycle})",
    )
    yield Problem(where, "cycle-too-short", message)


def _member_fits(each: _Judging, standard: Standard) -> Iterator[Problem]:
    of, known = standard.of, each.card.dimensions
    if of is None or "dimensions" in each.entry.damaged or of.dimension in known:
        return
    message = Message(
        f"指标“{each.card.id}”没有维度“{of.dimension}”",
        f"the indicator '{each.card.id}' has no dimension '{of.dimension}'",
    )
    hint = did_you_mean(of.dimension, known)
    yield Problem(of.dimension.where, "unknown-dimension", message, hint)


def _adds_up(draft: Draft, each: _Judging, standard: Standard) -> Iterator[Problem]:
    if not standard.per_cycle or each.entry.damaged & _BROKEN:
        return
    if nature_of(each.card, draft.catalog.indicators).adds_over_time:
        return
    where = each.file.place_within(standard.where, "per_cycle")
    message = Message(
        "这个指标是水平，不会累加：各周期的阈值却会加起来",
        "the figure is a level and does not add up, but its cycles' thresholds would",
    )
    hint = Message(
        "请删除 per_cycle；水平类的数在更长的期间用同样的阈值。",
        "Remove per_cycle: a level has the same thresholds in longer periods.",
    )
    yield Problem(where, "per-cycle-of-a-level", message, hint, "warning")


def steps_follow_direction(draft: Draft) -> Iterator[Problem]:
    """Report steps that begin at the wrong end: ``from`` where lower is better."""
    for each in _judging(draft):
        if "direction" in each.entry.damaged or each.card.direction == "none":
            continue
        wanted = "from" if each.card.direction == "higher" else "upto"
        wrong = [step for step in each.holder.steps if not _is_of(step, wanted)]
        for step in wrong[:1]:
            other = "upto" if wanted == "from" else "from"
            message = Message(
                f"direction: {each.card.direction} 的档要写 {wanted}，不是 {other}",
                f"steps of direction: {each.card.direction} have '{wanted}', not '{other}'",
            )
            where = each.file.place_within(step.where, other)
            yield Problem(where, "steps-direction", message)


def _is_of(step: PointStep, key: str) -> bool:
    return (step.start if key == "from" else step.upto) is not None


def scored_lines_are_judged(draft: Draft) -> Iterator[Problem]:
    """Warn of a scored line over a longer period, or a member, that its card does not judge."""
    cards = {entry.name: entry for entry in draft.indicators if entry.value is not None}
    for scorecard in draft.scorecards:
        if scorecard.value is None or not scorecard.value.scored:
            continue
        for line in scorecard.value.all_lines():
            entry = cards.get(line.indicator)
            if entry is None or entry.value is None or entry.damaged & _BROKEN:
                continue
            if line.deduct or line.kind != "line":
                continue
            cycle = line.cycle or (entry.value.cycle if line.take else scorecard.value.cycle)
            grain = max(cycle, entry.value.cycle, key=lambda g: g.rank)
            dimension = None if line.shared else scorecard.value.for_each
            if _never_judged(draft, line, entry.value, grain, dimension):
                yield _not_judged(line, grain)


def _never_judged(
    draft: Draft, line: Line, card: Indicator, grain: Grain, dimension: Name | None
) -> bool:
    """Tell whether no standard judges the line; with ``dimension``, any member that is not named.

    Where members have standards of their own, nothing is said of the others.
    """
    if card.retired or not (line.judges or card.judges):
        return False
    if dimension is not None:
        if any(standard.of for standard in line.thresholds or card.thresholds):
            return False
        line = replace(line, of=Part(dimension, Name("", line.where)))
    key = SeriesKey(grain, line.of.dimension, line.of.member) if line.of else SeriesKey(grain)
    ruler = line_ruler(draft.catalog, line, grain).series(key)
    if ruler.rule is not None:
        return not (ruler.rule.holds and (ruler.items or not ruler.rule.needs))
    return not ruler.items


def _not_judged(line: Line, grain: Grain) -> Problem:
    about = (f"（{line.of.member}）", f" of '{line.of.member}'") if line.of else ("", "")
    message = Message(
        f"“{line.indicator}”{about[0]}的阈值不是为 {grain} 声明的，这一行得不到分数",
        f"the thresholds of '{line.indicator}'{about[1]} are not declared for a {grain}, "
        "so this line gets no points",
    )
    hint = Message(
        f"数会累加：请写 per_cycle: true、grain: {grain} 或 of，或给这一行自己的阈值。",
        f"It is an amount: write per_cycle: true, grain: {grain} or of, or give the line its own.",
    )
    return Problem(line.where, "line-not-judged", message, hint, "warning")
