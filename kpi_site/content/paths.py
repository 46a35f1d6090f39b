"""Paths of a dataset's files: inside the root, of a known kind, each file once.

Rules: specification.md#dataset.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from kpi_site.catalog import with_sheet
from kpi_site.content.scalars import NAME
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, one_or_many
from kpi_site.content.yaml_source import Broken, Node
from kpi_site.ordinary import strange
from kpi_site.problems import Message, Name, Problem, did_you_mean

_TEXTS = (".csv", ".tsv", ".txt")
SUFFIXES = (*_TEXTS, *(f"{text}.gz" for text in _TEXTS), ".parquet", ".xlsx")
"""How the name of a file of facts ends."""
_WILD = frozenset("*?[")
_MOST_LEVELS, _LONGEST = 32, 1000


def _check_path(name: Name, _node: Node, reading: FileReading) -> Name | Invalid:
    """Report a path or glob that leaves the root, is of no known kind, or finds no file."""
    written, name = name, Name(with_sheet(name)[0], name.where)
    path = PurePosixPath(str(name))
    if not is_possible(str(name)):
        message = Message("路径过长或层次过深", "the path is too long or too deep")
        return reading.report(name.where, "bad-path", message)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        return _outside(name, reading)
    if _is_folder(reading.root / str(name)):
        message = Message(f"“{name}”是文件夹，不是文件", f"'{name}' is a folder, not a file")
        hint = Message(f"例如 {name}/*.csv。", f"For example: {name}/*.csv.")
        return reading.report(name.where, "no-such-file", message, hint)
    if not name.lower().endswith(SUFFIXES):
        message = Message(f"不支持的文件类型“{name}”", f"unsupported kind of file: '{name}'")
        hint = Message(f"可用的有：{' '.join(SUFFIXES)}。", f"Known here: {' '.join(SUFFIXES)}.")
        return reading.report(name.where, "unsupported-file", message, hint)
    try:
        found = _files(name, reading.root)
    except (ValueError, OSError) as error:  # two asterisks with more beside them, among others
        message = Message(f"路径“{name}”不成立：{error}", f"'{name}' is not a path: {error}")
        return reading.report(name.where, "bad-path", message)
    faults = [(file, why) for file in found if (why := strange(reading.root, file))]
    for file, why in faults[:1]:
        shown = file.relative_to(reading.root).as_posix()
        message = Message(f"“{shown}”：{why.zh}", f"'{shown}': {why.en}")
        hint = Message("请把文件本身放在站点里。", "Put the file itself into the site.")
        return reading.report(name.where, "strange-file", message, hint)
    if not found:
        reading.problems.append(_no_file(name, reading))
    return written


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_possible(path: str) -> bool:
    """Tell whether a path has a length and a depth that file systems take."""
    parts = PurePosixPath(path).parts
    longest = max((len(part.encode(errors="surrogateescape")) for part in parts), default=0)
    return len(parts) <= _MOST_LEVELS and longest <= 255 and len(path) <= _LONGEST


def _files(name: str, root: Path) -> tuple[Path, ...]:
    """Return the files that a path or glob means (``str``: a `Name` cannot be interned)."""
    literal = root / str(name)
    if literal.is_symlink() or (literal.exists() and not literal.is_dir()):
        return (literal,)
    if _WILD.isdisjoint(name):
        return ()
    return tuple(path for path in sorted(root.glob(str(name))) if not path.is_dir())


_RELATIVE = Message("请用相对路径和 /。", "Use a relative path, with forward slashes.")


def _outside(name: Name, reading: FileReading, hint: Message = _RELATIVE) -> Invalid:
    message = Message(f"路径“{name}”不在站点根目录内", f"the path '{name}' leaves the site's root")
    return reading.report(name.where, "path-outside-root", message, hint)


def _no_file(name: Name, reading: FileReading) -> Problem:
    near: tuple[str, ...] = ()
    folder = reading.root / PurePosixPath(str(name)).parent
    if _WILD.isdisjoint(name) and folder.is_dir():
        files = (path for path in sorted(folder.iterdir()) if path.is_file())
        near = tuple(path.relative_to(reading.root).as_posix() for path in files)
    message = Message(f"没有文件“{name}”", f"there is no file '{name}'")
    return Problem(name.where, "no-such-file", message, did_you_mean(name, near))


def _each_once(names: tuple[Name, ...], _node: Node, reading: FileReading) -> tuple[Name, ...]:
    """Report a file that two paths find: its rows would count twice."""
    seen: dict[tuple[Path, str | None], Name] = {}
    for name in names:
        path, sheet = with_sheet(name)
        for file in _files(path, reading.root):
            if (file, sheet) in seen:
                shown = file.relative_to(reading.root).as_posix()
                message = Message(
                    f"“{shown}”已由“{seen[file, sheet]}”包含",
                    f"'{shown}' is already found by '{seen[file, sheet]}'",
                )
                reading.report(name.where, "listed-twice", message)
                break
        seen.update(((file, sheet), name) for file in _files(path, reading.root))
    return names


PATHS: Shape[tuple[Name, ...]] = checked(one_or_many(checked(NAME, _check_path)), _each_once)


def paths_hold(paths: tuple[Name, ...], start: FileReading) -> bool:
    """Tell whether the files of a dataset that was read before are still as it wants them."""
    reading = replace(start, problems=[], damaged=set())
    for name in paths:
        _check_path(name, Broken(name.where), reading)
    if not reading.problems and len(paths) > 1:
        _each_once(paths, Broken(paths[0].where), reading)
    return not reading.problems
