"""A copy of the mini site, signed and ready to be published."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpi_site.catalog import Text
from kpi_site.editions.model import Edition
from kpi_site.options import Options
from kpi_site.publishing import publish, sign

MINI = Path(__file__).parents[1] / "sites" / "mini"
ROLES = ("collected", "verified", "approved")
TODAY = date(2026, 11, 24)
PUBLISHED = date(2026, 11, 8)

Publish = Callable[..., Edition]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A mini site in a folder of its own."""
    made = tmp_path / "mini"
    shutil.copytree(MINI, made, ignore=shutil.ignore_patterns("build", "site"))
    return made


@pytest.fixture
def options(root: Path) -> Options:
    """What is asked of that site."""
    return Options(root=root, today=TODAY)


@pytest.fixture
def signed(options: Options) -> Options:
    """The site with all three signatures under the report of October."""
    sign_all(options, "2026-10")
    return options


@pytest.fixture
def published(signed: Options) -> Options:
    """The site with the report of October published."""
    edition, problems = publish(signed, "2026-10", on=PUBLISHED)
    assert edition is not None, [p.text() for p in problems]
    return signed


def sign_all(options: Options, label: str, on: date = date(2026, 11, 6)) -> None:
    """Sign for every role."""
    for role in ROLES:
        written, problems = sign(options, label, role, Text("sales"), on=on)
        assert written is not None, [p.text() for p in problems]


def key(folder: Path, name: str, kind: str = "ed25519") -> Path:
    """Make a key pair without a passphrase."""
    path = folder / name
    size = ["-b", "2048"] if kind == "rsa" else []
    made = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(made, check=True)
    return path


def public(path: Path) -> str:
    return path.with_suffix(".pub").read_text().strip()


def edit(root: Path, file: str, old: str, new: str) -> None:
    """Replace ``old`` by ``new`` in a file; it must be there."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder`` by its path."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
