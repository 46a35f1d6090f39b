"""Addresses of pages and files, seen from a page (directory addresses, as MkDocs makes them)."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from hashlib import sha256
from urllib.parse import quote

from markupsafe import Markup

_LONGEST = 60  # signs of a name in an address: 240 bytes, and a hash behind them


@cache
def url(page: str, target: str) -> Markup:
    """Return the relative address of ``target`` in the HTML of ``page``; both are file paths.

    ``url("indicators/csat.md", "departments/sales.md")`` is ``../../departments/sales/``.
    A target that is no Markdown page keeps its name: ``../../data/values.csv``.
    """
    to, mark, fragment = target.partition("#")
    address = _address(to)
    relative = posixpath.relpath("/" + address, "/" + _address(page))
    if address.endswith("/") or not address:
        relative += "/"
    return Markup(quote(relative, safe="/.") + mark + quote(fragment))  # noqa: S704 - quoted


def anchor(name: str) -> Markup:
    """Return ``name`` as the id of a heading: word characters and hyphens alone."""
    return Markup(re.sub(r"[^\w-]", "-", name))  # noqa: S704 - nothing active is left


def chart(name: str) -> str:
    """Return the id of a chart's figure by the name of its file: ``chart-csat-trend``."""
    return f"chart-{anchor(name)}"


def _address(path: str) -> str:
    """Return where a file is published: ``a/index.md`` → ``a/``, ``a/b.md`` → ``a/b/``."""
    if not path.endswith(".md"):
        return path
    stem = path.removesuffix(".md")
    if posixpath.basename(stem) == "index":
        folder = posixpath.dirname(stem)
        return folder + "/" if folder else ""
    return stem + "/"


def indicator(name: str) -> str:
    """Return the path of a card's page."""
    return f"indicators/{name}.md"


def department(name: str) -> str:
    """Return the path of a department's page."""
    return f"departments/{name}.md"


def perspective(name: str) -> str:
    """Return the path of a perspective's page."""
    return f"perspectives/{name}.md"


def scorecard(name: str) -> str:
    """Return the path of a scorecard's page."""
    return f"scorecards/{name}.md"


def scored(key: str) -> str:
    """Return the path of the page of a scorecard ``id``, or of its member: ``id/member``."""
    name, part, of = key.partition("/")
    return scorecard(f"{name}/{member(of)}") if part else scorecard(name)


def member(name: str) -> str:
    """Return a member's name as part of an address: letters, digits, ``_`` and ``-`` stay.

    Whatever else it has is a hyphen, and a hash of the name keeps two such names apart; so it
    does where capitals alone might, and where the name is that of a list.
    """
    plain = re.sub(r"[^\w-]", "-", name)[:_LONGEST]
    if plain == name and name == name.lower() and name not in {"", "index"}:
        return name
    return f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"


def report(label: str) -> str:
    """Return the path of a report's page, by its period's label."""
    return f"reports/{label}.md"


def edition(label: str, number: int) -> str:
    """Return the path of the page of a report's edition."""
    return f"reports/{label}/edition-{number}.md"


def annex(label: str) -> str:
    """Return the path of a report's annex: all figures of the period by department."""
    return f"reports/{label}/annex.md"


def dataset(name: str) -> str:
    """Return the path of a dataset's page."""
    return f"datasets/{name}.md"


ACTIONS = "actions/index.md"
GLOSSARY = "glossary.md"


def action(name: str) -> str:
    """Return where an action stands in the list of all actions."""
    return f"{ACTIONS}#{anchor(name)}"
