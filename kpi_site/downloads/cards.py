"""``data/indicators.json``: every card as data, with the keys of its YAML.

Rules: specification.md#numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kpi_site.as_data.cards import card_json, roles_json, rule_json, standard_json, step_json
from kpi_site.as_data.figures import threshold_json
from kpi_site.as_data.values import kept, number, part_json, text, to_json_lines
from kpi_site.catalog import Catalog, Indicator
from kpi_site.computed import Computed, Scores
from kpi_site.disclosure.rows import tells_files
from kpi_site.results import IndicatorResults, Result, Results
from kpi_site.tables.model import Table
from kpi_site.tidy import INTERFACE


def indicators_json(computed: Computed, latest: Mapping[str, bytes] | None = None) -> str:
    """Return all cards, ordered by id; addresses are relative to the file itself.

    Decimal numbers are JSON numbers with all of their digits. ``latest`` are the newest results
    by card, by `latest_json`, where they are known.
    """
    catalog, results = computed.catalog, computed.results
    site = catalog.site
    data = {
        "interface": INTERFACE,
        "organisation": text(site.organisation),
        "data_through": site.data_through and site.data_through.isoformat(),
        "languages": list(site.languages),
        "indicators": [
            _card(catalog, own, computed.scores, json.loads(_newest(own, results, latest)))
            for _, own in sorted(catalog.indicators.items())
        ],
        "datasets": [_dataset(catalog, table) for _, table in sorted(computed.tables.items())],
    }
    return to_json_lines(data)


def _newest(card: Indicator, results: Results, latest: Mapping[str, bytes] | None) -> str | bytes:
    if latest is not None and card.id in latest:
        return latest[card.id]
    return latest_json(card, results.get(card.id))


def _card(
    catalog: Catalog, indicator: Indicator, scores: Scores, latest: dict[str, Any] | None
) -> dict[str, Any]:
    """Return a card with its addresses, where it counts, and its newest result."""
    more = {
        "links": _links(indicator),
        "scorecards": list(_scorecards(catalog, indicator, scores)),
        "latest": latest,
    }
    return kept(card_json(indicator, catalog.texts[indicator.id]) | more)


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
                roles = roles_json(line)
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
                        "deduct": roles["deduct"],
                        "bonus": roles["bonus"],
                        "veto": roles["veto"],
                        "take": roles["take"],
                        "cap": roles["cap"],
                        "floor": roles["floor"],
                        "shared": roles["shared"],
                        "thresholds": [standard_json(t) for t in line.thresholds],
                        "rule": rule_json(line.points),
                        "steps": [step_json(step) for step in line.steps],
                        "period": newest[0].period.label if newest else None,
                        "points": number(earned.get(id(line))),
                    }
                )


def latest_json(indicator: Indicator, results: IndicatorResults | None) -> str:
    """Return the newest result of the card's own cycle whose period is over, as `number` marks."""
    series = results.whole(indicator.cycle) if results else None
    found = _result(series.latest_closed) if series and series.latest_closed else None
    return json.dumps(found, ensure_ascii=False)


def _result(result: Result) -> dict[str, Any]:
    return kept(
        {
            "grain": result.period.grain.value,
            "period": result.period.label,
            "value": number(result.value if result.state.has_value else None),
            "state": result.state.value,
            "n": result.n,
            "points": number(result.points),
            "threshold": kept(threshold_json(result.threshold)) if result.threshold else None,
        }
    )


def _dataset(catalog: Catalog, table: Table) -> dict[str, Any]:
    told = tells_files(catalog, table)
    return kept(
        {
            "id": str(table.dataset.id),
            "title": text(table.dataset.title),
            "page": f"../datasets/{table.dataset.id}/",
            "rows": table.rows if table.told else None,
            "first": table.first and table.first.isoformat(),
            "last": table.last and table.last.isoformat(),
            "files": [
                kept({"path": f.path, "rows": f.rows if told else None, "sha256": f.sha256})
                for f in table.files
            ],
        }
    )
