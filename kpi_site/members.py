"""Names of members, and of the scorecard lines that are about one member.

Rules: specification.md#line.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.catalog import Catalog, Indicator, Line, Part, Scorecard, Text
from kpi_site.problems import Message, Problem, did_you_mean
from kpi_site.results import Results
from kpi_site.schema import dimension_field


def member_text(catalog: Catalog, indicator: Indicator, dimension: str, member: str) -> Text:
    """Return a member's name for readers: its category's, else the text as in the data."""
    field = dimension_field(catalog, indicator, dimension)
    return (field.categories.get(member) if field else None) or Text(plain=member)


def part_text(catalog: Catalog, line: Line) -> Text | None:
    """Return the name of the one member that ``line`` is about; None for the whole."""
    if line.of is None:
        return None
    indicator = catalog.indicators[line.indicator]
    return member_text(catalog, indicator, line.of.dimension, line.of.member)


def with_part(name: Text, part: Text | None) -> Text:
    """Return ``name · member``: 净推荐值 · 特种变压器."""
    if part is None:
        return name
    if name.plain is not None and part.plain is not None:
        return Text(plain=f"{name.plain} · {part.plain}")
    zh, en = (f"{name.get(language)} · {part.get(language)}" for language in ("zh", "en"))
    return Text(zh=zh, en=en)


def scored_title(catalog: Catalog, card: Scorecard, member: Part | None) -> Text:
    """Return the title of a scorecard, or of one member of it: 部门考核 · 客户服务部."""
    return with_part(card.title, None if member is None else member_of(catalog, card, member))


def member_of(catalog: Catalog, card: Scorecard, member: Part) -> Text:
    """Return a member's name as the first card of its lines has it."""
    names = (line.indicator for line in card.all_lines() if not line.shared)
    known = (catalog.indicators[name] for name in names if name in catalog.indicators)
    first = next(known, None)
    if first is None:
        return Text(plain=str(member.member))
    return member_text(catalog, first, member.dimension, member.member)


def members_without_rows(catalog: Catalog, results: Results) -> Iterator[Problem]:
    """Warn of lines and thresholds for a member that no row has: they never get a value."""
    for indicator in catalog.indicators.values():
        for standard in indicator.thresholds if indicator.id in results else ():
            if standard.of is not None:
                known = _members(results, indicator.id, standard.of)
                if standard.of.member not in known:
                    yield _without_rows(indicator.id, standard.of, known)
    for scorecard in catalog.scorecards.values():
        for line in scorecard.all_lines():
            if line.of is not None and line.indicator in results:
                known = _members(results, line.indicator, line.of)
                if line.of.member not in known:
                    yield _without_rows(line.indicator, line.of, known)


def _members(results: Results, indicator: str, part: Part) -> tuple[str, ...]:
    keys = results[indicator].series
    found = (key.member for key in keys if key.dimension == part.dimension)
    return tuple(dict.fromkeys(found))


def _without_rows(indicator: str, part: Part, known: tuple[str, ...]) -> Problem:
    return Problem(
        part.member.where,
        "member-without-rows",
        Message(
            f"指标“{indicator}”的维度“{part.dimension}”中没有成员“{part.member}”的数据",
            f"no row of '{indicator}' has '{part.member}' as its '{part.dimension}'",
        ),
        did_you_mean(part.member, [member for member in known if member]),
        severity="warning",
    )
