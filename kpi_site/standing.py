"""What stands already: an outcome of before is taken again where nothing has changed.

An outcome is known by the digest of everything that it depends on: every file that it reads by
its content, what was asked for, the day, this program with whatever is installed beside it. Of
a site the digests of its own files are kept too: one that is damaged, added to or lacks a file
does not stand, and is built. Where a site's ``mkdocs.yml`` lets in what reads files that nobody
knows, plugins and hooks of others, no site is said to stand.

Importing it stays cheap: what stands is to be found before anything that computes is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kpi_site.exports.pdf import chinese_font
from kpi_site.kept import code_digest, read_sealed, write_sealed
from kpi_site.known import Digests, known_digests, walk
from kpi_site.options import Options
from kpi_site.problems import Location, Message, Problem, has_errors
from kpi_site.theme.config import read_own

_ALWAYS_READ: Final = frozenset({"content", "docs"})
_WILD: Final = frozenset("*?[")
_PUBLISHED: Final = "content/reports/"
_MARGIN: Final = 20_000_000  # ns; the times of files lag behind the clock by less
_OURS: Final = frozenset({"kpi-site", "search", "material/search"})
# Extensions and functions that read nothing but the page; others may read any file.
_PLAIN: Final = frozenset({
    "abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code",
    "footnotes", "md_in_html", "meta", "nl2br", "sane_lists", "smarty", "tables", "toc",
    "wikilinks",
})  # fmt: skip
_PACKAGED: Final = re.compile(r"(?:markdown\.extensions|material|pymdownx)\.(?!b64|snippets)")
_FUNCTIONS: Final = "tag:yaml.org,2002:python/"
_NAMED: Final = f"{_FUNCTIONS}name:"
_VARIABLES: Final = ("SOURCE_DATE_EPOCH", "TZ")  # of the environment, by which MkDocs tells days


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: its problems, the ``languages`` of its site, the folders ``watched``.

    ``watched`` are those that it read, from the root, beside the site's own MkDocs file.
    """

    watched: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    languages: tuple[str, ...] = ()


class Standing:
    """The last outcome of one thing that is asked for, and whether it holds."""

    def __init__(
        self, options: Options, what: str, *, site: Path | None = None, facts: bool = True
    ) -> None:
        """``what`` is asked for by the ``options``; ``site`` is the folder that comes of it.

        Without ``facts``, of what is watched outside of content and handbook files count that
        are named one by one, and of folders only the names in them.
        """
        self._options, self._what, self._site = options, what, site
        self._facts = facts
        name = hashlib.sha256(f"{what}\n{site}".encode("utf-8", "surrogateescape")).hexdigest()
        self._path = options.cache / "standing" / name[:20]
        self._since = time.time_ns() - _MARGIN

    def outcome(self) -> Outcome | None:
        """Return the outcome of before, if everything is as it was then; else None."""
        with suppress(OSError):  # who reads the file for its sake says what is wrong with it
            return self._found()
        return None

    def _found(self) -> Outcome | None:
        sealed = read_sealed(self._path)
        if sealed is None:
            return None
        kept = json.loads(sealed)
        watched = tuple(kept["watched"])
        if kept["inputs"] != self._inputs(watched):
            return None
        if self._site is not None and kept["site"] != _digests(self._site, (".",)):
            return None
        return Outcome(watched, tuple(map(_problem, kept["problems"])), tuple(kept["languages"]))

    def keep(self, outcome: Outcome) -> None:
        """Keep what came of a run, unless a file that it may have read changed meanwhile."""
        with suppress(OSError):
            self._keep(outcome)

    def _keep(self, outcome: Outcome) -> None:
        self._path.unlink(missing_ok=True)
        sound = outcome.watched and not has_errors(outcome.problems)
        times: list[int] = []
        inputs = self._inputs(outcome.watched, times) if sound else None
        own = (_changed(entry.stat) for entry in walk(str(self._options.own_config)))
        if inputs is None or max((*times, *own), default=0) >= self._since:
            return
        kept = {
            "inputs": inputs,
            "watched": outcome.watched,
            "languages": outcome.languages,
            "problems": [asdict(found) for found in outcome.problems],
            "site": None if self._site is None else _digests(self._site, (".",)),
        }
        write_sealed(self._path, json.dumps(kept).encode("utf-8", "surrogatepass"))

    def _inputs(self, watched: Iterable[str], times: list[int] | None = None) -> str | None:
        """Return the digest of everything that the outcome depends on; None where none can tell.

        To ``times`` is added when each watched file, as it was read, was changed last.
        """
        options = self._options
        own = _own_inputs(options)
        if own is None or not _WILD.isdisjoint("".join(watched)):
            return None  # a pattern below the root itself finds more than a folder can tell
        parts = (
            code_digest(), _installed(), sys.platform, chinese_font(), self._what,
            str(options.root.resolve()), str(self._site), repr(replace(options, kept=None)),
            own, list(map(os.environ.get, _VARIABLES)),
            sorted(self._read(watched, times).items()),
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()

    def _read(self, watched: Iterable[str], times: list[int] | None) -> dict[str, str]:
        """Return the digests of the files below ``watched``, "" for those that are not read."""
        found: dict[str, str] = {}
        known = known_digests(self._options.cache / "digests" / "standing")
        for name in watched:
            one = (self._options.root / name).is_file()
            read = self._facts or name in _ALWAYS_READ or one
            found |= _digests(self._options.root, (name,), read=read, known=known, times=times)
        known.save()
        return found


def _problem(kept: Mapping[str, Any]) -> Problem:
    hint = None if kept["hint"] is None else Message(**kept["hint"])
    where, message = Location(**kept["where"]), Message(**kept["message"])
    return Problem(where, kept["code"], message, hint, kept["severity"])


def common(options: Options) -> str:
    """Return the digest of what all pages of a site have in common beside its configuration.

    "" where nobody knows what they look at: plugins, hooks and templates of others.
    """
    found = _own_inputs(options)
    if found is None or _own_templates(options):
        return ""
    environment = list(map(os.environ.get, _VARIABLES))
    parts = (code_digest(), _installed(), sys.platform, found, environment)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _own_templates(options: Options) -> bool:
    """Tell whether the site's own ``mkdocs.yml`` names a folder of templates."""
    own, _ = read_own(options.own_config, options.own_config.name)
    theme = [v for k, v in own.value if k.value == "theme"] if isinstance(own, MappingNode) else []
    return any(
        k.value == "custom_dir" for v in theme if isinstance(v, MappingNode) for k, _ in v.value
    )


def _installed() -> list[str]:
    """Return what is installed: the names of packages with their versions, from their folders."""
    folders = (Path(folder) for folder in sys.path if folder)
    listed = (folder.iterdir() for folder in folders if folder.is_dir())
    return sorted(path.name for paths in listed for path in paths if path.suffix == ".dist-info")


def _digests(
    root: Path,
    names: Iterable[str],
    *,
    read: bool = True,
    known: Digests | None = None,
    times: list[int] | None = None,
) -> dict[str, str]:
    """Return the digest of each file below the folders ``names``; of links where they lead.

    Those of published files, which stay as they are, may be ``known`` from before. To ``times``
    is added when each was changed last, of those that are read once they were.
    """
    found = {}
    for name in names:
        for entry in walk(str(root / name)):
            shown = entry.path.removeprefix(f"{root}/")
            stats = entry.stat
            if entry.is_file and not read:
                found[shown] = ""
            elif entry.is_file and known is not None and shown.startswith(_PUBLISHED):
                found[shown] = known.of(shown, entry)
                if known.is_young(shown):
                    stats = os.lstat(entry.path)
            elif entry.is_file:
                with Path(entry.path).open("rb") as file:
                    found[shown] = hashlib.file_digest(file, "sha256").hexdigest()
                    stats = os.fstat(file.fileno())
            else:
                leads = str(Path(entry.path).readlink()) if entry.is_link else ""
                found[shown] = f"{stat.S_IFMT(entry.stat.st_mode)} {leads}"
            if times is not None:
                times.append(_changed(stats))
    return found


def _changed(stats: os.stat_result) -> int:
    return max(stats.st_mtime_ns, stats.st_ctime_ns)


def _own_inputs(options: Options) -> object | None:
    """Return what the site's own ``mkdocs.yml`` says and leads to; None where that is unknown."""
    path = options.own_config
    own, problems = read_own(path, path.name)
    if problems and has_errors(problems):
        return None
    if own is None:
        return ()
    found: list[object] = [str(path.resolve()), path.read_bytes()]
    for key, node in own.value if isinstance(own, MappingNode) else ():
        if key.value == "hooks" or (key.value == "plugins" and not set(_items(node)) <= _OURS):
            return None
        if key.value == "markdown_extensions" and not all(map(_is_plain, _items(node))):
            return None
        if key.value == "theme" and isinstance(node, MappingNode):
            folders = [v.value for k, v in node.value if k.value == "custom_dir"]
            found += [sorted(_digests(path.parent / str(f), (".",)).items()) for f in folders]
    for node in _nodes(own):
        if node.tag.startswith(_FUNCTIONS) and not _PACKAGED.match(node.tag, len(_NAMED)):
            return None
        if node.tag == "!ENV":
            names = [str(one.value) for one in _nodes(node) if isinstance(one, ScalarNode)]
            found += [(name, os.environ.get(name)) for name in names]
    return found


def _is_plain(extension: str) -> bool:
    return extension in _PLAIN or bool(_PACKAGED.match(extension))


def _items(node: Node) -> list[str]:
    """Return the names in a list of plugins or extensions, which may also be a mapping."""
    found = []
    for item in node.value if isinstance(node, SequenceNode | MappingNode) else ():
        name = item[0] if isinstance(item, tuple) else item
        while isinstance(name, MappingNode) and name.value:
            name = name.value[0][0]
        found.append(str(name.value))
    return found


def _nodes(node: Node) -> Iterator[Node]:
    """Yield ``node`` and all below it."""
    yield node
    for item in node.value if isinstance(node, SequenceNode | MappingNode) else ():
        for part in item if isinstance(item, tuple) else (item,):
            yield from _nodes(part)
