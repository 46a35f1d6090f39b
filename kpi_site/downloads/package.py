"""``data/datapackage.json``: what the downloads are, as a Data Package (version 2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from kpi_site import tidy
from kpi_site.catalog import SNAPSHOTS, Catalog
from kpi_site.periods import Grain
from kpi_site.results import State
from kpi_site.signals import RULES, VARIATIONS, Assurance, Side
from kpi_site.tables.model import Table

_PROFILE: Final = "https://datapackage.org/profiles/2.0/"
_MEDIA: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_KEYS: Final = {
    "values": ("indicator", "grain", "period", "dimension", "member"),
    "terms": ("indicator", "term", "grain", "period", "dimension", "member"),
    "running": ("indicator", "period"),
    "signals": ("indicator", "period", "dimension", "member"),
    "scores": (),
    "scorecards": ("scorecard", "line"),
    "periods": ("period",),
    "names": ("kind", "indicator", "dimension", "id"),
    "contributions": (
        "indicator",
        "period",
        "against",
        "kind",
        "dimension",
        "member_or_term",
    ),
    "revisions": ("report", "edition", "indicator", "measure", "period", "dimension", "member"),
}
_COLUMNS: Final = {
    "values": tidy.VALUES,
    "terms": tidy.TERMS,
    "running": tidy.RUNNING,
    "signals": tidy.SIGNALS,
    "scores": tidy.SCORES,
    "scorecards": tidy.SCORECARDS,
    "periods": tidy.PERIODS,
    "names": tidy.NAMES,
    "contributions": tidy.CONTRIBUTIONS,
    "revisions": tidy.REVISIONS,
}
_ABOUT: Final = {
    "values": "Every published result: one row for an indicator, a period and a member.",
    "terms": "The value of every term of every formula behind the results.",
    "running": "Running totals within the month of daily indicators, by day.",
    "signals": "Final values against their natural limits, and which of them are no chance.",
    "scores": "Every line of every scorecard as it was scored, and the totals with their grades.",
    "scorecards": "Every line of every scorecard as it is declared, with its weight.",
    "periods": "The first and the last day of every period in the other tables, and its name.",
    "names": "What ids, terms, dimensions and members are called, in both languages; a member"
    " that is not listed goes by its text in the data.",
    "contributions": "What terms and members add to each change from the period before and from a"
    " year before; for one indicator, period, against and dimension they add up to the change.",
    "revisions": "What published reports would say differently now, or said in a later edition.",
}
_FIELDS: Final[dict[str, tuple[str, str]]] = {
    "indicator": ("string", "Id of the card; described in indicators.json."),
    "term": ("string", "Name of the term in the card's formula."),
    "grain": ("string", "Length of the period."),
    "period": ("string", "2026-10-31, 2026-10, 2026-Q3, 2026-H1 or 2026 (year of its start)."),
    "dimension": ("string", "Column of the breakdown; empty for the whole."),
    "member": ("string", "The breakdown's value as in the data; empty: rows without a value."),
    "value": ("number", "Unrounded; a percentage is a fraction. Missing when the state says so."),
    "state": ("string", "Why there is a value, or none. A missing value is never 0."),
    "n": ("integer", "Rows of facts behind the number."),
    "points": ("number", "Points for the value against the thresholds in force."),
    "baseline": ("number", "Threshold in force in the period."),
    "target": ("number", "Threshold in force in the period."),
    "challenge": ("number", "Threshold in force in the period."),
    "report": ("string", "Period of the published report."),
    "edition": ("integer", "The edition that is revised."),
    "revised_in": ("integer", "The edition that took it up; empty while none has."),
    "measure": ("string", "What differs: value, points, or a scorecard's total."),
    "old": ("number", "As published."),
    "new": ("number", "In the later edition, or as computed now."),
    "difference": ("number", "New less old."),
    "old_state": ("string", "State as published; empty: not computed."),
    "new_state": ("string", "State now; empty: no longer computed."),
    "first_seen": ("date", "Day on which the difference was first seen."),
    "type": ("string", "better-data, routine, method or correction; empty: not explained yet."),
    "reason_zh": ("string", "The reason in Chinese."),
    "reason_en": ("string", "The reason in English."),
    "scorecard": ("string", "Id of the scorecard."),
    "no": ("string", "Number of the line, as written."),
    "kind": ("string", "What the row does: line, deduct, bonus, veto, or total."),
    "weight": ("number", "Weight of the line; in a total's row that of all lines."),
    "counted": ("number", "The weight that counted."),
    "contribution": ("number", "What the row adds to the total; negative for a deduction."),
    "against": ("string", "What the change is from: previous (period) or year (before)."),
    "member_or_term": ("string", "The member, as in the data, or the term in the card's formula."),
    "grade": ("string", "Name of the total's grade in the site's first language."),
    "mean": ("number", "Mean of the values since the definition last changed."),
    "lower": ("number", "Lower natural limit: the mean less 2.66 mean moving ranges."),
    "upper": ("number", "Upper natural limit."),
    "signal": ("string", "high or low where the value is a signal; empty: chance alone."),
    "rule": ("string", "The first that holds of point, two_of_three, shift and trend."),
    "variation": ("string", "What the newest value of the series is; the same in all its rows."),
    "assurance": ("string", "The target against the limits; empty where there is none to hold."),
    "first": ("date", "First day of the period."),
    "last": ("date", "Last day of the period."),
    "name_zh": ("string", "Name for readers, in Chinese."),
    "name_en": ("string", "Name for readers, in English."),
    "id": ("string", "What stands in the column that the row is about."),
    "line": ("integer", "Its place on the scorecard, from 1."),
    "group_zh": ("string", "Titles of the groups that it stands in, in Chinese."),
    "group_en": ("string", "Titles of the groups that it stands in, in English."),
    "cycle": ("string", "Length of the period that the scorecard assesses."),
    "line_cycle": ("string", "Length of the period in which the line is looked at."),
    "from": ("string", "The period from which the line holds; empty: from the beginning."),
    "until": ("string", "The last period in which it holds; empty: without end."),
    "unit": ("string", "Unit as written in the card: percent, CNY, minutes …"),
}

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "signal": get_args(Side),
    "rule": RULES,
    "variation": VARIATIONS,
    "assurance": get_args(Assurance),
}
_OWN: Final = {
    ("signals", "value"): "Unrounded: the value, or its difference to the period before (stocks"
    " and balances) or to a season before.",
    ("scorecards", "kind"): "What the line does: line, deduct, bonus or veto.",
    ("scorecards", "dimension"): "Column of the breakdown of a line about one member.",
    ("scorecards", "weight"): "Weight of the line.",
    ("names", "kind"): "department, perspective, dataset, scorecard, indicator, term, dimension"
    " or member.",
    ("names", "indicator"): "The card of a term, dimension or member; else empty.",
    ("names", "dimension"): "The column of a dimension or member; else empty.",
    ("contributions", "kind"): "term; a member's own rate, or its mix; member: its own change.",
    ("contributions", "dimension"): "Column of the breakdown; empty for a term.",
    ("contributions", "contribution"): "What it adds to the change; a percentage is a fraction.",
}
"""What a column is called in one table alone, by table and name."""

_MAY_BE_EMPTY: Final = {("names", "indicator")}

TEXT_COLUMNS: Final = frozenset(name for name, (kind, _) in _FIELDS.items() if kind == "string")
"""The columns of texts, in whatever table they stand."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A table as it is written to ``path`` below ``data/``: whole, or of one ``department``."""

    name: str
    format: str
    content: bytes
    department: str = ""

    @property
    def path(self) -> str:
        """Return where it stands: ``<name>.<format>``, or ``<name>/<department>.<format>``."""
        folder = f"/{self.department}" if self.department else ""
        return f"{self.name}{folder}.{self.format}"


def datapackage_json(
    catalog: Catalog, tables: Mapping[str, Table], resources: Sequence[Resource], cards: bytes
) -> str:
    """Return the descriptor of the tables and of ``cards``, the bytes of ``indicators.json``.

    It holds no time of making: the same data give the same bytes.
    """
    day = catalog.site.data_through
    package = {
        "$schema": f"{_PROFILE}datapackage.json",
        "name": "kpi-results",
        "interface": tidy.INTERFACE,
        "title": catalog.site.organisation.get("en"),
        "description": "Results of all indicators. Texts are data, also where they begin like"
        " a formula (= + - @): import such columns as text, or take the copies below spreadsheet/,"
        " which begin with a byte order mark, so that Excel reads them as UTF-8.",
        **({"version": day.isoformat()} if day else {}),
        "sources": list(_sources(tables)),
        "resources": [*(_resource(r) for r in resources), {**_CARDS, **_content(cards)}],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


_CARDS: Final[dict[str, Any]] = {
    "$schema": f"{_PROFILE}dataresource.json",
    "name": "indicators",
    "path": "indicators.json",
    "description": "Every card as data, with links and its latest result.",
    "format": "json",
    "mediatype": "application/json",
    "encoding": "utf-8",
}


def _sources(tables: Mapping[str, Table]) -> Iterator[dict[str, str]]:
    for table in tables.values():
        title = table.dataset.title.get("en")
        if (name := table.dataset.database_name) is not None:
            what = "answers" if table.pushed else "snapshot"
            path = f"{SNAPSHOTS}/{table.dataset.id}/{what}.json"
            yield {"title": f"{title} ({name})", "path": path}
            continue
        for file in table.files:
            yield {"title": title, "path": file.path}


def _resource(resource: Resource) -> dict[str, Any]:
    """Return a Data Resource. Formats and departments of one table are told in its name."""
    csv = resource.format == "csv"
    more = [resource.department or None, None if csv else resource.format]
    return {
        "$schema": f"{_PROFILE}dataresource.json",
        "name": "-".join([resource.name, *filter(None, more)]),
        "path": resource.path,
        "description": _ABOUT[resource.name],
        "format": resource.format,
        "mediatype": _MEDIA[resource.format],
        **({"type": "table", "encoding": "utf-8"} if csv else {}),
        **_content(resource.content),
        "schema": _schema(resource.name),
    }


def _content(content: bytes) -> dict[str, Any]:
    """Return size and hash of a file."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _schema(name: str) -> dict[str, Any]:
    return {
        "$schema": f"{_PROFILE}tableschema.json",
        "fields": [_field(column, name) for column in _COLUMNS[name]],
        **({"primaryKey": list(_KEYS[name])} if _KEYS[name] else {}),
    }


def _field(name: str, table: str) -> dict[str, Any]:
    kind, about = _FIELDS[name]
    about = _OWN.get((table, name), about)
    field: dict[str, Any] = {"name": name, "type": kind, "description": about}
    if name in {"dimension", "member", "member_or_term"} or (table, name) in _MAY_BE_EMPTY:
        field["missingValues"] = []  # empty is a value here, and part of the key
    if name == "state":
        field["constraints"] = {"required": True, "enum": [s.value for s in State]}
    if name in _WORDS:
        field["constraints"] = {"enum": list(_WORDS[name])}
    if name == "grain":
        field["constraints"] = {"required": True, "enum": [g.value for g in Grain]}
    return field
