"""``content/reports/`` and ``content/actions/`` (specification.md#report)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from kpi_site.catalog.site import Text
from kpi_site.periods import Period
from kpi_site.problems import Location, Name


@dataclass(frozen=True, slots=True)
class Signoff:
    """A role's word for a report's figures: a note, or with ``signature`` a proof.

    ``signer`` is whom the key stands for (``approved@finance``), ``signature`` that of OpenSSH
    in Base64, without its armour.
    """

    where: Location
    role: str
    by: Text
    on: date
    digest: str | None = None
    signer: str | None = None
    signature: str | None = None


ROLES: Final = ("collected", "verified", "approved")
"""Who signs a report: the collector, the verifier and the approver of its figures."""

RevisionKind = Literal["better-data", "routine", "method", "correction"]
KINDS: Final[tuple[RevisionKind, ...]] = ("better-data", "routine", "method", "correction")


@dataclass(frozen=True, slots=True)
class RevisionNote:
    """Why an indicator's figures differ from those of a published edition, and since when."""

    where: Location
    edition: int
    indicator: Name
    first_seen: date
    type: RevisionKind | None = None
    reason: Text | None = None


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
    revisions: tuple[RevisionNote, ...] = ()


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
    """``content/actions/<id>.yml``.

    ``closed`` is the day on which it was done or cancelled; see ``closed_on``.
    """

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
    closed: date | None = None

    @property
    def closed_on(self) -> date | None:
        """The day on which it was closed; None while it is open.

        Where the file does not say, that of the last thing told about it, or its due date.
        """
        if self.status == "open":
            return None
        told = [u.on for u in self.updates] + [s.done for s in self.steps if s.done]
        return self.closed or max(told, default=self.due)


def as_of(action: Action, day: date) -> Action:
    """Return ``action`` as it stood at the end of ``day``: nothing that came later is in it."""
    closed = action.closed_on
    still_open = closed is None or closed > day
    return replace(
        action,
        status="open" if still_open else action.status,
        closed=None if still_open else closed,
        steps=tuple(
            replace(step, done=None) if step.done and step.done > day else step
            for step in action.steps
        ),
        updates=tuple(update for update in action.updates if update.on <= day),
    )


def carried(actions: Iterable[Action], period: Period) -> tuple[Action, ...]:
    """Return the actions that a report on ``period`` carries, in their order.

    They began by its end and were not closed before its start.
    """
    return tuple(
        action
        for action in actions
        if action.start <= period.last
        and (action.closed_on is None or action.closed_on >= period.first)
    )
