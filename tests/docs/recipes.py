"""Recipes of the formula cookbook, read from its page and made into sites.

The conventions are those that the page itself tells: a dataset is named like its CSV, the
first column ``*_on`` or ``*_at`` is its time, ``*_id`` first is its primary key.
"""

from __future__ import annotations

import ast
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from tests.docs.fenced import Block, blocks, page, sections

NAME = "formula-cookbook"
SITE = {
    "organisation": {"zh": "菜谱", "en": "Cookbook"},
    "departments": [{"id": "recipes", "name": {"zh": "菜谱", "en": "Recipes"}}],
}
TITLED = "title: {zh: 菜谱, en: Recipe}\n"
NAMED = "name: {zh: 菜谱, en: Recipe}\ndefinition: {zh: 见菜谱。, en: See the cookbook.}\n"


@dataclass(frozen=True)
class Line:
    """A line of a block of results: where, the arithmetic (None: no value), what is shown.

    It is of the card's value, or of its ``points``, or of the ``total`` of the scorecard.
    """

    period: str
    member: tuple[str, str] | None
    points: bool
    total: bool
    arithmetic: str | None
    shown: str

    @property
    def by_hand(self) -> Fraction | None:
        """The arithmetic, worked out in fractions."""
        return None if self.arithmetic is None else worked(self.arithmetic)


@dataclass(frozen=True)
class Recipe:
    """A recipe: card first, then parts of datasets; facts; results."""

    anchor: str
    yaml: tuple[Block, ...]
    facts: tuple[Block, ...]
    lines: tuple[Line, ...]

    @property
    def card(self) -> str:
        """The id of the card that the results are of."""
        return self.yaml[0].title.removesuffix(".yml")


def recipes(language: str) -> dict[str, Recipe]:
    """Read the recipes of the page in ``language``."""
    return {a: recipe(a, text) for a, text in sections(page(language, NAME)).items()}


def recipe(anchor: str, text: str) -> Recipe:
    """Read the recipe that stands under a heading."""
    found = blocks(text)
    (results,) = (block for block in found if block.language == "text")
    return Recipe(
        anchor,
        tuple(block for block in found if block.language == "yaml"),
        tuple(block for block in found if block.language == "csv"),
        tuple(_line(line) for line in results.text.splitlines()),
    )


def _line(text: str) -> Line:
    where, arithmetic, shown = text.split(" | ")
    match = re.fullmatch(r"([\dQHWTP-]+)(?:, (\w+) = (\w+))?( points| total)?", where)
    assert match, where
    member = (match[2], match[3]) if match[2] else None
    worked_by_hand = None if arithmetic == "—" else arithmetic
    points, total = match[4] == " points", match[4] == " total"
    return Line(match[1], member, points, total, worked_by_hand, shown)


def worked(text: str) -> Fraction:
    """Work out ``+ - * /``, parentheses and ``LEAST`` in fractions."""
    # Decimal numbers must not become floats on the way.
    exact = re.sub(r"\d+\.\d+", lambda match: f"({Fraction(match[0])})", text)
    return _worked(ast.parse(exact, mode="eval").body)


def _worked(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_worked(inner)
        case ast.Call(func=ast.Name(id="LEAST"), args=values):
            return min(map(_worked, values))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _worked(left), _worked(right)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
    raise ValueError(ast.dump(node))


def write_site(recipe: Recipe, root: Path) -> None:
    """Write a site of the recipe's cards and facts."""
    files: dict[str, str] = {}
    parts: dict[str, Any] = {}
    for block in recipe.yaml:
        if re.search(r"^formula:", block.text, re.MULTILINE):
            card = f"id: {block.title.removesuffix('.yml')}\n{NAMED}{block.text}"
            files[f"content/indicators/recipes/{block.title}"] = card
        elif re.search(r"^lines:", block.text, re.MULTILINE):
            scorecard = f"id: {block.title.removesuffix('.yml')}\n{TITLED}{block.text}"
            files[f"content/scorecards/{block.title}"] = scorecard
        else:
            parts[block.title.removesuffix(".yml")] = yaml.safe_load(block.text)
    own = parts.pop("site", {})  # laid over the settings of every recipe's site
    site = {**SITE, "data_through": own.get("data_through") or _through(recipe), **own}
    files["content/site.yml"] = _yaml(site)
    for block in recipe.facts:
        name = block.title.removesuffix(".csv")
        described = _dataset(name, block.text, parts.pop(name, {}))
        files[f"content/datasets/{name}.yml"] = _yaml(described)
        files[f"data/{block.title}"] = block.text
    assert not parts, parts
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _through(recipe: Recipe) -> str:
    """Return the last day of the last period in the results."""
    return max(_last_day(line.period) for line in recipe.lines)


def _yaml(value: dict[str, Any]) -> str:
    return yaml.safe_dump(value, allow_unicode=True)


def _last_day(period: str) -> str:
    year, _, rest = period.partition("-")
    if rest.startswith("W"):
        return date.fromisocalendar(int(year), int(rest[1:]), 7).isoformat()
    month = {"": 12, "H1": 6, "H2": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}.get(rest)
    month = month or int(rest)
    return f"{year}-{month:02}-{monthrange(int(year), month)[1]}"


def _dataset(name: str, facts: str, more: dict[str, Any]) -> dict[str, Any]:
    head, *rows = [line.split(",") for line in facts.splitlines()]
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    fields = [{"name": column, "type": _type(column, cells)} for column, cells in columns.items()]
    time = [column for column in head if column.endswith(("_on", "_at"))][:1]
    key = [head[0]] if head[0].endswith("_id") else []
    schema: dict[str, Any] = {"fields": fields, **({"primaryKey": key} if key else {})}
    schema |= more.get("schema", {})
    described = {"id": name, "path": f"data/{name}.csv", **({"time": time[0]} if time else {})}
    return {**described, **more, "schema": schema}


def _type(column: str, cells: tuple[str, ...]) -> str:
    if column.endswith("_on"):
        return "date"
    if column.endswith("_at"):
        return "datetime"
    numbers = all(re.fullmatch(r"-?\d+(\.\d+)?", cell) for cell in cells if cell)
    return "number" if numbers else "string"
