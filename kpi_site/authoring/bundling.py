"""A bundle: wheels of the program and all of its dependencies, for a machine without an index."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kpi_site.authoring.packing import LOCK, SUMS, WHEELS, dependencies, lock_text, own_wheel
from kpi_site.authoring.upgrading import RECORD, record_of, recorded
from kpi_site.console import FULL
from kpi_site.files import File, write_out
from kpi_site.problems import Failure, Message

README: Final = "README.md"
_READ_ME: Final = """\
# kpi-site

没有网络也能安装（Python 3.11 或更新）；文件都核对校验值：

    python3 -m venv .venv
    .venv/bin/python -m pip install -r requirements.lock
    .venv/bin/kpi-site init handbook --wheels wheels
    cd handbook
    make site

It installs without a network (Python 3.11 or newer), every file by its hash: the same commands.
Windows: `.venv\\Scripts\\python`, `.venv\\Scripts\\kpi-site`.
"""
PYTHON: Final = "3.12"
"""The Python of the forge files and the Containerfile that `init` writes."""
_GLIBC: Final = range(17, 40)  # minor versions of glibc 2 that wheels may ask for, at most


def make_bundle(folder: Path, pythons: Iterable[str]) -> tuple[str, ...]:
    """Fill ``folder/wheels`` and write the lock; return the names of the wheels.

    Wheels are of this machine, and of Linux on x86-64 with its Python, that of a handbook's
    forge files, and each of the ``pythons``. Failure where pip cannot get one of them: the lock
    is then left as it was.
    """
    wheel = own_wheel()
    wheels = folder / WHEELS
    wheels.mkdir(parents=True, exist_ok=True)
    for old in wheels.glob("kpi_site-*.whl"):
        old.unlink()
    write_out(folder / wheel.path, wheel.data)
    for wanted in _targets(pythons):
        _download(wheels, wanted)
    names = tuple(sorted(path.name for path in wheels.glob("*.whl")))
    sums = "".join(f"{_digest(wheels / name)}  {name}\n" for name in names)
    write_out(wheels / SUMS, sums.encode())
    lock = File(LOCK, lock_text(wheel, offline=True))
    write_out(folder / LOCK, lock.data)
    if (folder / RECORD).is_file():
        record = record_of((wheel, lock), recorded(folder))
        write_out(folder / RECORD, record.data)
    if not (folder / README).exists():
        write_out(folder / README, _READ_ME.encode())
    return names


def _targets(pythons: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the options of pip for each kind of machine: this one first."""
    yield ()
    here = ".".join(map(str, sys.version_info[:2]))
    for python in dict.fromkeys((here, PYTHON, *pythons)):
        if python == here and sysconfig.get_platform() == "linux-x86_64":
            continue
        tags = [f"manylinux_2_{minor}_x86_64" for minor in reversed(_GLIBC)]
        platforms = [
            each for tag in (*tags, "manylinux2014_x86_64") for each in ("--platform", tag)
        ]
        abi = f"cp{python.replace('.', '')}"
        yield (*platforms, "--python-version", python, "--implementation", "cp",
               "--abi", abi, "--abi", "abi3", "--abi", "none")  # fmt: skip


def _download(wheels: Path, options: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as aside:
        locked = Path(aside) / LOCK
        write_out(locked, dependencies().encode())
        command = [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet",
            "--require-hashes", "--no-deps", "--only-binary", ":all:", "--find-links", str(wheels),
            "--dest", str(wheels), "-r", str(locked), *options,
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603 - pip, with a lock and options of our own
            command, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        if any(f"[Errno {error}]" in line for line in said for error in FULL):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(wheels))
        why = " ".join(line.strip() for line in said[-3:])
        raise Failure(Message(f"pip 取不到全部 wheel：{why}", f"pip cannot get all wheels: {why}"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
