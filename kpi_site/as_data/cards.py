"""A card as data, with the keys of its YAML (specification.md#numbers)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from kpi_site.as_data.values import kept, number, part_json, text
from kpi_site.catalog import (
    BalanceTerm,
    Bonus,
    CalendarTerm,
    CardTexts,
    ChartWish,
    Deduct,
    Example,
    Indicator,
    IndicatorTerm,
    Limit,
    Line,
    Measure,
    OtherTerm,
    PointStep,
    RowTerm,
    Standard,
    StockTerm,
    Term,
    Version,
    Veto,
)
from kpi_site.sql.nodes import Expression


def card_json(indicator: Indicator, texts: CardTexts) -> dict[str, Any]:
    """Return what a card says with every key that it has; keys without a value are left out."""
    data = {
        "id": str(indicator.id),
        "department": str(indicator.department),
        "name": text(indicator.name),
        "definition": text(texts.definition),
        "purpose": text(texts.purpose),
        "formula": indicator.formula.code.text,
        "terms": {str(t.name): kept(_term(t)) for t in indicator.terms},
        **_measure(indicator.unit),
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "centre": number(indicator.centre) if indicator.direction == "within" else None,
        "cycle": indicator.cycle.value,
        "longer": None if indicator.longer else False,
        "season": indicator.season,
        "dimensions": list(indicator.dimensions),
        "chart": _charts(indicator.chart),
        "thresholds": [standard_json(t) for t in indicator.thresholds],
        "points": rule_json(indicator.points),
        "steps": [step_json(step) for step in indicator.steps],
        **{key: text(getattr(texts, key)) for key in _PEOPLE},
        "perspective": indicator.perspective,
        "audience": indicator.audience,
        "aliases": list(texts.aliases),
        "related": list(indicator.related),
        "examples": [_example(e) for e in indicator.examples],
        "changes": [
            {"from": c.start.label, "what": text(c.what), "breaks_series": c.breaks_series}
            for c in indicator.changes
        ],
        "versions": [
            _version(v, judged=indicator.judged_anew)
            for v in indicator.versions
            if v.start is not None
        ],
        "status": indicator.status,
        "retired": indicator.ends.label if indicator.ends else None,
        "successor": indicator.successor,
        "formerly": list(indicator.formerly),
    }
    return kept(data)


def _version(version: Version, *, judged: bool) -> dict[str, Any]:
    """Return a version: ``judged`` where the rule for points is not that of all of them."""
    start = version.start
    data: dict[str, Any] = {"from": start.label if start else None}
    data["formula"] = version.formula.code.text
    if judged:
        data |= {
            "points": rule_json(version.points),
            "steps": [step_json(step) for step in version.steps],
        }
    return kept(data)


_PEOPLE: Final = ("notes", "collector", "source", "verifier", "presentation")


def _measure(unit: Measure) -> dict[str, Any]:
    scale = {
        language: {"symbol": s.symbol, "divide": number(s.divide)}
        for language, s in unit.scale.items()
    }
    return {"unit": unit.code, "symbol": text(unit.symbol), "scale": scale}


def _charts(wish: ChartWish) -> dict[str, Any] | list[str] | None:
    """Return the charts that the card names, as it names them."""
    if wish.main == () and wish.members == ():
        return ["none"]
    if not wish.of and wish.main != ():
        return [*(wish.main or ()), *(wish.members or ())]
    by: dict[str, list[str]] = {str(name): [*kinds] for name, kinds in wish.of.items()}
    places = by if wish.main is None else {"main": [*wish.main], **by}
    return {name: kinds or ["none"] for name, kinds in places.items()}


def roles_json(line: Line) -> dict[str, Any]:
    """Return what a line of a scorecard does to the total beside its weight; None where nothing."""
    deduct, bonus, veto = line.deduct, line.bonus, line.veto
    return {
        "deduct": _numbers(deduct, "each", "at_most") if deduct else None,
        "bonus": _numbers(bonus, "each", "at_most") if bonus else None,
        "veto": None
        if veto is None
        else _numbers(veto, "above", "below", "total", "at_most")
        | kept({"grade": None if veto.grade is None else str(veto.grade)}),
        "take": line.take,
        "cap": number(line.cap),
        "floor": number(line.floor),
        "shared": line.shared or None,
        "from": line.start.label if line.start else None,
        "until": line.until.label if line.until else None,
    }


def _numbers(rule: Deduct | Bonus | Veto, *names: str) -> dict[str, Any]:
    return kept({name: number(getattr(rule, name, None)) for name in names})


def standard_json(standard: Standard) -> dict[str, Any]:
    """Return thresholds as declared; what is arithmetic is its text."""
    return kept(
        {
            "from": standard.start and standard.start.label,
            "grain": standard.grain and standard.grain.value,
            "of": part_json(standard),
            "per_cycle": standard.per_cycle or None,
            "baseline": _limit(standard.baseline),
            "target": _limit(standard.target),
            "challenge": _limit(standard.challenge),
        }
    )


def step_json(step: PointStep) -> dict[str, Any]:
    """Return a step of points: from which value up to which, and what it is worth."""
    return kept(
        {"from": _limit(step.start), "upto": _limit(step.upto), "points": _limit(step.points)}
    )


def _limit(limit: Limit | None) -> str | None:
    return limit.code.text if isinstance(limit, Expression) else number(limit)


def rule_json(rule: Expression | None) -> str | None:
    """Return a rule as it is written; None where there is none."""
    return None if rule is None else rule.code.text


def _term(term: Term) -> dict[str, Any]:
    data: dict[str, Any] = {"label": text(term.label)}
    match term:
        case RowTerm() | StockTerm() | BalanceTerm():
            data |= {
                "from": term.dataset,
                "value": term.value.code.text,
                "where": term.where and term.where.code.text,
            }
        case OtherTerm(term=name, lag=lag, period=period, overall=overall):
            return data | {
                "term": name,
                "lag": lag and str(lag),
                "period": period and period.label,
                "overall": overall or None,
            }
        case CalendarTerm(calendar=days, to_date=to_date):
            return data | {"calendar": days, "to_date": to_date and to_date.value}
        case IndicatorTerm(indicator=name, lag=lag, measure=measure):
            return data | {"indicator": name, "lag": lag and str(lag), "measure": measure}
    match term:
        case RowTerm(time=time, window=window, to_date=to_date):
            return data | {"time": time, "window": window and str(window), "to_date": to_date}
        case StockTerm(since=since, until=until, at=at):
            return data | {"since": since, "until": until, "at": at, "average": _average(term)}
        case BalanceTerm(at=at, time=time, last_per=last_per):
            own = {"at": at, "time": time, "average": _average(term), "last_per": last_per}
            return data | own


def _average(term: StockTerm | BalanceTerm) -> str | None:
    return term.average if term.at == "average" else None


def _example(example: Example) -> dict[str, Any]:
    given = {name: number(value) for name, value in example.given.items()}
    expect = example.expect
    return {
        "given": given,
        **(
            {"expect": number(expect) if isinstance(expect, Decimal) else expect}
            if "expect" in example.expects
            else {}
        ),
        **(
            {"expect_points": number(example.expect_points)}
            if "expect_points" in example.expects
            else {}
        ),
        **({"period": example.period.label} if example.period else {}),
        **({"because": text(example.because)} if example.because else {}),
    }
