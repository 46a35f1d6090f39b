"""Content of an older format rewritten in the newest: what it says, and its comments, stay.

Each step takes a file's text and returns it with one spelling renewed (specification.md#format).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import yaml

from kpi_site.authoring.edits import Rewrite, read_text
from kpi_site.authoring.refusal import Refusal, refused
from kpi_site.authoring.renaming import Plan
from kpi_site.content.draft import Draft
from kpi_site.content.folders import SITE_FILE, FileKind, content_files
from kpi_site.content.formats import FORMAT
from kpi_site.content.reading import read_draft
from kpi_site.content.yaml_set import (
    UneditableError,
    flow_text,
    scalar_text,
    with_scalar,
    with_snippet,
    without,
)
from kpi_site.content.yaml_source import parse_yaml
from kpi_site.content.yaml_tree import YamlTree
from kpi_site.problems import Problem

Step = Callable[[str], str]


def migration(draft: Draft, today: date) -> Plan | Refusal | tuple[Problem, ...]:
    """Plan to bring all files into the newest format; an empty plan where they are in it.

    Problems where a file cannot be parsed. Refused, with the files, where one is written in a
    way in which it cannot be edited safely.
    """
    root = draft.catalog.site.root
    rewrites, problems, by_hand = [], list[Problem](), []
    for file, kind in ((SITE_FILE, None), *_files(root)):
        tree, found = parse_yaml((root / file).read_bytes(), file)
        problems += found
        if tree is None or found:
            continue
        text = read_text(root / file)
        try:
            after = _with_format(text, draft) if kind is None else _renewed(text, kind)
        except UneditableError:
            by_hand.append(file)
            continue
        rewrites += [Rewrite(file, file, text, after)] if after != text else []
    if problems:
        return tuple(problems)
    if by_hand:
        listed = ", ".join(by_hand)
        return refused(
            f"这些文件的写法不便自动修改，请按 check 的提示手工改写：{listed}",
            f"these files cannot be edited safely; mend by hand what check tells: {listed}",
        )
    return _sound(root, Plan(tuple(rewrites)), today)


def _files(root: Path) -> Iterator[tuple[str, FileKind]]:
    yield from ((file.file, file.kind) for file in content_files(root)[0] if file.kind in _STEPS)


def _renewed(text: str, kind: FileKind) -> str:
    for step in _STEPS[kind]:
        text = step(text)
    return text


def _with_format(text: str, draft: Draft) -> str:
    if draft.catalog.site.format == FORMAT:
        return text
    return with_scalar(text, ("format",), str(FORMAT), string=False, order=("format",))


def _sheet(text: str) -> str:
    """``sheet: x`` of a dataset is ``dialect: {sheetName: x}``, which was stronger beside it."""
    tree = YamlTree(text)
    node, name = tree.at(("sheet",)), tree.key(("sheet",))
    if not isinstance(node, yaml.ScalarNode) or name is None:
        return text
    if tree.at(("dialect",)) is None and node.style not in {"|", ">"}:  # where it stands
        word = scalar_text(node.value, string=True, flow=True)
        head, tail = text[: name.start_mark.index], text[tree.end(node) :]
        return f"{head}dialect: {{sheetName: {word}}}{tail}"
    if tree.at(("dialect",)) is None:
        word = scalar_text(node.value, string=True, flow=True)
        text = with_snippet(text, ("dialect",), f"{{sheetName: {word}}}")
    elif tree.at(("dialect", "sheetName")) is None:
        text = with_scalar(text, ("dialect", "sheetName"), node.value, string=True)
    return without(text, ("sheet",))


def _scale(text: str) -> str:
    """``scale`` within ``unit`` is the card's own ``scale``, which was stronger beside it."""
    tree, path = YamlTree(text), ("unit", "scale")
    if tree.at(path) is None:
        return text
    if not tree.plain(("scale",)):
        written = flow_text(tree.shown(path))
        text = with_snippet(text, ("scale",), written, order=(*_BEFORE_SCALE, "scale"))
    return without(text, path)


_BEFORE_SCALE: Final = ("id", "name", "definition", "purpose", "formula", "terms", "unit")
_STEPS: Final[Mapping[FileKind, tuple[Step, ...]]] = {"dataset": (_sheet,), "indicator": (_scale,)}


def _sound(root: Path, plan: Plan, today: date) -> Plan | tuple[Problem, ...]:
    """Return the plan if the files, as they are to be, have no problem that they have not now."""
    instead = {r.file: r.after.encode() for r in plan.rewrites if r.file != SITE_FILE}
    _, before = read_draft(root, today=today)
    _, after = read_draft(root, today=today, instead=instead)
    known = {_anywhere(found) for found in before}
    wrong = (p for p in after if p.code == "old-spelling" or _anywhere(p) not in known)
    return tuple(wrong) or plan


def _anywhere(found: Problem) -> Problem:
    return replace(found, where=replace(found.where, line=0, column=0))
