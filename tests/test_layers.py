"""The architecture as a test: who may import whom, who may print, how large a module grows.

Values flow one way (docs/en/architecture.md). A unit is a module or a package of ``kpi_site``;
it imports only from units above it in the list. The two modules of shared values inside
packages, ``sql.nodes`` and ``tables.model``, stand for themselves.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "kpi_site"

LAYERS = (
    # values
    "problems",
    "yaml_core",
    "words",
    "links",
    "visible",
    "codes",
    "findings",
    "periods",
    "exact",
    "files",
    "locks",
    "ordinary",
    "ssh",
    "pades",
    "changes",
    "memory",
    "options",
    "sql.nodes",
    "catalog",
    "results",
    "tables.model",
    "tidy",
    "reads",
    "uncollected",
    "kept",
    "known",
    # texts and their meaning
    "sql",
    "schema",
    "nature",
    "apart",
    "members",
    "formula",
    "wording",
    "scoring",
    "signals",
    "audience",
    "contributions",
    # reading
    "tables",
    "content",
    "reference",
    "databases",
    # computing
    "computed",
    "as_data",
    "engine",
    "compute",
    "pushing",
    "disclosure",
    "downloads",
    "editions",
    "figures",
    # showing
    "reporting",
    "story",
    "charts",
    "search",
    "pages",
    "exports",
    "console",
    "terminal",
    "authoring",
    # publishing
    "handbook",
    "theme",
    "carried",
    "swap",
    "policy",
    "thin",
    "mkdocs_run",
    "standing",
    "stages",
    "checking",
    "editor",
    "attacking",
    "diff",
    "site",
    "building",
    "publishing",
    "exporting",
    "plugin",
    "cli",
    "__main__",
)
MAY_IMPORT_MKDOCS = {"kpi_site.plugin", "kpi_site.theme.kept_pages", "kpi_site.theme.pages_plugin"}
MOST_LINES = 400
MOST_FUNCTION_LINES = 60  # with its docstring


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def _unit(module: str) -> str:
    inner = module.split(".")[1:]
    both = ".".join(inner[:2])
    return both if both in LAYERS else ".".join(inner[:1])


def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_the_layers_above_it(module: str) -> None:
    unit = _unit(module)
    if not unit:  # the package itself: its name and version
        assert list(_imports(module)) in ([], ["__future__"])
        return
    assert unit in LAYERS, f"{unit} has no place among the layers"
    allowed = {unit, "", *LAYERS[: LAYERS.index(unit)]}
    ours = {_unit(name) for name in _imports(module) if name.split(".")[0] == "kpi_site"}
    assert ours <= allowed, f"{module} reaches down to {sorted(ours - allowed)}"


def test_every_layer_exists() -> None:
    assert set(LAYERS) == {_unit(module) for module in MODULES} - {""}


@pytest.mark.parametrize("module", MODULES)
def test_only_the_plugins_know_mkdocs(module: str) -> None:
    knows = any(name.split(".")[0] == "mkdocs" for name in _imports(module))
    assert not knows or module in MAY_IMPORT_MKDOCS


@pytest.mark.parametrize("module", MODULES)
def test_all_that_is_printed_goes_through_one_module(module: str) -> None:
    called = {
        ast.unparse(node.func) for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)
    }
    prints = called & {"print", "typer.echo", "click.echo", "sys.stdout.write", "sys.stderr.write"}
    assert not prints or module == "kpi_site.cli.shared"


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_stay_small(module: str) -> None:
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES, f"{module}.{node.name}"


@pytest.mark.parametrize("module", MODULES)
def test_no_bare_except_exception(module: str) -> None:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            reraises = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            assert caught not in {"", "Exception", "BaseException"} or reraises


def test_what_is_imported_is_declared() -> None:
    """A dependency's dependency may go away with its next release."""
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    lines = chain(project["dependencies"], *extras)
    declared = {re.split(r"[<>=~!\[; ]", line)[0].lower() for line in lines}
    tops = {name.split(".")[0] for module in MODULES for name in _imports(module)}
    foreign = tops - {"kpi_site"} - set(sys.stdlib_module_names)
    provided = packages_distributions()
    names = {top: provided.get(top, [top]) for top in foreign}  # an engine may not be installed
    assert {top for top in foreign if not {n.lower() for n in names[top]} & declared} == set()
