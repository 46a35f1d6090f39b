"""Forms for a browser: each card in its own shape, its keys in their order, nothing retyped."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page

from kpi_site import yaml_core
from kpi_site.authoring.form_pages import configuration, form_files
from kpi_site.content import read_draft
from tests.authoring.conftest import draft_of, problems_of
from tests.npm import install
from tests.shell.conftest import Run

SITES = Path(__file__).parents[1] / "sites"
GITHUB = {"name": "github", "repo": "company/handbook"}
CARD = "content/indicators/sales/sales_attainment.yml"
TYPES: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
}


def loaded(text: str) -> dict[str, Any]:
    """Return a card as plain values."""
    return cast("dict[str, Any]", yaml_core.load(text))


def cards(site: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the fields of each card's form, by file."""
    draft = read_draft(site, today=date(2026, 11, 29))[0]
    collections = configuration(draft, GITHUB)["collections"]
    return {one["file"]: one["fields"] for group in collections for one in group.get("files", ())}


def fits(value: Any, field: dict[str, Any]) -> bool:
    """Tell whether a form shows ``value`` as it is, and would write it as it is."""
    kind = field["widget"]
    if kind == "object":
        own = {inner["name"]: inner for inner in field["fields"]}
        return set(value) <= set(own) and all(fits(v, own[k]) for k, v in value.items())
    if kind == "list" and "fields" in field:
        return all(fits(item, {"widget": "object", "fields": field["fields"]}) for item in value)
    if kind == "list":
        return all(isinstance(item, str) for item in value)
    if kind == "select":
        words = [one["value"] if isinstance(one, dict) else one for one in field["options"]]
        return all(item in words for item in (value if field.get("multiple") else [value]))
    return TYPES[kind](value)


@pytest.mark.parametrize("site", sorted(p.name for p in SITES.iterdir() if p.is_dir()))
def test_every_value_fits_its_field_and_keys_keep_their_order(site: str) -> None:
    forms = cards(SITES / site)
    assert forms
    for file, fields in forms.items():
        card = loaded((SITES / site / file).read_text("utf-8"))
        names = [field["name"] for field in fields]
        assert names == [key for key in card if key in names]
        for field in fields:
            assert fits(card[field["name"]], field), (file, field["name"])


def test_a_form_says_what_keys_mean_and_what_may_be_chosen(site: Path) -> None:
    fields = {field["name"]: field for field in cards(site)[CARD]}
    assert list(fields) == list(loaded((site / CARD).read_text("utf-8")))  # all of them
    assert fields["id"]["readonly"]
    assert fields["formula"]["required"]
    assert not fields["purpose"]["required"]
    assert fields["decimals"]["hint"].startswith("显示几位小数")
    assert "/ Decimal places shown" in fields["decimals"]["hint"]
    assert fields["perspective"]["options"][0] == {
        "value": "finance",
        "label": "财务 / Finance (finance)",
    }
    assert fields["cycle"]["options"][:2] == ["day", "week"]
    actual, planned = fields["terms"]["fields"]
    assert (actual["name"], planned["name"]) == ("actual", "planned")
    source = next(field for field in actual["fields"] if field["name"] == "from")
    assert [one["value"] for one in source["options"]] == ["answers", "orders"]


def test_what_no_field_can_show_is_left_out(site: Path) -> None:
    path = site / CARD
    text = path.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("thresholds:"))
    mixed = "thresholds:\n  - {from: 2025, target: 1}\n  - {from: 2026, target: planned * 2}"
    path.write_text(text.replace(line, mixed), "utf-8")
    assert "thresholds" not in {field["name"] for field in cards(site)[CARD]}


def test_the_command_writes_a_page_for_a_forge(run: Run, site: Path, tmp_path: Path) -> None:
    script = tmp_path / "sveltia-cms.js"
    script.write_text("// the form\n", "utf-8")
    arguments = ["--backend", "gitlab", "--repo", "company/handbook", "--script", script]
    more = ["--set", "branch=main", "--set", "api_root=https://git.example.com/api/v4"]
    done = run("kpi_site", "forms", "../forms", *arguments, *more, "--lang", "en", cwd=site)
    assert (done.returncode, done.stdout) == (0, "../forms: forms of 4 cards\n")
    made = {path.name: path.read_text("utf-8") for path in (tmp_path / "forms").iterdir()}
    assert set(made) == {"index.html", "config.yml", "sveltia-cms.js"}
    told = json.loads(made["config.yml"])
    assert told["backend"] == {
        "name": "gitlab",
        "repo": "company/handbook",
        "branch": "main",
        "api_root": "https://git.example.com/api/v4",
    }
    assert told["publish_mode"] == "editorial_workflow"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--backend", "svn"], "no forge 'svn'"),
        (["--backend", "github", "--set", "branch"], "--set is written KEY=VALUE"),
        (["--backend", "github", "--script", "none.js"], "there is no file none.js"),
    ],
)
def test_a_wrong_call_writes_nothing(
    run: Run, site: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = run(
        "kpi_site", "forms", "../forms", "--repo", "a/b", *arguments, "--lang", "en", cwd=site
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "forms").exists()


FILL = """async files => {
  const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(
    'sveltia-cms-test', {create: true});
  for (const [name, text] of Object.entries(files)) {
    const parts = name.split('/');
    let folder = top;
    for (const part of parts.slice(0, -1))
      folder = await folder.getDirectoryHandle(part, {create: true});
    const file = await folder.getFileHandle(parts.at(-1), {create: true});
    const stream = await file.createWritable();
    await stream.write(text);
    await stream.close();
  }
}"""
READ = """async name => {
  const parts = name.split('/');
  let folder = await navigator.storage.getDirectory();
  folder = await folder.getDirectoryHandle('sveltia-cms-test');
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
  return (await (await folder.getFileHandle(parts.at(-1))).getFile()).text();
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


SVELTIA = "@sveltia/cms@0.221.1"
INTEGRITY = (
    "J+Qoik9kGMk2L7vNpOQrnDmFRi+NB6vwJ0f657YtsxWH0P8WYSYRRSRC2pQ/jGGbVlM//Pg/WIgmkpswqoo3gQ=="
)
Opened = Callable[[str], Page]


@pytest.fixture(scope="session")
def sveltia(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script of Sveltia CMS."""
    packages = install(tmp_path_factory.mktemp("sveltia"), SVELTIA, INTEGRITY)
    return packages / "@sveltia/cms/dist/sveltia-cms.js"


@pytest.fixture
def form(site: Path, browser: Browser, sveltia: Path) -> Iterator[Opened]:
    """Open an address of the forms, served from here; their files are the browser's own."""
    told = configuration(draft_of(site), {"name": "test-repo"})
    del told["publish_mode"]  # by pull request: on a forge alone
    folder = site / "admin"
    folder.mkdir()
    shutil.copy(sveltia, folder)
    (folder / "config.yml").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    page_file = next(f for f in form_files(draft_of(site), GITHUB) if f.path == "index.html")
    (folder / "index.html").write_bytes(page_file.data)
    files = {str(p.relative_to(site)): p.read_text("utf-8") for p in site.rglob("content/**/*.yml")}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.set_default_timeout(60_000)

        def opened(address: str) -> Page:
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            page.evaluate(FILL, files)
            page.reload()
            page.get_by_role("button", name="Work with Test Repository").click()
            page.wait_for_function("location.hash.startsWith('#/collections')")
            page.goto(f"{page.url.partition('#')[0]}#/collections/{address}")
            return page

        yield opened
        page.close()
        server.shutdown()


def saved(page: Page, file: str, before: str = "") -> str:
    """Save what the form holds; return the file that comes of it."""
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_function(
        "([read, name, before]) => eval(read)(name).then(t => t && t !== before, () => false)",
        arg=[READ, file, before],
    )
    return str(page.evaluate(READ, file))


@pytest.mark.browser
def test_what_a_form_saves_is_the_card_with_its_change(site: Path, form: Opened) -> None:
    before = (site / CARD).read_text("utf-8")
    page = form("sales/entries/sales_attainment")
    page.locator("[data-key-path=formula] input").fill("actual * 1 / planned")
    after = saved(page, CARD, before)
    expected = loaded(before) | {"formula": "actual * 1 / planned"}
    assert loaded(after) == expected
    assert list(loaded(after)) == list(expected)
    (site / CARD).write_text(after, "utf-8")
    assert problems_of(site) == ()


@pytest.mark.browser
def test_a_form_begins_a_card(site: Path, form: Opened) -> None:
    page = form("new-sales/new")
    page.locator("[data-key-path=id] input").fill("return_rate")
    for key, text in (("name", "退货率"), ("definition", "退回的占多少")):
        kind = "input" if key == "name" else "textarea"
        page.locator(f"[data-key-path='{key}.zh'] {kind}").fill(text)
        page.locator(f"[data-key-path='{key}.en'] {kind}").fill("Return rate")
    for key, word in (("unit", "percent"), ("cycle", "month")):
        page.locator(f"[data-key-path={key}] [role=combobox]").click()
        page.get_by_role("option", name=word, exact=True).click()
    file = "content/indicators/sales/return_rate.yml"
    text = saved(page, file)
    assert loaded(text)["name"] == {"zh": "退货率", "en": "Return rate"}
    (site / file).write_text(text, "utf-8")
    assert [(p.code, p.severity) for p in problems_of(site)] == [("unfinished-draft", "warning")]
