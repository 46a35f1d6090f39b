"""What a report's workbook shows, as one text file: the plan of its sheets.

Rules: specification.md#edition-files.

The plan holds every word, width and format, and says from which frozen file of the edition
each column comes; the figures themselves stay where they are. So it is small, a figure is
written once, and printing it (``sheets``) needs nothing of the program's content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kpi_site.catalog import Indicator, Measure, Report
from kpi_site.editions.revisions import Revision
from kpi_site.exports.board import Imprint, imprint_words
from kpi_site.exports.code import one_line
from kpi_site.exports.workbook_sheets import (
    about_sheet,
    cards_sheet,
    contribution_lists,
    contributions_sheet,
    figures_sheet,
    number_format,
    revisions_sheet,
    scorecard_sheets,
    signal_lists,
    signals_sheet,
)
from kpi_site.periods import Grain
from kpi_site.results import State
from kpi_site.story.teller import Teller
from kpi_site.wording.dates import format_period
from kpi_site.wording.numbers import unit_label
from kpi_site.wording.words import cycle_word, direction_words, grain_word, state_words
from kpi_site.words import word

FORMAT: Final = "kpi-site workbook 1"
"""The version of the plan's language; ``sheets`` prints every version ever published."""

_ILLEGAL: Final = re.compile(r"[\[\]:*?/\\]")


def workbook_json(
    ctx: Teller,
    report: Report,
    imprint: Imprint | None = None,
    revisions: Sequence[Revision] = (),
) -> str:
    """Return the plan of the workbook of ``report`` in the language of ``ctx``.

    It speaks of the frozen files ``values.csv``, ``signals.csv``, ``scores.csv``,
    ``scorecards.json`` and ``cards/``. ``revisions`` against the edition before it get a sheet of
    their own. Without an ``imprint`` it is a draft, and says so on every printed page.
    """
    issued = imprint or Imprint()
    language, catalog = ctx.language, ctx.catalog
    shown = [i for i in catalog.indicators.values() if i.in_use]
    last = min(report.period.last, ctx.data_through or report.period.last)
    title = word("report_of", language, format_period(report.period, language))
    sheets = [
        about_sheet(ctx, report, issued, title, last),
        *scorecard_sheets(ctx, report),
        figures_sheet(ctx),
        signals_sheet(language),
        contributions_sheet(language),
        cards_sheet(language),
        *([revisions_sheet(ctx, revisions)] if revisions else []),
    ]
    plan = {
        "format": FORMAT,
        "language": language,
        "title": f"{ctx.organisation} {title}",
        "author": ctx.organisation,
        "created": (issued.published or last).isoformat(),
        "draft": word("draft", language).upper() if issued.is_draft else None,
        "foot": imprint_words(issued, language),
        "page": word("page", language, "&P", "&N"),
        "lists": {
            "grain": {g.value: grain_word(g, language) for g in _grains(shown)},
            "state": {s.value: state_words(s, language) for s in State},
            "yes": {k: word(k, language) for k in ("yes", "no")},
            "unit": {i.id: unit_label(_unscaled(i.unit), language) for i in shown},
            "format": {i.id: number_format(i) for i in shown},
            "direction": {d: direction_words(d, language) for d in _DIRECTIONS},
            **signal_lists(language),
            **contribution_lists(language),
            "cycle": {g.value: cycle_word(g, language) for g in _grains(shown)},
        },
        "sheets": _named(sheets),
    }
    return _text(plan)


def _named(sheets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the sheets names that spreadsheets allow: short, plain, each once."""
    taken: set[str] = set()
    found = []
    for sheet in sheets:
        name = sheet_name(str(sheet["name"]), taken)
        taken.add(name.casefold())
        found.append({**sheet, "name": name})
    return found


def sheet_name(title: str, taken: Iterable[str] = ()) -> str:
    """Return ``title`` as a sheet's name: at most 31 characters, none that spreadsheets refuse.

    ``taken`` are the names in use, casefolded; a number tells equal ones apart.
    """
    plain = one_line(_ILLEGAL.sub(" ", title)).strip(" '") or "-"
    plain = "-" if plain.casefold() == "history" else plain
    used = set(taken)
    name, count = _cut(plain, ""), 1
    while name.casefold() in used:
        count += 1
        name = _cut(plain, f" ({count})")
    return name


def _cut(name: str, tail: str) -> str:
    """Return ``name`` and ``tail`` within 31 UTF-16 units; the end is marked where it is cut."""
    room = 31 - len(tail)
    if _units(name) <= room:
        return name + tail
    while _units(name) > room - 1:
        name = name[:-1]
    return f"{name.rstrip()}…{tail}"


def _units(name: str) -> int:
    return len(name.encode("utf-16-le")) // 2


_DIRECTIONS: Final = ("higher", "lower", "within", "none")


def _grains(cards: Iterable[Indicator]) -> list[Grain]:
    found = {grain for card in cards for grain in card.grains}
    return sorted(found, key=lambda grain: grain.rank)


def _unscaled(unit: Measure) -> Measure:
    return replace(unit, scale={})


def _text(plan: Mapping[str, Any]) -> str:
    """Return the plan as JSON: a line for every value of a list, column and row."""
    return _json(plan, 0) + "\n"


def _json(value: Any, depth: int) -> str:
    """Write the first levels of ``value`` line by line, and the rest on one line."""
    if depth > 3 or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    pad = " " * (depth + 1)
    if isinstance(value, dict):
        inner = (f"{json.dumps(k)}: {_json(v, depth + 1)}" for k, v in value.items())
        return "{\n" + ",\n".join(pad + i for i in inner) + "\n" + " " * depth + "}"
    inner = (_json(v, depth + 1) for v in value)
    return "[\n" + ",\n".join(pad + i for i in inner) + "\n" + " " * depth + "]"
