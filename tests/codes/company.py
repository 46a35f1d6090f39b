"""The little company of the registry's examples, and a sample laid over it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from kpi_site.checking import check
from kpi_site.codes import Sample
from kpi_site.options import Options
from kpi_site.problems import Problem

SITE = Path(__file__).parent / "site"
TODAY = date(2026, 11, 24)


def company(folder: Path) -> Path:
    """Copy the company into ``folder``."""
    return Path(shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns("build")))


def problems_of(site: Path) -> tuple[Problem, ...]:
    """Check all of a site."""
    return check(Options(root=site, today=TODAY))


def checked(folder: Path, samples: Iterable[Sample]) -> tuple[Problem, ...]:
    """Copy the company into ``folder``, lay ``samples`` over its files, and check all of it."""
    site = company(folder)
    for sample in samples:
        path = site / sample.file
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = sample.whole or not path.exists() or not sample.file.endswith(".yml")
        text = sample.text if whole else laid_over(path.read_text("utf-8"), sample.text)
        path.write_bytes(text.encode(sample.encoding))
    return problems_of(site)


def laid_over(base: str, piece: str) -> str:
    """Return a YAML file with the keys of ``piece`` in place of its own."""
    new = _by_key(piece)
    kept = {key: text for key, text in _by_key(base).items() if key not in new}
    return "".join([*kept.values(), *new.values()])


def _by_key(text: str) -> dict[str, str]:
    """Cut a YAML file before each line that is not indented; repeated keys stay together."""
    parts: dict[str, str] = {}
    for part in re.split(r"^(?=[^\s#\-}\]])", text, flags=re.MULTILINE):
        key = re.split(r"\s*[:：]", part)[0]
        parts[key] = parts.get(key, "") + part
    return parts
