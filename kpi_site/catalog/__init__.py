"""The catalog: everything that contributors wrote, read and checked, as frozen values.

Formats: specification.md#formats; ``docs/en/handbook/reference.md`` describes every key.
Readers in ``kpi_site.content`` build these values; nothing changes them afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath

from kpi_site.catalog.cards import (
    Card,
    CardTexts,
    Change,
    Direction,
    Example,
    Indicator,
    Measure,
    Scale,
    UnitKind,
    Version,
)
from kpi_site.catalog.charts import MAIN_CHARTS, MEMBER_CHARTS, ChartWish, MainChart, MemberChart
from kpi_site.catalog.datasets import (
    SNAPSHOTS,
    Dataset,
    Derived,
    Expect,
    Field,
    FieldType,
    ForeignKey,
    Layout,
    Notation,
    RowRule,
    Source,
    Totals,
    Unpivot,
    Until,
    Validity,
    with_sheet,
)
from kpi_site.catalog.glossary import Glossary, GlossaryTerm
from kpi_site.catalog.reports import (
    KINDS,
    ROLES,
    Action,
    Report,
    RevisionKind,
    RevisionNote,
    Signoff,
    Step,
    Update,
    as_of,
    carried,
)
from kpi_site.catalog.scorecards import (
    FULL,
    Bonus,
    Deduct,
    Group,
    Kind,
    Line,
    RankGrade,
    Scorecard,
    Veto,
)
from kpi_site.catalog.site import (
    ENGINES,
    Connection,
    Grade,
    Language,
    Scoring,
    Site,
    Suppression,
    Text,
    Unit,
)
from kpi_site.catalog.standards import Limit, Part, PointStep, Standard, Threshold, judged_by
from kpi_site.catalog.terms import (
    BalanceTerm,
    CalendarDays,
    CalendarTerm,
    DataTerm,
    IndicatorTerm,
    OtherTerm,
    RowTerm,
    StockTerm,
    Term,
)

__all__ = [
    "ENGINES",
    "FULL",
    "KINDS",
    "MAIN_CHARTS",
    "MEMBER_CHARTS",
    "ROLES",
    "SNAPSHOTS",
    "Action",
    "BalanceTerm",
    "Bonus",
    "CalendarDays",
    "CalendarTerm",
    "Card",
    "CardTexts",
    "Catalog",
    "Change",
    "ChartWish",
    "Connection",
    "DataTerm",
    "Dataset",
    "Deduct",
    "Derived",
    "Direction",
    "Example",
    "Expect",
    "Field",
    "FieldType",
    "ForeignKey",
    "Glossary",
    "GlossaryTerm",
    "Grade",
    "Group",
    "Indicator",
    "IndicatorTerm",
    "Kind",
    "Language",
    "Layout",
    "Limit",
    "Line",
    "MainChart",
    "Measure",
    "MemberChart",
    "Notation",
    "OtherTerm",
    "Part",
    "PointStep",
    "RankGrade",
    "Report",
    "RevisionKind",
    "RevisionNote",
    "RowRule",
    "RowTerm",
    "Scale",
    "Scorecard",
    "Scoring",
    "Signoff",
    "Site",
    "Source",
    "Standard",
    "Step",
    "StockTerm",
    "Suppression",
    "Term",
    "Text",
    "Threshold",
    "Totals",
    "Unit",
    "UnitKind",
    "Unpivot",
    "Until",
    "Update",
    "Validity",
    "Version",
    "Veto",
    "as_of",
    "carried",
    "judged_by",
    "with_sheet",
]


@dataclass(frozen=True, slots=True)
class Catalog:
    """All content of a site, by id, in the order of the file names."""

    site: Site
    datasets: Mapping[str, Dataset]
    indicators: Mapping[str, Indicator]
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)  # by period label
    actions: Mapping[str, Action] = field(default_factory=dict)
    glossary: Glossary = ()  # the site's own words, then those of every site
    texts: Mapping[str, CardTexts] = field(default_factory=dict)  # of the indicators, of each

    @property
    def listed_datasets(self) -> tuple[Dataset, ...]:
        """The datasets that have pages of their own."""
        return tuple(dataset for dataset in self.datasets.values() if dataset.listed)

    @property
    def folders(self) -> tuple[str, ...]:
        """The top folders (or files) of everything that a site is made of, from its root."""
        paths = (with_sheet(path)[0] for one in self.datasets.values() for path in one.paths)
        return tuple(
            dict.fromkeys(("content", "docs", *(PurePosixPath(p).parts[0] for p in paths)))
        )

    def through(self, day: date) -> Catalog:
        """Return the catalog as of ``day``, the last whose facts count: cards end by it."""
        site = replace(self.site, data_through=day)
        cards = {name: card.seen_on(day) for name, card in self.indicators.items()}
        return replace(self, site=site, indicators=cards)

    def card(self, name: str) -> Indicator | None:
        """Return the card called ``name``, now or formerly (``formerly`` on the card)."""
        found = self.indicators.get(name)
        if found is not None:
            return found
        return next((i for i in self.indicators.values() if name in i.formerly), None)
