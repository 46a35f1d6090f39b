"""A record for each page: how it is called, what it shows, and more words to find it by.

Keys are short, because there are many records (``static/engine.js`` reads them): ``u`` address,
``k`` kind, ``n`` name, ``o`` other names, ``p`` syllables of Chinese names, ``d`` department's
place in the list of units, ``v`` value, ``m`` mark and ``s`` words of its status, ``w`` when,
``c`` columns, ``h`` sections with their anchors, ``x`` other text, ``i`` the number of scorecards
that it stands on, ``l`` 1 for what comes last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from kpi_site import links
from kpi_site.catalog import Dataset, Group, Indicator, Line, Scorecard, Text, Unit
from kpi_site.search.found import WrittenPage
from kpi_site.search.names import report_names, sounds
from kpi_site.story.reading import now
from kpi_site.story.standards import total_text
from kpi_site.story.teller import Teller, newest
from kpi_site.wording.dates import format_date, format_period
from kpi_site.wording.words import status_word
from kpi_site.words import word

Record = dict[str, Any]

# The word for each kind of page, in the table of words.
KINDS: Final[Mapping[str, str]] = {
    "card": "indicator",
    "department": "department_page",
    "perspective": "perspective",
    "scorecard": "scorecard",
    "report": "report",
    "dataset": "dataset",
    "actions": "actions",
    "guide": "handbook",
    "list": "overview_page",
}
_LISTS: Final = (
    "indicators", "departments", "perspectives", "scorecards", "reports", "datasets", "actions",
)  # fmt: skip
_EDITIONS: Final = re.compile(r"reports/[^/]+/edition-")
_MARKUP: Final = re.compile(r"\*\*|`|^[ \t]*(?:[-+*>]|#+|\d+[.)])[ \t]+|\|", re.MULTILINE)


class Recorder:
    """Makes the records of one language's pages."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self._units = [str(unit.id) for unit in teller.catalog.site.departments]
        self._known: Mapping[str, Callable[[str], Record | None]] = {
            "indicators": self._card,
            "departments": self._department,
            "perspectives": self._perspective,
            "scorecards": self._scorecard,
            "reports": self._report,
            "datasets": self._dataset,
        }

    def kinds(self, records: Iterable[Record]) -> dict[str, str]:
        """Return the words for the kinds of the ``records``."""
        used = {record["k"] for record in records}
        words = ((kind, word(key, self.teller.language)) for kind, key in KINDS.items())
        return {kind: text[:1].upper() + text[1:] for kind, text in words if kind in used}

    def record(self, page: WrittenPage) -> Record | None:
        """Return the record of ``page``; None for one that others stand for: an edition's."""
        if _EDITIONS.match(page.path):
            return None
        path = PurePosixPath(page.path)
        section, name = path.parts[0], path.stem
        make = self._known.get(section) if len(path.parts) == 2 else None
        own = make(name) if make else None
        found = own or self._other(page, section)
        names = dict.fromkeys(str(other) for other in found.pop("o", ()) if other)
        others = [other for other in names if other != page.title]
        record = {
            "u": str(links.url("index.md", page.path)),
            "n": page.title,
            "o": others,
            "p": sounds((page.title, *others)),
            **found,
        }
        return {key: value for key, value in record.items() if value not in ("", [], None)}

    def _other(self, page: WrittenPage, section: str) -> Record:
        """Return what is found of a page that no single thing of the catalog stands behind."""
        if page.path == links.GLOSSARY:
            return {"k": "guide", "h": self._words()}
        if section == "actions":
            return {"k": "actions", "h": [[h.text, h.anchor] for h in page.headings]}
        if section in _LISTS or page.path == "index.md":
            organisation = self.teller.organisation if page.path == "index.md" else ""
            return {"k": "list", "o": [organisation]}
        sections = [[h.text, h.anchor] for h in page.headings]
        return {"k": "guide", "h": sections, "x": " / ".join(dict.fromkeys(page.terms))}

    def _words(self) -> list[list[str]]:
        """Return every way in which a word of the glossary is written, with its anchor."""
        return [
            [form, str(term.id)]
            for term in self.teller.catalog.glossary
            for form in dict.fromkeys((*term.forms("zh"), *term.forms("en")))
        ]

    def _card(self, name: str) -> Record | None:
        card = self.teller.catalog.indicators.get(name)
        if card is None:
            return None
        told = self.teller.catalog.texts[name]
        words = (told.definition, told.purpose, told.notes, *(t.label for t in card.terms))
        return {
            "k": "card",
            "o": [*_both(card.name), *told.aliases, card.id, *card.formerly],
            "d": self._unit(str(card.department)),
            **self._standing(card),
            "x": self._text(*words),
            "i": len({use.scorecard for use in self.teller.lines_of.get(str(card.id), ())}) or None,
            "l": None if card.in_use else 1,
        }

    def _standing(self, card: Indicator) -> Record:
        """Return value, status and period of a card as its page shows them first."""
        if not card.in_use:
            word_ = status_word(card.status, self.teller.language)
            since = card.ends and self.teller.catalog.site.calendar.following(card.ends)
            if since and card.retired:
                word_ = word(
                    "retired_since",
                    self.teller.language,
                    format_period(since, self.teller.language),
                )
            return {"s": word_}
        stand = now(self.teller, card)
        if stand is None:
            return {}
        said = stand.reading
        if not said.has_value:
            return {"m": said.mark, "s": said.state_words, "w": said.period}
        provisional = said.state_words if said.mark else ""
        words = [said.level_words, provisional]
        comma = word("comma", self.teller.language)
        status = comma.join(dict.fromkeys(filter(None, words)))
        return {"v": said.text, "m": said.level_mark, "s": status, "w": said.period}

    def _department(self, name: str) -> Record | None:
        found = self._named("department", self.teller.catalog.site.departments, name)
        count = sum(c.in_use for c in self.teller.cards_of.get(f"department {name}", ()))
        if found is None:
            return None
        short = [other.removesuffix("部") for other in found["o"] if len(other) > 2]
        short.append(f"{found['o'][1]} department")
        return {**found, "o": [*found["o"], *short], "s": self.teller.word("found_cards", count)}

    def _perspective(self, name: str) -> Record | None:
        return self._named("perspective", self.teller.catalog.site.perspectives, name)

    def _named(self, kind: str, units: Iterable[Unit], name: str) -> Record | None:
        unit = next((u for u in units if u.id == name), None)
        return {"k": kind, "o": [*_both(unit.name), name]} if unit else None

    def _scorecard(self, name: str) -> Record | None:
        card = self.teller.catalog.scorecards.get(name)
        if card is None:
            return None
        scored = newest(self.teller.scores.get(name, ()))
        total = total_text(self.teller, scored) if scored else ""
        record: Record = {"k": "scorecard", "o": [*_both(card.title), name]}
        record["x"] = self._text(card.about, card.assessed, *_titles(card))
        if scored is None or not total:
            return record
        grade = self.teller.name(scored.grade.name) if scored.grade else ""
        when = format_period(scored.period, self.teller.language)
        points = f"{total} {word('points_short', self.teller.language)}"
        return {**record, "v": points, "s": grade, "w": when}

    def _report(self, label: str) -> Record | None:
        teller = self.teller
        report, edition = teller.catalog.reports.get(label), teller.told.latest(label)
        if report is None and edition is None:
            return None
        period = report.period if report else teller.catalog.site.calendar.parse(label)
        names = report_names(period) if period else ()
        if edition is None:
            return {"k": "report", "o": names, "s": teller.word("draft")}
        when = format_date(edition.manifest.published, teller.language)
        return {"k": "report", "o": names, "s": teller.word("published_as", when)}

    def _dataset(self, name: str) -> Record | None:
        found = self.teller.catalog.datasets.get(name)
        if found is None:
            return None
        return {
            "k": "dataset",
            "o": [*_both(found.title), name],
            "d": self._unit(str(found.owner)) if found.owner else None,
            "c": self._columns(found),
            "x": self._text(found.description, *_members(found)),
        }

    def _columns(self, dataset: Dataset) -> list[str]:
        titles = (f.title.get(self.teller.language) for f in dataset.fields if f.title)
        return list(dict.fromkeys((*map(str, dataset.column_names), *titles)))

    def _unit(self, department: str) -> int | None:
        return self._units.index(department) if department in self._units else None

    def _text(self, *texts: Text | None) -> str:
        """Return texts in the page's language, one after the other, without Markdown's marks."""
        words = (_MARKUP.sub(" ", self.teller.name(text)) for text in texts)
        return " ".join(" ".join(words).split())


def _both(text: Text) -> tuple[str, str]:
    return text.get("zh"), text.get("en")


def _titles(card: Scorecard) -> list[Text]:
    found: list[Text] = []
    waiting: list[Line | Group] = list(card.lines)
    while waiting:
        item = waiting.pop(0)
        found += [item.title] if item.title else []
        waiting += item.lines if isinstance(item, Group) else ()
    return found


def _members(dataset: Dataset) -> list[Text]:
    return [text for field in dataset.fields for text in field.categories.values()]
