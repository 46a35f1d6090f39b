"""By which commit each file of content was changed last: one question to git for all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from kpi_site.diff.git import GitError, run
from kpi_site.story.commits import Commit, Commits

_FORMAT: Final = "--format=%x00%H%x1f%cs%x1f%s"
_SHOWN: Final = 10  # digits of a commit's name


def last_commits(root: Path, folder: str, url: Callable[[str], str]) -> Commits:
    """Return the last commit of each file below ``folder`` of the site in ``root``, by its path.

    Empty without git, without a repository, and in a shallow clone: its oldest commit would
    seem to have written everything. ``url`` gives the page of a commit by its full name.
    """
    try:
        if run(root, "rev-parse", "--is-shallow-repository").strip() != "false":
            return {}
        words = ("-c", "core.quotePath=false", "log", _FORMAT, "--name-only", "--no-renames")
        told = run(root, *words, "--relative", "--", folder)
    except GitError:
        return {}
    found: dict[str, Commit] = {}
    for block in told.split("\0")[1:]:
        head, *paths = block.splitlines()
        name, day, subject = head.split("\x1f", 2)
        plain = "".join(c if c.isprintable() else " " for c in subject)
        commit = Commit(name[:_SHOWN], date.fromisoformat(day), plain, url(name))
        for path in filter(None, paths):
            found.setdefault(path, commit)
    return found
