"""Actions end after they start (DESIGN §2.6)."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_site.content.draft import Draft
from kpi_site.problems import Message, Problem


def actions_end_after_start(draft: Draft) -> Iterator[Problem]:
    """Report an action that is due before it starts."""
    for entry in draft.actions:
        action = entry.value
        if action is None or entry.damaged & {"start", "due"} or action.due >= action.start:
            continue
        yield Problem(
            entry.place("due"),
            "due-before-start",
            Message(
                f"期限（{action.due}）早于开始（{action.start}）",
                f"due ({action.due}) before it starts ({action.start})",
            ),
        )
