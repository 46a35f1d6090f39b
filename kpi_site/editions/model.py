"""An edition: a report as it was published, and nothing that can change it.

Rules: specification.md#edition-files.

An edition is a folder of text files, ``content/reports/<period>/edition-<n>/``:

``edition.json``   when, why and by whom it was published, and the hashes of everything
``values.csv``     the figures, with the columns of ``data/values.csv``
``terms.csv``      the terms behind them, with the columns of ``data/terms.csv``
``signals.csv``    which of them are signals (editions made before it was told have none)
``contributions.csv``  why they changed (editions made before it was told have none)
``scores.csv``     the lines and totals of the report's scorecards
``scorecards.json`` titles, groups and assessed parties of the scorecards as they stood
``article.*.md`` ``annex.*.md``  the pages, one for each language (and narrower audience)

Names, units, formulas, thresholds and texts of the cards as they stood lie beside the reports,
in ``content/reports/cards/<id>.<digest>.json``: editions share the cards that did not change,
and a pull request that publishes a month shows those that did. The look of the printed report
is shared in the same way, in ``content/reports/looks/board.<digest>.typ``; in editions made
before it was, it stands in the report's source itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from kpi_site.catalog import RevisionKind, Signoff, Text
from kpi_site.kept import FOUND
from kpi_site.periods import Period
from kpi_site.results import State

FORMAT: Final = "kpi-site edition 1"
MANIFEST: Final = "edition.json"
VALUES: Final = "values.csv"
TERMS: Final = "terms.csv"
SIGNALS: Final = "signals.csv"
CONTRIBUTIONS: Final = "contributions.csv"
SCORES: Final = "scores.csv"
CARDS: Final = "cards"  # the folder beside the reports, and the head of its files' names
LOOKS: Final = "looks"  # likewise: what printed reports look like
SHARED: Final = (CARDS, LOOKS)
SCORECARDS: Final = "scorecards.json"
SIGNERS: Final = "signers"  # who was allowed to sign on the day of publication


@dataclass(frozen=True, slots=True)
class Manifest:
    """``edition.json``. ``kind`` and ``reason`` are those of a revision: the first has none.

    ``cards``, ``data`` and ``files`` give the SHA-256 of each file by its path: of cards and
    facts from the site's root, of the edition's own files from its folder (those that begin
    with ``cards/`` or ``looks/``: from ``content/reports``). ``previous`` is
    the SHA-256 of the manifest of the edition before it (of this report), or "". ``days`` are
    the first and the last one of a period that is not made of the calendar's months.
    ``servers`` are the databases that counted rows of their own, by the files of their answers.
    """

    period: str
    number: int
    published: date
    data_through: date
    figures: str
    kind: RevisionKind | None = None
    reason: Text | None = None
    program: str = ""
    languages: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    organisation: Text = field(default_factory=Text)
    summary: Text | None = None
    signoffs: tuple[Signoff, ...] = ()
    cards: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    previous: str = ""
    days: tuple[date, date] | None = None
    servers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of ``values.csv``: exact numbers, and the standards that it was judged by."""

    indicator: str
    grain: str
    period: str
    dimension: str
    member: str
    value: Decimal | None
    state: State
    n: int | None
    points: Decimal | None
    baseline: Decimal | None
    target: Decimal | None
    challenge: Decimal | None
    unit: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the figure is of: indicator, period, dimension and member."""
        return self.indicator, self.period, self.dimension, self.member


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A row of ``scores.csv``: a line, or the total of a scorecard (``indicator`` is empty).

    ``line`` counts the lines of a scorecard from 1; a total has 0, its ``points`` are the
    total and its ``weight`` the weight counted. ``dimension`` and ``member`` are empty but on a
    line about one member.
    """

    scorecard: str
    line: int
    no: str
    indicator: str
    dimension: str
    member: str
    period: str
    weight: Decimal | None
    value: Decimal | None
    state: State
    points: Decimal | None
    counted: bool
    baseline: Decimal | None
    target: Decimal | None
    challenge: Decimal | None


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition: its manifest, and the bytes of its files by name.

    ``checkpoint`` is the number and link of its line in the ledger, ``21:5e0c…``; "" until then.
    """

    period: Period
    manifest: Manifest
    files: Mapping[str, bytes] = field(metadata={FOUND: True})  # the manifest has their digests
    folder: str  # from the site's root, with forward slashes
    checkpoint: str = ""

    @property
    def publication(self) -> int:
        """The number of its line in the ledger; 0 until it has one."""
        return int(self.checkpoint.partition(":")[0] or 0)

    @property
    def number(self) -> int:
        """1 for the first publication of the report."""
        return self.manifest.number
