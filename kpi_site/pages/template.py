"""The Jinja environment: templates compiled once, data inert in whatever they print.

Every value that is not ``Markup`` passes through ``cell`` (specification.md#safe-text): neither
Markdown nor HTML nor an attribute list can come out of data. Only our own builders make
``Markup``.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from kpi_site.files import File
from kpi_site.pages.pictures import bullet_of, spark_of
from kpi_site.pages.words import page_word
from kpi_site.story.reading import Now
from kpi_site.wording.markdown import cell

_TEMPLATES = Path(__file__).parent / "templates"
_PLAIN = re.compile(r"&#(37|43|44|46|47);")  # % + , . /
_EMPTY_LINES = re.compile(r"\n{3,}")


def inert(value: object) -> Markup:
    """Return ``value`` as text that stays text; None is a mistake of a template."""
    if isinstance(value, Markup):
        return value
    if value is None:
        raise TypeError("a template printed None")
    return Markup(cell(str(value)))  # noqa: S704 - this is the escaping


def number(text: str) -> Markup:
    """Return a number with its unit, safe within HTML, where points and percent signs may stay.

    For pages with hundreds of numbers: an entity for each point is a tenth of their size. To
    be used inside tags alone, where Markdown reads nothing.
    """
    return Markup(_PLAIN.sub(lambda m: chr(int(m[1])), cell(text)))  # noqa: S704 - inert


def past(table: str) -> Markup:
    """Return the id of the place behind a table: its own, whatever else is on the page."""
    digest = hashlib.sha256(table.encode()).hexdigest()
    return Markup(f"past-{digest[:8]}")  # noqa: S704 - hexadecimal digits


class _Compiled(BytecodeCache):
    """Compiled templates in memory: the second language need not compile them again."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled for another language, if it was."""
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Note what was compiled."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@cache
def environment(language: str) -> Environment:
    """Return the environment for one language, with ``t`` for the words of the interface."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=inert,
    )

    def translate(key: str, *values: object) -> Markup:
        return page_word(key, language, *values)

    made.filters["number"] = number
    made.filters["past"] = past
    made.globals["t"] = translate
    made.globals["language"] = language
    made.globals["other"] = "en" if language == "zh" else "zh"

    def bullet(now: Now) -> Markup:
        return bullet_of(now.indicator, now.result, language)

    made.globals["sparkline"] = spark_of
    made.globals["bullet_graph"] = bullet
    return made


def page(
    path: str, template: str, language: str, view: object, front: dict[str, Any] | None = None
) -> File:
    """Render ``template`` with ``view`` (as ``v``) to a page; ``front`` is its front matter."""
    return File(path, front_matter(front or {}) + fragment(template, language, view))


def fragment(template: str, language: str, view: object) -> str:
    """Render ``template`` with ``view`` (as ``v``) to Markdown that ends with a line feed."""
    body = environment(language).get_template(template).render(v=view)
    return _EMPTY_LINES.sub("\n\n", body).strip() + "\n"


def leaf(title: str, edit_path: str, **more: str) -> dict[str, Any]:
    """Return the front matter of a page that no navigation tree holds: it has the whole width."""
    return {"title": title, **more, "edit_path": edit_path, "hide": ["navigation"]}


def alone(title: str) -> dict[str, Any]:
    """Return the front matter of a section's only page in the navigation: nothing beside it."""
    return {"title": title, "hide": ["navigation"]}


def beside_list(title: str) -> dict[str, Any]:
    """Return the front matter of a page beside its section's list: it has no headings to list."""
    return {"title": title, "hide": ["toc"]}


def front_matter(values: dict[str, Any]) -> str:
    """Return YAML front matter. Texts are HTML-escaped: themes print them as they are.

    Also between the quotes of an attribute, such as a page's description.
    """
    if not values:
        return ""
    lines = (f"{key}: {_yaml(value)}" for key, value in values.items() if value is not None)
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def _yaml(value: object) -> str:
    """Write a value as JSON, which every YAML reader takes."""
    if isinstance(value, str):
        value = escape(" ".join(value.split()), quote=False).replace('"', "&quot;")
    return json.dumps(value, ensure_ascii=False)
