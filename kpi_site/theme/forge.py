"""Where a reader asks about a file at the forge, and sees who changed it last.

Rules: specification.md#forge.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Forge:
    """The addresses of one file; "" where they cannot be known."""

    ask: str
    history: str


def forge(repo_url: str, edit_uri: str, path: str, title: str, ask_uri: str = "") -> Forge:
    """Return where to ask about the file at ``path``, which is called ``title``.

    ``edit_uri`` is MkDocs' own; ``ask_uri`` a site's, with ``{title}`` and ``{path}``.
    """
    base = repo_url.rstrip("/") + "/"
    gitlab = edit_uri.startswith("-/") or "gitlab" in (urlsplit(repo_url).hostname or "")
    usual = "-/issues/new?issue[title]={title}" if gitlab else "issues/new?title={title}"
    ask = (ask_uri or usual).replace("{title}", quote(title, safe=""))
    ask = ask.replace("{path}", quote(path, safe=""))
    history = _history(edit_uri)
    return Forge(
        ask if "://" in ask else base + ask,
        base + history + quote(path) if history else "",
    )


def form_page(form_uri: str, path: str) -> str:
    """Return where the form of the card at ``path`` is, on the page of forms at ``form_uri``.

    "" without such a page, and for a file that is no card.
    """
    match path.split("/"):
        case ["content", "indicators", department, name] if form_uri:
            entry = quote(name.removesuffix(".yml"))
            return f"{form_uri}#/collections/{quote(department)}/entries/{entry}"
    return ""


def commit_page(repo_url: str, edit_uri: str, name: str) -> str:
    """Return the page of the commit with the full ``name``; "" where it cannot be known."""
    base = repo_url.rstrip("/") + "/"
    for edit, commit in (("-/edit/", "-/commit/"), ("_edit/", "commit/"), ("edit/", "commit/")):
        if edit_uri.startswith(edit):
            return base + commit + name
    return ""


def _history(edit_uri: str) -> str:
    """Return where the commits on a file are listed, from where it is edited."""
    for edit, commits in (
        ("-/edit/", "-/commits/"), ("_edit/", "commits/branch/"), ("edit/", "commits/"),
    ):  # fmt: skip
        if edit_uri.startswith(edit):
            return commits + edit_uri.removeprefix(edit)
    return ""
