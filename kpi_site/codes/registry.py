"""Reads the registry's files into values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from kpi_site import yaml_core
from kpi_site.problems import Message

AREAS: Mapping[str, Message] = MappingProxyType({
    "yaml": Message("YAML 文件", "YAML files"),
    "values": Message("键和值", "Keys and values"),
    "site": Message("站点设置", "The site's settings"),
    "cards": Message("指标卡", "Cards"),
    "expressions": Message("公式与 SQL", "Formulas and SQL"),
    "datasets": Message("数据集", "Datasets"),
    "scorecards": Message("记分卡、报告与改进措施", "Scorecards, reports and actions"),
    "facts": Message("数据文件", "Files of facts"),
    "databases": Message("数据库", "Databases"),
    "publishing": Message("发布与签字", "Publishing and signing"),
    "building": Message("生成网站", "Building the site"),
})  # fmt: skip
"""The chapters of the registry, each a file of this package, in the order in which to read."""

PLACES = {
    "site": "content/site.yml",
    "card": "content/indicators/sales/attainment.yml",
    "growth": "content/indicators/sales/growth.yml",
    "buyers": "content/indicators/sales/buyers.yml",
    "dataset": "content/datasets/orders.yml",
    "customers": "content/datasets/customers.yml",
    "stock": "content/datasets/stock.yml",
    "scorecard": "content/scorecards/sales.yml",
    "report": "content/reports/2026-10/report.yml",
    "action": "content/actions/win_back.yml",
    "facts": "data/orders.csv",
    "customer_facts": "data/customers.csv",
}
"""The files of the little company that the examples are about, by the names used for them."""


def _spelt(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of a file, wrong or right. ``whole``: the file holds nothing else.

    Otherwise the other keys of the file are sound, and left out here. ``encoding`` is what
    the file is saved as.
    """

    file: str
    text: str
    whole: bool = False
    encoding: str = "utf-8"

    @property
    def visible(self) -> str:
        """The text with what cannot be seen spelt out, as ``⟨U+2028⟩``; tabs stay."""
        return "".join(c if c.isprintable() or c in "\n\t" else _spelt(c) for c in self.text)


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means. Without ``wrong``, no piece of a file shows it: ``meaning`` tells all.

    ``wrong`` may be several files that do not agree; ``right`` holds those of them that change.
    """

    code: str
    area: str
    title: Message
    meaning: Message
    mend: Message
    wrong: tuple[Sample, ...] = ()
    right: tuple[Sample, ...] = ()


@cache
def known_codes() -> Mapping[str, Code]:
    """Return all codes, in the order of the areas and, within each, of its file."""
    found = {}
    for area in AREAS:
        text = (files("kpi_site.codes") / f"{area}.yml").read_text(encoding="utf-8")
        read: Any = yaml_core.load(text)
        for name, entry in read.items():
            found[name] = _code(name, area, entry)
    return MappingProxyType(found)


def title_of(code: str) -> Message:
    """Return a code's title; the code itself where the registry does not know it."""
    known = known_codes().get(code)
    return known.title if known else Message(code, code)


def _code(name: str, area: str, entry: Mapping[str, Any]) -> Code:
    title, means, mend = (Message(**entry[key]) for key in ("title", "means", "mend"))
    wrong, right = _samples(entry, "wrong"), _samples(entry, "right")
    return Code(name, area, title, means, mend, wrong, right)


def _samples(entry: Mapping[str, Any], key: str) -> tuple[Sample, ...]:
    """Read ``wrong`` or ``right``: the text of the file named by ``in``, or texts by file."""
    given: str | Mapping[str, str] = entry.get(key, {})
    by_file = {str(entry["in"]): given} if isinstance(given, str) else given
    whole, encoding = entry.get("whole", False), entry.get("saved_as", "utf-8")
    return tuple(
        Sample(PLACES.get(file, file), text, whole, encoding if key == "wrong" else "utf-8")
        for file, text in by_file.items()
    )
