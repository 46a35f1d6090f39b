"""Which commit changed a file last, where version control tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its short ``name`` and its subject; ``url`` is its page at the forge, or ""."""

    name: str
    day: date
    subject: str
    url: str = ""


Commits = Mapping[str, Commit]
"""By the path of a file from the site's root."""
