"""The program packed as a wheel again, and the lock of a handbook: every file by its hash.

A handbook holds the program's wheel in ``wheels/``, and its ``requirements.lock`` names the
hashes of that wheel and of every dependency: whatever an index offers under these names, only
these files are installed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Final

from kpi_site import __version__
from kpi_site.files import File
from kpi_site.problems import Failure, Message

LOCK: Final = "requirements.lock"
WHEELS: Final = "wheels"
SUMS: Final = "SHA256SUMS"
"""The list of a bundle's wheels with their hashes."""
OFFLINE: Final = "--no-index"
"""The line of a lock that keeps pip from asking an index: all wheels are there."""

_DIST_INFO: Final = f"kpi_site-{__version__}.dist-info"
_WHEEL: Final = (
    "Wheel-Version: 1.0\nGenerator: kpi-site\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def dependencies() -> str:
    """Return the locked dependencies of the program, with their hashes."""
    return (files("kpi_site") / "dependencies.lock").read_text("utf-8")


def bundled(wheels: Path) -> tuple[Path, ...]:
    """Return the files of a bundle's folder of wheels, but for the program's own wheel."""
    found = [*wheels.glob("*.whl"), *wheels.glob(SUMS)]
    return tuple(sorted(p for p in found if not p.name.startswith("kpi_site-")))


def own_wheel() -> File:
    """Return the installed program as a wheel; the same files make the same bytes."""
    out = io.BytesIO()
    record = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(_members()):
            archive.writestr(_info(name), data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}\n")
        name = f"{_DIST_INFO}/RECORD"
        archive.writestr(_info(name), "".join([*record, f"{name},,\n"]))
    return File(f"{WHEELS}/kpi_site-{__version__}-py3-none-any.whl", out.getvalue())


def _info(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, _EPOCH)
    found.external_attr = 0o644 << 16
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


def _members() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the program and of its metadata."""
    package = Path(__file__).parents[1]
    for path in package.rglob("*"):
        own = path.relative_to(package.parent)
        if path.is_file() and "__pycache__" not in own.parts:
            yield own.as_posix(), path.read_bytes()
    installed = _installed()
    for name in ("METADATA", "entry_points.txt", "licenses/LICENSE"):
        text = installed.read_text(name)
        if text is not None:
            yield f"{_DIST_INFO}/{name}", text.encode()
    yield f"{_DIST_INFO}/WHEEL", _WHEEL.encode()


def _installed() -> Distribution:
    try:
        return distribution("kpi-site")
    except PackageNotFoundError:
        raise Failure(Message(
            "kpi-site 没有作为软件包安装，无法打包", "kpi-site is not installed as a package"
        )) from None  # fmt: skip


def lock_text(wheel: File, *, offline: bool = False) -> str:
    """Return a handbook's lock: where wheels lie, the program by its wheel, all dependencies."""
    digest = hashlib.sha256(wheel.data).hexdigest()
    head = ["--require-hashes", f"--find-links {WHEELS}", *([OFFLINE] if offline else [])]
    own = f"kpi-site=={__version__} \\\n    --hash=sha256:{digest}"
    return "\n".join(["# Made by kpi-site.", *head, own, ""]) + dependencies()
