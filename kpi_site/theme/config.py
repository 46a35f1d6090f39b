"""One MkDocs configuration for each language, as text.

The base, the language, the site's own ``mkdocs.yml`` and what the build knows are laid
over one another as YAML nodes, so that tags such as ``!ENV`` stay what they are.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kpi_site.catalog import Catalog, Glossary, Language
from kpi_site.problems import Location, Problem, problem
from kpi_site.theme.entrance import NAMES
from kpi_site.theme.nav import Nav
from kpi_site.words import word

OURS = ("docs_dir", "site_dir", "site_name", "site_url", "nav", "strict", "INHERIT", "dev_addr")
"""Keys of a site's mkdocs.yml that the build sets itself."""

ON_DEMAND = frozenset({"assets/vega.js", "assets/take.js"})
"""What charts.js loads when a reader asks for a chart at work, or takes one away."""

_SEARCH_WORDS = ("box", "clear", "broken", "loading", "hint")

_REPLACED = frozenset({"kpi-site", "search", "material/search"})
"""Plugins of a site's own file that its pages are not built with: the search is ours."""

# Of libyaml where PyYAML was built with it: ten times as fast over hundreds of words and pages.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_ADDED_UP = frozenset({"plugins", "markdown_extensions", "extra_css", "extra_javascript", "hooks"})


def language_config(
    language: str, own: Node | None, made: Mapping[str, object], *, own_folder: Path
) -> str:
    """Return the text of a complete ``mkdocs.yml`` for ``language``.

    ``own`` is the site's file (``read_own``), ``made`` what the build adds over it. Paths
    in ``own`` count from ``own_folder``, the folder of that file.
    """
    node: Node = _packaged("base.yml")
    layers = [_packaged(f"{language}.yml")]
    if isinstance(own, MappingNode):
        layers.append(_usable(own, own_folder))
    layers.append(_node(yaml.dump(dict(made), Dumper=_DUMPER, allow_unicode=True, sort_keys=False)))
    for layer in layers:
        node = _laid_over(node, layer)
    text: str = yaml.serialize(node, Dumper=_DUMPER, allow_unicode=True, width=1_000)
    return f"# Made by kpi-site: changes here are lost.\n{text}"


def read_own(path: Path, name: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read a site's ``mkdocs.yml``; ``name`` is how problems call it. No file, no problem."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        return None, ()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Location(name, mark.line + 1, mark.column + 1) if mark else Location(name)
        return None, (_bad(where, str(error.problem)),)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, (_bad(Location(name), str(error)),)
    if node is None or isinstance(node, MappingNode):
        return node, tuple(_unused(node, name))
    return None, (_bad(Location(name, 1, 1), "not a mapping"),)


def made_for(
    catalog: Catalog,
    language: Language,
    languages: tuple[Language, ...],
    *,
    own: Node | None,
    nav: Nav,
    files: Iterable[str],
    kept: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Return what the build knows about one language's configuration.

    ``kept`` is where built pages are kept, if they may be (``PagesConfig``).
    ``files`` are the paths of its pages and assets: every style sheet and script directly
    in ``assets/`` is loaded by every page, but for the one that charts ask for themselves.
    """
    title = word("handbook_of", language, catalog.site.organisation.get(language))
    made: dict[str, object] = {
        "site_name": title,
        "docs_dir": f"docs/{language}",
        "nav": nav,
        "extra": {"alternate": _alternates(languages), "kpi_search": _search_words(language)},
        "plugins": [
            {
                "kpi-site-pages": {
                    "language": language,
                    "words": _words(catalog.glossary, language),
                    **(kept or {}),
                }
            }
        ],
    }
    assets = sorted(f for f in files if f.startswith("assets/") and f.count("/") == 1)
    made["extra_css"] = [f for f in assets if f.endswith(".css")]
    made["extra_javascript"] = [f for f in assets if f.endswith(".js") and f not in ON_DEMAND]
    base = value_of(own, "site_url")
    if base:
        made["site_url"] = f"{base.rstrip('/')}/{language}/"
    if value_of(own, "repo_url") and not value_of(own, "edit_uri"):
        made["edit_uri"] = "edit/main/"
    return made


def value_of(own: Node | None, key: str) -> str | None:
    """Return the plain value of a top-level ``key`` of a site's file, if it has one."""
    if not isinstance(own, MappingNode):
        return None
    found = (v for k, v in own.value if k.value == key and isinstance(v, ScalarNode))
    return next((str(v.value) for v in found if v.tag == "tag:yaml.org,2002:str"), None)


def _alternates(languages: tuple[Language, ...]) -> list[dict[str, str]]:
    """Return ``extra.alternate``; the plugin points each entry at the page's own twin."""
    return [{"name": NAMES[x], "link": f"../{x}/", "lang": x} for x in languages]


def _words(glossary: Glossary, language: Language) -> list[dict[str, object]]:
    """Return the words that pages explain where they stand, a site's own before the others."""
    other = {"zh": "en", "en": "zh"}[language]
    return [
        {
            "id": str(term.id),
            "name": term.name.get(language),
            "forms": list(term.forms(language)),
            "text": term.text.get(language),
            "lang": other if term.text.falls_back(language) else "",
        }
        for term in glossary
        if term.mark
    ]


def _search_words(language: Language) -> dict[str, str]:
    """Return what the search box says before the index is there to say more."""
    return {name: word(f"search_{name}", language) for name in _SEARCH_WORDS}


def _packaged(name: str) -> Node:
    return _node((files("kpi_site.theme") / name).read_text(encoding="utf-8"))


def _node(text: str) -> Node:
    node = yaml.compose(text, Loader=_LOADER)
    return MappingNode("tag:yaml.org,2002:map", []) if node is None else node


def _laid_over(below: Node, above: Node, key: str = "") -> Node:
    """Return ``above`` over ``below``: mappings key by key, the lists named above added up."""
    if isinstance(below, MappingNode) and isinstance(above, MappingNode):
        merged = {k.value: (k, v) for k, v in below.value}
        for k, v in above.value:
            under = merged.get(k.value)
            merged[k.value] = (k, _laid_over(under[1], v, k.value) if under else v)
        return MappingNode(below.tag, list(merged.values()), flow_style=False)
    if key in _ADDED_UP and isinstance(below, SequenceNode) and isinstance(above, SequenceNode):
        named = {_item(n) for n in above.value}
        kept = [n for n in below.value if _item(n) not in named]
        return SequenceNode(below.tag, [*kept, *above.value], flow_style=False)
    return above


def _item(node: Node) -> str:
    """Return the name of a plugin or extension, with or without options."""
    if isinstance(node, MappingNode) and node.value:
        return str(node.value[0][0].value)
    return str(node.value)


def _usable(own: MappingNode, folder: Path) -> MappingNode:
    """Return a site's file without what the build sets, its own paths made absolute."""
    kept = []
    for key, node in own.value:
        if key.value in OURS or (key.value == "theme" and isinstance(node, ScalarNode)):
            continue
        kept.append((key, _rooted(key.value, node, folder)))
    return MappingNode(own.tag, kept)


def _rooted(key: str, node: Node, folder: Path) -> Node:
    if key in {"plugins", "markdown_extensions"}:
        return SequenceNode(
            "tag:yaml.org,2002:seq", [n for n in _list(node) if _item(n) not in _REPLACED]
        )
    if key == "hooks" and isinstance(node, SequenceNode):
        return SequenceNode(node.tag, [_absolute(n, folder) for n in node.value])
    if key == "theme" and isinstance(node, MappingNode):
        pairs = [(k, _absolute(v, folder) if k.value == "custom_dir" else v) for k, v in node.value]
        return MappingNode(node.tag, pairs)
    return node


def _list(node: Node) -> list[Node]:
    """Return the entries of a list of plugins, which MkDocs also takes as a mapping."""
    if isinstance(node, MappingNode):
        return [MappingNode(node.tag, [pair]) for pair in node.value]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _absolute(node: Node, folder: Path) -> Node:
    return ScalarNode(node.tag, os.path.normpath(folder / str(node.value)))


def _bad(where: Location, why: str) -> Problem:
    return problem(
        where, "mkdocs-config", zh=f"读不懂这个 YAML 文件：{why}", en=f"not readable as YAML: {why}"
    )


def _unused(node: MappingNode | None, name: str) -> list[Problem]:
    keys = [k for k, _ in node.value if k.value in {"nav", "INHERIT"}] if node else []
    return [
        problem(
            Location(name, key.start_mark.line + 1, key.start_mark.column + 1),
            "mkdocs-config-unused",
            zh=f"“{key.value}”在这里不起作用：由 kpi-site 决定",
            en=f"'{key.value}' has no effect here: kpi-site makes it",
            severity="warning",
        )
        for key in keys
    ]
