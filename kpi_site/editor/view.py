"""A site as an editor has it: files on disk, under the texts that are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kpi_site.content import read_draft
from kpi_site.content.draft import Draft, Entry
from kpi_site.content.kept_values import Remembered
from kpi_site.content.yaml_source import Node, parse_yaml
from kpi_site.editor.known import Here, entries, value_at
from kpi_site.editor.spot import Path as Steps
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.problems import Problem

Instead = Mapping[str, bytes | None]


@dataclass(frozen=True)
class View:
    """A site at one moment. ``problems`` are those of its content, in order.

    ``draft`` is made of texts that can be read: of a file that cannot be as it is now, of how
    it was last. ``instead`` are these texts, where they are not the files'.
    """

    draft: Draft
    problems: tuple[Problem, ...]
    instead: Instead
    figures: Figures | None = None

    @cached_property
    def files(self) -> Mapping[str, tuple[str, Entry[Any]]]:
        """Every content file with its kind, by path from the root."""
        return {entry.file: (kind, entry) for kind, entry in entries(self.draft)}

    def here(self, file: str, path: Steps, tree: Node | None) -> Here:
        """Return a place in ``file``, as ``tree`` says, or as it was when it could be read."""
        kind, entry = self.files[file]
        return Here(kind, entry.name, path, lambda steps: value_at(tree or entry.tree, steps))


@dataclass
class Site:
    """What is read again and again while someone types: only what changed is read anew."""

    options: Options
    buffers: dict[str, str] = field(default_factory=dict)
    _sound: dict[str, bytes] = field(default_factory=dict)
    _memory: Remembered = field(default_factory=Remembered)

    def look(self) -> View:
        """Return the site as it is now."""
        now: dict[str, bytes | None] = {
            file: text.encode("utf-8", "surrogatepass") for file, text in self.buffers.items()
        }
        draft, problems = self._read(now)
        broken = [file for file, data in now.items() if data and not self._is_sound(file, data)]
        if not broken:
            return View(draft, problems, now)
        before = {file: data for file, data in now.items() if file not in broken}
        before |= {file: self._sound[file] for file in broken if file in self._sound}
        draft, _ = self._read(before)
        return View(draft, problems, before)

    def _read(self, instead: Instead) -> tuple[Draft, tuple[Problem, ...]]:
        options = self.options
        return read_draft(options.root, today=options.today, instead=instead, keeper=self._memory)

    def _is_sound(self, file: str, data: bytes) -> bool:
        """Tell whether a text has a tree, and remember it if so."""
        tree, _ = parse_yaml(data, file)
        if tree is not None:
            self._sound[file] = data
        return tree is not None

    def relative(self, path: Path) -> str | None:
        """Return the path of a content file from the root; None for any other file."""
        root = self.options.root
        file = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        return file if file.startswith("content/") and path.suffix == ".yml" else None
