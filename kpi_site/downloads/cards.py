"""``data/indicators.json``: every card as data, with the keys of its YAML.

Rules: specification.md#numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from kpi_site.catalog import (
    BalanceTerm,
    Catalog,
    ChartWish,
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
    Text,
    Threshold,
)
from kpi_site.computed import Computed, Scores
from kpi_site.results import IndicatorResults, Result
from kpi_site.sql.nodes import Expression
from kpi_site.tables.model import Table
from kpi_site.tidy import INTERFACE, plain

_NUMBER: Final = "\x00number "  # no text of a card holds a control character
_MARKED = re.compile(r'"\\u0000number ([^"]*)"')


def indicators_json(computed: Computed) -> str:
    """Return all cards, ordered by id; addresses are relative to the file itself.

    Decimal numbers are JSON numbers with all of their digits.
    """
    catalog, results = computed.catalog, computed.results
    site = catalog.site
    data = {
        "interface": INTERFACE,
        "organisation": text(site.organisation),
        "data_through": site.data_through and site.data_through.isoformat(),
        "languages": list(site.languages),
        "indicators": [
            card(catalog, catalog.indicators[i], results.get(i), computed.scores)
            for i in sorted(catalog.indicators)
        ],
        "datasets": [_dataset(table) for _, table in sorted(computed.tables.items())],
    }
    return to_json(data)


def to_json(data: Any) -> str:
    """Return ``data`` as JSON, with what ``number`` marked as numbers of all their digits."""
    return _MARKED.sub(r"\1", json.dumps(data, ensure_ascii=False, indent=1)) + "\n"


def card(
    catalog: Catalog,
    indicator: Indicator,
    results: IndicatorResults | None,
    scores: Scores,
) -> dict[str, Any]:
    """Return one card with every key that it has; keys without a value are left out."""
    data = {
        "id": str(indicator.id),
        "department": str(indicator.department),
        "name": text(indicator.name),
        "definition": text(indicator.definition),
        "purpose": text(indicator.purpose),
        "formula": indicator.formula.code.text,
        "terms": {str(t.name): kept(_term(t)) for t in indicator.terms},
        **_measure(indicator.unit),
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "centre": number(indicator.centre) if indicator.direction == "within" else None,
        "cycle": indicator.cycle.value,
        "longer": None if indicator.longer else False,
        "dimensions": list(indicator.dimensions),
        "chart": _charts(indicator.chart),
        "thresholds": [_standard(t) for t in indicator.thresholds],
        "points": _text_of(indicator.points),
        "steps": [_step(step) for step in indicator.steps],
        **{key: text(getattr(indicator, key)) for key in _PEOPLE},
        "perspective": indicator.perspective,
        "audience": indicator.audience,
        "aliases": list(indicator.aliases),
        "related": list(indicator.related),
        "examples": [_example(e) for e in indicator.examples],
        "changes": [
            {"from": c.start.label, "what": text(c.what), "breaks_series": c.breaks_series}
            for c in indicator.changes
        ],
        "status": indicator.status,
        "successor": indicator.successor,
        "formerly": list(indicator.formerly),
        "links": _links(indicator),
        "scorecards": list(_scorecards(catalog, indicator, scores)),
        "latest": _latest(indicator, results),
    }
    return kept(data)


_PEOPLE: Final = ("notes", "collector", "source", "verifier", "presentation")


def kept(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out the keys without a value."""
    return {key: value for key, value in data.items() if value not in (None, [], {})}


def text(words: Text | None) -> dict[str, str] | None:
    """Return a text by language, as far as it is written; a plain one counts for both."""
    if words is None:
        return None
    written = {"zh": words.plain or words.zh, "en": words.plain or words.en}
    return {language: own for language, own in written.items() if own}


def number(value: Decimal | None) -> str | None:
    """Mark ``value``, so that ``to_json`` writes it as a number with all of its digits."""
    return None if value is None else _NUMBER + (plain(value) or "")


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


def _standard(standard: Standard) -> dict[str, Any]:
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


def _step(step: PointStep) -> dict[str, Any]:
    return kept(
        {"from": _limit(step.start), "upto": _limit(step.upto), "points": _limit(step.points)}
    )


def _limit(limit: Limit | None) -> str | None:
    return limit.code.text if isinstance(limit, Expression) else number(limit)


def _text_of(rule: Expression | None) -> str | None:
    return None if rule is None else rule.code.text


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return kept(
        {
            "baseline": number(threshold.baseline),
            "target": number(threshold.target),
            "challenge": number(threshold.challenge),
        }
    )


def _term(term: Term) -> dict[str, Any]:
    data: dict[str, Any] = {"label": text(term.label)}
    match term:
        case RowTerm() | StockTerm() | BalanceTerm():
            data |= {
                "from": term.dataset,
                "value": term.value.code.text,
                "where": term.where and term.where.code.text,
            }
        case OtherTerm(term=name, lag=lag, overall=overall):
            return data | {"term": name, "lag": lag and str(lag), "overall": overall or None}
        case IndicatorTerm(indicator=name, lag=lag, measure=measure):
            return data | {"indicator": name, "lag": lag and str(lag), "measure": measure}
    match term:
        case RowTerm(time=time, window=window, to_date=to_date):
            return data | {"time": time, "window": window and str(window), "to_date": to_date}
        case StockTerm(since=since, until=until, at=at):
            return data | {"since": since, "until": until, "at": at}
        case BalanceTerm(at=at, time=time):
            return data | {"at": at, "time": time}


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
        **({"because": text(example.because)} if example.because else {}),
    }


def _links(indicator: Indicator) -> dict[str, str]:
    return {
        "page": f"../indicators/{indicator.id}/",
        "values": f"indicators/{indicator.id}.csv",
        "card": indicator.where.file,
    }


def _scorecards(catalog: Catalog, indicator: Indicator, scores: Scores) -> Iterator[dict[str, Any]]:
    """Yield the lines on which the indicator counts, with their points where scored.

    ``cycle`` and ``assessed`` are the scorecard's where the line has none of its own;
    ``thresholds`` are the line's own alone.
    """
    for scorecard in catalog.scorecards.values():
        newest = scores.get(scorecard.id, ())[-1:]
        earned = {id(s.line): s.points for one in newest for s in one.lines}
        for line in scorecard.all_lines():
            if line.indicator == indicator.id:
                yield kept(
                    {
                        "scorecard": str(scorecard.id),
                        "page": f"../scorecards/{scorecard.id}/",
                        "no": line.no,
                        "of": part_json(line),
                        "title": text(line.title),
                        "cycle": (line.cycle or scorecard.cycle).value,
                        "assessed": text(line.assessed or scorecard.assessed),
                        "source": text(line.source),
                        "notes": text(line.notes),
                        "weight": number(line.weight),
                        "thresholds": [_standard(t) for t in line.thresholds],
                        "rule": _text_of(line.points),
                        "steps": [_step(step) for step in line.steps],
                        "period": newest[0].period.label if newest else None,
                        "points": number(earned.get(id(line))),
                    }
                )


def part_json(about: Line | Standard) -> dict[str, str] | None:
    """Return the dimension and member that a line or a standard is about; None for the whole."""
    return {str(about.of.dimension): str(about.of.member)} if about.of else None


def _latest(indicator: Indicator, results: IndicatorResults | None) -> dict[str, Any] | None:
    """Return the newest result of the card's own cycle whose period is over."""
    series = results.whole(indicator.cycle) if results else None
    return _result(series.latest_closed) if series and series.latest_closed else None


def _result(result: Result) -> dict[str, Any]:
    return kept(
        {
            "grain": result.period.grain.value,
            "period": result.period.label,
            "value": number(result.value if result.state.has_value else None),
            "state": result.state.value,
            "n": result.n,
            "points": number(result.points),
            "threshold": _threshold(result.threshold) if result.threshold else None,
        }
    )


def _dataset(table: Table) -> dict[str, Any]:
    return kept(
        {
            "id": str(table.dataset.id),
            "title": text(table.dataset.title),
            "page": f"../datasets/{table.dataset.id}/",
            "rows": table.rows,
            "first": table.first and table.first.isoformat(),
            "last": table.last and table.last.isoformat(),
            "files": [{"path": f.path, "rows": f.rows, "sha256": f.sha256} for f in table.files],
        }
    )
