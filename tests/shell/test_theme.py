"""The made MkDocs configurations: layers over one another, navigation, the front door."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpi_site.catalog import Catalog
from kpi_site.content import read_catalog
from kpi_site.theme.config import language_config, made_for, read_own
from kpi_site.theme.entrance import entrance
from kpi_site.theme.nav import navigation

MINI = Path(__file__).parents[1] / "sites" / "mini"


class Loader(yaml.SafeLoader):
    """Reads tags as the plain text that they stand for."""


Loader.add_multi_constructor("!", lambda _, suffix, __: f"!{suffix}")
Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda _, suffix, __: f"py:{suffix}")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    catalog, problems = read_catalog(MINI, today=date(2026, 11, 24))
    assert catalog is not None, problems
    return catalog


def made(tmp_path: Path, catalog: Catalog, own: str | None, **known: Any) -> dict[str, Any]:
    path = tmp_path / "mkdocs.yml"
    if own is not None:
        path.write_text(own, encoding="utf-8")
    node, problems = read_own(path, "mkdocs.yml")
    assert problems == ()
    values = {"own": node, "nav": ["index.md"], "files": ["index.md"], **known}
    layer = made_for(catalog, "zh", ("zh", "en"), **values)
    text = language_config("zh", node, layer, own_folder=tmp_path)
    loaded: dict[str, Any] = yaml.load(text, Loader=Loader)
    return loaded


def test_a_site_without_its_own_file_is_complete(tmp_path: Path, catalog: Catalog) -> None:
    config = made(tmp_path, catalog, None)
    assert config["site_name"] == "小样公司指标手册"
    assert config["docs_dir"] == "docs/zh"
    assert config["theme"]["name"] == "material"
    assert config["theme"]["language"] == "zh"
    assert config["theme"]["font"] is False
    assert [p["scheme"] for p in config["theme"]["palette"][1:]] == ["default", "slate"]
    assert [entry["lang"] for entry in config["extra"]["alternate"]] == ["zh", "en"]
    assert "site_url" not in config


def test_a_sites_own_file_is_laid_over_the_base(tmp_path: Path, catalog: Catalog) -> None:
    own = """
site_name: ignored
site_dir: public
docs_dir: content
site_url: https://intranet.example/kpi
repo_url: https://git.example.com/kpi
theme:
  name: material
  custom_dir: ours
  icon: {logo: material/chart-line}
extra: {company: Hua, key: !ENV SECRET}
markdown_extensions:
  - pymdownx.keys
  - toc: {permalink: "#"}
plugins:
  - search
  - kpi-site: {audience: staff}
  - tags
"""
    config = made(tmp_path, catalog, own)
    assert config["site_url"] == "https://intranet.example/kpi/zh/"
    assert config["edit_uri"] == "edit/main/"
    assert config["docs_dir"] == "docs/zh"
    assert config["site_name"] == "小样公司指标手册"
    assert config["theme"]["custom_dir"] == str(tmp_path / "ours")
    assert config["theme"]["icon"]["logo"] == "material/chart-line"
    assert config["theme"]["icon"]["edit"] == "material/file-edit-outline"
    assert config["theme"]["font"] is False
    assert config["extra"]["company"] == "Hua"
    assert config["extra"]["key"] == "!ENV"  # the tag is kept for MkDocs to read
    names = [p if isinstance(p, str) else next(iter(p)) for p in config["plugins"]]
    assert names == ["tags", "kpi-site-pages"]
    extensions = [e if isinstance(e, str) else next(iter(e)) for e in config["markdown_extensions"]]
    assert extensions.count("toc") == 1
    assert {"toc": {"permalink": "#"}} in config["markdown_extensions"]
    assert "pymdownx.keys" in extensions


def test_plugins_may_be_written_as_a_mapping(tmp_path: Path, catalog: Catalog) -> None:
    config = made(tmp_path, catalog, "site_name: x\nplugins: {kpi-site: {}, tags: {}}\n")
    names = [p if isinstance(p, str) else next(iter(p)) for p in config["plugins"]]
    assert names == ["tags", "kpi-site-pages"]


def test_assets_are_loaded_by_every_page_but_the_chart_bundle(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = ["assets/kpi.css", "assets/charts.js", "assets/vega.js", "assets/pictures/a.css"]
    config = made(tmp_path, catalog, None, files=files)
    assert config["extra_css"] == ["assets/kpi.css"]
    assert config["extra_javascript"] == ["assets/charts.js"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("site_name: [x\n", "mkdocs.yml:2:1"),
        ("a: b: c\n", "mkdocs.yml:1:5"),
        ("- a\n", "mkdocs.yml:1:1"),
    ],
)
def test_an_unreadable_file_is_a_problem_with_its_place(
    tmp_path: Path, text: str, place: str
) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    _, problems = read_own(tmp_path / "mkdocs.yml", "mkdocs.yml")
    assert [(str(p.where), p.severity) for p in problems] == [(place, "error")]


def test_a_navigation_of_ones_own_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nnav: [index.md]\n", encoding="utf-8")
    _, problems = read_own(tmp_path / "mkdocs.yml", "mkdocs.yml")
    assert [(str(p.where), p.severity) for p in problems] == [("mkdocs.yml:2:1", "warning")]


def test_the_navigation_names_sections_and_no_cards(catalog: Catalog) -> None:
    pages = [
        "index.md",
        "indicators/index.md",
        "indicators/by-cycle.md",
        "indicators/by-owner.md",
        "indicators/by-owner-2.md",
        *(f"indicators/{name}.md" for name in catalog.indicators),
        "departments/index.md",
        "departments/service.md",
        "departments/sales.md",
        "scorecards/company.md",
        "datasets/index.md",
        "datasets/orders.md",
    ]
    nav = navigation(catalog, pages, ["guide.md", "method/rules.md"], "en")
    assert nav == [
        "index.md",
        {
            "Indicators": [
                "indicators/index.md",
                "indicators/by-cycle.md",
                "indicators/by-owner.md",
            ]
        },
        {
            "Departments": [
                "departments/index.md",
                "departments/sales.md",
                "departments/service.md",
            ]
        },
        {"Scorecards": ["scorecards/company.md"]},
        {"Datasets": ["datasets/index.md"]},
        {"Guide": ["guide.md", "method/rules.md"]},
    ]


def test_the_front_door_leads_to_every_language() -> None:
    files = {file.path: str(file.content) for file in entrance("A & B", ("zh", "en"))}
    assert list(files) == ["index.html", "404.html", "zh/404.html", "en/404.html"]
    door = files["index.html"]
    assert "<title>A &amp; B</title>" in door
    assert '<meta http-equiv="refresh" content="0; url=zh/">' in door
    assert 'href="zh/"' in door
    assert 'href="en/"' in door
    assert "http://" not in door.replace("http-equiv", "")
