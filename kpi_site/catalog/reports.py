"""``content/reports/`` and ``content/actions/`` (DESIGN §2.5-2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kpi_site.catalog.site import Text
from kpi_site.periods import Period
from kpi_site.problems import Location, Name


@dataclass(frozen=True, slots=True)
class Signoff:
    """A signature under a report's figures."""

    where: Location
    role: str
    by: Text
    on: date
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """``content/reports/<period>/report.yml``: a draft until it is published."""

    where: Location
    period: Period
    scorecards: tuple[Name, ...] = ()
    highlights: tuple[Name, ...] = ()
    summary: Text | None = None
    comments: Mapping[Name, Text] = field(default_factory=dict)
    signoffs: tuple[Signoff, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an action."""

    what: Text
    due: date | None = None
    done: date | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A note on an action's progress."""

    on: date
    note: Text


@dataclass(frozen=True, slots=True)
class Action:
    """``content/actions/<id>.yml``."""

    id: Name
    where: Location
    title: Text
    indicators: tuple[Name, ...]
    owner: Text
    start: date
    due: date
    status: Literal["open", "done", "cancelled"] = "open"
    steps: tuple[Step, ...] = ()
    updates: tuple[Update, ...] = ()
