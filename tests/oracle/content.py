"""Content of a site as plain mappings, read without any of the product's own readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads numbers, truth values and null as JSON has them, and all else as text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML declares it so


for _tag, _pattern in {
    "null": r"null|~|",
    "bool": r"true|false",
    "int": r"0|-?[1-9][0-9]*",
    "float": r"-?[0-9]+\.[0-9]+",
}.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})$"), None
    )


@dataclass(frozen=True)
class Content:
    """``site``, ``datasets`` and ``indicators`` by id, as they stand in the files."""

    root: Path
    site: Json
    datasets: dict[str, Json]
    indicators: dict[str, Json]


def read(root: Path) -> Content:
    """Read ``content/`` below ``root``; a mistake in a file raises."""
    content = root / "content"
    return Content(
        root,
        load(content / "site.yml"),
        _by_id(sorted((content / "datasets").glob("*.yml"))),
        _by_id(sorted((content / "indicators").glob("*/*.yml"))),
    )


def load(path: Path) -> Json:
    """Read one YAML 1.2 core file."""
    found = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    assert isinstance(found, dict), path
    return found


def _by_id(paths: list[Path]) -> dict[str, Json]:
    return {path.stem: load(path) for path in paths}


def fraction(number: Any) -> Fraction:
    """Return a number exactly as it is written (or as a double prints)."""
    if isinstance(number, float):
        return Fraction(Decimal(repr(number)))
    return Fraction(number)


def columns(dataset: Json) -> list[str]:
    """Return the names of all columns, derived ones last."""
    return [f["name"] for f in dataset["schema"]["fields"]] + list(dataset.get("derived", {}))
