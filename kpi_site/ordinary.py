"""Only ordinary files inside the site are read: no link out of it, no pipe, no device.

A link out of the site would publish, or quote in a problem, a file that nobody meant to
give; a pipe would wait for ever. They are named, and never opened.
"""

from __future__ import annotations

import stat
from pathlib import Path

from kpi_site.problems import Location, Message, Problem
from kpi_site.visible import is_invisible

LONGEST_PART = 200  # bytes; a file system takes 255, and what is made of a name is longer

_COPY = Message("请把文件本身放在站点里。", "Put the file itself into the site.")


def strange(root: Path, path: Path) -> Message | None:
    """Return what keeps ``path``, below ``root``, from being read; None for a plain file.

    A link within the site to a plain file is as good as the file. A folder is strange only
    if it is a link: those are not followed.
    """
    try:
        mode = path.stat().st_mode
        inside = lies_within(root, path)
    except (OSError, RuntimeError):  # gone, or links in a circle
        nowhere = Message("链接的目标不存在", "the link leads nowhere")
        return nowhere if path.is_symlink() else None
    if not inside:
        return Message("链接通向站点之外", "the link leads out of the site")
    if stat.S_ISDIR(mode):
        linked = path.is_symlink()
        return Message("链接的文件夹不会读取", "a linked folder is not read") if linked else None
    if not stat.S_ISREG(mode):
        return Message("这是管道、套接字或设备，不是文件", "a pipe, socket or device is no file")
    return None


def lies_within(root: Path, path: Path) -> bool:
    """Tell whether ``path`` leads to what lies in ``root``, wherever links lead."""
    return path.resolve().is_relative_to(root.resolve())


def strange_file(root: Path, path: Path) -> Problem | None:
    """Return the problem of a file that is not to be read, at its own name."""
    why = strange(root, path)
    where = Location(path.relative_to(root).as_posix())
    return Problem(where, "strange-file", why, _COPY) if why else None


def unfit_name(root: Path, path: Path) -> Problem | None:
    """Return the problem of a file or folder whose name is too long, or does not show itself.

    Too long leaves no room for what is made of it.
    """
    where = Location(path.relative_to(root).as_posix())
    size = len(path.name.encode(errors="surrogateescape"))
    if size > LONGEST_PART:
        message = Message(
            f"文件名有 {size} 字节，最多 {LONGEST_PART}",
            f"the file's name has {size} bytes, at most {LONGEST_PART} are allowed",
        )
        return Problem(where, "too-long", message)
    if (found := next(filter(is_invisible, path.name), None)) is not None:
        name = f"U+{ord(found):04X}"
        message = Message(f"文件名里有看不见的字符 {name}", f"its name holds the invisible {name}")
        return Problem(where, "invisible-character", message)
    return None
