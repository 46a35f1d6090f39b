"""Changes of several content files that are made whole or not at all.

The new files are written aside, below ``content/.pending``, and a plan beside them, last.
From then on the change will be made: a process that is killed before leaves what nobody
reads, and one that is killed later leaves the plan, by which the next command goes on. One
process at a time changes content: ``alone`` keeps the others waiting.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kpi_site.files import ASIDE, PART, named, write_file
from kpi_site.locks import locked
from kpi_site.problems import Location, Message, Problem, problem

PENDING: Final = "content/.pending"
_PLAN: Final = "plan.json"
WAIT: Final = 30.0  # s, for another command that writes in the same content


@dataclass(frozen=True, slots=True)
class Change:
    """A file to be, by its path from the site's root; None: it goes."""

    path: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class _Step:
    """A change as planned: where its file lies aside, the file's hash before and after."""

    path: str
    aside: str | None
    before: str | None
    after: str | None


@contextmanager
def alone(root: Path, *, wait: float | None = None) -> Iterator[tuple[Problem, ...]]:
    """Keep others from writing in the content of ``root``; finish what one of them left.

    Yield what is to be told: an error where content cannot be written in now, a warning
    that a change was finished which was stopped half-way.
    """
    limit = WAIT if wait is None else wait
    with locked(root / "build" / "content.lock", limit) as mine:
        yield _finished(root) if mine else (_busy(limit),)


def settle(root: Path) -> tuple[Problem, ...]:
    """Finish a change that was stopped half-way, if there is one; return what is to be told."""
    if not (root / PENDING / _PLAN).is_file():
        return ()
    with alone(root) as told:
        return told


def carry_out(root: Path, what: Message, changes: Sequence[Change]) -> None:
    """Make all ``changes`` below ``root``, in order; ``what`` they do is told if it must be.

    To be called within ``alone``. OSError when the disk refuses: nothing is changed then,
    or, which is rare after all has been written aside, the next command goes on.
    """
    folder = root / PENDING
    try:
        planned = (_set_aside(root, change, number) for number, change in enumerate(changes))
        steps = [step for step in planned if step.before != step.after]
        plan = {"what": asdict(what), "steps": [asdict(step) for step in steps]}
        write_file(folder / _PLAN, json.dumps(plan, ensure_ascii=False, indent=1).encode())
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _make(root, steps)


def _set_aside(root: Path, change: Change, number: int) -> _Step:
    before = _hash_of(root / change.path)
    if change.data is None:
        return _Step(change.path, None, before, None)
    aside = root / PENDING / f"{number:04}"
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(change.data)
    except OSError as error:
        raise named(error, root / change.path) from error
    return _Step(change.path, aside.name, before, _hash(change.data))


def _make(root: Path, steps: Sequence[_Step]) -> None:
    """Make what is not yet made of the planned ``steps``, and forget the plan."""
    for step in steps:
        target = root / step.path
        if step.aside is None:
            target.unlink(missing_ok=True)
        elif (root / PENDING / step.aside).is_file():
            _put(root / PENDING / step.aside, target)
    (root / PENDING / _PLAN).unlink()
    shutil.rmtree(root / PENDING)


def _put(aside: Path, target: Path) -> None:
    """Move a file into place: at once, though the folder may be a disk of its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        aside.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        write_file(target, aside.read_bytes())
        aside.unlink()


def _finished(root: Path) -> tuple[Problem, ...]:
    """Finish a change that was stopped half-way, and sweep what was written aside in vain."""
    folder = root / PENDING
    for path in (root / "content").rglob(f".*{PART}"):
        if ASIDE.fullmatch(path.name):
            path.unlink(missing_ok=True)  # nobody is writing: this process is alone
    try:
        plan = json.loads((folder / _PLAN).read_bytes())
    except FileNotFoundError:
        shutil.rmtree(folder, ignore_errors=True)
        return ()
    steps = [_Step(**step) for step in plan["steps"]]
    other = tuple(step.path for step in steps if not _can_be_made(root, step))
    if other:
        return tuple(_changed_since(path, Message(**plan["what"])) for path in other)
    _make(root, steps)
    return (_told(Message(**plan["what"])),)


def _can_be_made(root: Path, step: _Step) -> bool:
    """Tell whether the file of ``step`` is as it was planned to be, or as it was before."""
    now = _hash_of(root / step.path)
    if now == step.after:
        return True
    whole = step.aside is None or _hash_of(root / PENDING / step.aside) == step.after
    return now == step.before and whole


def _hash_of(path: Path) -> str | None:
    return _hash(path.read_bytes()) if path.is_file() else None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _busy(waited: float) -> Problem:
    return problem(
        Location("content"),
        "content-being-written",
        zh=f"另一个 kpi-site 命令正在写 content/，等了 {waited:.0f} 秒仍未结束",
        en="another kpi-site command is writing in content, and was not done within "
        f"{waited:.0f} s",
        hint_zh="什么也没有写入。等它结束后再运行一次。",
        hint_en="Nothing was written. Run it again when that one is done.",
    )


def _told(what: Message) -> Problem:
    return problem(
        Location("content"),
        "change-finished",
        zh=f"上次中途停下的改动已补做完：{what.zh}",
        en=f"a change that was stopped half-way is now finished: {what.en}",
        severity="warning",
    )


def _changed_since(path: str, what: Message) -> Problem:
    return problem(
        Location(path),
        "change-cannot-finish",
        zh=f"有一项改动中途停下（{what.zh}），而这个文件后来又被改过",
        en=f"a change was stopped half-way ({what.en}), and this file was edited since",
        hint_zh=f"请用版本管理恢复 content/，或删除 {PENDING} 文件夹、以现状为准；再运行一次。",
        hint_en=f"Restore content from version control, or remove the folder {PENDING} to leave "
        "everything as it is; then run the command again.",
    )
