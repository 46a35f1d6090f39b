"""Paths of a dataset's files: inside the root, of a known kind, each file once.

Rules: specification.md#dataset.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from kpi_site.content.scalars import NAME
from kpi_site.content.shapes import Invalid, Reading, Shape, checked, one_or_many
from kpi_site.content.yaml_source import Node
from kpi_site.problems import Message, Name, Problem, did_you_mean

_SUFFIXES = (".csv", ".csv.gz", ".parquet", ".xlsx")
_WILD = frozenset("*?[")


def _check_path(name: Name, _node: Node, reading: Reading) -> Name | Invalid:
    """Report a path or glob that leaves the root, is of no known kind, or finds no file."""
    path = PurePosixPath(str(name))
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        return _outside(name, reading)
    if (reading.root / str(name)).is_dir():
        message = Message(f"“{name}”是文件夹，不是文件", f"'{name}' is a folder, not a file")
        hint = Message(f"例如 {name}/*.csv。", f"For example: {name}/*.csv.")
        return reading.report(name.where, "no-such-file", message, hint)
    if not name.lower().endswith(_SUFFIXES):
        message = Message(f"不支持的文件类型“{name}”", f"unsupported kind of file: '{name}'")
        hint = Message(f"可用的有：{' '.join(_SUFFIXES)}。", f"Known here: {' '.join(_SUFFIXES)}.")
        return reading.report(name.where, "unsupported-file", message, hint)
    try:
        found = _files(name, reading.root)
    except (ValueError, OSError) as error:
        message = Message(f"路径“{name}”不成立：{error}", f"'{name}' is not a path: {error}")
        return reading.report(name.where, "bad-path", message)
    root = reading.root.resolve()
    if any(not file.resolve().is_relative_to(root) for file in found):
        linked = Message("它是通向外面的链接。", "A link leads out of it: copy the data instead.")
        return _outside(name, reading, linked)
    if not found:
        reading.problems.append(_no_file(name, reading))
    return name


def _files(name: str, root: Path) -> tuple[Path, ...]:
    """Return the files that a path or glob means (``str``: a `Name` cannot be interned)."""
    literal = root / str(name)
    if literal.is_file():
        return (literal,)
    if _WILD.isdisjoint(name):
        return ()
    return tuple(path for path in sorted(root.glob(str(name))) if path.is_file())


_RELATIVE = Message("请用相对路径和 /。", "Use a relative path, with forward slashes.")


def _outside(name: Name, reading: Reading, hint: Message = _RELATIVE) -> Invalid:
    message = Message(f"路径“{name}”不在站点根目录内", f"the path '{name}' leaves the site's root")
    return reading.report(name.where, "path-outside-root", message, hint)


def _no_file(name: Name, reading: Reading) -> Problem:
    near: tuple[str, ...] = ()
    folder = reading.root / PurePosixPath(str(name)).parent
    if _WILD.isdisjoint(name) and folder.is_dir():
        files = (path for path in sorted(folder.iterdir()) if path.is_file())
        near = tuple(path.relative_to(reading.root).as_posix() for path in files)
    message = Message(f"没有文件“{name}”", f"there is no file '{name}'")
    return Problem(name.where, "no-such-file", message, did_you_mean(name, near))


def _each_once(names: tuple[Name, ...], _node: Node, reading: Reading) -> tuple[Name, ...]:
    """Report a file that two paths find: its rows would count twice."""
    seen: dict[Path, Name] = {}
    for name in names:
        for file in _files(name, reading.root):
            if file in seen:
                shown = file.relative_to(reading.root).as_posix()
                message = Message(
                    f"“{shown}”已由“{seen[file]}”包含",
                    f"'{shown}' is already found by '{seen[file]}'",
                )
                reading.report(name.where, "listed-twice", message)
                break
        seen.update((file, name) for file in _files(name, reading.root))
    return names


PATHS: Shape[tuple[Name, ...]] = checked(one_or_many(checked(NAME, _check_path)), _each_once)
