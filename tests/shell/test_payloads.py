"""A site whose every text is an attack: in no output that is written does any of it come alive."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import markdown
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from kpi_site import links
from kpi_site.carried.said import _extensions
from kpi_site.cli.shared import app
from kpi_site.exports.pdf import chinese_font
from kpi_site.options import Options
from kpi_site.publishing import publish
from kpi_site.site import generate
from kpi_site.theme.entrance import entrance
from kpi_site.theme.explained import Explained, explain
from tests.editions.conftest import MINI, PUBLISHED, TODAY, sign_all, snapshot

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
LINK = "[a](javascript:alert(4)) ![b](http://evil.example/c.png) <http://evil.example>"
ELSE = '{{ 7*7 }} {% raw %} #eval("1") #read("/etc/passwd") $x$ ]]> &amp; | `c` @all ::error::d'
MEMBER = f'=HYPERLINK("http://evil.example") {HTML} {LINK} {ELSE}'
# In texts raw HTML and such links are refused; what is escaped, or code, is let through.
EVIL = (
    rf'=HYPERLINK("x") \<script>alert(1)\</script> `{HTML}` {ELSE} ![b](http://pic.example/c.png)'
)
CARD = "content/indicators/service/nps.yml"
FIELDS = {
    CARD: ("净推荐值", "Net promoter score", "推荐者, en", "Promoters", "NPS"),
    "content/scorecards/company.yml": ("公司记分卡", "Company scorecard", "客户类", "全公司"),
    "content/datasets/answers.yml": ("客户问卷", "Customer answers", "问卷系统", "评分", "Score"),
    "content/site.yml": ("服务部", "Service", "客户", "小样公司", "Mini company", "优秀", "Sound"),
    "content/reports/2026-10/report.yml": ("十月达成计划。", "October met its plan."),
}


def written(root: Path) -> None:
    """Put the attack in the place of every text of some files."""
    for name, texts in FIELDS.items():
        path = root / name
        content = path.read_text("utf-8")
        for text in texts:
            word, _, _ = text.partition(", en")
            found = re.search(rf"(?<=[:\[ ]){re.escape(word)}(?=[,}}\]])", content)
            assert found is not None, (name, word)
            content = content[: found.start()] + json.dumps(EVIL) + content[found.end() :]
        path.write_text(content, "utf-8")
    card = root / CARD
    text = card.read_text("utf-8")
    for key in ("purpose", "notes", "source", "verifier"):
        text += f"{key}: {json.dumps(EVIL)}\n"
    text += f"changes: [{{from: 2026-02, what: {{zh: {json.dumps(EVIL)}, en: ok}}}}]\n"
    card.write_text(text, "utf-8")
    kinds = root / "content/datasets/orders.yml"
    text = kinds.read_text("utf-8")
    freed = re.sub(r", constraints: \{enum: \[north, south\]\}, categories: .*", "}", text)
    assert freed != text
    kinds.write_text(freed, "utf-8")
    orders = root / "data/orders.csv"
    rows = list(csv.reader(io.StringIO(orders.read_text("utf-8"), newline="")))
    at = rows[0].index("region")
    changed = [[*row[:at], row[at].replace("north", MEMBER), *row[at + 1 :]] for row in rows]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(changed)
    assert MEMBER.replace('"', '""') in out.getvalue()
    orders.write_text(out.getvalue(), "utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, with a report published and a draft; generated."""
    root = tmp_path_factory.mktemp("payloads") / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    written(root)
    options = Options(root, TODAY)
    sign_all(options, "2026-10", on=date(2026, 11, 6))
    edition, problems = publish(options, "2026-10", on=PUBLISHED)
    assert edition is not None, [p.text("en") for p in problems]
    done, problems = generate(options)
    assert done is not None, [p.text("en") for p in problems]
    return root


class _Alive(HTMLParser):
    """Notes what could run, load or lead astray."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str | None]] = []
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in {"script", "iframe", "object", "embed", "style"}:
            self.found.append((tag, "", None))
        for name, value in attrs:
            away = "evil.example" in (value or "") and name in {"href", "src", "action"}
            away |= "pic.example" in (value or "") and name == "src"  # an author may link to it
            runs = (value or "").strip().lower().startswith(("javascript:", "data:text"))
            if name.startswith("on") or away or runs:
                self.found.append((tag, name, value))

    def handle_data(self, data: str) -> None:
        self.text += data


def outputs(root: Path, suffix: str) -> dict[str, bytes]:
    found = snapshot(root / "build/docs")
    return {name: data for name, data in found.items() if name.endswith(suffix)}


def test_pages(root: Path) -> None:
    extensions, settings = _extensions()
    seen = 0
    for name, data in outputs(root, ".md").items():
        body = re.sub(r"\A---\n.*?\n---\n", "", data.decode(), flags=re.DOTALL)
        page = _Alive()
        page.feed(markdown.markdown(body, extensions=extensions, extension_configs=settings))
        page.close()
        assert page.found == [], name
        seen += "alert(1)" in page.text
    assert seen > 10, "the attack stands there as text"


def test_what_themes_print_as_it_is(root: Path) -> None:
    """Titles and descriptions stand in elements and, between double quotes, in attributes."""
    seen = 0
    for name, data in outputs(root, ".md").items():
        front = re.match(r"---\n(.*?)\n---\n", data.decode(), flags=re.DOTALL)
        for text in strings_in(yaml.safe_load(front[1]) if front else None):
            assert not re.search(r'["<>]', text), name
            seen += "HYPERLINK(&quot;x&quot;)" in text
    assert seen > 5, "the attack stands there as text"


def test_spreadsheets(root: Path) -> None:
    tables = outputs(root, ".csv")
    offered = {n: d for n, d in tables.items() if d.startswith(b"\xef\xbb\xbf")}
    assert offered
    for name, data in offered.items():
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "@", "\t", "\r"))], name
    books = outputs(root, ".xlsx")
    assert books
    for name, data in books.items():
        book = openpyxl.load_workbook(io.BytesIO(data))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [cell for cell in cells if "=HYPERLINK" in str(cell.value)], name
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"], name
        assert not [cell.coordinate for cell in cells if cell.hyperlink is not None
                    and "evil.example" in str(cell.hyperlink.target)], name  # fmt: skip


def test_the_edges_of_printed_sheets(root: Path) -> None:
    """In a head or foot ``&`` begins a command, such as a font or a picture; two are a sign."""
    for name, data in outputs(root, ".xlsx").items():
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets = [book.read(x) for x in book.namelist() if x.startswith("xl/worksheets/sheet")]
        edges = [e.text or "" for sheet in sheets for e in ET.fromstring(sheet).iter()
                 if e.tag.endswith(("oddHeader", "oddFooter"))]  # fmt: skip
        assert any("&&amp;" in text for text in edges), name
        commands = {text[at : at + 2] for text in (e.replace("&&", "") for e in edges)
                    for at in range(len(text)) if text[at] == "&"}  # fmt: skip
        assert commands <= {"&L", "&C", "&R", "&P", "&N", "&8", "&9", "&A"}, name


def test_files_for_programs(root: Path) -> None:
    feeds = outputs(root, ".xml")
    assert {name.rpartition("/")[2] for name in feeds} == {"feed.xml", "what-changed.xml"}
    for name, data in feeds.items():
        tree = ET.fromstring(data)
        assert "7*7" in "".join(tree.itertext()), name
        assert not [e.tag for e in tree.iter() if e.tag.rpartition("}")[2] in {"script", "img"}]
    for name, data in outputs(root, ".json").items():
        json.loads(data)
        assert b"</script" not in data or not name.startswith("assets"), name


def test_what_the_search_knows(root: Path) -> None:
    """One call with JSON, in a file of its own; the page puts it in as text."""
    for language in ("zh", "en"):
        text = (root / f"build/docs/{language}/assets/search/index.js").read_text("utf-8")
        found = re.fullmatch(r"kpiSearch\.take\((.*)\);\n", text, flags=re.DOTALL)
        assert found is not None
        json.loads(found[1])
        assert "7*7" in found[1]


def test_pages_of_their_own(root: Path) -> None:
    for name, data in outputs(root, ".html").items():
        page = _Alive()
        page.feed(data.decode())
        assert page.found == [], name


def test_the_front_door_and_the_glossary() -> None:
    """Two makers of HTML of their own: what they are given stands there as text."""
    plain, hostile = ([file.data for file in entrance(x, ("zh", "en"))] for x in ("x", MEMBER))
    word = Explained("nps", MEMBER, ("word",), MEMBER)
    plain.append(explain("<p>a word</p>", [replace(word, name="x", text="x")], "g", "t").encode())
    hostile.append(explain("<p>a word</p>", [word], "g", MEMBER).encode())
    for own, other in zip(plain, hostile, strict=True):
        pages = _Alive(), _Alive()
        for page, data in zip(pages, (own, other), strict=True):
            page.feed(data.decode())
            page.close()
        assert pages[0].found == pages[1].found
        assert pages[0].tags == pages[1].tags


def test_addresses_hold_nothing_that_ends_them() -> None:
    found = links.url("index.md", 'data/"><img src=x>.csv#a"b')
    assert found == "data/%22%3E%3Cimg%20src%3Dx%3E.csv#a%22b"


def test_what_other_programs_are_told(root: Path, tmp_path: Path) -> None:
    """The semantic model and the forms: every text is one value, as it was written."""
    model = tmp_path / "model.yaml"
    words = ["export-semantics", str(model), "--root", str(root), "--lang", "zh"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert any(EVIL in text for text in strings_in(yaml.safe_load(model.read_text("utf-8"))))
    words = ["forms", str(tmp_path / "forms"), "--backend", "github", "--repo", "a/b"]
    done = CliRunner().invoke(app, [*words, "--root", str(root)])
    assert done.exit_code == 0, done.output
    told = yaml.safe_load((tmp_path / "forms/config.yml").read_text("utf-8"))
    assert any(EVIL in text for text in strings_in(told))
    page = _Alive()
    page.feed((tmp_path / "forms/index.html").read_text("utf-8"))
    assert page.found == [("script", "", None)]


def strings_in(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for inner in value.values() for text in strings_in(inner)]
        case list():
            return [text for inner in value for text in strings_in(inner)]
    return []


@pytest.mark.skipif(chinese_font() is None, reason="no Chinese font")
def test_the_printed_report(root: Path) -> None:
    printed = outputs(root, ".pdf")
    assert printed, "it compiles"
    for name, data in printed.items():
        assert not re.search(rb"/(?:JavaScript|JS|Launch|OpenAction)\b", data), name
        assert b"evil.example" not in data, name


@pytest.mark.parametrize(
    "words", [("show", "nps"), ("check",), ("check", "--format", "github"), ("test",)]
)
def test_what_is_printed(root: Path, words: tuple[str, ...]) -> None:
    card = root / CARD
    before = card.read_text("utf-8")
    if words[0] == "check":
        card.write_text(
            before.replace("related: [csat]", f"related: [{json.dumps(EVIL)}]"), "utf-8"
        )
    try:
        done = CliRunner().invoke(app, [*words, "--root", str(root), "--lang", "en"])
    finally:
        card.write_text(before, "utf-8")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    assert "\x1b" not in done.output
    commands = [line for line in done.output.splitlines() if line.lstrip().startswith("::")]
    if "github" in words:
        assert commands
        assert all(line.startswith(("::error file=", "::warning file=")) for line in commands)
    else:
        assert commands == []
